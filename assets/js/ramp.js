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

/** Shade 0 is transparent; a lone point starts at the ramp's second step. */
export function palette() {
  const ramp = steps();
  const out = ["#00000000"];
  for (let shade = 1; shade <= LAST; shade += 1) {
    const part = Math.max(0, (shade - FIRST) / (LAST - FIRST));
    out.push(hex(at(ramp, START + part * (1 - START))));
  }
  return out;
}

export function drawLegend(canvas) {
  const ctx = canvas.getContext("2d");
  const ramp = steps();
  for (let x = 0; x < canvas.width; x += 1) {
    ctx.fillStyle = hex(at(ramp, x / canvas.width));
    ctx.fillRect(x, 0, 1, canvas.height);
  }
}
