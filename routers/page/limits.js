// The limits in force, changing one of them, and every version with what it changed.
import { cents, count, dollars, percent } from "./amounts.js";
import { change, poll } from "./api.js";
import { fill, h, toast } from "./elements.js";
import { LINK, complain, may } from "./rights.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const EVERY = 15; // seconds

/** By name: what it says, and its unit. */
export const LIMITS = {
  max_open: ["At stake altogether", "$"],
  max_per_day: ["Opened in a day", "$"],
  max_per_venue: ["At stake at a venue", "$"],
  max_per_league: ["At stake in a league", "$"],
  max_per_game: ["At stake in a game", "$"],
  max_per_market: ["At stake in a market", "$"],
  max_stake: ["Stake of a signal", "$"],
  max_tail_loss: ["Lost by a signal at worst", "$"],
  max_orders_per_minute: ["Orders a minute", ""],
  soft_drawdown: ["Stakes are halved from a drawdown of", "%"],
  hard_drawdown: ["Nothing is opened from a drawdown of", "%"],
  cool_down_s: ["Pause after a loss, of its league at its venue", "s"],
  kelly_fraction: ["Share of Kelly's stake", "%"],
  shrinkage: ["Our probability leans to the market's by", "%"],
  max_entry_price: ["Paid for a contract, at most", "¢"],
  min_edge: ["Edge of a contract after fees, at least", "¢"],
  min_profit: ["Profit of a signal, at least", "$"],
  min_size: ["Contracts of a signal, at least", ""],
  max_age_ms: ["Age of a leg's price", "ms"],
  max_skew_ms: ["Between the prices of two legs", "ms"],
  signal_life_ms: ["A signal lasts", "ms"],
  again_after_ms: ["The same edge again after", "ms"],
  cash_rate: ["What money earns elsewhere, a year", "%"],
  bankroll: ["Bankroll to begin with, arbitrage", "$"],
  model_bankroll: ["Bankroll to begin with, model", "$"],
};
const FACTORS = { "%": 100, "¢": 100 };

/** A limit as people write it: shares in percent, prices in cents. */
export function writtenLimit(name, value) {
  return Number((Number(value) * (FACTORS[LIMITS[name][1]] ?? 1)).toFixed(6));
}

/** As the API writes it. */
export function readLimit(name, written) {
  return Number((Number(written) / (FACTORS[LIMITS[name][1]] ?? 1)).toFixed(8));
}

/** changed(): the limits are others now. */
export function limits(changed) {
  let version = 0;
  const rows = (told) => Object.keys(LIMITS).filter((name) => name in told.limits).map((name) => ({ name, value: told.limits[name], built_in: told.built_in?.[name] }));
  const table = new Table({ name: "limits", columns: LIMIT_COLUMNS, keyOf: (row) => row.name, detail: (row) => changeForm(row, () => version, changed) });
  const given = h("span", { class: "count" });
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Limits in force"), given, h("span", { class: "grow" }), table.tools()), table.element);
  const versions = versionList();

  function show(told) {
    version = told.version;
    fill(given, told.version ? [`version ${told.version}, by ${told.changed_by} `, told.changed_at ? timeElement(told.changed_at) : null] : "built in");
    table.show(rows(told));
    versions.base(told.built_in);
  }

  return { element, table, history: versions.element, show, end: versions.end };
}

export function limitText(name, value) {
  const unit = LIMITS[name]?.[1] ?? "";
  const number = Number(value);
  if (unit === "$") return dollars(number).replace(/\.00$/, "");
  if (unit === "¢") return `${cents(number)} ¢`;
  if (unit === "%") return percent(number);
  return `${count(number)}${unit ? ` ${unit}` : ""}`;
}

const LIMIT_COLUMNS = [
  { key: "name", title: "Limit", class: "wide", value: (row) => row.name, cell: (row) => h("span", { title: row.name }, LIMITS[row.name][0]) },
  { key: "value", title: "In force", class: "number", value: (row) => Number(row.value), cell: (row) => h("b", {}, limitText(row.name, row.value)) },
  { key: "built", title: "Built in", class: "number dim", value: (row) => Number(row.built_in ?? row.value), cell: (row) => (row.built_in === undefined || Number(row.built_in) === Number(row.value) ? "" : limitText(row.name, row.built_in)) },
];

function changeForm(row, versionNow, changed) {
  const [words, unit] = LIMITS[row.name];
  const value = h("input", { type: "number", step: "any", min: 0, required: true, id: `limit-${row.name}`, value: writtenLimit(row.name, row.value) });
  const reason = h("input", { id: `limit-reason-${row.name}`, maxlength: 200, required: true, placeholder: "Why", autocomplete: "off" });
  const button = h("button", { class: "first", disabled: !may() }, "Change");
  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    const asked = readLimit(row.name, value.value);
    try {
      const { body } = await change("PUT", "/risk/limits", { version: versionNow(), limits: { [row.name]: typeof row.value === "string" ? String(asked) : asked }, reason: reason.value });
      toast(`Version ${body.version} is in force`, 4);
      changed();
    } catch (problem) {
      complain(problem, "change limits");
    }
    button.disabled = false;
  };
  return h("form", { class: "ask", onsubmit: send, onkeydown: (event) => event.stopPropagation() },
    h("label", { for: value.id }, h("span", {}, `${words}${unit ? `, in ${unit}` : ""}`), value),
    h("label", { for: reason.id }, h("span", {}, "Reason"), reason),
    button,
    may() ? null : h("span", { class: "dim" }, `To change limits, open the page ${LINK}.`));
}

function versionList() {
  let builtIn = null;
  let page = null;
  const table = new Table({ name: "versions", columns: VERSION_COLUMNS, keyOf: (row) => String(row.version) });
  const body = h("div", {});
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Versions"), h("span", { class: "count" }, "each says what it changed, who did, and why"), h("span", { class: "grow" }), table.tools()), body);

  function draw() {
    if (!page) return undefined;
    if (!page.items.length) return fill(body, h("p", { class: "dim" }, "Nobody has changed the limits: those that are built in hold. A click on one changes it."));
    const before = (at) => page.items[at + 1]?.limits ?? (page.next_cursor ? null : builtIn);
    if (!table.element.isConnected) fill(body, table.element);
    return table.show(page.items.map((each, at) => ({ ...each, changes: changesOf(each.limits, before(at)) })));
  }

  const end = poll("/risk/limits/history?limit=50", EVERY, (fresh) => ((page = fresh), draw()), () => {});
  return { element, end, base: (told) => ((builtIn = told ?? null), draw()) };
}

function changesOf(now, before) {
  if (!before) return "";
  return Object.keys(now).filter((name) => String(now[name]) !== String(before[name])).map((name) => `${name.replaceAll("_", " ")} ${limitText(name, before[name])} → ${limitText(name, now[name])}`).join(", ");
}

const VERSION_COLUMNS = [
  { key: "version", title: "Version", class: "number", value: (row) => row.version, cell: (row) => h("b", {}, String(row.version)) },
  { key: "when", title: "When", class: "time dim", value: (row) => row.changed_at, cell: (row) => timeElement(row.changed_at) },
  { key: "who", title: "Who", value: (row) => row.changed_by, cell: (row) => row.changed_by },
  { key: "changes", title: "What", class: "half", value: (row) => row.changes, cell: (row) => h("span", { title: row.changes }, row.changes || "–") },
  { key: "reason", title: "Why", class: "half dim", value: (row) => row.reason, cell: (row) => h("span", { title: row.reason }, row.reason) },
];
