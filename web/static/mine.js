// My progress: everything is computed here, from one list; nothing is sent.

import { at, button, count, make, number, showChips } from "./draw.js";
import * as overview from "./overview.js";
import { fetchProblems } from "./recommend.js";
import * as storage from "./storage.js";

const MAX_NAMED = 30; // codes in a sentence

let problems = new Map();
export let listed = [];
export let lists = storage.loadLists();
let otherTabs = null; // the module of List and Friends, once it is wanted

const { difference, union } = storage;
export const named = (codes) => codes.slice(0, MAX_NAMED).join(", ") + (codes.length > MAX_NAMED ? ` and ${codes.length - MAX_NAMED} more` : "");
export const amounts = ({ solved, tried }) => count(solved.size, "solved problem") + (tried.size ? ` and ${tried.size} tried` : "");
export const problemsOf = (codes) => [...codes].map((code) => problems.get(code) ?? { code, name: "" });
export const isSolved = (problem) => lists.solved.has(problem.code);

export const snapshot = () => ({ lists, visits: storage.loadVisits() });

// Changes lists, says so and offers to take it back.
export function change(some, ...message) {
  const before = snapshot();
  const saved = storage.saveLists({ ...lists, ...some });
  showMessage([...message, ...(saved ? [] : [" This browser won’t save it; you’ll lose it when you leave."])], before);
  if (!saved) show({ ...lists, ...some });
}

export function showMessage(message, before) {
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

export function replaceAll({ lists: all, visits }, message, before) {
  storage.saveVisits(visits);
  storage.saveLists(all);
  showMessage([message], before);
}

const add = ({ solved, tried }) => ({ solved: union(lists.solved, solved), tried: union(lists.tried, tried) });
export const remove = (codes) => ({ solved: difference(lists.solved, codes), tried: difference(lists.tried, codes) });

// The reader is a quarter of the page's scripts, so it is loaded when it is wanted.
export const readText = async (text) => (await import("./paste.js")).read(text, problems);

async function importText(text, replaces) {
  const found = await readText(text);
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

export function describe(text, { user, solved, tried, perhaps, unknown }) {
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
    compare: async () => {
      await openTab("friends");
      (await otherTabs).saveFriend("", arrived.solved);
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
  const kinds = (await import("./paste.js")).KINDS.filter((kind) => kind.label);
  at("kinds").replaceChildren(...kinds.flatMap(({ label, example }) => [make("dt", {}, label), make("dd", {}, make("code", {}, example))]));
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
    overview.start(listed);
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
