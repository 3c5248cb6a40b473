/* A track as a figure that stands alone: title, axes, the grid that is on the page, caption. */
import { token } from "./dom.js";
import { bases, grouped, number } from "./format.js";
import { palette, tinted } from "./ramp.js";
import { LEFT as MARGIN } from "./stage.js";

const LEFT = 68;
const RIGHT = 16;
const TOP = 46;
const BELOW = 24;
const LINE = 15;
/** The figure is taller than the track on the page. */
const TALLER = 2;

const taller = (row) => row.high * (row.image === undefined ? 1 : TALLER);

export const figureSize = (genome, row, lines) => [LEFT + genome.width() + RIGHT, TOP + taller(row) + BELOW + lines * LINE + 8];

/** What was drawn, in sentences: the same words stand under the figure and above its data. */
export function captions(genome, row) {
  const { store, axis } = genome;
  const { boot, state } = store;
  const { x0, x1 } = row.last.at;
  const whole = x0 <= 0 && x1 >= axis.total;
  return [
    ["case", boot.case], ["picture", [row.spec.title, row.spec.what, row.spec.unit].filter(Boolean).join(", ")],
    ["sample", row.spec.people ? row.person?.name || row.person?.id || "nobody" : row.spec.build ? "none: it is of the build" : "every person of the case"],
    ["region", `${whole ? "whole genome" : axis.text(x0, x1)}, ${bases(x1 - x0)}, ${boot.build}`],
    ...counted(row, state),
    ["drawn from", `lake version ${state.lake}`],
  ];
}

function counted(row, state) {
  const { given } = row;
  if (row.image === undefined) return [["counts", `${row.n.textContent} in view; those narrower than a pixel are counted in ticks`]];
  const sentence = (what) => `${grouped(row.rows)} ${what} in view, each counted once; ${grouped(row.missing)} without a value; ${grouped(row.clipped)} beyond the axis`;
  if (row.signal) return [["file", [given.source, given.format, given.sha256 && `sha256 ${given.sha256}`].filter(Boolean).join(", ")], ["counts", sentence("points")]];
  const on = state.filters.filter((f) => f.on).map((f) => f.sentence);
  return [["calls", state.picture === "kept" && on.length ? `kept by: ${on.join(" ")}` : "every call"], ["counts", sentence("calls")]];
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
  const of = said.file ? `File: ${said.file}. ` : said.calls ? `Calls: ${said.calls.replace(/\.$/, "")}. ` : "";
  const text = `Case ${said.case}. Sample: ${said.sample}. Region: ${said.region}. ${of}${said.counts}. Drawn from ${said["drawn from"]} by Norrsken.`;
  return wrapped(text, Math.max(40, Math.floor(genome.width() / 5.6)));
}

export function drawFigure(pen, genome, track) {
  const lines = captionLines(genome, track);
  const [width, height] = figureSize(genome, track, lines.length);
  const [w, high] = [genome.width(), taller(track)];
  const ink = { text: token("text"), soft: token("text-2"), line: token("line-strong") };
  pen.rect(0, 0, width, height, token("surface-card"));
  pen.text(`${track.spec.title} · ${genome.store.boot.case}`, 12, 20, { size: 14, weight: 600, fill: ink.text });
  pen.text(captions(genome, track).slice(2, 4).map(([, v]) => v).join(" · "), 12, 37, { fill: ink.soft });
  if (track.image !== undefined) ramp(pen, width - RIGHT, ink);
  chromosomes(pen, genome, track, w, high, ink);
  if (track.image === undefined) snapshot(pen, track, w, high);
  else if (Array.isArray(track.image)) lanes(pen, track, w, high, ink);
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
    if (mid - last < 14) return;
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
  const part = high / track.high;
  track.bands().forEach(([name, top, tall], i) => {
    pen.image(track.image[i], LEFT, TOP + (top + tall * 0.08) * part, w, tall * 0.84 * part);
    pen.text(name, LEFT - 8, TOP + (top + tall / 2) * part + 4, { align: "right", fill: ink.soft });
  });
}

/** A row that is drawn from shapes, as it is on the page with the words beside its frame. */
function snapshot(pen, row, w, high) {
  const sheet = document.createElement("canvas");
  row.paint(sheet, 2);
  const part = document.createElement("canvas");
  Object.assign(part, { width: (LEFT + w) * 2, height: high * 2 });
  part.getContext("2d").drawImage(sheet, (MARGIN - LEFT) * 2, 0, part.width, part.height, 0, 0, part.width, part.height);
  pen.image(part, 0, TOP, LEFT + w, high);
  row.paint();
}

function values(pen, track, w, high, ink) {
  const { bytes, at, y0, y1, lane } = track.last;
  pen.image(tinted(bytes, at.w, at.h), LEFT, TOP, w, high);
  const part = lane / at.h;
  track.marks().forEach((v) => tick(pen, number(v, 3), spot(part + (1 - part) * ((v - y0) / (y1 - y0)), high), ink));
  if (track.missing) pen.text("no value", LEFT - 8, TOP + high + 2, { size: 10, align: "right", fill: ink.soft });
}
