// My progress: everything is computed here, from one list; nothing is sent.

import { byId, button, formatCount, make, formatNumber, showChips } from "./draw.js";
import * as overview from "./overview.js";
import { fetchProblems } from "./recommend.js";
import * as storage from "./storage.js";

const MAX_LISTED_CODES = 5; // codes in a sentence

let problems = new Map();
export let listedProblems = [];
export let lists = storage.loadLists();
let otherTabs = null; // promise of lists.js, once it is being loaded

const { difference, union } = storage;
export const listCodes = ([...codes]) => codes.slice(0, MAX_LISTED_CODES).join(", ") + (codes.length > MAX_LISTED_CODES ? ` and ${codes.length - MAX_LISTED_CODES} more` : "");
export const describeUnknown = ({ unknown }) => (unknown.size ? ` Not classical SPOJ problems: ${listCodes(unknown)}.` : "");
export const describeAmount = ({ solved, tried }) =>
  !solved.size && tried.size ? formatCount(tried.size, "tried problem") : formatCount(solved.size, "solved problem") + (tried.size ? ` and ${formatNumber(tried.size)} tried` : "");
const countCodes = ({ solved, tried }) => solved.size + tried.size;
export const findProblems = (codes) => [...codes].map((code) => problems.get(code) ?? { code, name: "" });
export const isSolved = (problem) => lists.solved.has(problem.code);

export const snapshot = () => ({ lists, visits: storage.loadVisits() });

// Changes lists, shows a message and offers Undo.
export function change(changes, ...message) {
  const oldState = snapshot();
  const isSaved = storage.saveLists({ ...lists, ...changes });
  showMessage([...message, ...(isSaved ? [] : [" This browser won’t save it; you’ll lose it when you leave."])], oldState);
  if (!isSaved) show({ ...lists, ...changes });
}

export function showMessage(message, oldState) {
  const undo = () => {
    byId("uncertain").hidden = true;
    replaceAll(oldState, "Undone.");
  };
  const parts = oldState ? [...message, " ", button("Undo", undo, "undo")] : message;
  byId("message").replaceChildren(...(parts.length ? [make("p", { className: "notice" }, ...parts)] : []));
}

export function replaceAll({ lists: newLists, visits }, message, oldState) {
  storage.saveVisits(visits);
  storage.saveLists(newLists);
  showMessage([message], oldState);
}

const merge = ({ solved, tried }) => ({ solved: union(lists.solved, solved), tried: union(lists.tried, tried) });
const findNew = ({ solved, tried }) => ({ solved: difference(solved, lists.solved), tried: difference(tried, union(lists.solved, lists.tried)) });
export const removeCodes = (codes) => ({ solved: difference(lists.solved, codes), tried: difference(lists.tried, codes) });

// paste.js is a quarter of the page's scripts, so it is loaded on demand.
export const readText = async (text) => (await import("./paste.js")).read(text, problems);

async function importText(text, replaces) {
  const reading = await readText(text);
  const hasCodes = countCodes(reading) > 0;
  const message = describe(text, reading, replaces);
  if (countCodes(replaces ? reading : findNew(reading))) change(replaces ? { solved: reading.solved, tried: reading.tried } : merge(reading), ...message);
  else showMessage(message);
  confirmWords(reading.uncertain);
  byId("mine-text").value = hasCodes ? "" : text;
  if (!hasCodes) return;
  openAdd(false);
  openTab("next");
  scrollTo(0, 0);
  byId("open-add").focus({ preventScroll: true });
}

function describeChange(codes, replaces) {
  if (replaces) return `Your list now has ${describeAmount(codes)}.`;
  const newCodes = findNew(codes);
  const rest = countCodes(codes) - countCodes(newCodes);
  if (!countCodes(newCodes)) return `Already on your list: ${listCodes(union(codes.solved, codes.tried))}.`;
  return `Added ${describeAmount(newCodes)}: ${listCodes(union(newCodes.solved, newCodes.tried))}${rest ? `; ${formatNumber(rest)} ${rest === 1 ? "was" : "were"} already on your list` : ""}.`;
}

export function describe(text, reading, replaces = false) {
  const { user, solved, tried, uncertain } = reading;
  if (!text.trim()) return ["Paste something first."];
  if (user) {
    const profile = make("a", { href: `https://www.spoj.com/users/${encodeURIComponent(user)}/` }, `${user}’s profile`);
    return ["spojscore can’t fetch profiles. Open ", profile, ", select all (Ctrl+A), copy (Ctrl+C) and paste it here."];
  }
  const failure = uncertain.size ? "Couldn’t tell codes from words. Pick yours below." : "No SPOJ problem codes found.";
  const sentences = [countCodes(reading) ? describeChange(reading, replaces) : failure];
  const delistedCodes = [...solved, ...tried].filter((code) => problems.get(code).delisted);
  if (delistedCodes.length) sentences.push(`No longer on SPOJ, so worth no points: ${listCodes(delistedCodes)}.`);
  return [sentences.join(" ") + describeUnknown(reading)];
}

// Offers words of the last text that may be codes.
function confirmWords(words) {
  byId("uncertain").hidden = words.size === 0;
  showChips("uncertain-list", findProblems(words), (codes) => {
    change({ solved: union(lists.solved, codes) }, `Added ${listCodes(codes)}.`);
    confirmWords(difference(words, codes));
  }, true);
}

function show(newLists) {
  lists = newLists;
  const hasCodes = countCodes(lists) > 0;
  for (const part of document.querySelectorAll(".with-list")) part.hidden = !hasCodes;
  for (const part of document.querySelectorAll(".without-list")) part.hidden = hasCodes;
  if (!hasCodes) openAdd(true);
  overview.show(lists);
  otherTabs?.then((tabs) => tabs.show());
}

function openAdd(isOpen) {
  document.documentElement.classList.remove("has-list"); // see has-list.js
  byId("add").hidden = !isOpen;
  byId("open-add").setAttribute("aria-expanded", isOpen);
}

// List and Friends are loaded when one of them opens.
function loadOtherTabs() {
  otherTabs ??= import("./lists.js").then((tabs) => {
    tabs.start();
    tabs.show();
    return tabs;
  });
  return otherTabs;
}

async function openTab(id) {
  if (id === "list" || id === "friends") await loadOtherTabs();
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isOpen = tab.getAttribute("aria-controls") === id;
    tab.setAttribute("aria-selected", isOpen);
    tab.tabIndex = isOpen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !isOpen;
  }
}

// Asks what to do with a list from a link.
function showSharedList() {
  const sharedList = storage.fromHash(location.hash, problems);
  byId("shared-list").hidden = !sharedList;
  if (!sharedList) return;
  openAdd(false);
  byId("shared-list-message").textContent = `This link contains ${describeAmount(sharedList)}.`;
  byId("shared-list").querySelector("[value=add]").textContent = `Add ${describeAmount(sharedList)}`;
  const actions = {
    add: () => change(merge(sharedList), describeChange(sharedList)),
    replace: () => change(sharedList, describeChange(sharedList, true)),
    compare: async () => {
      await openTab("friends");
      (await otherTabs).saveFriend("", sharedList.solved);
    },
    ignore: () => openAdd(!countCodes(lists)),
  };
  byId("shared-list").onclick = ({ target }) => {
    if (!actions[target.value]) return;
    history.replaceState(null, "", location.pathname);
    byId("shared-list").hidden = true;
    actions[target.value]();
  };
}

// The bookmarklet. It runs on another page, so it cannot use anything else in this module.
function sendProfile(address) {
  if (!/(^|\.)spoj\.com$/.test(location.hostname)) {
    alert("Click this on your profile on www.spoj.com: it sends your solved problems to spojscore.");
    return;
  }
  const codes = { solved: [], tried: [] };
  let list = null;
  for (const part of document.querySelectorAll("#user-profile-tables :is(h3, h4, h5, a[href*='/status/'])")) {
    const code = /\/status\/([A-Z0-9_]+),/.exec(part.href ?? "");
    if (code) list?.push(code[1]);
    else if (!part.href) list = /todo/i.test(part.textContent) ? codes.tried : codes.solved;
  }
  const total = codes.solved.length + codes.tried.length;
  location.assign(total ? `${address}#solved=${codes.solved}&tried=${codes.tried}` : "https://www.spoj.com/myaccount");
}

function addListeners() {
  byId("add").querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    importText(byId("mine-text").value, event.submitter?.value === "replace");
  };
  byId("open-add").onclick = () => {
    openAdd(byId("add").hidden);
    byId("mine-text").focus();
  };
  byId("bookmarklet").href = `javascript:(${sendProfile})(${JSON.stringify(location.origin + location.pathname)})`;
  byId("bookmarklet").onclick = (event) => {
    event.preventDefault();
    showMessage(["Drag this button to your bookmarks bar, then click it there on your SPOJ profile."]);
  };
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.onclick = () => {
      showMessage([]);
      byId("uncertain").hidden = true;
      openAdd(!countCodes(lists));
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
  addEventListener("hashchange", showSharedList);
  storage.onChange(({ isThisTab, code }) => {
    const oldState = snapshot();
    show(storage.loadLists());
    // Undo would remove what another tab has added.
    if (!isThisTab) byId("message").querySelector(".undo")?.remove();
    if (code) showMessage([`${isSolved({ code }) ? "Added" : "Removed"} ${code}.`], oldState);
  });
}

// `pasteKey` is the sessionStorage key of a text pasted on the home page.
export async function start(pasteKey) {
  openAdd(!countCodes(lists));
  try {
    problems = await fetchProblems(byId("my-progress").dataset.list);
    listedProblems = [...problems.values()].filter((problem) => !problem.delisted);
    overview.start(listedProblems);
    addListeners();
    show(storage.loadLists());
  } catch (error) {
    byId("loading").textContent = `The list of problems is not available (${error.message}). Reload the page.`;
    return;
  }
  byId("loading").hidden = true;
  for (const field of document.querySelectorAll("#my-progress :disabled")) field.disabled = false;
  openTab("next");
  if (byId("mine-text").value) openAdd(true); // typed before the list had loaded
  showSharedList();
  const text = sessionStorage.getItem(pasteKey);
  sessionStorage.removeItem(pasteKey);
  if (text) importText(text, false);
}
