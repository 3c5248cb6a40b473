/* The start page: find among the cases, by their own words or by phenotype. */
import { plain } from "./plain.js";

const find = document.getElementById("home-find");
const rows = [...document.querySelectorAll("#home-table tbody tr")];
const foot = document.getElementById("home-foot");
const names = new Map([...document.querySelectorAll("#home-terms option")].map((o) => [o.value, o.label.split("\n")]));

/** The terms one of whose names holds every word; a term above a case's own finds the case. */
function termsWith(words) {
  return new Map([...names].flatMap(([id, all]) => {
    const name = all.find((n) => words.every((w) => n.includes(w)));
    return name ? [[id, all[0]]] : [];
  }));
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const terms = new Set();
  let shown = 0;
  for (const row of rows) {
    const left = words.filter((w) => !row.dataset.text.includes(w));
    const known = left.length ? termsWith(left) : new Map();
    const by = row.dataset.terms.split(" ").find((id) => known.has(id));
    if (by) terms.add(known.get(by));
    row.hidden = left.length > 0 && !by;
    shown += row.hidden ? 0 : 1;
  }
  const why = terms.size ? ` · by phenotype: ${[...terms].slice(0, 3).join(", ")}` : "";
  if (foot) foot.textContent = `${shown} of ${rows.length} shown, newest first${words.length ? ` · “${find.value}” hides ${rows.length - shown}${why}` : ""}`;
}

find.addEventListener("input", filter);
plain({ "/": () => find.focus() }, [["/", "find a case"], ["?", "this help"]]);
