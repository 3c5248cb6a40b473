/* Every chromosome side by side: one row of the card for one person, a panel a chromosome. */
import { ask, Latest } from "./api.js";
import { el, fill, h, token } from "./dom.js";
import { failedTrack, clear } from "./faces.js";
import { bases, grouped } from "./format.js";
import { chosenPeople } from "./layout.js";
import { tinted } from "./ramp.js";
import { fit, ground, ratio } from "./stage.js";

const HIGH = 64;
/** Share of the card's width that the longest chromosome takes. */
const WIDEST = 0.235;

class Panel {
  constructor(view, i) {
    this.view = view;
    this.i = i;
    const { axis } = view.genome;
    this.from = axis.offsets[i];
    this.to = this.from + axis.sizes[i];
    this.share = axis.sizes[i] / Math.max(...axis.sizes.slice(0, 25));
    this.canvas = h("canvas", { role: "img", "aria-label": axis.names[i] });
    this.n = h("span", { class: "second" }, "…");
    this.face = h("div", { class: "track-face", hidden: true });
    this.node = h("button", { type: "button", class: "panel", title: `Show ${axis.names[i]}`, onclick: () => view.go(this) }, h("span", { class: "panel-head" }, h("b", {}, axis.short(i)), this.n), h("span", { class: "panel-plot" }, this.canvas), this.face);
    this.latest = new Latest((signal) => this.fetch(signal));
  }

  /** Pixels of its frame: lengths are to scale, but none is too narrow to be hit. */
  size() {
    const w = Math.max(14, Math.round((this.view.box.clientWidth - 64) * WIDEST * this.share));
    this.node.style.width = `${Math.max(100, w)}px`;
    return w;
  }

  async fetch(signal) {
    const given = this.view.given();
    if (given && !given.chrom_rows[this.i + 1]) return this.show(null, 0);
    const w = Math.min(8192, Math.round(this.size() * ratio()));
    try {
      const response = await ask("/api/grid", { ...this.view.params(), x0: this.from, x1: this.to, w, ...this.view.cells(), as: "colour" }, signal);
      const bytes = new Uint8Array(await response.arrayBuffer());
      clear(this.face);
      return this.show({ bytes, w, h: bytes.length / w }, Number(response.headers.get("rows")));
    } catch (problem) {
      if (problem.name === "AbortError") return undefined;
      this.last = null;
      this.n.textContent = "unknown";
      this.paint();
      return failedTrack(this.face, problem, () => this.latest.ask());
    }
  }

  show(last, rows) {
    this.last = last;
    this.rows = rows;
    this.n.textContent = last ? `n ${grouped(rows)}` : "no data";
    const { axis } = this.view.genome;
    this.canvas.setAttribute("aria-label", `${axis.names[this.i]}, ${bases(axis.sizes[this.i])}: ${grouped(rows)}`);
    this.paint();
  }

  paint() {
    const w = this.size();
    Object.assign(this.canvas.style, { width: `${w}px`, height: `${HIGH}px` });
    const ctx = fit(this.canvas, w, HIGH);
    ground(ctx, { offsets: [0], sizes: [1] }, [0, 1], w, HIGH, this.last ? null : () => true);
    if (this.last) ctx.drawImage(tinted(this.last.bytes, this.last.w, this.last.h), 0, 0, w, HIGH);
    ctx.strokeStyle = token("line-strong");
    ctx.strokeRect(0.5, 0.5, w - 1, HIGH - 1);
  }
}

export class Chromosomes {
  constructor(genome) {
    this.genome = genome;
    this.store = genome.store;
    this.box = el("chromosomes");
    this.knob = el("chromosomes-button");
    this.knob.onclick = () => this.open(this.box.hidden);
    this.store.follow(["person", "lake", "f_pictures", "picture"], () => this.ask(), false);
    new MutationObserver(() => this.panels?.forEach((p) => p.paint())).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** Rows that can be drawn a chromosome at a time. */
  choices() {
    return this.store.boot.tracks.filter((t) => t.kind === "signal" || (t.kind === "picture" && t.name !== "density"));
  }

  open(on) {
    this.box.hidden = !on;
    this.knob.setAttribute("aria-expanded", String(on));
    this.genome.sleep(on);
    if (!on) return undefined;
    if (!this.panels) this.build();
    return this.ask();
  }

  build() {
    const choices = this.choices();
    this.spec = choices[0];
    const pick = h("select", { class: "select", "aria-label": "What the chromosomes show", onchange: () => { this.spec = choices.find((t) => t.name === pick.value); this.ask(); } }, choices.map((t) => h("option", { value: t.name }, t.title)));
    this.line = h("span", { class: "second" });
    this.panels = this.genome.axis.names.map((_, i) => new Panel(this, i));
    fill(this.box, h("div", { class: "chromosomes-head" }, pick, this.line), h("div", { class: "panels" }, this.panels.map((p) => p.node)));
  }

  person() {
    return chosenPeople(this.store.state, this.store.boot)[0];
  }

  given() {
    return this.spec.kind === "signal" ? this.spec.people[this.person()?.id] || { chrom_rows: [] } : null;
  }

  params() {
    const who = this.person()?.id;
    if (this.spec.kind === "signal") return { case: this.store.boot.case, v: this.store.state.lake, sample: who, signal: this.spec.name };
    return { ...this.genome.query(), sample: who, picture: this.spec.name };
  }

  cells() {
    if (this.spec.codes.length) return { h: this.spec.codes.length };
    return { h: HIGH * Math.max(1, Math.round(ratio())) };
  }

  ask() {
    if (this.box.hidden || !this.panels) return;
    const p = this.person();
    this.line.textContent = `${this.spec.what || this.spec.unit}${p ? `, ${p.role || p.name || p.id}` : ""} · lengths to scale · click to fill the width`;
    this.panels.forEach((panel) => panel.latest.ask());
  }

  go(panel) {
    this.open(false);
    this.genome.show(panel.from, panel.to);
  }
}
