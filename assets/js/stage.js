/* What every row of the genome card stands on: its canvas, chromosome shades, hatching, ticks. */
import { token } from "./dom.js";

/** Pixels left and right of every row's frame, the same in the style sheet. */
export const LEFT = 120;
export const RIGHT = 4;
const FONT = "10.5px Inter, sans-serif";

export const ratio = () => window.devicePixelRatio || 1;

/** Size a canvas to CSS pixels in device pixels; returns a clean context in CSS pixels. */
export function fit(canvas, w, high, scale = ratio()) {
  const [dw, dh] = [Math.round(w * scale), Math.round(high * scale)];
  if (canvas.width !== dw || canvas.height !== dh) Object.assign(canvas, { width: dw, height: dh });
  const ctx = canvas.getContext("2d");
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  ctx.clearRect(0, 0, w, high);
  ctx.font = FONT;
  ctx.textBaseline = "middle";
  ctx.imageSmoothingEnabled = false;
  return ctx;
}

/** Call `each(i, left, right)` for every chromosome in sight, in CSS pixels of the frame. */
export function chromosomes(axis, x0, x1, w, each) {
  const scale = w / (x1 - x0);
  axis.offsets.forEach((offset, i) => {
    const [a, b] = [Math.max(0, (offset - x0) * scale), Math.min(w, (offset + axis.sizes[i] - x0) * scale)];
    if (b > 0 && a < w && b > a) each(i, a, b);
  });
}

const patterns = new Map();

/** Grey lines aslant: nothing was measured here. Red hatching means failed, and only that. */
function hatch(ctx) {
  const theme = document.documentElement.dataset.theme;
  if (!patterns.has(theme)) {
    const tile = document.createElement("canvas");
    Object.assign(tile, { width: 8, height: 8 });
    const pen = tile.getContext("2d");
    pen.strokeStyle = token("line-strong");
    pen.globalAlpha = 0.75;
    pen.lineWidth = 1;
    for (const by of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(by, 8);
      pen.lineTo(by + 8, 0);
      pen.stroke();
    }
    patterns.set(theme, tile);
  }
  return ctx.createPattern(patterns.get(theme), "repeat");
}

/** Shade every second chromosome, and hatch those for which `empty(i)` says that nothing was given. */
export function ground(ctx, axis, [x0, x1], w, high, empty = null) {
  chromosomes(axis, x0, x1, w, (i, a, b) => {
    if (i % 2) {
      ctx.fillStyle = token("surface-inset");
      ctx.fillRect(a, 0, b - a, high);
    }
    if (empty?.(i)) noData(ctx, a, b, high);
  });
}

function noData(ctx, a, b, high) {
  ctx.fillStyle = hatch(ctx);
  ctx.fillRect(a, 0, b - a, high);
  if (b - a < 62 || high < 14) return;
  ctx.fillStyle = token("surface-card");
  ctx.fillRect((a + b) / 2 - 26, high / 2 - 8, 52, 16);
  ctx.fillStyle = token("text-2");
  ctx.font = FONT;
  ctx.textAlign = "center";
  ctx.fillText("no data", (a + b) / 2, high / 2 + 0.5);
}

/** Round values between two ends, at least `apart` pixels from each other. */
export function nice(low, high, tall, apart = 22) {
  const rough = ((high - low) / Math.max(1, tall)) * apart;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((v) => v >= rough * 0.999);
  const out = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) out.push(Math.abs(v) < step * 1e-9 ? 0 : v);
  return out;
}

/** Words and short lines left of the frame; `at` is [y, words] in CSS pixels. */
export function ticks(ctx, at, high, { lines = true } = {}) {
  ctx.font = FONT;
  ctx.textAlign = "right";
  let last = -Infinity;
  for (const [y, words] of [...at].sort((p, q) => p[0] - q[0])) {
    if (y < -0.5 || y > high + 0.5) continue;
    const mid = Math.max(5, Math.min(high - 5, y));
    if (lines) {
      ctx.fillStyle = token("line-strong");
      ctx.fillRect(LEFT - 4, Math.min(Math.round(y), high - 1), 4, 1);
    }
    if (mid - last < 9) continue;
    last = mid;
    ctx.fillStyle = token("text-3");
    ctx.fillText(words, LEFT - 7, mid);
  }
}
