// Loads and saves the visitor's lists and choices in localStorage.

const PREFIX = "spojscore.";
const CHANGE_EVENT = "spojscore-change";
const CODE = /^\w{1,20}(?:~\d{1,9})?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MAX_FRIEND_NAME = 40; // characters

export const union = (a, b) => new Set([...a, ...b]);
export const difference = (a, b) => new Set([...a].filter((item) => !b.has(item)));

function load(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null; // damaged, or this browser stores nothing
  }
}

// Returns whether it was saved.
function save(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// Damaged values are left out.
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isCode = (value) => typeof value === "string" && CODE.test(value);
const toCodes = (value) => new Set(Array.isArray(value) ? value.filter(isCode) : []);

function toLists(value) {
  const { solved, tried, friends } = isObject(value) ? value : {};
  const entries = Object.entries(isObject(friends) ? friends : {}).map(([name, codes]) => [name.slice(0, MAX_FRIEND_NAME), toCodes(codes)]);
  const solvedCodes = toCodes(solved);
  return { solved: solvedCodes, tried: difference(toCodes(tried), solvedCodes), friends: new Map(entries.filter(([name, codes]) => name && codes.size)) };
}

function toVisits(value) {
  const { base, last, days } = isObject(value) ? value : {};
  const isVisit = (visit) => isObject(visit) && DAY.test(visit.day) && Number.isFinite(visit.points);
  const toVisit = (visit) => (isVisit(visit) ? { ...visit, codes: [...toCodes(visit.codes)] } : undefined);
  return { base: toVisit(base), last: toVisit(last), days: Array.isArray(days) ? days.filter(isVisit) : [] };
}

const toPlain = ({ solved, tried, friends }) => ({
  solved: [...solved],
  tried: [...tried],
  friends: Object.fromEntries([...friends].map(([name, codes]) => [name, [...codes]])),
});

// { solved, tried } are sets of codes, { friends } a Map of such sets by name.
export const loadLists = () => toLists({ solved: load("solved"), tried: load("tried"), friends: load("friends") });

// Returns whether they were saved. `code` is set if only that one changed.
export function saveLists(lists, code) {
  const results = Object.entries(toPlain(toLists(toPlain(lists)))).map(([name, value]) => save(name, value));
  dispatchEvent(new CustomEvent(CHANGE_EVENT, { detail: code }));
  return results.every(Boolean);
}

// Calls `callback` when a list has changed: here (with the code that saveLists got), in another tab, or while this page was
// in the back/forward cache.
export function onChange(callback) {
  addEventListener(CHANGE_EVENT, ({ detail }) => callback({ isThisTab: true, code: detail }));
  addEventListener("storage", ({ key }) => (!key || key.startsWith(PREFIX)) && callback({ isThisTab: false }));
  addEventListener("pageshow", ({ persisted }) => persisted && callback({ isThisTab: false }));
}

export const loadHidden = () => load("hide") === true;
export const saveHidden = (hidden) => save("hide", hidden);
export const loadVisits = () => toVisits(load("days"));
export const saveVisits = (visits) => save("days", visits);

export function deleteAll() {
  try {
    localStorage.clear(); // all of it is ours
  } catch {
    // Without localStorage, nothing is stored.
  }
  dispatchEvent(new CustomEvent(CHANGE_EVENT));
}

// Adds today's entry to the visits: `base` is the list at the end of the previous day with a visit, `days` are { day,
// solved, points, more, gained, lost }: points gained by solving, and lost to new solvers.
export function addVisit({ base, last, days }, day, codes, getPoints) {
  const sum = (subset) => subset.reduce((total, code) => total + getPoints(code), 0);
  const points = sum(codes);
  const previousVisit = last && last.day !== day ? last : base;
  const entry = { day, solved: codes.length, points };
  if (previousVisit) {
    const currentPoints = sum(previousVisit.codes);
    Object.assign(entry, { more: codes.length - previousVisit.codes.length, gained: points - currentPoints, lost: currentPoints - previousVisit.points });
  }
  return { base: previousVisit, last: { day, codes, points }, days: [...days.filter((visit) => visit.day !== day), entry] };
}

// Everything as JSON. readBackup() returns null for any other text.
export const createBackup = () => JSON.stringify({ spojscore: 1, ...toPlain(loadLists()), days: loadVisits() });

export function readBackup(text) {
  try {
    const all = JSON.parse(text);
    return all.spojscore === 1 ? { lists: toLists(all), visits: toVisits(all.days) } : null;
  } catch {
    return null;
  }
}

// An address with a list after #, a part that browsers do not send to servers.
export function toAddress(page, { solved, tried }) {
  return `${page}#solved=${[...solved].join(",")}${tried.size ? `&tried=${[...tried].join(",")}` : ""}`;
}

// Reads the codes of `problems`, a Map, from an address's part after #. Null if there are none.
export function fromHash(hash, problems) {
  const parameters = new URLSearchParams(hash.slice(1));
  const [solved, tried] = ["solved", "tried"].map(
    (name) => new Set((parameters.get(name) ?? "").split(",").filter((code) => problems.has(code))),
  );
  return solved.size + tried.size ? { solved, tried: difference(tried, solved) } : null;
}
