// Puts the frame together: the view that the address names, the rail, the top bar.
import { onConnection, poll } from "./api.js";
import { fill, h, icon } from "./elements.js";
import { watchHalts } from "./halts.js";
import { watchKeys } from "./keys.js";
import { watchMoney } from "./money.js";
import { setClock, span } from "./times.js";
import { VIEWS, viewOf } from "./views.js";

const STALE = 90; // seconds since a feed's last round

const main = document.getElementById("view");
const [mode, feed, banner] = ["mode", "feed", "banner"].map((id) => document.getElementById(id));
let stop = () => {};
let said = {}; // of keys, by the view at hand

function open() {
  const { view, at, id, query } = viewOf(location.hash);
  stop();
  said = {};
  const name = (words) => (document.title = `${words} · Crosscourt`);
  const root = h("div", { class: `view ${at}-view` });
  fill(main, root); // a new one each time: what an ended view still says, nobody sees
  name(view.title);
  stop = view.show(root, { id, query, name, again: open, keys: (told) => Object.assign(said, told) }) ?? (() => {});
  for (const link of document.querySelectorAll(".rail a")) {
    if (link.dataset.view === at) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  scrollTo(0, 0);
}

fill(document.getElementById("rail"), Object.entries(VIEWS).map(([name, { title }]) => h("a", { href: `#/${name}`, "data-view": name }, icon(name), title)));
document.getElementById("theme").addEventListener("click", () => globalThis.switchTheme());
addEventListener("hashchange", open);
watchKeys(() => said, watchHalts().begin);
watchMoney();

poll("/health/live", 10, (live) => {
  setClock(live.now);
  mode.textContent = live.mode.toUpperCase();
  mode.title = { simulated: "This slate is simulated or recorded; nothing on it is real", paper: "Paper money on real venues" }[live.mode] ?? "Real money";
  document.documentElement.dataset.mode = live.mode;
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
  if (problem && brokenSince) banner.textContent = `${problem.title}. You see what was true at ${brokenSince.toLocaleTimeString()}. ${problem.remedy}`;
});

open();
