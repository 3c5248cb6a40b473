/* A large case on its first opening: wait for its rows, then load its page. */
import { askJson } from "./api.js";
import { el, fill, h } from "./dom.js";
import { clear, failed, Waiting, words } from "./faces.js";
import { plain } from "./plain.js";

const main = el("main");
const face = el("opening-face");
const waiting = new Waiting((line) => fill(face, line), () => clear(face));

async function open() {
  const control = new AbortController();
  face.hidden = false;
  waiting.start("Reading the case", () => {
    control.abort();
    waiting.end();
    fill(face, words("loading", "Stopped", "The case is not open yet.", [h("button", { type: "button", class: "button button-primary", onclick: open }, "Go on")]));
    face.hidden = false;
  });
  try {
    await askJson("/api/funnel", { case: main.dataset.case, v: main.dataset.version }, control.signal);
    location.reload();
  } catch (problem) {
    if (problem.name === "AbortError") return;
    waiting.end();
    failed(face, problem, "this case", () => { clear(face); open(); });
  }
}

plain();
open();
