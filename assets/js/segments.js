/* Rows of called intervals: copy number, ROH and UPD, phase blocks, regions, population variants. */
import { askJson } from "./api.js";
import { token } from "./dom.js";
import { absent, bases, frequency, grouped, number } from "./format.js";
import { Row } from "./row.js";
import { ticks } from "./stage.js";

const LANE_WORDS = { roh: "ROH", upd: "UPD", loh: "LOH", cnv: "CNV", sv: "SV" };
const NEAR = 3;

/** Copies that a person has of a chromosome when nothing is wrong. */
export const expected = (person, chrom) => (person?.sex === "male" && (chrom === 23 || chrom === 24) ? 1 : 2);

function copyTone(seg, person) {
  const normal = expected(person, seg.chrom);
  if (!absent(seg.cn)) {
    if (seg.cn < 0.5) return "cn-deep-loss";
    if (seg.cn < normal - 0.5) return "cn-loss";
    if (seg.cn >= normal + 3) return "cn-amp";
    if (seg.cn >= normal + 0.5) return "cn-gain";
    return normal === 2 && !absent(seg.cn_minor) && seg.cn_minor < 0.5 ? "cn-loh" : "cn-neutral";
  }
  const call = `${seg.call || ""} ${seg.name || ""}`;
  if (/\bAMP/i.test(call)) return "cn-amp";
  if (/LOH/i.test(call)) return "cn-loh";
  if (/DEL|LOSS/i.test(call)) return "cn-loss";
  if (/DUP|GAIN/i.test(call)) return "cn-gain";
  if (absent(seg.log2)) return "cn-neutral";
  return seg.log2 < -0.3 ? "cn-loss" : seg.log2 > 0.3 ? "cn-gain" : "cn-neutral";
}

/** The token of a segment's colour, by what it means. */
export function tone(kind, seg, person) {
  if (kind === "cnv" || kind === "population") return copyTone(seg, person);
  if (kind === "roh" || kind === "loh") return "cn-loh";
  if (kind === "upd") return /matern|mother/i.test(seg.call || "") ? "from-mother" : /patern|father/i.test(seg.call || "") ? "from-father" : "text-3";
  if (kind === "sv") return `sv-${(/DEL|DUP|INV|INS/.exec(String(seg.call || "").toUpperCase()) || ["BND"])[0].toLowerCase()}`;
  return "accent";
}

const own = (seg) => (/^\d+,\d+,\d+$/.test(seg.colour || "") && seg.colour !== "0,0,0" ? `rgb(${seg.colour})` : null);

export class SegmentTrack extends Row {
  get kinds() {
    return this.given?.kinds || this.spec.kinds;
  }

  query(kind) {
    const { store } = this.world;
    return ["/api/segments", { case: store.boot.case, v: store.state.lake, kind, sample: this.person?.id ?? null }];
  }

  fetch(signal) {
    const [x0, x1] = this.world.view().map(Math.round);
    const w = Math.max(1, Math.round(this.world.width()));
    return this.run(async () => {
      const parts = [];
      for (const kind of this.kinds) {
        const [path, params] = this.query(kind);
        parts.push({ kind, ...(await askJson(path, { ...params, x0, x1, w }, signal)) });
      }
      this.came();
      this.last = { parts, at: { x0, x1, w } };
      this.rows = parts.reduce((a, p) => a + p.total, 0);
      this.paint();
      this.say(parts.reduce((a, p) => a + p.of, 0));
      this.loaded.forEach((f) => f());
    });
  }

  say(of) {
    const count = this.rows === of ? `n ${grouped(of)}` : `${grouped(this.rows)} of ${grouped(of)}`;
    this.n.textContent = this.key === this.spec.name || this.high >= 40 ? count : `${this.who()}, ${count}`;
    this.canvas.setAttribute("aria-label", `${this.title()}: ${grouped(this.rows)} of ${grouped(of)} in view`);
  }

  /** Each segment with the box it is drawn in; rebuilt at every painting. */
  draw(ctx, w, view) {
    this.boxes = [];
    if (!this.last) return;
    const scale = w / (view[1] - view[0]);
    const px = (x) => (x - view[0]) * scale;
    const lanes = this.last.parts.length;
    this.last.parts.forEach((part, i) => {
      const tall = this.high / lanes;
      this.lane(ctx, part, [px, w], i * tall, tall);
      this.ticks(ctx, part, [px, w], i * tall, tall);
    });
  }

  lane(ctx, part, [px, w], top, tall) {
    const rows = packed(part.segments, tall >= 14 && part.kind !== "roh" ? Math.floor(tall / 7) : 1);
    const high = (tall - 2) / rows.count;
    for (const [at, seg] of part.segments.entries()) {
      const [a, b] = [px(seg.x0), px(seg.x1)];
      if (b < 0 || a > w) continue;
      const box = { x: Math.max(-1, a), y: top + 1 + rows.of[at] * high + 0.5, w: Math.max(Math.min(b, w + 1) - Math.max(-1, a), 1.5), h: Math.max(3, high - 1), seg, kind: part.kind };
      ctx.fillStyle = own(seg) || token(tone(part.kind, seg, this.person));
      ctx.globalAlpha = this.strength(part.kind, seg, at);
      ctx.fillRect(box.x, box.y, box.w, box.h);
      ctx.globalAlpha = 1;
      this.boxes.push(box);
    }
    if (part.kind !== "phase_block") this.named(ctx, w);
  }

  strength(kind, seg, at) {
    if (kind === "phase_block") return at % 2 ? 0.3 : 0.6;
    if (kind === "population") return absent(seg.af) ? 0.5 : 0.25 + 0.7 * Math.min(1, Math.sqrt(seg.af));
    return 0.92;
  }

  /** Words beside the largest, where nothing else stands. */
  named(ctx, w) {
    ctx.font = "500 11px Inter, sans-serif";
    ctx.textAlign = "left";
    const taken = this.boxes.map((b) => [b.x - 3, b.x + b.w + 3, b.y]);
    for (const b of [...this.boxes].sort((p, q) => q.w - p.w).slice(0, 12)) {
      const words = short(b.kind, b.seg);
      const wide = ctx.measureText(words).width;
      const inside = b.w > wide + 10;
      const x = inside ? b.x + 5 : b.x + b.w + 5;
      if (b.named || x + wide > w || b.h < 8) continue;
      if (!inside && taken.some(([p, q, y]) => Math.abs(y - b.y) < b.h && p < x + wide && q > x && p !== b.x - 3)) continue;
      taken.push([x, x + wide + 4, b.y]);
      b.named = true;
      ctx.fillStyle = token(inside ? "surface-card" : "text-2");
      ctx.fillText(words, x, b.y + b.h / 2 + 0.5);
    }
  }

  /** Segments narrower than a pixel: a tick a pixel, taller the more there are. */
  ticks(ctx, part, [px], top, tall) {
    const { x0, x1, w } = this.last.at;
    ctx.fillStyle = token(part.kind === "cnv" || part.kind === "population" ? "text-3" : tone(part.kind, {}, this.person));
    ctx.globalAlpha = part.narrow.length > 120 ? 0.55 : 1;
    for (const [at, count] of part.narrow) {
      const x = px(x0 + ((at + 0.5) / w) * (x1 - x0));
      const high = Math.min(tall - 2, 4 + 3 * Math.log2(count + 1));
      ctx.fillRect(x - 0.75, top + tall - 1 - high, 1.5, high);
      this.boxes.push({ x: x - 2, y: top, w: 4, h: tall, count, kind: part.kind, from: x0 + (at / w) * (x1 - x0), to: x0 + ((at + 1) / w) * (x1 - x0) });
    }
    ctx.globalAlpha = 1;
  }

  drawAxis(ctx) {
    if (this.kinds.length < 2) return;
    const tall = this.high / this.kinds.length;
    ticks(ctx, this.kinds.map((kind, i) => [(i + 0.5) * tall, LANE_WORDS[kind] || kind]), this.high, { lines: false });
  }

  hit(px, py) {
    const near = (this.boxes || []).filter((b) => px >= b.x - NEAR && px <= b.x + b.w + NEAR && py >= b.y - NEAR && py <= b.y + b.h + NEAR);
    const box = near.sort((p, q) => p.w - q.w)[0];
    if (!box) return null;
    if (box.count) return { words: [`${grouped(box.count)} ${LANE_WORDS[box.kind] || this.spec.title} in ${this.world.axis.text(box.from, box.to)}`], head: "", x0: box.from, x1: box.to };
    const { seg } = box;
    return { head: short(box.kind, seg), words: this.tell(seg), x0: seg.x0, x1: seg.x1 };
  }

  /** What a segment is, how large, by whom, and exactly where. */
  tell(seg) {
    const parts = [
      absent(seg.cn) ? "" : `CN ${number(seg.cn, 3)}`, absent(seg.cn_minor) ? "" : `minor ${number(seg.cn_minor, 3)}`, absent(seg.log2) ? "" : `log2 ${number(seg.log2, 3)}`,
      absent(seg.baf) ? "" : `BAF ${number(seg.baf, 3)}`, absent(seg.af) ? "" : `frequency ${frequency(seg.af)}`, absent(seg.points) ? "" : `${grouped(seg.points)} points`, absent(seg.score) ? "" : `score ${number(seg.score, 4)}`,
      seg.caller || seg.source || "", seg.name && seg.name !== seg.call ? seg.name : "", this.world.axis.text(seg.x0, seg.x1),
    ];
    return parts.filter(Boolean);
  }
}

/** "ROH 11.7 Mb", "UPD maternal iso 4 Mb", "DEL 1.58 Mb". */
export function short(kind, seg) {
  const what = { roh: "ROH", loh: "LOH", upd: `UPD ${(seg.call || "").replace(/^UPD[ _:]*/i, "")}`, phase_block: `Phase block ${seg.name || ""}`, region: seg.name || seg.call || "Region" }[kind] || seg.call || seg.type || (absent(seg.cn) ? LANE_WORDS[kind] || kind : `CN ${number(seg.cn, 3)}`);
  return `${String(what).trim()} ${bases(seg.x1 - seg.x0)}`;
}

/** Put overlapping segments in rows, at most `most`; those that fit nowhere share the last one. */
function packed(segments, most) {
  const ends = [];
  const of = segments.map((seg) => {
    let row = ends.findIndex((end) => end <= seg.x0);
    if (row < 0) row = Math.min(ends.length, Math.max(1, most) - 1);
    ends[row] = Math.max(ends[row] ?? 0, seg.x1);
    return row;
  });
  return { of, count: Math.max(1, ends.length) };
}

const TOP = 4;

/** Copy number over the genome: a bar at its copies, the minor allele below it where it is known. */
export class CopyTrack extends SegmentTrack {
  get counted() {
    return this.last?.parts[0].segments.some((s) => !absent(s.cn));
  }

  yOf(copies) {
    return this.high - 4 - (Math.min(copies, TOP + 0.35) / (TOP + 0.35)) * (this.high - 8);
  }

  lane(ctx, part, at, top, tall) {
    if (!this.counted) return super.lane(ctx, part, at, top, tall);
    const [px, w] = at;
    this.lines(ctx, w);
    for (const seg of part.segments) {
      const [a, b] = [Math.max(-1, px(seg.x0)), Math.min(w + 1, px(seg.x1))];
      if (b < 0 || a > w) continue;
      const y = absent(seg.cn) ? this.high / 2 : this.yOf(seg.cn);
      ctx.fillStyle = token(tone("cnv", seg, this.person));
      ctx.fillRect(a, y - 1.75, Math.max(1.5, b - a), 3.5);
      if (!absent(seg.cn_minor)) {
        ctx.fillStyle = token("cn-minor");
        ctx.fillRect(a, this.yOf(seg.cn_minor) - 0.75, Math.max(1, b - a), 1.5);
      }
      this.boxes.push({ x: a, y: Math.min(y - 4, this.high - 8), w: Math.max(1.5, b - a), h: 8, seg, kind: "cnv" });
    }
    return undefined;
  }

  lines(ctx, w) {
    ctx.fillStyle = token("line");
    for (let c = 0; c <= TOP; c += 1) ctx.fillRect(0, Math.round(this.yOf(c)), w, c === 2 ? 1 : 0.5);
  }

  say(of) {
    super.say(of);
    const above = this.last.parts.flatMap((p) => p.segments).filter((s) => s.cn > TOP).length;
    this.beyond(above, `above ${TOP} copies`, "Segments of more copies are drawn at the top edge.");
  }

  drawAxis(ctx) {
    if (this.counted) ticks(ctx, [0, 2, 4].map((c) => [this.yOf(c), `${c}`]), this.high);
  }
}

/** Structural variants that many people carry, from the build's table: not of this case. */
export class PopulationTrack extends SegmentTrack {
  query() {
    return ["/api/population", { build: this.world.store.boot.build }];
  }
}
