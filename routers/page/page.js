// Puts the frame together: views by address, keys, the top bar.
import { onConnection, poll } from "./api.js";
import { fill, h, icon } from "./elements.js";
import { game } from "./game.js";
import { watchHalts } from "./halts.js";
import { health } from "./health.js";
import { match } from "./match.js";
import { watchMoney } from "./money.js";
import { positions } from "./positions.js";
import { signal } from "./signal.js";
import { signals } from "./signals.js";
import { slate } from "./slate.js";
import { setClock, span } from "./times.js";

const VIEWS = [
  { name: "slate", title: "Slate", open: slate, key: "1" },
  { name: "signals", title: "Signals", open: signals, key: "2" },
  { name: "positions", title: "Positions", open: positions, key: "3" },
  { name: "match", title: "Match", open: match, key: "4" },
  { name: "health", title: "Health", open: health, key: "5" },
];
const RECORDS = { games: { title: "Game", open: game }, signals: { title: "Signal", open: signal } }; // one of them, by its id
const STALE = 90; // seconds since a feed's last round
const KEYS = [
  ["j k", "next and previous row"],
  ["Enter", "open the row"],
  ["/", "search teams, through the matcher itself"],
  ["1 2 3 4 5", "Slate, Signals, Positions, Match, Health"],
  ["Shift+H", "held for a second: halt everything"],
  ["Esc", "back, or out of a box"],
  ["?", "these keys"],
];

const view = document.getElementById("view");
const [mode, feed, banner, help] = ["mode", "feed", "banner", "help"].map((id) => document.getElementById(id));
const halt = watchHalts();
watchMoney();
let shown = { end() {} };

function show() {
  const [name, id] = location.hash.replace(/^#\//, "").split("?")[0].split("/");
  const record = id ? RECORDS[name] : undefined;
  const chosen = VIEWS.find((each) => each.name === name) ?? VIEWS[0];
  shown.end();
  shown = record ? record.open(view, decoded(id)) : chosen.open(view);
  document.title = `${(record ?? chosen).title} · Crosscourt`;
  for (const link of document.querySelectorAll(".rail a")) {
    if (link.dataset.view === chosen.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  scrollTo(0, 0);
}

/** What an address names; as it stands when it is no proper escape. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

fill(document.getElementById("rail"), VIEWS.map((each) => h("a", { href: `#/${each.name}`, "data-view": each.name }, icon(each.name), each.title)));
fill(help, h("h2", { id: "help-title" }, "Keys"), h("dl", {}, KEYS.map(([keys, words]) => [h("dt", {}, keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, words)])), h("form", { method: "dialog" }, h("button", { class: "first" }, "Close")));

document.getElementById("theme").addEventListener("click", () => globalThis.switchTheme());
document.getElementById("help-button").addEventListener("click", () => help.showModal());
addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "Escape") return isTyping ? event.target.blur() : shown.back?.click();
  if (isTyping) return undefined;
  return act(event);
});

function act(event) {
  const view = VIEWS.find((each) => each.key === event.key);
  if (view) location.hash = `#/${view.name}`;
  else if (event.key === "j") shown.table?.move(1);
  else if (event.key === "k") shown.table?.move(-1);
  else if (event.key === "/") search();
  else if (event.key === "?") help.showModal();
  else if (event.key === "H") event.repeat || halt.begin();
  else return;
  event.preventDefault();
}

function search() {
  if (!shown.search) {
    location.hash = "#/slate";
    show();
  }
  shown.search?.focus();
  shown.search?.select?.();
}

poll("/health/live", 10, (live) => {
  setClock(live.now);
  mode.textContent = live.mode.toUpperCase();
  mode.title = { simulated: "This slate is simulated or recorded; nothing on it is real", paper: "Paper money on real venues" }[live.mode] ?? "Real money";
  mode.hidden = false;
}, () => {});

poll("/health/workers", 5, (answer) => {
  const age = answer.oldest_feed;
  const isStale = age === null || age > STALE || answer.workers.some((each) => each.state !== "running" && each.every < 3600);
  fill(feed, age === null ? "feed missing" : [h("span", { class: "words" }, "oldest feed "), span(age)]);
  feed.title = "Time since the worker that is longest silent ended a round; Health shows each";
  feed.classList.toggle("is-stale", isStale);
}, () => {
  feed.textContent = "feeds unknown";
  feed.classList.add("is-stale");
});

let brokenSince = null;
onConnection((problem) => {
  if (problem === null) brokenSince = null;
  else if (problem.isOffline || problem.status >= 500) brokenSince ??= new Date();
  banner.hidden = brokenSince === null;
  if (problem && brokenSince) banner.textContent = `${problem.title} You see what was true at ${brokenSince.toLocaleTimeString()}. ${problem.remedy}`;
});

show();
