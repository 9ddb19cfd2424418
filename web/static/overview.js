// The tiles, Next and Progress of My progress.

import { byId, formatCount, drawLevel, drawMap, fillProblems, fillTable, make, formatNumber, formatPoints, pointsText, showBars, formatSigned, toTitle } from "./draw.js";
import { findSmallestSet, estimateLevel, getRanges, suggest, sum } from "./recommend.js";
import { addVisit, loadVisits, saveVisits } from "./storage.js";

// Columns with changes in points, and the labels of their periods.
const SPANS = { score_last: null, score_7: "7 days", score_30: "30 days", score_365: "365 days" };
const MIN_SOLVED_FOR_LEVEL = 10; // solved problems
const OTHER_FAMILY = "Other"; // the family of the rest
const MAX_ROWS = 10;

let problems = [];
let lists; // the visitor's
let solved = []; // their problems
let suggestions = [];

const isSolved = (problem) => lists.solved.has(problem.code);
const sumPoints = (subset) => sum(subset.map((problem) => problem.score));

// Every topic or family, the rest last.
const collectNames = (column) => {
  const names = [...new Set(problems.flatMap((problem) => problem[column]))];
  return names.sort((a, b) => (a === OTHER_FAMILY) - (b === OTHER_FAMILY) || a.localeCompare(b));
};

export function start(all) {
  problems = all;
  for (const column of ["families", "topics"]) {
    const options = collectNames(column).map((slug) => new Option(toTitle(slug), slug));
    if (options.length) byId("topic").append(make("optgroup", { label: toTitle(column) }, ...options));
  }
  byId("topic").hidden = byId("topic").length < 2;
  byId("choice").oninput = showChoice;
  byId("liked").onclick = () => {
    byId("liked").setAttribute("aria-pressed", byId("liked").getAttribute("aria-pressed") !== "true");
    showChoice();
  };
  byId("goal").oninput = showFewest;
  byId("pick").onclick = pick;
  byId("tab-progress").addEventListener("click", showRung);
}

// Charts are drawn one by one to keep the page responsive.
export async function show(newLists) {
  lists = newLists;
  solved = problems.filter(isSolved);
  showChoice();
  if (lists.solved.size + lists.tried.size === 0) return;
  for (const draw of [showLevel, () => drawMap("map", problems, lists.solved, lists.tried), showBands, showProgress]) {
    await new Promise(setTimeout);
    draw();
  }
}

function showChoice() {
  showNext();
  showTiles();
  showFewest();
}

// The next whole number of points, and how many points it takes to reach it, rounded up.
function nextGoal() {
  const total = sumPoints(solved);
  const goal = Math.floor(total + 1e-9) + 1;
  return { goal, missingPoints: Math.ceil((goal - total) * 1000) / 1000 };
}

function showTiles() {
  const column = ["score_30", "score_7", "score_last"].find((name) => solved.some((problem) => problem[name]));
  const change = sum(solved.map((problem) => problem[column] ?? 0));
  byId("points").textContent = formatPoints(sumPoints(solved));
  byId("points-note").textContent = column ? `${formatSigned(change)} ${SPANS[column] ? "in " : ""}${periodLabel(column)}` : `of ${formatPoints(sumPoints(problems))}`;
  byId("solved").textContent = formatNumber(solved.length);
  byId("solved-note").textContent = `of ${formatNumber(problems.length)}${lists.tried.size ? `, ${formatNumber(lists.tried.size)} tried` : ""}`;
  byId("level").textContent = `~${formatNumber(estimateLevel(solved, problems))}`;
  byId("level-note").textContent = solved.length < MIN_SOLVED_FOR_LEVEL ? "rough: add at least ten" : "from your ten rarest";
  const { goal, missingPoints } = nextGoal();
  const { rows, gain } = findSmallestSet(suggestions, missingPoints);
  byId("goal-name").textContent = `To ${pointsText(goal)}`;
  byId("goal-count").textContent = gain < missingPoints ? "–" : formatNumber(rows.length);
  byId("goal-note").textContent = gain < missingPoints ? adviseOnGoal() : `problem${rows.length === 1 ? "" : "s"}, see Next`;
}

// What to do if the suggestions cannot reach a goal.
function adviseOnGoal() {
  if (byId("choice").range.value !== "hard") return "choose Hard for more points";
  if (byId("topic").value) return "choose any topic";
  return includesLessLiked() ? "set a smaller goal" : "include less-liked problems";
}

const solversText = ([min, max]) => (max === Infinity ? `${formatNumber(min)}+` : `${formatNumber(min)}–${formatNumber(Math.max(max - 1, min))}`);

const includesLessLiked = () => byId("liked").hidden || byId("liked").getAttribute("aria-pressed") !== "true";

function showNext() {
  if (lists.solved.size + lists.tried.size === 0) {
    suggestions = [];
    byId("next-note").textContent = "Nothing added yet, so here are the most solved problems.";
    fillProblems("suggested", [...problems].sort((a, b) => b.users - a.users).slice(0, MAX_ROWS));
    return;
  }
  const ranges = getRanges(estimateLevel(solved, problems));
  byId("liked").hidden = problems.every((problem) => problem.liked === null);
  const unsolved = problems.filter((problem) => !isSolved(problem));
  const result = suggest(unsolved, ranges[byId("choice").range.value], { topic: byId("topic").value, includeLessLiked: includesLessLiked() });
  suggestions = result.rows;
  const text = `${formatCount(suggestions.length, "problem")}, ${solversText([Math.round(result.min), Math.round(result.max)])} solvers`;
  byId("next-note").textContent = !suggestions.length
    ? "Nothing left. Choose another topic or include less-liked problems."
    : (result.isWidened ? "Nothing left here; showing a wider range: " : "") + text;
  fillProblems("suggested", suggestions);
  byId("picked-problem").replaceChildren();
}

function showLevel() {
  const ranges = getRanges(estimateLevel(solved, problems));
  byId("ranges").textContent = `Easy ${solversText(ranges.easy)} solvers · Moderate ${solversText(ranges.moderate)} · Hard ${solversText(ranges.hard)}. Best points per submission first. Dots: problems you solved.`;
  drawLevel("level-curve", problems, isSolved, { Easy: ranges.easy, Moderate: ranges.moderate, Hard: ranges.hard });
}

function showBands() {
  const bands = [...new Set(problems.map((problem) => problem.band))].sort();
  const toLabel = (band) => band.slice(3).replace("under ", "< ").replace(" or more", "+").replace(" to ", "–");
  showBars("bands", bands.map((band) => group(toLabel(band), (problem) => problem.band === band, band[0])));
}

function group(name, matches, band) {
  const all = problems.filter(matches);
  return { name, band, all: all.length, solved: all.filter(isSolved).length };
}

function showFewest() {
  const input = byId("goal").value;
  byId("goal").placeholder = nextGoal().missingPoints;
  const goal = Number(input || byId("goal").placeholder);
  const { rows, gain } = findSmallestSet(suggestions, goal);
  const solution = `${formatCount(rows.length, "problem")} for ${pointsText(gain)}.`;
  const shortage = `Only ${pointsText(gain)} from the ${formatCount(rows.length, "problem")} above; ${adviseOnGoal()}.`;
  byId("fewest-note").textContent = goal > 0 ? (gain < goal ? shortage : solution) : "Type a number above 0.";
  fillProblems("goal-problems", rows, 5);
}

function pick() {
  const problem = suggestions[Math.floor(Math.random() * suggestions.length)];
  if (!problem) return;
  const link = make("a", { href: `https://www.spoj.com/problems/${problem.code}/` }, make("bdi", {}, problem.name), ` ${problem.code} ↗`);
  byId("picked-problem").replaceChildren("Solve ", link, `: you gain ${pointsText(problem.points_if_solved)}.`);
}

function showProgress() {
  const families = collectNames("families");
  showBars("by-family", families.map((family) => group(toTitle(family), (problem) => problem.families.includes(family))));
  byId("by-family").parentElement.hidden = families.length === 0;
  const columns = Object.keys(SPANS).filter((column) => solved.some((problem) => problem[column] !== null));
  if (columns.length > 1 && columns[0] === "score_last") columns.shift(); // the longer ones say more
  fillTable("points-lost", columns.map(toLossRow));
  byId("no-losses").hidden = columns.length > 0;
  if (!solved.length) return;
  const scores = new Map(problems.map((problem) => [problem.code, problem.score]));
  const today = new Date().toISOString().slice(0, 10);
  const visits = addVisit(loadVisits(), today, solved.map((problem) => problem.code), (code) => scores.get(code) ?? 0);
  saveVisits(visits);
  fillTable("days", [...visits.days].reverse().map((day) => [
    day.day,
    formatNumber(day.solved),
    formatPoints(day.points),
    day.more === undefined
      ? "first visit"
      : `${day.more < 0 ? "−" : "+"}${Math.abs(day.more)} solved, ${formatSigned(day.gained)} points, ${formatSigned(day.lost)} from new solvers`,
  ]));
}

const periodLabel = (column) => SPANS[column] ?? `since ${byId("points-lost").dataset.since}`;

function toLossRow(column) {
  const changedProblems = solved.filter((problem) => problem[column] !== null).sort((a, b) => a[column] - b[column]);
  const biggestLoss = changedProblems[0]?.[column] < 0 ? changedProblems[0].code : "";
  return [periodLabel(column), formatPoints(0 - sum(changedProblems.map((problem) => problem[column]))), biggestLoss];
}

// The first rung of the ladder that is not fully solved.
async function showRung() {
  const response = await fetch(byId("ladder").dataset.list);
  if (!response.ok) return;
  const next = (await response.json()).find(({ code }) => !lists.solved.has(code))?.rung;
  const link = make("a", { href: `${byId("ladder").querySelector("a").href}#rung-${next}` }, `rung ${next}`);
  byId("ladder").querySelector("span").replaceChildren(...(next ? [": next, ", link] : [": all solved"]), ".");
}
