// A visitor's progress on other pages than My progress: home, topics and the ladder.

import { at, bar, fillProblems, number, pointsText } from "./draw.js";
import { fetchProblems, levelOf, rangesOf, suggest, sum } from "./recommend.js";
import { loadLists, onChange } from "./storage.js";

const MAX_NEXT = 3; // problems

export async function start() {
  showRungs();
  onChange(showRungs);
  if (!loadLists().solved.size) return;
  if (at("my-next")) showNext(await fetchListed(at("my-next")));
  if (at("families")) showFamilies(await fetchListed(at("families")));
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
  at("my-next").hidden = false;
  if (at("paste")) at("paste").hidden = true;
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
  if (next) total.append("; next: ", Object.assign(document.createElement("a"), { href: `#${next.id}`, textContent: `rung ${next.number}` }));
}
