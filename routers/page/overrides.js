// What people said of contracts against the matcher: who, when, why, and whether it is in force.
import { change, poll } from "./api.js";
import { copyable, fill, h, toast, verdict } from "./elements.js";
import { complain } from "./rights.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const EVERY = 15; // seconds
const STATES = { in_force: "in force", stale: "void", waits: "waits", not_linked: "not linked now" };

export function overrides() {
  const table = new Table({ name: "overrides", columns: columns(() => watch()), keyOf: (said) => said.contract_id });
  const count = h("span", { class: "count" });
  const body = h("div", {});
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Overrides"), count, h("span", { class: "grow" }), table.tools()), body);
  const show = (page) => {
    if (!page.total) return nothing();
    const inForce = page.items.filter((said) => said.state === "in_force").length;
    count.textContent = `${page.total} contracts on which a person spoke; ${inForce} in force`;
    if (!table.element.isConnected) fill(body, table.element);
    return table.show(page.items);
  };
  const nothing = () => {
    count.textContent = "";
    fill(body, h("p", { class: "dim" }, "Nobody has decided otherwise than the matcher. A game's page shows each contract and lets one say so."));
  };
  let end = () => {};
  const watch = () => {
    end();
    end = poll("/match/overrides?limit=500", EVERY, show, () => {});
  };
  watch();
  return { element, end: () => end() };
}

/** A token of Polymarket has 77 digits. */
function short(id) {
  return id.length > 48 ? `${id.slice(0, 28)}…${id.slice(-6)}` : id;
}

function stands(said) {
  return said.why ? `${STATES[said.state]}: ${said.why}` : STATES[said.state];
}

function columns(changed) {
  return [
    { key: "verdict", title: "Said", value: (said) => said.verdict, cell: (said) => verdict(said.verdict) },
    { key: "statement", title: "Of", value: (said) => said.proposition.statement, cell: (said) => h("span", { title: said.contract_id }, said.proposition.statement) },
    { key: "contract", title: "Contract", class: "half", value: (said) => said.contract_id, cell: (said) => copyable(said.contract_id, short(said.contract_id)) },
    { key: "reason", title: "Reason", class: "half", value: (said) => said.reason, cell: (said) => h("span", { title: said.reason }, said.reason) },
    { key: "state", title: "Stands", class: "dim", value: stands, cell: (said) => h("span", { title: stands(said) }, STATES[said.state]) },
    { key: "who", title: "Who", value: (said) => said.said_by, cell: (said) => said.said_by },
    { key: "when", title: "When", class: "dim", value: (said) => said.said_at, cell: (said) => timeElement(said.said_at) },
    { key: "back", title: "", hint: "Take it back", class: "number act", value: () => "", cell: (said) => backButton(said, changed) },
  ];
}

function backButton(said, changed) {
  const button = h("button", { type: "button", "aria-label": `Take back what was said of ${said.contract_id}` }, "Take back");
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    button.disabled = true;
    try {
      await change("DELETE", `/match/links/${encodeURIComponent(said.contract_id)}/override`);
      toast("The matcher's own verdict counts again");
      changed();
    } catch (problem) {
      complain(problem, "take it back");
    }
    button.disabled = false;
  });
  return button;
}
