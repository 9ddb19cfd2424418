// A visitor's progress on other pages than My progress: home, list, problem, topics and ladder.

import { at, bar, fillProblems, make, number, pointsText } from "./draw.js";
import { markRows, setState, stateOf } from "./marks.js";
import { fetchProblems, levelOf, rangesOf, suggest, sum } from "./recommend.js";
import { loadHidden, loadLists, onChange, saveHidden } from "./storage.js";

const MAX_NEXT = 3; // problems
const MAX_PAGES = 10; // loaded at a time in place of hidden rows

let isLoading = false;

export async function start() {
  for (const group of document.querySelectorAll(".states")) {
    group.addEventListener("click", ({ target }) => target.matches("button") && setState(group.dataset.of, target.value));
  }
  at("hide-solved")?.addEventListener("click", () => {
    saveHidden(!loadHidden());
    hideSolved();
  });
  showAll();
  onChange(showAll);
  if (!loadLists().solved.size) return;
  if (at("my-next")) showNext(await fetchListed(at("my-next")));
  if (at("families")) showFamilies(await fetchListed(at("families")));
}

function showAll() {
  for (const group of document.querySelectorAll(".states")) {
    for (const button of group.children) button.setAttribute("aria-pressed", stateOf(group.dataset.of) === button.value);
  }
  hideSolved();
  showRungs();
}

async function fetchListed(element) {
  const problems = await fetchProblems(element.dataset.list);
  return [...problems.values()].filter((problem) => !problem.delisted);
}

// On the home page: points and the next problems, in place of the box for pasting.
function showNext(listed) {
  const { solved: codes } = loadLists();
  const solved = listed.filter((problem) => codes.has(problem.code));
  const level = levelOf(solved, listed);
  const { rows } = suggest(listed.filter((problem) => !codes.has(problem.code)), rangesOf(level).moderate);
  const total = sum(solved.map((problem) => problem.score));
  at("my-next-note").textContent = `${pointsText(total)} · ${number(solved.length)} solved · level ~${number(level)} solvers`;
  fillProblems("my-next-rows", rows.slice(0, MAX_NEXT));
}

// On the page of topics: how much of each family is solved.
function showFamilies(listed) {
  const { solved: codes } = loadLists();
  for (const item of at("families").querySelectorAll("[data-family]")) {
    const all = listed.filter((problem) => problem.families.includes(item.dataset.family));
    const solved = all.filter((problem) => codes.has(problem.code)).length;
    const note = item.querySelector("[data-progress]");
    note.textContent = `${number(solved)} of ${number(all.length)} solved`;
    note.insertAdjacentHTML("beforebegin", bar(solved, all.length));
    note.hidden = false;
  }
}

// On the ladder: how much of each rung is solved, and which one is next.
function showRungs() {
  const { solved: codes } = loadLists();
  const rungs = [...document.querySelectorAll("[data-rung]")].map((rung) => {
    const own = [...rung.querySelectorAll("[data-code]")].map((row) => row.dataset.code);
    const solved = own.filter((code) => codes.has(code)).length;
    rung.querySelector("[data-rung-progress]").textContent = solved ? `${solved} of ${own.length} solved` : "";
    return { number: rung.dataset.rung, id: rung.id, all: own.length, solved };
  });
  const total = document.querySelector("[data-ladder-total]");
  if (!total) return;
  const next = rungs.find((rung) => rung.solved < rung.all);
  total.textContent = `${sum(rungs.map((rung) => rung.solved))} of ${sum(rungs.map((rung) => rung.all))} solved`;
  if (next) total.append("; next: ", make("a", { href: `#${next.id}` }, `rung ${next.number}`));
}

// On a list: hides what is solved, and loads the following rows in its place.
function hideSolved() {
  const button = at("hide-solved");
  const table = document.querySelector("main table.rows");
  if (!button || !table) return;
  const any = loadLists().solved.size > 0;
  const hidden = loadHidden() && any;
  button.hidden = !any;
  button.setAttribute("aria-pressed", hidden);
  const rows = [...table.tBodies[0].rows];
  table.dataset.size ??= rows.length;
  for (const row of rows) row.hidden = hidden && row.classList.contains("solved");
  const note = at("rows-shown");
  if (note) {
    note.dataset.text ??= note.textContent;
    const solved = rows.filter((row) => row.hidden).length;
    note.textContent = hidden ? `${rows.length - solved} shown, ${solved} solved hidden` : note.dataset.text;
  }
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
