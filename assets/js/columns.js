/* The column chooser: every column of the lake, with its meaning. */
import { button, el, fill, h } from "./dom.js";

export function chooseColumns(store, table) {
  const dialog = el("dialog-columns") || document.body.appendChild(h("dialog", { id: "dialog-columns", class: "chooser", "aria-label": "Columns" }));
  const shown = table.shown();
  const find = h("input", { class: "field", type: "search", placeholder: "Find a column", "aria-label": "Find a column" });
  const item = (c) => h("label", { "data-text": `${c.title} ${c.name} ${c.meaning}`.toLowerCase() }, h("input", { type: "checkbox", value: c.name, checked: shown.includes(c.name) }), h("span", {}, c.title, h("small", {}, c.meaning)));
  const list = h("div", { class: "chooser-list" }, store.boot.columns.map(item));
  find.oninput = () => list.childNodes.forEach((n) => { n.hidden = !n.dataset.text.includes(find.value.toLowerCase()); });
  const done = () => {
    const ticked = [...list.querySelectorAll("input:checked")].map((i) => i.value);
    const order = [...shown.filter((c) => ticked.includes(c)), ...ticked.filter((c) => !shown.includes(c))];
    store.set({ columns: order });
    dialog.close();
  };
  fill(dialog, h("div", { class: "dialog-head" }, h("h2", {}, "Columns"), find), list, h("div", { class: "face-acts" }, button("Show these", done, { primary: true }), button("Standard ones", () => { store.set({ columns: [] }); table.standardWidths(); dialog.close(); }), button("Leave as it is", () => dialog.close())));
  dialog.showModal();
  find.focus();
}
