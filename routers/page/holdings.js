// Open and closed positions: what they are worth, what would sell them, selling one now.
import { cents, contracts, dollars, gain } from "./amounts.js";
import { change, get } from "./api.js";
import { copyable, fill, h, toast, venueMark } from "./elements.js";
import { claimOf, gameElement, gameText } from "./legs.js";
import { LINK, complain, may } from "./rights.js";
import { timeElement } from "./times.js";

const MARKS = { bid: "", last: "◐ last", indicative: "◐ listing", expected: "by the score", cost: "◐ no price" };
const RULES = ["stop", "trailing_stop", "take_profit", "edge_gone", "after_s", "before_close_s"];
const UNITS = { after_s: "s", before_close_s: "s" };

/** of(id): a game by its id. asked(): something was asked of the executor. */
export function heldColumns(of, asked) {
  const game = (row) => of(row.game_id);
  return [
    { key: "venue", title: "", hint: "Venue", class: "mark", value: (row) => row.venue, cell: (row) => venueMark(row.venue) },
    { key: "claim", title: "Position", class: "claim", value: (row) => claimOf(row, game(row)), cell: (row) => h("b", { title: row.proposition?.statement ?? row.contract_id }, claimOf(row, game(row))) },
    { key: "game", title: "Game", class: "game", value: (row) => gameText(game(row), row.game_id), cell: (row) => gameElement(game(row), row.game_id) },
    { key: "account", title: "Account", class: "account dim", value: (row) => row.account, cell: (row) => row.account },
    { key: "size", title: "Size", class: "number", hint: "Contracts", value: (row) => Number(row.size), cell: (row) => contracts(row.size) },
    { key: "average", title: "Paid", class: "number bought-at", hint: "For one, in cents", value: (row) => Number(row.average ?? 0), cell: (row) => (row.average ? cents(row.average) : "–") },
    { key: "mark", title: "Mark", class: "number marked", hint: "What is paid for one now, in cents", value: (row) => Number(row.mark ?? 0), cell: (row) => [row.mark ? cents(row.mark) : "–", MARKS[row.marked_by] ? h("span", { class: row.marked_by === "expected" ? "dim" : "verdict watch" }, ` ${MARKS[row.marked_by]}`) : null] },
    { key: "value", title: "Value", class: "number worth-now", value: (row) => Number(row.value), cell: (row) => [dollars(row.value), row.is_won ? h("span", { class: "tag", title: "Its game is over, and its venue has not paid yet" }, "won, not paid") : null] },
    { key: "unrealised", title: "P&L", class: "number", hint: "At the mark, before fees", value: (row) => Number(row.unrealised), cell: (row) => gain(row.unrealised) },
    { key: "trigger", title: "Sold when", class: "wide dim trigger", hint: "By its exit rules, the first; Enter shows all", value: (row) => row.triggers.map((each) => each.words).join("; "), cell: (row) => h("span", { title: row.triggers.map((each) => `${each.rule}: ${each.words}`).join("\n") }, triggerText(row)) },
    { key: "opened", title: "Opened", class: "number at", value: (row) => row.opened_at, cell: (row) => timeElement(row.opened_at) },
    { key: "close", title: "", hint: "Sell it", class: "number act", value: () => "", cell: (row) => closeButton(row, asked) },
  ];
}

export function closedColumns(of) {
  const profit = (row) => Number(row.realised) - Number(row.fees);
  const [venue, name, game, account] = heldColumns(of, () => {});
  return [venue, name, game, account,
    { key: "realised", title: "Realised", class: "number", value: (row) => Number(row.realised), cell: (row) => gain(row.realised) },
    { key: "fees", title: "Fees", class: "number", value: (row) => Number(row.fees), cell: (row) => dollars(row.fees) },
    { key: "profit", title: "P&L", class: "number", hint: "After fees", value: profit, cell: (row) => gain(profit(row)) },
    { key: "detector", title: "By", class: "dim", value: (row) => row.detector ?? "", cell: (row) => (row.detector ?? "own order").replaceAll("_", " ") },
    { key: "closed", title: "Closed", class: "number at", value: (row) => row.closed_at, cell: (row) => timeElement(row.closed_at) },
  ];
}

function triggerText(row) {
  if (!row.triggers.length) return "held until it is paid";
  const [first] = row.triggers;
  const more = row.triggers.length > 1 ? ` (+${row.triggers.length - 1})` : "";
  return first.price ? `${first.rule.replaceAll("_", " ")} at ${cents(first.price)} ¢${more}` : `${first.words}${more}`;
}

function closeButton(row, asked) {
  const button = h("button", { type: "button", title: may("paper", "live") ? "Sell all of it at what is paid now" : `To sell, open the page ${LINK}`, "aria-label": `Close ${row.id}` }, "Close");
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    button.disabled = true;
    button.textContent = "asked …";
    try {
      const { later } = await change("POST", `/positions/${encodeURIComponent(row.id)}/close`, { version: row.version });
      toast(later ? "Asked; whoever trades for the account has not answered yet" : "Done: orders show what it brought", 4);
      asked();
    } catch (problem) {
      complain(problem, "sell");
    }
    button.disabled = false;
    button.textContent = "Close";
  });
  return button;
}

/** What is behind a position: rules and what would trigger them, its fills, its settlement. */
export function heldDetail(row, asked) {
  const fills = h("div", { class: "behind" }, h("p", { class: "dim" }, "Asking for its fills …"));
  get(`/positions/${encodeURIComponent(row.id)}`).then((whole) => fill(fills, fillList(whole)), (problem) => fill(fills, h("p", { class: "dim" }, problem.detail)));
  return h("div", { class: "held-detail" },
    h("section", {}, h("h3", {}, "Sold when"), triggers(row), row.closed_at ? null : rulesForm(row, asked)),
    h("section", {}, h("h3", {}, "Every fill behind it"), fills, h("p", { class: "ids dim" }, copyable(row.contract_id), h("span", {}, `version ${row.version}`))));
}

function triggers(row) {
  if (!row.triggers.length) return h("p", { class: "dim" }, row.closed_at ? "It is closed." : "No rule sells it: it is held until it is paid.");
  return h("ul", { class: "reasons triggers" }, row.triggers.map((each) => h("li", {}, h("b", {}, each.rule.replaceAll("_", " ")), h("span", {}, each.words))));
}

/** Shares as percent, so that nobody writes 20 for 0.2. */
function rulesForm(row, asked) {
  const scale = (name) => (UNITS[name] ? 1 : 100);
  const box = (name) => h("input", { type: "number", step: "any", min: 0, name, value: row.exit_rules[name] === null ? "" : +(row.exit_rules[name] * scale(name)).toFixed(4), placeholder: "never" });
  const boxes = Object.fromEntries(RULES.map((name) => [name, box(name)]));
  const send = async (question) => {
    try {
      await change("PUT", `/positions/${encodeURIComponent(row.id)}/exits`, question);
      toast("Watched by from the next second on");
      asked();
    } catch (problem) {
      complain(problem, "change when it is sold");
    }
  };
  const rules = () => Object.fromEntries(RULES.map((name) => [name, boxes[name].value === "" ? null : UNITS[name] ? Math.round(Number(boxes[name].value)) : Number(boxes[name].value) / 100]));
  const form = h("form", { class: "ask rules", onsubmit: (event) => (event.preventDefault(), send({ exit_rules: rules() })) },
    RULES.map((name) => h("label", {}, h("span", {}, `${name.replace(/_s$/, "").replaceAll("_", " ")}, ${UNITS[name] ?? "%"}`), boxes[name])),
    h("button", { class: "first" }, "Change"),
    row.has_own_rules ? h("button", { type: "button", onclick: () => send({ is_default: true }) }, "As its kind of bet") : null);
  return h("details", {}, h("summary", {}, row.has_own_rules ? "Its own rules" : "Rules of its kind of bet"), form);
}

function fillList(whole) {
  if (!whole.fills.length) return h("p", { class: "dim" }, "None is written down.");
  const line = (each) => h("tr", { class: each.stage === "undone" ? "is-over" : null },
    h("td", {}, timeElement(each.venue_time)), h("td", {}, each.side), h("td", { class: "number" }, contracts(each.size)), h("td", { class: "number" }, `${cents(each.price)} ¢`), h("td", { class: "number" }, dollars(each.fee)), h("td", {}, each.stage === "confirmed" ? "" : each.stage), h("td", {}, copyable(each.id)));
  const head = ["When", "Side", "Size", "Price", "Fee", "Stage", "Fill"].map((words) => h("th", { scope: "col" }, words));
  const paid = whole.settlement;
  return [
    h("div", { class: "scroll" }, h("table", { class: "table" }, h("caption", { class: "unseen" }, "Fills"), h("thead", {}, h("tr", {}, head)), h("tbody", {}, whole.fills.map(line)))),
    paid ? h("p", {}, `Paid ${cents(paid.pays)} ¢ each for ${contracts(paid.size)}: ${paid.source}`, paid.expected !== null && paid.expected !== paid.pays ? h("span", { class: "verdict watch" }, ` ◐ ${cents(paid.expected)} ¢ were expected`) : "", " ", timeElement(paid.at)) : null,
  ];
}
