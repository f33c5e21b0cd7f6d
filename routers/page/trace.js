// From the venue's word to the fill that was told: each stage with its moment, and a bar beside what it may take.
import { h, venueMark } from "./elements.js";
import { preciseElement } from "./times.js";

const WORDS = {
  venue: "The venue's book became so",
  received: "Heard of",
  found: "Signal found",
  judged: "Judged",
  begun: "Trade begun",
  intended: "Order decided upon",
  durable: "Written down",
  sent: "Sent",
  accepted: "Answered by the venue",
  filled: "Filled, by the venue's clock",
  heard: "Fill heard of",
  booked: "Fill written down",
  told: "Told on /ws",
};

export function traceTable(trace) {
  const longest = Math.max(1, ...trace.stages.map((stage) => stage.took_ms ?? 0), ...trace.stages.map((stage) => stage.budget_ms ?? 0));
  const head = ["Stage", "When", "Took", "May take", "Beside its budget"].map((words) => h("th", { scope: "col" }, words));
  return h("div", {},
    h("p", { class: "dim" }, `${trace.ours_ms} ms of ours in all, of ${trace.budget_ms}; an opportunity was hoped to take ${trace.hoped_for_ms.join(" to ")} ms.`),
    h("div", { class: "scroll" }, h("table", { class: "table trace" },
      h("caption", { class: "unseen" }, "Each stage with its moment, how long it took and what it may take"),
      h("thead", {}, h("tr", {}, head)),
      h("tbody", {}, trace.stages.map((stage) => row(stage, longest))))));
}

function row(stage, longest) {
  const leg = stage.venue ? [" ", venueMark(stage.venue)] : null;
  return h("tr", {},
    h("th", { scope: "row" }, WORDS[stage.name], leg),
    h("td", {}, stage.at ? preciseElement(stage.at) : h("span", { class: "dim" }, "not noted")),
    h("td", { class: "number" }, stage.took_ms === null ? "–" : `${stage.took_ms.toFixed(2)} ms`),
    h("td", { class: "number" }, stage.budget_ms === null ? "–" : `${stage.budget_ms} ms`),
    h("td", {}, stage.took_ms === null ? null : bar(stage, longest)));
}

/** A meter turns its colour where the budget ends. */
function bar(stage, longest) {
  const budget = stage.budget_ms ?? longest;
  return h("meter", { min: "0", max: String(longest), high: String(budget), optimum: "0", value: String(Math.max(0, stage.took_ms)), "aria-label": `${WORDS[stage.name]}: ${stage.took_ms} ms` });
}
