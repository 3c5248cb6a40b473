/* A row whose picture is a grid of counts: fetched, coloured, stretched while a newer one comes. */
import { ask } from "./api.js";
import { fill, h, token } from "./dom.js";
import { grouped, number } from "./format.js";
import { palette, tinted } from "./ramp.js";
import { Row, SIZES } from "./row.js";
import { nice, ratio, ticks } from "./stage.js";

const LANES = 8;
/** Fewer rows than this are drawn with cells this many pixels wide, or they would not be seen. */
const SPARSE = [[1500, 4], [20000, 2]];
/** Cells this wide become dots, each where its value says to a 256th of the range. */
const DOTS = 4;
/** Shade of a dot that stands for one row: far enough along the ramp to be seen alone. */
const LONE = 120;
/** More columns than this at the edge are no longer news. */
const MOST_EDGES = 40;
const LANE_SHARE = 12;
/** Steps that a signal's range is cut into: a picture's height must divide them evenly. */
const VALUE_ROWS = [32, 64, 128, 256, 512];

const laneOf = (high) => Math.max(1, Math.floor(high / LANE_SHARE));

/** Rows of a grid that leaves `values` of them above the lane of rows without a value. */
export function withLane(values) {
  let high = values;
  while (high - laneOf(high) < values) high += 1;
  return high;
}

/** One row of the grid for each whole score of a range, so that none is hollow. */
function scoreSteps(y0, y1) {
  const tall = Math.round(y1 - y0) + 1;
  if (tall < 13 || tall > 86) return null;
  const high = withLane(tall);
  return { h: high, y0: Math.round(y0) - 0.5, y1: Math.round(y0) - 0.5 + high - laneOf(high) };
}

export class GridTrack extends Row {
  constructor(spec, person, key, size, world) {
    super(spec, person, key, size, world);
    this.cell = 1;
    this.missing = 0;
    this.clipped = 0;
    this.image = null;
    this.steps = spec.kind === "picture" && spec.range ? scoreSteps(...spec.range) : null;
    this.y = spec.lanes.length ? [0, spec.lanes.length] : null;
    if (this.steps) this.setAxis(this.steps.y0, this.steps.y1, this.steps.h, laneOf(this.steps.h));
    else if (spec.kind === "signal" && this.given) this.setAxis(this.given.low, this.given.high, this.high, this.high - this.values());
  }

  get signal() {
    return this.spec.kind === "signal";
  }

  /** Whether the bottom of the frame is kept for rows without a value. */
  get lane() {
    return this.signal ? Boolean(this.given?.missing) : !this.spec.lanes.length;
  }

  /** Pixels of the frame that show values; a signal's are a power of two. */
  values() {
    return this.spec.codes?.length ? this.spec.height * SIZES[this.size] : 64 * SIZES[this.size];
  }

  tall(size) {
    if (this.spec.lanes.length || this.spec.range || this.spec.codes?.length) return super.tall(size);
    const spec = this.spec;
    const lane = spec.kind === "signal" ? Boolean(spec.people[this.person?.id]?.missing) : true;
    return lane ? withLane(64 * SIZES[size]) : 64 * SIZES[size];
  }

  resize(size) {
    super.resize(size);
    this.cell = 1;
  }

  /** Cells of the grid: device pixels, or coarser where few rows would be lost among them. */
  cells(x0, x1) {
    const dpr = ratio();
    const { spec } = this;
    const wide = this.dotted ? 1 : this.cell;
    const w = Math.max(1, Math.min(Math.round((this.world.width() * dpr) / wide), Math.ceil(x1 - x0), 8192));
    if (spec.lanes.length) return { w, h: LANES, y0: 0, y1: LANES };
    if (spec.codes?.length) return { w, h: this.lane ? withLane(spec.codes.length) : spec.codes.length };
    if (this.steps && this.cell === 1) return { w, ...this.steps };
    if (spec.range) return { w, h: Math.max(1, Math.round((this.high * dpr) / this.cell)) };
    const wanted = this.dotted ? 256 : (64 * SIZES[this.size] * dpr) / this.cell;
    const values = VALUE_ROWS.find((v) => v >= wanted * 0.99) || 512;
    return { w, h: this.lane ? withLane(values) : values };
  }

  /** Whether so few rows are in sight that each is a dot. */
  get dotted() {
    return this.cell === DOTS && !this.spec.lanes.length && !this.spec.codes?.length && !this.spec.range;
  }

  params() {
    const { store } = this.world;
    if (this.signal) return { case: store.boot.case, v: store.state.lake, sample: this.person.id, signal: this.spec.name };
    return { ...this.world.query(), sample: this.person?.id ?? null, picture: this.spec.name };
  }

  fetch(signal) {
    const [x0, x1] = this.world.view().map(Math.round);
    const cells = this.cells(x0, x1);
    const params = { ...this.params(), x0, x1, ...cells, as: "colour" };
    return this.run(async () => {
      const response = await ask("/api/grid", params, signal);
      const bytes = new Uint8Array(await response.arrayBuffer());
      this.came();
      this.take(bytes, response.headers, { x0, x1, w: cells.w, h: cells.h, dots: this.dotted }, params);
    });
  }

  take(bytes, headers, at, params) {
    const get = (name, or) => (headers.get(name) === null ? or : Number(headers.get(name)));
    this.rows = get("rows", 0);
    this.missing = get("missing", 0);
    this.clipped = get("clipped", 0);
    const [y0, y1, lane] = [get("y0", 0), get("y1", 1), get("lane-rows", 0)];
    this.last = { bytes, at, y0, y1, lane, params };
    this.colour();
    this.outer = this.edges();
    if (!this.spec.lanes.length) this.setAxis(y0, y1, at.h, lane);
    this.paint();
    this.say();
    this.loaded.forEach((f) => f());
    const wanted = (SPARSE.find(([limit]) => this.rows < limit) || [0, 1])[1];
    if (wanted !== this.cell) {
      this.cell = wanted;
      this.ask();
    }
  }

  /** Turn the bytes into images, anew after a change of theme. */
  colour() {
    if (!this.last) return;
    const { bytes, at } = this.last;
    const { spec } = this;
    const row = (y, name) => tinted(bytes.subarray(y * at.w, (y + 1) * at.w), at.w, 1, name);
    if (spec.lanes.length) this.image = spec.lanes.map((code) => row(LANES - 1 - code));
    else if (spec.codes?.length) this.image = [...spec.codes.map((_, code) => row(at.h - this.last.lane - 1 - code, spec.code_colours[code])), ...(this.last.lane ? [row(at.h - 1)] : [])];
    else this.image = tinted(bytes, at.w, at.h);
  }

  /** Set the values' axis: its lower end leaves room for the lane without values. */
  setAxis(y0, y1, high, lane) {
    const bottom = y0 - (lane * (y1 - y0)) / Math.max(1, high - lane);
    this.y = [bottom, this.spec.kind === "picture" && this.spec.range ? y1 + (y1 - y0) * 0.08 : y1];
    this.ends = [y0, y1];
  }

  yAt(value) {
    return ((this.y[1] - value) / (this.y[1] - this.y[0])) * this.high;
  }

  /** The lanes of a picture whose y is a category: [label, top, height], bottom first. */
  bands() {
    const names = this.spec.lanes.length ? this.spec.lane_names : this.spec.code_names;
    const foot = this.spec.codes?.length && this.lane ? this.high / (names.length + 1) : 0;
    const tall = (this.high - foot) / names.length;
    const bands = names.map((name, i) => [name, this.high - foot - (i + 1) * tall, tall]);
    return foot ? [...bands, ["no value", this.high - foot, foot]] : bands;
  }

  /** The columns in sight and where they lie: a canvas draws nothing of a picture a million wide. */
  inSight(w, v0, v1) {
    const { at } = this.last;
    const scale = w / (v1 - v0);
    const from = Math.max(0, Math.floor(((v0 - at.x0) / (at.x1 - at.x0)) * at.w));
    const to = Math.min(at.w, Math.ceil(((v1 - at.x0) / (at.x1 - at.x0)) * at.w));
    const one = (at.x1 - at.x0) / at.w;
    return { from, to, left: (at.x0 + from * one - v0) * scale, wide: (to - from) * one * scale, scale };
  }

  draw(ctx, w, [v0, v1]) {
    if (!this.last || !this.image) return;
    const { at } = this.last;
    const { from, to, left, wide, scale } = this.inSight(w, v0, v1);
    if (to <= from) return;
    if (Array.isArray(this.image)) this.bands().forEach(([, top, tall], i) => ctx.drawImage(this.image[i], from, 0, to - from, 1, left, top + tall * 0.08, wide, tall * 0.84));
    else if (at.dots) this.dots(ctx, [left, wide / (to - from)], from, to);
    else {
      const top = this.yAt(this.last.y1);
      ctx.drawImage(this.image, from, 0, to - from, at.h, left, top, wide, this.high - top);
    }
    this.arrows(ctx, scale, v0);
    this.limits(ctx, w);
  }

  /** Every cell that holds something as a dot in its middle; several rows of one cell are darker. */
  dots(ctx, [left, one], from, to) {
    const { bytes, at } = this.last;
    const top = this.yAt(this.last.y1);
    const tall = (this.high - top) / at.h;
    const side = this.rows < 400 ? 4 : 3;
    const colours = palette();
    for (let i = 0; i < bytes.length; i += 1) {
      const x = i % at.w;
      if (!bytes[i] || x < from || x >= to) continue;
      ctx.fillStyle = colours[Math.max(LONE, bytes[i])];
      const y = top + (Math.floor(i / at.w) + 0.5) * tall - side / 2;
      ctx.fillRect(left + (x - from + 0.5) * one - side / 2, Math.max(0, Math.min(this.high - side, y)), side, side);
    }
  }

  /** Columns whose outermost rows hold something, where few do: a point at the edge is easily missed. */
  edges() {
    const { bytes, at, lane } = this.last;
    if (!this.clipped || Array.isArray(this.image)) return [];
    const out = [];
    for (const [y, way] of [[0, -1], [at.h - lane - 1, 1]]) {
      for (let x = 0; x < at.w; x += 1) {
        if (!bytes[y * at.w + x]) continue;
        out.push([x, way]);
        if (out.length > MOST_EDGES) return [];
      }
    }
    return out;
  }

  /** Small arrows at the frame's edge for what lies at or beyond it. */
  arrows(ctx, scale, v0) {
    const { at, y0, y1 } = this.last;
    const one = (at.x1 - at.x0) / at.w;
    ctx.fillStyle = token("warn");
    for (const [x, way] of this.outer) {
      const px = (at.x0 + (x + 0.5) * one - v0) * scale;
      const y = way < 0 ? this.yAt(y1) + 0.5 : this.yAt(y0) - 0.5;
      ctx.beginPath();
      ctx.moveTo(px, y);
      ctx.lineTo(px - 3.5, y - way * 5.5);
      ctx.lineTo(px + 3.5, y - way * 5.5);
      ctx.fill();
    }
  }

  /** A hairline where the values end and the lane of rows without one begins. */
  limits(ctx, w) {
    if (!this.last.lane || !this.missing || Array.isArray(this.image)) return;
    ctx.fillStyle = token("line");
    ctx.fillRect(0, Math.round(this.yAt(this.last.y0)), w, 1);
  }

  marks() {
    if (this.spec.ticks) return this.spec.ticks;
    const [low, high] = this.ends;
    const room = this.yAt(low) - this.yAt(high);
    if (low === 0 && high === 1) return room > 150 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1];
    return nice(low, high, room, room > 100 ? 26 : 20);
  }

  drawAxis(ctx) {
    if (this.spec.lanes.length || this.spec.codes?.length) return ticks(ctx, this.bands().map(([name, top, tall]) => [top + tall / 2, name]), this.high, { lines: false });
    if (!this.ends) return undefined;
    return ticks(ctx, this.marks().map((v) => [this.yAt(v), number(v, 3)]), this.high);
  }

  say() {
    const notes = [];
    if (this.missing) notes.push(h("span", { class: "track-n", title: "Rows without a value lie in the lane below the axis; none is dropped." }, `${number(this.missing)} no value`));
    this.beyond(this.clipped, "beyond the axis", "Rows beyond the axis are counted in its edge row.");
    fill(this.n, `n ${grouped(this.rows)}`, notes).title = this.given?.source ? `${grouped(this.given.rows)} points of ${this.given.source} (${this.given.format}); in view ${grouped(this.rows)}, each counted once` : `${grouped(this.rows)} in view, each counted once`;
    this.canvas.setAttribute("aria-label", `${this.title()}: ${grouped(this.rows)} in view`);
    if (this.rows === 0) this.nothing();
  }

  /** Zero rows: of a filter, of this place, or because the file gives nothing on this chromosome. */
  nothing() {
    const { axis } = this.world;
    const [x0, x1] = this.world.view();
    const [i, j] = [axis.chrom(x0), axis.chrom(x1 - 1)];
    const given = this.given?.chrom_rows;
    if (given && i === j && !given[i + 1]) return this.overlay(h("span", { class: "empty-word" }, `No data: the file gives no ${this.spec.title} on ${axis.names[i]}`));
    return this.empty(this.signal ? this.given.rows : this.world.total);
  }

  /** Exact counts of one column of pixels, top row first, for the pointer. */
  async column(x0, x1, signal) {
    const size = { ...this.cells(x0, x1), w: 1 };
    const response = await ask("/api/grid", { ...this.params(), x0, x1: Math.max(x1, x0 + 1), ...size, as: "counts" }, signal);
    const [top, bottom] = [Number(response.headers.get("y1")), Number(response.headers.get("y0"))];
    return { counts: new Uint32Array(await response.arrayBuffer()), high: size.h, top, bottom, lane: Number(response.headers.get("lane-rows") || 0) };
  }
}
