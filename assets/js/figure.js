/* A track as a figure that stands alone: title, axes, the grid that is on the page, caption. */
import { token } from "./dom.js";
import { bases, grouped, number } from "./format.js";
import { palette } from "./ramp.js";

const LEFT = 68;
const RIGHT = 16;
const TOP = 46;
const BELOW = 24;
const LINE = 15;
/** The figure is taller than the track on the page. */
const TALLER = 2;

export const figureSize = (genome, track, lines) => [LEFT + genome.width() + RIGHT, TOP + track.spec.height * TALLER + BELOW + lines * LINE + 8];

/** What was drawn, in sentences: the same words stand under the figure and above its data. */
export function captions(genome, track) {
  const { store, axis } = genome;
  const { boot, state } = store;
  const { x0, x1 } = track.last.at;
  const person = boot.people.find((p) => p.id === state.person) || boot.people.find((p) => p.role === "proband" || p.is_tumour) || boot.people[0];
  const whole = x0 <= 0 && x1 >= axis.total;
  const on = state.filters.filter((f) => f.on).map((f) => f.sentence);
  return [
    ["case", boot.case], ["picture", `${track.spec.title}, ${track.spec.what}`],
    ["sample", track.spec.name === "vaf" ? person?.name || person?.id || "nobody" : "every person of the case"],
    ["region", `${whole ? "whole genome" : axis.text(x0, x1)}, ${bases(x1 - x0)}, ${boot.build}`],
    ["calls", state.picture === "kept" && on.length ? `kept by: ${on.join(" ")}` : "every call"],
    ["counts", `${grouped(track.rows)} calls in view, each counted once; ${grouped(track.missing)} without a value; ${grouped(track.clipped)} beyond the axis`],
    ["drawn from", `lake version ${state.lake}`],
  ];
}

/** Break words into lines of at most `most` letters. */
function wrapped(text, most) {
  const out = [""];
  for (const word of text.split(" ")) {
    if (out[out.length - 1].length + word.length + 1 > most && out[out.length - 1]) out.push("");
    out[out.length - 1] += (out[out.length - 1] ? " " : "") + word;
  }
  return out;
}

export function captionLines(genome, track) {
  const said = Object.fromEntries(captions(genome, track));
  const text = `Case ${said.case}. Sample: ${said.sample}. Region: ${said.region}. Calls: ${said.calls.replace(/\.$/, "")}. ${said.counts}. Drawn from ${said["drawn from"]} by Norrsken.`;
  return wrapped(text, Math.max(40, Math.floor(genome.width() / 5.6)));
}

/** The grid as an image, one pixel a cell. */
function sheet(bytes, w, high) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: w, height: high });
  const ctx = canvas.getContext("2d");
  const pixels = ctx.createImageData(w, high);
  const colours = palette().map((c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16)));
  bytes.forEach((shade, i) => {
    if (shade) pixels.data.set([...colours[shade], 255], i * 4);
  });
  ctx.putImageData(pixels, 0, 0);
  return canvas;
}

export function drawFigure(pen, genome, track) {
  const lines = captionLines(genome, track);
  const [width, height] = figureSize(genome, track, lines.length);
  const [w, high] = [genome.width(), track.spec.height * TALLER];
  const ink = { text: token("text"), soft: token("text-2"), line: token("line-strong") };
  pen.rect(0, 0, width, height, token("surface-card"));
  pen.text(`${track.spec.title} · ${genome.store.boot.case}`, 12, 20, { size: 14, weight: 600, fill: ink.text });
  pen.text(captions(genome, track).slice(2, 4).map(([, v]) => v).join(" · "), 12, 37, { fill: ink.soft });
  ramp(pen, width - RIGHT, ink);
  chromosomes(pen, genome, track, w, high, ink);
  if (track.spec.lanes.length) lanes(pen, track, w, high, ink);
  else values(pen, track, w, high, ink);
  pen.rect(LEFT - 1, TOP, 1, high, ink.line);
  pen.rect(LEFT - 1, TOP + high, w + 1, 1, ink.line);
  lines.forEach((line, i) => pen.text(line, 12, TOP + high + BELOW + 12 + i * LINE, { size: 10.5, fill: ink.soft }));
}

function ramp(pen, right, ink) {
  const colours = palette().slice(40);
  pen.text("many per pixel", right, 20, { align: "right", fill: ink.soft });
  colours.forEach((c, i) => i % 3 === 0 && pen.rect(right - 158 + (i / colours.length) * 72, 12, 1.1, 8, c));
  pen.text("few", right - 164, 20, { align: "right", fill: ink.soft });
}

function chromosomes(pen, genome, track, w, high, ink) {
  const { axis } = genome;
  const { x0, x1 } = track.last.at;
  const scale = w / (x1 - x0);
  let last = -100;
  axis.offsets.forEach((offset, i) => {
    const [a, b] = [Math.max(0, (offset - x0) * scale), Math.min(w, (offset + axis.sizes[i] - x0) * scale)];
    if (b <= a) return;
    if (i % 2) pen.rect(LEFT + a, TOP, b - a, high, token("surface-inset"));
    const mid = (a + b) / 2;
    if (mid - last < 18) return;
    last = mid;
    pen.text(axis.short(i), LEFT + mid, TOP + high + 14, { align: "center", fill: ink.soft });
  });
}

const spot = (part, high) => TOP + (1 - part) * high;

function tick(pen, words, y, ink) {
  pen.rect(LEFT - 5, y - 0.5, 4, 1, ink.line);
  pen.text(words, LEFT - 8, y + 4, { align: "right", fill: ink.soft });
}

function lanes(pen, track, w, high, ink) {
  const { bytes, at } = track.last;
  const { lanes: codes, lane_names: names } = track.spec;
  const tall = high / codes.length;
  codes.forEach((code, i) => {
    const row = at.h - 1 - code;
    const y = TOP + high - (i + 1) * tall;
    pen.image(sheet(bytes.subarray(row * at.w, (row + 1) * at.w), at.w, 1), LEFT, y + tall * 0.08, w, tall * 0.84);
    pen.text(names[i], LEFT - 8, y + tall / 2 + 4, { align: "right", fill: ink.soft });
  });
}

function values(pen, track, w, high, ink) {
  const { bytes, at, y0, y1, lane } = track.last;
  pen.image(sheet(bytes, at.w, at.h), LEFT, TOP, w, high);
  const part = lane / at.h;
  const steps = track.spec.name === "vaf" ? [0, 0.5, 1] : nice(y0, y1);
  steps.forEach((v) => tick(pen, number(v, 3), spot(part + (1 - part) * ((v - y0) / (y1 - y0)), high), ink));
  if (track.missing) pen.text("no value", LEFT - 8, TOP + high + 2, { size: 10, align: "right", fill: ink.soft });
}

function nice(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((v) => v >= rough);
  const out = [];
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) out.push(v);
  return out;
}
