// My progress: everything is computed here, from one list; nothing is sent.

import { at, button, count, drawLevel, drawMap, fillProblems, fillTable, make, number, points, pointsText, showBars, showChips, signed, words } from "./draw.js";
import { byGain, fetchProblems, fewest, levelOf, rangesOf, suggest, sum } from "./recommend.js";
import * as storage from "./storage.js";

const MAX_NAMED = 30; // codes in a sentence
const SPANS = [7, 30, 365]; // days
const RELIABLE = 10; // solved problems
const OTHER = "Other"; // the family of the rest
const MAX_ROWS = 10;

let problems = new Map();
let listed = [];
let lists = storage.loadLists();
let suggestions = [];
let friend = ""; // the name of the one that is compared

const { difference, union } = storage;
const named = (codes) => codes.slice(0, MAX_NAMED).join(", ") + (codes.length > MAX_NAMED ? ` and ${codes.length - MAX_NAMED} more` : "");
const amounts = ({ solved, tried }) => count(solved.size, "solved problem") + (tried.size ? ` and ${tried.size} tried` : "");
const problemsOf = (codes) => [...codes].map((code) => problems.get(code) ?? { code, name: "" });
const isSolved = (problem) => lists.solved.has(problem.code);
const worth = (some) => sum(some.map((problem) => problem.score));

const snapshot = () => ({ lists, visits: storage.loadVisits() });
// Every topic or family, the rest last.
const allOf = (column) => {
  const names = [...new Set(listed.flatMap((problem) => problem[column]))];
  return names.sort((a, b) => (a === OTHER) - (b === OTHER) || a.localeCompare(b));
};

// Changes lists, says so and offers to take it back.
function change(some, ...message) {
  const before = snapshot();
  const saved = storage.saveLists({ ...lists, ...some });
  showMessage([...message, ...(saved ? [] : [" This browser won’t save it; you’ll lose it when you leave."])], before);
  if (!saved) show({ ...lists, ...some });
}

function showMessage(message, before) {
  const parts = [...message];
  if (before) {
    const undo = () => {
      at("perhaps").hidden = at("added").hidden = true;
      replaceAll(before, "Undone.");
    };
    parts.push(" ", button("Undo", undo, "undo"));
  }
  at("message").replaceChildren(...(parts.length ? [make("p", { className: "notice" }, ...parts)] : []));
}

function replaceAll({ lists: all, visits }, message, before) {
  storage.saveVisits(visits);
  storage.saveLists(all);
  showMessage([message], before);
}

const add = ({ solved, tried }) => ({ solved: union(lists.solved, solved), tried: union(lists.tried, tried) });
const remove = (codes) => ({ solved: difference(lists.solved, codes), tried: difference(lists.tried, codes) });

// Loaded when it is needed: it is a quarter of the page's scripts.
const loadReader = () => import("./paste.js");

async function importText(text, replaces) {
  const found = (await loadReader()).read(text, problems);
  const any = found.solved.size + found.tried.size > 0;
  if (any) change(replaces ? { solved: found.solved, tried: found.tried } : add(found), ...describe(text, found));
  else showMessage(describe(text, found));
  at("added").hidden = true;
  at("mine-text").value = any ? "" : text;
  showFound(found);
  if (!any) return;
  at("message").firstChild.append(" ", button("Show", () => (at("added").hidden = !at("added").hidden)));
  openAdd(false);
  openTab("next");
  scrollTo(0, 0);
  at("open-add").focus({ preventScroll: true });
}

function describe(text, { user, solved, tried, perhaps, unknown }) {
  if (!text.trim()) return ["Paste something first."];
  if (user) {
    const profile = make("a", { href: `https://www.spoj.com/users/${encodeURIComponent(user)}/` }, `${user}’s profile`);
    return ["spojscore can’t fetch profiles. Open ", profile, ", select all (Ctrl+A), copy (Ctrl+C) and paste it here."];
  }
  const sentences = [];
  if (solved.size + tried.size) sentences.push(`Added ${amounts({ solved, tried })}.`);
  else sentences.push(perhaps.size ? "Couldn’t tell codes from words. Pick yours below." : "No SPOJ problem codes found.");
  const gone = [...solved, ...tried].filter((code) => problems.get(code).delisted);
  if (gone.length) sentences.push(`Removed from SPOJ, so without points: ${named(gone)}.`);
  if (unknown.size) sentences.push(`Not classical problems of SPOJ: ${named([...unknown])}.`);
  return [sentences.join(" ")];
}

// What the last text added, and its words that may be codes.
function showFound({ solved, tried, perhaps }) {
  at("perhaps").hidden = perhaps.size === 0;
  showChips("perhaps-list", problemsOf(perhaps), (codes) => {
    change({ solved: union(lists.solved, codes) }, `Added ${named([...codes])}.`);
    showFound({ solved: union(solved, codes), tried, perhaps: difference(perhaps, codes) });
  }, true);
  const added = [...problemsOf(solved), ...problemsOf(tried).map((problem) => ({ ...problem, note: "tried" }))];
  if (!added.length) at("added").hidden = true;
  showChips("added-list", added, (codes) => {
    change(remove(codes), `Removed ${named([...codes])}.`);
    showFound({ solved: difference(solved, codes), tried: difference(tried, codes), perhaps });
  });
}

function show(now) {
  lists = now;
  const any = lists.solved.size + lists.tried.size > 0;
  for (const part of document.querySelectorAll(".with-list")) part.hidden = !any;
  for (const part of document.querySelectorAll(".without-list")) part.hidden = any;
  at("open-add").hidden = !any;
  if (!any) openAdd(true);
  showNext();
  showTiles();
  showProgress();
  showList();
  showFriends();
}

// What is missing to the next whole point, rounded up.
function nextGoal() {
  const total = worth(listed.filter(isSolved));
  const goal = Math.floor(total + 1e-9) + 1;
  return { goal, missing: Math.ceil((goal - total) * 1000) / 1000 };
}

function showTiles() {
  const solved = listed.filter(isSolved);
  const change30 = sum(solved.map((problem) => problem.score_30 ?? 0));
  at("points").textContent = points(worth(solved));
  at("points-note").textContent = change30 ? `${signed(change30)} in 30 days` : `of ${points(worth(listed))}`;
  at("solved").textContent = number(solved.length);
  at("solved-note").textContent = `of ${number(listed.length)}${lists.tried.size ? `, ${number(lists.tried.size)} tried` : ""}`;
  at("level").textContent = `~${number(levelOf(solved, listed))}`;
  at("level-note").textContent = solved.length < RELIABLE ? "rough: add at least ten" : "from your ten rarest";
  const { goal, missing } = nextGoal();
  const { chosen, gained } = fewest(suggestions, missing);
  at("goal-name").textContent = `To ${pointsText(goal)}`;
  at("goal-count").textContent = (gained < missing ? "over " : "") + number(chosen.length);
}

const solversText = ([least, most]) => (most === Infinity ? `${number(least)}+` : `${number(least)}–${number(Math.max(most - 1, least))}`);

function showNext() {
  const solved = listed.filter(isSolved);
  const unsolved = listed.filter((problem) => !isSolved(problem));
  if (lists.solved.size + lists.tried.size === 0) {
    suggestions = [];
    at("next-note").textContent = "Nothing added yet, so here are the most solved problems.";
    fillProblems("suggested", [...listed].sort((a, b) => b.users - a.users).slice(0, MAX_ROWS));
    return;
  }
  const ranges = rangesOf(levelOf(solved, listed));
  const likesAreKnown = listed.some((problem) => problem.liked !== null);
  at("liked").hidden = !likesAreKnown;
  const range = at("choice").range.value;
  const found = suggest(unsolved, ranges[range], {
    topic: at("topic").value,
    all: !likesAreKnown || at("liked").getAttribute("aria-pressed") !== "true",
  });
  suggestions = found.rows;
  const text = `${count(suggestions.length, "problem")}, ${solversText([Math.round(found.least), Math.round(found.most)])} solvers`;
  at("next-note").textContent = !suggestions.length
    ? "Nothing left. Choose another topic or include less liked problems."
    : (found.widened ? "Nothing left here; showing a wider range: " : "") + text;
  fillProblems("suggested", suggestions);
  at("picked").replaceChildren();
  at("ranges").textContent = `Easy ${solversText(ranges.easy)} solvers · Moderate ${solversText(ranges.moderate)} · Hard ${solversText(ranges.hard)}. Best points per submission first. Dots: yours.`;
  drawLevel("level-curve", listed, isSolved, { Easy: ranges.easy, Moderate: ranges.moderate, Hard: ranges.hard });
  drawMap("map", listed, lists.solved, lists.tried);
  const bands = [...new Set(listed.map((problem) => problem.band))].sort();
  showBars("bands", bands.map((band) => group(band.slice(3).replace("under ", "< ").replace(" or more", "+").replace(" to ", "–"), (problem) => problem.band === band, band[0])));
  showFewest();
}

function group(name, has, band) {
  const all = listed.filter(has);
  return { name, band, all: all.length, solved: all.filter(isSolved).length };
}

function showFewest() {
  const typed = at("goal").value;
  at("goal").placeholder = nextGoal().missing;
  const goal = Number(typed || at("goal").placeholder);
  const { chosen, gained } = fewest(suggestions, goal);
  const enough = `${count(chosen.length, "problem")} for ${pointsText(gained)}.`;
  at("fewest-note").textContent =
    goal > 0 ? (gained < goal ? `The ${count(chosen.length, "problem")} here give only ${pointsText(gained)}.` : enough) : "Type a number above 0.";
  fillProblems("way", chosen, 5);
}

function pick() {
  const problem = suggestions[Math.floor(Math.random() * suggestions.length)];
  if (!problem) return;
  const link = make("a", { href: `https://www.spoj.com/problems/${problem.code}/` }, make("bdi", {}, problem.name), ` ${problem.code} ↗`);
  at("picked").replaceChildren("Solve ", link, `: you gain ${pointsText(problem.points_if_solved)}.`);
}

function showProgress() {
  const solved = listed.filter(isSolved);
  const families = allOf("families");
  showBars("by-family", families.map((family) => group(words(family), (problem) => problem.families.includes(family))));
  at("by-family").parentElement.hidden = families.length === 0;
  const known = SPANS.filter((days) => solved.some((problem) => problem[`score_${days}`] !== null));
  fillTable("lost", known.map((days) => lostIn(days, solved)));
  at("no-losses").hidden = known.length > 0;
  if (!solved.length) return;
  const scores = new Map(listed.map((problem) => [problem.code, problem.score]));
  const today = new Date().toISOString().slice(0, 10);
  const visits = storage.addVisit(storage.loadVisits(), today, solved.map((problem) => problem.code), (code) => scores.get(code) ?? 0);
  storage.saveVisits(visits);
  fillTable("days", [...visits.days].reverse().map((day) => [
    day.day,
    number(day.solved),
    points(day.points),
    day.more === undefined
      ? "first visit"
      : `${day.more < 0 ? "−" : "+"}${Math.abs(day.more)} solved, ${signed(day.gained)} points, ${signed(day.lost)} from new solvers`,
  ]));
}

function lostIn(days, solved) {
  const column = `score_${days}`;
  const known = solved.filter((problem) => problem[column] !== null).sort((a, b) => a[column] - b[column]);
  const biggest = known[0]?.[column] < 0 ? known[0].code : "";
  return [`${days} days`, points(0 - sum(known.map((problem) => problem[column]))), biggest];
}

function showList() {
  const tried = problemsOf([...lists.tried].sort()).map((problem) => ({ ...problem, note: "tried" }));
  const all = [...problemsOf([...lists.solved].sort()), ...tried];
  at("address").value = storage.toAddress(location.origin + location.pathname, lists);
  showChips("whole-list", all, (codes) => change(remove(codes), `Removed ${named([...codes])}.`));
}

function showFriends() {
  if (!lists.friends.has(friend)) friend = [...lists.friends.keys()].at(0) ?? "";
  at("friend-names").hidden = at("friend").hidden = !friend;
  const choose = ({ target }) => {
    friend = target.textContent;
    showFriends();
  };
  const toButton = (name) => make("button", { type: "button", onclick: choose, "aria-pressed": name === friend }, name);
  const buttons = [...lists.friends.keys()].map(toButton);
  at("friend-names").replaceChildren(...buttons);
  const theirs = lists.friends.get(friend) ?? new Set();
  const ahead = listed.filter((problem) => theirs.has(problem.code) && !isSolved(problem)).sort(byGain);
  const behind = listed.filter((problem) => isSolved(problem) && !theirs.has(problem.code)).sort(byGain);
  const gain = sum(ahead.map((problem) => problem.points_if_solved));
  at("friend-note").textContent = `${friend} solved ${number(ahead.length)} you haven’t, worth ${pointsText(gain)} to you.`;
  at("behind-note").textContent = `You solved ${number(behind.length)} that ${friend} hasn’t.`;
  at("remove-friend").textContent = `Remove ${friend}`;
  fillProblems("ahead", ahead);
  fillProblems("behind", behind);
}

// "Friend", or "Friend 2" and so on.
function freeName() {
  let [name, n] = ["Friend", 2];
  while (lists.friends.has(name)) name = `Friend ${n++}`;
  return name;
}

function saveFriend(name, codes) {
  friend = name;
  change({ friends: new Map([...lists.friends, [name, codes]]) }, `Added ${name}’s ${count(codes.size, "problem")}.`);
}

async function addFriend(event) {
  event.preventDefault();
  const text = at("friend-text").value;
  const found = (await loadReader()).read(text, problems);
  const codes = union(found.solved, found.perhaps);
  if (!codes.size) {
    showMessage(describe(text, found));
    return;
  }
  saveFriend(at("friend-name").value.trim() || freeName(), codes);
  at("add-friend").reset();
}

function openAdd(open) {
  at("add").hidden = !open;
  at("open-add").setAttribute("aria-expanded", open);
}

function openTab(id) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const open = tab.getAttribute("aria-controls") === id;
    tab.setAttribute("aria-selected", open);
    tab.tabIndex = open ? 0 : -1;
    at(tab.getAttribute("aria-controls")).hidden = !open;
  }
}

const save = (text, type, name) => make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name }).click();

function toCsv() {
  const lines = (codes, status) => problemsOf(codes).map(({ code, score = "", users = "" }) => `${[code, status, score, users]}\r\n`);
  return ["code,status,points,solvers\r\n", ...lines(lists.solved, "solved"), ...lines(lists.tried, "tried")].join("");
}

async function restore({ target }) {
  const found = storage.readBackup(await target.files[0].text());
  target.value = "";
  if (!found) {
    showMessage(["This file is not a backup of My progress."]);
    return;
  }
  replaceAll(found, `Restored ${amounts(found.lists)}.`, snapshot());
}

function deleteAll() {
  const before = snapshot();
  storage.deleteAll();
  showMessage(["Deleted."], before);
}

// A list that came in the address is taken only when the visitor says so.
function showArrived() {
  const arrived = storage.fromHash(location.hash, problems);
  at("arrived").hidden = !arrived;
  if (!arrived) return;
  openAdd(false);
  const news = difference(arrived.solved, lists.solved).size;
  const some = lists.solved.size > 0 && news < arrived.solved.size;
  at("arrived-message").textContent = `This link contains ${amounts(arrived)}${some ? `, ${number(news)} new to you` : ""}.`;
  at("arrived").querySelector("[value=add]").textContent = `Add ${amounts(arrived)}`;
  const actions = {
    add: () => change(add(arrived), `Added ${amounts(arrived)}.`),
    replace: () => change(arrived, `Your list now has ${amounts(arrived)}.`),
    compare: () => {
      saveFriend(freeName(), arrived.solved);
      openTab("friends");
    },
    ignore: () => openAdd(lists.solved.size + lists.tried.size === 0),
  };
  at("arrived").onclick = ({ target }) => {
    if (!actions[target.value]) return;
    history.replaceState(null, "", location.pathname);
    at("arrived").hidden = true;
    actions[target.value]();
  };
}

// The bookmarklet: runs on the page where it is clicked, so it cannot use anything else of this module.
function sendProfile(address) {
  if (!/(^|\.)spoj\.com$/.test(location.hostname)) {
    alert("Click this on your profile on www.spoj.com: it sends what you have solved to spojscore.");
    return;
  }
  const codes = { solved: [], tried: [] };
  let list = null;
  for (const part of document.querySelectorAll("#user-profile-tables :is(h3, h4, h5, a[href*='/status/'])")) {
    const code = /\/status\/([A-Z0-9_]+),/.exec(part.href ?? "");
    if (code) list?.push(code[1]);
    else if (!part.href) list = /todo/i.test(part.textContent) ? codes.tried : codes.solved;
  }
  const found = codes.solved.length + codes.tried.length;
  location.assign(found ? `${address}#solved=${codes.solved}&tried=${codes.tried}` : "https://www.spoj.com/myaccount");
}

async function showKinds() {
  const kinds = (await loadReader()).KINDS.filter((kind) => kind.label);
  at("kinds").replaceChildren(...kinds.flatMap(({ label, example }) => [make("dt", {}, label), make("dd", {}, make("code", {}, example))]));
}

// The first rung of the ladder that is not wholly solved.
async function showRung() {
  const response = await fetch(at("ladder").dataset.list);
  if (!response.ok) return;
  const next = (await response.json()).find(({ code }) => !lists.solved.has(code))?.rung;
  const link = make("a", { href: `${at("ladder").querySelector("a").href}#rung-${next}` }, `rung ${next}`);
  at("ladder").querySelector("span").replaceChildren(...(next ? [": next is ", link] : [": all solved"]), ".");
}

function fillStatic() {
  for (const column of ["families", "topics"]) {
    const options = allOf(column).map((slug) => new Option(words(slug), slug));
    if (options.length) at("topic").append(make("optgroup", { label: words(column) }, ...options));
  }
  at("topic").hidden = at("topic").length < 2;
  at("bookmarklet").href = `javascript:(${sendProfile})(${JSON.stringify(location.origin + location.pathname)})`;
}

function listen() {
  const toggle = ({ currentTarget: chip }) => {
    chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
    showNext();
    showTiles();
  };
  at("add").querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    importText(at("mine-text").value, event.submitter?.value === "replace");
  };
  at("open-add").onclick = () => {
    openAdd(at("add").hidden);
    at("mine-text").focus();
  };
  at("choice").oninput = () => (showNext(), showTiles());
  at("liked").onclick = toggle;
  at("goal").oninput = showFewest;
  at("pick").onclick = pick;
  at("add-friend").onsubmit = addFriend;
  at("remove-friend").onclick = () =>
    change({ friends: new Map([...lists.friends].filter(([name]) => name !== friend)) }, `Removed ${friend}.`);
  at("copy").onclick = async () => {
    at("address").select();
    await navigator.clipboard.writeText(at("address").value);
    showMessage(["Copied."]);
  };
  at("share").hidden = !navigator.share;
  at("share").onclick = () => navigator.share({ title: "My progress", url: at("address").value }).catch(() => {});
  at("backup").onclick = () => save(storage.backup(), "application/json", `spojscore-${new Date().toISOString().slice(0, 10)}.json`);
  at("csv").onclick = () => save(toCsv(), "text/csv", "my-problems.csv");
  at("restore").onclick = () => at("file").click();
  at("file").onchange = restore;
  at("delete").onclick = deleteAll;
  at("bookmarklet").onclick = (event) => {
    event.preventDefault();
    showMessage(["Drag this button to your bookmarks bar, then click it there on your SPOJ profile."]);
  };
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.onclick = () => {
      showMessage([]);
      at("added").hidden = at("perhaps").hidden = true;
      openAdd(lists.solved.size + lists.tried.size === 0);
      openTab(tab.getAttribute("aria-controls"));
    };
    tab.onkeydown = ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: tabs.length - 1 }[key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(tab) + step) % tabs.length];
      next.focus();
      next.click();
    };
  }
  at("tab-progress").addEventListener("click", showRung);
  at("kinds").parentElement.ontoggle = showKinds;
  addEventListener("hashchange", showArrived);
  storage.onChange(({ here, code }) => {
    const before = snapshot();
    show(storage.loadLists());
    // Undo would remove what another tab has added.
    if (!here) at("message").querySelector(".undo")?.remove();
    if (code) showMessage([`${isSolved({ code }) ? "Added" : "Removed"} ${code}.`], before);
  });
}

// `pasted` is where the home page leaves a text.
export async function start(pasted) {
  openAdd(lists.solved.size + lists.tried.size === 0);
  try {
    problems = await fetchProblems(at("my-progress").dataset.list);
    listed = [...problems.values()].filter((problem) => !problem.delisted);
    fillStatic();
    listen();
    show(storage.loadLists());
  } catch (error) {
    at("loading").textContent = `The list of problems is not available (${error.message}). Reload the page.`;
    return;
  }
  at("loading").hidden = true;
  for (const one of document.querySelectorAll("#my-progress :disabled")) one.disabled = false;
  openTab("next");
  if (at("mine-text").value) openAdd(true); // typed before the list was there
  showArrived();
  const text = sessionStorage.getItem(pasted);
  sessionStorage.removeItem(pasted);
  if (text) importText(text, false);
}
