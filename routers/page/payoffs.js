// What two contracts pay together however the game ends, and the clauses of their rules side by side.
import { cents, gain } from "./amounts.js";
import { fill, finding, h, notice, venueMark, verdict } from "./elements.js";

const ENDINGS = { played: "Played in time", tie: "Tied", late: "Played later", cancelled: "Never played", abandoned: "Begun and not finished" };
const CLAUSES = { overtime: "Overtime", tie: "Tie", window: "Waits", late: "Played later", cancelled: "Cancelled", abandoned: "Abandoned" };
const PAYOUTS = { result: "the result", half: "50 ¢", fair: "a fair price", win: "100 ¢", lose: "0 ¢" };

/** costs: what each leg costs now with fees, null where nobody offers it. */
export function payoffTables(element, answer, costs) {
  const cost = costs.every((each) => each !== null) ? costs.reduce((sum, each) => sum + each, 0) : null;
  fill(element,
    h("section", {}, h("h3", {}, "Rule card ", verdict(answer.verdict)), answer.unknown.length ? h("p", { class: "verdict watch" }, `◐ Not known: ${answer.unknown.join("; ")}`) : null, cardTable(answer.legs)),
    h("section", {}, h("h3", {}, "Paid over all scenarios"), answer.scenarios.length ? scenarioTable(answer, cost) : notice("No scenario", "Nobody knows what these contracts pay.")));
}

function legHead(leg) {
  const statement = `${leg.polarity === "no" ? "Unless " : ""}${leg.proposition.statement}`;
  return h("th", { scope: "col" }, venueMark(leg.venue), " ", statement);
}

function cardTable(legs) {
  const rows = Object.entries(CLAUSES).map(([name, words]) => {
    const values = legs.map((leg) => clauseText(name, leg.terms[name]));
    const kind = values.includes(null) ? "unknown" : new Set(values).size === 1 ? "agrees" : "differs";
    return h("tr", {}, h("th", { scope: "row" }, words), legs.map((leg, at) => h("td", { title: `From ${leg.sources[name] ?? "nowhere"}` }, values[at] ?? h("span", { class: "verdict watch" }, "? not known"), h("span", { class: "source dim" }, ` ${leg.sources[name] ?? ""}`))), h("td", { class: "middle" }, finding(kind)));
  });
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Rule card" }, h("table", { class: "table card" },
    h("caption", { class: "unseen" }, "The clauses of each contract's rules"),
    h("thead", {}, h("tr", {}, h("td", {}), legs.map(legHead), h("td", {}))),
    h("tbody", {}, rows)));
}

function clauseText(name, value) {
  if (value === null || (Array.isArray(value) && !value.length)) return null;
  if (name === "overtime") return value ? "counts" : "does not count";
  if (name === "window") return value === "forever" ? "as long as it takes" : `${value} h`;
  return [value].flat().map((each) => PAYOUTS[each] ?? each).join(" or ");
}

function scenarioTable(answer, cost) {
  const shown = [...answer.scenarios].sort((a, b) => Object.keys(ENDINGS).indexOf(a.ending) - Object.keys(ENDINGS).indexOf(b.ending));
  const line = (each) => h("tr", { class: each.is_worst ? "is-worst" : null },
    h("td", {}, ENDINGS[each.ending] ?? each.ending), h("td", { class: "wide", title: each.name }, each.name, each.is_worst ? h("span", { class: "tag" }, "worst") : null),
    each.pays.map((paid) => h("td", { class: "number" }, cents(paid))),
    h("td", { class: "number" }, `${cents(each.total)} ¢`),
    h("td", { class: "number" }, cost === null ? "–" : gain(Number(each.total) - cost, (amount) => `${cents(amount.toFixed(4))} ¢`)));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Paid over all scenarios" }, h("table", { class: "table payoff" },
    h("caption", { class: "unseen" }, "What one contract of each leg pays in every scenario"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Ending"), h("th", { scope: "col" }, "Scenario"), answer.legs.map((leg) => h("th", { scope: "col", class: "number" }, venueMark(leg.venue))), h("th", { scope: "col", class: "number" }, "Together"), h("th", { scope: "col", class: "number", title: "Less what both cost now, with fees" }, "Left now"))),
    h("tbody", {}, shown.map(line))));
}
