// What is held and what it is worth; orders and trades; everything that has come of it.
import { count } from "./amounts.js";
import { get, poll } from "./api.js";
import { fill, h, notice, problemNotice, waiting } from "./elements.js";
import { closedColumns, heldColumns, heldDetail } from "./holdings.js";
import { knownGames } from "./known_games.js";
import { orderColumns, orderDetail, tradeColumns } from "./orders.js";
import { portfolioPart } from "./portfolio.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";
import { follow } from "./updates.js";

const SHOWN = 200;
const EVERY = 3; // seconds: marks move, and are told nowhere else
const SOON = 300; // milliseconds after news, so that many are one question
const CHANNELS = ["orders", "fills", "positions"];
const LISTS = ["open", "orders", "trades", "closed", "incidents"];

let chosen = "open"; // as one left it

export const title = "Positions";

export function show(root, { keys, again }) {
  const games = knownGames(() => draw());
  const money = portfolioPart();
  const tables = listTables(games.of, () => renew());
  const live = h("span", { class: "live-state", role: "status" });
  const total = h("span", { class: "count" });
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Which list" });
  const buttons = h("span", {});
  const list = h("div", {}, waiting("Asking for positions"));
  const whole = h("div", {}, waiting("Asking for the portfolio"));
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Positions"), h("span", { class: "mode tagged" }), live, money.chips, h("span", { class: "grow" }), h("a", { href: "/ledger", download: "" }, "Ledger as CSV")), whole,
    h("section", {}, h("div", { class: "toolbar" }, chips, h("span", { class: "grow" }), total, buttons), list));
  let page = null;
  let end = () => {};
  let timer = 0;
  let drawing = 0;

  function choose(name) {
    chosen = name;
    page = null;
    fill(list, waiting(`Asking for ${name}`));
    drawChips();
    watch();
  }

  function watch() {
    end();
    const { path } = tables[chosen];
    end = poll(path, EVERY, (fresh) => ((page = fresh), draw()), (problem) => page === null && !problem.isOffline && fill(list, problemNotice(problem, watch)));
  }

  function renew() {
    timer ||= setTimeout(() => ((timer = 0), watch()), SOON);
  }

  /** What a position is worth is told as it moves; that it is another one is asked for. */
  function hearPosition(told) {
    const row = chosen === "open" ? page?.items.find((each) => each.id === told.id) : null;
    if (told.mark === undefined || (row && row.version !== told.version)) return renew();
    if (!row) return undefined;
    const { mark, marked_by, value, unrealised } = told;
    Object.assign(row, { mark, marked_by, value, unrealised });
    drawing ||= requestAnimationFrame(() => ((drawing = 0), draw()));
    return undefined;
  }

  function draw() {
    if (!page) return;
    const { table, empty } = tables[chosen];
    total.textContent = page.total > page.items.length ? `the newest ${page.items.length} of ${count(page.total)}` : `${count(page.total)} in all`;
    if (!page.items.length) return fill(list, empty());
    if (!list.contains(table.element)) fill(list, table.element);
    return table.show(page.items);
  }

  function drawChips() {
    fill(chips, LISTS.map((name) => h("button", { type: "button", "aria-pressed": String(name === chosen), onclick: () => choose(name) }, tables[name].title)));
    fill(buttons, tables[chosen].table.tools());
    keys({ table: tables[chosen].table });
  }

  function showMoney(portfolio) {
    const tag = root.querySelector(".tagged");
    tag.textContent = portfolio.mode.toUpperCase();
    tag.title = portfolio.simulated ? "Of the sandbox: nothing of it has happened" : "";
    if (!whole.contains(money.body)) fill(whole, money.body);
    money.show(portfolio);
  }

  const endMoney = poll("/portfolio", 5, showMoney, (problem) => !whole.contains(money.body) && !problem.isOffline && fill(whole, problemNotice(problem, again)));
  drawChips();
  watch();
  const leave = CHANNELS.map((channel) => follow(channel, { tell: channel === "positions" ? hearPosition : renew, renew, onState: (isLive) => drawLive(live, isLive) }));
  return () => (clearTimeout(timer), cancelAnimationFrame(drawing), end(), endMoney(), leave.forEach((each) => each()), games.end());
}

function drawLive(element, isLive) {
  element.textContent = isLive ? "live" : `asked every ${EVERY} s`;
  element.classList.toggle("is-live", isLive);
}

function listTables(of, asked) {
  const table = (name, columns, detail, rowClass) => new Table({ name, columns, keyOf: (row) => String(row.id), detail, rowClass });
  const isOver = (row) => (["filled", "cancelled", "rejected", "expired"].includes(row.state) ? "is-over" : null);
  return {
    open: { title: "Open", path: `/positions?held=true&limit=${SHOWN}`, table: table("held", heldColumns(of, asked), (row) => heldDetail(row, asked)), empty: () => notice("Nothing is held", "Positions open when a signal is taken, or when somebody asks for an order (POST /orders). Signals says why none is taken.", h("a", { href: "#/signals" }, "Signals")) },
    orders: { title: "Orders", path: `/orders?limit=${SHOWN}`, table: table("orders", orderColumns(of, asked), orderDetail, isOver), empty: () => notice("No order yet", "Nothing was asked of any venue. Signals says where every edge is let go.", h("a", { href: "#/signals" }, "Signals")) },
    trades: { title: "Trades", path: `/trades?limit=${SHOWN}`, table: table("trades", tradeColumns(of), tradeDetail), empty: () => notice("No trade yet", "A trade is the orders of one signal, or of one wish.") },
    closed: { title: "Closed", path: `/positions?held=false&limit=${SHOWN}`, table: table("closed", closedColumns(of), (row) => heldDetail(row, asked)), empty: () => notice("Nothing is closed yet", "Positions close when they are sold, or when their venue pays.") },
    incidents: { title: "Incidents", path: `/incidents?limit=${SHOWN}`, table: table("incidents", INCIDENTS), empty: () => notice("No incident", "What the venues say and what we have agree.") },
  };
}

function tradeDetail(row) {
  const body = h("div", {}, h("p", { class: "dim" }, "Asking for its orders …"));
  const line = (each) => h("li", {}, h("span", {}, `leg ${each.leg + 1}`), h("b", {}, each.purpose), h("span", {}, `${each.side} ${each.filled} of ${each.size} at ${each.limit}: ${each.state.replaceAll("_", " ")} ${each.reason}`));
  get(`/orders?trade=${encodeURIComponent(row.id)}&limit=100`).then((page) => fill(body, h("ol", { class: "reasons steps of-trade" }, page.items.reverse().map(line))), (problem) => fill(body, h("p", { class: "dim" }, problem.detail)));
  return body;
}

const INCIDENTS = [
  { key: "began", title: "Since", class: "time", value: (row) => row.began_at, cell: (row) => timeElement(row.began_at) },
  { key: "kind", title: "What", value: (row) => row.kind, cell: (row) => h("span", { class: row.ended_at ? "dim" : "verdict watch" }, `${row.ended_at ? "" : "◐ "}${row.kind}`) },
  { key: "account", title: "Account", value: (row) => row.account, cell: (row) => row.account },
  { key: "venue", title: "Venue", value: (row) => row.venue, cell: (row) => row.venue },
  { key: "subject", title: "Of", class: "half", value: (row) => row.subject, cell: (row) => h("span", { title: row.subject }, row.subject) },
  { key: "detail", title: "In words", class: "half dim", value: (row) => row.detail, cell: (row) => h("span", { title: row.detail }, row.detail) },
  { key: "ended", title: "Over", class: "number at", value: (row) => row.ended_at ?? "", cell: (row) => (row.ended_at ? timeElement(row.ended_at) : "goes on") },
];
