/* The case page: wires its cards to the session. */
import { askJson } from "./api.js";
import { Checks } from "./checks.js";
import { chooseColumns } from "./columns.js";
import { announce, button, el, fill, h } from "./dom.js";
import { askWhy, FilterBar } from "./filters.js";
import { Chromosomes } from "./chromosomes.js";
import { Find } from "./find.js";
import { Funnel } from "./funnel.js";
import { Genome } from "./genome.js";
import { help } from "./help.js";
import { keys } from "./keys.js";
import { EVERYONE, OVERLAID, proband } from "./layout.js";
import { Phenotype } from "./phenotype.js";
import { saveMenus } from "./save.js";
import { Side } from "./side.js";
import { Store } from "./store.js";
import { VariantTable } from "./table.js";
import { followSystem, otherTheme, setTheme } from "./theme.js";
import { TrackMenu } from "./trackmenu.js";

const POLL = 15000;

export function start(model) {
  const store = new Store(model);
  const funnel = new Funnel(store);
  const genome = new Genome(store);
  const bar = new FilterBar(store);
  const side = new Side(store, {
    shown: (v) => { genome.selected = v; genome.ink.draw(); },
    zoom: (v) => zoomTo(genome, store, v),
  });
  const table = new VariantTable(store, {
    open: () => { side.open(true); el("side").focus(); },
    emptied: () => funnel.emptied(),
    loaded: (t) => paged(t, store, genome),
  });
  genome.chosen = () => chosen(store, genome, table);
  const phenotype = new Phenotype();
  const find = new Find(store, (hit) => (hit.kind === "phenotype" ? phenotype.open(hit.label.match(/HP:\d{7}/)[0]) : went(hit, store, genome)));
  saveMenus(genome);
  const menu = new TrackMenu(store);
  model.on("told", () => menu.told(model.told));
  new Chromosomes(genome);
  new Checks(store, genome, model);
  tabs(store);
  follow(model, { funnel, genome, bar });
  buttons({ store, genome, bar, side, table, find, phenotype });
  watchVersion(model, store);
  watchConnection(window.Bokeh.documents[0]);
  window.norrsken = { store, genome, table, funnel };
  document.documentElement.dataset.ready = "yes";
}

function follow(model, { funnel, genome, bar }) {
  model.on("funnel", () => funnel.set(model.funnel));
  funnel.set(model.funnel);
  model.on("brushed", () => genome.setBrushed(model.brushed));
  genome.setBrushed(model.brushed);
  model.on("notice", () => {
    bar.say(model.notice);
    announce(`${model.notice.message}. ${model.notice.fix}`);
  });
}

/** After a page of rows came: keep J and K going over its edge. */
function paged(table, store, genome) {
  if (table.edge !== undefined && table.rows.length) {
    const row = table.rows[table.edge === 0 ? 0 : table.rows.length - 1];
    table.edge = undefined;
    store.set({ row: row.row_id });
  }
  genome.ink.draw();
}

/** The selected row and those ticked, with what the pictures need to place them. */
function chosen(store, genome, table) {
  const { row, picked } = store.state;
  const wanted = new Set([...picked, row].filter((x) => x !== null));
  const known = new Map(table.rows.map((r) => [r.row_id, r]));
  if (genome.selected) known.set(genome.selected.row_id, genome.selected);
  genome.remembered ??= new Map();
  const out = [];
  for (const id of wanted) {
    const r = known.get(id) || genome.remembered.get(id);
    if (!r || r.start === undefined) continue;
    genome.remembered.set(id, r);
    const chrom = typeof r.chrom === "number" ? r.chrom : store.boot.names.indexOf(r.chrom) + 1;
    const long = ["sv", "cnv"].includes(r.class) && r.end > r.start;
    out.push({ row_id: id, gpos: genome.axis.gpos(chrom, r.start), ...(long ? { gend: genome.axis.gpos(chrom, r.end) } : {}), label: r.gene || undefined, gene: r.gene, rank: r.rank_score, vaf: r.vaf?.[table.cells.person] });
  }
  return out;
}

function zoomTo(genome, store, v) {
  const chrom = typeof v.chrom === "number" ? v.chrom : store.boot.names.indexOf(v.chrom) + 1;
  const mid = genome.axis.gpos(chrom, v.start);
  const half = Math.max(1e6, ((v.end || v.start) - v.start) * 2);
  const [a, b] = [genome.axis.offsets[chrom - 1], genome.axis.offsets[chrom - 1] + genome.axis.sizes[chrom - 1]];
  const left = Math.max(a, Math.min(mid - half, b - 2 * half));
  genome.show(left, Math.min(b, left + 2 * half));
}

function went(hit, store, genome) {
  if (hit.row_id !== null && hit.row_id !== undefined) store.set({ row: hit.row_id });
  const [x0, x1] = [hit.x0 ?? hit.gpos, hit.x1 ?? hit.gpos];
  if (x0 === null || x0 === undefined) return;
  const pad = Math.max((x1 - x0) * 0.4, hit.kind === "region" ? 0 : 20000);
  const { axis } = genome;
  const i = axis.chrom(x0);
  // Room on both sides, but not of another chromosome.
  const ends = i === axis.chrom(Math.max(x0, x1 - 1)) ? [axis.offsets[i], axis.offsets[i] + axis.sizes[i]] : [0, axis.total];
  genome.show(Math.max(ends[0], x0 - pad), Math.min(ends[1], x1 + pad));
}

function buttons({ store, genome, bar, side, table, find, phenotype }) {
  const theme = () => {
    setTheme(otherTheme());
    store.set({ theme: document.documentElement.dataset.theme });
    genome.themed();
  };
  const why = () => askWhy(store, askJson);
  const files = () => {
    el("files").hidden = !el("files").hidden;
    el("files-button").setAttribute("aria-expanded", String(!el("files").hidden));
    if (!el("files").hidden) el("main").scrollTop = 0;
  };
  const acts = { theme, files, phenotype: () => phenotype.open(), help: () => help(), find: () => find.open(), why, steps: () => bar.toggle(), columns: () => chooseColumns(store, table), drawer: () => side.open(!el("side").classList.contains("side-open")) };
  document.querySelectorAll("[data-act]").forEach((b) => { b.onclick = acts[b.dataset.act]; });
  followSystem(() => genome.themed());
  choices(store);
  el("mito-button").onclick = () => {
    const m = store.boot.names.indexOf("chrM");
    genome.show(genome.axis.offsets[m], genome.axis.offsets[m] + genome.axis.sizes[m]);
  };
  const turn = (by) => { const p = store.state.page + by; if (p >= 1 && p <= (table.answer?.last_page || 1)) store.set({ page: p }); };
  keys({
    "/": () => find.open(), "?": () => help(), j: () => table.step(1), k: () => table.step(-1), f: () => bar.toggle(), "[": () => turn(-1), "]": () => turn(1),
    Enter: () => { side.open(true); el("side").focus(); },
    Escape: () => escape(store, side),
  });
}

function escape(store, side) {
  if (el("side").classList.contains("side-open")) side.open(false);
  else if (store.state.brush) store.deed("brush", { span: null });
  else el("why").hidden = true;
}

function choices(store) {
  const { people, most_people: most } = store.boot;
  const person = el("person");
  const everyone = people.length > 1 && people.length <= most ? h("option", { value: EVERYONE }, people.length === 3 ? "Trio" : "Everyone") : null;
  const over = everyone && people.length <= 4 ? h("option", { value: OVERLAID }, people.length === 3 ? "Trio, overlaid" : "Everyone, overlaid") : null;
  fill(person, people.map((p) => h("option", { value: p.id }, p.role ? `${p.role[0].toUpperCase()}${p.role.slice(1)}` : p.name || p.id)), everyone, over);
  const first = proband(store.boot);
  person.onchange = () => store.set({ person: person.value });
  store.follow(["person"], (s) => { person.value = s.person || first?.id || ""; });
  el("picture").onchange = (e) => store.set({ picture: e.target.value });
  store.follow(["picture"], (s) => { el("picture").value = s.picture; });
}

/** The tabs share the page: the second shows structural calls, with columns of their own. */
function tabs(store) {
  const all = [...document.querySelectorAll("[data-tab]")];
  all.forEach((b) => { b.onclick = () => store.state.tab !== b.dataset.tab && store.set({ tab: b.dataset.tab, row: null }); });
  store.follow(["tab"], (s) => all.forEach((b) => (b.dataset.tab === s.tab ? b.setAttribute("aria-current", "page") : b.removeAttribute("aria-current"))));
}

/** A newer lake version is said, never slipped in: what was drawn stays until Refresh. */
function watchVersion(model, store) {
  let told = 0;
  const look = async () => {
    try {
      const got = await askJson("/api/version");
      if (got.lake !== store.state.lake && got.lake !== told) {
        told = got.lake;
        store.deed("newer", { lake: got.lake });
      }
    } catch { /* each card says its own failure */ }
  };
  setInterval(look, POLL);
  window.addEventListener("focus", look);
  look();
  const say = () => stale(model.newest, store);
  model.on("newest", say);
  say();
}

/** Without its session the page can show but not act: say so, and since when. */
function watchConnection(document_) {
  document_.on_event("connection_lost", () => {
    const since = new Date().toLocaleTimeString("en-GB");
    const line = h("div", { class: "stale-line", id: "lost-line", role: "alert" }, h("b", {}, `The connection was lost at ${since}.`), "What you see is from before; filters and rows do not follow.", h("span", { class: "space" }), button("Reload", () => location.reload(), { primary: true }));
    el("lost-line")?.remove();
    el("main").prepend(line);
    ["genome", "filter", "variants"].forEach((id) => el(id).classList.add("face-stale"));
    announce("The connection was lost. Reload the page.");
  });
}

/** The same filters over the newest version; rows are numbered anew in another ingest. */
function refresh(store, newest) {
  if (!newest.changed) return store.deed("refresh");
  const search = new URLSearchParams(location.search);
  for (const name of ["v", "row", "picked", "page"]) search.delete(name);
  return location.assign(`${location.pathname}?${search}`);
}

function stale(newest, store) {
  const cards = ["genome", "filter", "variants"].map(el);
  const old = el("stale-line");
  const on = Boolean(newest.lake && newest.changed);
  cards.forEach((c) => c.classList.toggle("face-stale", on));
  el("genome").classList.toggle("stale", on);
  if (old) old.remove();
  if (!on) el("stamp")?.remove();
  else if (!el("stamp")) el("tracks").append(h("span", { class: "stamp", id: "stamp" }, `Stale since ${new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`));
  if (!newest.lake) return;
  const why = newest.changed ? `This case was ingested again: ${newest.rows.toLocaleString("en-GB")} calls, before ${newest.before.toLocaleString("en-GB")}.` : "This case is the same in it.";
  const line = h("div", { class: "stale-line", id: "stale-line", role: "status" }, h("b", {}, `Drawn from lake v${store.state.lake}; v${newest.lake} is here.`), why, h("span", { class: "space" }), button("Refresh", () => refresh(store, newest), { primary: true }));
  el("main").prepend(line);
  if (on) announce(`Stale. Drawn from lake version ${store.state.lake}.`);
}
