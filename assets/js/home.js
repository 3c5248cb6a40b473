/* The start page: find among the cases. */
import { plain } from "./plain.js";

const find = document.getElementById("home-find");
const rows = [...document.querySelectorAll("#home-table tbody tr")];
const foot = document.getElementById("home-foot");

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every((w) => row.dataset.text.includes(w));
    shown += row.hidden ? 0 : 1;
  }
  if (foot) foot.textContent = `${shown} of ${rows.length} shown, newest first${words.length ? ` · “${find.value}” hides ${rows.length - shown}` : ""}`;
}

find.addEventListener("input", filter);
plain({ "/": () => find.focus() }, [["/", "find a case"], ["?", "this help"]]);
