/* Which rows are shown, in which order and how tall: "coverage:tall" in the address for each. */
import { SIZES } from "./row.js";

export const EVERYONE = "*";
export const OVERLAID = "+";
export const NONE = "none";

/** Rows of a case that nobody arranged. */
export const standard = (boot) => boot.tracks.filter((t) => t.standard).map((t) => ({ name: t.name, size: "low" }));

/** What the address asks for, without rows that this case cannot have. */
export function arranged(state, boot) {
  if (!state.tracks.length) return standard(boot);
  const known = new Set(boot.tracks.map((t) => t.name));
  const asked = new Map(state.tracks.map((text) => text.split(":")).filter(([name]) => known.has(name)));
  return [...asked].map(([name, size]) => ({ name, size: size in SIZES ? size : "low" }));
}

export const written = (rows) => (rows.length ? rows.map(({ name, size }) => (size === "low" ? name : `${name}:${size}`)) : [NONE]);

/** The people whose rows are drawn: the chosen one, or everyone of a small family. */
export function chosenPeople(state, boot) {
  if (state.person === EVERYONE || state.person === OVERLAID) return family(boot);
  const one = boot.people.find((p) => p.id === state.person) || proband(boot);
  return one ? [one] : [];
}

export const proband = (boot) => boot.people.find((p) => p.role === "proband") || boot.people.find((p) => p.affected === "affected") || boot.people.find((p) => p.is_tumour) || boot.people[0];

/** The proband first, then the others as the case lists them. */
function family(boot) {
  const first = proband(boot);
  return [first, ...boot.people.filter((p) => p !== first)].slice(0, boot.most_people);
}
