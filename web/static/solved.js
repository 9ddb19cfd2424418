// What a visitor has solved, tried and chosen, kept in this browser alone.

export const LISTS = ["solved", "tried", "friend"];
const keyOf = (name) => `spojscore.${name}`;
export const isList = (key) => LISTS.some((name) => keyOf(name) === key);

export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name)));
  } catch {
    return null;
  }
}

// Whether it could be kept.
export function remember(name, value) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// The codes of one of LISTS, each once.
export function kept(list) {
  const codes = recall(list);
  return new Set(Array.isArray(codes) ? codes.filter((code) => typeof code === "string") : []);
}

export const keep = (list, codes) => remember(list, [...codes]);

export function forgetAll() {
  try {
    for (const name of [...LISTS, "days", "hide"]) localStorage.removeItem(keyOf(name));
  } catch {
    // Nothing could be kept there in the first place.
  }
}
