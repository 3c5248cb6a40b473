/* The phenotype dialog: find a term, or read terms out of a clinical text. It saves nothing. */
import { askJson, Latest, Problem } from "./api.js";
import { announce, button, fill, h } from "./dom.js";

const SAYS = { present: "present", excluded: "excluded", family: "in the family", "not in family": "not in the family" };
const SCOPE = { name: "its name", exact: "a synonym", own: "Norrsken's own word for it", narrow: "a narrower word", broad: "a broader word", related: "a related word" };
const times = (n) => ({ 1: "", 2: ", twice" })[n] ?? `, ${n} times`;

async function read(text, signal) {
  let response;
  try {
    response = await fetch("/api/phenotext", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "NO-ANSWER", where: "/api/phenotext", message: "The server did not answer", fix: "Check that it runs, then try again." });
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.error || { code: `HTTP-${response.status}`, where: "/api/phenotext", message: "The server refused" });
  return body;
}

/** One row for each term and what is said of it, with every place that says so. */
function grouped(suggestions) {
  const rows = new Map();
  for (const one of suggestions) {
    const key = `${one.id} ${one.status}`;
    if (!rows.has(key)) rows.set(key, { ...one, all: [] });
    rows.get(key).all.push(one);
  }
  const out = [...rows.values()];
  for (const row of out) {
    const other = { present: "excluded", excluded: "present" }[row.status];
    row.both = Boolean(other && rows.has(`${row.id} ${other}`));
    row.sure = row.all.some((s) => s.certain) && row.among === 1 && !row.both;
  }
  return out;
}

export class Phenotype {
  constructor() {
    this.find = h("input", { class: "field", type: "search", placeholder: "Term, other name or HPO id", "aria-label": "Find an HPO term", autocomplete: "off" });
    this.terms = h("ul", { class: "hits pheno-hits", "aria-label": "Terms found" });
    this.text = h("textarea", { class: "pheno-text", rows: 5, maxlength: 20000, spellcheck: "false", autocomplete: "off", "aria-label": "Clinical text", placeholder: "Paste a clinical text in English or Swedish" });
    this.result = h("div", { class: "pheno-result", "aria-live": "polite" });
    this.go = button("Read the text", () => this.reading.ask(), { primary: true });
    const clear = button("Clear", () => { this.text.value = ""; fill(this.result); this.text.focus(); });
    const close = button("Close", () => this.dialog.close());
    this.dialog = document.body.appendChild(h("dialog", { id: "dialog-phenotype", class: "pheno", "aria-labelledby": "pheno-title" },
      h("div", { class: "dialog-head" }, h("h2", { id: "pheno-title" }, "Phenotype"), close),
      h("p", { class: "pheno-honest", role: "note" }, h("b", {}, "Nothing is saved here."), " Terms cannot be added to the case yet: suggestions are for a person to judge, and can be copied as HPO ids."),
      h("label", { class: "pheno-label" }, h("span", {}, "Find a term"), this.find), this.terms,
      h("label", { class: "pheno-label" }, h("span", {}, "From clinical text"), this.text),
      h("div", { class: "pheno-acts" }, this.go, clear, h("span", { class: "third" }, "The text goes to this server only. It is neither kept nor logged.")),
      this.result));
    this.searching = new Latest((signal) => this.search(signal));
    this.reading = new Latest((signal) => this.suggest(signal));
    this.find.oninput = () => this.searching.ask();
    this.text.onkeydown = (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) this.reading.ask(); };
  }

  /** Open at the text, or at a term that a search named. */
  open(term = "") {
    if (!this.dialog.open) this.dialog.showModal();
    if (!term) return this.text.focus();
    this.find.value = term;
    this.find.focus();
    return this.searching.ask();
  }

  async search(signal) {
    const q = this.find.value.trim();
    if (!q) return fill(this.terms);
    try {
      const { terms } = await askJson("/api/hpo", { q }, signal);
      if (!terms.length) return fill(this.terms, h("li", { class: "third" }, `No HPO term is called “${q}”.`));
      return fill(this.terms, terms.slice(0, 8).map((t) => this.term(t)));
    } catch (problem) {
      return this.failed(this.terms, problem, "li");
    }
  }

  term(t) {
    const note = t.obsolete ? h("span", { class: "warn-text" }, t.replaced_by ? `obsolete, now ${t.replaced_by}` : "obsolete") : null;
    const other = t.matched === t.name || t.matched === t.id ? null : h("span", { class: "third" }, `“${t.matched}”`);
    return h("li", { class: "pheno-term" }, h("span", {}, t.name), h("span", { class: "mono third" }, t.id), note, other, h("span", { class: "second" }, t.genes ? `${t.genes.toLocaleString("en-GB")} genes` : "no gene known"), button("Copy id", () => this.copy([t.id], "id")));
  }

  async suggest(signal) {
    const text = this.text.value;
    if (!text.trim()) return fill(this.result, h("p", { class: "third" }, "There is no text to read."));
    this.go.disabled = true;
    try {
      const answer = await read(text, signal);
      return this.draw(text, answer);
    } catch (problem) {
      return this.failed(this.result, problem, "p");
    } finally {
      this.go.disabled = false;
    }
  }

  failed(place, problem, tag) {
    if (problem.name === "AbortError") return undefined;
    return fill(place, h(tag, { class: "notice", role: "alert" }, `${problem.message} (${problem.code}). ${problem.fix}`));
  }

  draw(text, { suggestions, source, method }) {
    const rows = grouped(suggestions);
    const from = h("p", { class: "third" }, `${source}. Method: ${method}.`);
    if (!rows.length) return fill(this.result, h("p", {}, "No HPO term was recognised. That says nothing about the patient: the words may be unknown here."), from);
    this.ticks = [];
    const said = h("p", { class: "pheno-said", "aria-label": "The text with what was recognised" }, marked(text, suggestions));
    const list = h("ul", { class: "pheno-list", "aria-label": "Suggested terms" }, rows.map((r) => this.row(r)));
    this.present = button("", () => this.copy(this.ticked("present"), "present"), { primary: true });
    this.excluded = button("", () => this.copy(this.ticked("excluded"), "excluded"));
    this.copied = h("output", { class: "mono pheno-copied" });
    this.counted();
    announce(`${rows.length} terms suggested`);
    return fill(this.result, said, list, h("div", { class: "pheno-acts" }, this.present, this.excluded, this.copied), from);
  }

  row(r) {
    const own = r.status === "present" || r.status === "excluded";
    const tick = h("input", { type: "checkbox", checked: own && r.sure, disabled: !own, "aria-label": `Copy ${r.name}`, onchange: () => this.counted() });
    this.ticks.push({ tick, row: r });
    const no = r.status === "excluded" || r.status === "not in family";
    const chip = h("span", { class: `chip${no ? " chip-excluded" : ""}${own ? "" : " pheno-family"}` }, no ? h("s", {}, r.name) : r.name, r.status === "present" ? null : ` ${SAYS[r.status]}`, h("span", { class: "mono" }, r.id));
    const cue = r.cue && r.status !== "present" ? ` by “${r.cue}”` : "";
    const doubt = r.cue && r.status === "present" ? `: “${r.cue}”` : "";
    const words = h("span", { class: "second" }, `“${r.words}”${times(r.all.length)} is ${SCOPE[r.scope]}${r.synonym.toLowerCase() === r.words.toLowerCase() ? "" : `, “${r.synonym}”`}; ${SAYS[r.status]}${cue}`);
    const doubts = [r.all.some((s) => s.certain) ? "" : `not certain in the text${doubt}`, r.among > 1 ? `the same words name ${r.among} terms` : "", r.both ? "also said the other way" : ""].filter(Boolean);
    return h("li", { "data-status": r.status, "data-id": r.id }, tick, chip, words, doubts.length ? h("span", { class: "warn-text" }, doubts.join("; ")) : null);
  }

  ticked(status) {
    return this.ticks.filter((t) => t.tick.checked && t.row.status === status).map((t) => t.row.id);
  }

  counted() {
    for (const [knob, status] of [[this.present, "present"], [this.excluded, "excluded"]]) {
      const n = this.ticked(status).length;
      knob.textContent = `Copy ${n} ${status} ${n === 1 ? "id" : "ids"}`;
      knob.disabled = n === 0;
    }
  }

  /** Where the browser gives no clipboard, the ids stand on the page to be copied by hand. */
  async copy(ids, what) {
    const list = ids.join("\n");
    try {
      await navigator.clipboard.writeText(list);
      announce(`${ids.length} ${what} copied`);
      if (this.copied) this.copied.textContent = `${ids.join(" ")} copied`;
    } catch {
      const shown = this.copied || this.result.appendChild(h("output", { class: "mono" }));
      shown.textContent = list;
      getSelection().selectAllChildren(shown);
      announce("Press Control and C to copy the ids");
    }
  }
}

/** The text with the recognised words marked; each mark says its term. */
function marked(text, suggestions) {
  const out = [];
  let at = 0;
  for (const one of suggestions) {
    if (one.start < at) continue;
    out.push(text.slice(at, one.start), h("mark", { class: `pheno-${one.status.replaceAll(" ", "-")}`, title: `${one.name} ${one.id}: ${SAYS[one.status]}` }, one.words));
    at = one.end;
  }
  return [...out, text.slice(at)];
}
