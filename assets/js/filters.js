/* The filter bar: steps as chips, a new step, the recipe. */
import { button, el, fill, h } from "./dom.js";

const OPS = { "<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "is", in: "is one of", notin: "is none of", contains: "holds", between: "between", overlaps: "overlaps", "is-missing": "is missing" };

export class FilterBar {
  constructor(store) {
    this.store = store;
    this.fields = new Map(store.boot.fields.map((f) => [f.name, f]));
    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.list = h("ol", { class: "entries", "aria-label": "Steps in their order" });
    this.form = this.adder();
    fill(el("filter-bar"), this.list, this.form, this.notice);
    this.recipes();
    store.follow(["filters"], (s) => {
      this.chips(s.filters);
      this.notice.hidden = true;
    });
    store.follow(["recipe"], (s) => { el("recipe").value = this.store.boot.recipes.some((r) => r.name === s.recipe) ? s.recipe : ""; });
  }

  recipes() {
    const pick = el("recipe");
    fill(pick, h("option", { value: "" }, "No recipe"), this.store.boot.recipes.map((r) => h("option", { value: r.name, title: r.words }, r.title)));
    pick.onchange = () => this.store.deed("recipe", { name: pick.value });
  }

  say(notice) {
    fill(this.notice, `${notice.message} (${notice.code}). ${notice.fix || ""}`);
    this.notice.hidden = false;
    if (["add", "replace"].includes(notice.deed)) this.open(true);
  }

  open(on) {
    el("filter-bar").hidden = !on;
    document.querySelector('[data-act="steps"]').setAttribute("aria-expanded", String(on));
    if (on) this.form.querySelector("select").focus();
  }

  toggle() {
    this.open(el("filter-bar").hidden);
  }

  chips(filters) {
    if (!filters.length) return fill(this.list, h("li", { class: "third" }, "No step yet: every call is kept."));
    return fill(this.list, filters.map((f, i) => this.chip(f, i, filters.length)));
  }

  chip(f, i, n) {
    const { store } = this;
    const tiny = (sign, label, act, off = false) => h("button", { type: "button", class: "tiny", title: label, "aria-label": `${label}: ${f.sentence}`, disabled: off, onclick: act }, sign);
    const node = h("li", { class: `entry${f.on ? "" : " off"}`, draggable: "true" },
      h("span", { class: "entry-text" }, f.sentence.replace(/\.$/, "")),
      tiny("‹", "Earlier", () => store.deed("move", { index: i, to: i - 1 }), i === 0),
      tiny("›", "Later", () => store.deed("move", { index: i, to: i + 1 }), i === n - 1),
      tiny(f.on ? "◐" : "○", f.on ? "Switch off" : "Switch on", () => store.deed("toggle", { index: i })),
      tiny("×", "Remove", () => store.deed("remove", { index: i })));
    node.ondragstart = (e) => e.dataTransfer.setData("text/plain", String(i));
    node.ondragover = (e) => { e.preventDefault(); node.classList.add("drop-here"); };
    node.ondragleave = () => node.classList.remove("drop-here");
    node.ondrop = (e) => {
      e.preventDefault();
      const from = Number(e.dataTransfer.getData("text/plain"));
      if (Number.isInteger(from) && from !== i) store.deed("move", { index: from, to: i });
    };
    return node;
  }

  adder() {
    const field = h("select", { class: "select", "aria-label": "Field" }, [...this.fields.values()].map((f) => h("option", { value: f.name, title: f.meaning }, f.label)));
    const person = h("select", { class: "select", "aria-label": "Person" }, this.store.boot.people.map((p) => h("option", { value: p.id }, p.role || p.name || p.id)));
    const op = h("select", { class: "select", "aria-label": "Operator" });
    const value = h("input", { class: "field", "aria-label": "Value", autocomplete: "off", list: "filter-choices" });
    const choices = h("datalist", { id: "filter-choices" });
    const missing = h("select", { class: "select", "aria-label": "Calls without a value" }, h("option", { value: "drop" }, "no value: leave out"), h("option", { value: "keep" }, "no value: keep"));
    const note = h("span", { class: "note" });
    const changed = () => {
      const f = this.fields.get(field.value);
      fill(op, f.ops.map((o) => h("option", { value: o }, OPS[o] || o)));
      fill(choices, f.choices.map((c) => h("option", { value: c })));
      person.hidden = !f.per_person;
      missing.value = f.missing;
      missing.hidden = f.always;
      note.textContent = [f.meaning, f.unit, f.choices.length && f.choices.length < 12 ? `one of ${f.choices.join(", ")}` : ""].filter(Boolean).join(" · ");
      value.value = "";
      value.placeholder = f.kind === "number" ? f.unit || "number" : f.kind === "region" ? "chr9:100,000,001-138,394,717" : f.choices.length ? f.choices.slice(0, 2).join(", ") : "text";
      value.hidden = op.value === "is-missing";
    };
    field.onchange = changed;
    op.onchange = () => { value.hidden = op.value === "is-missing"; };
    changed();
    const add = (e) => {
      e.preventDefault();
      const f = this.fields.get(field.value);
      const many = ["in", "notin"].includes(op.value) && f.kind === "text";
      const given = many ? value.value.split(",").map((v) => v.trim()).filter(Boolean) : value.value.trim();
      this.store.deed("add", { field: f.per_person ? `${f.name}:${person.value}` : f.name, op: op.value, value: given, missing: missing.value });
    };
    return h("form", { class: "adder", onsubmit: add }, field, person, op, value, choices, missing, h("button", { type: "submit", class: "button button-primary" }, "Add step"), note);
  }
}

/** Ask what became of a variant. */
export function askWhy(store, askJson) {
  const box = el("why");
  const answer = h("div", { "aria-live": "polite" });
  const text = h("input", { class: "field", placeholder: "HGVS, chr9:127682510 or rs number", "aria-label": "Variant", autocomplete: "off" });
  const go = async (e) => {
    e.preventDefault();
    fill(answer, "Looking…");
    try {
      const got = await askJson("/api/why", { case: store.boot.case, v: store.state.lake, f: store.state.f, q: text.value.trim() });
      fill(answer, verdict(got, store));
    } catch (problem) {
      fill(answer, h("span", { class: "notice" }, `${problem.message} (${problem.code}). ${problem.fix}`));
    }
  };
  const form = h("form", { onsubmit: go }, h("b", {}, "What removed"), text, h("button", { type: "submit", class: "button button-primary" }, "Ask"), button("Close", () => { box.hidden = true; }));
  fill(box, h("div", { class: "why" }, form, answer));
  box.hidden = false;
  text.focus();
}

/** One sentence, and the ways on: see the call, or switch off the step that removed it. */
function verdict(got, store) {
  const at = got.step === null ? null : got.step - 1 - (store.state.brush ? 1 : 0) - (store.state.tab === "sv" ? 1 : 0);
  const on = store.state.filters.map((f, i) => [f, i]).filter(([f]) => f.on);
  const acts = [];
  if (got.row_id !== null) acts.push(button("Show it", () => store.set({ row: got.row_id })));
  if (at === -1 && store.state.brush) acts.push(button("Clear brush", () => store.deed("brush", { span: null })));
  else if (at !== null && on[at]) acts.push(button("Switch that step off", () => store.deed("toggle", { index: on[at][1] })));
  return [h("p", {}, got.sentence), h("div", { class: "face-acts" }, acts)];
}
