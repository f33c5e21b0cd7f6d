// That moment again, with another limit: what was said then and what would be said now, side by side.
import { contracts, dollars, gain } from "./amounts.js";
import { Problem, get } from "./api.js";
import { fill, finding, h, problemNotice } from "./elements.js";
import { LIMITS, limitText, readLimit, writtenLimit } from "./limits.js";

const PREFIX = "risk."; // of every limit's name, as a setting

/** signal: as GET /signals/{id} tells it. */
export function replayForm(signal) {
  const value = h("input", { id: "replay-value", type: "number", step: "any", min: 0, required: true });
  const unit = h("span", {}, "Instead");
  const select = h("select", { id: "replay-limit" }, Object.entries(LIMITS).map(([name, [words]]) => h("option", { value: name }, words)));
  const button = h("button", { class: "first" }, "Replay");
  const body = h("div", { "aria-live": "polite" });
  let inForce = null;

  function suggest() {
    const name = select.value;
    unit.textContent = `Instead${LIMITS[name][1] ? `, in ${LIMITS[name][1]}` : ""}`;
    if (inForce) value.value = writtenLimit(name, inForce[name]);
  }

  const play = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(body, h("p", { class: "dim" }, "Playing the tape up to that moment; it takes some seconds …"));
    try {
      const set = `${PREFIX}${select.value}=${readLimit(select.value, value.value)}`;
      fill(body, sideBySide(await get(`/signals/${encodeURIComponent(signal.id)}/replay?set=${encodeURIComponent(set)}`)));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(body, problemNotice(problem, () => play(event)));
    }
    button.disabled = false;
  };

  select.value = "max_stake";
  select.addEventListener("change", suggest);
  suggest();
  get("/risk").then((risk) => ((inForce = risk.limits), suggest()), () => {});
  return [
    h("form", { class: "ask replay", onsubmit: play }, h("label", { for: "replay-limit" }, h("span", {}, "Limit"), select), h("label", { for: "replay-value" }, unit, value), button),
    body,
  ];
}

function sideBySide(replay) {
  const { then, now } = replay;
  const row = (words, cell) => {
    const cells = [cell(then), now ? cell(now) : "–"];
    const isOther = now && text(cells[0]) !== text(cells[1]);
    return h("tr", { class: isOther ? "is-other" : null }, h("th", { scope: "row" }, words), cells.map((each) => h("td", {}, each)));
  };
  return [
    h("p", {}, finding(replay.is_same ? "agrees" : "differs"), replay.is_same ? "Without a change the tape gives the very same record" : `Without a change the tape gives another record: ${replay.differs.join(", ")} differ`, h("span", { class: "dim" }, ` (${replay.inputs.toLocaleString()} inputs of this game were played).`)),
    now ? null : h("p", { class: "verdict watch" }, `◐ ${replay.why}`),
    h("div", { class: "scroll" }, h("table", { class: "table leg-table" },
      h("caption", { class: "unseen" }, "Then and now"),
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, "Then"), h("th", { scope: "col" }, "With the change"))),
      h("tbody", {},
        replay.settings.map(settingRow),
        row("What became of it", (said) => (said.stage === "sent" ? "✓ sent" : `✗ ${said.stage}: ${said.reason.replaceAll("_", " ")}`)),
        row("Size", (said) => contracts(said.size)),
        row("Stake", (said) => dollars(said.stake)),
        row("Profit", (said) => gain(said.profit)),
        row("At worst", (said) => gain(said.worst)),
        row("Why", (said) => said.detail || "–")))),
    now ? otherChecks(then.checks, now.checks) : null,
  ];
}

function settingRow({ name, then, now }) {
  const limit = name.replace(PREFIX, "");
  return h("tr", {}, h("th", { scope: "row" }, LIMITS[limit]?.[0] ?? name), h("td", {}, limitText(limit, then)), h("td", {}, h("b", {}, limitText(limit, now))));
}

function text(cell) {
  return typeof cell === "string" ? cell : cell.textContent;
}

/** The controls that say something else now. */
function otherChecks(then, now) {
  const said = ({ name, is_passed, detail }) => `${name} ${is_passed} ${detail}`;
  const before = new Set(then.map(said));
  const others = now.filter((check) => !before.has(said(check)));
  if (!others.length) return h("p", { class: "dim" }, "Every control says the same.");
  return h("ol", { class: "reasons" }, others.map((check) => h("li", {}, finding(check.is_passed ? "agrees" : "differs"), h("b", {}, check.name.replaceAll("_", " ")), h("span", {}, check.detail || "passed"))));
}
