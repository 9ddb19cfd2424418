// The page My problems: everything is computed here, from one list; nothing is sent.

import { showChips } from "./chips.js";
import { at, count, make } from "./dom.js";
import { fetchList } from "./list.js";
import * as next from "./next.js";
import { showFriend, showPoints, showProgress } from "./overview.js";
import { read } from "./paste.js";
import { LISTS, forgetAll, isList, keep, kept, recall, remember } from "./solved.js";
import { fromHash, toAddress } from "./travel.js";

const NAMED = 30; // codes in a sentence

let problems = new Map();
let lists = keptLists();
let before = null; // { lists, days } before the last change
let couldKeep = true;

function keptLists() {
  return Object.fromEntries(LISTS.map((name) => [name, kept(name)]));
}

const named = (codes) => codes.slice(0, NAMED).join(", ") + (codes.length > NAMED ? ` and ${codes.length - NAMED} more` : "");
const amounts = ({ solved, tried }) => count(solved.size, "solved problem") + (tried.size ? ` and ${tried.size} tried` : "");

function change(some) {
  before = { lists, days: recall("days") };
  lists = { ...lists, ...some };
  lists.tried = lists.tried.difference(lists.solved);
  couldKeep = LISTS.every((name) => keep(name, lists[name]));
  show();
}

const add = ({ solved, tried }) => change({ solved: lists.solved.union(solved), tried: lists.tried.union(tried) });
const replace = ({ solved, tried }) => change({ solved, tried });
const compare = ({ solved }) => change({ friend: solved });
const remove = (codes) => change({ solved: lists.solved.difference(codes), tried: lists.tried.difference(codes) });

const tell = (whose, ...words) => at(`${whose}-told`).replaceChildren(...words);

// Says what has changed in one's list, and offers to undo it, with all that came after it.
function tellChange(...words) {
  const { lists: then, days } = before;
  const onclick = () => {
    remember("days", days);
    change(then);
    showRead("mine", null);
    tell("mine", "Undone.");
  };
  if (!couldKeep) words.push(" This browser keeps nothing: it is gone when you leave the page.");
  tell("mine", ...words, " ", make("button", { type: "button", onclick }, "Undo"));
}

function takeIn(whose, taking) {
  const text = at(`${whose}-text`).value;
  const now = read(text, problems);
  const any = now.solved.size + now.tried.size > 0;
  if (any) {
    taking(now);
    at(`${whose}-text`).value = "";
  }
  if (any && whose === "mine") {
    tellChange(...told(text, now));
    at("add").open = false;
    at("add").querySelector("summary").focus();
  } else tell(whose, ...told(text, now));
  showRead(whose, now);
}

function told(text, { from, user, solved, tried, perhaps, unknown }) {
  if (!text.trim()) return ["Nothing to read. Paste something first."];
  if (user) {
    const profile = make("a", { href: `https://www.spoj.com/users/${encodeURIComponent(user)}/` }, `${user}’s profile`);
    return ["This page asks no other site. Open ", profile, ", select all (Ctrl+A), copy (Ctrl+C) and paste it here."];
  }
  const words = [];
  if (from.size) words.push(`Read from ${[...from].join(", ")}: ${amounts({ solved, tried })}.`);
  else words.push(perhaps.size ? "No word in there is sure to be a code." : "No classical problem of SPOJ in there.");
  const gone = [...solved, ...tried].filter((code) => problems.get(code).delisted);
  if (gone.length) words.push(`No longer listed, so without points: ${named(gone)}.`);
  if (unknown.size) words.push(`Not classical problems of SPOJ: ${named([...unknown])}.`);
  return [words.join(" ")];
}

const ofCodes = (codes) => [...codes].map((code) => problems.get(code) ?? { code, name: "" });
const ofLists = (solved, tried) => [...ofCodes(solved), ...ofCodes(tried).map((one) => ({ ...one, note: "○ tried" }))];

// Words of the last text that are perhaps codes, and the codes that were taken from it.
function showRead(whose, now) {
  const perhaps = now?.perhaps ?? new Set();
  at(`${whose}-perhaps`).hidden = perhaps.size === 0;
  showChips(`${whose}-perhaps-list`, ofCodes(perhaps), "keep", (codes) => {
    const list = whose === "mine" ? "solved" : "friend";
    change({ [list]: lists[list].union(codes) });
    showRead(whose, { ...now, perhaps: perhaps.difference(codes), solved: now.solved.union(codes) });
  });
  if (whose === "friend") return;
  const taken = now ? ofLists(now.solved, now.tried) : [];
  at("read").hidden = taken.length === 0;
  at("read-count").textContent = count(taken.length, "problem");
  showChips("read-list", taken, "remove", (codes) => {
    remove(codes);
    showRead("mine", { ...now, solved: now.solved.difference(codes), tried: now.tried.difference(codes) });
  });
}

function show() {
  const listed = [...problems.values()].filter((one) => !one.delisted);
  const solved = listed.filter((one) => lists.solved.has(one.code));
  const unsolved = listed.filter((one) => !lists.solved.has(one.code));
  const any = lists.solved.size + lists.tried.size > 0;
  for (const part of document.querySelectorAll(".with-list")) part.hidden = !any;
  at("forget").disabled = !any && !lists.friend.size;
  showPoints(solved, listed, lists.tried);
  next.show({ listed, solved, unsolved });
  showProgress(solved, listed);
  showFriend(unsolved.filter((one) => lists.friend.has(one.code)), lists.friend.size);
  at("address").value = toAddress(location.origin + location.pathname, lists.solved, lists.tried);
  showList();
}

function showList() {
  if (at("list").open) showChips("whole-list", ofLists([...lists.solved].sort(), [...lists.tried].sort()), "remove", remove);
}

function download() {
  const lines = (list, status) => ofCodes(list).map((one) => `${[one.code, status, one.score, one.users]}\r\n`);
  const csv = ["code,status,points,users\r\n", ...lines(lists.solved, "solved"), ...lines(lists.tried, "tried")];
  make("a", { href: URL.createObjectURL(new Blob(csv, { type: "text/csv" })), download: "my-problems.csv" }).click();
}

async function copy() {
  at("address").select();
  await navigator.clipboard.writeText(at("address").value);
  tell("address", "Copied.");
}

// A list that came in the address is taken only when the visitor says so.
function showBrought() {
  const brought = fromHash(location.hash, problems);
  at("brought").hidden = !brought;
  if (!brought) return;
  at("brought-told").textContent = `This link brings a list: ${amounts(brought)}.`;
  const answers = { add, replace, compare };
  at("brought").onclick = ({ target }) => {
    if (!target.value) return;
    history.replaceState(null, "", location.pathname);
    at("brought").hidden = true;
    if (!answers[target.value]) return;
    answers[target.value](brought);
    tellChange("Done.");
  };
}

function forget() {
  before = { lists, days: recall("days") };
  forgetAll();
  lists = keptLists();
  show();
  for (const whose of ["mine", "friend"]) showRead(whose, null);
  tell("friend");
  tellChange("Forgotten.");
}

function readAgain() {
  lists = keptLists();
  at("mine-told").querySelector("button")?.remove(); // to undo would take away what came from elsewhere
  show();
}

async function start() {
  // Not while somebody is pasting.
  at("add").open = lists.solved.size + lists.tried.size === 0 || at("mine-text").value !== "";
  problems = await fetchList(at("add").dataset.list);
  next.start([...problems.values()].filter((one) => !one.delisted));
  at("add-mine").onclick = () => takeIn("mine", add);
  at("replace-mine").onclick = () => takeIn("mine", replace);
  at("add-friend").onclick = () => takeIn("friend", compare);
  at("forget").onclick = forget;
  at("download").onclick = download;
  at("copy").onclick = copy;
  at("list").ontoggle = showList;
  // Another tab changed a list, or another page on whose way back this one is.
  addEventListener("storage", ({ key }) => (!key || isList(key)) && readAgain());
  addEventListener("pageshow", ({ persisted }) => persisted && readAgain());
  addEventListener("hashchange", showBrought);
  await new Promise(setTimeout); // a pause, so that the page answers meanwhile
  for (const part of document.querySelectorAll(".loaded")) part.hidden = false;
  for (const button of at("add").querySelectorAll("button")) button.disabled = false;
  readAgain(); // another tab may have changed the lists meanwhile
  showBrought();
}

start().catch((error) => {
  tell("mine", `The list of problems is not available (${error.message}). Reload the page.`);
});
