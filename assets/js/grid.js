/* One track: its grid is fetched, coloured by the track's palette, and counted in words. */
import { ask, Latest } from "./api.js";
import { el, fill, h } from "./dom.js";
import { clear, failedTrack, Waiting } from "./faces.js";
import { grouped, number } from "./format.js";

const LANES = 8;
const SPARSE = [[1500, 4], [20000, 2]];

export class GridTrack {
  /** `world` gives: view() -> [x0, x1], width() -> css px, query() -> params, store. */
  constructor(spec, world) {
    this.spec = spec;
    this.world = world;
    const doc = world.document;
    this.source = doc.get_model_by_name(`grid_${spec.name}`);
    this.range = doc.get_model_by_name(`y_${spec.name}`);
    this.mapper = doc.get_model_by_name(`map_${spec.name}`);
    this.figure = doc.get_model_by_name(`figure_${spec.name}`);
    this.axis = doc.get_model_by_name(`axis_${spec.name}`);
    this.cell = 1;
    this.y = spec.lanes.length ? [0, spec.lanes.length] : null;
    this.rows = null;
    this.face = el(`face-${spec.name}`);
    this.n = el(`n-${spec.name}`);
    this.stopped = false;
    this.waiting = new Waiting((line) => this.overlay(line), () => this.faceless());
    this.latest = new Latest((signal) => this.fetch(signal));
    this.loaded = [];
    if (spec.range) this.useSteps(...spec.range);
    if (this.steps) this.setAxis(this.steps.y0, this.steps.y1, this.steps.h, Math.max(1, Math.floor(this.steps.h / 12)));
  }

  ask() {
    this.stopped = false;
    this.latest.ask();
  }

  overlay(line) {
    this.face.className = "track-face";
    fill(this.face, line);
    this.face.hidden = false;
  }

  faceless() {
    clear(this.face);
  }

  /** Pixels of the grid: device pixels, or coarser where few rows would be lost among them. */
  size(x0, x1, height) {
    const dpr = window.devicePixelRatio || 1;
    const w = Math.max(1, Math.min(Math.round((this.world.width() * dpr) / this.cell), Math.ceil(x1 - x0), 8192));
    if (this.spec.lanes.length) return { w, h: LANES, y0: 0, y1: LANES };
    if (this.steps && this.cell === 1) return { w, ...this.steps };
    return { w, h: Math.max(1, Math.round(((height - 2) * dpr) / this.cell)) };
  }

  /** Scores are whole numbers over a wide range: one row of the grid for each, so none is hollow. */
  useSteps(y0, y1) {
    const tall = Math.round(y1 - y0) + 1;
    if (tall < 13 || tall > 86) return;
    let high = tall;
    while (high - Math.max(1, Math.floor(high / 12)) < tall) high += 1;
    this.steps = { h: high, y0: Math.round(y0) - 0.5, y1: Math.round(y0) - 0.5 + high - Math.max(1, Math.floor(high / 12)) };
  }

  async fetch(signal) {
    const [x0, x1] = this.world.view().map(Math.round);
    const size = this.size(x0, x1, this.spec.height);
    const { w, h: high } = size;
    const params = { ...this.world.query(), picture: this.spec.name, x0, x1, ...size, as: "colour" };
    this.waiting.start(`Reading ${this.spec.title.toLowerCase()}`, () => this.stop());
    try {
      const response = await ask("/api/grid", params, signal);
      const body = new Uint8Array(await response.arrayBuffer());
      this.waiting.end();
      this.draw(body, response.headers, { x0, x1, w, h: high });
      this.last.params = params;
    } catch (problem) {
      this.waiting.end();
      if (problem.name === "AbortError") return this.halted();
      this.blank();
      this.last = null;
      this.n.textContent = "n unknown";
      failedTrack(this.face, problem, () => this.ask());
    }
  }

  stop() {
    this.stopped = true;
    this.latest.stop();
  }

  halted() {
    if (!this.stopped) return;
    this.overlay(h("span", { class: "loading-line" }, "Stopped. The picture is of an earlier view.", h("button", { type: "button", class: "button", onclick: () => this.ask() }, "Go on")));
  }

  draw(body, headers, at) {
    clear(this.face);
    const get = (name) => (headers.get(name) === null ? null : Number(headers.get(name)));
    this.rows = get("rows") ?? 0;
    this.missing = get("missing") ?? 0;
    this.clipped = get("clipped") ?? 0;
    if (this.spec.lanes.length) this.setLanes(body, at);
    else this.setWhole(body, at, [get("y0") ?? 0, get("y1") ?? 1], get("lane-rows") ?? 0);
    this.last = { bytes: body, at, y0: get("y0") ?? 0, y1: get("y1") ?? 1, lane: get("lane-rows") ?? 0 };
    this.say();
    this.loaded.forEach((f) => f());
    const wanted = (SPARSE.find(([limit]) => this.rows < limit) || [0, 1])[1];
    if (wanted !== this.cell) {
      this.cell = wanted;
      this.ask();
    }
  }

  array(bytes, high, wide) {
    const Type = this.source.data.image[0].constructor;
    return new Type(bytes.slice().buffer, [high, wide], "uint8");
  }

  put(data) {
    this.source.setv({ data }, { sync: false });
  }

  setLanes(body, { x0, x1, w }) {
    const data = { image: [], x: [], y: [], dw: [], dh: [] };
    this.spec.lanes.forEach((code, lane) => {
      const row = LANES - 1 - code;
      data.image.push(this.array(body.subarray(row * w, (row + 1) * w), 1, w));
      data.x.push(x0);
      data.y.push(lane + 0.08);
      data.dw.push(x1 - x0);
      data.dh.push(0.84);
    });
    this.put(data);
  }

  /** The bottom `lane` rows hold calls without a value, below the axis's lower end. */
  setWhole(body, { x0, x1, w, h: high }, [y0, y1], lane) {
    const bottom = this.setAxis(y0, y1, high, lane);
    this.put({ image: [this.array(body, high, w)], x: [x0], y: [bottom], dw: [x1 - x0], dh: [y1 - bottom] });
    this.floor = y0;
  }

  /** Set the values' axis; the returned lower end leaves room for the lane without values. */
  setAxis(y0, y1, high, lane) {
    const bottom = y0 - (lane * (y1 - y0)) / Math.max(1, high - lane);
    const top = this.spec.name === "rank" ? y1 + (y1 - y0) * 0.08 : y1;
    if (this.y === null || this.y[0] !== bottom || this.y[1] !== top) {
      this.y = [bottom, top];
      this.range.setv({ start: bottom, end: top }, { sync: false });
    }
    return bottom;
  }

  blank() {
    const Type = this.source.data.image[0].constructor;
    this.put({ image: [new Type(new Uint8Array(1).buffer, [1, 1], "uint8")], x: [0], y: [0], dw: [1], dh: [1] });
  }

  say() {
    const parts = [`n ${grouped(this.rows)}`];
    const notes = [];
    if (this.missing) notes.push(h("span", { class: "track-n", title: "Rows without a value lie in the lane below the axis; none is dropped." }, `${number(this.missing)} no value`));
    if (this.clipped) notes.push(h("span", { class: "track-clip", title: "Rows beyond the axis are counted in its edge row." }, ` ${grouped(this.clipped)} beyond`));
    fill(this.n, parts, notes);
    if (this.rows === 0) this.overlay(h("span", { class: "empty-word" }, `0 of ${grouped(this.world.total)} in view`));
  }

  /** Exact counts of one column of pixels, top row first, for the pointer. */
  async column(x0, x1, signal) {
    const size = { ...this.size(x0, x1, this.spec.height), w: 1 };
    const params = { ...this.world.query(), picture: this.spec.name, x0, x1: Math.max(x1, x0 + 1), ...size, as: "counts" };
    const response = await ask("/api/grid", params, signal);
    const [top, bottom] = [Number(response.headers.get("y1")), Number(response.headers.get("y0"))];
    const lane = Number(response.headers.get("lane-rows") || 0);
    return { counts: new Uint32Array(await response.arrayBuffer()), high: size.h, top, bottom, lane };
  }

  setPalette(colours, tokens) {
    this.mapper.setv({ palette: colours }, { sync: false });
    this.axis.setv({ major_label_text_color: tokens.label, major_tick_line_color: this.spec.lanes.length ? null : tokens.tick }, { sync: false });
  }
}
