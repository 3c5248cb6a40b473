/* Keys of the page; silent while somebody types. */
const typing = (node) => node && (node.matches("input:not([type=checkbox]), textarea, select") || node.isContentEditable);

export function keys(map) {
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const open = document.querySelector("dialog[open]");
    if (open) return;
    if (typing(e.target)) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    if (e.key === "Enter" && e.target.matches("button, a, summary, select")) return;
    const act = map[e.key] || map[e.key.toLowerCase()];
    if (!act) return;
    e.preventDefault();
    act();
  });
}
