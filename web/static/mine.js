// My progress: everything is computed here, from one list; nothing is sent.

import { at, button, count, make, number, showChips } from "./draw.js";
import * as overview from "./overview.js";
import { fetchProblems } from "./recommend.js";
import * as storage from "./storage.js";

const MAX_NAMES = 5; // codes in a sentence

let problems = new Map();
export let listedProblems = [];
export let lists = storage.loadLists();
let otherTabs = null; // the module of List and Friends, once it is wanted

const { difference, union } = storage;
export const listCodes = ([...codes]) => codes.slice(0, MAX_NAMES).join(", ") + (codes.length > MAX_NAMES ? ` and ${codes.length - MAX_NAMES} more` : "");
export const describeUnknown = ({ unknown }) => (unknown.size ? ` Not classical SPOJ problems: ${listCodes(unknown)}.` : "");
export const amounts = ({ solved, tried }) =>
  !solved.size && tried.size ? count(tried.size, "tried problem") : count(solved.size, "solved problem") + (tried.size ? ` and ${number(tried.size)} tried` : "");
const sizeOf = ({ solved, tried }) => solved.size + tried.size;
export const problemsOf = (codes) => [...codes].map((code) => problems.get(code) ?? { code, name: "" });
export const isSolved = (problem) => lists.solved.has(problem.code);

export const snapshot = () => ({ lists, visits: storage.loadVisits() });

// Changes lists, says so and offers to undo it.
export function change(some, ...message) {
  const before = snapshot();
  const isSaved = storage.saveLists({ ...lists, ...some });
  showMessage([...message, ...(isSaved ? [] : [" This browser won’t save it; you’ll lose it when you leave."])], before);
  if (!isSaved) show({ ...lists, ...some });
}

export function showMessage(message, before) {
  const parts = [...message];
  if (before) {
    const undo = () => {
      at("perhaps").hidden = true;
      replaceAll(before, "Undone.");
    };
    parts.push(" ", button("Undo", undo, "undo"));
  }
  at("message").replaceChildren(...(parts.length ? [make("p", { className: "notice" }, ...parts)] : []));
}

export function replaceAll({ lists: all, visits }, message, before) {
  storage.saveVisits(visits);
  storage.saveLists(all);
  showMessage([message], before);
}

const add = ({ solved, tried }) => ({ solved: union(lists.solved, solved), tried: union(lists.tried, tried) });
const newIn = ({ solved, tried }) => ({ solved: difference(solved, lists.solved), tried: difference(tried, union(lists.solved, lists.tried)) });
export const remove = (codes) => ({ solved: difference(lists.solved, codes), tried: difference(lists.tried, codes) });

// The reader is a quarter of the page's scripts, so it is loaded on demand.
export const readText = async (text) => (await import("./paste.js")).read(text, problems);

async function importText(text, replaces) {
  const reading = await readText(text);
  const any = sizeOf(reading) > 0;
  const message = describe(text, reading, replaces);
  if (sizeOf(replaces ? reading : newIn(reading))) change(replaces ? { solved: reading.solved, tried: reading.tried } : add(reading), ...message);
  else showMessage(message);
  confirmWords(reading.perhaps);
  at("mine-text").value = any ? "" : text;
  if (!any) return;
  openAdd(false);
  openTab("next");
  scrollTo(0, 0);
  at("open-add").focus({ preventScroll: true });
}

function describeChange(codes, replaces) {
  if (replaces) return `Your list now has ${amounts(codes)}.`;
  const added = newIn(codes);
  const rest = sizeOf(codes) - sizeOf(added);
  if (!sizeOf(added)) return `${rest === 1 ? `${[...codes.solved, ...codes.tried]} is` : `All ${number(rest)} are`} already on your list.`;
  return `Added ${amounts(added)}: ${listCodes(union(added.solved, added.tried))}${rest ? `; ${number(rest)} ${rest === 1 ? "was" : "were"} already on your list` : ""}.`;
}

export function describe(text, reading, replaces = false) {
  const { user, solved, tried, perhaps } = reading;
  if (!text.trim()) return ["Paste something first."];
  if (user) {
    const profile = make("a", { href: `https://www.spoj.com/users/${encodeURIComponent(user)}/` }, `${user}’s profile`);
    return ["spojscore can’t fetch profiles. Open ", profile, ", select all (Ctrl+A), copy (Ctrl+C) and paste it here."];
  }
  const sentences = [];
  if (sizeOf(reading)) sentences.push(describeChange(reading, replaces));
  else sentences.push(perhaps.size ? "Couldn’t tell codes from words. Pick yours below." : "No SPOJ problem codes found.");
  const delisted = [...solved, ...tried].filter((code) => problems.get(code).delisted);
  if (delisted.length) sentences.push(`Removed from SPOJ, so without points: ${listCodes(delisted)}.`);
  return [sentences.join(" ") + describeUnknown(reading)];
}

// Offers words of the last text that may be codes.
function confirmWords(words) {
  at("perhaps").hidden = words.size === 0;
  showChips("perhaps-list", problemsOf(words), (codes) => {
    change({ solved: union(lists.solved, codes) }, `Added ${listCodes(codes)}.`);
    confirmWords(difference(words, codes));
  }, true);
}

function show(now) {
  lists = now;
  const any = sizeOf(lists) > 0;
  for (const part of document.querySelectorAll(".with-list")) part.hidden = !any;
  for (const part of document.querySelectorAll(".without-list")) part.hidden = any;
  if (!any) openAdd(true);
  overview.show(lists);
  otherTabs?.then((tabs) => tabs.show());
}

function openAdd(open) {
  document.documentElement.classList.remove("has-list"); // see seen.js
  at("add").hidden = !open;
  at("open-add").setAttribute("aria-expanded", open);
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
    const open = tab.getAttribute("aria-controls") === id;
    tab.setAttribute("aria-selected", open);
    tab.tabIndex = open ? 0 : -1;
    at(tab.getAttribute("aria-controls")).hidden = !open;
  }
}

// Asks what to do with a list in the address.
function showArrived() {
  const incoming = storage.fromHash(location.hash, problems);
  at("arrived").hidden = !incoming;
  if (!incoming) return;
  openAdd(false);
  const news = newIn(incoming).solved.size;
  const some = lists.solved.size > 0 && news < incoming.solved.size;
  at("arrived-message").textContent = `This link contains ${amounts(incoming)}${some ? `, ${number(news)} new to you` : ""}.`;
  at("arrived").querySelector("[value=add]").textContent = `Add ${amounts(incoming)}`;
  const actions = {
    add: () => change(add(incoming), describeChange(incoming)),
    replace: () => change(incoming, describeChange(incoming, true)),
    compare: async () => {
      await openTab("friends");
      (await otherTabs).saveFriend("", incoming.solved);
    },
    ignore: () => openAdd(!sizeOf(lists)),
  };
  at("arrived").onclick = ({ target }) => {
    if (!actions[target.value]) return;
    history.replaceState(null, "", location.pathname);
    at("arrived").hidden = true;
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

function listen() {
  at("add").querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    importText(at("mine-text").value, event.submitter?.value === "replace");
  };
  at("open-add").onclick = () => {
    openAdd(at("add").hidden);
    at("mine-text").focus();
  };
  at("bookmarklet").href = `javascript:(${sendProfile})(${JSON.stringify(location.origin + location.pathname)})`;
  at("bookmarklet").onclick = (event) => {
    event.preventDefault();
    showMessage(["Drag this button to your bookmarks bar, then click it there on your SPOJ profile."]);
  };
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.onclick = () => {
      showMessage([]);
      at("perhaps").hidden = true;
      openAdd(!sizeOf(lists));
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
  openAdd(!sizeOf(lists));
  try {
    problems = await fetchProblems(at("my-progress").dataset.list);
    listedProblems = [...problems.values()].filter((problem) => !problem.delisted);
    overview.start(listedProblems);
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
