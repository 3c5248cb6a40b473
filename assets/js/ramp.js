/* The density ramp as 256 colours, from the tokens of the current theme. */
import { token } from "./dom.js";

const STEPS = 7;
const FIRST = 40;
const LAST = 255;
const START = 1 / 6;

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const hex = (parts) => `#${parts.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;

function at(ramp, part) {
  const place = part * (STEPS - 1);
  const i = Math.min(Math.floor(place), STEPS - 2);
  return ramp[i].map((v, k) => v + (ramp[i + 1][k] - v) * (place - i));
}

const steps = () => Array.from({ length: STEPS }, (_, i) => rgb(token(`density-${i}`)));
const part = (shade) => Math.max(0, (shade - FIRST) / (LAST - FIRST));

const kept = new Map();
const ramps = new Map();

/** Shade 0 is transparent; a lone point starts at the ramp's second step. */
export function palette() {
  const key = document.documentElement.dataset.theme;
  if (!ramps.has(key)) {
    const ramp = steps();
    ramps.set(key, ["#00000000", ...Array.from({ length: LAST }, (_, i) => hex(at(ramp, START + part(i + 1) * (1 - START))))]);
  }
  return ramps.get(key);
}
const packed = ([r, g, b], a) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** The ramp as pixels of an image; with `name`, one token's colour from faint to full. */
export function pixels(name = "") {
  const key = `${document.documentElement.dataset.theme} ${name}`;
  if (!kept.has(key)) {
    const out = new Uint32Array(LAST + 1);
    const one = name && rgb(token(name));
    const all = one ? null : palette().map((c) => rgb(c));
    for (let shade = 1; shade <= LAST; shade += 1) out[shade] = one ? packed(one, Math.round(90 + part(shade) * 165)) : packed(all[shade], 255);
    kept.set(key, out);
  }
  return kept.get(key);
}

/** A grid of shades as a canvas, one pixel a cell. */
export function tinted(bytes, w, high, name = "") {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: w, height: high });
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(w, high);
  const out = new Uint32Array(image.data.buffer);
  const colours = pixels(name);
  for (let i = 0; i < bytes.length; i += 1) out[i] = colours[bytes[i]];
  ctx.putImageData(image, 0, 0);
  return canvas;
}

export function drawLegend(canvas) {
  const ctx = canvas.getContext("2d");
  const ramp = steps();
  for (let x = 0; x < canvas.width; x += 1) {
    ctx.fillStyle = hex(at(ramp, x / canvas.width));
    ctx.fillRect(x, 0, 1, canvas.height);
  }
}
