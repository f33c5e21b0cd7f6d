// Orders with their state history, and the trades they belong to.
import { cents, contracts } from "./amounts.js";
import { change, get } from "./api.js";
import { copyable, fill, h, toast, venueMark } from "./elements.js";
import { claimOf, detectorName, gameElement, gameText } from "./legs.js";
import { LINK, complain, may } from "./rights.js";
import { preciseElement, timeElement } from "./times.js";

const OPEN = new Set(["intent", "sending", "unknown", "open", "partly_filled"]);
const SIGNS = { filled: "✓", partly_filled: "◐", open: "○", unknown: "?", rejected: "✗", cancelled: "–", expired: "–", intent: "…", sending: "…" };
const ENDS = { hedged: "✓", filled: "✓", unwound: "–", missed: "–", exposed: "◐", open: "○" };

export function orderColumns(of, asked) {
  const game = (row) => of(row.game_id);
  return [
    { key: "time", title: "Asked", class: "time dim", value: (row) => row.wanted_at, cell: (row) => timeElement(row.wanted_at) },
    { key: "venue", title: "", hint: "Venue", class: "mark", value: (row) => row.venue, cell: (row) => venueMark(row.venue) },
    { key: "side", title: "Side", value: (row) => row.side, cell: (row) => row.side.toUpperCase() },
    { key: "claim", title: "Contract", class: "claim", value: (row) => claimOf(row, game(row)), cell: (row) => h("b", { title: row.proposition?.statement ?? row.contract_id }, claimOf(row, game(row))) },
    { key: "game", title: "Game", class: "game", value: (row) => gameText(game(row), row.game_id), cell: (row) => gameElement(game(row), row.game_id) },
    { key: "account", title: "Account", class: "account dim", value: (row) => row.account, cell: (row) => row.account },
    { key: "limit", title: "Limit", class: "number", hint: "Cents a contract", value: (row) => Number(row.limit), cell: (row) => cents(row.limit) },
    { key: "filled", title: "Filled", class: "number", hint: "Of its size, in contracts", value: (row) => Number(row.filled), cell: (row) => [contracts(row.filled), h("span", { class: "dim" }, ` of ${contracts(row.size)}`)] },
    { key: "force", title: "For", class: "dim", hint: "Time in force, and why it was asked for", value: (row) => `${row.time_in_force} ${row.purpose}`, cell: (row) => `${row.time_in_force.toUpperCase()} ${row.rule && row.rule !== row.purpose ? `${row.purpose}: ${row.rule.replaceAll("_", " ")}` : row.purpose}` },
    { key: "state", title: "State", class: "wide", value: (row) => `${row.state} ${row.reason}`, cell: (row) => [h("span", { class: row.state === "unknown" ? "verdict watch" : null }, `${SIGNS[row.state]} ${row.state.replaceAll("_", " ")}`), row.reason ? h("span", { class: "dim", title: row.reason }, ` ${row.reason}`) : null] },
    { key: "cancel", title: "", hint: "Take it back", class: "number act", value: () => "", cell: (row) => (OPEN.has(row.state) ? cancelButton(row, asked) : "") },
  ];
}

function cancelButton(row, asked) {
  const button = h("button", { type: "button", title: may("paper", "live") ? "Take back what is not filled" : `To cancel, open the page ${LINK}`, "aria-label": `Cancel ${row.id}` }, "Cancel");
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    button.disabled = true;
    button.textContent = "asked …";
    try {
      const { body, later } = await change("DELETE", `/orders/${encodeURIComponent(row.id)}`);
      toast(later ? "Asked; whoever trades for the account has not answered yet" : `It is ${body.state.replaceAll("_", " ")}`, 4);
      asked();
    } catch (problem) {
      complain(problem, "cancel");
    }
    button.disabled = false;
    button.textContent = "Cancel";
  });
  return button;
}

/** Every transition, to the millisecond. */
export function orderDetail(row) {
  const story = h("div", {}, h("p", { class: "dim" }, "Asking for its story …"));
  get(`/orders/${encodeURIComponent(row.id)}`).then((whole) => fill(story, steps(whole)), (problem) => fill(story, h("p", { class: "dim" }, problem.detail)));
  return [story, h("p", { class: "ids dim" }, copyable(row.id), row.ref ? copyable(row.ref) : null, copyable(row.contract_id), row.signal_id ? h("a", { href: `#/signals/${encodeURIComponent(row.signal_id)}` }, "its signal") : null)];
}

function steps(whole) {
  const step = (each) => h("li", {}, h("span", {}, SIGNS[each.state]), h("b", {}, each.state.replaceAll("_", " ")), h("span", {}, preciseElement(each.at), Number(each.filled) ? ` ${contracts(each.filled)} filled` : "", each.reason ? h("span", { class: "dim" }, ` ${each.reason}`) : null));
  const sum = whole.average ? h("p", { class: "dim" }, `${contracts(whole.filled)} at ${cents(whole.average)} ¢ on average, counted with ${cents(whole.quoted)} ¢, $${whole.fees} of fees`) : null;
  return [h("ol", { class: "reasons steps" }, whole.changes.map(step)), sum];
}

export function tradeColumns(of) {
  const game = (row) => of(row.game_id);
  return [
    { key: "time", title: "Began", class: "time dim", value: (row) => row.began_at, cell: (row) => timeElement(row.began_at) },
    { key: "game", title: "Game", class: "game", value: (row) => gameText(game(row), row.game_id), cell: (row) => gameElement(game(row), row.game_id) },
    { key: "detector", title: "By", value: (row) => row.detector ?? "", cell: (row) => (row.detector ? detectorName(row.detector) : "own order") },
    { key: "account", title: "Account", class: "dim", value: (row) => row.account, cell: (row) => row.account },
    { key: "status", title: "How it ended", value: (row) => row.status, cell: (row) => h("span", { class: row.status === "exposed" ? "verdict watch" : null }, `${ENDS[row.status] ?? "·"} ${row.status}`) },
    { key: "ended", title: "Ended", class: "number at", value: (row) => row.ended_at ?? "", cell: (row) => (row.ended_at ? timeElement(row.ended_at) : "") },
    { key: "signal", title: "", hint: "Its signal", class: "wide", value: (row) => row.signal_id ?? "", cell: (row) => (row.signal_id ? h("a", { href: `#/signals/${encodeURIComponent(row.signal_id)}` }, "signal ›") : "") },
  ];
}
