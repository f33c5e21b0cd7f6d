// Workers in the order of the pipeline, the stores, and what the feeds met.
import { Problem, get, poll } from "./api.js";
import { fill, h, notice, problemNotice, waiting } from "./elements.js";
import { Table } from "./tables.js";
import { span, timeElement } from "./times.js";

const SIGNS = { running: "●", late: "◐", missing: "○" };

export const title = "Health";

export function show(root, { keys, again }) {
  const table = new Table({ name: "workers", columns: COLUMNS, keyOf: (each) => each.worker, detail });
  const stores = h("div", { class: "stores" });
  const count = h("span", { class: "count", role: "status" });
  const body = h("div", {}, waiting("Asking for the workers"));
  const feeds = new Table({ name: "feeds", columns: FEED_COLUMNS, keyOf: (each) => each.feed });
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Health"), count, h("span", { class: "grow" }), table.csvButton()), stores, body);

  async function showStores() {
    try {
      const { checks } = await get("/health/ready");
      fill(stores, h("p", { class: "ready" }, `Ready: ${checks.map((check) => check.name).join(", ")}`));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const faults = problem.detail.split("; ").map((fault) => h("li", {}, fault));
      fill(stores, h("div", { class: "fault" }, h("b", {}, "Not ready"), h("ul", {}, faults), h("p", {}, problem.remedy)));
    }
  }

  function draw(answer) {
    const running = answer.workers.filter((each) => each.state === "running").length;
    count.textContent = `${running} of ${answer.workers.length} workers running`;
    if (!table.element.isConnected) fill(body, table.element, h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Feeds"), h("span", { class: "count" }, "since their process started")), feeds.element));
    table.show(answer.workers);
    feeds.show(answer.feeds);
    showStores();
  }

  const end = poll("/health/workers", 3, draw, (problem) => {
    showStores();
    if (!table.element.isConnected && !problem.isOffline) fill(body, problemNotice(problem, again));
  });
  keys({ table });
  return end;
}

const COLUMNS = [
  { key: "worker", title: "Worker", value: (each) => each.worker, cell: (each) => h("b", {}, each.worker) },
  { key: "state", title: "State", value: (each) => each.state, cell: (each) => h("span", { class: `beat ${each.state}` }, `${SIGNS[each.state]} ${each.state}`) },
  { key: "process", title: "Process", class: "dim", value: (each) => each.process, cell: (each) => (each.process_id ? `${each.process} ${each.process_id}` : each.process) },
  { key: "every", title: "Every", class: "number", value: (each) => each.every, cell: (each) => span(each.every) },
  { key: "age", title: "Last round", class: "number", value: (each) => each.age ?? -1, cell: (each) => (each.at ? timeElement(each.at, `${span(each.age)} ago`) : "–") },
  { key: "took", title: "Took", class: "number", value: (each) => each.took_ms, cell: (each) => (each.runs ? `${Math.round(each.took_ms)} ms` : "–") },
  { key: "lag", title: "Loop lag", class: "number", hint: "How late its process was, at worst, between two beats", value: (each) => each.loop_lag_ms, cell: (each) => (each.runs ? `${each.loop_lag_ms.toFixed(1)} ms` : "–") },
  { key: "runs", title: "Rounds", class: "number", value: (each) => each.runs, cell: (each) => String(each.runs) },
  { key: "failures", title: "Failed", class: "number", value: (each) => each.failures, cell: (each) => h("span", { class: each.failures ? "verdict watch" : "" }, String(each.failures)) },
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
