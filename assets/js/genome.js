/* The genome card: one window over all tracks, its pictures, brush, marks and words. */
import { ask, askJson, Latest } from "./api.js";
import { announce, el, fill, h, token } from "./dom.js";
import { bases, grouped } from "./format.js";
import { Axis } from "./genomic.js";
import { GridTrack } from "./grid.js";
import { Gestures } from "./gestures.js";
import { drawGenes, drawIdeogram, drawLink, drawOverview, shadeStrip, sheet } from "./ideogram.js";
import { Ink } from "./ink.js";
import { drawLegend, palette } from "./ramp.js";

const GENES_BELOW = 5e6;
const LEFT = 112;
const RIGHT = 4;

export class Genome {
  constructor(store, doc, faces) {
    this.store = store;
    this.document = doc;
    this.faces = faces;
    this.axis = new Axis(store.boot);
    this.total = store.boot.total;
    this.span = store.state.region.slice();
    this.history = [];
    this.bands = [];
    this.genes = null;
    this.marks = { marks: [] };
    this.range = doc.get_model_by_name("genome_x");
    this.tracks = store.boot.tracks.map((t) => new GridTrack(t, this));
    this.tracks.forEach((t) => t.loaded.push(() => this.say()));
    this.ink = new Ink(this);
    this.gestures = new Gestures(this);
    this.markLatest = new Latest((signal) => this.fetchMarks(signal));
    this.stripLatest = new Latest((signal) => this.fetchStrip(signal));
    this.geneLatest = new Latest((signal) => this.fetchGenes(signal));
    this.listen();
  }

  listen() {
    const { store } = this;
    store.follow(["f_pictures", "picture", "person", "lake"], () => this.refetch(), false);
    store.follow(["f_pictures", "picture", "lake"], () => this.stripLatest.ask(), false);
    store.follow(["f"], () => this.markLatest.ask(), false);
    store.follow(["brush", "row", "picked"], () => this.ink.draw(), false);
    store.follow(["region"], (s) => this.moved(s.region), false);
    store.follow(["brush"], (s) => {
      el("clear-brush").hidden = !s.brush;
      this.say();
    });
    new ResizeObserver(() => this.resized()).observe(el("tracks"));
    askJson("/api/bands", { build: store.boot.build }).then((got) => {
      this.bands = got.bands;
      this.paint();
    }).catch(() => announce("The chromosome bands could not be read."));
    el("whole").onclick = () => this.show(0, this.axis.total);
    el("clear-brush").onclick = () => this.brush(null);
    el("genome-table-button").onclick = (e) => this.asTable(e.currentTarget);
    this.range.setv({ start: this.span[0], end: this.span[1] }, { sync: false });
    this.told = this.span.slice();
    this.themed();
  }

  view() {
    return this.span;
  }

  width() {
    return Math.max(1, el("tracks").clientWidth - LEFT - RIGHT);
  }

  query() {
    const s = this.store.state;
    return { case: this.store.boot.case, v: s.lake, sample: s.person || null, f: s.picture === "kept" ? s.f_pictures : "" };
  }

  /** Show a span; `step` keeps the old one to step back to. */
  show(x0, x1, { step = true } = {}) {
    const most = this.axis.total;
    const wide = Math.min(Math.max(x1 - x0, 40), most);
    const start = Math.max(0, Math.min(x0, most - wide));
    if (step) this.history.push(this.span);
    this.span = [start, start + wide];
    this.range.setv({ start, end: start + wide }, { sync: false });
    this.paint();
    this.refetch();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(), 250);
  }

  tell() {
    const [x0, x1] = this.span.map(Math.round);
    this.told = [x0, x1];
    this.store.deed("view", { x0, x1 });
  }

  stepOut() {
    const [x0, x1] = this.span;
    const back = this.history.pop();
    if (back && back[1] - back[0] > x1 - x0) return this.show(back[0], back[1], { step: false });
    const mid = (x0 + x1) / 2;
    return this.show(mid - (x1 - x0) * 2, mid + (x1 - x0) * 2, { step: false });
  }

  moved(region) {
    if (this.told && Math.abs(region[0] - this.told[0]) < 2 && Math.abs(region[1] - this.told[1]) < 2) return;
    if (region[0] === this.span[0] && region[1] === this.span[1] && this.told) return;
    this.told = region;
    this.span = region.slice();
    this.range.setv({ start: region[0], end: region[1] }, { sync: false });
    this.paint();
    this.refetch();
  }

  refetch() {
    this.tracks.forEach((t) => t.ask());
    this.markLatest.ask();
    this.geneLatest.ask();
  }

  resized() {
    const w = this.width();
    if (w === this.known) return;
    this.known = w;
    this.paint();
    this.stripLatest.ask();
    this.refetch();
  }

  paint() {
    drawOverview(el("overview"), this.axis, this.strip, this.span);
    drawLink(el("funnel-link"), this.axis, this.span);
    drawIdeogram(el("ideogram"), this.axis, this.bands, this.span);
    this.paintGenes();
    this.ink.draw();
    el("whole").hidden = this.isWhole();
    this.say();
  }

  isWhole() {
    return this.span[1] - this.span[0] >= this.axis.total * 0.999;
  }

  paintGenes() {
    const on = this.span[1] - this.span[0] < GENES_BELOW;
    el("gene-row").hidden = !on;
    if (!on) return;
    if (this.genes === null) {
      sheet(el("genes"));
      el("n-genes").textContent = "reading…";
      return;
    }
    const named = drawGenes(el("genes"), this.axis, this.genes, this.span);
    el("n-genes").textContent = named < this.genes.length ? `${named} of ${this.genes.length} named` : `n ${this.genes.length}`;
    el("genes").setAttribute("aria-label", `Genes of the window: ${this.genes.slice(0, 30).map((g) => g.symbol).join(", ")}`);
  }

  async fetchMarks(signal) {
    const s = this.store.state;
    const [x0, x1] = this.span.map(Math.round);
    try {
      this.marks = await askJson("/api/marks", { case: this.store.boot.case, v: s.lake, f: s.f, x0, x1, w: this.width() }, signal);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.marks = { marks: [], problem };
    }
    this.ink.draw();
    this.say();
  }

  async fetchStrip(signal) {
    const w = Math.round(this.width() * (window.devicePixelRatio || 1));
    try {
      const response = await ask("/api/grid", { ...this.query(), picture: "density", x0: 0, x1: this.axis.total, w, h: 1, as: "colour" }, signal);
      this.shades = new Uint8Array(await response.arrayBuffer());
      this.strip = shadeStrip(this.shades, palette());
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.strip = null;
    }
    this.paint();
  }

  async fetchGenes(signal) {
    const [x0, x1] = this.span.map(Math.round);
    if (x1 - x0 >= GENES_BELOW) return;
    try {
      const got = await askJson("/api/genes", { build: this.store.boot.build, x0, x1 }, signal);
      this.genes = got.genes;
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.genes = null;
      this.paintGenes();
      fill(el("n-genes"), h("span", { class: "notice" }, "unknown"));
      return;
    }
    this.paintGenes();
  }

  brush(span) {
    this.store.deed("brush", { span: span && span.map(Math.round) });
  }

  /** The line beside the title, and what a screen reader hears of the pictures. */
  say() {
    const [x0, x1] = this.span;
    const s = this.store.state;
    const where = this.isWhole() ? "whole genome" : `${this.axis.text(x0, x1)} · ${bases(x1 - x0)}`;
    const shown = s.picture === "kept" ? "calls kept by the filter" : "every call counted";
    const brushed = this.brushed;
    const parts = [];
    if (s.brush) {
      const count = { ready: `${grouped(brushed?.count)} variants`, failed: "count unknown" }[brushed?.face] || "counting…";
      parts.push(`${count} brushed, `, h("b", {}, this.axis.text(...s.brush)), "; ");
    }
    parts.push(`${shown}; ${where}`);
    const { total, named, problem } = this.marks;
    if (problem) parts.push(" · marks unknown");
    else if (total) parts.push(` · ${grouped(named)} of ${grouped(total)} events named`);
    fill(el("genome-line"), parts).title = el("genome-line").textContent;
    const density = this.tracks[0];
    if (density.rows !== null) el("overlay").setAttribute("aria-description", `${grouped(density.rows)} calls in view, ${where}.`);
  }

  setBrushed(value) {
    this.brushed = value;
    this.say();
  }

  themed() {
    const colours = palette();
    const tokens = { label: token("text-3"), tick: token("line-strong") };
    this.tracks.forEach((t) => t.setPalette(colours, tokens));
    for (const t of this.tracks) {
      const shade = t.figure.renderers[0];
      shade.glyph.setv({ fill_color: { value: token("surface-inset") } }, { sync: false });
    }
    drawLegend(el("ramp"));
    if (this.shades) this.strip = shadeStrip(this.shades, colours);
    this.paint();
  }

  async asTable(knob) {
    const box = el("genome-table");
    const open = box.hidden;
    knob.setAttribute("aria-expanded", String(open));
    box.hidden = !open;
    if (!open) return;
    const head = h("tr", {}, ["Chromosome", "Length", "Calls", "Calls per Mb"].map((t, i) => h("th", { scope: "col", class: i ? "num" : null }, t)));
    const body = h("tbody", {}, h("tr", {}, h("td", { colspan: 4 }, "counting…")));
    fill(box, h("table", { class: "plain-table" }, h("caption", { class: "unseen" }, "Calls by chromosome"), h("thead", {}, head), body));
    const rows = await Promise.all(this.axis.names.map((name, i) => this.countChromosome(name, i)));
    fill(body, rows);
  }

  async countChromosome(name, i) {
    const [x0, x1] = [this.axis.offsets[i], this.axis.offsets[i] + this.axis.sizes[i]];
    let rows = "unknown";
    try {
      const { counts } = await this.tracks[0].column(x0, x1);
      rows = counts.reduce((a, b) => a + b, 0);
    } catch { /* stays unknown */ }
    const per = typeof rows === "number" ? grouped(Math.round(rows / (this.axis.sizes[i] / 1e6))) : "unknown";
    return h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "num" }, bases(this.axis.sizes[i])), h("td", { class: "num" }, typeof rows === "number" ? grouped(rows) : rows), h("td", { class: "num" }, per));
  }
}
