// The page "My problems": everything is computed here, from one list; nothing is sent.

import { forgetAll, keep, kept, read } from "./solved.js";

const SHOWN = 50; // rows of a table
const NAMED = 30; // unknown codes
const NOTHING = "Nothing to read: put codes, or the text of a profile, above.";
const BANDS = [
  ["1 or more", 1],
  ["0.5 to 1", 0.5],
  ["0.1 to 0.5", 0.1],
  ["0.01 to 0.1", 0.01],
  ["under 0.01", 0],
];
const SPANS = [7, 30, 365];
const ORDERS = {
  worth: (a, b) => b.next - a.next,
  accepted: (a, b) => (b.acceptance ?? -1) - (a.acceptance ?? -1),
  users: (a, b) => b.users - a.users,
  code: (a, b) => (a.code < b.code ? -1 : 1),
};

const at = (id) => document.getElementById(id);
const points = (value) =>
  value.toLocaleString("en", Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

let problems = new Map();
let mine = kept("mine");
let friend = kept("friend");

function problem([code, name, users, acceptance, solves7, solves30, solves365, delisted]) {
  const score = 80 / (40 + users);
  const band = BANDS.findIndex(([, least]) => score >= least);
  const solves = { 7: solves7, 30: solves30, 365: solves365 };
  return { code, name, users, acceptance, delisted, solves, score, band, next: 80 / (41 + users) };
}

// What each solver lost by those who solved it since; null where it was not known then.
function lost({ users, score, solves }, days) {
  return solves[days] === null ? null : 80 / (40 + users - solves[days]) - score;
}

const listed = () => [...problems.values()].filter((one) => !one.delisted);
const ofMine = () => listed().filter((one) => mine.has(one.code));
const unsolved = () => listed().filter((one) => !mine.has(one.code));

function cell(content, head) {
  const made = document.createElement("td");
  made.className = `col-${head.toLowerCase()}`;
  made.dataset.label = head;
  made.append(content);
  return made;
}

function link(one) {
  const made = document.createElement("a");
  made.href = `/spojscore/problems/${one.code}`;
  made.textContent = one.code;
  return made;
}

function fill(table, rows) {
  const heads = [...at(table).tHead.rows[0].cells].map((head) => head.textContent);
  at(table).tBodies[0].replaceChildren(
    ...rows.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((content, index) => cell(content, heads[index])));
      return row;
    }),
  );
  at(table).hidden = rows.length === 0;
}

const facts = (one) => [
  link(one),
  one.name,
  points(one.next),
  one.acceptance === null ? "" : `${one.acceptance} %`,
  one.users.toLocaleString("en"),
];

function showPoints() {
  const solved = ofMine();
  at("points").textContent = points(sum(solved.map((one) => one.score)));
  at("solved").textContent = `${solved.length.toLocaleString("en")} of ${listed().length.toLocaleString("en")}`;
  fill(
    "bands",
    BANDS.map(([name], band) => {
      const [all, own] = [listed(), solved].map((some) => some.filter((one) => one.band === band));
      return [`${name} points`, `${own.length.toLocaleString("en")} of ${all.length.toLocaleString("en")}`, points(sum(own.map((one) => one.score)))];
    }),
  );
  fill(
    "lost",
    SPANS.map((days) => {
      const known = solved.map((one) => [one, lost(one, days)]).filter(([, by]) => by !== null);
      const most = known.reduce((one, other) => (other[1] > (one?.[1] ?? 0) ? other : one), null);
      return [
        `${days} days`,
        known.length ? points(sum(known.map(([, by]) => by))) : "not known yet",
        most ? link(most[0]) : "",
      ];
    }),
  );
}

function chosen() {
  const name = at("contains").value.trim().toLowerCase();
  const least = Number(at("accepted").value) || 0;
  const band = at("band").value;
  return unsolved()
    .filter((one) => `${one.code} ${one.name}`.toLowerCase().includes(name))
    .filter((one) => least === 0 || (one.acceptance ?? -1) >= least)
    .filter((one) => band === "" || one.band === Number(band))
    .sort((a, b) => ORDERS[at("order").value](a, b) || b.next - a.next || ORDERS.code(a, b));
}

const firstOf = (rows) => (rows.length > SHOWN ? `; the first ${SHOWN} of them:` : "");

function showUnsolved() {
  const rows = chosen();
  at("unsolved-count").textContent = `${count(rows.length, "unsolved problem")}${firstOf(rows)}`;
  fill("unsolved", rows.slice(0, SHOWN).map(facts));
  showFewest();
}

// Every problem's points are his whatever else he solves: so the fewest are those worth most.
function showFewest() {
  const goal = Number(at("goal").value);
  const rows = [];
  let gained = 0;
  for (const one of goal > 0 ? chosen().sort(ORDERS.worth) : []) {
    if (gained >= goal) break;
    rows.push(one);
    gained += one.next;
  }
  const short = goal > 0 && gained < goal;
  at("fewest-count").textContent =
    goal > 0
      ? `${count(rows.length, "problem")} for ${points(gained)} points${short ? ": all there are, not enough" : ""}${firstOf(rows)}`
      : "Type a number of points above 0.";
  fill("fewest", rows.slice(0, SHOWN).map(facts));
}

function showFriend() {
  const rows = listed()
    .filter((one) => friend.has(one.code) && !mine.has(one.code))
    .sort(ORDERS.worth);
  at("friend-count").textContent = friend.size
    ? `${count(rows.length, "problem")} that your friend has and you have not, worth ${points(sum(rows.map((one) => one.next)))} points to you${firstOf(rows)}`
    : "";
  fill("friends", rows.slice(0, SHOWN).map(facts));
}

function showRandom() {
  const rows = chosen();
  fill("random", rows.length ? [facts(rows[Math.floor(Math.random() * rows.length)])] : []);
  at("random-none").hidden = rows.length > 0;
}

function show() {
  at("results").hidden = mine.size === 0;
  at("forget").disabled = mine.size + friend.size === 0;
  if (mine.size === 0) return;
  showPoints();
  showUnsolved();
  showFriend();
}

const name = (codes) => {
  const named = codes.slice(0, NAMED).join(", ");
  return codes.length > NAMED ? `${named} and ${codes.length - NAMED} more` : named;
};

// What is to be said of what was read.
function told({ codes, unknown }, couldKeep) {
  const delisted = [...codes].filter((code) => problems.get(code).delisted);
  const words = [];
  if (codes.size) words.push(`${count(codes.size, "problem")} ${couldKeep ? "kept in this browser" : "read"}.`);
  else words.push("No code of a classical problem in there.");
  if (unknown.size) words.push(`Not classical problems of SPOJ: ${name([...unknown])}.`);
  if (delisted.length) words.push(`No longer listed, so without points: ${name(delisted)}.`);
  if (!couldKeep) words.push("This browser keeps nothing: it is gone when you leave the page.");
  return words.join(" ");
}

function takeIn(whose, event) {
  event.preventDefault();
  const text = at(`${whose}-text`).value;
  const found = read(text, problems);
  // What was kept stays, where nothing was found to take its place.
  const couldKeep = found.codes.size === 0 || keep(whose, found.codes);
  if (found.codes.size) {
    if (whose === "mine") mine = found.codes;
    else friend = found.codes;
  }
  at(`${whose}-told`).textContent = text.trim() ? told(found, couldKeep) : NOTHING;
  show();
}

function forget() {
  forgetAll();
  showKept();
  at("mine-told").textContent = "Forgotten.";
}

// What is kept now, which another tab may have changed.
function showKept() {
  mine = kept("mine");
  friend = kept("friend");
  for (const [whose, codes] of Object.entries({ mine, friend })) {
    at(`${whose}-text`).value = [...codes].join(" ");
    at(`${whose}-told`).textContent = "";
  }
  show();
}

async function start() {
  // Not what somebody has pasted meanwhile.
  for (const whose of ["mine", "friend"]) at(`${whose}-text`).value ||= [...kept(whose)].join(" ");
  at("mine-told").textContent = "Fetching the list of problems…";
  const answer = await fetch(document.body.querySelector("[data-list]").dataset.list);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { rows } = await answer.json();
  problems = new Map(rows.map((row) => [row[0], problem(row)]));
  for (const [band, [name]] of BANDS.entries()) at("band").add(new Option(`${name} points`, band));
  for (const whose of ["mine", "friend"]) {
    at(`${whose}-form`).addEventListener("submit", (event) => takeIn(whose, event));
  }
  for (const id of ["contains", "accepted", "band", "order"]) at(id).addEventListener("input", showUnsolved);
  at("goal").addEventListener("input", showFewest);
  at("another").addEventListener("click", showRandom);
  at("forget").addEventListener("click", forget);
  addEventListener("storage", showKept);
  at("mine-told").textContent = mine.size ? `${count(mine.size, "problem")} kept in this browser.` : "";
  at("keep").disabled = false;
  show();
}

start().catch((error) => {
  at("mine-told").textContent = `The list of problems could not be had (${error.message}): reload the page.`;
});
