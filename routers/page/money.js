// The top bar's equity and day, and the banner of what should not be.
import { dollars, gain } from "./amounts.js";
import { poll } from "./api.js";
import { fill, h } from "./elements.js";

const EVERY = 5; // seconds
const INCIDENTS_EVERY = 10;
const NAMES = { exposed: "one leg of a hedge is open", mismatch: "a settlement other than expected", contradiction: "a settlement that contradicts the link", overdue: "a settlement is overdue", disputed: "a settlement is disputed", orphan: "an order that only the venue knows", ghost: "an order that the venue does not know", drift: "an order that stands otherwise at the venue" };

const [worth, banner] = ["worth", "incidents"].map((id) => document.getElementById(id));
let incidents = { items: [], total: 0 };
let reconciled = null;

/** Of the money that is at work: real money where there is any, else paper. */
export function totalOf(portfolio) {
  return portfolio.totals.find((each) => each.kind === (portfolio.mode === "live" ? "live" : "paper")) ?? portfolio.totals[0];
}

export function watchMoney() {
  poll("/portfolio?points=0", EVERY, show, () => {});
  poll("/incidents?going_on=true&limit=5", INCIDENTS_EVERY, (page) => ((incidents = page), drawBanner()), () => {});
}

function show(portfolio) {
  const total = totalOf(portfolio);
  worth.hidden = !total;
  reconciled = portfolio.reconciled;
  drawBanner();
  if (!total) return;
  const kind = portfolio.simulated ? "simulated" : total.kind === "live" ? "real" : "paper";
  worth.title = `Equity in ${kind} money, and what today (UTC) has brought`;
  fill(worth, h("b", {}, dollars(total.equity)), h("span", { class: "words dim" }, ` ${kind} `), h("span", { class: "day" }, gain(total.day_profit), h("span", { class: "words dim" }, " today")));
}

function drawBanner() {
  const first = incidents.items[0];
  const words = [];
  if (first) words.push(`${NAMES[first.kind] ?? first.kind}: ${first.detail}${incidents.total > 1 ? ` (and ${incidents.total - 1} more)` : ""}.`);
  if (reconciled && reconciled.is_clean === false) words.push(`Our books and a venue's differ: ${reconciled.differences[0] ?? "not everything could be compared yet"}.`);
  banner.hidden = words.length === 0;
  if (words.length) fill(banner, h("b", {}, "◐ "), words.join(" "), " ", h("a", { href: "#/positions" }, "Positions"));
}
