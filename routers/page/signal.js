// One signal, whole: every figure with what it was made of, as it stood when it was judged.
import { cents, contracts, dollars, gain, percent } from "./amounts.js";
import { poll } from "./api.js";
import { copyable, fill, finding, h, problemNotice, venueMark, verdict, waiting } from "./elements.js";
import { knownGames } from "./known_games.js";
import { claim, detectorName, gameText } from "./legs.js";
import { replayForm } from "./replays.js";
import { fate, rulesVerdict } from "./signals.js";
import { Table } from "./tables.js";
import { preciseElement, timeElement } from "./times.js";
import { traceTable } from "./trace.js";

export const title = "Signal";

export function show(root, { id, keys, again }) {
  let found = null;
  const games = knownGames(() => drawTitle());
  const back = h("a", { href: "#/signals" }, "‹ Signals");
  const title = h("h1", {});
  const legs = h("div", { class: "scroll" });
  const payoffs = new Table({ name: "payoffs", columns: [], keyOf: (scenario) => scenario.name, groupOf: (scenario) => endingText(found, scenario.ending), rowClass: (scenario) => (scenario.is_worst ? "is-worst" : null) });
  const body = h("div", {}, waiting("Asking for the signal"));
  fill(root, h("p", { class: "back" }, back), body);

  function drawTitle() {
    if (!found) return;
    const game = games.of(found.game_id);
    title.textContent = gameText(game, found.game_id);
    fill(legs, legTable(found.legs, game));
    payoffs.columns = payoffColumns(found, game);
    payoffs.drawHead();
    payoffs.show(found.rules.scenarios);
  }

  function draw(answer) {
    end(); // it does not change any more
    found = answer;
    fill(body,
      h("section", { class: "verdict-line" }, title, h("span", { class: "dim" }, `${detectorName(found.detector)}, ${found.league.toUpperCase()}`), found.simulated ? h("span", { class: "mode", title: "Of the sandbox: nothing of it has happened" }, "SIMULATED") : null, fate(found), h("a", { href: `#/games/${encodeURIComponent(found.game_id)}` }, "Game ›")),
      found.detail ? h("p", { class: "detail-words" }, found.detail) : null,
      figures(found),
      h("div", { class: "record" },
        h("div", {}, part("Legs", legs), part("What is paid, whatever happens", payoffLead(found), payoffs.element), part("Trace", traceTable(found.trace)), part("Replay with …", replayForm(found))),
        h("div", {}, found.estimate ? part("Fair value", estimate(found.estimate)) : null, part("What the books hold", reaches(found.reaches)), part("Checks", checks(found.checks)), part("Record", record(found)))));
    drawTitle();
  }

  const end = poll(`/signals/${encodeURIComponent(id)}`, 5, draw, (problem) => {
    if (!found && !problem.isOffline) fill(body, problemNotice(problem, again));
  });
  keys({ table: payoffs, back });
  return () => (end(), games.end());
}

function part(title, ...children) {
  return h("section", {}, h("h2", {}, title), children);
}

function figures(found) {
  const figure = (words, value, small) => h("div", {}, h("dt", {}, words), h("dd", {}, value), small ? h("dd", { class: "dim" }, small) : null);
  return h("dl", { class: "figures" },
    figure("Profit after fees", gain(found.profit), found.estimate ? "on average" : "when the game is played"),
    figure("At worst", gain(found.rules.worst), found.rules.worst_scenario ? h("span", { title: found.rules.worst_scenario }, found.rules.worst_scenario) : null),
    figure("Stake", dollars(found.stake), `${dollars(found.cost)} and ${dollars(found.fees)} of fees`),
    figure("Size", contracts(found.size), "contracts of each leg"),
    figure("Edge", gain(found.unit_edge, (amount) => `${cents(amount)} ¢`), "a contract, after fees"),
    figure("Return", percent(found.return_per_day), h("span", {}, "a day, paid back ", timeElement(found.locked_until))));
}

/** Facts as rows and legs as columns, so that what differs stands side by side. */
function legTable(legs, game) {
  const row = (words, cell, hint) => h("tr", {}, h("th", { scope: "row", title: hint }, words), legs.map((leg) => h("td", {}, cell(leg))));
  const dim = (...words) => h("span", { class: "dim" }, ...words);
  return h("table", { class: "table leg-table" },
    h("caption", { class: "unseen" }, "Each leg with its quote, link and fee"),
    h("thead", {}, h("tr", {}, h("td", {}), legs.map((leg) => h("th", { scope: "col" }, venueMark(leg.venue), " ", claim(leg, game))))),
    h("tbody", {},
      row("Pays", (leg) => `${leg.polarity === "no" ? "unless" : "if"} ${leg.proposition.statement}`),
      row("Link", (leg) => [verdict(leg.verdict), dim(` ${leg.confidence.toFixed(2)}`)]),
      row("Buy at most at", (leg) => h("b", {}, `${cents(leg.limit)} ¢`)),
      row("Cost", (leg) => [dollars(leg.cost), dim(` for ${contracts(leg.size)}`)]),
      row("Fee", (leg) => [dollars(leg.fee), dim(` ${feeText(leg.schedule)}`)]),
      row("Fee from", (leg) => dim(leg.schedule.source || "not told", leg.schedule.waived_until ? [", waived until ", timeElement(leg.schedule.waived_until)] : null), "Where the schedule was read"),
      row("Bid", (leg) => priced(leg.quote.bid, leg.quote.bid_size)),
      row("Ask", (leg) => priced(leg.quote.ask, leg.quote.ask_size)),
      row("Venue's clock", (leg) => moment(leg.quote.venue_time), "When the venue says that the book became so"),
      row("Our clock", (leg) => moment(leg.quote.received_at), "When we heard of it"),
      row("Last proof", (leg) => moment(leg.quote.proved_at), "When the venue had last shown that it is still so"),
      row("Age", (leg) => [`${leg.age_ms} ms`, leg.quote.doubt ? h("span", { class: "verdict watch" }, ` ◐ ${leg.quote.doubt}`) : null], "Since the last proof, when it was judged"),
      row("Market", (leg) => copyable(leg.market_id, short(leg.market_id))),
      row("Contract", (leg) => copyable(leg.contract_id, short(leg.contract_id))),
      row("Rules text", (leg) => (leg.rules_hash ? copyable(leg.rules_hash, leg.rules_hash.slice(0, 12)) : "–"), "Its hash; GET /rules tells what was read in it")));
}

function priced(price, size) {
  return price === null ? "–" : [`${cents(price)} ¢`, h("span", { class: "dim" }, ` × ${contracts(size)}`)];
}

function moment(at) {
  return at ? preciseElement(at) : "–";
}

function feeText(schedule) {
  const shape = schedule.exponent === 1 ? "p(1−p)" : schedule.exponent === 0 ? "1" : `(p(1−p))^${schedule.exponent}`;
  return Number(schedule.taker) ? `${schedule.taker} × ${shape}, up to the next $${schedule.step}` : "none is charged";
}

function payoffLead(found) {
  const { rules } = found;
  const cost = Number(rules.tail_cost) ? ` Tails cost ${dollars(rules.tail_cost)} on average at this size.` : "";
  return h("p", { class: "dim" }, rulesVerdict(rules.verdict, rules.worst), cost, rules.scenarios.length ? "" : " Its rules were not looked at: it was let go before.");
}

function payoffColumns(found, game) {
  const result = (scenario) => Number(scenario.total) * Number(found.size) - Number(found.stake);
  const name = (scenario) => (scenario.is_worst ? h("b", {}, `${scenario.name} (worst)`) : scenario.name);
  return [
    { key: "scenario", title: "Scenario", class: "scenario", value: (scenario) => scenario.name, cell: name },
    ...found.legs.map((leg, at) => ({ key: `leg ${at}`, title: claim(leg, game), class: "number", hint: `What ${leg.venue} pays for a contract, in cents`, value: (scenario) => Number(scenario.pays[at]), cell: (scenario) => cents(scenario.pays[at]) })),
    { key: "total", title: "Total", class: "number", value: (scenario) => Number(scenario.total), cell: (scenario) => cents(scenario.total) },
    { key: "result", title: "Result", class: "number result-cell", hint: "At this size, after cost and fees", value: result, cell: (scenario) => gain(result(scenario)) },
  ];
}

/** "played", "late: 0.5 % of games": by the base rate of the league. */
function endingText(found, ending) {
  const tail = found.rules.tails.find((each) => each.ending === ending);
  return tail ? `${ending}: ${percent(tail.chance)} of games` : ending;
}

function reaches(found) {
  const row = (reach) => h("tr", {}, h("th", { scope: "row" }, reach.stake === null ? "all" : dollars(reach.stake).replace(".00", "")), [contracts(reach.size), dollars(reach.cost), dollars(reach.fees), gain(reach.profit)].map((cell) => h("td", { class: "number" }, cell)));
  const head = ["For", "Contracts", "Cost", "Fees", "Profit"].map((words, at) => h("th", { scope: "col", class: at ? "number" : null }, words));
  return h("div", { class: "scroll" }, h("table", { class: "table" }, h("caption", { class: "unseen" }, "What so much money buys of it"), h("thead", {}, h("tr", {}, head)), h("tbody", {}, found.map(row))));
}

function estimate(found) {
  const score = found.home_score === null ? "" : `, at ${found.away_score} – ${found.home_score}`;
  return h("p", {}, h("b", {}, percent(found.probability)), h("span", { class: "dim" }, ` for the home side, by ${found.source}${score}`));
}

function checks(found) {
  const item = (check) => h("li", { class: check.is_passed ? null : "is-failed" }, finding(check.is_passed ? "agrees" : "differs"), h("b", {}, check.name.replaceAll("_", " ")), h("span", {}, check.detail));
  return h("ol", { class: "reasons checks" }, found.map(item));
}

function record(found) {
  const facts = [
    ["Trace id", copyable(found.id)],
    ["Found", preciseElement(found.found_at)],
    ["Judged", [preciseElement(found.judged_at), found.is_final ? ", the last word" : ", offered to who has the last word"]],
    ["Good until", preciseElement(found.expires_at)],
    ["Skew", `${found.skew_ms} ms between the proofs of its legs`],
    ["Account", found.account],
    ["Limits", `version ${found.limits_version}`],
    found.like_it ? ["Like it", `${found.like_it} refused alike, and only counted`] : null,
  ];
  return h("dl", { class: "facts" }, facts.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** A token of Polymarket has 77 digits. */
function short(id) {
  return id.length > 36 ? `${id.slice(0, 20)}…${id.slice(-6)}` : id;
}
