// The tabs List and Friends of My progress.

import { byId, formatCount, fillProblems, make, formatNumber, pointsText, showChips } from "./draw.js";
import { describeAmount, change, describe, describeUnknown, isSolved, listedProblems, lists, listCodes, findProblems, readText, removeCodes, replaceAll, showMessage, snapshot } from "./mine.js";
import { byGain, sum } from "./recommend.js";
import { createBackup, deleteAll, readBackup, toAddress, union } from "./storage.js";

let friend = ""; // name of the friend being compared

export function start() {
  byId("add-friend").onsubmit = addFriend;
  byId("remove-friend").onclick = () =>
    change({ friends: new Map([...lists.friends].filter(([name]) => name !== friend)) }, `Removed ${friend}.`);
  byId("copy").onclick = async () => {
    await navigator.clipboard.writeText(byId("address").value);
    showMessage(["Copied."]);
  };
  byId("share").hidden = !navigator.share;
  byId("share").onclick = () => navigator.share({ title: "My progress", url: byId("address").value }).catch(() => {});
  byId("backup").onclick = () => save(createBackup(), "application/json", `spojscore-${new Date().toISOString().slice(0, 10)}.json`);
  byId("csv").onclick = () => save(toCsv(), "text/csv", "my-problems.csv");
  byId("restore").onclick = () => byId("file").click();
  byId("file").onchange = restore;
  byId("delete").onclick = deleteData;
}

export function show() {
  const tried = findProblems([...lists.tried].sort()).map((problem) => ({ ...problem, note: "tried" }));
  const all = [...findProblems([...lists.solved].sort()), ...tried];
  byId("address").value = toAddress(location.origin + location.pathname, lists);
  showChips("whole-list", all, (codes) => change(removeCodes(codes), `Removed ${listCodes(codes)}.`));
  showFriends();
}

function showFriends() {
  if (!lists.friends.has(friend)) friend = [...lists.friends.keys()].at(0) ?? "";
  byId("friend-names").hidden = byId("friend").hidden = !friend;
  const choose = ({ target }) => {
    friend = target.textContent;
    showFriends();
  };
  const toButton = (name) => make("button", { type: "button", onclick: choose, "aria-pressed": name === friend }, name);
  byId("friend-names").replaceChildren(...[...lists.friends.keys()].map(toButton));
  const friendCodes = lists.friends.get(friend) ?? new Set();
  const friendOnlyProblems = listedProblems.filter((problem) => friendCodes.has(problem.code) && !isSolved(problem)).sort(byGain);
  const mineOnlyProblems = listedProblems.filter((problem) => isSolved(problem) && !friendCodes.has(problem.code)).sort(byGain);
  const gain = sum(friendOnlyProblems.map((problem) => problem.points_if_solved));
  byId("friend-note").textContent = `${friend} solved ${formatNumber(friendOnlyProblems.length)} you haven’t, worth ${pointsText(gain)} to you.`;
  byId("mine-only-note").textContent = `You solved ${formatNumber(mineOnlyProblems.length)} that ${friend} hasn’t.`;
  byId("remove-friend").textContent = `Remove ${friend}`;
  fillProblems("friend-only", friendOnlyProblems);
  fillProblems("mine-only", mineOnlyProblems);
}

const findUnusedName = (n = 1) => (lists.friends.has(`Friend ${n}`) ? findUnusedName(n + 1) : `Friend ${n}`);

export function saveFriend(name, codes, unknown = "") {
  friend = name || findUnusedName();
  change({ friends: new Map([...lists.friends, [friend, codes]]) }, `Added ${friend}’s ${formatCount(codes.size, "problem")}.${unknown}`);
}

async function addFriend(event) {
  event.preventDefault();
  const text = byId("friend-text").value;
  const reading = await readText(text);
  const codes = union(reading.solved, reading.uncertain);
  if (!codes.size) {
    showMessage(describe(text, { ...reading, tried: new Set() }));
    return;
  }
  saveFriend(byId("friend-name").value.trim(), codes, describeUnknown(reading));
  byId("add-friend").reset();
}

const save = (text, type, name) => make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name }).click();

function toCsv() {
  const lines = (codes, status) => findProblems(codes).map(({ code, score = "", users = "" }) => `${[code, status, score, users]}\r\n`);
  return ["code,status,points,solvers\r\n", ...lines(lists.solved, "solved"), ...lines(lists.tried, "tried")].join("");
}

async function restore({ target }) {
  const backup = readBackup(await target.files[0].text());
  target.value = "";
  if (!backup) {
    showMessage(["This file is not a backup. Choose a JSON file saved with “Download backup”."]);
    return;
  }
  replaceAll(backup, `Restored ${describeAmount(backup.lists)}.`, snapshot());
}

function deleteData() {
  const oldState = snapshot();
  deleteAll();
  showMessage(["Deleted."], oldState);
}
