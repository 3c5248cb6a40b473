/* Lines and words over the pictures: brush, crosshair, named marks, selected rows. */
import { el, fill, s } from "./dom.js";

const NEAR = 9;
const NAMES = 24;
const pen = document.createElement("canvas").getContext("2d");

/** Width of a mark's name as it is written. */
function measured(words) {
  pen.font = "italic 600 11px Inter, sans-serif";
  return pen.measureText(words).width + 2;
}

export class Ink {
  constructor(genome) {
    this.genome = genome;
    this.svg = el("ink");
    this.drawn = [];
    this.band = null;
    this.pointer = null;
  }

  px(x) {
    const [x0, x1] = this.genome.span;
    return ((x - x0) / (x1 - x0)) * this.genome.width();
  }

  /** Top and height of a row's frame within the overlay. */
  box(row) {
    return { top: row.canvas.getBoundingClientRect().top - this.svg.getBoundingClientRect().top, high: row.high };
  }

  /** The row under the pointer, the height inside its frame, and what its axis says there. */
  trackAt(py) {
    const spot = this.genome.rows.at(py, this.svg.getBoundingClientRect().top);
    if (!spot) return null;
    const { row, y } = spot;
    const part = y / row.high;
    return { row, y, part, value: row.y ? row.y[1] - part * (row.y[1] - row.y[0]) : null };
  }

  rubber(span) {
    this.band = span;
    this.draw();
  }

  cross(px) {
    this.pointer = px;
    const line = this.svg.querySelector(".ink-cross");
    if (px === null) line?.setAttribute("visibility", "hidden");
    else if (line) for (const [k, v] of [["x1", px], ["x2", px], ["visibility", "visible"]]) line.setAttribute(k, v);
  }

  near(px, py) {
    let best = null;
    for (const m of this.drawn) {
      const far = Math.hypot(m.px - px, m.py - py);
      if (far < NEAR && (!best || far < best.far)) best = { ...m.mark, far };
    }
    return best;
  }

  draw() {
    this.drawn = [];
    const high = this.svg.clientHeight;
    const parts = [s("line", { class: "ink-cross", x1: 0, x2: 0, y1: 0, y2: high, visibility: "hidden" })];
    const span = this.band || this.genome.store.state.brush;
    if (span) parts.push(this.brushShape(span, high));
    parts.push(this.markShapes(high));
    fill(this.svg, parts);
  }

  brushShape(span, high) {
    const [a, b] = [this.px(span[0]), this.px(span[1])];
    if (b < 0 || a > this.genome.width()) return [];
    const wide = Math.max(b - a, 2);
    const grip = (x) => s("rect", { class: "ink-grip", x: x - 1.5, y: high / 2 - 14, width: 3, height: 28, rx: 1.5 });
    return [s("rect", { class: "ink-brush", x: a, y: 0.75, width: wide, height: high - 1.5 }), grip(a), grip(a + wide)];
  }

  /** Where a row is drawn: at its rank where there is one, else at its fraction. */
  spot(mark) {
    const find = (name, value) => {
      const track = this.genome.tracks.find((t) => t.spec.name === name);
      if (!track?.y || value === null || value === undefined) return null;
      const { top, high } = this.box(track);
      const part = (track.y[1] - value) / (track.y[1] - track.y[0]);
      return top + Math.max(0.04, Math.min(0.96, part)) * high;
    };
    const density = this.genome.tracks.find((t) => t.spec.name === "density");
    const fallback = () => {
      if (!density) return null;
      const { top, high } = this.box(density);
      const lane = density.spec.lane_names.indexOf(mark.lane);
      return top + high * (lane < 0 ? 0.5 : 1 - (lane + 0.5) / density.spec.lane_names.length);
    };
    return find("rank", mark.rank) ?? find("vaf", mark.vaf) ?? fallback();
  }

  markShapes(high) {
    const { row, picked } = this.genome.store.state;
    const all = [...(this.genome.marks.marks || []).map((m) => this.read(m)), ...this.chosen()];
    const seen = new Map();
    for (const m of all) seen.set(m.row_id, { ...seen.get(m.row_id), ...m });
    const shapes = [];
    const taken = [];
    const order = [...seen.values()].sort((a, b) => (b.row_id === row) - (a.row_id === row) || (picked.includes(b.row_id) - picked.includes(a.row_id)) || (b.rank ?? -1e9) - (a.rank ?? -1e9));
    for (const m of order) {
      const px = this.px(m.gpos);
      const inside = px >= -1 && px <= this.genome.width() + 1;
      if (!inside && m.row_id === row && m.gend) shapes.push(this.extent(m, high) || []);
      if (!inside) continue;
      const py = this.spot(m);
      if (py === null) continue;
      this.drawn.push({ px, py, mark: m });
      taken.push([px - 5, py - 5, px + 5, py + 5]);
      shapes.push(this.one(m, px, py, high, { row, picked }));
    }
    const names = this.drawn.slice(0, NAMES).map(({ px, py, mark }) => mark.label && this.name(mark, px, py, taken, row));
    return [...shapes.reverse(), names];
  }

  one(m, px, py, high, { row, picked }) {
    if (m.row_id === row) return [this.extent(m, high), s("line", { class: "ink-row-line", x1: px, x2: px, y1: 34, y2: high }), s("circle", { class: "ink-row", cx: px, cy: py, r: 4.5 })];
    if (picked.includes(m.row_id)) return s("circle", { class: "ink-picked", cx: px, cy: py, r: 4.5 });
    const kind = m.event ? `event event-${(m.svtype || "").toLowerCase()}` : "";
    return s("circle", { class: `ink-mark ${kind}`, cx: px, cy: py, r: 3.5 });
  }

  /** How far the selected event reaches, where that is wider than its line. */
  extent(m, high) {
    const [a, b] = [Math.max(-2, this.px(m.gpos)), Math.min(this.genome.width() + 2, this.px(m.gend ?? m.gpos))];
    return b - a > 3 ? s("rect", { class: "ink-extent", x: a, y: 34, width: b - a, height: Math.max(0, high - 34) }) : null;
  }

  /** A name beside its mark where it covers no other; a leader where it must move. */
  name(m, px, py, taken, row) {
    const words = m.name || m.label;
    if (taken.some((t) => t[4] === words && Math.abs(t[0] - px) < 90)) return [];
    const wide = measured(words);
    const { top, high } = this.within(py);
    const sides = px + 8 + wide < this.genome.width() ? [true, false] : [false];
    const places = [4, 15, -8, 27].flatMap((dy) => sides.map((right) => [dy, right]));
    for (const [dy, right] of places) {
      const x = right ? px + 9 : px - 9 - wide;
      const box = [x, py + dy - 10, x + wide, py + dy + 3, words];
      if (x < 0 || box[1] < top || box[3] > top + high) continue;
      if (taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1])) continue;
      taken.push(box);
      const look = `ink-name${m.gene ? " gene" : ""}${m.row_id === row ? " row" : ""}`;
      const word = s("text", { class: look, x: right ? x : px - 9, y: py + dy, "text-anchor": right ? "start" : "end" }, words);
      return dy < 20 ? word : [s("line", { class: "ink-leader", x1: px, x2: right ? px + 8 : px - 8, y1: py + 4, y2: py + dy - 7 }), word];
    }
    return [];
  }

  /** The track that holds a height: a name never runs over its frame. */
  within(py) {
    const boxes = this.genome.tracks.map((t) => this.box(t));
    return boxes.find(({ top, high }) => py >= top - 1 && py <= top + high + 1) || { top: 0, high: this.svg.clientHeight };
  }

  /** A mark of the server with what the drawing needs: its lane, its kind, its short name. */
  read(m) {
    const event = m.why === "narrow";
    const small = m.kind === "snv" || m.kind === "indel";
    const first = m.label.split(" ")[0];
    const type = (m.label.match(/\b(DEL|DUP|INV|INS|BND)\b/) || [])[1] || m.kind;
    const gene = small && !/^(chr|other|[cgmnp]\.)/.test(first) ? first : "";
    return { ...m, rank: m.rank_score, lane: m.kind.length < 4 && m.kind !== "snv" ? m.kind.toUpperCase() : m.kind, event, svtype: type, gene, name: gene || m.label };
  }

  /** Rows chosen in the table, which the marks may not hold. */
  chosen() {
    return this.genome.chosen ? this.genome.chosen() : [];
  }
}
