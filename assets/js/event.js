/* The side panel of a structural call: the signal under it, what overlaps it, and the genes it hits. */
import { askJson, Latest } from "./api.js";
import { callerNames } from "./cells.js";
import { button, fill, h } from "./dom.js";
import { Waiting } from "./faces.js";
import { absent, bases, frequency, grouped, MISSING, number, signed } from "./format.js";
import { short } from "./segments.js";

export const STRUCTURAL = ["sv", "cnv", "bnd"];
const FEW = 6;
const CLASSES = ["Pathogenic", "Likely pathogenic", "Uncertain significance", "Likely benign", "Benign"];
const LETTERS = ["P", "LP", "VUS", "LB", "B"];
/** ClinGen's scores of evidence, and its two codes that are none. */
const SCORES = { 0: "no evidence", 1: "little evidence", 2: "emerging evidence", 3: "sufficient evidence" };
const HAND = { 30: "recessive phenotype", 40: "dosage sensitivity unlikely" };
const per = (part) => (part < 0.01 ? "under 1 %" : `${Math.round(part * 100)} %`);

export class EventPanel {
  constructor(store, show) {
    this.store = store;
    this.show = show;
    this.box = h("div", { class: "side-event", "aria-live": "polite" });
    this.waiting = new Waiting((line) => fill(this.box, h("section", {}, line)), () => {});
    this.latest = new Latest((signal) => this.read(signal));
  }

  /** The panel for a variant; null for one that has no extent. */
  of(v) {
    this.latest.stop();
    this.row = STRUCTURAL.includes(v.class) ? v.row_id : null;
    if (this.row === null) return null;
    fill(this.box);
    this.latest.ask();
    return this.box;
  }

  async read(signal) {
    const row = this.row;
    if (row === null) return;
    this.waiting.start("Reading the signal under it", () => this.latest.stop());
    try {
      const got = await askJson("/api/event", { case: this.store.boot.case, v: this.store.state.lake, row }, signal);
      this.waiting.end();
      if (row === this.row) this.draw(got);
    } catch (problem) {
      this.waiting.end();
      if (problem.name === "AbortError") return;
      fill(this.box, section("Signal under it", "unknown", h("p", { class: "notice" }, `${problem.message} (${problem.code}). Nothing is known of what lies under it.`), button("Try again", () => this.latest.ask())));
    }
  }

  draw(e) {
    fill(this.box, this.points(e), this.signals(e), this.evidence(e), this.genes(e), this.dosage(e), this.population(e), this.others("Segments that overlap it", e.segments, e.segments_total, (s) => [`${this.who(s.sample)} ${short(s.kind, { ...s, x0: s.start, x1: s.end })}`, s.caller || ""]), this.others("Other calls here", e.calls, e.calls_total, (c) => [c.label, callerNames(c.callers).join(", ") || c.file || ""]));
  }

  who(id) {
    const p = this.store.boot.people.find((x) => x.id === id);
    return p ? p.role || p.name || p.id : id;
  }

  signals(e) {
    if (!e.signals.length) return section("Signal under it", "no signal was given for this case");
    const head = h("tr", {}, ["", "left", "inside", "right", "change"].map((t) => h("th", { scope: "col" }, t)));
    const longest = e.signals.reduce((a, s) => Math.max(a, s.inside.end - s.inside.start), 0);
    return section("Signal under it", "means, and points", h("table", { class: "side-table" }, h("caption", { class: "unseen" }, "Means of each signal inside and beside the event"), h("thead", {}, head), h("tbody", {}, e.signals.map((s) => this.signal(s)))),
      h("p", { class: "third" }, `Flanks are ${bases(Math.max(10000, longest))} each side. Change is the mean inside less that of both flanks.`));
  }

  signal(s) {
    const part = (x, value) => h("td", { class: "num", title: x ? `${grouped(x.n)} points${x.missing ? `, ${grouped(x.missing)} without a value` : ""}` : "the chromosome ends here" }, x ? [value(x), h("small", {}, `n ${grouped(x.n)}`)] : MISSING);
    const value = (x) => (absent(x.mean) ? top(x.codes) : number(x.mean, 3));
    const tone = absent(s.change) ? null : s.change < 0 ? "cn-less" : "cn-more";
    const rows = [h("tr", {}, h("th", { scope: "row" }, s.title, h("small", {}, this.who(s.sample))), [s.left, s.inside, s.right].map((x) => part(x, value)), h("td", { class: "num" }, absent(s.change) ? MISSING : h("b", { class: tone }, signed(Number(s.change.toPrecision(2))))))];
    const minor = [s.left, s.inside, s.right];
    if (minor.some((x) => x && !absent(x.minor))) rows.push(h("tr", { class: "minor" }, h("th", { scope: "row" }, h("small", { title: "mean of min(v, 1 − v): a lost allele lowers it" }, "rarer allele")), minor.map((x) => h("td", { class: "num" }, x && !absent(x.minor) ? number(x.minor, 3) : MISSING)), h("td", {})));
    return rows;
  }

  /** What the caller counted, person by person, and its INFO fields. */
  evidence(e) {
    const people = e.people.filter((p) => Object.keys(p.evidence).length);
    const info = Object.entries(e.info);
    if (!people.length && !info.length) return null;
    const words = (pairs) => pairs.map(([k, v]) => `${k} ${v === true ? "set" : [].concat(v).map((x) => (absent(x) ? "." : x)).join(",")}`).join(" · ");
    return section("Evidence", callerNames(e.callers).join(", ") || "as the file gives it", h("dl", {}, people.map((p) => [h("dt", {}, this.who(p.sample)), h("dd", { class: "mono" }, words(Object.entries(p.evidence)))]), info.length ? [h("dt", {}, "the call"), h("dd", { class: "mono" }, words(info))] : null));
  }

  genes(e) {
    const { genes, total, coding, broken, inside } = e.genes;
    const note = `${grouped(total)}, ${grouped(coding)} with coding bases${broken ? `, ${grouped(broken)} broken` : ""}`;
    if (!total) return section("Genes", inside ? "none inside" : "none at its ends");
    const line = (g) => [h("dt", {}, h("i", {}, g.symbol)), h("dd", {}, [g.breakpoints.length ? `broken in ${g.breakpoints.join(", ")}` : "", g.whole ? "whole gene" : "", !g.whole && g.exons.length ? `exon ${span(g.exons)}` : "", g.coding_of ? `${grouped(g.coding_bases)} of ${grouped(g.coding_of)} coding bases` : g.biotype.replace(/_/g, " ")].filter(Boolean).join(" · "))];
    const rest = genes.slice(FEW);
    return section("Genes", note, h("dl", {}, genes.slice(0, FEW).map(line)), rest.length ? h("details", {}, h("summary", {}, `${grouped(total - FEW)} more${genes.length < total ? `, the first ${grouped(rest.length)} told` : ""}`), h("dl", {}, rest.map(line))) : null);
  }

  /** Points of the copy-number guideline, with what it leaves to a person. */
  points(e) {
    const found = e.points;
    if (!found) return null;
    const at = CLASSES.indexOf(found.verdict);
    const scale = h("span", { class: "class-scale", role: "img", "aria-label": `${found.verdict}, step ${5 - at} of 5 from benign` }, [...CLASSES].reverse().map((c) => h("span", { class: c === found.verdict ? `on class-${LETTERS[CLASSES.indexOf(c)]}` : null })));
    const rules = found.rules.map((r) => [h("dt", {}, h("b", {}, r.code), " ", r.why), h("dd", {}, signed(r.points))]);
    return section("Points so far, not a classification", `${signed(found.total)} ${Math.abs(found.total) === 1 ? "point" : "points"}`,
      h("p", { class: "class-line" }, scale, h("b", { class: `clin-${LETTERS[at]}` }, found.verdict)), h("dl", { class: "point-rules" }, rules),
      found.notes.map((n) => h("p", {}, n)), h("p", { class: "side-left", title: found.limit }, h("b", {}, "Left to a person. "), found.open.join("; "), "."), h("p", { class: "third" }, found.guideline));
  }

  /** What ClinGen judged of the bases, those with a verdict first. */
  dosage(e) {
    const { dosage = [], dosage_total: total = 0, dosage_source: source = "" } = e.known || {};
    if (!total) return null;
    const judged = (d) => Math.max(SCORES[d.hi] ? d.hi : -1, SCORES[d.ts] ? d.ts : -1);
    const line = (d) => [h("dt", { title: `${d.place}, reviewed ${d.reviewed || "at no noted time"}` }, d.kind === "gene" ? h("i", {}, d.name) : d.name, h("small", {}, ` ${[d.hi_disease, d.ts_disease].filter(Boolean).join("; ")}`)), h("dd", { title: [`loss: ${SCORES[d.hi] || HAND[d.hi] || "not judged"}`, `gain: ${SCORES[d.ts] || HAND[d.ts] || "not judged"}`].join(", ") }, `HI ${absent(d.hi) ? MISSING : d.hi} · TS ${absent(d.ts) ? MISSING : d.ts} · ${per(d.share)}`)];
    const order = [...dosage].sort((p, q) => judged(q) - judged(p));
    return section("Dosage", source, h("dl", { class: "point-rules" }, order.slice(0, FEW).map(line)), total > FEW ? h("details", {}, h("summary", {}, `${grouped(total - FEW)} more`), h("dl", { class: "point-rules" }, order.slice(FEW).map(line))) : null);
  }

  population(e) {
    const { population: list = [], population_total: total = 0, population_source: source = "" } = e.known || {};
    if (!source || !e.known.kind) return null;
    if (!total) return section("In the population", "none alike by half of both lengths", h("p", { class: "third" }, source));
    return section("In the population", `${grouped(total)} alike`, h("dl", {}, list.slice(0, FEW).map((p) => [h("dt", {}, `${p.type} ${bases(p.end - p.start)}`), h("dd", {}, `${frequency(p.af)} · ${per(p.reciprocal)}`)])), h("p", { class: "third" }, source));
  }

  others(title, list, total, words) {
    if (!total) return section(title, "none");
    const line = (x) => {
      const [what, by] = words(x);
      return h("button", { type: "button", class: "side-line", title: "Show it in the pictures", onclick: () => this.show(x) }, h("span", {}, what), h("span", { class: "side-note" }, [by, x.reciprocal ? per(x.reciprocal) : absent(x.distance) ? "" : `${grouped(x.distance)} bp off`].filter(Boolean).join(" · ")));
    };
    const rest = list.slice(FEW);
    return section(title, `${grouped(total)}; share of the longer one`, list.slice(0, FEW).map(line), rest.length ? h("details", {}, h("summary", {}, `${grouped(total - FEW)} more${list.length < total ? `, the first ${grouped(rest.length)} told` : ""}`), rest.map(line)) : null);
  }
}

function section(title, note, ...inside) {
  return h("section", {}, h("header", {}, h("h3", {}, title), note && h("span", { class: "side-note" }, note)), inside);
}

function top(codes) {
  const best = Object.entries(codes || {}).sort((p, q) => q[1] - p[1])[0];
  return best && best[1] ? best[0] : MISSING;
}

const span = (list) => (list.length > 2 && list[list.length - 1] - list[0] === list.length - 1 ? `${list[0]}–${list[list.length - 1]}` : list.join(", "));
