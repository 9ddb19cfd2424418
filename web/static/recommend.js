// What to solve next.

// Solvers of a problem, as shares of one's level: see docs/decisions.md.
const RANGES = { easy: [1 / 2, Infinity], moderate: [1 / 6, 1 / 2], hard: [1 / 30, 1 / 6] };
const RAREST = 10;
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
  await new Promise(setTimeout); // lets the page answer meanwhile
  const parsed = new Map(); // few lists of topics differ
  const toList = (text) => parsed.get(text) ?? parsed.set(text, JSON.parse(text)).get(text);
  const problems = new Map();
  for (const row of rows) {
    const problem = {};
    columns.forEach((column, index) => (problem[column] = row[index]));
    problem.topics = toList(problem.topics);
    problem.families = toList(problem.families);
    problems.set(problem.code, problem);
  }
  await new Promise(setTimeout);
  return problems;
}

// The geometric mean of the solvers of one's ten rarest solved problems, or of the ten most solved of all.
export function levelOf(solved, listed) {
  const sorted = [...(solved.length ? solved : listed)].sort(byUsers);
  const some = solved.length ? sorted.slice(-RAREST) : sorted.slice(0, RAREST);
  return Math.exp(sum(some.map((problem) => Math.log(Math.max(problem.users, 1)))) / some.length);
}

// { easy, moderate, hard }: from how many solvers on, and below how many.
export function rangesOf(level) {
  const bounds = ([least, most]) => [Math.round(least * level), Math.round(most * level)];
  return Object.fromEntries(Object.entries(RANGES).map(([name, shares]) => [name, bounds(shares)]));
}

// { rows, least, most, widened }: the problems in a range, best points per submission first. An empty range is
// widened. `topic` is a topic or family; problems that are not well liked are left out unless `all` are wanted.
export function suggest(unsolved, [least, most], { topic = "", all = false } = {}) {
  const choice = unsolved.filter(
    (problem) =>
      (all || problem.liked >= MIN_LIKED) &&
      (!topic || problem.topics.includes(topic) || problem.families.includes(topic)),
  );
  for (let widened = false; ; widened = true) {
    const rows = choice.filter((problem) => problem.users >= least && problem.users < most);
    if (rows.length || !choice.length) return { rows: rows.sort((a, b) => byValue(a, b) || byGain(a, b)), least, most, widened };
    [least, most] = [least < 1 ? 0 : least / 2, Math.max(most, 1) * 2];
  }
}

// The fewest of the problems that gain the points together. Solving one changes no other's points, so they are those
// worth most.
export function fewest(problems, goal) {
  const chosen = [];
  let gained = 0;
  for (const problem of [...problems].sort(byGain)) {
    if (!(gained < goal)) break;
    chosen.push(problem);
    gained += problem.points_if_solved;
  }
  return { chosen, gained };
}
