// One game: the score bug, every contract under its proposition, and what was left out.
import { poll } from "./api.js";
import { copyable, fill, finding, h, notice, problemNotice, venueMark, verdict, waiting } from "./elements.js";
import { gameText } from "./legs.js";
import { marketPart } from "./market.js";
import { priceChart } from "./price_chart.js";
import { VENUES, bars, freshness, pairText, quoteText } from "./prices.js";
import { scoreText, state } from "./slate.js";
import { Table } from "./tables.js";
import { serverNow, timeElement } from "./times.js";
import { watch } from "./updates.js";

const DRAWN_EVERY = 500; // milliseconds, when prices move
const AGED_EVERY = 2000; // milliseconds, when nothing does
const POLARITY = { yes: "if true", no: "if false" };

export const title = "Game";

export function show(root, { id, keys, name, again }) {
  const quotes = new Map(); // by contract, as /ws tells them
  let found = null;
  let drawing = 0;
  const links = new Table({
    name: "contracts",
    columns: linkColumns(quotes),
    keyOf: (link) => link.contract_id ?? `${link.venue} ${link.event_id} ${link.outcome}`,
    detail: reasons,
    groupOf: (link) => statement(link),
    rowClass: (link) => (link.verdict === "rejected" ? "is-over" : null),
  });
  const leftOut = new Table({ name: "left out", columns: LEFT_OUT_COLUMNS, keyOf: (item) => `${item.venue} ${item.event_id} ${item.market_id} ${item.outcome}` });
  const back = h("a", { href: "#/slate" }, "‹ Slate");
  const bug = h("section", { class: "bug" });
  const chart = priceChart(id, () => found?.game);
  const market = marketPart(id);
  const linked = section("Contracts", links);
  const left = section("Left out", leftOut);
  const body = h("div", {}, waiting("Asking for the game"));
  fill(root, h("p", { class: "back" }, back), body);

  function draw(fresh) {
    found = fresh;
    name(gameText(found.game, id));
    if (!bug.isConnected) fill(body, bug, h("section", {}, h("h2", {}, "Price of the home side’s win"), chart.element), market.element, linked.element, left.element);
    drawBug();
    market.offer(found.links, found.game);
    linked.show(found.links, verdictCounts(found.links), () =>
      notice("Nothing is linked yet", "No venue lists this game, or its listings were not read yet. Match shows what is left out.", h("a", { href: "#/match" }, "Match")));
    left.show(found.left_out, `${found.left_out.length} markets about this game`, () => h("p", { class: "dim" }, "Nothing about this game is left out."));
  }

  /** Not under the hand of whoever is about to copy its id. */
  function drawBug() {
    if (!bug.contains(document.activeElement)) fill(bug, scoreBug(found.game, glance));
  }

  let glance = null;
  function hear(told) {
    const mine = told.games.find((each) => each.game_id === id);
    if (!mine || !found) return;
    glance = mine;
    const { period, clock, home_score, away_score } = mine;
    Object.assign(found.game, { period, clock, home_score, away_score });
    drawBug();
  }

  function price(told) {
    if (told.type !== "prices") return;
    for (const quote of told.quotes) quotes.set(quote.contract_id, quote);
    drawing ||= setTimeout(() => ((drawing = 0), found && links.draw()), DRAWN_EVERY);
  }

  const end = poll(`/games/${encodeURIComponent(id)}/links`, 10, draw, (problem) => {
    if (!bug.isConnected && !problem.isOffline) fill(body, problemNotice(problem, again));
  });
  const unwatch = [watch("slate", hear), watch(`prices:${id}`, price)];
  const aging = setInterval(() => document.hidden || !found || drawBug(), AGED_EVERY);
  keys({ table: links, back });
  return () => (clearTimeout(drawing), clearInterval(aging), end(), chart.end(), market.end(), unwatch.forEach((each) => each()));
}

/** A heading with counts above a table, or what stands there instead. */
function section(title, table) {
  const counts = h("span", { class: "count" });
  const body = h("div", {});
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, title), counts, h("span", { class: "grow" }), table.tools()), body);
  const show = (rows, words, empty) => {
    fill(counts, words);
    if (rows.length === 0) return fill(body, empty());
    if (!table.element.isConnected) fill(body, table.element);
    return table.show(rows);
  };
  return { element, show };
}

function verdictCounts(links) {
  const count = (kind) => links.filter((link) => link.verdict === kind).length;
  return ["tradable", "watch", "rejected"].filter(count).map((kind) => h("span", { class: "tallied" }, verdict(kind), ` ${count(kind)}`));
}

/** `glance`: the game in one line, null until it is told. */
function scoreBug(found, glance) {
  const line = (team, score) => h("div", { class: "bug-side" }, h("b", {}, team.abbreviation), h("span", { class: "name" }, team.name), h("span", { class: "points" }, score ?? ""));
  const hasScore = scoreText(found) !== "";
  return [
    h("h1", { class: "unseen" }, `${found.away.name} at ${found.home.name}`),
    h("div", { class: "bug-sides" }, line(found.away, hasScore ? found.away_score : null), line(found.home, hasScore ? found.home_score : null)),
    h("div", { class: "bug-facts" },
      h("div", {}, h("b", {}, state(found)), ` ${found.league.toUpperCase()}`, found.number ? `, game ${found.number}` : "", found.is_neutral_site ? ", neutral site" : ""),
      h("div", { class: "dim" }, found.status === "scheduled" ? "starts " : "start was ", timeElement(found.start)),
      h("div", { class: "dim" }, copyable(found.id), found.is_provisional ? verdict("provisional") : null)),
    glance ? h("div", { class: "bug-prices" }, bars(glance, serverNow()), h("div", {}, VENUES.map((venue) => quoteText(glance, venue, serverNow())), glance.fair === null ? null : h("span", { class: "dim" }, `fair ${(glance.fair * 100).toFixed(1)} by ${glance.fair_source}`))) : null,
  ];
}

function statement(link) {
  const words = link.proposition.statement;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const linkColumns = (quotes) => [
  { key: "venue", title: "", hint: "Venue", class: "mark", value: (link) => link.venue, cell: (link) => venueMark(link.venue) },
  { key: "title", title: "Market", class: "half", value: (link) => link.title, cell: (link) => h("span", { title: link.title }, link.title || link.event_id) },
  { key: "why", title: "Why", hint: "What speaks against it, or who decided otherwise", class: "half dim", value: why, cell: (link) => h("span", { title: why(link) }, why(link)) },
  { key: "outcome", title: "Outcome", value: (link) => link.outcome, cell: (link) => link.outcome || "–" },
  { key: "polarity", title: "Pays", value: (link) => POLARITY[link.polarity] ?? "", cell: (link) => POLARITY[link.polarity] ?? h("span", { class: "verdict watch", title: "Which side it is was not proven: never traded" }, "? unproven") },
  { key: "price", title: "Bid/ask", class: "number quote-cell", hint: "In cents, as /ws tells it", value: (link) => pairOf(quotes.get(link.contract_id)), cell: (link) => priced(quotes.get(link.contract_id)) },
  { key: "verdict", title: "Verdict", value: (link) => link.verdict, cell: (link) => verdict(link.verdict) },
  { key: "confidence", title: "Confidence", class: "number", value: (link) => link.confidence, cell: (link) => link.confidence.toFixed(2) },
  { key: "reasons", title: "Reasons", class: "tally", hint: "Fields that agree, differ, are unknown; Enter shows them", value: (link) => tally(link).map(([, n]) => n).join(" "), cell: (link) => tally(link).filter(([, n]) => n).map(([kind, n]) => h("span", {}, finding(kind), n)) },
];

function pairOf(quote) {
  return quote ? pairText(quote) : "";
}

function priced(quote) {
  if (!quote) return h("span", { class: "dim" }, "–");
  return h("span", { class: `quoted ${quote.state}`, title: quote.doubt ? `In doubt: ${quote.doubt}` : null }, freshness(quote.venue, quote.state), h("span", { class: "pair" }, pairText(quote)));
}

const LEFT_OUT_COLUMNS = [
  { key: "venue", title: "", hint: "Venue", class: "mark", value: (item) => item.venue, cell: (item) => venueMark(item.venue) },
  { key: "title", title: "Market", class: "half", value: (item) => item.title, cell: (item) => h("span", { title: item.title }, item.title || item.event_id) },
  { key: "code", title: "Reason", value: (item) => item.code, cell: (item) => item.code.replaceAll("_", " ") },
  { key: "detail", title: "", hint: "In words", class: "half dim", value: (item) => item.detail, cell: (item) => h("span", { title: item.detail }, item.detail) },
];

const FIRST = ["price", "override"]; // what no person can overrule, then what a person said

/** What speaks against a link before all else, or for it by word of a person. */
function why(link) {
  const doubts = link.reasons.filter((reason) => reason.finding !== "agrees" || reason.field === "override");
  const weight = ({ field, finding }) => (FIRST.includes(field) ? FIRST.indexOf(field) : finding === "differs" ? FIRST.length : FIRST.length + 1);
  const [first] = doubts.sort((a, b) => weight(a) - weight(b));
  return first ? `${first.field.replaceAll("_", " ")}: ${first.detail}` : "";
}

function tally(link) {
  return ["agrees", "differs", "unknown"].map((kind) => [kind, link.reasons.filter((reason) => reason.finding === kind).length]);
}

function reasons(link) {
  const ids = [link.market_id, link.contract_id].filter(Boolean);
  return [
    reasonList(link.reasons),
    link.overridden_by ? h("p", {}, `Decided otherwise by ${link.overridden_by}`) : null,
    h("p", { class: "ids dim" }, h("span", {}, link.event_id), ids.map((each) => copyable(each))),
  ];
}

/** Each field that was compared with tick, cross or question mark. */
export function reasonList(found) {
  return h("ul", { class: "reasons" }, found.map((reason) => h("li", {}, finding(reason.finding), h("b", {}, reason.field.replaceAll("_", " ")), h("span", {}, reason.detail))));
}
