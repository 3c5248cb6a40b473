/* The session's state as the browser sees it. Deeds go up; state comes down. */

/** Shown at once, before the session has answered. */
const QUICK = ["row", "picked", "page", "picture", "theme", "tracks", "person"];

export class Store {
  constructor(model) {
    this.turn = 0;
    this.model = model;
    this.boot = model.boot;
    this.state = model.state;
    this.listeners = [];
    model.on("state", () => this.took(model.state));
  }

  /** Ask the session to do something; it answers with a new state or a notice. */
  deed(doing, more = {}) {
    this.turn += 1;
    this.model.send_msg({ do: doing, turn: this.turn, ...more });
  }

  set(values) {
    this.deed("set", { values });
    const quick = Object.entries(values).filter(([k]) => QUICK.includes(k));
    if (quick.length) this.change({ ...this.state, ...Object.fromEntries(quick) });
  }

  /** Call `listener(state, before)` when one of `keys` changed, and at once unless `now` is false. */
  follow(keys, listener, now = true) {
    this.listeners.push({ keys, listener });
    if (now) listener(this.state, {});
  }

  /** An answer to an older deed does not undo what was shown since. */
  took(next) {
    const late = next.turn < this.turn ? Object.fromEntries(QUICK.map((k) => [k, this.state[k]])) : {};
    this.change({ ...next, ...late });
  }

  change(next) {
    const before = this.state;
    this.state = next;
    const search = next.search ? `?${next.search}` : location.pathname;
    if (location.search !== (next.search ? search : "")) history.replaceState(null, "", search);
    for (const { keys, listener } of this.listeners) {
      if (keys.some((k) => JSON.stringify(before[k]) !== JSON.stringify(next[k]))) listener(next, before);
    }
  }
}
