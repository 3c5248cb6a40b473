/* The tab of checks: who the samples are, their copies, runs and disomy, with how each is known. */
import { el, fill, h, icon, s } from "./dom.js";
import { clear, failed, Waiting, words } from "./faces.js";
import { bases, grouped } from "./format.js";

const MARKS = ["circle", "square", "triangle", "diamond"];
const SHAPES = { circle: "M6 1a5 5 0 1 0 .01 0z", square: "M1.5 1.5h9v9h-9z", triangle: "M6 1l5 9.5H1z", diamond: "M6 .5L11.5 6 6 11.5.5 6z" };
const CHECKED = { ok: "agrees", warn: "look", unknown: "not known" };

export class Checks {
  constructor(store, genome, model) {
    this.store = store;
    this.genome = genome;
    this.face = el("checks-face");
    this.waiting = new Waiting((line) => this.shown(line), () => clear(this.face));
    store.follow(["tab"], (state) => {
      const on = state.tab === "checks";
      el("checks").hidden = !on;
      for (const id of ["filter", "variants"]) el(id).hidden = on;
      if (on) this.coloured();
    });
    model.on("checks", () => this.set(model.checks));
    this.set(model.checks);
    new MutationObserver(() => store.state.tab === "checks" && this.coloured()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** The charts are drawn by the session: tell it which colours the page has. */
  coloured() {
    const { theme } = document.documentElement.dataset;
    if (theme === this.theme) return;
    this.theme = theme;
    this.store.deed("colours", { theme });
  }

  shown(line) {
    fill(this.face, line);
    this.face.hidden = false;
  }

  again() {
    this.store.deed("retry", { client: "checks" });
  }

  set(answer) {
    this.waiting.end();
    clear(this.face);
    el("checks-body").hidden = answer.face !== "ready";
    if (answer.face === "loading") this.waiting.start("Reading genotypes and depth", () => this.store.deed("stop", { client: "checks" }));
    if (answer.face === "failed") failed(this.face, answer.problem, "the people of this case", () => this.again());
    if (answer.face === "stopped") this.shown(words("empty", "Stopped", "Nothing is known about the people of this case.", [h("button", { class: "button", type: "button", onclick: () => this.again() }, "Go on")]));
    if (answer.face === "ready") this.draw(answer.found);
  }

  draw(found) {
    this.names = new Map(found.people.map((p) => [p.sample, p.name]));
    fill(el("checks-line"), line(found));
    fill(el("checks-identity"), identity(found.identity, look(found)));
    fill(el("checks-legend"), found.people.map((p, i) => h("span", { class: "check-key" }, mark(i), p.name)));
    fill(el("checks-people"), table("People", ["Person", "Reported", "Found", "X · Y copies", "Copies of chromosomes", "Runs of homozygosity", "Share"], found.people.map((p, i) => this.person(p, i))));
    for (const [id, what] of [["copies", "copies"], ["runs", "roh"]]) {
      const known = found.people.some((p) => p[what].value !== null);
      fill(el(`checks-${id}-none`), known ? null : `Nothing is drawn: ${found.people[0]?.[what].verdict || "nobody is in sight"}.`);
    }
    const compared = found.relatedness.length + found.trios.length;
    fill(el("checks-pairs"), !compared ? h("p", { class: "second checks-none" }, "There is nobody to compare with.") : table("Kinship", ["Pair", "Expected", "Found", "Kinship", "IBS0 sites", "Sites compared", "Verdict"], [...found.relatedness.map((r) => this.pair(r)), ...found.trios.map((t) => this.trio(t))]));
    const stretches = this.stretches(found);
    fill(el("checks-stretches"), stretches.length ? table("Stretches", ["Stretch", "Person", "What", "Length", "Sites", "Copies", ""], stretches.map((r) => this.stretch(r))) : h("p", { class: "second checks-none" }, nothing(found)));
    fill(el("checks-how"), how(found));
  }

  person(p, i) {
    const sex = p.sex;
    return h("tr", {}, h("th", { scope: "row" }, mark(i), " ", p.name), cell(sex.reported), h("td", {}, h("b", {}, sex.value ?? "unknown"), " ", badge(sex)), cell([sex.x_copies, sex.y_copies].map((x) => (x === null ? "–" : x.toFixed(2))).join(" · "), "num"), h("td", {}, badge(p.copies), " ", p.copies.verdict), h("td", { class: "num" }, p.roh.value === null ? "unknown" : bases(p.roh.value)), h("td", {}, badge(p.roh), " ", p.roh.verdict));
  }

  pair(r) {
    const names = [r.one, r.other].map((id) => this.names.get(id) || id).join(" – ");
    return h("tr", {}, h("th", { scope: "row" }, names), cell(r.expected || "nothing said"), cell(r.found || "unknown"), cell(r.kinship === null ? "–" : fixed(r.kinship), "num"), cell(grouped(r.ibs0), "num"), cell(grouped(r.sites), "num"), h("td", {}, badge(r), " ", r.verdict.replace(/^agrees: /, "")));
  }

  trio(t) {
    const name = (id) => this.names.get(id) || id;
    return h("tr", {}, h("th", { scope: "row" }, `${name(t.child)} of ${name(t.father)} and ${name(t.mother)}`), cell("Mendel's rule"), cell(`${grouped(t.errors)} errors`), cell("", "num"), cell("", "num"), cell(grouped(t.sites), "num"), h("td", {}, badge(t), " ", t.verdict));
  }

  stretches(found) {
    const out = [];
    for (const u of found.upd) for (const seg of u.segments) out.push({ ...seg, person: u.sample, what: seg.one_copy ? "one copy by depth" : `${seg.origin} ${seg.type || "disomy"}`, kind: `upd-${seg.origin}` });
    for (const p of found.people) for (const seg of p.roh.segments) out.push({ ...seg, person: p.sample, what: seg.one_copy ? "homozygous, one copy by depth" : "run of homozygosity", kind: "roh" });
    return out.sort((a, b) => b.bases - a.bases);
  }

  stretch(r) {
    const place = `${r.name}:${grouped(r.start + 1)}–${grouped(r.end)}`;
    const go = () => {
      const [a, b] = [this.genome.axis.gpos(r.chrom, r.start), this.genome.axis.gpos(r.chrom, r.end)];
      const pad = (b - a) * 0.5;
      this.genome.show(Math.max(0, a - pad), b + pad);
      el("main").scrollTop = 0;
    };
    const knob = h("button", { class: "link mono", type: "button", title: "Show it in the tracks", onclick: go }, place);
    return h("tr", {}, h("th", { scope: "row" }, knob), cell(this.names.get(r.person) || r.person), h("td", {}, h("span", { class: `check-dot check-${r.kind}` }), " ", r.what), cell(bases(r.bases), "num"), cell(grouped(r.sites), "num"), cell(r.copies === null || r.copies === undefined ? "–" : r.copies.toFixed(2), "num"), h("td", {}));
  }
}

/** Three places, with a true minus, and no minus before nothing. */
const fixed = (x) => (Math.abs(x) < 0.0005 ? "0.000" : x.toFixed(3).replace("-", "−"));

const cell = (text, look) => h("td", { class: look || null }, text);

function mark(i) {
  const name = MARKS[i % MARKS.length];
  return s("svg", { class: `check-mark check-mark-${name}`, viewBox: "0 0 12 12", "aria-hidden": "true" }, s("path", { d: SHAPES[name] }));
}

/** A word and a colour, with what it rests on one hover away. */
function badge(fact) {
  return h("span", { class: `check-badge check-${fact.status}`, title: `${fact.verdict}. ${fact.formula}. Source: ${fact.source}. Limit: ${fact.limit}.` }, CHECKED[fact.status]);
}

function identity(found, seen) {
  const reasons = found.reasons.length ? h("ul", {}, found.reasons.map((r) => h("li", {}, r))) : null;
  const also = seen.length ? h("ul", { class: "check-also" }, seen.map((w) => h("li", {}, w))) : null;
  return h("div", { class: `check-identity check-identity-${found.status}`, role: "status" }, icon(found.status === "ok" ? "check" : "warn"), h("div", {}, h("b", {}, `${found.verdict[0].toUpperCase()}${found.verdict.slice(1)}.`), found.status === "warn" ? " De novo, compound heterozygous and somatic labels are not to be trusted before this is cleared." : "", reasons, also && h("p", { class: "second" }, "Beside who they are, look at:"), also));
}

/** What is to be looked at beside the names: chromosomes off their copies, long runs, disomy. */
function look(found) {
  const people = found.people.flatMap((p) => [["copies", p.copies], ["homozygosity", p.roh]].filter(([, f]) => f.status === "warn").map(([what, f]) => `${p.name}, ${what}: ${f.verdict}`));
  const name = (id) => found.people.find((p) => p.sample === id)?.name || id;
  return [...people, ...found.upd.filter((u) => u.status === "warn").map((u) => `${name(u.sample)}, disomy: ${u.verdict}`)];
}

function line(found) {
  const held = found.withheld ? ` · ${grouped(found.withheld)} people are withheld from you` : "";
  return `${grouped(found.sites)} sites${found.people.length > 1 ? " compared" : ""}${held}`;
}

function nothing(found) {
  const unknown = [...found.people.map((p) => p.roh), ...found.upd].filter((f) => f.status === "unknown");
  const said = unknown.map((f) => f.verdict).join("; ");
  const disomy = found.upd.length ? "no disomy" : "disomy cannot be told without both parents";
  return unknown.length ? `No stretch can be named: ${said}.` : `No run of homozygosity was found; ${disomy}.`;
}

function table(caption, heads, rows) {
  const numbers = new Set(["X · Y copies", "Runs of homozygosity", "Kinship", "IBS0 sites", "Sites compared", "Length", "Sites", "Copies"]);
  return h("table", { class: "plain-table checks-table" }, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, heads.map((t) => h("th", { scope: "col", class: numbers.has(t) ? "num" : null }, t)))), h("tbody", {}, rows));
}

/** Formula, source and limit of every kind of finding, once each. */
function how(found) {
  const first = found.people[0];
  const facts = [["Sex", first?.sex], ["Copies", first?.copies], ["Runs of homozygosity", first?.roh], ["Kinship", found.relatedness[0]], ["Mendelian errors", found.trios[0]], ["Uniparental disomy", found.upd[0]]].filter(([, f]) => f);
  return h("dl", { class: "checks-list" }, facts.map(([name, f]) => [h("dt", {}, name), h("dd", {}, h("span", {}, f.formula), h("span", { class: "second" }, `Source: ${f.source}`), h("span", { class: "second" }, `Limit: ${f.limit}`))]));
}
