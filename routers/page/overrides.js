// What people said of contracts against the matcher: who, when, why, and whether it is in force.
import { poll } from "./api.js";
import { copyable, fill, h, verdict } from "./elements.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const STATES = { in_force: "in force", stale: "void", waits: "waits", not_linked: "not linked now" };

export function overrides() {
  const table = new Table({ name: "overrides", columns: COLUMNS, keyOf: (said) => said.contract_id });
  const count = h("span", { class: "count" });
  const body = h("div", {});
  const element = h("section", { class: "radar", hidden: true }, h("div", { class: "toolbar" }, h("h2", {}, "Overrides"), count, h("span", { class: "grow" }), table.csvButton()), body);
  const show = (page) => {
    element.hidden = page.total === 0;
    const inForce = page.items.filter((said) => said.state === "in_force").length;
    count.textContent = `${page.total} contracts on which a person spoke; ${inForce} in force`;
    if (!table.element.isConnected) fill(body, table.element);
    table.show(page.items);
  };
  const end = poll("/match/overrides?limit=500", 15, show, () => {});
  return { element, end };
}

/** A token of Polymarket has 77 digits. */
function short(id) {
  return id.length > 48 ? `${id.slice(0, 28)}…${id.slice(-6)}` : id;
}

function stands(said) {
  return said.why ? `${STATES[said.state]}: ${said.why}` : STATES[said.state];
}

const COLUMNS = [
  { key: "verdict", title: "Said", value: (said) => said.verdict, cell: (said) => verdict(said.verdict) },
  { key: "statement", title: "Of", value: (said) => said.proposition.statement, cell: (said) => said.proposition.statement },
  { key: "contract", title: "Contract", value: (said) => said.contract_id, cell: (said) => copyable(said.contract_id, short(said.contract_id)) },
  { key: "reason", title: "Reason", class: "half", value: (said) => said.reason, cell: (said) => h("span", { title: said.reason }, said.reason) },
  { key: "state", title: "Stands", class: "half dim", value: stands, cell: (said) => h("span", { title: stands(said) }, stands(said)) },
  { key: "who", title: "Who", value: (said) => said.said_by, cell: (said) => said.said_by },
  { key: "when", title: "When", value: (said) => said.said_at, cell: (said) => timeElement(said.said_at) },
];
