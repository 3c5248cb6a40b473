/* The genome card: one window over all rows, its pictures, brush, marks and words. */
import { ask, askJson, Latest } from "./api.js";
import { announce, el, fill, h } from "./dom.js";
import { bases, grouped } from "./format.js";
import { Axis } from "./genomic.js";
import { Gestures } from "./gestures.js";
import { drawIdeogram, drawLink, drawOverview } from "./ideogram.js";
import { Ink } from "./ink.js";
import { chosenPeople } from "./layout.js";
import { drawLegend, tinted } from "./ramp.js";
import { Rows } from "./rows.js";
import { LEFT, ratio, RIGHT } from "./stage.js";

export class Genome {
  constructor(store) {
    this.store = store;
    this.axis = new Axis(store.boot);
    this.total = store.boot.total;
    this.span = store.state.region.slice();
    this.history = [];
    this.bands = [];
    this.marks = { marks: [] };
    this.save = () => {};
    this.wide = this.measure();
    this.rows = new Rows(this);
    this.ink = new Ink(this);
    this.gestures = new Gestures(this);
    this.markLatest = new Latest((signal) => this.fetchMarks(signal));
    this.stripLatest = new Latest((signal) => this.fetchStrip(signal));
    this.rows.arrange();
    this.listen();
  }

  /** Rows that are pictures of counts. */
  get tracks() {
    return this.rows.grids;
  }

  listen() {
    const { store } = this;
    store.follow(["lake"], () => this.refetch(), false);
    store.follow(["f_pictures", "picture"], () => this.asleep || this.rows.all.forEach((row) => row.ofCalls && row.ask()), false);
    store.follow(["tracks", "person"], () => this.arrange(), false);
    store.follow(["f_pictures", "picture", "lake"], () => this.stripLatest.ask(), false);
    store.follow(["f"], () => this.markLatest.ask(), false);
    store.follow(["brush", "row", "picked"], () => this.ink.draw(), false);
    store.follow(["region"], (s) => this.moved(s.region), false);
    store.follow(["brush"], (s) => {
      el("clear-brush").hidden = !s.brush;
      this.say();
    });
    document.fonts?.ready.then(() => this.paint());
    new ResizeObserver(() => this.resized()).observe(el("tracks"));
    askJson("/api/bands", { build: store.boot.build }).then((got) => {
      this.bands = got.bands;
      this.paint();
    }).catch(() => announce("The chromosome bands could not be read."));
    el("whole").onclick = () => this.show(0, this.axis.total);
    el("clear-brush").onclick = () => this.brush(null);
    el("genome-table-button").onclick = (e) => this.asTable(e.currentTarget);
    this.told = this.span.slice();
    this.themed();
  }

  view() {
    return this.span;
  }

  measure() {
    return Math.max(1, el("tracks").clientWidth - LEFT - RIGHT);
  }

  /** Pixels of every frame; measured once a change of size, for it is asked for hundreds of times a second. */
  width() {
    return this.wide;
  }

  query() {
    const s = this.store.state;
    return { case: this.store.boot.case, v: s.lake, f: s.picture === "kept" ? s.f_pictures : "" };
  }

  /** Show the rows that the layout and the chosen people ask for. */
  arrange() {
    if (this.asleep) return;
    const fresh = this.rows.arrange();
    this.paint();
    fresh.forEach((row) => row.ask());
  }

  /** While other pictures stand in the card's place its rows ask nothing. */
  sleep(on) {
    this.asleep = on;
    el("tracks").hidden = on;
    if (on) return;
    this.resized();
    this.arrange();
    this.refetch();
  }

  /** Show a span; `step` keeps the old one to step back to. */
  show(x0, x1, { step = true } = {}) {
    const most = this.axis.total;
    const wide = Math.min(Math.max(x1 - x0, 40), most);
    const start = Math.max(0, Math.min(x0, most - wide));
    if (step) this.history.push(this.span);
    this.span = [start, start + wide];
    this.soon();
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
    this.paint();
    this.refetch();
  }

  refetch() {
    if (this.asleep) return;
    this.rows.all.forEach((row) => row.ask());
    this.markLatest.ask();
  }

  resized() {
    const w = this.measure();
    if (this.asleep || w === this.known) return;
    this.known = w;
    this.wide = w;
    this.paint();
    this.stripLatest.ask();
    this.refetch();
  }

  /** Paint once a frame, however fast the wheel turns. */
  soon() {
    this.coming ??= requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.coming);
    this.coming = null;
    drawOverview(el("overview"), this.axis, this.strip, this.span);
    drawLink(el("funnel-link"), this.axis, this.span);
    drawIdeogram(el("ideogram"), this.axis, this.bands, this.span);
    this.rows.all.forEach((row) => row.paint());
    this.ink.draw();
    el("whole").hidden = this.isWhole();
    this.say();
  }

  isWhole() {
    return this.span[1] - this.span[0] >= this.axis.total * 0.999;
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

  /** The strip of the whole genome: all calls, or the first signal where a case has none. */
  async fetchStrip(signal) {
    const w = Math.round(this.width() * ratio());
    const first = this.total ? null : this.tracks.find((t) => t.signal && t.given);
    const what = first ? first.params() : { ...this.query(), picture: "density" };
    try {
      const response = await ask("/api/grid", { ...what, x0: 0, x1: this.axis.total, w, h: 1, as: "colour" }, signal);
      this.shades = new Uint8Array(await response.arrayBuffer());
      this.strip = tinted(this.shades, this.shades.length, 1);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.strip = null;
    }
    this.paint();
  }

  brush(span) {
    this.store.deed("brush", { span: span && span.map(Math.round) });
  }

  /** The line beside the title, and what a screen reader hears of the pictures. */
  say() {
    const [x0, x1] = this.span;
    const s = this.store.state;
    const where = this.isWhole() ? "whole genome" : `${this.axis.text(x0, x1)} · ${bases(x1 - x0)}`;
    const shown = s.picture === "kept" ? "calls kept by the filter" : `every ${this.tracks.some((t) => t.signal) ? "point" : "call"} counted`;
    const brushed = this.brushed;
    const parts = [];
    if (s.brush) {
      const count = { ready: `${grouped(brushed?.count)} variants`, failed: "count unknown" }[brushed?.face] || "counting…";
      parts.push(`${count} brushed, `, h("b", {}, this.axis.text(...s.brush)), "; ");
    }
    parts.push(this.isWhole() ? `${shown}; ${where}` : `${where}; ${shown}`);
    const { total, named, problem } = this.marks;
    if (problem) parts.push(" · marks unknown");
    else if (total) parts.push(` · ${grouped(named)} of ${grouped(total)} events named`);
    fill(el("genome-line"), parts).title = el("genome-line").textContent;
    const density = this.tracks.find((row) => row.spec.name === "density");
    if (density && density.rows !== null) el("overlay").setAttribute("aria-description", `${grouped(density.rows)} calls in view, ${where}.`);
  }

  setBrushed(value) {
    this.brushed = value;
    this.say();
  }

  themed() {
    this.tracks.forEach((t) => t.colour());
    drawLegend(el("ramp"));
    if (this.shades) this.strip = tinted(this.shades, this.shades.length, 1);
    this.paint();
  }

  async asTable(knob) {
    const box = el("genome-table");
    const open = box.hidden;
    knob.setAttribute("aria-expanded", String(open));
    box.hidden = !open;
    if (!open) return;
    const given = this.signals();
    const heads = ["Chromosome", "Length", "Calls", "Calls per Mb", ...given.map(([spec, , who]) => `${spec.title} points, ${who}`)];
    const head = h("tr", {}, heads.map((t, i) => h("th", { scope: "col", class: i ? "num" : null }, t)));
    const body = h("tbody", {}, h("tr", {}, h("td", { colspan: heads.length }, "counting…")));
    fill(box, h("table", { class: "plain-table" }, h("caption", { class: "unseen" }, "Calls and measured points by chromosome"), h("thead", {}, head), body));
    const rows = await Promise.all(this.axis.names.map((name, i) => this.countChromosome(name, i, given)));
    fill(body, rows);
  }

  /** Signals of the people shown: [track, what its file gives, who]. */
  signals() {
    const people = chosenPeople(this.store.state, this.store.boot);
    const specs = this.store.boot.tracks.filter((t) => t.kind === "signal");
    return specs.flatMap((spec) => people.filter((p) => spec.people[p.id]).map((p) => [spec, spec.people[p.id], p.role || p.name || p.id]));
  }

  async countChromosome(name, i, given) {
    const [x0, x1] = [this.axis.offsets[i], this.axis.offsets[i] + this.axis.sizes[i]];
    let rows = "unknown";
    try {
      const response = await ask("/api/grid", { ...this.query(), picture: "density", x0, x1, w: 1, h: 1, as: "counts" });
      rows = Number(response.headers.get("rows"));
    } catch { /* stays unknown */ }
    const counted = typeof rows === "number";
    const cells = [bases(this.axis.sizes[i]), counted ? grouped(rows) : rows, counted ? grouped(Math.round(rows / (this.axis.sizes[i] / 1e6))) : rows, ...given.map(([, entry]) => grouped(entry.chrom_rows[i + 1]))];
    return h("tr", {}, h("th", { scope: "row" }, name), cells.map((words) => h("td", { class: "num" }, words)));
  }
}
