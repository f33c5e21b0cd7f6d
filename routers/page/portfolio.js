// What everything is worth: figures with what is behind each, the curve, and where profits came from.
import { dollars, gain, percent } from "./amounts.js";
import { audit } from "./audits.js";
import { curve, together } from "./curves.js";
import { fill, h, notice, venueMark } from "./elements.js";
import { totalOf } from "./money.js";
import { waterfall } from "./waterfalls.js";

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
  const head = h("h2", {}, "Profit", h("span", { class: "dim" }, " over the last day, and below its best"));
  return h("section", {}, head, points.length > 1 ? curve(points, "Profit") : h("p", { class: "dim" }, "It is drawn as soon as it was written down twice."));
}

/** Profit by league and by venue, the best first. */
function places(found, accounts) {
  const sum = (name) => {
    const sums = new Map();
    for (const each of found) if (accounts.includes(each.account)) sums.set(each[name], (sums.get(each[name]) ?? 0) + Number(each.profit));
    return [...sums].sort((a, b) => b[1] - a[1]);
  };
  const line = (words, sums, shown) => h("p", { class: "places" }, h("span", { class: "by" }, words), sums.map(([name, profit]) => h("span", {}, shown(name), " ", gain(profit))));
  const leagues = sum("league");
  if (!leagues.length) return null;
  return [line("By league", leagues, (name) => h("b", {}, name.toUpperCase())), line("By venue", sum("venue"), (name) => venueMark(name))];
}
