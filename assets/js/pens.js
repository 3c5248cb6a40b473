/* Two pens with the same strokes: one draws on a canvas, one writes SVG. Lengths are CSS pixels. */
import { s } from "./dom.js";

const FACE = "Inter, system-ui, sans-serif";
const ANCHOR = { left: "start", center: "middle", right: "end" };

export class CanvasPen {
  constructor(width, height, scale) {
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    this.ctx = this.canvas.getContext("2d");
    this.ctx.scale(scale, scale);
    this.ctx.imageSmoothingEnabled = false;
  }

  rect(x, y, w, high, fill) {
    this.ctx.fillStyle = fill;
    this.ctx.fillRect(x, y, w, high);
  }

  text(words, x, y, { size = 11, weight = 400, align = "left", fill }) {
    Object.assign(this.ctx, { font: `${weight} ${size}px ${FACE}`, textAlign: align, textBaseline: "alphabetic", fillStyle: fill });
    this.ctx.fillText(words, x, y);
  }

  image(sheet, x, y, w, high) {
    this.ctx.drawImage(sheet, x, y, w, high);
  }

  blob() {
    return new Promise((ok, no) => this.canvas.toBlob((b) => (b ? ok(b) : no(new Error("The picture is too large for this browser"))), "image/png"));
  }
}

export class SvgPen {
  constructor(width, height) {
    this.root = s("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` });
  }

  rect(x, y, width, height, fill) {
    this.root.append(s("rect", { x, y, width, height, fill }));
  }

  text(words, x, y, { size = 11, weight = 400, align = "left", fill }) {
    this.root.append(s("text", { x, y, fill, "font-family": FACE, "font-size": size, "font-weight": weight, "text-anchor": ANCHOR[align] }, words));
  }

  image(sheet, x, y, width, height) {
    this.root.append(s("image", { x, y, width, height, href: sheet.toDataURL("image/png"), preserveAspectRatio: "none", style: { imageRendering: "pixelated" } }));
  }

  blob() {
    return new Blob([new XMLSerializer().serializeToString(this.root)], { type: "image/svg+xml" });
  }
}
