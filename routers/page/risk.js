// What may be risked, what of it is used, what was refused and what is halted.
import { poll } from "./api.js";
import { gauges, places } from "./caps.js";
import { fill, h, notice, problemNotice, waiting } from "./elements.js";
import { halting } from "./halting.js";
import { knownGames } from "./known_games.js";
import { gameElement, gameText } from "./legs.js";
import { limits } from "./limits.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const EVERY = 2; // seconds

export const title = "Risk";

export function show(root, { keys, again }) {
  let risk = null;
  const games = knownGames(() => risk && draw(risk));
  const used = places(games.of);
  const stopped = halting(games.of);
  const given = limits(() => again());
  const refused = new Table({ name: "refusals", columns: refusalColumns(games.of), keyOf: (row) => row.signal_id, onOpen: (row) => (location.hash = `#/signals/${encodeURIComponent(row.signal_id)}`) });
  const overall = h("div", { class: "gauges" });
  const body = h("div", {}, waiting("Asking for the limits"));
  const tag = h("span", { class: "mode tagged" });
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Risk"), tag), body);
  const refusals = h("section", {});
  const whole = [
    overall,
    h("div", { class: "record" },
      h("div", {}, used.element, refusals),
      h("div", {}, stopped.element, given.element)),
    given.history,
  ];

  function draw(answer) {
    risk = answer;
    if (!overall.isConnected) fill(body, whole);
    tag.textContent = answer.simulated ? "SIMULATED" : "";
    fill(overall, answer.is_here ? gauges(answer) : notice("What is used is not known here", "This process does not trade. Ask the one that does, or GET /portfolio for what is held."));
    used.show(answer);
    stopped.show(answer.halts);
    given.show(answer);
    drawRefusals(answer.refusals);
  }

  function drawRefusals(rows) {
    const head = h("div", { class: "toolbar" }, h("h2", {}, "Last refusals"), h("span", { class: "count" }, "for their risk; the funnel counts all"), h("span", { class: "grow" }), h("a", { href: "#/signals" }, "Signals"));
    if (!rows.length) return fill(refusals, head, h("p", { class: "dim" }, "No signal was refused for its risk."));
    if (!refusals.contains(refused.element)) fill(refusals, head, refused.element);
    return refused.show(rows);
  }

  keys({ table: used.table });
  const end = poll("/risk", EVERY, draw, (problem) => !risk && !problem.isOffline && fill(body, problemNotice(problem, again)));
  return () => (end(), games.end(), given.end());
}

/** A token of Polymarket has 77 digits. */
function brief(words) {
  return words.replace(/\d{20,}|0x[0-9a-f]{20,}/g, (id) => `${id.slice(0, 8)}…${id.slice(-4)}`);
}

function refusalColumns(of) {
  const game = (row) => of(row.game_id);
  return [
    { key: "at", title: "When", class: "time dim", value: (row) => row.at, cell: (row) => timeElement(row.at) },
    { key: "game", title: "Game", class: "game", value: (row) => gameText(game(row), row.game_id), cell: (row) => gameElement(game(row), row.game_id) },
    { key: "reason", title: "Control", value: (row) => row.reason, cell: (row) => h("b", {}, row.reason.replaceAll("_", " ")) },
    { key: "detail", title: "In words", class: "wide dim", value: (row) => String(row.detail), cell: (row) => h("span", { title: String(row.detail) }, brief(String(row.detail))) },
    { key: "limits", title: "Limits", class: "number dim", hint: "The version that it was refused under", value: (row) => row.limits_version, cell: (row) => String(row.limits_version) },
  ];
}
