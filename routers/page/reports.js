// What a day brought and how good it was: profit by cause, the owner's acceptance, calibration, realism, incidents, cost.
import { count, dollars, gain } from "./amounts.js";
import { Problem, get, poll } from "./api.js";
import { calibration } from "./calibrations.js";
import { fill, h, notice, problemNotice, venueMark, waiting } from "./elements.js";
import { realism } from "./realism.js";
import { Table } from "./tables.js";
import { span, timeElement } from "./times.js";
import { acceptance, verdictOf } from "./validations.js";
import { waterfall } from "./waterfalls.js";

const EVERY = 15; // seconds: reports are made anew every some minutes

export const title = "Reports";

export function show(root, { id, keys, again }) {
  const select = h("select", { "aria-label": "Day", onchange: () => (location.hash = `#/reports/${select.value}`) });
  const [tag, told] = [h("span", { class: "mode tagged" }), h("span", { class: "count", role: "status" })];
  const page = h("a", { hidden: true, target: "_blank" }, "As a page of its own, with plots");
  const body = h("div", {}, waiting("Asking for reports"));
  const tables = { incidents: new Table({ name: "seen", columns: INCIDENTS, keyOf: (row) => `${row.kind} ${row.subject} ${row.began_at}` }), slippage: new Table({ name: "slippage", columns: SLIPPAGE, keyOf: (row) => `${row.detector} ${row.venue} ${row.purpose}` }), coverage: new Table({ name: "coverage", columns: COVERAGE, keyOf: (row) => row.league }), drills: new Table({ name: "drills", columns: DRILLS, keyOf: (row) => `${row.name} ${row.began_at}` }) };
  let drawn = "";
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Reports"), tag, select, told, h("span", { class: "grow" }), page), body);

  async function choose(answer) {
    tag.textContent = answer.simulated ? "SIMULATED" : "";
    select.hidden = !answer.days.length;
    if (!answer.days.length) return (drawn = ""), fill(body, none(answer));
    const day = answer.days.find((each) => each.day === id) ?? answer.days[0];
    fill(select, answer.days.map((each) => h("option", { value: each.day }, each.day)));
    select.value = day.day;
    fill(told, "made ", timeElement(day.made_at), answer.made_every_s ? `, and anew every ${span(answer.made_every_s)}` : "");
    page.hidden = !day.page;
    if (day.page) page.href = day.page;
    if (drawn === `${day.day} ${day.made_at}`) return undefined;
    drawn = `${day.day} ${day.made_at}`;
    return read(day.day);
  }

  async function read(day) {
    try {
      draw(await get(`/analytics/daily/${encodeURIComponent(day)}`));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(body, problemNotice(problem, again));
    }
  }

  function draw(report) {
    const causes = causesOf(report.accounts);
    const profit = report.accounts.reduce((sum, each) => sum + Number(each.gained), 0);
    fill(body,
      figures(report, profit, causes),
      h("div", { class: "record" },
        h("div", {}, calibration(report.calibration), part("Realism of paper", "what kinder and harsher markets would have taken", realism(report.realism))),
        h("div", {}, acceptance(report.validation), waterfall(causes, profit), costs(report))),
      listed("Incidents", "what should not be, and was so that day", tables.incidents, report.incidents, "Nothing was other than it should be."),
      listed("Drills", "what was broken on purpose, on paper, and how soon it was safe again", tables.drills, report.drills ?? [], "None was run that day: crosscourt drill runs them all."),
      listed("Slippage", "a contract, beside the price that was counted with", tables.slippage, report.slippage, "Nothing was filled."),
      listed("Coverage", "games with a tradable winner's contract at both venues, or at one", tables.coverage, report.coverage, "No game was followed."));
  }

  keys({ table: tables.incidents });
  return poll("/analytics/daily", EVERY, choose, (problem) => !drawn && !problem.isOffline && fill(body, problemNotice(problem, again)));
}

function none(answer) {
  const when = answer.made_every_s ? `The first one is made ${span(answer.made_every_s)} after the start, by a process of its own; this page shows it by itself.` : "Reports are switched off here.";
  return notice("No report yet", [when, h("br"), "`crosscourt report daily --keep` makes one now."], h("a", { href: "#/positions" }, "What was earned so far"));
}

function part(words, small, ...children) {
  return h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, words), h("span", { class: "count" }, small)), children);
}

function listed(words, small, table, rows, nothing) {
  const section = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, words), h("span", { class: "count" }, small), h("span", { class: "grow" }), rows.length ? table.tools() : null), rows.length ? table.element : h("p", { class: "dim" }, nothing));
  table.show(rows);
  return section;
}

/** Of all accounts: each cause, and what is still held. */
function causesOf(accounts) {
  const sums = {};
  for (const each of accounts) {
    for (const [name, amount] of Object.entries({ ...each.profit, unrealised: each.unrealised })) sums[name] = (sums[name] ?? 0) + Number(amount);
  }
  return sums;
}

function figures(report, profit, causes) {
  const figure = (words, value, small) => h("div", {}, h("dt", {}, words), h("dd", {}, value), h("dd", { class: "dim" }, small));
  const { validation, cost } = report;
  const all = report.calibration.filter((each) => each.league === "all").sort((a, b) => a.brier - b.brier)[0];
  const hedged = report.trades.filter((each) => ["hedged", "filled"].includes(each.status)).reduce((sum, each) => sum + each.n, 0);
  const trades = report.trades.reduce((sum, each) => sum + each.n, 0);
  return h("dl", { class: "figures" },
    figure("Profit of the day", gain(profit), [gain(causes.unrealised), " of it still held"]),
    figure("Acceptance", verdictOf(validation), `${count(validation.purchases)} bought, ${count(validation.sales)} sold, ${count(validation.settlements)} paid`),
    figure("Trades as wanted", trades ? `${count(hedged)} of ${count(trades)}` : "–", "hedged, or the one leg filled"),
    figure("Brier score", all ? all.brier.toFixed(4) : "–", all ? `${all.source}; the market's ${all.market_brier.toFixed(4)}` : "no moment to score yet"),
    figure("Incidents", count(report.incidents.length), report.incidents.some((each) => !each.ended_at) ? "some go on" : "none goes on"),
    figure("Cost a month", cost ? `$${cost.dollars.toFixed(2)}` : "–", cost ? `Fargate, ${cost.vcpu} vCPU, ${cost.gb} GB` : "measured each minute"));
}

function costs(report) {
  const { cost, owners_cost: owners } = report;
  if (!cost) return h("section", {}, h("h2", {}, "Cost a month"), h("p", { class: "dim" }, "Nothing is measured yet: what is used is written down each minute."));
  const most = Math.max(cost.dollars, ...Object.values(owners));
  const row = (words, amount, isOurs) => {
    const bar = h("i", { class: isOurs ? "ours" : "theirs" });
    bar.style.width = `${(100 * amount) / most}%`;
    return h("li", {}, h("span", {}, words), h("span", { class: "track", "aria-hidden": "true" }, bar), h("span", { class: "number" }, `$${amount.toFixed(2)}`));
  };
  return h("section", {}, h("h2", {}, "Cost a month", h("span", { class: "dim" }, ` as measured: ${cost.cpu_seconds.toFixed(0)} CPU-seconds in ${span(cost.hours * 3600)}, ${(cost.memory / 1e6).toFixed(0)} MB`)),
    h("ol", { class: "waterfall costs" }, row("Crosscourt", cost.dollars, true), Object.entries(owners).map(([words, amount]) => row(words.charAt(0).toUpperCase() + words.slice(1), amount, false))));
}

const SHARE = (value) => `${(100 * value).toFixed(0)} %`;

const INCIDENTS = [
  { key: "began", title: "Since", class: "time dim", value: (row) => row.began_at, cell: (row) => timeElement(row.began_at) },
  { key: "kind", title: "What", value: (row) => row.kind, cell: (row) => h("span", { class: row.ended_at ? null : "verdict watch" }, `${row.ended_at ? "" : "◐ "}${row.kind}`) },
  { key: "venue", title: "", hint: "Venue", class: "mark", value: (row) => row.venue, cell: (row) => (row.venue ? venueMark(row.venue) : "") },
  { key: "account", title: "Account", class: "dim", value: (row) => row.account, cell: (row) => row.account },
  { key: "detail", title: "In words", class: "wide", value: (row) => row.detail, cell: (row) => h("span", { title: row.detail }, row.detail.replace(/\d{20,}/g, (number) => `${number.slice(0, 6)}…${number.slice(-4)}`)) },
  { key: "lasted", title: "Lasted", class: "number", value: (row) => (row.ended_at ? new Date(row.ended_at) - new Date(row.began_at) : Infinity), cell: (row) => (row.ended_at ? span((new Date(row.ended_at) - new Date(row.began_at)) / 1000) : "goes on") },
];

const SECONDS = (value) => (value === null ? "–" : `${value.toFixed(1)} s`);

const DRILLS = [
  { key: "began", title: "Began", class: "time dim", value: (row) => row.began_at, cell: (row) => timeElement(row.began_at) },
  { key: "name", title: "Drill", value: (row) => row.name, cell: (row) => h("b", { title: row.means }, row.name.replaceAll("_", " ")) },
  { key: "verdict", title: "Verdict", value: (row) => row.verdict, cell: (row) => h("span", { class: row.verdict === "safe" ? null : "verdict watch" }, `${row.verdict === "safe" ? "✓" : "✗"} ${row.verdict.replaceAll("_", " ")}`) },
  { key: "safe", title: "Safe after", class: "number", hint: "From breaking it", value: (row) => row.safe_after ?? Infinity, cell: (row) => SECONDS(row.safe_after) },
  { key: "within", title: "Limit", class: "number dim", value: (row) => row.within, cell: (row) => SECONDS(row.within) },
  { key: "whole", title: "Whole after", class: "number", hint: "From mending it to all being as before", value: (row) => row.whole_after ?? Infinity, cell: (row) => SECONDS(row.whole_after) },
  { key: "detail", title: "What was broken, and seen", class: "wide", value: (row) => row.detail, cell: (row) => h("span", { title: `${row.detail}${row.left_over ? `; ${row.left_over}` : ""}` }, row.left_over || row.detail) },
];

const SLIPPAGE = [
  { key: "detector", title: "Detector", value: (row) => row.detector, cell: (row) => h("b", {}, row.detector.replaceAll("_", " ") || "own order") },
  { key: "venue", title: "", hint: "Venue", class: "mark", value: (row) => row.venue, cell: (row) => venueMark(row.venue) },
  { key: "purpose", title: "For", class: "wide dim", value: (row) => row.purpose, cell: (row) => row.purpose },
  { key: "orders", title: "Orders", class: "number", value: (row) => row.orders, cell: (row) => count(row.orders) },
  { key: "share", title: "Filled", class: "number", hint: "Of what was asked", value: (row) => row.filled_share, cell: (row) => SHARE(row.filled_share) },
  { key: "each", title: "Slippage", class: "number", hint: "Cents a contract; above what was counted with is a loss", value: (row) => Number(row.per_contract), cell: (row) => `${(100 * Number(row.per_contract)).toFixed(3)} ¢` },
  { key: "cost", title: "In all", class: "number", value: (row) => Number(row.slippage), cell: (row) => dollars(row.slippage) },
  { key: "fees", title: "Fees", class: "number", value: (row) => Number(row.fees), cell: (row) => dollars(row.fees) },
  { key: "ms", title: "Answered", class: "number", hint: "Half are no slower", value: (row) => row.milliseconds, cell: (row) => `${row.milliseconds.toFixed(0)} ms` },
  { key: "slowest", title: "Slowest", class: "number dim", hint: "99 of 100 are no slower", value: (row) => row.slowest, cell: (row) => `${row.slowest.toFixed(0)} ms` },
];

const COVERAGE = [
  { key: "league", title: "League", class: "wide", value: (row) => row.league, cell: (row) => h("b", {}, row.league.toUpperCase()) },
  { key: "games", title: "Games", class: "number", value: (row) => row.games, cell: (row) => count(row.games) },
  { key: "both", title: "At both", class: "number", value: (row) => row.at_both, cell: (row) => count(row.at_both) },
  { key: "one", title: "At one", class: "number", value: (row) => row.at_one, cell: (row) => count(row.at_one) },
  { key: "provisional", title: "Provisional", class: "number dim", value: (row) => row.provisional, cell: (row) => count(row.provisional) },
  { key: "share", title: "Covered", class: "number", value: (row) => row.at_both / Math.max(1, row.games), cell: (row) => SHARE(row.at_both / Math.max(1, row.games)) },
];
