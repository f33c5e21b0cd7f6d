// Why there are no others: what reaches each stage, what is let go there and why, with the last example.
import { poll } from "./api.js";
import { count } from "./amounts.js";
import { fill, h, notice } from "./elements.js";
import { gameElement, gameText } from "./legs.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const EVERY = 2; // seconds
const WORDS = {
  games: "Games that are followed, and those without tradable contracts at two venues",
  linked: "Combinations of contracts of one game; let go where what they say is not certain or not the same",
  fresh: "Every leg was proved a moment ago, and at one moment",
  edge: "They are worth more than they cost, after fees",
  depth: "The books hold enough of it",
  rules: "What is paid is known, whatever happens to the game",
  risk: "Limits, Kelly and halts allow it",
  sent: "Everything was passed",
  filled: "What became of what was sent",
};
const ENDS = {
  hedged: "every leg was bought",
  filled: "it was bought",
  open: "it goes on",
  unwound: "one leg was bought, and sold again",
  missed: "nothing was bought",
  exposed: "one leg is held alone",
};
const HELD = new Set(["hedged", "filled"]);
const COUNTED = { games: "games", contracts: "contracts", listings: "listings", combinations: "" };

/** of(id): a game by its id. choose(stage, reason): show the signals that were let go there. hear(answer): it was told. */
export function funnel(of, choose, hear) {
  const since = h("span", { class: "count", role: "status" });
  const stages = new Map(); // by name, drawn once, so that a focused button stays
  const list = h("ol", { class: "stages" });
  const body = h("div", {});
  const element = h("section", { class: "funnel" }, h("div", { class: "toolbar" }, h("h2", {}, "Funnel"), since), body);
  const ended = filledRow(of);
  let opened = null;

  function show(answer) {
    since.replaceChildren(...sinceWords(answer));
    hear(answer);
    if (!answer.processes) return fill(body, silent());
    if (!list.isConnected) fill(body, legend(), list);
    let reached = Object.values(answer.combinations).reduce((sum, each) => sum + each, 0);
    const all = reached;
    for (const stage of answer.stages) {
      if (!stages.has(stage.stage)) add(stage.stage);
      const isGames = stage.stage === "games";
      stages.get(stage.stage).show(stage, isGames ? answer.games : reached, isGames ? answer.games : all);
      if (!isGames) reached -= stage.standing;
    }
    ended.show(answer.taken, answer.stages.at(-1).count);
    if (!ended.element.isConnected) list.append(ended.element);
    return undefined;
  }

  function add(name) {
    const stage = stageRow(name, of, choose, () => open(opened === name ? null : name));
    stages.set(name, stage);
    list.append(stage.element);
  }

  function open(name) {
    opened = name;
    for (const [each, stage] of stages) stage.open(each === name);
  }

  const redraw = () => stages.get(opened)?.open(true);
  const end = poll("/signals/funnel", EVERY, show, (problem) => !list.isConnected && !problem.isOffline && fill(body, notice(problem.title, problem.remedy)));
  return { element, redraw, end };
}

function sinceWords(answer) {
  if (!answer.since) return [];
  const combinations = Object.values(answer.combinations).reduce((sum, each) => sum + each, 0);
  const processes = answer.processes > 1 ? ` by ${answer.processes} processes` : "";
  return [`${count(combinations)} combinations looked at${processes}; counts since `, timeElement(answer.since)];
}

function silent() {
  return notice("Nobody looks for signals now", "The process that works on games is not running, or has just begun. Health shows every worker.", h("a", { href: "#/health" }, "Health"));
}

function legend() {
  return h("div", { class: "stage-head dim", "aria-hidden": "true" }, h("span", {}, "stage"), h("span", {}), h("span", {}, "get here"), h("span", {}, "let go"), h("span", { class: "total" }, "since start"));
}

function stageRow(name, of, choose, toggle) {
  const [went, kept] = [h("i", { class: "went" }), h("i", { class: "kept" })];
  const [here, gone, total] = [h("span", {}), h("span", {}), h("span", { class: "total dim" })];
  const button = h("button", { type: "button", class: "stage", title: WORDS[name], "aria-expanded": "false", onclick: toggle }, h("b", {}, name), h("span", { class: "track", "aria-hidden": "true" }, kept, went), here, gone, total);
  const why = h("div", { class: "why", hidden: true });
  const table = new Table({
    name: "stops",
    columns: reasonColumns(of),
    keyOf: (reason) => `${reason.counted} ${reason.reason}`,
    onOpen: (reason) => (reason.counted === "combinations" ? choose(name, reason.reason) : (location.hash = placeOf(reason.example))),
  });
  const element = h("li", {}, button, why);
  let told = null;

  function show(stage, reached, all) {
    told = stage;
    const isLast = name === "sent";
    const share = (number) => `${all ? (100 * number) / all : 0}%`;
    kept.style.width = share(isLast ? reached : reached - stage.standing);
    went.style.width = share(isLast ? 0 : stage.standing);
    here.textContent = count(reached);
    gone.textContent = isLast ? "" : count(stage.standing);
    total.textContent = name === "games" ? "" : count(stage.count);
    const what = name === "games" ? "games" : "combinations";
    const words = isLast ? `${count(stage.count)} signals since the start` : `${count(stage.standing)} let go now, ${count(stage.count)} since the start`;
    button.setAttribute("aria-label", `${name}: ${count(reached)} ${what} get here, ${words}`);
    if (!why.hidden) open(true);
  }

  function open(isOpen) {
    why.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen || !told) return;
    if (!told.reasons.length) return fill(why, h("p", { class: "dim" }, name === "sent" ? "Nothing has passed everything yet." : "Nothing was let go here."));
    if (!table.element.isConnected) fill(why, h("p", { class: "dim" }, WORDS[name]), table.element);
    table.show(told.reasons);
  }

  return { element, show, open };
}

/** The last stage counts what has happened since the start, beside what was sent since then. */
function filledRow(of) {
  const [went, kept] = [h("i", { class: "went" }), h("i", { class: "kept" })];
  const [here, gone, total] = [h("span", {}), h("span", {}), h("span", { class: "total dim" })];
  const button = h("button", { type: "button", class: "stage of-past", title: WORDS.filled, "aria-expanded": "false", onclick: () => open(why.hidden) }, h("b", {}, "filled"), h("span", { class: "track", "aria-hidden": "true" }, kept, went), here, gone, total);
  const table = new Table({ name: "stops", columns: endColumns(of), keyOf: (end) => end.status, onOpen: (end) => (location.hash = `#/signals/${encodeURIComponent(end.signal_id)}`) });
  const why = h("div", { class: "why", hidden: true });
  const element = h("li", {}, button, why);
  let told = [];

  function show(taken, sent) {
    told = taken ?? [];
    const held = told.filter((end) => HELD.has(end.status)).reduce((sum, end) => sum + end.count, 0);
    const others = told.reduce((sum, end) => sum + end.count, 0) - held;
    const share = (number) => `${sent ? Math.min(100, (100 * number) / sent) : 0}%`;
    kept.style.width = share(held);
    went.style.width = share(others);
    here.textContent = "";
    gone.textContent = taken ? count(others) : "–";
    total.textContent = taken ? count(held) : "–";
    button.setAttribute("aria-label", taken ? `filled: ${count(held)} of ${count(sent)} signals that were sent since the start, ${count(others)} otherwise` : "filled: not known while Postgres is away");
    if (!why.hidden) open(true);
  }

  function open(isOpen) {
    why.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return undefined;
    if (!told.length) return fill(why, h("p", { class: "dim" }, "Nothing was sent yet."));
    if (!table.element.isConnected) fill(why, h("p", { class: "dim" }, WORDS.filled), table.element);
    return table.show(told);
  }

  return { element, show };
}

function endColumns(of) {
  return [
    { key: "status", title: "Ended", value: (end) => end.status, cell: (end) => [h("b", {}, end.status), h("span", { class: "dim" }, ` ${ENDS[end.status] ?? ""}`)] },
    { key: "count", title: "Since start", class: "number", value: (end) => end.count, cell: (end) => count(end.count) },
    { key: "game", title: "Last one", class: "wide example", value: (end) => gameText(of(end.game_id), end.game_id), cell: (end) => gameElement(of(end.game_id), end.game_id) },
    { key: "at", title: "When", class: "number at", value: (end) => end.began_at, cell: (end) => timeElement(end.began_at) },
  ];
}

/** Where more is told of what no signal could be made of. */
function placeOf(example) {
  return example?.game_id ? `#/games/${encodeURIComponent(example.game_id)}` : "#/match";
}

function reasonColumns(of) {
  const game = (reason) => (reason.example?.game_id ? of(reason.example.game_id) : null);
  const example = (reason) => reason.example?.detail ?? "";
  return [
    { key: "reason", title: "Reason", value: (reason) => reason.reason, cell: (reason) => [h("b", {}, reason.reason.replaceAll("_", " ")), " ", h("span", { class: "dim" }, COUNTED[reason.counted])] },
    { key: "standing", title: "Now", class: "number", value: (reason) => reason.standing, cell: (reason) => count(reason.standing) },
    { key: "count", title: "Since start", class: "number", hint: "Each time one came to stand there", value: (reason) => reason.count, cell: (reason) => count(reason.count) },
    { key: "game", title: "Last example", class: "example", value: (reason) => (reason.example?.game_id ? gameText(game(reason), reason.example.game_id) : ""), cell: (reason) => (reason.example?.game_id ? gameElement(game(reason), reason.example.game_id) : "") },
    { key: "detail", title: "", hint: "In words", class: "wide", value: example, cell: (reason) => h("span", { title: [example(reason), ...(reason.example?.contracts ?? [])].join("\n") }, example(reason)) },
    { key: "at", title: "When", class: "number at", value: (reason) => reason.example?.at ?? "", cell: (reason) => (reason.example?.at ? timeElement(reason.example.at) : h("span", { class: "dim" }, "now")) },
  ];
}
