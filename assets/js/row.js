/* A row of the genome card: label, canvas, faces, and one question in flight. */
import { Latest } from "./api.js";
import { fill, h, s } from "./dom.js";
import { clear, failedTrack, Waiting } from "./faces.js";
import { grouped } from "./format.js";
import { fit, ground, LEFT, RIGHT } from "./stage.js";

/** How much taller than at first each size is. */
export const SIZES = { low: 1, medium: 2, tall: 4 };

const saveIcon = () => s("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round" }, s("path", { d: "M12 5v9m0 0 4-4m-4 4-4-4M5.5 18.5h13" }));

export class Row {
  /**
   * `spec` is a track of the session; `person` the one it is drawn for, or null; `key` names the
   * row's elements. `world` is the genome card.
   */
  constructor(spec, person, key, size, world) {
    Object.assign(this, { spec, person, key, size, world });
    this.given = spec.people ? spec.people[person?.id] || null : null;
    this.rows = null;
    this.last = null;
    this.loaded = [];
    this.stopped = false;
    this.build();
    this.waiting = new Waiting((line) => this.overlay(line), () => clear(this.face));
    this.latest = new Latest((signal) => this.fetch(signal));
  }

  build() {
    const { key, spec } = this;
    this.canvas = h("canvas", { role: "img", "aria-label": this.title() });
    this.n = h("span", { class: "track-n", id: `n-${key}` }, "n …");
    this.what = h("span", { class: "track-what", id: `what-${key}` }, this.words());
    this.clip = h("span", { class: "track-clip", hidden: true });
    this.face = h("div", { class: "track-face", id: `face-${key}`, hidden: true });
    const knob = h("button", { class: "track-save", type: "button", "data-save": key, "aria-haspopup": "menu", "aria-expanded": "false", title: "Save this picture", "aria-label": `Save the picture ${this.title()}` }, saveIcon());
    this.node = h("div", { class: "track-row", "data-track": key }, h("div", { class: "track-label" }, h("b", { title: spec.meaning || null }, spec.title), this.what, this.n), knob, this.canvas, this.clip, this.face);
    this.node.classList.toggle("track-lanes", Boolean(spec.codes?.length));
    knob.onclick = () => this.world.save(knob, this);
    this.resize(this.size);
  }

  /** The name of the person it is drawn for, as people say it. */
  who() {
    const p = this.person;
    return p ? (p.role ? p.role[0].toUpperCase() + p.role.slice(1) : p.name || p.id) : "";
  }

  title() {
    return [this.spec.title, this.who()].filter(Boolean).join(", ");
  }

  /** The second line of its label. */
  words() {
    return [this.spec.what, this.who()].filter(Boolean).join(", ");
  }

  /** Height of the frame at a size, in CSS pixels. */
  tall(size) {
    return this.spec.height * SIZES[size];
  }

  resize(size) {
    this.size = size;
    this.high = this.tall(size);
    this.node.style.height = `${this.high + 1}px`;
    this.node.classList.toggle("track-thin", this.high < 40);
    this.node.classList.toggle("track-line", this.high < 24);
    Object.assign(this.canvas.style, { height: `${this.high}px` });
  }

  /** Whether it is drawn from the calls, and so follows the filter. */
  get ofCalls() {
    return ["picture", "arcs"].includes(this.spec.kind);
  }

  /** Whether the chosen person has what the row shows. */
  has() {
    return !this.spec.people || Boolean(this.given);
  }

  ask() {
    if (!this.has()) return this.absent();
    this.stopped = false;
    return this.latest.ask();
  }

  absent() {
    this.rows = 0;
    this.n.textContent = "not given";
    this.overlay(h("span", { class: "empty-word" }, `No file gives ${this.spec.title} for ${this.who() || "this person"}`));
    this.paint();
  }

  overlay(line) {
    this.face.className = "track-face";
    fill(this.face, line);
    this.face.hidden = false;
  }

  /** Ask through `question(signal)`; the faces of waiting, stopping and failing are the same for all. */
  async run(question) {
    this.waiting.start(`Reading ${this.spec.title}`, () => this.stop());
    try {
      await question();
    } catch (problem) {
      this.waiting.end();
      if (problem.name === "AbortError") return this.halted();
      this.fail(problem);
    }
    return undefined;
  }

  /** The answer came: clear what was said of waiting. */
  came() {
    this.waiting.end();
    clear(this.face);
  }

  fail(problem) {
    this.last = null;
    this.rows = null;
    this.clip.hidden = true;
    this.n.textContent = "n unknown";
    this.paint();
    failedTrack(this.face, problem, () => this.ask());
  }

  stop() {
    this.stopped = true;
    this.latest.stop();
  }

  halted() {
    if (!this.stopped) return;
    this.overlay(h("span", { class: "loading-line" }, "Stopped. The picture is of an earlier view.", h("button", { type: "button", class: "button", onclick: () => this.ask() }, "Go on")));
  }

  empty(of) {
    this.overlay(h("span", { class: "empty-word" }, `0 of ${grouped(of)} in view`));
  }

  /** Say at the frame's edge how many lie beyond it; none says nothing. */
  beyond(count, where, why) {
    this.clip.hidden = !count;
    fill(this.clip, count ? `${grouped(count)} ${where}` : null).title = why;
  }

  /** Draw on the row's canvas, or on another one at `scale` for a saved picture. */
  paint(canvas = this.canvas, scale = undefined) {
    const w = this.world.width();
    const view = this.world.view();
    const ctx = fit(canvas, LEFT + w + RIGHT, this.high, scale);
    ctx.save();
    ctx.translate(LEFT, 0);
    ctx.beginPath();
    ctx.rect(0, 0, w, this.high);
    ctx.clip();
    const nothing = this.has() ? this.given?.chrom_rows : this.world.axis.sizes.map(() => 0);
    ground(ctx, this.world.axis, view, w, this.high, nothing && ((i) => !nothing[i + 1]));
    this.draw(ctx, w, view);
    ctx.restore();
    this.drawAxis(ctx);
  }

  /** Nothing beside the frame unless a row has an axis. */
  drawAxis() {}

  /** What lies under a point of the frame: {words, x0, x1, row}; null for nothing. */
  hit() {
    return null;
  }

  close() {
    this.stopped = false;
    this.latest.stop();
    this.waiting.end();
    this.node.remove();
  }
}
