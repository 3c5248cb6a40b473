/* The variant table: one page of rows at a time, sorted and filtered by the server. */
import { askJson, link } from "./api.js";
import { Cells } from "./cells.js";
import { announce, button, el, fill, h } from "./dom.js";
import { clear, failed, Waiting, words } from "./faces.js";
import { grouped, sortParts } from "./format.js";
import { EVERYONE, OVERLAID, proband } from "./layout.js";
import { forgetWidths, keepWidth, keptWidths } from "./widths.js";

const LIBRARY = "/static/extensions/panel/bundled/datatabulator/tabulator-tables@6.4.0/dist/";
const ALWAYS = ["row_id", "chrom", "start", "end", "ref", "alt", "class", "svtype", "svlen", "gene", "rank_score", "vaf"];

function library() {
  if (window.Tabulator) return Promise.resolve();
  const sheet = h("link", { rel: "stylesheet", href: `${LIBRARY}css/tabulator_simple.min.css` });
  document.head.prepend(sheet);
  return new Promise((ok, no) => {
    const script = h("script", { src: `${LIBRARY}js/tabulator.min.js`, onload: ok, onerror: () => no(new Error("The table's library could not be read")) });
    document.head.append(script);
  });
}

export class VariantTable {
  constructor(store, hooks) {
    this.store = store;
    this.hooks = hooks;
    this.cells = new Cells(store.boot);
    this.columns = new Map(store.boot.columns.map((c) => [c.name, c]));
    this.rows = [];
    this.answer = null;
    this.face = el("table-face");
    this.waiting = new Waiting((line) => this.cover(line), () => clear(this.face));
    this.ready = library().then(() => this.make());
    this.ready.catch((error) => failed(this.face, { code: "TABLE", where: "variant table", message: error.message }, "the rows", () => location.reload()));
    document.querySelectorAll("[data-export]").forEach((b) => b.addEventListener("click", () => this.export(b.dataset.export)));
  }

  shown() {
    const asked = this.store.state.columns.filter((c) => this.columns.has(c));
    return asked.length ? asked : this.standard();
  }

  /** Columns of the open tab that nobody chose. */
  standard() {
    const wanted = this.store.state.tab === "sv" ? "structural" : "standard";
    return this.store.boot.columns.filter((c) => c[wanted]).map((c) => c.name);
  }

  make() {
    const state = this.store.state;
    this.cells.person = this.personIndex(state.person);
    this.t = new window.Tabulator(el("table"), {
      index: "row_id", height: "100%", layout: "fitColumns", columns: this.definitions(), movableColumns: true,
      columnDefaults: { headerSortTristate: false, vertAlign: "middle" }, sortMode: "remote", headerSortClickElement: "header",
      initialSort: [], selectableRows: false, placeholder: "", columnHeaderSortMulti: false, renderHorizontal: "basic",
    });
    this.t.on("rowClick", (e, row) => {
      if (e.target.type !== "checkbox") this.store.set({ row: row.getData().row_id });
    });
    this.t.on("rowDblClick", () => this.hooks.open());
    this.t.on("columnMoved", () => this.tellColumns());
    this.t.on("columnResized", (column) => keepWidth(column.getField(), column.getWidth()));
    this.t.on("headerClick", (e, column) => this.sortBy(column.getField()));
    return new Promise((ok) => this.t.on("tableBuilt", () => {
      this.follow();
      ok();
    }));
  }

  follow() {
    const { store } = this;
    store.follow(["f", "sort", "page", "size", "columns", "lake", "tab"], (s, before) => {
      if (before.columns && (before.tab !== s.tab || JSON.stringify(before.columns) !== JSON.stringify(s.columns))) this.t.setColumns(this.definitions());
      this.load();
    });
    store.follow(["row", "picked"], (s, before) => {
      this.mark();
      if (before.row !== undefined && s.row !== before.row) this.reveal(s.row);
    });
    store.follow(["person"], (s) => {
      this.cells.person = this.personIndex(s.person);
      this.t.redraw(true);
    });
  }

  personIndex(id) {
    const person = this.store.boot.people.find((p) => p.id === id) || proband(this.store.boot);
    return person ? person.index : 0;
  }

  definitions() {
    this.cells.placed = this.shown().includes("place");
    const box = { title: "", field: "pick", width: 34, minWidth: 34, headerSort: false, resizable: false, hozAlign: "center",
      formatter: (cell) => {
        const id = cell.getData().row_id;
        return h("input", { type: "checkbox", "aria-label": `Mark row ${id} in the pictures`, checked: this.store.state.picked.includes(id), onchange: (e) => this.pick(id, e.target.checked) });
      } };
    const widths = keptWidths();
    return [box, ...this.shown().map((name) => {
      const c = this.columns.get(name);
      const width = widths[name] || c.width;
      const right = ["number", "af", "vaf", "rank", "svsize"].includes(c.kind);
      return {
        title: c.title, field: name, ...(width ? { width, minWidth: 44 } : { minWidth: 124, widthGrow: 1 }), headerSort: Boolean(c.sort), headerTooltip: c.meaning || c.title, hozAlign: right ? "right" : "left", headerHozAlign: right ? "right" : "left",
        cssClass: `cell-${c.kind}${c.standard ? "" : " wide"}`, sorter: () => 0, formatter: (cell) => this.cells.draw(c.kind, cell.getData(), c.name),
        titleFormatter: () => h("span", {}, c.title),
      };
    })];
  }

  needs() {
    return [...new Set([...ALWAYS, ...this.shown().flatMap((n) => this.columns.get(n).needs)])].join(",");
  }

  async load() {
    const s = this.store.state;
    this.control?.abort();
    const control = new AbortController();
    this.control = control;
    this.waiting.start(this.answer ? "Reading rows" : `Counting ${grouped(this.store.boot.total)} variants`, () => {
      control.abort();
      this.waiting.end();
      this.sayStopped();
    });
    try {
      const got = await askJson("/api/rows", { case: this.store.boot.case, v: s.lake, f: s.f, sort: s.sort, page: s.page, size: s.size, columns: this.needs() }, control.signal);
      this.waiting.end();
      if (s.page > got.last_page) return this.store.set({ page: got.last_page });
      this.answer = got;
      this.rows = got.data;
      clear(this.face);
      await this.t.setData(got.data);
      this.mark();
      this.foot();
      this.hooks.loaded(this);
      if (!got.last_row) this.empty();
    } catch (problem) {
      if (problem.name === "AbortError") return undefined;
      this.waiting.end();
      this.answer = null;
      this.rows = [];
      this.t.clearData();
      el("table-foot").textContent = "count unknown";
      fill(el("pager"));
      failed(this.face, problem, "the rows", () => this.load());
    }
    return undefined;
  }

  cover(line) {
    fill(this.face, h("div", { style: { padding: "8px 12px" } }, line), this.answer ? null : h("div", { class: "blocks", "aria-hidden": "true" }, Array.from({ length: 8 }, () => h("span"))));
    this.face.hidden = false;
  }

  sayStopped() {
    fill(this.face, words("loading", "Stopped", "The rows below, if any, are of an earlier choice.", [button("Go on", () => this.load(), { primary: true })]));
    this.face.hidden = false;
  }

  /** Nothing passed: say which step took the last ones, and offer to loosen it. */
  empty() {
    fill(this.face, this.hooks.emptied());
    this.face.hidden = false;
  }

  foot() {
    const { last_row: total, of, last_page: pages } = this.answer;
    const s = this.store.state;
    const first = total ? (s.page - 1) * s.size + 1 : 0;
    const [name, way] = sortParts(s.sort);
    const sorted = [...this.columns.values()].find((c) => c.sort === name.split(":")[0])?.title || name.replace(/_/g, " ");
    const text = `${grouped(first)}–${grouped(Math.min(total, first + this.rows.length - 1))} of ${grouped(total)} shown · of ${grouped(of)} · sorted by ${sorted}${way === "desc" ? ", highest first" : ""} · no row is left out of the export`;
    el("table-foot").textContent = total ? text : `0 of ${grouped(of)} shown`;
    announce(`${grouped(total)} of ${grouped(of)} variants.`);
    this.pager(s, pages);
    this.arrows(name, way);
  }

  pager(s, pages) {
    const to = (page) => this.store.set({ page: Math.max(1, Math.min(pages, page)) });
    const knob = (words, label, page, off) => h("button", { type: "button", class: "button button-icon", "aria-label": label, title: label, disabled: off, onclick: () => to(page) }, words);
    const field = h("input", { class: "field", type: "number", min: 1, max: pages, value: s.page, "aria-label": "Page", onchange: (e) => to(Number(e.target.value) || 1) });
    fill(el("pager"), knob("«", "First page", 1, s.page <= 1), knob("‹", "Page before", s.page - 1, s.page <= 1), field, ` of ${grouped(pages)} `, knob("›", "Next page", s.page + 1, s.page >= pages), knob("»", "Last page", pages, s.page >= pages));
  }

  arrows(name, way) {
    for (const column of this.t.getColumns()) {
      const c = this.columns.get(column.getField());
      if (c?.sort) column.getElement().setAttribute("aria-sort", c.sort === name.split(":")[0] ? (way === "desc" ? "descending" : "ascending") : "none");
    }
  }

  sortBy(field) {
    const c = this.columns.get(field);
    if (!c?.sort) return;
    const [name, way] = sortParts(this.store.state.sort);
    const { person } = this.store.state;
    const key = c.kind === "vaf" && person && ![EVERYONE, OVERLAID].includes(person) ? `vaf:${encodeURIComponent(person)}` : c.sort;
    const falls = ["number", "rank", "vaf", "svsize"].includes(c.kind);
    const next = name === key ? (way === "desc" ? "asc" : "desc") : falls ? "desc" : "asc";
    this.store.set({ sort: `${key}:${next}` });
  }

  /** Every column as wide as it was made. */
  standardWidths() {
    forgetWidths();
    this.t.setColumns(this.definitions());
    this.load();
  }

  tellColumns() {
    const order = this.t.getColumns().map((c) => c.getField()).filter((f) => this.columns.has(f));
    this.store.set({ columns: order });
  }

  pick(id, on) {
    const rest = this.store.state.picked.filter((p) => p !== id);
    this.store.set({ picked: on ? [...rest, id] : rest });
  }

  mark() {
    const { row, picked } = this.store.state;
    for (const r of this.t.getRows()) {
      const id = r.getData().row_id;
      r.getElement().classList.toggle("current", id === row);
      r.getElement().setAttribute("aria-selected", String(id === row));
      const box = r.getElement().querySelector("input[type=checkbox]");
      if (box) box.checked = picked.includes(id);
    }
  }

  reveal(id) {
    const row = this.rows.find((r) => r.row_id === id) && this.t.getRow(id);
    if (row) row.getElement().scrollIntoView({ block: "nearest" });
  }

  /** J and K: the next or last row, over the edge of the page too. */
  step(by) {
    const at = this.rows.findIndex((r) => r.row_id === this.store.state.row);
    const next = at < 0 ? (by > 0 ? 0 : this.rows.length - 1) : at + by;
    const s = this.store.state;
    if (next >= 0 && next < this.rows.length) this.store.set({ row: this.rows[next].row_id });
    else if (next >= this.rows.length && s.page < (this.answer?.last_page || 1)) this.turn(s.page + 1, 0);
    else if (next < 0 && s.page > 1) this.turn(s.page - 1, -1);
  }

  turn(page, edge) {
    this.edge = edge;
    this.store.set({ page });
  }

  /** Place of a row in the whole order, from 1, when it is on this page. */
  place(id) {
    const at = this.rows.findIndex((r) => r.row_id === id);
    return at < 0 ? null : (this.store.state.page - 1) * this.store.state.size + at + 1;
  }

  export(format) {
    const s = this.store.state;
    const columns = format === "vcf" ? null : this.needs();
    const address = link("/api/export", { case: this.store.boot.case, v: s.lake, f: s.f, sort: s.sort, columns, format });
    const a = h("a", { href: address, download: "" });
    document.body.append(a);
    a.click();
    a.remove();
    announce(`Export of ${grouped(this.answer?.last_row)} rows as ${format.toUpperCase()} began.`);
  }
}
