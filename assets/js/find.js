/* The find box: genes, regions and variants of this case. */
import { askJson, Latest } from "./api.js";
import { fill, h } from "./dom.js";

export class Find {
  constructor(store, go) {
    this.store = store;
    this.go = go;
    this.hits = [];
    this.at = 0;
    this.input = h("input", { class: "field", type: "search", placeholder: "Gene, chr9:100,000,000-101,000,000, HGVS, rs number, phenotype", "aria-label": "Find", autocomplete: "off", role: "combobox", "aria-expanded": "true", "aria-controls": "find-hits" });
    this.list = h("ul", { class: "hits", id: "find-hits", role: "listbox", "aria-label": "Found" });
    this.dialog = document.body.appendChild(h("dialog", { class: "find", "aria-label": "Find in this case" }, this.input, this.list));
    this.latest = new Latest((signal) => this.ask(signal));
    this.input.oninput = () => this.latest.ask();
    this.input.onkeydown = (e) => this.key(e);
    this.dialog.addEventListener("click", (e) => { if (e.target === this.dialog) this.dialog.close(); });
  }

  open() {
    this.eager = false;
    this.dialog.showModal();
    this.input.select();
  }

  async ask(signal) {
    const q = this.input.value.trim();
    if (!q) {
      this.hits = [];
      return fill(this.list);
    }
    try {
      const got = await askJson("/api/find", { case: this.store.boot.case, v: this.store.state.lake, q }, signal);
      this.hits = got.hits;
      this.at = 0;
      this.answered = q;
      this.draw(q);
      if (this.eager && q === this.input.value.trim() && this.hits.length) this.take(this.hits[0]);
    } catch (problem) {
      if (problem.name === "AbortError") return undefined;
      this.hits = [];
      fill(this.list, h("li", { class: "notice" }, `${problem.message} (${problem.code}). ${problem.fix}`));
    }
    return undefined;
  }

  draw(q) {
    if (!this.hits.length) return fill(this.list, h("li", { class: "third" }, `Nothing in this case or its build is called “${q}”.`));
    return fill(this.list, this.hits.map((hit, i) => h("li", { class: "hit", role: "option", "aria-selected": String(i === this.at), onclick: () => this.take(hit) }, h("span", { class: "hit-kind" }, hit.kind), h(hit.kind === "gene" ? "i" : "span", {}, hit.label), h("span", { class: "second" }, hit.count ? `${hit.count.toLocaleString("en-GB")} calls here` : ""))));
  }

  key(e) {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      this.at = Math.max(0, Math.min(this.hits.length - 1, this.at + (e.key === "ArrowDown" ? 1 : -1)));
      this.draw(this.input.value);
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (this.answered !== this.input.value.trim()) this.eager = true;
      else if (this.hits[this.at]) this.take(this.hits[this.at]);
    }
  }

  take(hit) {
    this.eager = false;
    this.dialog.close();
    this.go(hit);
  }
}
