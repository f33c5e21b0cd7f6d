// One table for every view: sorts by its headers, filters, moves by j and k, opens by Enter, exports CSV.
import { fill, h } from "./elements.js";

const STRUCK = 1600; // milliseconds that a row is lit
const FEW = 8; // rows that one sees at once, also on a phone

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
    this.drawn = new Map(); // by key: the row that one sees, so that it stays the same when its figures change
    this.details = new Map(); // of opened rows: [what it was drawn from, its row], so that a half-typed form stays
    this.selected = null;
    this.sort = null;
    this.wanted = ""; // what a row must hold somewhere
    this.body = h("tbody", {});
    this.head = h("tr", {});
    this.none = h("p", { class: "none-fits", role: "status", hidden: true });
    this.element = h("div", { class: "scroll" }, h("table", { class: `table ${name}`, "data-rows": true }, h("caption", { class: "unseen" }, name), h("thead", {}, this.head), this.body), this.none);
    this.element.table = this;
    this.drawHead();
  }

  show(rows) {
    this.rows = rows;
    this.draw();
  }

  /** Something has happened to this row: it lights up once. */
  strike(key) {
    const row = this.drawn.get(String(key));
    row?.classList.remove("is-struck");
    requestAnimationFrame(() => {
      this.drawn.get(String(key))?.classList.add("is-struck");
      setTimeout(() => this.drawn.get(String(key))?.classList.remove("is-struck"), STRUCK);
    });
  }

  drawHead() {
    const sorted = (column) => (this.sort?.key === column.key ? (this.sort.down ? "descending" : "ascending") : null);
    fill(
      this.head,
      this.columns.map((column) =>
        h("th", { scope: "col", class: column.class, "aria-sort": sorted(column) },
          h("button", { type: "button", title: column.hint, "aria-label": column.title ? null : column.hint, onclick: () => this.sortBy(column.key) }, column.title)),
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
    const rows = this.wanted ? this.rows.filter((row) => this.holds(row)) : this.rows;
    if (!this.sort) return rows;
    const column = this.columns.find((each) => each.key === this.sort.key);
    const sign = this.sort.down ? -1 : 1;
    const value = (row) => column.value(row) ?? "";
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
    return [...rows].sort((a, b) => sign * compare(value(a), value(b)));
  }

  holds(row) {
    const text = this.columns.map((column) => column.value(row) ?? "").join(" ").toLowerCase();
    return this.wanted.split(/\s+/).every((word) => text.includes(word));
  }

  draw() {
    const active = this.body.contains(document.activeElement) ? document.activeElement : null;
    const rows = this.ordered();
    const children = [];
    let group = null;
    for (const row of rows) {
      const heading = this.sort ? null : this.groupOf?.(row);
      if (heading && heading !== group) children.push(this.groupRow(heading));
      group = heading ?? group;
      children.push(...this.rowElements(row));
    }
    arrange(this.body, children);
    const shown = new Set(rows.map((row) => String(this.keyOf(row))));
    for (const key of this.drawn.keys()) if (!shown.has(key)) this.drawn.delete(key);
    this.filter?.classList.toggle("is-idle", this.rows.length <= FEW && !this.wanted);
    this.none.hidden = rows.length > 0 || !this.wanted;
    if (!this.none.hidden) this.none.textContent = `None of ${this.rows.length} rows holds “${this.wanted}”.`;
    this.keepFocus(active);
  }

  keepFocus(active) {
    const rows = this.rowList();
    const kept = rows.find((row) => row.dataset.key === this.selected) ?? rows[0];
    for (const row of rows) row.tabIndex = row === kept ? 0 : -1;
    if (active && document.activeElement !== active) (this.body.contains(active) ? active : kept)?.focus({ preventScroll: true });
  }

  groupRow(heading) {
    return h("tr", { class: "group" }, h("th", { colspan: this.columns.length, scope: "colgroup" }, heading));
  }

  rowElements(row) {
    const key = String(this.keyOf(row));
    const element = this.drawn.get(key) ?? this.newRow(key);
    const isOpen = this.opened.has(key);
    element.row = row;
    const isLit = element.classList.contains("is-struck");
    element.className = [this.rowClass?.(row), isLit ? "is-struck" : null].filter(Boolean).join(" ");
    if (this.detail || this.onOpen) element.setAttribute("aria-description", isOpen ? "Enter closes" : "Enter opens");
    this.columns.forEach((column, at) => showCell(element, at, h("td", { class: column.class }, column.cell(row))));
    while (element.cells.length > this.columns.length) element.lastElementChild.remove();
    return isOpen ? [element, this.detailRow(key, row)] : [element];
  }

  newRow(key) {
    const element = h("tr", {
      "data-key": key,
      tabindex: -1,
      onclick: () => this.open(element.row),
      onfocus: () => this.select(element),
      onkeydown: (event) => event.key === "Enter" && event.target === element && this.open(element.row),
    });
    this.drawn.set(key, element);
    return element;
  }

  detailRow(key, row) {
    const drawnFrom = JSON.stringify(row);
    if (this.details.get(key)?.[0] !== drawnFrom) this.details.set(key, [drawnFrom, h("tr", { class: "detail" }, h("td", { colspan: this.columns.length }, this.detail(row)))]);
    return this.details.get(key)[1];
  }

  open(row) {
    const key = String(this.keyOf(row));
    this.selected = key;
    if (this.onOpen) return this.onOpen(row);
    if (!this.detail) return undefined;
    if (this.opened.delete(key)) this.details.delete(key);
    else this.opened.add(key);
    this.draw();
    return this.drawn.get(key)?.focus({ preventScroll: true });
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

  /** What stands above a table: a box that filters it, and a button that saves it. */
  tools() {
    return [this.filterBox(), this.csvButton()];
  }

  filterBox() {
    const box = h("input", { type: "search", class: "filter", placeholder: "Filter", "aria-label": `Filter ${this.name}`, oninput: () => ((this.wanted = box.value.trim().toLowerCase()), this.draw()) });
    box.value = this.wanted;
    this.filter = box;
    return box;
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

/** What looks the same stays, so that a click that lasts over news still hits; what can be pressed knows its row anew. */
function showCell(row, at, cell) {
  const known = row.cells[at];
  if (!known) row.append(cell);
  else if (known.querySelector("button, input, select, a") || !known.isEqualNode(cell)) known.replaceWith(cell);
}

/** Give an element these children, moving none that is in its place. */
function arrange(element, children) {
  let next = element.firstChild;
  for (const child of children) {
    if (child === next) next = next.nextSibling;
    else element.insertBefore(child, next);
  }
  while (next) {
    const over = next;
    next = next.nextSibling;
    over.remove();
  }
}

function csvField(value) {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text; // a venue's title must not become a formula
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
