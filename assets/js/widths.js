/* Column widths that a person dragged, kept in this browser. */
const KEY = "norrsken-widths";

export function keptWidths() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) || "{}");
    return Object.fromEntries(Object.entries(kept).filter(([, w]) => Number.isFinite(w) && w >= 40 && w <= 2000));
  } catch {
    return {};
  }
}

function write(widths) {
  try { localStorage.setItem(KEY, JSON.stringify(widths)); } catch { /* a closed store keeps nothing */ }
}

export const keepWidth = (name, width) => write({ ...keptWidths(), [name]: Math.round(width) });
export const forgetWidths = () => write({});
