/* Light and dark: the address first, then this browser, then the system. */
export function setTheme(theme) {
  if (document.documentElement.dataset.theme === theme) return false;
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("norrsken-theme", theme); } catch { /* a closed store changes nothing */ }
  return true;
}

export const otherTheme = () => (document.documentElement.dataset.theme === "dark" ? "light" : "dark");

export function followSystem(changed) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (e) => {
    if (localStorage.getItem("norrsken-theme")) return;
    document.documentElement.dataset.theme = e.matches ? "dark" : "light";
    changed();
  });
}
