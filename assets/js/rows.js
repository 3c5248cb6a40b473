/* The rows of the genome card as the layout and the chosen people ask for; kept ones stay as they are. */
import { ArcTrack } from "./arcs.js";
import { el, fill } from "./dom.js";
import { GeneTrack } from "./genetrack.js";
import { GridTrack } from "./grid.js";
import { arranged, chosenPeople, OVERLAID } from "./layout.js";
import { COLOURS, OverlayTrack } from "./overlay.js";
import { CopyTrack, PopulationTrack, SegmentTrack } from "./segments.js";

const KINDS = { picture: GridTrack, signal: GridTrack, copies: CopyTrack, segments: SegmentTrack, arcs: ArcTrack, genes: GeneTrack, population: PopulationTrack };

export class Rows {
  constructor(world) {
    this.world = world;
    this.box = el("rows");
    this.all = [];
  }

  /** Make the rows anew where they changed; returns those that are new and must ask. */
  arrange() {
    const { store } = this.world;
    const specs = new Map(store.boot.tracks.map((t) => [t.name, t]));
    const people = chosenPeople(store.state, store.boot);
    const old = new Map(this.all.map((r) => [r.identity, r]));
    const fresh = [];
    const next = [];
    for (const { name, size } of arranged(store.state, store.boot)) {
      const spec = specs.get(name);
      for (const person of this.drawn(spec, people)) {
        const over = Array.isArray(person);
        const key = people.length > 1 && person && !over ? `${name}-${person.index}` : name;
        const identity = over ? `${key} over` : `${key} ${person?.id ?? ""}`;
        const row = old.get(identity) || this.make(spec, person, key, size, identity);
        if (!old.delete(identity)) fresh.push(row);
        else if (row.size !== size) {
          row.resize(size);
          fresh.push(row);
        }
        next.push(row);
      }
    }
    old.forEach((row) => row.close());
    this.all = next;
    if ([...this.box.children].some((node, i) => node !== next[i]?.node) || this.box.children.length !== next.length) fill(this.box, next.map((r) => r.node));
    return fresh;
  }

  /** Who gets a row: of several people only those who have what it shows. */
  drawn(spec, people) {
    if (!spec.people) return [null];
    const having = people.filter((p) => spec.people[p.id]);
    if (this.laidOver(spec, having)) return [having];
    return people.length > 1 ? having : people.slice(0, 1);
  }

  /** Whether the people who have a signal are laid over each other in one row. */
  laidOver(spec, having) {
    const asked = this.world.store.state.person === OVERLAID && spec.kind === "signal" && !spec.codes?.length;
    return asked && having.length > 1 && having.length <= COLOURS.length;
  }

  make(spec, person, key, size, identity) {
    const Kind = Array.isArray(person) ? OverlayTrack : KINDS[spec.kind];
    const row = new Kind(spec, person, key, size, this.world);
    row.identity = identity;
    row.loaded.push(() => this.world.say());
    return row;
  }

  /** Those drawn from a grid of counts. */
  get grids() {
    return this.all.filter((r) => r instanceof GridTrack);
  }

  /** The row at a height below the top of `svg`, with the height inside it. */
  at(py, top) {
    for (const row of this.all) {
      if (row.node.hidden) continue;
      const y = row.canvas.getBoundingClientRect().top - top;
      if (py >= y && py <= y + row.high) return { row, y: py - y };
    }
    return null;
  }
}
