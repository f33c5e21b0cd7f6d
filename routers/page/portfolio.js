// What everything is worth: figures with what is behind each, the curve, and where profits came from.
import { dollars, gain, percent } from "./amounts.js";
import { audit } from "./audits.js";
import { curve, together } from "./curves.js";
import { fill, h, notice } from "./elements.js";
import { totalOf } from "./money.js";

const CAUSES = {
  edge: ["Edge", "What no other cause explains: the edge that was bought, or seemed to be"],
  slippage: ["Slippage", "Paid above the price that was counted with, of what is sold or paid"],
  fees: ["Fees", "What the venues have charged"],
  leg_miss: ["Missed legs", "By selling what was bought for a hedge that did not come about"],
  mismatch: ["Settlements", "Paid other than score and rules had said"],
  unrealised: ["Still held", "What positions are marked at, beyond what they have cost"],
};

let chosen = ""; // an account, or all of the kind that is at work

export function portfolioPart() {
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Which account" });
  const body = h("div", {});
  let found = null;

  function draw() {
    if (!found.totals.length) return fill(body, notice("No account is open yet", "The executor opens the accounts when it begins; POST /accounts opens others. Health shows every worker.", h("a", { href: "#/health" }, "Health")));
    const own = found.accounts.find((each) => each.account === chosen);
    const shown = own ?? totalOf(found);
    const accounts = found.accounts.filter((each) => (own ? each === own : each.kind === shown.kind)).map((each) => each.account);
    drawChips(shown.kind);
    return fill(body,
      found.accounts.every((each) => each.is_balanced) ? null : h("p", { class: "fault" }, h("b", {}, "The books do not add up: "), found.accounts.filter((each) => !each.is_balanced).map((each) => each.account).join(", "), ". Nothing is smoothed over; look at the ledger."),
      figures(shown, own?.account ?? null),
      h("div", { class: "charts" }, curvePart(found, accounts), waterfall(shown.causes, shown.profit)),
      places(found.places, accounts));
  }

  function drawChips(kind) {
    const chip = (name, words) => h("button", { type: "button", "aria-pressed": String(chosen === name), onclick: () => ((chosen = name), draw()) }, words);
    fill(chips, chip("", kind === "live" ? "All real money" : "All paper"), found.accounts.map((each) => chip(each.account, each.account)));
  }

  return { chips, body, show: (portfolio) => ((found = portfolio), draw()) };
}

/** Every figure with a button that lists what is behind it. */
function figures(shown, account) {
  const figure = (words, value, small, book = null) => h("div", {},
    h("dt", {}, words, book ? h("button", { type: "button", class: "quiet audit", title: `Every entry behind ${words.toLowerCase()}`, "aria-label": `Audit ${words.toLowerCase()}`, onclick: () => audit(words, book, account) }, "audit") : null),
    h("dd", {}, value),
    small ? h("dd", { class: "dim" }, small) : null);
  return h("dl", { class: "figures money" },
    figure("Equity", dollars(shown.equity), [gain(shown.profit), " in all"]),
    figure("Today", gain(shown.day_profit), "since midnight, UTC"),
    figure("Usable cash", dollars(shown.usable), Number(shown.reserved) ? `${dollars(shown.reserved)} more for open orders` : "nothing waits for it", "cash"),
    figure("Won, not paid", dollars(shown.unpaid), "not usable yet"),
    figure("Held", dollars(shown.value), [`${shown.positions} positions, `, gain(shown.unrealised)], "positions"),
    figure("Realised", gain(shown.realised), "without fees", "realised"),
    figure("Fees", dollars(shown.fees), "paid to venues", "fees"),
    figure("Deposits", dollars(shown.deposits), null, "deposits"),
    figure("Drawdown", percent(shown.drawdown), `from the best, ${dollars(Number(shown.deposits) + Number(shown.peak_profit))}`),
    Number(shown.unmarked) ? figure("Without a price", h("span", { class: "verdict watch" }, `◐ ${dollars(shown.unmarked)}`), "counted at what it has cost") : null);
}

function curvePart(found, accounts) {
  const points = together(found.curve.filter((each) => accounts.includes(each.account)));
  const head = h("h3", {}, "Profit", h("span", { class: "dim" }, " over the last day, and below its best"));
  return h("section", {}, head, points.length > 1 ? curve(points, "Profit") : h("p", { class: "dim" }, "It is drawn as soon as it was written down twice."));
}

/** Each cause begins where the one before has ended; the last bar is all of it. */
function waterfall(causes, profit) {
  const parts = Object.entries(CAUSES).map(([name, [words, hint]]) => ({ words, hint, amount: Number(causes[name]) }));
  let level = 0;
  const bars = [...parts.map((part) => ({ ...part, from: level, to: (level += part.amount) })), { words: "Profit", hint: "Equity less deposits", amount: Number(profit), from: 0, to: Number(profit), isSum: true }];
  const [low, high] = [Math.min(0, ...bars.flatMap((bar) => [bar.from, bar.to])), Math.max(0, ...bars.flatMap((bar) => [bar.from, bar.to]))];
  const share = (value) => (100 * (value - low)) / Math.max(1e-9, high - low);
  const row = (bar) => {
    const mark = h("i", { class: bar.amount < 0 ? "lost" : "won" });
    mark.style.left = `${share(Math.min(bar.from, bar.to))}%`;
    mark.style.width = `${Math.max(0.4, share(Math.max(bar.from, bar.to)) - share(Math.min(bar.from, bar.to)))}%`;
    return h("li", { class: bar.isSum ? "sum" : null, title: bar.hint }, h("span", {}, bar.words), h("span", { class: "track", "aria-hidden": "true" }, mark), h("span", { class: "number" }, gain(bar.amount)));
  };
  return h("section", {}, h("h3", {}, "Where it came from"), h("ol", { class: "waterfall" }, bars.map(row)));
}

function places(found, accounts) {
  const sums = new Map();
  for (const each of found) {
    if (!accounts.includes(each.account)) continue;
    for (const name of [each.league.toUpperCase(), each.venue]) sums.set(name, (sums.get(name) ?? 0) + Number(each.profit));
  }
  if (!sums.size) return null;
  return h("p", { class: "places" }, [...sums].map(([name, profit]) => h("span", {}, h("b", {}, name), " ", gain(profit))));
}
