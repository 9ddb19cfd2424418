// The list of problems as My problems computes with it, from the question "everything".

export const SPANS = [7, 30, 365];
const CAREFUL = 20; // submissions that are added to each problem, see the question "effort"

export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// Problems by code. Each has its row's columns and next (points for the next solver), topics, lost (points by
// days, or null) and perTry (points a submission, or null).
export async function fetchList(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { columns, rows } = await answer.json();
  const problems = rows.map((row) => {
    const named = {};
    columns.forEach((column, index) => (named[column] = row[index]));
    return problem(named);
  });
  const tried = problems.filter((one) => !one.delisted && one.acceptance > 0);
  const share = sum(tried.map((one) => one.users)) / sum(tried.map(submissions));
  for (const one of tried) {
    one.perTry = one.next * ((one.users + CAREFUL * share) / (submissions(one) + CAREFUL));
  }
  return new Map(problems.map((one) => [one.code, one]));
}

const submissions = (one) => (one.users * 100) / one.acceptance;

function problem(row) {
  const lost = {};
  for (const days of SPANS) lost[days] = row[`score_${days}`] === null ? null : -row[`score_${days}`];
  return Object.assign(row, {
    lost,
    next: row.points_if_solved,
    topics: JSON.parse(row.topics),
    perTry: null,
  });
}
