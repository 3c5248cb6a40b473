/* Loading, empty, failed, stale: what every card shows when it is not drawn. */
import { announce, button, fill, h, icon } from "./dom.js";
import { seconds } from "./format.js";

const PATIENCE = 200;

/** After 0.2 s say what is being waited for, how long so far, and offer Stop. */
export class Waiting {
  constructor(show, hide) {
    this.show = show;
    this.hide = hide;
    this.timer = null;
  }

  start(words, stop) {
    this.end();
    const began = performance.now();
    const time = h("span", {}, "");
    const line = h("div", { class: "loading-line", role: "status" }, icon("clock"), h("b", {}, words), time, h("span", { class: "bar", "aria-hidden": "true" }), button("Stop", stop));
    let shown = false;
    this.timer = setInterval(() => {
      const gone = performance.now() - began;
      time.textContent = `${seconds(gone)} so far`;
      if (shown) return;
      shown = true;
      this.show(line);
      announce(`${words}, ${seconds(gone)} so far.`);
    }, PATIENCE);
  }

  end() {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
    this.hide();
  }
}

/** Words, reason and ways out, under an icon. */
export function words(kind, title, text, acts = []) {
  const name = { empty: "filter", failed: "warn", stale: "again", loading: "clock" }[kind];
  return h("div", { class: `face-words face-${kind}-words` }, icon(name), h("div", {}, h("h3", {}, title), text && h("p", {}, text), h("div", { class: "face-acts" }, acts)));
}

export const capital = (t) => t.charAt(0).toUpperCase() + t.slice(1);

export function details(problem) {
  return `${problem.code || "UNKNOWN"} at ${problem.where || "this page"}: ${problem.message}`;
}

/** A card whose answer did not come: hatched, with the code and a way on. */
export function failed(node, problem, what, again, extra = []) {
  node.closest(".card")?.classList.add("face-failed");
  const copy = button("Copy details", () => navigator.clipboard?.writeText(details(problem)));
  const text = `${problem.code || "UNKNOWN"} at ${problem.where || "this page"}. ${problem.fix || ""} Nothing is known about ${what}; the other views are whole.`;
  const face = h("div", { class: "face-failed" }, h("div", { class: "hatch" }, h("span", { class: "hatch-word" }, "Failed: nothing drawn")), words("failed", capital(problem.message), text, [button("Try again", again, { primary: true }), ...extra, copy]));
  fill(node, face);
  node.hidden = false;
  announce(`Failed. ${problem.message}. Try again.`);
}

/** Hatching over one track, in one line. */
export function failedTrack(node, problem, again) {
  node.className = "track-face hatch";
  fill(node, h("span", { class: "hatch-word", title: details(problem) }, `Failed: nothing drawn · ${problem.code || "PAGE"}`, button("Try again", again)));
  node.hidden = false;
  announce(`Failed. ${problem.message}. Try again.`);
}

export function clear(node) {
  node.closest(".card")?.classList.remove("face-failed");
  node.hidden = true;
  node.replaceChildren();
}
