/* Canvases over the genome's axis: overview, the link to the window, bands. */
import { token } from "./dom.js";
import { grouped } from "./format.js";
import { chromosomes, fit } from "./stage.js";

const STAIN = { gneg: "band-0", gpos25: "band-25", gpos50: "band-50", gpos75: "band-75", gpos100: "band-100", acen: "band-cen", gvar: "band-var", stalk: "band-var" };

/** Fit a canvas to its box; its context counts in CSS pixels. */
function sheet(canvas) {
  const { width: w, height: h } = canvas.getBoundingClientRect();
  return { ctx: fit(canvas, w, h), w, h };
}

function names(ctx, axis, x0, x1, w, y, active) {
  ctx.textAlign = "center";
  let last = -Infinity;
  chromosomes(axis, x0, x1, w, (i, a, b) => {
    const word = axis.short(i);
    const size = ctx.measureText(word).width;
    const mid = (a + b) / 2;
    if (b - a < size * 0.75 || mid - size / 2 < last + 1) return;
    ctx.fillStyle = token(active === i ? "text" : "text-2");
    ctx.font = `${active === i ? 600 : 400} 10.5px Inter, sans-serif`;
    ctx.fillText(word, mid, y);
    last = mid + size / 2;
  });
}

/** The whole genome, always: a strip of all calls, and the window that is shown below. */
export function drawOverview(canvas, axis, strip, view) {
  const { ctx, w } = sheet(canvas);
  const [v0, v1] = view;
  ctx.font = "10.5px Inter, sans-serif";
  ctx.fillStyle = token("surface-inset");
  ctx.fillRect(0, 3, w, 10);
  if (strip) {
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(strip, 0, 3, w, 10);
  }
  ctx.fillStyle = token("surface-card");
  chromosomes(axis, 0, axis.total, w, (i, a) => i && ctx.fillRect(a - 0.5, 3, 1, 10));
  if (v1 - v0 >= axis.total * 0.999) return;
  names(ctx, axis, 0, axis.total, w, 20, axis.chrom((v0 + v1) / 2));
  const [a, b] = [(v0 / axis.total) * w, (v1 / axis.total) * w];
  const wide = Math.max(b - a, 2);
  ctx.fillStyle = token("brush");
  ctx.fillRect(a, 1, wide, 25);
  ctx.strokeStyle = token("text");
  ctx.lineWidth = 1.5;
  ctx.strokeRect(a + 0.75, 1.75, Math.max(wide - 1.5, 1), 23.5);
}

/** One row of shades as a picture of one pixel's height. */
export function shadeStrip(shades, colours) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: shades.length, height: 1 });
  const ctx = canvas.getContext("2d");
  shades.forEach((shade, x) => {
    ctx.fillStyle = colours[shade];
    ctx.fillRect(x, 0, 1, 1);
  });
  return canvas;
}

/** The two lines from the window in the overview to the full width below it. */
export function drawLink(canvas, axis, view) {
  const { ctx, w, h } = sheet(canvas);
  const [v0, v1] = view;
  if (v1 - v0 >= axis.total * 0.999) return;
  const [a, b] = [(v0 / axis.total) * w, Math.max((v1 / axis.total) * w, (v0 / axis.total) * w + 2)];
  ctx.beginPath();
  ctx.moveTo(a, 0);
  ctx.lineTo(b, 0);
  ctx.lineTo(w, h);
  ctx.lineTo(0, h);
  ctx.closePath();
  ctx.fillStyle = token("surface-inset");
  ctx.fill();
  ctx.strokeStyle = token("line-strong");
  ctx.beginPath();
  ctx.moveTo(a, 0);
  ctx.lineTo(0.5, h);
  ctx.moveTo(b, 0);
  ctx.lineTo(w - 0.5, h);
  ctx.stroke();
}

function drawBands(ctx, bands, axis, x0, x1, w, y, high) {
  const scale = w / (x1 - x0);
  for (const band of bands) {
    const left = (axis.offsets[band.chrom - 1] + band.start - x0) * scale;
    const right = (axis.offsets[band.chrom - 1] + band.end - x0) * scale;
    if (right < 0 || left > w) continue;
    const [a, b] = [Math.max(0, left), Math.min(w, right)];
    ctx.fillStyle = token(STAIN[band.stain] || "band-0");
    ctx.fillRect(a, y, Math.max(b - a, 0.4), high);
    if (b - a > 34 && high > 10) {
      const dark = ["gpos75", "gpos100", "gpos50"].includes(band.stain);
      ctx.fillStyle = token(dark ? "surface-card" : "text-2");
      ctx.textAlign = "center";
      ctx.fillText(band.name, (a + b) / 2, y + high / 2 + 0.5);
    }
  }
  ctx.strokeStyle = token("line-strong");
  ctx.lineWidth = 1;
  chromosomes(axis, x0, x1, w, (i, a, b) => ctx.strokeRect(a + 0.5, y + 0.5, Math.max(b - a - 1, 0.5), high - 1));
}

/** Bands of the window; chromosome names when it is wide, positions when it is narrow. */
export function drawIdeogram(canvas, axis, bands, view) {
  const { ctx, w } = sheet(canvas);
  const [x0, x1] = view;
  ctx.font = "10.5px Inter, sans-serif";
  drawBands(ctx, bands, axis, x0, x1, w, 1, 12);
  const [i, j] = [axis.chrom(x0), axis.chrom(x1 - 1)];
  if (i !== j) names(ctx, axis, x0, x1, w, 22, -1);
  else ticks(ctx, axis, i, x0, x1, w);
}

function ticks(ctx, axis, i, x0, x1, w) {
  const rough = ((x1 - x0) / w) * 120;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((v) => v >= rough));
  ctx.textAlign = "center";
  ctx.fillStyle = token("text-2");
  ctx.strokeStyle = token("line-strong");
  const first = Math.ceil((x0 - axis.offsets[i]) / step) * step;
  for (let p = Math.max(first, step); p < x1 - axis.offsets[i]; p += step) {
    const x = ((axis.offsets[i] + p - 0.5 - x0) / (x1 - x0)) * w;
    ctx.fillRect(x, 13, 1, 4);
    const word = step >= 1e4 ? `${(p / 1e6).toFixed(step >= 1e6 ? 0 : step >= 1e5 ? 1 : 2)} Mb` : grouped(p);
    const half = ctx.measureText(word).width / 2;
    if (x - half > 46 && x + half < w) ctx.fillText(word, x, 23);
  }
  ctx.textAlign = "left";
  ctx.font = "600 10.5px Inter, sans-serif";
  ctx.fillStyle = token("text");
  ctx.fillText(axis.names[i], 0, 23);
}
