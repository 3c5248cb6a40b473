/* How a cell of the variant table is drawn. Values become text nodes only. */
import { h, s } from "./dom.js";
import { absent, bases, clinClass, frequency, grouped, MISSING, number, stars } from "./format.js";

const LONGEST = 72;
const none = () => h("span", { class: "cell-missing" }, MISSING);
const PARTS = { freq: "frequency", conseq: "consequence", most_severe: "consequence", pred: "prediction", protein: "prediction", splic: "prediction", deleter: "prediction", inherit: "inheritance", model: "inheritance", variant_call: "inheritance", pheno: "phenotype", panel: "phenotype", gene: "phenotype", clin: "clinvar", significance: "clinvar" };

export function partKind(name) {
  const words = String(name).toLowerCase();
  const key = Object.keys(PARTS).find((k) => words.includes(k));
  return key ? PARTS[key] : "prediction";
}

export function readParts(list) {
  return (list || []).map((text) => {
    const at = String(text).lastIndexOf("=");
    return { name: String(text).slice(0, at), value: Number(String(text).slice(at + 1)) };
  }).filter((p) => Number.isFinite(p.value));
}

export function impactShape(impact) {
  const shape = { HIGH: "M5 0 10 9H0z", MODERATE: "M5 0 10 5 5 10 0 5z", LOW: "M1 1h8v8H1z", MODIFIER: "M0 4h10v2.2H0z" }[impact];
  return shape ? s("svg", { class: `impact impact-${impact}`, viewBox: "0 0 10 10", role: "img", "aria-label": impact }, s("title", {}, impact), s("path", { d: shape })) : null;
}

/** FORMAT keys of a structural call's evidence: pairs, split reads, copies, and their like. */
const EVIDENCE = ["PR", "SR", "CN", "PE", "SU", "DR", "DV", "RR", "RV", "AD", "RC", "BC"];
/** Callers one by one: a file may join them in one word. */
export const callerNames = (list) => [].concat(list || []).flatMap((c) => String(c).split("|")).filter(Boolean);
const WORDS = { "-1": "no call", 0: "none", 1: "one copy", 2: "two copies" };

/** A person's shape, empty, half or wholly filled; dashed without a call. */
export function genotype(copies, person, hemi) {
  const words = hemi && copies > 0 ? "the only copy" : WORDS[copies] || `${copies} copies`;
  const look = copies < 0 || absent(copies) ? "gt-none" : hemi && copies > 0 ? "gt-hemi" : copies > 1 ? "gt-hom" : "gt-het";
  const female = person.sex === "female";
  const shape = (cls) => (female ? s("circle", { class: cls, cx: 5.5, cy: 5.5, r: 5.5 }) : s("rect", { class: cls, x: 0, y: 0, width: 11, height: 11 }));
  const base = look === "gt-none" ? shape("gt-none") : shape("gt-empty");
  const half = female ? s("path", { class: look, d: "M0 5.5a5.5 5.5 0 0 0 11 0z" }) : s("rect", { class: look, x: 0, y: 5.5, width: 11, height: 5.5 });
  const top = copies > 0 ? (copies > 1 || hemi ? shape(look) : half) : null;
  const label = `${person.role || person.name || person.id}: ${words}`;
  return s("svg", { class: "genotype", viewBox: "0 0 11 11", role: "img", "aria-label": label }, s("title", {}, label), base, top);
}

export function modelKind(text) {
  if (/dn|novo/i.test(text)) return "denovo";
  if (/^ar|comp|recess/i.test(text)) return "recessive";
  if (/^ad|domin/i.test(text)) return "dominant";
  return "other";
}

const MODELS = { AR_hom: "recessive hom", AR_comp: "comp het", AR_comp_dn: "comp het, de novo", AR_hom_dn: "rec., de novo", AD: "dominant", AD_dn: "de novo", XR: "X-linked rec.", XD: "X-linked dom.", XR_dn: "X-linked, de novo", XD_dn: "X-linked, de novo" };

export class Cells {
  constructor(boot) {
    this.boot = boot;
    this.person = 0;
  }

  draw(kind, row, name) {
    const draw = this[kind] || this.text;
    return draw.call(this, row, name) || none();
  }

  text(row, name) {
    const v = row[name];
    return absent(v) ? none() : h("span", { title: String(v) }, String(v));
  }

  mono(row, name) {
    const v = row[name];
    return absent(v) ? none() : h("span", { class: "cell-mono", title: String(v) }, String(v));
  }

  number(row, name) {
    return absent(row[name]) ? none() : h("span", {}, number(row[name]));
  }

  list(row, name) {
    const v = row[name];
    if (absent(v) || v.length === 0) return none();
    const words = v.map((x) => (absent(x) ? MISSING : typeof x === "number" ? number(x, 3) : String(x))).join(" · ");
    return h("span", { title: words }, words);
  }

  rank(row) {
    return absent(row.rank_score) ? none() : h("span", { class: "cell-rank" }, number(row.rank_score));
  }

  parts(row) {
    const parts = readParts(row.rank_parts);
    if (!parts.length) return none();
    const plus = parts.filter((p) => p.value > 0);
    const whole = Math.max(plus.reduce((a, p) => a + p.value, 0), 30);
    const words = parts.map((p) => `${p.name} ${number(p.value)}`).join(", ");
    return h("span", { class: "parts", role: "img", title: words, "aria-label": words }, plus.map((p) => h("span", { class: `part-${partKind(p.name)}`, style: { width: `${(p.value / whole) * 100}%` } })));
  }

  place(row) {
    const name = this.chromName(row.chrom);
    const long = row.class !== "snv" && row.class !== "indel";
    const change = long ? `${row.svtype || row.class}${absent(row.svlen) ? "" : ` ${number(Math.abs(row.svlen))} bp`}` : `${clip(row.ref)}>${clip(row.alt)}`;
    return h("span", { class: "cell-mono", title: `${name}:${grouped(row.start + 1)} ${row.ref}>${row.alt}` }, h("span", { class: "place-pos" }, `${name}:${grouped(row.start + 1)}`), h("span", { class: "place-change" }, change));
  }

  /** What stands for a change where no transcript names it: the event, or place and alleles. */
  instead(row) {
    const place = `${this.chromName(row.chrom)}:${grouped(row.start + 1)}`;
    const repeats = row.class === "str" && /^<STR(\d+)>$/.exec(row.alt || "");
    if (repeats) return h("span", { class: "cell-place", title: `${place}; the file's allele ${row.alt}` }, `STR, ${grouped(Number(repeats[1]))} repeats`);
    if (row.class !== "snv" && row.class !== "indel") return h("span", { class: "cell-place", title: place }, [row.svtype || row.class.toUpperCase(), absent(row.svlen) ? "" : bases(Math.abs(row.svlen))].filter(Boolean).join(" "));
    const words = `${place.replace("chr", "")} ${clip(row.ref)}>${clip(row.alt)}`;
    return h("span", { class: "cell-mono cell-place cell-whole", title: `${place} ${row.ref}>${row.alt}` }, words);
  }

  callers(row) {
    const names = callerNames(row.callers);
    return names.length ? h("span", { title: names.join(", ") }, names.join(" · ")) : none();
  }

  svtype(row) {
    const type = row.svtype || row.class?.toUpperCase();
    return type ? h("span", { class: `sv-type sv-${type.toLowerCase()}` }, type) : none();
  }

  svsize(row) {
    const size = absent(row.svlen) ? (row.class === "bnd" || absent(row.end) ? null : row.end - row.start) : Math.abs(row.svlen);
    return absent(size) ? none() : h("span", { title: `${grouped(size)} bp` }, bases(size));
  }

  /** From where to where; a breakend goes to its mate. */
  ends(row) {
    const name = this.chromName(row.chrom);
    const from = `${name}:${grouped(row.start + 1)}`;
    const mate = row.class === "bnd" || row.svtype === "BND";
    const there = /[[\]]([^[\]]+):(\d+)[[\]]/.exec(row.alt || "");
    const to = !mate ? grouped(row.end) : there ? `${there[1]}:${grouped(Number(there[2]))}` : row.mate || "mate not given";
    return h("span", { class: "cell-mono cell-whole", title: `${from} to ${mate ? to : `${name}:${to}`}` }, `${from}${mate ? " → " : "–"}${to}`);
  }

  /** What the caller counted for it, of the chosen person, as it stands in the file. */
  evidence(row) {
    const keys = row.format?.split(":") || [];
    const values = row.sample_text?.[this.person]?.split(":") || [];
    const told = EVIDENCE.filter((k) => keys.includes(k) && ![undefined, ".", ""].includes(values[keys.indexOf(k)])).map((k) => `${k} ${values[keys.indexOf(k)]}`);
    return told.length ? h("span", { title: `${told.join(", ")}; as the file gives it, ${row.format}` }, told.join(" · ")) : none();
  }

  chromName(code) {
    return typeof code === "number" ? this.boot.names[code - 1] : code;
  }

  chrom(row) {
    return h("span", { class: "cell-mono" }, this.chromName(row.chrom));
  }

  start(row) {
    return h("span", { class: "cell-mono" }, grouped(row.start + 1));
  }

  gene(row) {
    return absent(row.gene) ? none() : h("i", { title: row.gene }, row.gene);
  }

  hgvs(row, name) {
    if (absent(row[name])) return name === "hgvsc" && row.chrom && !this.placed ? this.instead(row) : none();
    const text = String(row[name]);
    const short = text.slice(text.indexOf(":") + 1).replace("%3D", "=");
    return h("span", { class: "cell-mono cell-whole", title: text }, middle(short));
  }

  consequence(row) {
    if (absent(row.consequence)) return none();
    return h("span", { title: `${row.consequence}, impact ${row.impact || "unknown"}` }, impactShape(row.impact), row.consequence);
  }

  models(row) {
    if (!row.models?.length) return none();
    const words = row.models.map((m) => MODELS[m] || m);
    return h("span", { class: "model", title: words.join(", ") }, h("span", { class: `model-dot model-${modelKind(row.models[0])}`, "aria-hidden": "true" }), h("span", { class: "model-words" }, words[0]), words.length > 1 && h("span", { class: "cell-note model-more" }, `+${words.length - 1}`));
  }

  genotypes(row) {
    if (!row.gt) return none();
    const people = this.boot.people.length > 8 ? this.boot.people.slice(0, 8) : this.boot.people;
    return h("span", { class: "genotypes" }, people.map((p) => genotype(row.gt[p.index], p, row.hemizygous?.[p.index])));
  }

  af(row, name) {
    if (absent(row[name])) return none();
    return h("span", { title: `${row[name]} as a fraction` }, frequency(row[name]));
  }

  vaf(row) {
    const i = this.person;
    const vaf = row.vaf?.[i];
    if (absent(vaf)) return none();
    const of = absent(row.ad_alt?.[i]) || absent(row.dp?.[i]) ? "" : `${row.ad_alt[i]}/${row.dp[i]}`;
    const title = `${vaf} of the reads${of ? `, ${of.replace("/", " alternate of ")}` : ""}`;
    return h("span", { title }, vaf.toFixed(2), h("span", { class: "cell-note" }, of));
  }

  clinvar(row) {
    if (absent(row.clinvar_sig)) return none();
    const [kind, words] = clinClass(row.clinvar_sig);
    return h("span", { title: String(row.clinvar_sig).replace(/_/g, " ") }, h("span", { class: kind ? `clin-${kind}` : null }, words), stars(row.clinvar_stars));
  }
}

/** HGVS is wrapped, never cut; one of a long insertion says how many letters stand in the side panel. */
const middle = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 14)}… +${text.length - LONGEST + 14} letters` : text);

const clip = (text) => (text && text.length > 8 ? `${text.slice(0, 6)}…${text.length}` : text || "");
