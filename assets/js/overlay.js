/* A signal of several people in one frame: each in a colour of their own, mixed where they meet. */
import { ask } from "./api.js";
import { fill, h, token } from "./dom.js";
import { grouped } from "./format.js";
import { GridTrack, withLane } from "./grid.js";

/** Colours of people that can be told apart; more are not laid over each other. */
export const COLOURS = ["group-a", "group-b", "group-c", "group-d"];
const FAINT = 70;

const rgb = (name) => [1, 3, 5].map((i) => parseInt(token(name).slice(i, i + 2), 16));

export class OverlayTrack extends GridTrack {
  constructor(spec, people, key, size, world) {
    super(spec, people[0], key, size, world);
    this.people = people;
    this.grids = [];
    // No one grid stands behind the picture: it is saved as it is seen.
    this.image = undefined;
    fill(this.what, this.legend());
    this.node.classList.add("track-overlaid");
  }

  /** Every person's first letter in their colour: never the colour alone. */
  legend() {
    return (this.people || []).map((p, i) => h("span", { class: "overlay-key", style: { color: `var(--${COLOURS[i]})` }, title: p.role || p.name || p.id }, this.letter(p)));
  }

  letter(p) {
    return (p.role || p.name || p.id)[0].toUpperCase();
  }

  who() {
    return this.people ? this.people.map((p) => p.role || p.name || p.id).join(" over ") : super.who();
  }

  get lane() {
    return (this.people || [this.person]).some((p) => this.spec.people[p?.id]?.missing);
  }

  tall(size) {
    return 64 * (super.tall(size) >= 64 ? { low: 1, medium: 2, tall: 4 }[size] : 1);
  }

  /** One person after the other: one question in flight for the row, and none drawn by halves. */
  fetch(signal) {
    const [x0, x1] = this.world.view().map(Math.round);
    this.cell = 1;
    const { w } = this.cells(x0, x1);
    const high = 64 * Math.max(1, Math.round(this.high / 64));
    const ends = (name) => this.people.map((p) => this.spec.people[p.id][name]);
    const span = { y0: Math.min(...ends("low")), y1: Math.max(...ends("high")) };
    return this.run(async () => {
      const grids = [];
      for (const person of this.people) {
        // The lane of rows without a value lies below the part that is compared.
        const tall = this.spec.people[person.id].missing ? withLane(high) : high;
        const params = { ...this.params(), sample: person.id, x0, x1, w, h: tall, ...span, as: "colour" };
        const response = await ask("/api/grid", params, signal);
        const get = (name) => Number(response.headers.get(name) || 0);
        grids.push({ bytes: new Uint8Array(await response.arrayBuffer()), rows: get("rows"), missing: get("missing"), clipped: get("clipped"), y0: get("y0"), y1: get("y1"), lane: get("lane-rows") });
      }
      this.came();
      this.laid(grids, { x0, x1, w, h: high });
    });
  }

  laid(grids, at) {
    this.grids = grids;
    const sum = (name) => grids.reduce((all, g) => all + g[name], 0);
    Object.assign(this, { rows: sum("rows"), missing: sum("missing"), clipped: sum("clipped") });
    this.outer = grids.flatMap((g) => {
      this.last = { ...g, at, lane: 0 };
      return this.edges();
    });
    this.last = { ...grids[0], at, lane: 0 };
    this.setAxis(grids[0].y0, grids[0].y1, at.h, 0);
    this.colour();
    this.paint();
    this.say();
    this.loaded.forEach((f) => f());
  }

  /** Where people coincide their colours mix; where one stands alone, the colour is theirs. */
  colour() {
    if (!this.last) return;
    const { w, h: high } = this.last.at;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: w, height: high });
    const ctx = canvas.getContext("2d");
    const image = ctx.createImageData(w, high);
    const colours = this.people.map((_, i) => rgb(COLOURS[i]));
    for (let i = 0; i < w * high; i += 1) {
      let [r, g, b, all, most] = [0, 0, 0, 0, 0];
      this.grids.forEach(({ bytes }, k) => {
        const shade = bytes[i];
        if (!shade) return;
        r += colours[k][0] * shade;
        g += colours[k][1] * shade;
        b += colours[k][2] * shade;
        all += shade;
        most = Math.max(most, shade);
      });
      if (all) image.data.set([r / all, g / all, b / all, Math.min(255, FAINT + most * 0.73)], i * 4);
    }
    ctx.putImageData(image, 0, 0);
    this.laidOver = canvas;
  }

  draw(ctx, w, [v0, v1]) {
    if (!this.last || !this.laidOver) return;
    const { at } = this.last;
    const { from, to, left, wide, scale } = this.inSight(w, v0, v1);
    if (to <= from) return;
    ctx.drawImage(this.laidOver, from, 0, to - from, at.h, left, 0, wide, this.high);
    this.arrows(ctx, scale, v0);
  }

  say() {
    super.say();
    const each = this.grids.map((g, i) => `${this.letter(this.people[i])} ${grouped(g.rows)}`).join(" · ");
    fill(this.n, `n ${grouped(this.rows)}`).title = `${each}; every point of each is counted once`;
  }
}
