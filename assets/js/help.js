/* The help dialog: every key of the page. */
import { button, fill, h } from "./dom.js";

const KEYS = [
  ["/", "find a gene, region or variant"], ["?", "this help"], ["J  K", "next and previous row"], ["Enter", "open the row in the side panel"], ["F", "edit the filter's steps"], ["[  ]", "page before and after"], ["Esc", "clear the brush; close a panel"],
  ["← →  + −  Home", "in the pictures: move, zoom, whole genome"], ["Wheel", "zoom from the genome to single bases"], ["Drag", "select a span (brush); with Shift, move"], ["Click on a chromosome", "fill the width with it"], ["Double-click", "step out"], ["Click on an interval, arc or gene", "go there; an arc selects its row"], ["Alt ↑  Alt ↓", "in Tracks: move a row"],
];

export function help(keys = KEYS) {
  let dialog = document.getElementById("dialog-help");
  if (!dialog) dialog = document.body.appendChild(h("dialog", { id: "dialog-help", "aria-label": "Keys and help" }));
  fill(dialog, h("div", { class: "dialog-head" }, h("h2", {}, "Keys"), button("Close", () => dialog.close())), h("dl", { class: "keys" }, keys.map(([k, words]) => [h("dt", {}, k.split("  ").map((x) => [h("kbd", {}, x), " "])), h("dd", {}, words)])));
  dialog.showModal();
}
