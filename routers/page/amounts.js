// Money, prices and sizes as people read them; the API speaks in decimal strings.
import { h } from "./elements.js";

const DOLLARS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const CENTS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const CONTRACTS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const SHARES = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const MINUS = "−";

export function dollars(amount) {
  const value = Number(amount);
  return `${value < 0 ? MINUS : ""}$${DOLLARS.format(Math.abs(value))}`;
}

/** A price or an edge a contract: "46", "46.5". */
export function cents(price) {
  return CENTS.format(Number(price) * 100).replace("-", MINUS);
}

export function contracts(size) {
  return CONTRACTS.format(Number(size));
}

export function count(number) {
  return number.toLocaleString("en-US");
}

export function percent(share) {
  return `${SHARES.format(share * 100).replace("-", MINUS)} %`;
}

/** What is won or lost: colour, arrow and sign. `text` writes the amount without its sign. */
export function gain(amount, text = dollars) {
  const value = Number(amount);
  const words = text(Math.abs(value));
  if (!/[1-9]/.test(words)) return h("span", {}, words); // less than can be shown
  const [kind, arrow, sign] = value > 0 ? ["gain", "▲", "+"] : ["loss", "▼", MINUS];
  return h("span", { class: kind }, h("span", { class: "arrow", "aria-hidden": "true" }, arrow), sign, words);
}
