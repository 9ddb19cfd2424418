// The list of problems as My problems computes with it, from the question "everything".

// The formula and the bands are those of spojscore_crawler/pipelines/score.py.
const held = (users) => 80 / (40 + users);
const next = (users) => 80 / (41 + users);
export const BANDS = [["1 or more", 1], ["0.5 to 1", 0.5], ["0.1 to 0.5", 0.1], ["0.01 to 0.1", 0.01], ["under 0.01", 0]];
export const SPANS = [7, 30, 365];
const CAREFUL = 20; // submissions that are added to each problem, see the question "effort"

export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// Problems by code. Each has its row's columns and score, next (points for who solves it next), band (a number),
// topics, lost (points by days, or null) and perTry (points a submission, or null).
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
  const score = held(row.users);
  const lostIn = (solves) => (solves === null ? null : held(row.users - solves) - score);
  const lost = {};
  for (const days of SPANS) lost[days] = lostIn(row[`solves_${days}`]);
  return Object.assign(row, {
    score,
    lost,
    next: next(row.users),
    band: BANDS.findIndex(([, least]) => score >= least),
    topics: row.topics ? JSON.parse(row.topics) : [],
    liked: row.liked ?? null,
    perTry: null,
  });
}
