// What a visitor has solved, tried and chosen, kept in this browser alone.

const KEYS = {
  mine: "spojscore.solved",
  tried: "spojscore.tried",
  friend: "spojscore.friend",
  days: "spojscore.days",
  hide: "spojscore.hide",
};
export const LIST_KEYS = [KEYS.mine, KEYS.tried, KEYS.friend];

export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(KEYS[name]));
  } catch {
    return null;
  }
}

// Whether it could be kept.
export function remember(name, value) {
  try {
    localStorage.setItem(KEYS[name], JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// The codes kept for "mine" (solved), "tried" or "friend", each once.
export function kept(whose) {
  const codes = recall(whose);
  return new Set(Array.isArray(codes) ? codes.filter((code) => typeof code === "string") : []);
}

export function keep(whose, codes) {
  return remember(whose, [...codes]);
}

export function forgetAll() {
  for (const key of Object.values(KEYS)) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing could be kept there in the first place.
    }
  }
}
