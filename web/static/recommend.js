// What to solve next.

// Solvers of a problem, as shares of one's level: see docs/decisions.md.
const RANGES = { easy: [1 / 2, Infinity], moderate: [1 / 6, 1 / 2], hard: [1 / 30, 1 / 6] };
const RAREST = 10;
const FEW = 3; // solvers

const byUsers = (a, b) => b.users - a.users;
const byTry = (a, b) => (b.perTry ?? -1) - (a.perTry ?? -1);
export const byWorth = (a, b) => b.next - a.next || (a.code < b.code ? -1 : 1);

// The geometric mean of the solvers of one's ten rarest solved problems, or of the ten most solved of all.
export function levelOf(solved, listed) {
  const sorted = [...(solved.length ? solved : listed)].sort(byUsers);
  const some = solved.length ? sorted.slice(-RAREST) : sorted.slice(0, RAREST);
  return Math.exp(some.reduce((total, one) => total + Math.log(Math.max(one.users, 1)), 0) / some.length);
}

// { rows, least, most, widened }: the problems in a range, those first that bring the most points a submission. An
// empty range is widened. What fewer than three have solved is left out unless `few`.
export function suggest(unsolved, level, range, few) {
  const choice = unsolved.filter((one) => few || one.users >= FEW);
  let [least, most] = RANGES[range].map((share) => share * level);
  let widened = false;
  let rows;
  for (;;) {
    rows = choice.filter((one) => one.users >= least && one.users < most);
    if (rows.length || !choice.length) break;
    [least, most, widened] = [least < 1 ? 0 : least / 2, most * 2, true];
  }
  return { rows: rows.sort((a, b) => byTry(a, b) || byWorth(a, b)), least, most, widened };
}

// The fewest of the rows that bring the points together. What one solves changes no other problem's points, so they
// are those worth most.
export function shortestWay(rows, goal) {
  const way = [];
  let gained = 0;
  for (const one of [...rows].sort(byWorth)) {
    if (!(gained < goal)) break;
    way.push(one);
    gained += one.next;
  }
  return { way, gained };
}
