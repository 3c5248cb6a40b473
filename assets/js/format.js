/* Numbers, places and frequencies as people read them. */
import { h } from "./dom.js";

export const MISSING = "—";
const MINUS = "−";
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export const absent = (v) => v === null || v === undefined || v === "" || (typeof v === "number" && !Number.isFinite(v));

export function grouped(n) {
  if (absent(n)) return MISSING;
  const text = Math.abs(n).toLocaleString("en-GB", { maximumFractionDigits: 3 });
  return n < 0 ? MINUS + text : text;
}

export const signed = (n) => (n < 0 ? grouped(n) : `+${grouped(n)}`);

/** A measured number with at most `digits` significant ones. */
export function number(v, digits = 4) {
  if (absent(v)) return MISSING;
  if (typeof v !== "number") return String(v);
  if (Number.isInteger(v)) return grouped(v);
  return grouped(Number(v.toPrecision(digits)));
}

/** A frequency: never rounded to 0. */
export function frequency(v) {
  if (absent(v)) return MISSING;
  if (v === 0) return "0";
  if (v >= 0.01) return v.toFixed(3).replace(/0$/, "");
  const power = Math.floor(Math.log10(v));
  const lead = (v / 10 ** power).toFixed(1);
  return `${lead} × 10${String(power).split("").map((c) => RAISED[c]).join("")}`;
}

export function bases(n) {
  if (n >= 1e6) return `${number(n / 1e6, 3)} Mb`;
  if (n >= 1e4) return `${number(n / 1e3, 3)} kb`;
  return `${grouped(Math.round(n))} bp`;
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** ClinVar's words as a class and a place on the five-step scale. */
export function clinClass(text) {
  const words = String(text).toLowerCase().replace(/_/g, " ");
  if (/conflict/.test(words)) return ["VUS", "conflicting"];
  const likely = /likely/.test(words);
  if (/pathogenic/.test(words)) {
    if (likely && /(^|[^y] ?)pathogenic\/likely/.test(words)) return ["P", "P/LP"];
    return likely ? ["LP", "LP"] : ["P", "P"];
  }
  if (/benign/.test(words)) {
    if (likely && /benign\/likely/.test(words)) return ["LB", "B/LB"];
    return likely ? ["LB", "LB"] : ["B", "B"];
  }
  if (/uncertain/.test(words)) return ["VUS", "VUS"];
  return ["", String(text).replace(/_/g, " ")];
}

export function stars(n) {
  if (absent(n)) return null;
  return h("span", { class: "stars", title: `${n} of 4 review stars`, "aria-label": `${n} of 4 stars` }, n > 0 ? "★".repeat(n) : "☆");
}

/** "vaf:SAMPLE:desc" as ["vaf:SAMPLE", "desc"]. */
export const sortParts = (sort) => [sort.slice(0, sort.lastIndexOf(":")), sort.slice(sort.lastIndexOf(":") + 1)];
