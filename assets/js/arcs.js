/* Structural events as arcs from end to end; those narrower than a pixel as small loops with a count. */
import { askJson } from "./api.js";
import { token } from "./dom.js";
import { absent, bases, grouped } from "./format.js";
import { Row } from "./row.js";

const FAR = 4000;
const NEAR = 5;

const colour = (type) => token(`sv-${{ del: "del", dup: "dup", inv: "inv", ins: "ins", cnv: "dup" }[String(type).toLowerCase()] || "bnd"}`);

/** Where along a curve with level ends a pixel lies, from 0 to 1. */
function along(part) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 14; i += 1) {
    const t = (low + high) / 2;
    if (3 * t * t - 2 * t * t * t < part) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

export class ArcTrack extends Row {
  fetch(signal) {
    const { store } = this.world;
    const [x0, x1] = this.world.view().map(Math.round);
    const w = Math.max(1, Math.round(this.world.width()));
    return this.run(async () => {
      const got = await askJson("/api/arcs", { case: store.boot.case, v: store.state.lake, f: this.world.query().f, x0, x1, w }, signal);
      this.came();
      this.last = { ...got, at: { x0, x1, w } };
      this.rows = got.total;
      this.paint();
      this.n.textContent = got.total === got.of ? `n ${grouped(got.of)}` : `${grouped(got.total)} of ${grouped(got.of)}`;
      this.canvas.setAttribute("aria-label", `${this.title()}: ${grouped(got.total)} of ${grouped(got.of)} events in view`);
      this.loaded.forEach((f) => f());
    });
  }

  draw(ctx, w, view) {
    this.curves = [];
    this.loops = [];
    if (!this.last) return;
    const scale = w / (view[1] - view[0]);
    const px = (x) => Math.max(-FAR, Math.min(w + FAR, (x - view[0]) * scale));
    const base = this.high - 0.5;
    const room = this.high - 3;
    const faint = Math.max(0.16, Math.min(1, 40 / Math.max(1, this.last.arcs.length)));
    for (const arc of this.last.arcs) {
      const [a, b] = [px(arc.x0), px(arc.x1)].sort((p, q) => p - q);
      if (b < 0 || a > w || b <= -FAR) continue;
      this.curves.push(this.curve(ctx, arc, a, b, base, room, faint));
    }
    this.narrow(ctx, w, px, base);
  }

  curve(ctx, arc, a, b, base, room, faint) {
    const rise = Math.min(room, 5 + 0.55 * Math.sqrt(b - a) + (b - a) * 0.04);
    ctx.strokeStyle = colour(arc.type);
    ctx.lineWidth = this.world.store.state.row === arc.row_id ? 2.5 : 1.4;
    ctx.globalAlpha = this.world.store.state.row === arc.row_id ? 1 : faint;
    ctx.beginPath();
    ctx.moveTo(a, base);
    ctx.bezierCurveTo(a, base - (rise * 4) / 3, b, base - (rise * 4) / 3, b, base);
    ctx.stroke();
    ctx.globalAlpha = 1;
    return { arc, a, b, base, rise };
  }

  narrow(ctx, w, px, base) {
    const { x0, x1, w: of } = this.last.at;
    const one = (x1 - x0) / of;
    const crowd = this.last.narrow.length > 120;
    for (const [at, type, count] of this.last.narrow) {
      const x = px(x0 + (at + 0.5) * one);
      if (x < -4 || x > w + 4) continue;
      const high = crowd ? Math.min(this.high - 6, 2.5 + 2.5 * Math.log2(count)) : Math.min(this.high - 4, 6 + 2 * Math.log2(count));
      if (crowd) this.spike(ctx, type, x, high, base);
      else this.loop(ctx, type, x, high, base);
      this.loops.push({ x, high, type, count, x0: x0 + at * one, x1: x0 + (at + 1) * one });
    }
  }

  loop(ctx, type, x, high, base) {
    ctx.strokeStyle = colour(type);
    ctx.lineWidth = 1.3;
    ctx.beginPath();
    ctx.moveTo(x - 2.5, base);
    ctx.bezierCurveTo(x - 2.5, base - high * 1.33, x + 2.5, base - high * 1.33, x + 2.5, base);
    ctx.stroke();
  }

  /** Among hundreds a loop is a smear: one thin line a pixel, taller the more events it stands for. */
  spike(ctx, type, x, high, base) {
    ctx.fillStyle = colour(type);
    ctx.globalAlpha = 0.6;
    ctx.fillRect(x - 0.5, base - high, 1, high);
    ctx.globalAlpha = 1;
  }

  hit(px, py) {
    const loop = (this.loops || []).find((l) => Math.abs(px - l.x) <= NEAR && py >= this.high - l.high - NEAR);
    const found = (this.curves || []).map((c) => [this.off(c, px, py), c]).filter(([d]) => d <= NEAR).sort((p, q) => p[0] - q[0] || p[1].b - p[1].a - (q[1].b - q[1].a))[0];
    if (found && !loop) return this.told(found[1].arc);
    if (!loop) return null;
    return { head: `${grouped(loop.count)} ${loop.type}`, words: [`narrower than a pixel, in ${this.world.axis.text(loop.x0, loop.x1)}`], x0: loop.x0, x1: loop.x1 };
  }

  /** Pixels between a point and a curve, up or down. */
  off({ a, b, base, rise }, px, py) {
    if (px < a - NEAR || px > b + NEAR) return Infinity;
    if (b - a < 1) return Math.abs(px - a);
    const t = along(Math.max(0, Math.min(1, (px - a) / (b - a))));
    return Math.min(Math.abs(base - 4 * rise * t * (1 - t) - py), Math.hypot(px - a, py - base), Math.hypot(px - b, py - base));
  }

  told(arc) {
    const { axis } = this.world;
    const [i, j] = [axis.chrom(arc.x0), axis.chrom(arc.x1)];
    const size = i !== j ? "between chromosomes" : absent(arc.size) ? bases(Math.abs(arc.x1 - arc.x0)) : bases(Math.abs(arc.size));
    return { head: `${arc.type} ${size}`, words: [arc.label && !arc.label.startsWith(arc.type) ? arc.label : "", `${axis.place(arc.x0)} to ${axis.place(arc.x1)}`].filter(Boolean), x0: Math.min(arc.x0, arc.x1), x1: Math.max(arc.x0, arc.x1), row_id: arc.row_id, apart: i !== j };
  }
}
