/* Save a row: as PNG, as SVG, its counts as CSV; and what lies beneath it, from the server. */
import { ask, link } from "./api.js";
import { announce, el, fill, h } from "./dom.js";
import { captionLines, captions, drawFigure, figureSize } from "./figure.js";
import { CanvasPen, SvgPen } from "./pens.js";

function handOver(blob, name) {
  const href = URL.createObjectURL(blob);
  const a = h("a", { href, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
  announce(`${name} was saved.`);
}

const fileName = (genome, track, ending) => {
  const { boot, state } = genome.store;
  const { x0, x1 } = track.last.at;
  const region = x0 <= 0 && x1 >= genome.axis.total ? "" : `-${genome.axis.text(x0, x1).replace(/,/g, "").replace("–", "-")}`;
  return `${boot.case}-${track.key}${region}-v${state.lake}.${ending}`.replace(/[^A-Za-z0-9._-]+/g, "_");
};

async function picture(genome, track, pen, ending) {
  drawFigure(pen, genome, track);
  handOver(await pen.blob(), fileName(genome, track, ending));
}

export async function savePng(genome, track, scale) {
  await document.fonts?.ready;
  const [w, high] = figureSize(genome, track, captionLines(genome, track).length);
  return picture(genome, track, new CanvasPen(w, high, scale), scale === 1 ? "png" : `${scale}x.png`);
}

export function saveSvg(genome, track) {
  const [w, high] = figureSize(genome, track, captionLines(genome, track).length);
  return picture(genome, track, new SvgPen(w, high), "svg");
}

/** The counts behind the picture: a line a column of pixels, a field a row of them, top first. */
export async function saveData(genome, track) {
  const { params, at } = track.last;
  const response = await ask("/api/grid", { ...params, as: "counts" });
  const counts = new Uint32Array(await response.arrayBuffer());
  const get = (name) => Number(response.headers.get(name) || 0);
  const rows = rowNames(track, at.h, get("y0"), get("y1"), get("lane-rows"));
  const lines = captions(genome, track).map(([k, v]) => `# ${k}: ${v.replace(/[\r\n]+/g, " ")}`);
  lines.push(`# sum of all counts: ${counts.reduce((a, b) => a + b, 0)}`, "# start and end: 0-based, half-open, on the genome-wide axis; place: chromosome and 1-based start");
  lines.push(["start", "end", "place", ...rows].join(","));
  const edge = (i) => at.x0 + Math.round((i * (at.x1 - at.x0)) / at.w);
  for (let x = 0; x < at.w; x += 1) {
    const cells = rows.map((_, y) => counts[y * at.w + x]);
    lines.push([edge(x), edge(x + 1), genome.axis.place(edge(x)).replace(/,/g, ""), ...cells].join(","));
  }
  handOver(new Blob([`${lines.join("\n")}\n`], { type: "text/csv" }), fileName(genome, track, "csv"));
}

function rowNames(track, high, y0, y1, lane) {
  const { classes } = track.world.store.boot;
  if (track.spec.codes?.length) return Array.from({ length: high }, (_, y) => (y >= high - lane ? `no value ${y - high + lane + 1}` : track.spec.codes[high - lane - 1 - y]));
  if (track.spec.lanes.length) return Array.from({ length: high }, (_, y) => classes[high - 1 - y]);
  const tall = (y1 - y0) / Math.max(1, high - lane);
  return Array.from({ length: high }, (_, y) => (y >= high - lane ? `no value ${y - high + lane + 1}` : `${+(y1 - (y + 1) * tall).toPrecision(6)} to ${+(y1 - y * tall).toPrecision(6)}`));
}

/** The rows beneath a signal or its segments, streamed by the server with where they came from. */
function saveRows(genome, track, format) {
  const { boot, state } = genome.store;
  const { x0, x1 } = track.last.at;
  const what = track.signal ? [{ signal: track.spec.name }] : track.kinds.map((kind) => ({ kind }));
  const all = (track.people || [track.person]).flatMap((p) => what.map((one) => ({ sample: p?.id, ...one })));
  for (const one of all) {
    const a = h("a", { href: link("/api/signal-export", { case: boot.case, v: state.lake, ...one, x0, x1, format }), download: "" });
    document.body.append(a);
    a.click();
    a.remove();
  }
  announce(`Export of ${track.title()} as ${format.toUpperCase()} began.`);
}

/** What can be saved of a row, as [words, act]. */
function offers(genome, track) {
  const grid = track.image !== undefined;
  const beneath = track.signal ? "Points" : ["segments", "copies"].includes(track.spec.kind) ? "Segments" : "";
  return [
    ["PNG", () => savePng(genome, track, 1)], ["PNG 2×", () => savePng(genome, track, 2)], ["SVG", () => saveSvg(genome, track)],
    ...(grid ? [["Data (CSV)", () => saveData(genome, track)]] : []),
    ...(beneath ? [[`${beneath} (CSV)`, () => saveRows(genome, track, "csv")], [`${beneath} (Parquet)`, () => saveRows(genome, track, "parquet")]] : []),
  ];
}

/** The small menu beside a row's name. */
export function saveMenus(genome) {
  const box = document.body.appendChild(h("div", { id: "save-menu", class: "menu", role: "menu", "aria-label": "Save this picture", hidden: true }));
  let knob = null;
  const close = (back) => {
    box.hidden = true;
    knob?.setAttribute("aria-expanded", "false");
    if (back) knob?.focus();
    knob = null;
  };
  const item = (words, act) => h("button", { type: "button", role: "menuitem", class: "menu-item", onclick: async () => {
    close(true);
    try { await act(); } catch (problem) { fill(el("genome-line"), h("span", { class: "notice" }, `Nothing was saved: ${problem.message}.`)); }
  } }, words);
  const open = (button, track) => {
    knob = button;
    fill(box, offers(genome, track).map(([words, act]) => item(words, act)));
    const at = button.getBoundingClientRect();
    Object.assign(box.style, { left: `${at.left}px`, top: `${at.bottom + 3}px` });
    box.hidden = false;
    button.setAttribute("aria-expanded", "true");
    box.querySelector("button").focus();
  };
  genome.save = (button, track) => (knob === button ? close(true) : track.last && open(button, track));
  box.addEventListener("keydown", (e) => {
    const items = [...box.querySelectorAll("button")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by) items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
    else if (e.key === "Escape") close(true);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  document.addEventListener("pointerdown", (e) => { if (!box.hidden && !box.contains(e.target) && e.target !== knob && !knob.contains(e.target)) close(false); });
}
