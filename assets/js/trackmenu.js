/* The Tracks menu: show, hide, reorder (drag, or the arrow keys with Alt), resize, keep as one's own. */
import { announce, button, el, fill, h } from "./dom.js";
import { arranged, standard, written } from "./layout.js";

const SIZE_WORDS = [["low", "Low"], ["medium", "Medium"], ["tall", "Tall"]];
const KIND_WORDS = { rare: "rare disease", cancer: "cancer", cohort: "cohort" };

export class TrackMenu {
  constructor(store) {
    this.store = store;
    this.knob = el("tracks-button");
    this.list = h("ul", { class: "track-list", "aria-label": "Rows from top to bottom" });
    this.said = h("p", { class: "second", "aria-live": "polite" });
    const kind = KIND_WORDS[store.boot.kind] || store.boot.kind;
    this.box = document.body.appendChild(h("div", { id: "track-menu", class: "menu track-menu", role: "dialog", "aria-label": "Tracks", hidden: true },
      h("p", { class: "third" }, "Drag a row, or press Alt with an arrow. The address holds the layout."), this.list,
      h("div", { class: "face-acts" }, button(`Save as my layout for ${kind} cases`, () => this.keep(), { primary: true }), button("Standard", () => this.put(standard(store.boot)))), this.said));
    this.knob.onclick = () => this.open(this.box.hidden);
    this.box.addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      e.stopPropagation();
      this.open(false);
      this.knob.focus();
    });
    document.addEventListener("pointerdown", (e) => { if (!this.box.hidden && !this.box.contains(e.target) && !this.knob.contains(e.target)) this.open(false); });
    store.follow(["tracks"], () => this.draw(), false);
  }

  open(on) {
    this.box.hidden = !on;
    this.knob.setAttribute("aria-expanded", String(on));
    if (!on) return;
    this.said.textContent = "";
    this.draw();
    const at = this.knob.getBoundingClientRect();
    Object.assign(this.box.style, { top: `${at.bottom + 3}px`, left: `${Math.max(8, Math.min(at.left, window.innerWidth - this.box.offsetWidth - 8))}px` });
    this.list.querySelector("input")?.focus();
  }

  /** Shown rows in their order, then the hidden ones. */
  rows() {
    const shown = arranged(this.store.state, this.store.boot);
    const names = new Set(shown.map((r) => r.name));
    return [shown, this.store.boot.tracks.filter((t) => !names.has(t.name)).map((t) => ({ name: t.name, size: "low" }))];
  }

  put(shown) {
    this.store.set({ tracks: written(shown) });
  }

  draw() {
    if (this.box.hidden) return;
    const focus = document.activeElement?.dataset?.focus;
    const [shown, hidden] = this.rows();
    fill(this.list, [...shown.map((r, i) => this.item(r, i, shown)), ...hidden.map((r) => this.item(r, -1, shown))]);
    if (focus) this.list.querySelector(`[data-focus="${focus}"]`)?.focus();
  }

  item(row, i, shown) {
    const spec = this.store.boot.tracks.find((t) => t.name === row.name);
    const on = i >= 0;
    const tick = h("input", { type: "checkbox", checked: on, "data-focus": row.name, onchange: () => this.put(on ? shown.filter((r) => r !== row) : [...shown, row]) });
    const sizes = on && spec.sizes ? h("span", { class: "group", role: "group", "aria-label": `Height of ${spec.title}` }, SIZE_WORDS.map(([size, words]) => h("button", { type: "button", class: "button", "data-focus": `${row.name}-${size}`, "aria-pressed": String(row.size === size), onclick: () => this.put(shown.map((r) => (r === row ? { ...r, size } : r))) }, words))) : null;
    const node = h("li", { class: `track-item${on ? "" : " off"}`, draggable: on ? "true" : null, "data-name": row.name },
      h("span", { class: "grip", "aria-hidden": "true" }, on ? "⠿" : ""), h("label", {}, tick, h("span", {}, spec.title, h("small", {}, spec.what || spec.meaning))), h("span", { class: "space" }), sizes);
    if (on) this.movable(node, row, i, shown);
    return node;
  }

  movable(node, row, i, shown) {
    const to = (at) => {
      const rest = shown.filter((r) => r !== row);
      rest.splice(Math.max(0, Math.min(rest.length, at)), 0, row);
      this.put(rest);
      announce(`${row.name} is row ${rest.indexOf(row) + 1} of ${rest.length}.`);
    };
    node.addEventListener("keydown", (e) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (!by || !e.altKey) return;
      e.preventDefault();
      to(i + by);
    });
    node.ondragstart = (e) => e.dataTransfer.setData("text/plain", row.name);
    node.ondragover = (e) => { e.preventDefault(); node.classList.add("drop-here"); };
    node.ondragleave = () => node.classList.remove("drop-here");
    node.ondrop = (e) => {
      e.preventDefault();
      const moved = shown.find((r) => r.name === e.dataTransfer.getData("text/plain"));
      if (!moved || moved === row) return node.classList.remove("drop-here");
      const rest = shown.filter((r) => r !== moved);
      rest.splice(shown.indexOf(row), 0, moved);
      return this.put(rest);
    };
  }

  keep() {
    this.said.textContent = "Saving…";
    this.store.deed("keep_layout", { tracks: written(arranged(this.store.state, this.store.boot)) });
  }

  told(value) {
    if (value.about !== "layout") return;
    this.said.textContent = value.message;
    announce(value.message);
  }
}
