/* The funnel: a bar a step, with counts before and after, and the whole as one sentence. */
import { button, el, fill, h } from "./dom.js";
import { clear, failed, Waiting, words } from "./faces.js";
import { grouped } from "./format.js";

/** A count's height on a scale that keeps one call of millions in sight. */
const height = (n, top) => (n > 0 ? `${Math.max(3, (Math.log10(n + 1) / Math.log10(top + 1)) * 100)}%` : "0");

export class Funnel {
  constructor(store) {
    this.store = store;
    this.value = { face: "loading" };
    this.face = el("funnel-face");
    this.box = el("funnel");
    this.waiting = new Waiting((line) => { fill(this.face, line); this.face.hidden = false; }, () => clear(this.face));
    store.follow(["filters", "brush", "recipe", "tab"], () => this.draw());
  }

  set(value) {
    if (!value.face) return;
    if (value.face === "ready") this.value = value;
    this.box.classList.toggle("loading", value.face === "loading");
    this.waiting.end();
    if (value.face === "loading") this.waiting.start("Counting the steps", () => this.store.deed("stop", { client: "funnel" }));
    else if (value.face === "failed") this.fail(value.problem);
    else if (value.face === "stopped") this.stopped();
    else {
      clear(this.face);
      this.draw();
    }
  }

  fail(problem) {
    this.value = { face: "failed" };
    fill(this.box);
    fill(el("sentence"), "The counts are unknown, which is not zero.");
    failed(this.face, problem, "the counts", () => this.store.deed("retry", { client: "funnel" }));
  }

  stopped() {
    fill(this.face, words("loading", "Stopped", "The counts below are of an earlier choice.", [button("Go on", () => this.store.deed("retry", { client: "funnel" }), { primary: true })]));
    this.face.hidden = false;
  }

  /** Steps of the answer joined with the page's own list, which also holds those switched off. */
  steps() {
    const told = [...(this.value.steps || [])];
    const all = told.shift();
    if (!all) return [];
    const out = [{ ...all, kind: "all", sentence: "All calls" }];
    if (this.store.state.tab === "sv" && told.length && this.value.f === this.store.state.f) out.push({ ...told.shift(), kind: "tab", sentence: "Structural and copy-number calls" });
    if (this.store.state.brush && told.length && this.value.f === this.store.state.f) out.push({ ...told.shift(), kind: "brush", sentence: `In ${this.store.state.brush_text}` });
    this.store.state.filters.forEach((entry, index) => {
      const step = entry.on ? told.shift() : { after: out[out.length - 1].after, before: out[out.length - 1].after };
      if (step) out.push({ ...step, kind: entry.on ? "on" : "off", index, sentence: entry.sentence, short: entry.short });
    });
    return out;
  }

  draw() {
    const steps = this.steps();
    if (!steps.length) return;
    const top = Math.max(steps[0].after, 1);
    fill(this.box, steps.map((step, i) => this.step(step, i, top)));
    const last = steps[steps.length - 1];
    const say = steps.slice(1).filter((p) => p.kind !== "off").map((p) => p.sentence.replace(/; calls without a value are kept\.?$/, " or has no value").replace(/; calls without a value are left out\.?$/, "").replace(/\.$/, ""));
    const low = (t) => (/^[A-Z][a-z]+(?![A-Za-z])/.test(t) ? t[0].toLowerCase() + t.slice(1) : t.replace(/^GnomAD/, "gnomAD"));
    fill(el("sentence"), h("b", {}, grouped(last.after)), " of ", h("b", {}, grouped(steps[0].after)), say.length ? ` calls pass: ${say.map(low).join("; ")}.` : " calls; no filter is on.");
    const off = steps.filter((p) => p.kind === "off").length;
    fill(el("filter-line"), this.recipe(last.after, off), off ? ` · ${off} switched off` : "", this.value.seconds === undefined ? "" : ` · counted in ${this.value.seconds.toFixed(2)} s`);
    const count = el(this.store.state.tab === "sv" ? "tab-count-sv" : "tab-count");
    if (count) count.textContent = grouped(last.after);
  }

  /** "name · vN · expected a–b", and a word when what is left lies outside the band. */
  recipe(left, off) {
    const { state, boot } = this.store;
    const r = boot.recipes.find((x) => x.name === state.recipe);
    if (!r) return state.filters.length ? "own steps" : "no filter";
    const title = `Recipe ${r.name}, version ${r.version}, ${r.state}, by ${r.author}. ${r.words}`;
    const line = h("span", { title }, `${r.title} · v${r.version}${r.state === "active" ? "" : ` ${r.state}`}${r.band ? ` · expected ${r.band[0]}–${r.band[1]}` : ""}`);
    const whole = r.band && !off && !state.brush && this.value.f === state.f;
    const where = !whole || (left >= r.band[0] && left <= r.band[1]) ? "" : left > r.band[1] ? "above" : "below";
    if (!where) return line;
    return [line, " · ", h("span", { class: "warn-text band-word", title: `The recipe's band is what it leaves in a whole genome of one family: ${r.band[0]} to ${r.band[1]}. Here it leaves ${grouped(left)}.` }, `${grouped(left)} is ${where} it`)];
  }

  step(step, i, top) {
    const gone = step.before - step.after;
    const less = i === 0 ? classes(this.store.boot) : step.kind === "off" ? "switched off" : gone > 0 ? `−${grouped(gone)}` : "−0";
    return h("button", { type: "button", class: `step step-${step.kind}`, title: i ? `${step.sentence} Before ${grouped(step.before)}, after ${grouped(step.after)}.${step.note ? ` ${step.note}` : ""}` : step.sentence, onclick: (e) => this.menu(step, e.currentTarget) },
      h("span", { class: "step-bar", "aria-hidden": "true" }, h("span", { style: { height: height(step.after, top) } })),
      h("span", { class: "step-count" }, grouped(step.after)), h("span", { class: "step-name" }, short(step)), h("span", { class: step.note ? "step-less warn-text" : "step-less" }, step.note ? "not determinable" : less));
  }

  /** What a step says and what can be done with it, below the funnel. */
  menu(step, knob) {
    const box = el("why");
    const open = knob.getAttribute("aria-expanded") !== "true";
    this.box.querySelectorAll("[aria-expanded]").forEach((b) => b.removeAttribute("aria-expanded"));
    box.hidden = !open;
    if (!open || step.kind === "all") {
      box.hidden = true;
      return;
    }
    knob.setAttribute("aria-expanded", "true");
    const { store } = this;
    const acts = step.kind === "tab" ? [button("Show every class", () => store.set({ tab: "" }))] : step.kind === "brush" ? [button("Clear brush", () => store.deed("brush", { span: null }))] : [
      button(step.kind === "off" ? "Switch on" : "Switch off", () => store.deed("toggle", { index: step.index })),
      button("Remove", () => store.deed("remove", { index: step.index })),
    ];
    fill(box, h("div", { class: "why" }, h("p", {}, h("b", {}, step.sentence), ` Before ${grouped(step.before)}, after ${grouped(step.after)}: ${grouped(step.before - step.after)} removed.`), step.note ? h("p", { class: "warn-text" }, step.note) : "", h("div", { class: "face-acts" }, acts, button("Close", () => { box.hidden = true; knob.removeAttribute("aria-expanded"); }))));
  }

  /** The empty face of the table: the step that took the last calls. */
  emptied() {
    const steps = this.steps();
    const last = steps.find((p, i) => i > 0 && p.kind !== "off" && p.before > 0 && p.after === 0);
    if (!last) return words("empty", "No variant here", "This case holds no calls.");
    const loosen = last.kind === "tab" ? button("Show every class", () => this.store.set({ tab: "" }), { primary: true }) : last.kind === "brush" ? button("Clear brush", () => this.store.deed("brush", { span: null }), { primary: true }) : button("Switch this step off", () => this.store.deed("toggle", { index: last.index }), { primary: true });
    return words("empty", `“${last.sentence.replace(/; calls without a value are left out\.?$/, "").replace(/\.$/, "").replace(/“/g, "‘").replace(/”/g, "’")}” removed the last ${grouped(last.before)}`, `Before it ${grouped(last.before)}, after it 0 of ${grouped(steps[0].after)}. The calls were read: nothing failed. Calls whose file gives no value for this step may be among those it removed; the step says whether it keeps them.`, [loosen, button("What removed…?", () => document.querySelector('[data-act="why"]').click())]);
  }
}

function short(step) {
  return { all: "All calls", brush: "In the brush", tab: "Structural" }[step.kind] || step.short;
}

function classes(boot) {
  const n = Object.values(boot.class_counts).filter(Boolean).length;
  return n === 1 ? "1 class" : `${n} classes`;
}
