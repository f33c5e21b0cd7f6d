// How much of each limit is used: gauges for everything together, a table for each place where something is at stake.
import { count, dollars, percent } from "./amounts.js";
import { copyable, fill, h, venueMark } from "./elements.js";
import { gameElement, gameText } from "./legs.js";
import { Table } from "./tables.js";

const NEAR = 0.8; // of a limit: from here on it is worth a look
const KINDS = { venue: "Venues", league: "Leagues", game: "Games", market: "Markets" };

/** What speaks of everything: at stake, today, each account, its drawdown, orders a minute. */
export function gauges(risk) {
  const { limits } = risk;
  const found = (kind) => risk.used.find((each) => each.kind === kind && !each.name);
  const money = (words, hint, used, allowed) => gauge(words, hint, Number(used), Number(allowed), whole);
  const fallen = (account) => gauge(`Drawdown, ${account.account}`, `Stakes are halved from ${percent(limits.soft_drawdown)} on; nothing is opened from ${percent(limits.hard_drawdown)} on`, account.drawdown, limits.hard_drawdown, percent, limits.soft_drawdown / limits.hard_drawdown);
  return h("dl", { class: "caps" },
    money("At stake", "Everything together", found("open")?.used ?? 0, limits.max_open),
    money("Today", "Opened since midnight, UTC", found("day")?.used ?? 0, limits.max_per_day),
    gauge("Orders", "Sent within the last minute", risk.orders ?? 0, limits.max_orders_per_minute, count),
    risk.accounts.map((each) => money(`Bankroll, ${each.account}`, "Of what the account is worth", found(each.account)?.used ?? 0, each.equity)),
    risk.accounts.map(fallen));
}

function gauge(words, hint, used, allowed, text, mark = null) {
  return h("div", { class: stateOf(used / allowed), title: hint }, h("dt", {}, words), h("dd", {}, h("b", {}, text(used)), h("span", { class: "dim" }, ` of ${text(allowed)}`)), h("dd", {}, bar(used / allowed, mark)));
}

/** `mark`: a share at which something happens before the limit is reached. */
function bar(share, mark = null) {
  const part = h("i", { class: "part" });
  part.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  const line = mark === null ? null : h("i", { class: "mark" });
  if (line) line.style.left = `${100 * mark}%`;
  return h("span", { class: "cap", "aria-hidden": "true" }, part, line);
}

function stateOf(share) {
  return share >= 1 ? "is-full" : share >= NEAR ? "is-near" : null;
}

function whole(amount) {
  return dollars(amount).replace(/\.\d\d$/, "");
}

/** Where something is at stake, the fullest first. of(id): a game by its id. */
export function places(of) {
  const shareOf = (row) => Number(row.used) / Number(row.allowed);
  const table = new Table({
    name: "places-used",
    columns: placeColumns(of, shareOf),
    keyOf: (row) => `${row.kind} ${row.name}`,
    rowClass: (row) => stateOf(shareOf(row)),
    onOpen: (row) => row.kind === "game" && (location.hash = `#/games/${encodeURIComponent(row.name)}`),
  });
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Which places" });
  const body = h("div", {});
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Where it is at stake"), chips, h("span", { class: "grow" }), table.tools()), body);
  let chosen = "";
  let told = [];

  function draw() {
    const kinds = Object.keys(KINDS).filter((kind) => told.some((row) => row.kind === kind));
    fill(chips, ["", ...kinds].map((kind) => h("button", { type: "button", "aria-pressed": String(chosen === kind), onclick: () => ((chosen = kind), draw()) }, kind ? KINDS[kind] : "All", kind ? h("span", { class: "dim" }, ` ${told.filter((row) => row.kind === kind).length}`) : null)));
    const rows = told.filter((row) => row.kind in KINDS && (!chosen || row.kind === chosen)).sort((a, b) => shareOf(b) - shareOf(a));
    if (!rows.length) return fill(body, h("p", { class: "dim" }, "Nothing is at stake anywhere."));
    if (!table.element.isConnected) fill(body, table.element);
    return table.show(rows);
  }

  return { element, table, show: (risk) => ((told = risk.used), draw()) };
}

function placeColumns(of, shareOf) {
  const name = (row) => (row.kind === "game" ? gameText(of(row.name), row.name) : row.name);
  const shown = { game: (row) => gameElement(of(row.name), row.name), venue: (row) => [venueMark(row.name), ` ${row.name}`], league: (row) => row.name.toUpperCase(), market: (row) => copyable(row.name, row.name.length > 30 ? `${row.name.slice(0, 18)}…${row.name.slice(-6)}` : row.name) };
  return [
    { key: "kind", title: "", hint: "What the limit speaks of", class: "dim kind", value: (row) => row.kind, cell: (row) => row.kind },
    { key: "name", title: "Place", value: name, cell: (row) => shown[row.kind](row) },
    { key: "share", title: "Used", class: "wide bar-cell", value: shareOf, cell: (row) => [bar(shareOf(row)), h("span", { class: "unseen" }, percent(shareOf(row)))] },
    { key: "used", title: "At stake", class: "number spent", value: (row) => Number(row.used), cell: (row) => dollars(row.used) },
    { key: "allowed", title: "Of", class: "number dim spent", value: (row) => Number(row.allowed), cell: (row) => whole(row.allowed) },
    { key: "part", title: "Share", class: "number", value: shareOf, cell: (row) => [shareOf(row) >= NEAR ? h("span", { class: "verdict watch", "aria-hidden": "true" }, "◐ ") : null, percent(Math.round(shareOf(row) * 1000) / 1000)] },
  ];
}
