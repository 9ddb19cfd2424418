// Marks problems as solved or tried, in every element with data-code.

import { loadLists, onChange, saveLists } from "./storage.js";

const ARIA_PRESSED = { solved: "true", tried: "mixed" };

let lists;

export function start() {
  document.addEventListener("click", ({ target }) => {
    const row = target.closest(".mark")?.closest("[data-code]");
    if (row) setState(row.dataset.code, lists.solved.has(row.dataset.code) ? "" : "solved");
  });
  onChange(markAll);
  markAll();
}

// "solved", "tried" or "".
export const getState = (code) => Object.keys(ARIA_PRESSED).find((state) => lists[state].has(code)) ?? "";

export function setState(code, state) {
  const newLists = loadLists();
  for (const name of Object.keys(ARIA_PRESSED)) newLists[name].delete(code);
  if (state) newLists[state].add(code);
  saveLists(newLists, code);
}

function markAll() {
  lists = loadLists();
  markRows(document);
}

// Marks the rows in an element; scripts that add rows call it.
export function markRows(root) {
  lists ??= loadLists();
  for (const row of root.querySelectorAll("[data-code]:not(h1)")) {
    const state = getState(row.dataset.code);
    for (const name of Object.keys(ARIA_PRESSED)) row.classList.toggle(name, name === state);
    const cell = row.querySelector("td.tick");
    if (!cell) continue;
    const button = cell.querySelector(".mark") ?? cell.appendChild(document.createElement("button"));
    Object.assign(button, { type: "button", className: "mark" });
    button.setAttribute("aria-label", `Solved: ${row.querySelector(".name bdi")?.textContent ?? row.dataset.code}`);
    button.setAttribute("aria-pressed", ARIA_PRESSED[state] ?? "false");
  }
}
