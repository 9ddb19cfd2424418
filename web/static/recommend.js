// Recommends what to solve next.

// Solvers of a problem, relative to the visitor's level: see docs/decisions.md.
const RANGES = { easy: [1 / 2, Infinity], moderate: [1 / 6, 1 / 2], hard: [1 / 30, 1 / 6] };
const LEVEL_PROBLEMS = 10;
const MIN_LIKED = 70; // percent

export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const byUsers = (a, b) => b.users - a.users;
const byValue = (a, b) => (b.per_submission ?? -1) - (a.per_submission ?? -1);
export const byGain = (a, b) => b.points_if_solved - a.points_if_solved || (a.code < b.code ? -1 : 1);

// Every problem by code, with the columns of the query "everything".
export async function fetchProblems(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { columns, rows } = await response.json();
  const problems = new Map();
  for (const row of rows) {
    const problem = {};
    columns.forEach((column, index) => (problem[column] = row[index]));
    problem.topics = JSON.parse(problem.topics);
    problem.families = JSON.parse(problem.families);
    problems.set(problem.code, problem);
  }
  await new Promise(setTimeout); // keeps the page responsive
  return problems;
}

// The geometric mean of the users of the ten least-solved in `solved` or, if that is empty, of the ten most solved.
export function estimateLevel(solved, problems) {
  const sortedProblems = [...(solved.length ? solved : problems)].sort(byUsers);
  const sample = solved.length ? sortedProblems.slice(-LEVEL_PROBLEMS) : sortedProblems.slice(0, LEVEL_PROBLEMS);
  return Math.exp(sum(sample.map((problem) => Math.log(Math.max(problem.users, 1)))) / sample.length);
}

// { easy, moderate, hard }: the minimum number of solvers, and the number they stay below.
export function getRanges(level) {
  const bounds = ([min, max]) => [Math.round(min * level), Math.round(max * level)];
  return Object.fromEntries(Object.entries(RANGES).map(([name, shares]) => [name, bounds(shares)]));
}

// { rows, min, max, isWidened }: the problems in a range, best points per submission first. An empty range is
// widened. `topic` is a topic or family; problems that are not well liked are left out unless `includeLessLiked` is set.
export function suggest(unsolved, [min, max], { topic = "", includeLessLiked = false } = {}) {
  const choice = unsolved.filter(
    (problem) =>
      (includeLessLiked || problem.liked >= MIN_LIKED) &&
      (!topic || problem.topics.includes(topic) || problem.families.includes(topic)),
  );
  for (let isWidened = false; ; isWidened = true) {
    const rows = choice.filter((problem) => problem.users >= min && problem.users < max);
    if (rows.length || !choice.length) return { rows: rows.sort((a, b) => byValue(a, b) || byGain(a, b)), min, max, isWidened };
    [min, max] = [min < 1 ? 0 : min / 2, Math.max(max, 1) * 2];
  }
}

// The smallest set of problems that gains `goal` points. Solving one does not change the others' points, so these are the
// problems worth most.
export function findSmallestSet(problems, goal) {
  const rows = [];
  let gain = 0;
  for (const problem of [...problems].sort(byGain)) {
    if (!(gain < goal)) break;
    rows.push(problem);
    gain += problem.points_if_solved;
  }
  return { rows, gain };
}
