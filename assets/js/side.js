/* The side panel: everything known of the selected variant, and where it came from. */
import { askJson, Latest } from "./api.js";
import { genotype, impactShape, partKind, readParts } from "./cells.js";
import { announce, button, el, fill, h, s } from "./dom.js";
import { EventPanel } from "./event.js";
import { failed, Waiting } from "./faces.js";
import { absent, bases, clinClass, frequency, grouped, MISSING, number, signed, sortParts, stars } from "./format.js";

const FREQUENCIES = [["gnomad_af", "gnomAD"], ["af_max", "Highest population"], ["local_obs", "Local observations"], ["gnomad_hom", "gnomAD homozygotes"]];
const SCORES = [["cadd", "CADD", 0, 60, "Phred, 0 to 60"], ["revel", "REVEL", 0, 1, "0 to 1"], ["spliceai", "SpliceAI", 0, 1, "highest delta, 0 to 1"]];

export class Side {
  constructor(store, hooks) {
    this.store = store;
    this.hooks = hooks;
    this.box = el("side");
    this.waiting = new Waiting((line) => fill(this.box, line), () => {});
    this.latest = new Latest((signal) => this.read(signal));
    this.event = new EventPanel(store, hooks.zoom);
    store.follow(["row", "lake"], () => this.latest.ask());
    store.follow(["f", "sort"], () => this.reason());
  }

  async read(signal) {
    const { row, lake } = this.store.state;
    if (row === null) return this.idle();
    this.waiting.start("Reading the variant", () => this.latest.stop());
    try {
      const got = await askJson("/api/variant", { case: this.store.boot.case, row, v: lake }, signal);
      this.waiting.end();
      this.variant = got;
      this.draw(got);
      this.hooks.shown(got);
    } catch (problem) {
      this.waiting.end();
      if (problem.name !== "AbortError") failed(this.box, problem, "this variant", () => this.latest.ask());
    }
    return undefined;
  }

  idle() {
    this.variant = null;
    this.event.row = null;
    fill(this.box, h("div", { class: "side-top" }, h("span", { class: "side-why" }, "No variant selected")), h("p", { class: "side-empty" }, "Click a row or a mark, or press ", h("kbd", {}, "J"), ". Its people, frequencies, scores, transcripts and every field of the file appear here."));
    this.hooks.shown(null);
  }

  open(on = true) {
    this.box.classList.toggle("side-open", on);
  }

  draw(v) {
    const sections = [this.event.of(v), this.people(v), this.rank(v), this.frequency(v), this.scores(v), this.clinvar(v), this.transcripts(v), this.fields(v), this.source(v)];
    fill(this.box, this.top(v), sections, this.acts(v));
    this.reason();
    announce(`${this.title(v)} selected.`);
  }

  title(v) {
    const p = absent(v.hgvsp) ? "" : String(v.hgvsp).split(":").pop().replace("%3D", "=");
    const c = absent(v.hgvsc) ? "" : String(v.hgvsc).split(":").pop();
    const small = v.class === "snv" || v.class === "indel";
    const event = small ? "" : [v.svtype || v.class.toUpperCase(), absent(v.svlen) ? "" : bases(Math.abs(v.svlen))].filter(Boolean).join(" ");
    return [v.gene, event || p || c || `${this.chrom(v)}:${grouped(v.start + 1)}`].filter(Boolean).join(" ");
  }

  chrom(v) {
    return v.chrom_name || (typeof v.chrom === "number" ? this.store.boot.names[v.chrom - 1] : v.chrom);
  }

  top(v) {
    const what = this.title(v).replace(v.gene || "\u0000", "").trim();
    const change = v.class === "snv" || v.class === "indel" ? `${v.ref}>${v.alt}` : [v.svtype || v.class, absent(v.svlen) ? "" : `${grouped(Math.abs(v.svlen))} bp`].join(" ");
    return [
      h("div", { class: "side-top" }, h("span", { class: "side-why" }, "Why is this here?"), h("span", { class: "side-note" }, h("span", { id: "side-place" }), h("kbd", {}, "J"), " ", h("kbd", {}, "K"), " ", button("×", () => this.store.set({ row: null }), { class: "tiny", "aria-label": "Close the variant" }))),
      h("h2", {}, v.gene && h("i", {}, v.gene), v.gene && " ", what),
      h("p", { class: "mono-line" }, [v.hgvsc, v.mane].filter((x) => !absent(x)).join(" · ") || "no transcript in the file"),
      h("p", { class: "mono-line" }, `${this.chrom(v)}:${grouped(v.start + 1)} ${change}`),
      h("p", { class: "mono-line" }, impactShape(v.impact), (v.consequence || "").replace(/_/g, " ")),
      h("p", { class: "side-reason", id: "side-reason", "aria-live": "polite" }, ""),
    ];
  }

  /** Which filters it passed, or which one removed it. */
  async reason() {
    const line = el("side-reason");
    if (!line || !this.variant) return;
    const s = this.store.state;
    const row = this.variant.row_id;
    const on = s.filters.filter((f) => f.on).length + (s.brush ? 1 : 0) + (s.tab === "sv" ? 1 : 0);
    const kept = on ? `Kept by ${on === 1 ? "the one filter" : `all ${on} filters`}.` : "No filter is on: every call is kept.";
    try {
      const got = await askJson("/api/place", { case: this.store.boot.case, v: s.lake, f: s.f, sort: s.sort, row });
      if (this.variant?.row_id !== row || !el("side-reason")) return;
      const [name, way] = sortParts(s.sort);
      const number_ = got.place === null ? "" : grouped(got.place + 1);
      el("side-place").textContent = number_ ? `no. ${number_} ` : "";
      el("side-reason").textContent = number_ ? `${kept} Number ${number_} by ${this.store.boot.columns.find((c) => c.sort === name.split(":")[0])?.title.toLowerCase() || name}${name === "gpos" ? "" : way === "desc" ? ", highest first" : ", lowest first"}.` : "Removed by a filter: it is not among the rows of the table. Ask “What removed…?” for the step.";
    } catch (problem) {
      line.textContent = `Whether it passes the filters is unknown: ${problem.message} (${problem.code}).`;
    }
  }

  section(title, note, ...inside) {
    return h("section", {}, h("header", {}, h("h3", {}, title), note && h("span", { class: "side-note" }, note)), inside);
  }

  list(pairs) {
    const kept = pairs.filter(([, v]) => !absent(v));
    return kept.length ? h("dl", {}, kept.map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])) : h("p", { class: "side-note" }, "nothing in the file");
  }

  people(v) {
    const tree = el("head-tree").querySelector("svg")?.cloneNode(true);
    if (tree) this.paintTree(tree, v);
    const people = this.store.boot.people.slice(0, 40);
    const rows = people.map((p) => {
      const i = p.index;
      const get = (name) => v[name]?.[i];
      const gq = absent(get("gq")) ? "" : `GQ ${number(get("gq"))}`;
      const reads = absent(get("ad_alt")) ? "" : `${get("ad_alt")}/${absent(get("dp")) ? get("ad_alt") + get("ad_ref") : get("dp")} alt reads`;
      const text = alleles(v, i);
      return [genotype(get("gt"), p, get("hemizygous")), h("span", {}, h("b", {}, p.role || p.name || p.id), ` ${text}`), h("span", { class: "num" }, [reads, gq].filter(Boolean).join(", ") || MISSING)];
    });
    const models = v.models?.length ? `${v.models.join(", ")}${v.alt_count > 1 ? ", of the whole record" : ""}` : null;
    return this.section("Segregation", models, tree, h("div", { class: "side-people" }, rows));
  }

  paintTree(tree, v) {
    tree.querySelectorAll("[data-sample]").forEach((g) => {
      const copies = v.gt?.[Number(g.dataset.sample)];
      const shape = g.querySelector("rect, circle");
      if (!shape || !(copies > 0)) return;
      const box = shape.tagName === "rect" ? { x: +shape.getAttribute("x"), y: +shape.getAttribute("y"), w: 15 } : { x: +shape.getAttribute("cx") - 7.5, y: +shape.getAttribute("cy") - 7.5, w: 15 };
      const half = copies < 2 && !v.hemizygous?.[Number(g.dataset.sample)];
      const cls = `ped-fill ${half ? "gt-het" : v.hemizygous?.[Number(g.dataset.sample)] ? "gt-hemi" : "gt-hom"}`;
      const round = shape.tagName === "circle";
      const mark = half && round ? s("path", { class: cls, d: `M${box.x} ${box.y + 7.5}a7.5 7.5 0 0 0 15 0z` }) : round ? s("circle", { class: cls, cx: box.x + 7.5, cy: box.y + 7.5, r: 7 }) : s("rect", { class: cls, x: box.x + 0.7, y: box.y + (half ? 7.5 : 0.7), width: 13.6, height: half ? 6.8 : 13.6 });
      shape.after(mark);
    });
  }

  rank(v) {
    if (absent(v.rank_score)) return null;
    const parts = readParts(v.rank_parts);
    const most = Math.max(...parts.map((p) => Math.abs(p.value)), 1);
    const sum = Math.max(parts.filter((p) => p.value > 0).reduce((a, p) => a + p.value, 0), 1);
    const whole = h("div", { class: "side-rank", "aria-hidden": "true" }, parts.filter((p) => p.value > 0).map((p) => h("span", { class: `part-${partKind(p.name)}`, style: { width: `${(p.value / sum) * 100}%` } })));
    const rows = parts.map((p) => [h("span", { class: `rank-dot part-${p.value < 0 ? "minus" : partKind(p.name)}` }), h("span", {}, p.name.replace(/_/g, " ")), h("span", { class: "rank-bar" }, h("span", { class: `part-${p.value < 0 ? "minus" : partKind(p.name)}`, style: { width: `${(Math.abs(p.value) / most) * 100}%` } })), h("span", { class: "num" }, signed(p.value))]);
    return this.section(`Rank ${number(v.rank_score)}`, "the caller's rank for this family", parts.length ? [whole, h("div", { class: "rank-rows" }, rows)] : h("p", { class: "side-note" }, "its parts are not in the file"));
  }

  frequency(v) {
    const pairs = FREQUENCIES.map(([name, label]) => [name === "af_max" && v.af_max_source ? `${label} (${v.af_max_source})` : label, absent(v[name]) ? "not in the file" : name.endsWith("af") || name === "af_max" ? frequency(v[name]) : grouped(v[name])]);
    return this.section("Frequency", "as the file gives it", this.list(pairs));
  }

  scores(v) {
    const rows = SCORES.filter(([name]) => !absent(v[name])).map(([name, label, low, high, scale]) => h("div", { class: "score" }, h("span", {}, label), h("b", {}, number(v[name], 3)), h("span", { class: "scale", title: scale, role: "img", "aria-label": `${label} ${number(v[name], 3)}, scale ${scale}` }, h("span", { style: { left: `${Math.max(0, Math.min(1, (v[name] - low) / (high - low))) * 100}%` } }))));
    return this.section("Scores", rows.length ? "scale: CADD 0 to 60, others 0 to 1" : null, rows.length ? rows : h("p", { class: "side-note" }, "no score in the file"));
  }

  clinvar(v) {
    if (absent(v.clinvar_sig)) return null;
    const [kind] = clinClass(v.clinvar_sig);
    return this.section("ClinVar", "as the file gives it", h("p", {}, h("b", { class: kind ? `clin-${kind}` : null }, String(v.clinvar_sig).replace(/_/g, " ")), stars(v.clinvar_stars)));
  }

  transcripts(v) {
    const all = v.consequences || [];
    if (!all.length) return this.section("Transcripts", "none in the file");
    const one = (t) => h("div", { class: "transcript" }, impactShape(t.impact), h("b", {}, [].concat(t.consequence || []).join(", ").replace(/_/g, " ")), t.best && h("span", { class: "tag" }, "shown"), t.mane && h("span", { class: "tag" }, t.mane), t.canonical && h("span", { class: "tag" }, "canonical"), h("div", { class: "mono-line" }, [t.gene, t.transcript, t.exon && `exon ${t.exon}`, t.intron && `intron ${t.intron}`].filter(Boolean).join(" · ")), h("div", { class: "mono-line" }, [t.hgvsc, t.hgvsp].filter(Boolean).join(" · ")));
    return this.section("Transcripts", `${all.length}, all shown`, h("details", { open: all.length < 4 }, h("summary", {}, all.length < 4 ? "All" : `All ${all.length}`), all.map(one)));
  }

  /** Every field of the file: INFO with the header's words, FORMAT for each person. */
  fields(v) {
    return this.section("Every field", "as in the file", [["INFO", this.info(v)], ["FORMAT", this.format(v)], ["Columns of the lake", this.columns(v)]].map(([title, inside]) => h("details", {}, h("summary", {}, title), inside)));
  }

  info(v) {
    const items = v.info_fields || [];
    if (!items.length) return h("p", { class: "side-note" }, "no INFO in the file");
    return h("dl", { class: "fields" }, items.map((f) => [h("dt", {}, f.key, h("small", {}, f.description || "")), h("dd", {}, f.value === true || absent(f.value) ? "set" : text(f.value))]));
  }

  format(v) {
    const people = v.people || [];
    const keys = new Map(people.flatMap((p) => p.fields || []).map((f) => [f.key, f.description]));
    if (!keys.size) return h("p", { class: "side-note" }, "no FORMAT in the file");
    const of = (p, key) => text((p.fields || []).find((f) => f.key === key)?.value);
    return h("dl", { class: "fields" }, [...keys].map(([key, words]) => [h("dt", {}, key, h("small", {}, words || "")), h("dd", {}, people.map((p) => h("div", {}, `${p.role || p.name || p.sample_id} ${of(p, key)}`)))]));
  }

  columns(v) {
    const skip = new Set(["info", "format", "sample_text", "consequences", "transcripts", "info_fields", "people", "file"]);
    return h("dl", { class: "fields" }, Object.entries(v).filter(([k, x]) => !skip.has(k) && !absent(x)).map(([k, x]) => [h("dt", {}, k), h("dd", {}, text(x))]));
  }

  source(v) {
    const allele = v.alt_count > 1 ? `, allele ${v.alt_index} of ${v.alt_count}` : "";
    const mono = (words) => (absent(words) ? null : h("span", { class: "mono" }, words));
    return this.section("Where it came from", null, this.list([["File", mono(v.file)], ["Line below the header", absent(v.record) ? null : `${grouped(v.record + 1)}${allele}`], ["Row of the case", grouped(v.row_id)], ["Identity", mono(v.vid)]]));
  }

  acts(v) {
    return h("div", { class: "side-acts" }, button("Show in the pictures", () => this.hooks.zoom(v), { primary: true }), button("Copy identity", () => navigator.clipboard?.writeText(v.vid || this.title(v))));
  }
}

const text = (v) => (absent(v) ? MISSING : typeof v === "object" ? (Array.isArray(v) ? v.map((x) => (absent(x) ? MISSING : typeof x === "object" ? JSON.stringify(x) : String(x))).join(", ") : JSON.stringify(v)) : typeof v === "number" ? number(v, 7) : String(v));

/** A genotype as the file has it; of one allele among several, with the copies of this one. */
function alleles(v, i) {
  const text = v.sample_text?.[i]?.split(":")[0] || "";
  const copies = v.gt?.[i];
  if (!(v.alt_count > 1) || absent(copies) || copies < 0 || !text) return text;
  return `${copies} of this allele (the record says ${text}; this is allele ${v.alt_index} of ${v.alt_count})`;
}
