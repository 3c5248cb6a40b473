/* The genome-wide axis: chromosome and position of a place, and back. */
import { bases, grouped } from "./format.js";

export class Axis {
  constructor(boot) {
    this.sizes = boot.sizes;
    this.offsets = boot.offsets;
    this.names = boot.names;
    this.total = boot.sizes.reduce((a, b) => a + b, 0);
  }

  /** Index from 0 of the chromosome at a place. */
  chrom(x) {
    let i = this.offsets.length - 1;
    while (i > 0 && this.offsets[i] > x) i -= 1;
    return i;
  }

  gpos(chrom, start) {
    return this.offsets[chrom - 1] + Math.max(0, Math.min(start, this.sizes[chrom - 1] - 1));
  }

  /** "chr9:100,000,001–138,394,717" for a half-open span. */
  text(x0, x1) {
    const a = Math.max(0, Math.round(x0));
    const b = Math.min(this.total, Math.round(x1));
    const i = this.chrom(a);
    const j = this.chrom(b - 1);
    const from = `${this.names[i]}:${grouped(a - this.offsets[i] + 1)}`;
    const to = grouped(b - this.offsets[j]);
    return i === j ? `${from}–${to}` : `${from}–${this.names[j]}:${to}`;
  }

  place(x) {
    const i = this.chrom(x);
    return `${this.names[i]}:${grouped(Math.floor(x) - this.offsets[i] + 1)}`;
  }

  short(i) {
    return this.names[i].replace("chr", "");
  }

  width(x0, x1) {
    return bases(x1 - x0);
  }
}
