// The page My problems: everything is computed here, from one list; nothing is sent.

import { showChips } from "./chips.js";
import { at, count, make } from "./dom.js";
import { fetchList } from "./list.js";
import * as next from "./next.js";
import { showFriend, showPoints, showProgress } from "./overview.js";
import { read } from "./paste.js";
import { LIST_KEYS, forgetAll, keep, kept } from "./solved.js";
import { fromHash, toAddress, toCsv } from "./travel.js";

const NAMED = 30; // codes in a sentence

let problems = new Map();
let lists = keptLists();
let before = null; // the lists before the last change
let couldKeep = true;

function keptLists() {
  return { mine: kept("mine"), tried: kept("tried"), friend: kept("friend") };
}

const union = (...sets) => new Set(sets.flatMap((set) => [...set]));
const without = (set, codes) => new Set([...set].filter((code) => !codes.has(code)));
const named = (codes) => codes.slice(0, NAMED).join(", ") + (codes.length > NAMED ? ` and ${codes.length - NAMED} more` : "");
const amounts = ({ solved, tried }) =>
  count(solved.size, "solved problem") + (tried.size ? ` and ${tried.size} tried` : "");

function change(some) {
  before = lists;
  lists = { ...lists, ...some };
  lists.tried = without(lists.tried, lists.mine);
  couldKeep = Object.entries(lists).every(([whose, codes]) => keep(whose, codes));
  show();
}

const add = ({ solved, tried }) => change({ mine: union(lists.mine, solved), tried: union(lists.tried, tried) });
const replace = ({ solved, tried }) => change({ mine: solved, tried });
const compare = ({ solved }) => change({ friend: solved });
const remove = (codes) => change({ mine: without(lists.mine, codes), tried: without(lists.tried, codes) });

const tell = (whose, ...words) => at(`${whose}-told`).replaceChildren(...words);

// Says what has changed in one's list, and offers to undo it.
function tellChange(...words) {
  const undo = make("button", { type: "button", className: "undo" }, "Undo");
  undo.addEventListener("click", () => {
    change(before);
    showRead("mine", null);
    tell("mine", "Undone.");
  });
  if (!couldKeep) words.push(" This browser keeps nothing: it is gone when you leave the page.");
  tell("mine", ...words, " ", undo);
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

// What is to be said of what was read.
function told(text, { from, user, solved, tried, perhaps, unknown }) {
  if (!text.trim()) return ["Nothing to read. Paste something first."];
  if (user) {
    const profile = make("a", { href: `https://www.spoj.com/users/${encodeURIComponent(user)}/` }, `${user}’s profile`);
    return ["That is an address, and this page asks no other site. Open ", profile, ", select all (Ctrl+A), copy (Ctrl+C) and paste it here."];
  }
  const words = [];
  if (from.size) words.push(`Read from ${[...from].join(", ")}: ${amounts({ solved, tried })}.`);
  else words.push(perhaps.size ? "No word in there is sure to be a code." : "No classical problem of SPOJ in there.");
  const gone = [...solved, ...tried].filter((code) => problems.get(code).delisted);
  if (gone.length) words.push(`No longer listed, so without points: ${named(gone)}.`);
  if (unknown.size) words.push(`Not classical problems of SPOJ: ${named([...unknown])}.`);
  return [words.join(" ")];
}

const ofCodes = (...sets) => [...union(...sets)].map((code) => problems.get(code) ?? { code, name: "" });

// Words of the last text that are perhaps codes, and the codes that were taken from it.
function showRead(whose, now) {
  const perhaps = now?.perhaps ?? new Set();
  at(`${whose}-perhaps`).hidden = perhaps.size === 0;
  showChips(`${whose}-perhaps-list`, ofCodes(perhaps), "keep", (codes) => {
    change({ [whose]: union(lists[whose], codes) });
    showRead(whose, { ...now, perhaps: without(perhaps, codes), solved: union(now.solved, codes) });
  });
  if (whose === "friend") return;
  const taken = now ? ofCodes(now.solved, now.tried) : [];
  at("read").hidden = taken.length === 0;
  at("read-count").textContent = count(taken.length, "problem");
  showChips("read-list", taken, "remove", (codes) => {
    remove(codes);
    showRead("mine", { ...now, solved: without(now.solved, codes), tried: without(now.tried, codes) });
  });
}

function show() {
  const listed = [...problems.values()].filter((one) => !one.delisted);
  const solved = listed.filter((one) => lists.mine.has(one.code));
  const unsolved = listed.filter((one) => !lists.mine.has(one.code));
  const any = lists.mine.size + lists.tried.size > 0;
  for (const part of document.querySelectorAll(".with-list")) part.hidden = !any;
  at("forget").disabled = !any && !lists.friend.size;
  showPoints(solved, listed, lists.tried);
  next.show({ listed, solved, unsolved });
  showProgress(solved, listed);
  showFriend(unsolved.filter((one) => lists.friend.has(one.code)), lists.friend.size);
  at("address").value = toAddress(location.origin + location.pathname, lists.mine, lists.tried);
  showList();
}

// The whole list, when somebody looks at it.
function showList() {
  if (at("list").open) showChips("whole-list", ofCodes([...lists.mine, ...lists.tried].sort()), "remove", remove);
}

function download() {
  const rows = (list, status) => ofCodes(list).map((one) => [one.code, status, one.score, one.users]);
  const csv = toCsv([...rows(lists.mine, "solved"), ...rows(lists.tried, "tried")]);
  const href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  make("a", { href, download: "my-problems.csv" }).click();
  URL.revokeObjectURL(href);
}

async function copy() {
  at("address").select();
  await navigator.clipboard.writeText(at("address").value);
  tell("address", "Copied.");
}

// A list that came in the address is taken only when the visitor says so.
function showBrought() {
  const brought = fromHash(location.hash);
  at("brought").hidden = !brought;
  if (!brought) return;
  at("brought-told").textContent = `This link brings a list: ${amounts(brought)}.`;
  const answers = {
    add: [add, "Added."],
    replace: [replace, "Replaced."],
    compare: [compare, "Taken as your friend’s list."],
  };
  for (const button of at("brought").querySelectorAll("button")) {
    button.onclick = () => {
      history.replaceState(null, "", location.pathname);
      at("brought").hidden = true;
      if (!answers[button.value]) return;
      const [take, words] = answers[button.value];
      take(brought);
      tellChange(words);
    };
  }
}

function forget() {
  before = lists;
  forgetAll();
  lists = keptLists();
  show();
  for (const whose of ["mine", "friend"]) showRead(whose, null);
  tell("friend");
  tellChange("Forgotten.");
}

function onAnotherTab({ key }) {
  if (key && !LIST_KEYS.includes(key)) return;
  lists = keptLists();
  show();
}

async function start() {
  tell("mine", "Fetching the list of problems…");
  problems = await fetchList(at("add").dataset.list);
  tell("mine");
  next.start([...problems.values()].filter((one) => !one.delisted));
  at("add-mine").onclick = () => takeIn("mine", add);
  at("replace-mine").onclick = () => takeIn("mine", replace);
  at("add-friend").onclick = () => takeIn("friend", compare);
  at("forget").onclick = forget;
  at("download").onclick = download;
  at("copy").onclick = copy;
  at("list").ontoggle = showList;
  addEventListener("storage", onAnotherTab);
  addEventListener("hashchange", showBrought);
  // Not while somebody is pasting.
  at("add").open = lists.mine.size + lists.tried.size === 0 || at("mine-text").value !== "";
  for (const part of document.querySelectorAll(".loaded")) part.hidden = false;
  for (const button of at("add").querySelectorAll("button")) button.disabled = false;
  show();
  showBrought();
}

start().catch((error) => {
  tell("mine", `The list of problems is not available (${error.message}). Reload the page.`);
});
