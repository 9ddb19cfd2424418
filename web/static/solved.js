// What a visitor pasted, kept in this browser alone.

const KEYS = { mine: "spojscore.solved", friend: "spojscore.friend" };
const PROFILE = /list of solved classical problems/i;
const ADDRESS = /https?:\/\/[^\s,;]*\/(?:problems|status|ranks)\/([A-Z0-9_]+)(?:,(?!https?:)\w+)?\/?/g;

// The codes kept for "mine" or "friend", each once.
export function kept(whose) {
  try {
    const codes = JSON.parse(localStorage.getItem(KEYS[whose]));
    return new Set(Array.isArray(codes) ? codes : []);
  } catch {
    return new Set();
  }
}

// Whether it could be kept.
export function keep(whose, codes) {
  try {
    localStorage.setItem(KEYS[whose], JSON.stringify([...codes]));
    return true;
  } catch {
    return false;
  }
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

// Codes have no small letters: the first word that has one is behind the list.
function listAtStart(text) {
  const small = text.search(/[a-z]/);
  if (small < 0) return text;
  const before = text.slice(0, small);
  const end = Math.max(...["\n", "\t", " ", ","].map((blank) => before.lastIndexOf(blank)));
  return before.slice(0, end + 1).replace(/TODO $/, "");
}

// The codes in a pasted text, of a list of codes or of a profile's page, as they are `known`;
// what is none of them is `unknown`. Of a profile only the list of solved problems counts.
export function read(text, known) {
  let words = text.replace(ADDRESS, " $1 ");
  const profile = PROFILE.exec(words);
  if (profile) {
    words = listAtStart(words.slice(profile.index + profile[0].length));
  }
  const codes = new Set();
  const unknown = new Set();
  for (const word of words.match(/[A-Za-z0-9_]+/g) ?? []) {
    const code = word.toUpperCase();
    if (known.has(code)) codes.add(code);
    else if (!/^\d*$|^.$/.test(code)) unknown.add(code); // else a list's own numbers
  }
  return { codes, unknown };
}
