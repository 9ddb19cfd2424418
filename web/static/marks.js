// Solved and tried, wherever a page names a problem in an element with data-code.

import { loadHidden, loadLists, onChange, saveHidden, saveLists } from "./storage.js";

const PRESSED = { solved: "true", tried: "mixed" };
const STATES = { "": "Not yet", tried: "Tried", solved: "✓ Solved" };
const MAX_PAGES = 10; // loaded at a time in place of hidden rows

let lists;
let isLoading = false;

export function start() {
  document.addEventListener("click", ({ target }) => {
    const row = target.closest(".mark")?.closest("[data-code]");
    if (row) setState(row.dataset.code, lists.solved.has(row.dataset.code) ? "" : "solved");
  });
  for (const heading of document.querySelectorAll("h1[data-code]")) offerStates(heading);
  document.querySelector("#hide-solved")?.addEventListener("click", () => {
    saveHidden(!loadHidden());
    hideSolved();
  });
  onChange(markAll);
  markAll();
}

const stateOf = (code) => Object.keys(PRESSED).find((state) => lists[state].has(code)) ?? "";

function setState(code, state) {
  const now = loadLists();
  for (const name of Object.keys(PRESSED)) now[name].delete(code);
  if (state) now[state].add(code);
  saveLists(now, code);
}

function markAll() {
  lists = loadLists();
  markRows(document);
  for (const group of document.querySelectorAll(".states")) {
    for (const button of group.children) button.setAttribute("aria-pressed", stateOf(group.dataset.of) === button.value);
  }
  showRungs();
  hideSolved();
}

// Marks the rows in an element; scripts that add rows call it.
export function markRows(within) {
  lists ??= loadLists();
  for (const row of within.querySelectorAll("[data-code]:not(h1)")) {
    const state = stateOf(row.dataset.code);
    for (const name of Object.keys(PRESSED)) row.classList.toggle(name, name === state);
    const cell = row.querySelector("td.tick");
    if (!cell) continue;
    const button = cell.querySelector(".mark") ?? cell.appendChild(document.createElement("button"));
    Object.assign(button, { type: "button", className: "mark" });
    button.setAttribute("aria-label", `Solved: ${row.querySelector(".name bdi")?.textContent ?? row.dataset.code}`);
    button.setAttribute("aria-pressed", PRESSED[state] ?? "false");
  }
}

// On a problem's page: a switch of three states.
function offerStates(heading) {
  const group = document.createElement("div");
  group.className = "segments states";
  group.role = "group";
  group.setAttribute("aria-label", "My progress");
  group.dataset.of = heading.dataset.code;
  for (const [value, textContent] of Object.entries(STATES)) {
    const button = Object.assign(document.createElement("button"), { type: "button", value, textContent });
    button.onclick = () => setState(heading.dataset.code, value);
    group.append(button);
  }
  heading.after(group);
}

// On a list: hides what is solved, and loads the following rows in its place.
function hideSolved() {
  const button = document.querySelector("#hide-solved");
  const table = document.querySelector("main table.rows");
  if (!button || !table) return;
  const hidden = loadHidden() && lists.solved.size > 0;
  button.hidden = !lists.solved.size;
  button.setAttribute("aria-pressed", hidden);
  const rows = [...table.tBodies[0].rows];
  table.dataset.size ??= rows.length;
  for (const row of rows) row.hidden = hidden && row.classList.contains("solved");
  if (hidden && !isLoading) loadFollowing(table).finally(() => (isLoading = false));
}

async function loadFollowing(table) {
  isLoading = true;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const next = document.querySelector("main a[rel=next]");
    const shown = table.tBodies[0].querySelectorAll("tr:not([hidden])").length;
    if (!next || !loadHidden() || shown >= Number(table.dataset.size)) return;
    const response = await fetch(next.href);
    if (!response.ok) return;
    const following = new DOMParser().parseFromString(await response.text(), "text/html");
    table.tBodies[0].append(...following.querySelectorAll("main table.rows tbody tr"));
    const afterwards = following.querySelector("main a[rel=next]");
    if (afterwards) next.href = afterwards.getAttribute("href");
    else next.remove();
    markRows(table);
    hideSolved();
  }
}

// On the ladder: how much of each rung is solved.
function showRungs() {
  const rungs = [...document.querySelectorAll("[data-rung]")].map((rung) => {
    const codes = [...rung.querySelectorAll("[data-code]")].map((row) => row.dataset.code);
    const solved = codes.filter((code) => lists.solved.has(code)).length;
    rung.querySelector("[data-rung-progress]").textContent = solved ? `${solved} of ${codes.length} solved` : "";
    return { number: rung.dataset.rung, id: rung.id, codes: codes.length, solved };
  });
  const total = document.querySelector("[data-ladder-total]");
  if (!total || !rungs.length) return;
  const [solved, all] = ["solved", "codes"].map((name) => rungs.reduce((sum, rung) => sum + rung[name], 0));
  const next = rungs.find((rung) => rung.solved < rung.codes);
  const link = next && Object.assign(document.createElement("a"), { href: `#${next.id}`, textContent: `rung ${next.number}` });
  total.replaceChildren(`${solved} of ${all} solved`, ...(link ? ["; next: ", link] : []));
}
