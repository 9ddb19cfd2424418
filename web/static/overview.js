// The tiles, Next and Progress of My progress.

import { at, count, drawLevel, drawMap, fillProblems, fillTable, make, number, points, pointsText, showBars, signed, words } from "./draw.js";
import { fewest, levelOf, rangesOf, suggest, sum } from "./recommend.js";
import { addVisit, loadVisits, saveVisits } from "./storage.js";

// Columns of changes in points, and how their time is called.
const SPANS = { score_last: null, score_7: "7 days", score_30: "30 days", score_365: "365 days" };
const MIN_RELIABLE = 10; // solved problems
const OTHER = "Other"; // the family of the rest
const MAX_ROWS = 10;

let problems = [];
let lists; // the visitor's
let suggestions = [];
let isDrawn = false;

const isSolved = (problem) => lists.solved.has(problem.code);
const worth = (some) => sum(some.map((problem) => problem.score));

// Every topic or family, the rest last.
const allOf = (column) => {
  const names = [...new Set(problems.flatMap((problem) => problem[column]))];
  return names.sort((a, b) => (a === OTHER) - (b === OTHER) || a.localeCompare(b));
};

export function start(all) {
  problems = all;
  for (const column of ["families", "topics"]) {
    const options = allOf(column).map((slug) => new Option(words(slug), slug));
    if (options.length) at("topic").append(make("optgroup", { label: words(column) }, ...options));
  }
  at("topic").hidden = at("topic").length < 2;
  const choose = () => {
    showNext();
    showTiles();
    showFewest();
  };
  at("choice").oninput = choose;
  at("liked").onclick = () => {
    at("liked").setAttribute("aria-pressed", at("liked").getAttribute("aria-pressed") !== "true");
    choose();
  };
  at("goal").oninput = showFewest;
  at("pick").onclick = pick;
  at("tab-progress").addEventListener("click", showRung);
}

// The first time, the pictures are drawn one by one, so that the page answers meanwhile.
export async function show(now) {
  lists = now;
  showNext();
  showTiles();
  if (lists.solved.size + lists.tried.size === 0) return;
  for (const draw of [showLevel, showMap, showBands, showFewest, showProgress]) {
    if (!isDrawn) await new Promise(setTimeout);
    draw();
  }
  isDrawn = true;
}

// What is missing to the next whole point, rounded up.
function nextGoal() {
  const total = worth(problems.filter(isSolved));
  const goal = Math.floor(total + 1e-9) + 1;
  return { goal, missing: Math.ceil((goal - total) * 1000) / 1000 };
}

function showTiles() {
  const solved = problems.filter(isSolved);
  const column = ["score_30", "score_7", "score_last"].find((name) => solved.some((problem) => problem[name]));
  const change = sum(solved.map((problem) => problem[column] ?? 0));
  at("points").textContent = points(worth(solved));
  at("points-note").textContent = column ? `${signed(change)} ${SPANS[column] ? "in " : ""}${timeOf(column)}` : `of ${points(worth(problems))}`;
  at("solved").textContent = number(solved.length);
  at("solved-note").textContent = `of ${number(problems.length)}${lists.tried.size ? `, ${number(lists.tried.size)} tried` : ""}`;
  at("level").textContent = `~${number(levelOf(solved, problems))}`;
  at("level-note").textContent = solved.length < MIN_RELIABLE ? "rough: add at least ten" : "from your ten rarest";
  const { goal, missing } = nextGoal();
  const { rows, gain } = fewest(suggestions, missing);
  at("goal-name").textContent = `To ${pointsText(goal)}`;
  at("goal-count").textContent = gain < missing ? "–" : number(rows.length);
  at("goal-note").textContent = gain < missing ? adviseOnGoal() : `problem${rows.length === 1 ? "" : "s"}, see Next`;
}

// What to do if the suggestions cannot reach a goal.
function adviseOnGoal() {
  if (at("choice").range.value !== "hard") return "choose Hard for more points";
  if (at("topic").value) return "choose any topic";
  return isForAll() ? "set a smaller goal" : "include less liked problems";
}

const solversText = ([least, most]) => (most === Infinity ? `${number(least)}+` : `${number(least)}–${number(Math.max(most - 1, least))}`);

const isForAll = () => at("liked").hidden || at("liked").getAttribute("aria-pressed") !== "true";

function showNext() {
  const solved = problems.filter(isSolved);
  const unsolved = problems.filter((problem) => !isSolved(problem));
  if (lists.solved.size + lists.tried.size === 0) {
    suggestions = [];
    at("next-note").textContent = "Nothing added yet, so here are the most solved problems.";
    fillProblems("suggested", [...problems].sort((a, b) => b.users - a.users).slice(0, MAX_ROWS));
    return;
  }
  const ranges = rangesOf(levelOf(solved, problems));
  at("liked").hidden = problems.every((problem) => problem.liked === null);
  const range = at("choice").range.value;
  const result = suggest(unsolved, ranges[range], {
    topic: at("topic").value,
    all: isForAll(),
  });
  suggestions = result.rows;
  const text = `${count(suggestions.length, "problem")}, ${solversText([Math.round(result.least), Math.round(result.most)])} solvers`;
  at("next-note").textContent = !suggestions.length
    ? "Nothing left. Choose another topic or include less liked problems."
    : (result.widened ? "Nothing left here; showing a wider range: " : "") + text;
  fillProblems("suggested", suggestions);
  at("picked").replaceChildren();
}

function showLevel() {
  const ranges = rangesOf(levelOf(problems.filter(isSolved), problems));
  at("ranges").textContent = `Easy ${solversText(ranges.easy)} solvers · Moderate ${solversText(ranges.moderate)} · Hard ${solversText(ranges.hard)}. Best points per submission first. Dots: yours.`;
  drawLevel("level-curve", problems, isSolved, { Easy: ranges.easy, Moderate: ranges.moderate, Hard: ranges.hard });
}

const showMap = () => drawMap("map", problems, lists.solved, lists.tried);

function showBands() {
  const bands = [...new Set(problems.map((problem) => problem.band))].sort();
  const nameOf = (band) => band.slice(3).replace("under ", "< ").replace(" or more", "+").replace(" to ", "–");
  showBars("bands", bands.map((band) => group(nameOf(band), (problem) => problem.band === band, band[0])));
}

function group(name, has, band) {
  const all = problems.filter(has);
  return { name, band, all: all.length, solved: all.filter(isSolved).length };
}

function showFewest() {
  const input = at("goal").value;
  at("goal").placeholder = nextGoal().missing;
  const goal = Number(input || at("goal").placeholder);
  const { rows, gain } = fewest(suggestions, goal);
  const solution = `${count(rows.length, "problem")} for ${pointsText(gain)}.`;
  const shortage = `Only ${pointsText(gain)} from the ${count(rows.length, "problem")} above; ${adviseOnGoal()}.`;
  at("fewest-note").textContent = goal > 0 ? (gain < goal ? shortage : solution) : "Type a number above 0.";
  fillProblems("way", rows, 5);
}

function pick() {
  const problem = suggestions[Math.floor(Math.random() * suggestions.length)];
  if (!problem) return;
  const link = make("a", { href: `https://www.spoj.com/problems/${problem.code}/` }, make("bdi", {}, problem.name), ` ${problem.code} ↗`);
  at("picked").replaceChildren("Solve ", link, `: you gain ${pointsText(problem.points_if_solved)}.`);
}

function showProgress() {
  const solved = problems.filter(isSolved);
  const families = allOf("families");
  showBars("by-family", families.map((family) => group(words(family), (problem) => problem.families.includes(family))));
  at("by-family").parentElement.hidden = families.length === 0;
  const known = Object.keys(SPANS).filter((column) => solved.some((problem) => problem[column] !== null));
  if (known.length > 1 && known[0] === "score_last") known.shift(); // the longer ones say more
  fillTable("lost", known.map((column) => lossOf(column, solved)));
  at("no-losses").hidden = known.length > 0;
  if (!solved.length) return;
  const scores = new Map(problems.map((problem) => [problem.code, problem.score]));
  const today = new Date().toISOString().slice(0, 10);
  const visits = addVisit(loadVisits(), today, solved.map((problem) => problem.code), (code) => scores.get(code) ?? 0);
  saveVisits(visits);
  fillTable("days", [...visits.days].reverse().map((day) => [
    day.day,
    number(day.solved),
    points(day.points),
    day.more === undefined
      ? "first visit"
      : `${day.more < 0 ? "−" : "+"}${Math.abs(day.more)} solved, ${signed(day.gained)} points, ${signed(day.lost)} from new solvers`,
  ]));
}

const timeOf = (column) => SPANS[column] ?? `since ${at("lost").dataset.since}`;

function lossOf(column, solved) {
  const known = solved.filter((problem) => problem[column] !== null).sort((a, b) => a[column] - b[column]);
  const biggest = known[0]?.[column] < 0 ? known[0].code : "";
  return [timeOf(column), points(0 - sum(known.map((problem) => problem[column]))), biggest];
}

// The first rung of the ladder that is not wholly solved.
async function showRung() {
  const response = await fetch(at("ladder").dataset.list);
  if (!response.ok) return;
  const next = (await response.json()).find(({ code }) => !lists.solved.has(code))?.rung;
  const link = make("a", { href: `${at("ladder").querySelector("a").href}#rung-${next}` }, `rung ${next}`);
  at("ladder").querySelector("span").replaceChildren(...(next ? [": next is ", link] : [": all solved"]), ".");
}
