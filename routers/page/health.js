// How prices are heard, how late each process is, workers in the order of the pipeline, and what was asked of whom.
import { count } from "./amounts.js";
import { Problem, get, poll } from "./api.js";
import { fill, h, notice, problemNotice, venueMark, waiting } from "./elements.js";
import { Table } from "./tables.js";
import { span, timeElement } from "./times.js";

const SIGNS = { running: "●", late: "◐", missing: "○" };

export const title = "Health";

export function show(root, { keys, again }) {
  const table = new Table({ name: "workers", columns: COLUMNS, keyOf: (each) => `${each.worker} ${each.host} ${each.process_id}`, detail });
  const stores = h("div", { class: "stores" });
  const told = h("span", { class: "count", role: "status" });
  const body = h("div", {}, waiting("Asking for the workers"));
  const lists = {
    processes: new Table({ name: "processes", columns: PROCESS_COLUMNS, keyOf: (each) => each.key }),
    prices: new Table({ name: "prices", columns: PRICE_COLUMNS, keyOf: (each) => each.feed }),
    feeds: new Table({ name: "feeds", columns: FEED_COLUMNS, keyOf: (each) => each.feed }),
  };
  const part = (words, small, list) => h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, words), h("span", { class: "count" }, small), h("span", { class: "grow" }), list.tools()), list.element);
  const parts = [
    h("div", { class: "halves" }, part("Prices", "over WebSockets, since their monitor started", lists.prices), part("Processes", "and how late each was, at worst, between two beats", lists.processes)),
    part("Workers", "in the order of the pipeline; Enter shows what the last round did", table),
    part("Questions", "over HTTP, since their process started", lists.feeds),
  ];
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Health"), told), stores, body);

  async function showStores() {
    try {
      const { checks } = await get("/health/ready");
      fill(stores, h("p", { class: "ready", title: checks.map((check) => check.name).join(", ") }, `✓ Ready: ${checks.length} checks pass`));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const faults = problem.detail.split("; ").map((fault) => h("li", {}, fault));
      fill(stores, h("div", { class: "fault" }, h("b", {}, "◐ Not ready"), h("ul", {}, faults), h("p", {}, problem.remedy)));
    }
  }

  function draw(answer) {
    const running = answer.workers.filter((each) => each.state === "running").length;
    told.textContent = `${running} of ${answer.workers.length} workers running`;
    if (!table.element.isConnected) fill(body, parts);
    table.show(answer.workers);
    lists.processes.show(processesOf(answer.workers));
    lists.prices.show(answer.prices);
    lists.feeds.show(answer.feeds);
    showStores();
  }

  const end = poll("/health/workers", 3, draw, (problem) => {
    showStores();
    if (!table.element.isConnected && !problem.isOffline) fill(body, problemNotice(problem, again));
  });
  keys({ table });
  return end;
}

/** What runs somewhere: each beat of a process says how late its loop was. */
function processesOf(workers) {
  const found = new Map();
  for (const each of workers) {
    if (!each.process_id) continue;
    const key = `${each.host} ${each.process_id}`;
    const known = found.get(key) ?? { key, process: each.process, host: each.host, process_id: each.process_id, workers: 0, restarts: 0, lag: 0, age: Infinity, started_at: each.started_at };
    Object.assign(known, { workers: known.workers + 1, restarts: known.restarts + each.failures, lag: Math.max(known.lag, each.loop_lag_ms), age: Math.min(known.age, each.age) });
    found.set(key, known);
  }
  return [...found.values()];
}

const LATE = 100; // milliseconds of a loop, from which on prices wait

const PROCESS_COLUMNS = [
  { key: "process", title: "Process", value: (each) => each.process, cell: (each) => [h("b", {}, each.process), h("span", { class: "dim" }, ` ${each.process_id}`)] },
  { key: "host", title: "Host", class: "wide dim narrow-not", value: (each) => each.host, cell: (each) => each.host },
  { key: "workers", title: "Workers", class: "number", value: (each) => each.workers, cell: (each) => String(each.workers) },
  { key: "restarts", title: "Restarts", class: "number", hint: "Of its workers, after they fell", value: (each) => each.restarts, cell: (each) => alarming(each.restarts) },
  { key: "lag", title: "Loop lag", class: "number", value: (each) => each.lag, cell: (each) => h("span", { class: each.lag > LATE ? "verdict watch" : null }, each.lag > LATE ? "◐ " : "", `${each.lag.toFixed(1)} ms`) },
  { key: "age", title: "Last beat", class: "number", value: (each) => each.age, cell: (each) => `${span(each.age)} ago` },
  { key: "up", title: "Up since", class: "number", value: (each) => each.started_at, cell: (each) => timeElement(each.started_at) },
];

const PRICE_COLUMNS = [
  { key: "feed", title: "Venue", value: (each) => each.feed, cell: (each) => [venueMark(each.feed), " ", h("b", {}, each.feed)] },
  { key: "fresh", title: "Books fresh", class: "number", hint: "Proved a moment ago, of those that are followed", value: (each) => each.fresh, cell: (each) => (each.age === null ? "–" : [count(each.fresh), h("span", { class: "dim" }, ` of ${count(each.books)}`)]) },
  { key: "quarantined", title: "Quarantined", class: "wide", hint: "Books that nobody may use now, and why", value: quarantined, cell: (each) => h("span", { class: quarantined(each) ? "held-back" : "dim", title: quarantined(each) }, quarantined(each) || "none") },
  { key: "frames", title: "Frames", class: "number narrow-not", value: (each) => each.frames, cell: (each) => count(each.frames) },
  { key: "gaps", title: "Gaps", class: "number", hint: "Messages missed, by the venue's own numbers", value: (each) => each.gaps, cell: (each) => alarming(each.gaps) },
  { key: "resyncs", title: "Read anew", class: "number", hint: "Books in which something was wrong", value: (each) => each.resyncs, cell: (each) => String(each.resyncs) },
  { key: "reconnects", title: "Reconnects", class: "number", value: (each) => each.reconnects, cell: (each) => alarming(each.reconnects) },
  { key: "skew", title: "Clock", class: "number", hint: "How far the venue's clock is ahead of ours", value: (each) => each.skew_ms ?? 0, cell: (each) => (each.skew_ms === null ? "–" : `${each.skew_ms} ms`) },
  { key: "age", title: "Age", class: "number", hint: "Since its monitor has last looked", value: (each) => each.age ?? Infinity, cell: (each) => (each.age === null ? h("span", { class: "verdict watch" }, "○ missing") : span(each.age)) },
];

function quarantined(each) {
  return Object.entries(each.quarantined).map(([doubt, n]) => `${n} ${doubt.replaceAll("_", " ")}`).join(", ");
}

/** Above none, it is worth a look. */
function alarming(number) {
  return h("span", { class: number ? "verdict watch" : null }, count(number));
}

const COLUMNS = [
  { key: "worker", title: "Worker", value: (each) => each.worker, cell: (each) => h("b", {}, each.worker) },
  { key: "state", title: "State", value: (each) => each.state, cell: (each) => h("span", { class: `beat ${each.state}` }, `${SIGNS[each.state]} ${each.state}`) },
  { key: "process", title: "Process", class: "dim narrow-not", value: (each) => each.process, cell: (each) => (each.process_id ? `${each.process} ${each.process_id}` : each.process) },
  { key: "every", title: "Every", class: "number narrow-not", value: (each) => each.every, cell: (each) => span(each.every) },
  { key: "age", title: "Last round", class: "number", value: (each) => each.age ?? -1, cell: (each) => (each.at ? timeElement(each.at, `${span(each.age)} ago`) : "–") },
  { key: "took", title: "Took", class: "number narrow-not", value: (each) => each.took_ms, cell: (each) => (each.runs ? `${Math.round(each.took_ms)} ms` : "–") },
  { key: "lag", title: "Loop lag", class: "number narrow-not", hint: "How late its process was, at worst, between two beats", value: (each) => each.loop_lag_ms, cell: (each) => (each.runs ? `${each.loop_lag_ms.toFixed(1)} ms` : "–") },
  { key: "runs", title: "Rounds", class: "number narrow-not", value: (each) => each.runs, cell: (each) => String(each.runs) },
  { key: "failures", title: "Restarts", class: "number", hint: "Rounds that fell, after which it was begun anew", value: (each) => each.failures, cell: (each) => alarming(each.failures) },
  { key: "error", title: "Last error", class: "wide", value: (each) => each.last_error, cell: (each) => h("span", { title: each.last_error }, each.last_error || h("span", { class: "dim" }, "none")) },
];

const FEED_COLUMNS = [
  { key: "feed", title: "Feed", value: (each) => each.feed, cell: (each) => h("b", {}, each.feed) },
  { key: "requests", title: "Requests", class: "number", value: (each) => each.requests, cell: (each) => each.requests.toLocaleString() },
  { key: "answers", title: "Answers", class: "number", value: (each) => each.answers, cell: (each) => each.answers.toLocaleString() },
  { key: "same", title: "Not modified", class: "number", value: (each) => each.not_modified, cell: (each) => each.not_modified.toLocaleString() },
  { key: "bytes", title: "Received", class: "number", value: (each) => each.bytes, cell: (each) => `${(each.bytes / 1e6).toFixed(1)} MB` },
  { key: "troubles", title: "Troubles", class: "wide", value: troubles, cell: (each) => h("span", { class: troubles(each) ? "verdict watch" : "dim" }, troubles(each) || "none") },
];

function troubles(each) {
  return Object.entries(each.troubles).map(([kind, n]) => `${n} ${kind.replaceAll("_", " ")}`).join(", ");
}

function detail(each) {
  const counts = Object.entries(each.counts).sort(([a], [b]) => a.localeCompare(b));
  if (!counts.length) return notice("Nothing counted yet", "The worker has not ended a round.");
  return [
    h("dl", { class: "counts" }, counts.map(([name, n]) => h("div", {}, h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, n.toLocaleString())))),
    each.last_error ? h("p", {}, each.last_error) : null,
    h("p", { class: "dim" }, `On ${each.host}, `, each.started_at ? ["up since ", timeElement(each.started_at)] : null),
  ];
}
