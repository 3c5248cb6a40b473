/* The row of genes: seen below 5 Mb, with exons of the best transcript. */
import { askJson } from "./api.js";
import { token } from "./dom.js";
import { Row } from "./row.js";

const BELOW = 5e6;
const ROWS = 3;

export class GeneTrack extends Row {
  constructor(...args) {
    super(...args);
    this.genes = [];
    this.canvas.id = "genes";
  }

  /** Wider views show bands instead. */
  get narrow() {
    const [x0, x1] = this.world.view();
    return x1 - x0 < BELOW;
  }

  ask() {
    this.node.hidden = !this.narrow;
    if (!this.narrow) return undefined;
    return super.ask();
  }

  fetch(signal) {
    const [x0, x1] = this.world.view().map(Math.round);
    return this.run(async () => {
      const got = await askJson("/api/genes", { build: this.world.store.boot.build, x0, x1 }, signal);
      this.came();
      this.genes = got.genes;
      this.last = { at: { x0, x1 } };
      this.rows = got.genes.length;
      this.paint();
      this.loaded.forEach((f) => f());
    });
  }

  paint(...args) {
    this.node.hidden = !this.narrow;
    if (this.narrow) super.paint(...args);
  }

  draw(ctx, w, view) {
    if (!this.last) return;
    this.named = [];
    const order = this.order();
    const taken = Array.from({ length: ROWS }, () => []);
    const scale = w / (view[1] - view[0]);
    for (const gene of order) this.gene(ctx, gene, { w, view, scale, taken });
    const all = this.genes.length;
    this.n.textContent = this.named.length < all ? `${this.named.length} of ${all} named` : `n ${all}`;
    this.canvas.setAttribute("aria-label", `Genes of the window: ${this.genes.slice(0, 30).map((g) => g.symbol).join(", ")}`);
  }

  /** In a crowd, coding genes come first and unnamed ones not at all. */
  order() {
    if (this.genes.length <= 40) return this.genes;
    const coding = this.genes.filter((g) => g.biotype === "protein_coding");
    return [...coding, ...this.genes.filter((g) => g.biotype !== "protein_coding" && !/^ENSG/.test(g.symbol))];
  }

  gene(ctx, gene, { w, view, scale, taken }) {
    const left = (gene.gpos - view[0]) * scale;
    const right = left + (gene.end - gene.start) * scale;
    if (right < 0 || left > w) return;
    const [a, b] = [Math.max(0, left), Math.min(w, Math.max(right, left + 1))];
    ctx.font = "italic 500 10.5px Inter, sans-serif";
    const word = gene.strand === "-" || gene.strand === -1 ? `‹ ${gene.symbol}` : `${gene.symbol} ›`;
    const size = ctx.measureText(word).width;
    const from = Math.max(0, Math.min(a, w - size));
    const box = [from - 6, Math.max(b, from + size)];
    const row = taken.findIndex((spans) => spans.every(([p, q]) => q < box[0] || p > box[1]));
    if (row < 0) return;
    taken[row].push(box);
    const y = 6 + row * 17;
    this.named.push({ gene, a: box[0], b: box[1], y });
    ctx.fillStyle = token("text-3");
    ctx.fillRect(a, y - 0.5, b - a, 1);
    ctx.fillStyle = token("accent");
    for (const [s, e, tall] of exons(gene)) {
      const start = left + (s - gene.start) * scale;
      const wide = Math.max(1, (e - s) * scale);
      if (start < w && start + wide > 0) ctx.fillRect(Math.max(0, start), y - tall / 2, Math.min(wide + Math.min(0, start), w - Math.max(0, start)), tall);
    }
    ctx.fillStyle = token("text");
    ctx.textAlign = "left";
    ctx.fillText(word, from, y + 9);
  }

  hit(px, py) {
    const found = (this.named || []).find((n) => px >= n.a && px <= n.b && py >= n.y - 6 && py <= n.y + 13);
    if (!found) return null;
    const { gene } = found;
    const x1 = gene.gpos + gene.end - gene.start;
    return { head: gene.symbol, italic: true, words: [gene.biotype ? gene.biotype.replace(/_/g, " ") : "", this.world.axis.text(gene.gpos, x1)].filter(Boolean), x0: gene.gpos, x1 };
  }
}

/** Exons of the best transcript as [start, end, height]: coding parts are taller. */
function exons(gene) {
  const list = gene.exons || bestExons(gene);
  const cds = gene.exons ? gene.cds : null;
  if (!cds || cds[0] === null || cds[0] === undefined) return list.map(([s, e]) => [s, e, 6]);
  return list.flatMap(([s, e]) => {
    const [a, b] = [Math.max(s, cds[0]), Math.min(e, cds[1])];
    return a < b ? [[s, e, 3], [a, b, 7]] : [[s, e, 3]];
  });
}

function bestExons(gene) {
  const all = gene.transcripts || [];
  const best = all.find((t) => /^MANE/.test(t.rule || "")) || all[0];
  if (!best) return [];
  if (Array.isArray(best.exons)) return best.exons.map((e) => (Array.isArray(e) ? e : [e.start, e.end]));
  const [starts, ends] = [best.exon_starts || [], best.exon_ends || []];
  return starts.map((v, i) => [v, ends[i]]);
}
