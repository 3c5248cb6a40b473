/* Before the first paint: the theme of the address, of this browser, or of the system. */
(function () {
  const asked = new URLSearchParams(location.search).get("theme");
  let kept = null;
  try { kept = localStorage.getItem("norrsken-theme"); } catch { kept = null; }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const theme = [asked, kept].find((t) => t === "light" || t === "dark") || system;
  document.documentElement.dataset.theme = theme;
})();
