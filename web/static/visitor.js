// The visitor's progress on pages other than My progress: home, list, problem, topics and ladder.

import { byId, bar, fillProblems, make, formatNumber, pointsText } from "./draw.js";
import { markRows, setState, getState } from "./marks.js";
import { fetchProblems, estimateLevel, getRanges, suggest, sum } from "./recommend.js";
import { loadHidden, loadLists, onChange, saveHidden } from "./storage.js";

const MAX_NEXT = 3; // problems
const MAX_PAGES = 10; // loaded at a time to replace hidden rows

let isLoading = false;

export async function start() {
  for (const group of document.querySelectorAll(".states")) {
    group.addEventListener("click", ({ target }) => target.matches("button") && setState(group.dataset.problem, target.value));
  }
  byId("hide-solved")?.addEventListener("click", () => {
    saveHidden(!loadHidden());
    hideSolved();
  });
  showAll();
  onChange(showAll);
  if (!loadLists().solved.size) return;
  if (byId("my-next")) showNext(await fetchListed(byId("my-next")));
  if (byId("families")) showFamilies(await fetchListed(byId("families")));
}

function showAll() {
  for (const group of document.querySelectorAll(".states")) {
    for (const button of group.children) button.setAttribute("aria-pressed", getState(group.dataset.problem) === button.value);
  }
  hideSolved();
  showRungs();
}

async function fetchListed(element) {
  const problems = await fetchProblems(element.dataset.list);
  return [...problems.values()].filter((problem) => !problem.delisted);
}

// On the home page: points and the next problems, instead of the paste box.
function showNext(problems) {
  const { solved: codes } = loadLists();
  const solved = problems.filter((problem) => codes.has(problem.code));
  const level = estimateLevel(solved, problems);
  const { rows } = suggest(problems.filter((problem) => !codes.has(problem.code)), getRanges(level).moderate);
  const total = sum(solved.map((problem) => problem.score));
  byId("my-next-note").textContent = `${pointsText(total)} · ${formatNumber(solved.length)} solved · level ~${formatNumber(level)} solvers`;
  fillProblems("my-next-rows", rows.slice(0, MAX_NEXT));
}

// On the page of topics: how much of each family is solved.
function showFamilies(problems) {
  const { solved: codes } = loadLists();
  for (const item of byId("families").querySelectorAll("[data-family]")) {
    const all = problems.filter((problem) => problem.families.includes(item.dataset.family));
    const solved = all.filter((problem) => codes.has(problem.code)).length;
    const note = item.querySelector("[data-progress]");
    note.textContent = `${formatNumber(solved)} of ${formatNumber(all.length)} solved`;
    note.insertAdjacentHTML("beforebegin", bar(solved, all.length));
    note.hidden = false;
  }
}

// On the ladder: how much of each rung is solved, and which one is next.
function showRungs() {
  const { solved: codes } = loadLists();
  const rungs = [...document.querySelectorAll("[data-rung]")].map((rung) => {
    const rungCodes = [...rung.querySelectorAll("[data-code]")].map((row) => row.dataset.code);
    const solved = rungCodes.filter((code) => codes.has(code)).length;
    rung.querySelector("[data-rung-progress]").textContent = solved ? `${solved} of ${rungCodes.length} solved` : "";
    return { number: rung.dataset.rung, id: rung.id, all: rungCodes.length, solved };
  });
  const total = document.querySelector("[data-ladder-total]");
  if (!total) return;
  const next = rungs.find((rung) => rung.solved < rung.all);
  total.textContent = `${sum(rungs.map((rung) => rung.solved))} of ${sum(rungs.map((rung) => rung.all))} solved`;
  if (next) total.append("; next: ", make("a", { href: `#${next.id}` }, `rung ${next.number}`));
}

// On a list: hides solved problems, and loads more rows instead.
function hideSolved() {
  const button = byId("hide-solved");
  const table = document.querySelector("main table.rows");
  if (!button || !table) return;
  const hasList = loadLists().solved.size > 0;
  const isHiding = loadHidden() && hasList;
  button.hidden = !hasList;
  button.setAttribute("aria-pressed", isHiding);
  const rows = [...table.tBodies[0].rows];
  table.dataset.size ??= rows.length;
  for (const row of rows) row.hidden = isHiding && row.classList.contains("solved");
  const solved = rows.filter((row) => row.hidden).length;
  const notes = { "h1 small": (text) => `${text} in all`, "#rows-shown": () => `${rows.length - solved} shown, ${solved} solved hidden` };
  for (const [selector, toText] of Object.entries(notes)) {
    const note = document.querySelector(selector);
    if (note) note.textContent = isHiding ? toText((note.dataset.text ??= note.textContent)) : (note.dataset.text ?? note.textContent);
  }
  if (isHiding && !isLoading) loadMoreRows(table).finally(() => (isLoading = false));
}

async function loadMoreRows(table) {
  isLoading = true;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const next = document.querySelector("main a[rel=next]");
    const visibleRows = table.tBodies[0].querySelectorAll("tr:not([hidden])").length;
    if (!next || !loadHidden() || visibleRows >= Number(table.dataset.size)) return;
    const response = await fetch(next.href);
    if (!response.ok) return;
    const nextPage = new DOMParser().parseFromString(await response.text(), "text/html");
    table.tBodies[0].append(...nextPage.querySelectorAll("main table.rows tbody tr"));
    const nextLink = nextPage.querySelector("main a[rel=next]");
    if (nextLink) next.href = nextLink.getAttribute("href");
    else next.remove();
    markRows(table);
    hideSolved();
  }
}
