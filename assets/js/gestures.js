/* The pointer and the keys over the genome: zoom, move, brush, step out, fill, pick. */
import { el, fill, h } from "./dom.js";
import { grouped, number } from "./format.js";

const CLICK = 4;
const IDEOGRAM = 34;
const HOVER = 140;
/** Turns of the wheel closer together than this are one step to step back from. */
const BURST = 700;

export class Gestures {
  constructor(genome) {
    this.genome = genome;
    this.moving = false;
    this.drag = null;
    this.pad = el("overlay");
    this.pad.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    this.pad.addEventListener("pointerdown", (e) => this.down(e));
    this.pad.addEventListener("pointermove", (e) => this.move(e));
    this.pad.addEventListener("pointerup", (e) => this.up(e));
    this.pad.addEventListener("pointercancel", () => this.drop());
    this.pad.addEventListener("pointerleave", () => this.leave());
    this.pad.addEventListener("dblclick", (e) => this.double(e));
    this.pad.addEventListener("keydown", (e) => this.key(e));
    el("drag-brush").onclick = () => this.mode(false);
    el("drag-move").onclick = () => this.mode(true);
    this.overview(el("overview"));
  }

  mode(moving) {
    this.moving = moving;
    this.pad.classList.toggle("moving", moving);
    el("drag-brush").setAttribute("aria-pressed", String(!moving));
    el("drag-move").setAttribute("aria-pressed", String(moving));
  }

  at(e) {
    const box = this.pad.getBoundingClientRect();
    const [x0, x1] = this.genome.span;
    const px = Math.max(0, Math.min(e.clientX - box.left, box.width));
    return { px, py: e.clientY - box.top, x: x0 + (px / box.width) * (x1 - x0), w: box.width };
  }

  wheel(e) {
    e.preventDefault();
    // What was said of a pixel is of the view before.
    this.hide();
    const { x } = this.at(e);
    const [x0, x1] = this.genome.span;
    const unit = e.deltaMode === 1 ? 16 : 1;
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      const by = ((e.deltaX * unit) / this.genome.width()) * (x1 - x0);
      return this.genome.show(x0 + by, x1 + by, { step: false });
    }
    const factor = Math.exp(Math.max(-240, Math.min(240, e.deltaY * unit)) * 0.0022);
    const wide = Math.max(40, (x1 - x0) * factor);
    const left = x - ((x - x0) / (x1 - x0)) * wide;
    const step = e.timeStamp - (this.wheeled || -1e9) > BURST;
    this.wheeled = e.timeStamp;
    return this.genome.show(left, left + wide, { step });
  }

  down(e) {
    if (e.button !== 0) return;
    this.pad.setPointerCapture(e.pointerId);
    const at = this.at(e);
    const pan = this.moving !== e.shiftKey || at.py < IDEOGRAM;
    this.drag = { ...at, pan, span: this.genome.span.slice(), far: false };
    this.hide();
  }

  move(e) {
    const at = this.at(e);
    if (!this.drag) return this.hover(e, at);
    if (Math.abs(at.px - this.drag.px) > CLICK) this.drag.far = true;
    if (!this.drag.far) return undefined;
    this.pad.classList.toggle("dragging", this.drag.pan);
    if (this.drag.pan) {
      const [x0, x1] = this.drag.span;
      const by = ((this.drag.px - at.px) / at.w) * (x1 - x0);
      return this.genome.show(x0 + by, x1 + by, { step: false });
    }
    return this.genome.ink.rubber([Math.min(at.x, this.drag.x), Math.max(at.x, this.drag.x)]);
  }

  up(e) {
    const drag = this.drag;
    const at = this.at(e);
    this.drop();
    if (!drag) return;
    if (!drag.far) return this.click(at);
    if (!drag.pan) this.genome.brush([Math.min(at.x, drag.x), Math.max(at.x, drag.x) + 1]);
  }

  drop() {
    this.drag = null;
    this.pad.classList.remove("dragging");
    this.genome.ink.rubber(null);
  }

  click(at) {
    if (at.py < IDEOGRAM) {
      const i = this.genome.axis.chrom(at.x);
      const [a, b] = [this.genome.axis.offsets[i], this.genome.axis.offsets[i] + this.genome.axis.sizes[i]];
      return this.genome.show(a, b);
    }
    const mark = this.genome.ink.near(at.px, at.py);
    if (mark) return this.genome.store.set({ row: mark.row_id });
    const found = this.found(at);
    if (!found) return undefined;
    if (found.row_id !== undefined) this.genome.store.set({ row: found.row_id });
    const pad = Math.max((found.x1 - found.x0) * 0.5, 50);
    return found.apart ? undefined : this.genome.show(found.x0 - pad, found.x1 + pad);
  }

  /** The interval, event or gene under the pointer, where the row there draws such. */
  found(at) {
    const spot = at.py < IDEOGRAM ? null : this.genome.ink.trackAt(at.py);
    return spot ? spot.row.hit(at.px, spot.y) : null;
  }

  double(e) {
    e.preventDefault();
    if (this.at(e).py >= IDEOGRAM) this.genome.stepOut();
  }

  leave() {
    this.genome.ink.cross(null);
    this.hide();
  }

  hide() {
    clearTimeout(this.hovering);
    this.control?.abort();
    el("cell").hidden = true;
  }

  hover(e, at) {
    this.hide();
    const mark = at.py < IDEOGRAM ? null : this.genome.ink.near(at.px, at.py);
    this.pad.classList.toggle("over-chromosome", at.py < IDEOGRAM);
    const found = mark ? null : this.found(at);
    this.pad.classList.toggle("over-mark", Boolean(mark || found));
    this.genome.ink.cross(at.px);
    if (found) return this.tip(at, [h(found.italic ? "i" : "b", {}, found.head), found.head ? " · " : "", found.words.join(" · ")]);
    if (mark) return this.tip(at, [h("b", {}, mark.label || ""), ` ${mark.words || this.genome.axis.place(mark.gpos)}`]);
    if (at.py < IDEOGRAM) return this.tip(at, [this.genome.axis.place(at.x)]);
    this.hovering = setTimeout(() => this.cell(at), HOVER);
    return undefined;
  }

  tip(at, words) {
    const cell = fill(el("cell"), words);
    cell.hidden = false;
    const left = at.px + 14 + cell.offsetWidth > at.w ? at.px - cell.offsetWidth - 10 : at.px + 14;
    Object.assign(cell.style, { left: `${left}px`, top: `${Math.max(0, at.py - 10)}px` });
  }

  /** Ask what one column of pixels holds, and say what lies under the pointer. */
  async cell(at) {
    const spot = this.genome.ink.trackAt(at.py);
    if (!spot?.row.column || !spot.row.y || !spot.row.has()) return undefined;
    const [x0, x1] = this.genome.span;
    const wide = (x1 - x0) / at.w;
    const a = Math.max(0, Math.floor(at.x - (wide > 1 ? wide / 2 : 0)));
    const b = Math.max(a + 1, Math.round(a + wide));
    this.control = new AbortController();
    try {
      const got = await spot.row.column(a, b, this.control.signal);
      const sum = got.counts.reduce((p, q) => p + q, 0);
      const [here, what] = this.read(spot, got);
      // Between two dots lies the bin of one of them: none is counted here, and none is missing.
      if (!sum && spot.row.dotted) return this.tip(at, [`no ${spot.row.signal ? "bin or site" : "call"} begins at this pixel · ${this.genome.axis.text(a, b)}`]);
      return this.tip(at, [h("b", {}, grouped(here)), ` at ${what} · ${grouped(sum)} in ${this.genome.axis.text(a, b)}`]);
    } catch { /* left, or the picture's own face says it */ }
    return undefined;
  }

  /** The count under the pointer, and the name of the value there. */
  read({ row, part, value }, { counts, high, lane, top, bottom }) {
    const { lanes, lane_names: names, codes } = row.spec;
    const band = (n) => Math.max(0, Math.min(n - 1, Math.floor((1 - part) * n)));
    if (lanes.length) return [counts[high - 1 - lanes[band(lanes.length)]], names[band(lanes.length)]];
    if (codes?.length) {
      const at = band(codes.length + (lane ? 1 : 0)) - (lane ? 1 : 0);
      return at < 0 ? [counts.slice(high - lane).reduce((p, q) => p + q, 0), "no value"] : [counts[high - lane - 1 - at], codes[at]];
    }
    const one = (top - bottom) / Math.max(1, high - lane);
    const line = Math.max(0, Math.min(high - 1, Math.floor((top - value) / one)));
    const low = top - (line + 1) * one;
    if (value < bottom) return [counts[line], "no value"];
    return [counts[line], row.steps && row.cell === 1 ? number(Math.round(low + one / 2)) : `${number(low, 3)}–${number(low + one, 3)}`];
  }

  key(e) {
    const [x0, x1] = this.genome.span;
    const wide = x1 - x0;
    const go = {
      ArrowLeft: () => this.genome.show(x0 - wide / 5, x1 - wide / 5, { step: false }),
      ArrowRight: () => this.genome.show(x0 + wide / 5, x1 + wide / 5, { step: false }),
      "+": () => this.genome.show(x0 + wide / 4, x1 - wide / 4),
      "=": () => this.genome.show(x0 + wide / 4, x1 - wide / 4),
      "-": () => this.genome.show(x0 - wide / 2, x1 + wide / 2, { step: false }),
      Home: () => this.genome.show(0, this.genome.axis.total),
    }[e.key];
    if (!go || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    go();
  }

  /** Press or drag in the overview moves the window there. */
  overview(canvas) {
    const to = (e) => {
      const box = canvas.getBoundingClientRect();
      const x = ((e.clientX - box.left) / box.width) * this.genome.axis.total;
      const [x0, x1] = this.genome.span;
      const half = (x1 - x0) / 2;
      if (this.genome.isWhole()) {
        const i = this.genome.axis.chrom(x);
        return this.genome.show(this.genome.axis.offsets[i], this.genome.axis.offsets[i] + this.genome.axis.sizes[i]);
      }
      return this.genome.show(x - half, x + half, { step: false });
    };
    canvas.addEventListener("pointerdown", (e) => {
      canvas.setPointerCapture(e.pointerId);
      to(e);
    });
    canvas.addEventListener("pointermove", (e) => {
      if (canvas.hasPointerCapture(e.pointerId) && !this.genome.isWhole()) to(e);
    });
  }
}
