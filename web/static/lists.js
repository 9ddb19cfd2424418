// The tabs List and Friends of My progress.

import { at, count, fillProblems, make, number, pointsText, showChips } from "./draw.js";
import { amounts, change, describe, describeUnknown, isSolved, listedProblems, lists, listCodes, problemsOf, readText, remove, replaceAll, showMessage, snapshot } from "./mine.js";
import { byGain, sum } from "./recommend.js";
import { backup, deleteAll, readBackup, toAddress, union } from "./storage.js";

let friend = ""; // the name of the one that is compared

export function start() {
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
  at("backup").onclick = () => save(backup(), "application/json", `spojscore-${new Date().toISOString().slice(0, 10)}.json`);
  at("csv").onclick = () => save(toCsv(), "text/csv", "my-problems.csv");
  at("restore").onclick = () => at("file").click();
  at("file").onchange = restore;
  at("delete").onclick = deleteData;
}

export function show() {
  showList();
  showFriends();
}

function showList() {
  const tried = problemsOf([...lists.tried].sort()).map((problem) => ({ ...problem, note: "tried" }));
  const all = [...problemsOf([...lists.solved].sort()), ...tried];
  at("address").value = toAddress(location.origin + location.pathname, lists);
  showChips("whole-list", all, (codes) => change(remove(codes), `Removed ${listCodes(codes)}.`));
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
  const ahead = listedProblems.filter((problem) => theirs.has(problem.code) && !isSolved(problem)).sort(byGain);
  const behind = listedProblems.filter((problem) => isSolved(problem) && !theirs.has(problem.code)).sort(byGain);
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

export function saveFriend(name, codes, unknown = "") {
  friend = name || freeName();
  change({ friends: new Map([...lists.friends, [friend, codes]]) }, `Added ${friend}’s ${count(codes.size, "problem")}.${unknown}`);
}

async function addFriend(event) {
  event.preventDefault();
  const text = at("friend-text").value;
  const reading = await readText(text);
  const codes = union(reading.solved, reading.perhaps);
  if (!codes.size) {
    showMessage(describe(text, { ...reading, tried: new Set() }));
    return;
  }
  saveFriend(at("friend-name").value.trim(), codes, describeUnknown(reading));
  at("add-friend").reset();
}

const save = (text, type, name) => make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name }).click();

function toCsv() {
  const lines = (codes, status) => problemsOf(codes).map(({ code, score = "", users = "" }) => `${[code, status, score, users]}\r\n`);
  return ["code,status,points,solvers\r\n", ...lines(lists.solved, "solved"), ...lines(lists.tried, "tried")].join("");
}

async function restore({ target }) {
  const copy = readBackup(await target.files[0].text());
  target.value = "";
  if (!copy) {
    showMessage(["This file is not a backup of My progress."]);
    return;
  }
  replaceAll(copy, `Restored ${amounts(copy.lists)}.`, snapshot());
}

function deleteData() {
  const before = snapshot();
  deleteAll();
  showMessage(["Deleted."], before);
}
