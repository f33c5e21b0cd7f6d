// Every entry behind a figure: a balance is the sum of its book.
import { count, dollars, gain } from "./amounts.js";
import { get } from "./api.js";
import { fill, h } from "./elements.js";
import { complain } from "./rights.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const AT_ONCE = 200;
const dialog = document.getElementById("audit");

const NOTES = {
  cash: "What open orders may still cost is in it.",
  positions: "What they have cost; the rest of their value is what they are marked at.",
  realised: "Without fees.",
};

const COLUMNS = [
  { key: "at", title: "When", value: (line) => line.at, cell: (line) => timeElement(line.at) },
  { key: "account", title: "Account", value: (line) => line.account, cell: (line) => line.account },
  { key: "kind", title: "What", value: (line) => line.kind, cell: (line) => line.kind },
  { key: "posting", title: "Posting", hint: "Names the fill, settlement or deposit", class: "wide", value: (line) => line.posting_id, cell: (line) => h("span", { title: line.posting_id }, line.posting_id) },
  { key: "contract", title: "Contract", class: "wide", value: (line) => line.contract_id, cell: (line) => h("span", { title: line.contract_id }, line.contract_id || "–") },
  { key: "amount", title: "Amount", class: "number", value: amountOf, cell: (line) => (line.book === "realised" ? gain(amountOf(line), exact) : `${amountOf(line) < 0 ? "−" : ""}${exact(Math.abs(amountOf(line)))}`) },
];

/** Open the list of what `book` is the sum of; of all accounts where `account` is null. */
export async function audit(words, book, account) {
  const asked = new URLSearchParams({ book, ...(account ? { account } : {}) });
  const table = new Table({ name: "entries", columns: COLUMNS, keyOf: (line) => `${line.number}-${line.book}-${line.contract_id}-${line.amount}` });
  const told = h("p", { class: "dim", role: "status" }, "Asking for the ledger …");
  const more = h("button", { type: "button", hidden: true }, "More");
  const lines = [];
  let cursor = "";

  async function read() {
    more.disabled = true;
    try {
      const page = await get(`/ledger/entries?limit=${AT_ONCE}&${asked}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      lines.push(...page.items);
      cursor = page.next_cursor;
      more.hidden = !cursor;
      const sum = lines.reduce((all, line) => all + amountOf(line), 0);
      told.textContent = `${count(lines.length)} of ${count(page.total)} entries, the newest first${cursor ? "" : `; together ${dollars(sum)}`}. ${NOTES[book] ?? ""}`;
      table.show(lines);
    } catch (problem) {
      complain(problem, "read the ledger");
    }
    more.disabled = false;
  }

  more.addEventListener("click", read);
  const save = h("a", { href: `/ledger?${asked}`, download: "" }, "All of it as CSV");
  fill(dialog, h("h2", { id: "audit-title" }, `Behind “${words}”`), told, h("div", { class: "entries-box" }, table.element), h("div", { class: "toolbar" }, more, save, h("span", { class: "grow" }), h("form", { method: "dialog" }, h("button", { class: "first" }, "Close"))));
  dialog.showModal();
  await read();
}

/** Earned and put in stand negative in the ledger: that is where the money comes from. */
function amountOf(line) {
  return Number(line.amount) * (line.book === "realised" || line.book === "deposits" ? -1 : 1);
}

function exact(amount) {
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`;
}
