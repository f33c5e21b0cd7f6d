// Signals as they are found, kept and refused; above them why there are no others.
import { count, contracts, dollars, gain } from "./amounts.js";
import { poll } from "./api.js";
import { fill, h, notice, problemNotice, verdict, waiting } from "./elements.js";
import { funnel } from "./funnel.js";
import { knownGames } from "./known_games.js";
import { detectorName, gameElement, gameText, legsElement, legsText } from "./legs.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";
import { follow } from "./updates.js";

const SHOWN = 100; // the newest
const EVERY = 4; // seconds: what was refused is told by REST alone
const KEPT = [["true", "Kept"], ["false", "Refused"], ["", "All"]];

const FIRST = { kept: "true", detector: "", stage: "", reason: "" };

const wanted = { ...FIRST }; // as one left it
let lastOpened = null;

export const title = "Signals";

export function show(root, { keys }) {
  let page = null;
  let heard = new Map(); // by id: told over /ws, and perhaps not written down yet
  let end = () => {};
  const games = knownGames(() => (draw(), why.redraw()));
  const why = funnel(games.of, choose, (answer) => offer(Object.keys(answer.combinations)));
  const table = new Table({
    name: "signals",
    columns: columns(games.of),
    keyOf: (signal) => signal.id,
    onOpen: (signal) => ((lastOpened = signal.id), (location.hash = `#/signals/${encodeURIComponent(signal.id)}`)),
    rowClass: (signal) => (isKept(signal) ? null : "is-over"),
  });
  table.selected = lastOpened;
  const live = h("span", { class: "live-state", role: "status" });
  const total = h("span", { class: "count" });
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Which signals" });
  const detector = h("select", { "aria-label": "Detector", onchange: () => ((wanted.detector = detector.value), watch()) }, h("option", { value: "" }, "All detectors"));
  if (wanted.detector) offer([wanted.detector]); // the others are named with the funnel
  const body = h("div", {}, waiting("Asking for signals"));
  const list = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Newest"), chips, detector, h("span", { class: "grow" }), total, table.tools()), body);
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Signals"), live), why.element, list);

  function offer(names) {
    const known = new Set([...detector.options].map((option) => option.value));
    detector.append(...names.filter((name) => !known.has(name)).map((name) => h("option", { value: name }, detectorName(name))));
    detector.value = wanted.detector;
  }

  function choose(stage, reason) {
    Object.assign(wanted, { stage, reason, kept: "" });
    watch();
    list.scrollIntoView({ block: "nearest" });
  }

  function watch() {
    end();
    page = null;
    drawChips();
    const asked = Object.entries(wanted).filter(([, value]) => value).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join("");
    end = poll(`/signals?limit=${SHOWN}${asked}`, EVERY, take, (problem) => page === null && !problem.isOffline && fill(body, problemNotice(problem, watch)));
  }

  function take(fresh) {
    page = fresh;
    for (const each of page.items) heard.delete(each.id);
    draw();
  }

  function hear(told) {
    const signal = { ...told, stage: "sent", reason: "sent", detail: "", like_it: 0 };
    heard.set(signal.id, signal);
    if (heard.size > SHOWN) heard = new Map([...heard].slice(-SHOWN));
    if (!isWanted(signal)) return;
    table.strike(signal.id);
    draw();
  }

  function draw() {
    if (!page) return;
    const fresh = [...heard.values()].filter(isWanted);
    const rows = [...page.items, ...fresh].sort((a, b) => b.found_at.localeCompare(a.found_at)).slice(0, SHOWN);
    const all = page.total + fresh.length;
    total.textContent = all > rows.length ? `the newest ${rows.length} of ${count(all)}` : `${count(all)} in all`;
    if (!rows.length) return fill(body, nothing());
    if (!body.contains(table.element)) fill(body, table.element);
    return table.show(rows);
  }

  function drawChips() {
    const isChosen = (kept) => !wanted.stage && wanted.kept === kept;
    const pick = (kept) => () => (Object.assign(wanted, { kept, stage: "", reason: "" }), watch());
    const chip = ([kept, words]) => h("button", { type: "button", "aria-pressed": String(isChosen(kept)), onclick: pick(kept) }, words);
    const place = [wanted.stage, wanted.reason].filter(Boolean).join(": ").replaceAll("_", " ");
    fill(chips, KEPT.map(chip), wanted.stage ? h("button", { type: "button", "aria-pressed": "true", title: "Show all again", onclick: pick("true") }, place, h("span", { class: "dim" }, " ✕")) : null);
  }

  function nothing() {
    const all = () => (Object.assign(wanted, { kept: "", detector: "", stage: "", reason: "" }), (detector.value = ""), watch());
    if (wanted.kept === "false" || wanted.detector || wanted.stage) return notice("No signal of this kind is written down", "What has no gap between prices is only counted; of refusals that are all alike some are written down, and kept for three days.", h("button", { type: "button", onclick: all }, "Show all signals"));
    return notice("No signal yet", "Every combination was let go before it could be one. The funnel says where: a click on a stage shows why.");
  }

  watch();
  const leave = follow("signals", { tell: hear, renew: () => page && watch(), onState: (isLive) => drawLive(live, isLive) });
  keys({ table });
  return () => (end(), leave(), why.end(), games.end());

  function isWanted(signal) {
    return wanted.kept !== "false" && [wanted.detector || signal.detector, wanted.stage || "sent", wanted.reason || "sent"].join() === [signal.detector, "sent", "sent"].join();
  }
}

function drawLive(element, isLive) {
  element.textContent = isLive ? "live" : `asked every ${EVERY} s`;
  element.title = isLive ? "Kept signals are shown as they are told over /ws" : "The connection to /ws is being made anew; until then signals are read over REST";
  element.classList.toggle("is-live", isLive);
}

function isKept(signal) {
  return signal.stage === "sent" && signal.reason === "sent";
}

/** What became of it, with its sign. */
export function fate(signal) {
  if (isKept(signal)) return h("span", { class: "fate" }, "✓ sent");
  if (signal.stage === "sent") return h("span", { class: "fate verdict watch", title: "Found, and nobody has had the last word on it yet" }, "◐ offered");
  return h("span", { class: "fate", title: signal.detail }, `✗ ${signal.stage}: ${signal.reason.replaceAll("_", " ")}`);
}

/** The rules' verdict, and what is lost at worst. */
export function rulesVerdict(kind, worst) {
  return [verdict(kind), Number(worst) < 0 ? [" ", gain(worst)] : null];
}

function columns(of) {
  const game = (signal) => of(signal.game_id);
  return [
    { key: "time", title: "Found", class: "time dim", value: (signal) => signal.found_at, cell: (signal) => timeElement(signal.found_at) },
    { key: "game", title: "Game", class: "game", value: (signal) => gameText(game(signal), signal.game_id), cell: (signal) => [gameElement(game(signal), signal.game_id), " ", h("span", { class: "league dim" }, signal.league.toUpperCase())] },
    { key: "detector", title: "Detector", class: "detector", value: (signal) => signal.detector, cell: (signal) => detectorName(signal.detector) },
    { key: "legs", title: "Legs", class: "wide legs", hint: "Each with the most that is paid, in cents", value: (signal) => legsText(signal.legs, game(signal)), cell: (signal) => legsElement(signal.legs, game(signal)) },
    { key: "size", title: "Size", class: "number size", hint: "Contracts of each leg", value: (signal) => Number(signal.size), cell: (signal) => contracts(signal.size) },
    { key: "cost", title: "Cost", class: "number cost", hint: "Without fees", value: (signal) => Number(signal.cost), cell: (signal) => h("span", { title: `and ${dollars(signal.fees)} of fees` }, dollars(signal.cost)) },
    { key: "profit", title: "Profit", class: "number profit", hint: "After fees, when the game is played; of a fair value on average", value: (signal) => Number(signal.profit), cell: (signal) => gain(signal.profit) },
    { key: "rules", title: "Rules, worst case", class: "rules", value: (signal) => `${signal.rules} ${signal.worst}`, cell: (signal) => rulesVerdict(signal.rules, signal.worst) },
    { key: "stage", title: "What became of it", class: "stage-cell", value: (signal) => `${signal.stage}: ${signal.reason}`, cell: (signal) => [fate(signal), signal.like_it ? h("span", { class: "tag", title: "refused alike, and only counted" }, `+${count(signal.like_it)}`) : null] },
  ];
}
