/* Pages without a case: theme, help. */
import { help } from "./help.js";
import { keys } from "./keys.js";
import { followSystem, otherTheme, setTheme } from "./theme.js";

export function plain(more = {}, list = [["?", "this help"]]) {
  document.querySelector('[data-act="theme"]').onclick = () => setTheme(otherTheme());
  document.querySelector('[data-act="help"]').onclick = () => help(list);
  followSystem(() => {});
  document.documentElement.dataset.ready = "yes";
  keys({ "?": () => help(list), ...more });
}

if (document.querySelector(".lone")) plain();
