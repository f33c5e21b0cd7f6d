// One table for every view: sorts by its headers, moves by j and k, opens by Enter, exports CSV.
import { fill, h } from "./elements.js";

const STRUCK = 1600; // milliseconds that a row is lit

/**
 * columns: [{ key, title, hint?, class?, value(row) → sortable, cell(row) → node or text }]
 * keyOf(row): the same row again after news. onOpen(row) or detail(row) → node: what Enter does.
 * groupOf(row) → heading of the rows that follow, while the table is in its own order.
 */
export class Table {
  constructor({ name, columns, keyOf, onOpen, detail, groupOf, rowClass }) {
    Object.assign(this, { name, columns, keyOf, onOpen, detail, groupOf, rowClass });
    this.rows = [];
    this.opened = new Set();
    this.struck = new Map(); // rows that something has just happened to, and when
    this.details = new Map(); // of opened rows: [what it was drawn from, its nodes], so that a half-typed form stays
    this.selected = null;
    this.sort = null;
    this.body = h("tbody", {});
    this.head = h("tr", {});
    this.element = h("div", { class: "scroll" }, h("table", { class: `table ${name}`, "data-rows": true }, h("caption", { class: "unseen" }, name), h("thead", {}, this.head), this.body));
    this.element.table = this;
    this.drawHead();
  }

  show(rows) {
    this.rows = rows;
    this.draw();
  }

  /** Something has happened to this row: it lights up once, from when it is drawn. */
  strike(key) {
    this.struck.set(key, performance.now());
  }

  drawHead() {
    const sorted = (column) => (this.sort?.key === column.key ? (this.sort.down ? "descending" : "ascending") : null);
    fill(
      this.head,
      this.columns.map((column) =>
        h("th", { scope: "col", class: column.class, "aria-sort": sorted(column) },
          h("button", { type: "button", title: column.hint, onclick: () => this.sortBy(column.key) }, column.title)),
      ),
    );
  }

  sortBy(key) {
    if (this.sort?.key !== key) this.sort = { key, down: false };
    else if (!this.sort.down) this.sort = { key, down: true };
    else this.sort = null; // the third click is the list's own order again
    this.drawHead();
    this.draw();
  }

  ordered() {
    if (!this.sort) return this.rows;
    const column = this.columns.find((each) => each.key === this.sort.key);
    const sign = this.sort.down ? -1 : 1;
    const value = (row) => column.value(row) ?? "";
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
    return [...this.rows].sort((a, b) => sign * compare(value(a), value(b)));
  }

  draw() {
    const active = this.body.contains(document.activeElement) ? document.activeElement : null;
    const children = [];
    let group = null;
    for (const row of this.ordered()) {
      const heading = this.sort ? null : this.groupOf?.(row);
      if (heading && heading !== group) children.push(this.groupRow(heading));
      group = heading ?? group;
      children.push(...this.rowElements(row));
    }
    fill(this.body, children);
    const rows = this.rowList();
    const kept = rows.find((row) => row.dataset.key === this.selected) ?? rows[0];
    if (kept) kept.tabIndex = 0;
    if (active) (this.body.contains(active) ? active : kept)?.focus({ preventScroll: true });
  }

  groupRow(heading) {
    return h("tr", { class: "group" }, h("th", { colspan: this.columns.length, scope: "colgroup" }, heading));
  }

  rowElements(row) {
    const key = this.keyOf(row);
    const isOpen = this.opened.has(key);
    const cells = this.columns.map((column) => h("td", { class: column.class }, column.cell(row)));
    const element = h(
      "tr",
      {
        "data-key": key,
        tabindex: -1,
        class: this.rowClass?.(row),
        "aria-description": this.detail || this.onOpen ? (isOpen ? "Enter closes" : "Enter opens") : null,
        onclick: () => this.open(row),
        onfocus: () => this.select(element),
        onkeydown: (event) => event.key === "Enter" && event.target === element && this.open(row),
      },
      cells,
    );
    const lit = performance.now() - (this.struck.get(key) ?? -STRUCK);
    if (lit < STRUCK) {
      element.classList.add("is-struck");
      element.style.animationDelay = `${-lit}ms`; // drawn anew, it goes on
    }
    if (!isOpen) return [element];
    return [element, h("tr", { class: "detail" }, h("td", { colspan: this.columns.length }, this.detailNodes(key, row)))];
  }

  detailNodes(key, row) {
    const drawnFrom = JSON.stringify(row);
    if (this.details.get(key)?.[0] !== drawnFrom) this.details.set(key, [drawnFrom, this.detail(row)]);
    return this.details.get(key)[1];
  }

  open(row) {
    const key = this.keyOf(row);
    this.selected = key;
    if (this.onOpen) return this.onOpen(row);
    if (!this.detail) return undefined;
    if (this.opened.delete(key)) this.details.delete(key);
    else this.opened.add(key);
    this.draw();
    return this.rowList().find((each) => each.dataset.key === key)?.focus({ preventScroll: true });
  }

  select(element) {
    for (const row of this.rowList()) row.tabIndex = row === element ? 0 : -1;
    this.selected = element.dataset.key;
  }

  move(steps) {
    const rows = this.rowList();
    const at = rows.findIndex((row) => row === document.activeElement);
    const from = at >= 0 ? at + steps : Math.max(0, rows.findIndex((row) => row.dataset.key === this.selected));
    rows[Math.max(0, Math.min(rows.length - 1, from))]?.focus();
  }

  rowList() {
    return [...this.body.querySelectorAll("tr[data-key]")];
  }

  csvButton() {
    return h("button", { type: "button", class: "quiet", title: "Save these rows as CSV", onclick: () => this.saveCsv() }, "CSV");
  }

  saveCsv() {
    const lines = [this.columns.map((column) => column.title || column.key), ...this.ordered().map((row) => this.columns.map((column) => column.value(row) ?? ""))];
    const blob = new Blob([lines.map((line) => line.map(csvField).join(",")).join("\r\n")], { type: "text/csv" });
    const link = h("a", { href: URL.createObjectURL(blob), download: `${this.name}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

function csvField(value) {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text; // a venue's title must not become a formula
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
