// "What to solve next": the part of My problems that chooses and shows problems.

import { aligned, at, count, fillStepwise, make, number, percent, points, problemLink, words } from "./dom.js";
import { levelOf, shortestWay, suggest } from "./recommend.js";

const UNKNOWN = "unknown"; // a choice among the topics
let now; // { listed, solved, unsolved }
let rows = []; // what is chosen

export function start(listed) {
  const topics = [...new Set(listed.flatMap((one) => one.topics))].sort();
  for (const topic of topics) at("topic").add(new Option(words(topic), topic));
  at("topic").add(new Option("no topic known", UNKNOWN));
  const hide = (selector, hidden) => document.querySelectorAll(selector).forEach((part) => (part.hidden = hidden));
  hide("#topic-choice, #next .col-topics", topics.length === 0);
  hide("#next .col-liked", listed.every((one) => one.liked === null));
  at("choice").oninput = choose;
  at("goal").oninput = showWay;
  at("pick").onclick = pick;
}

export function show(state) {
  now = state;
  const amount = now.solved.length;
  const level = `${number(levelOf(now.solved, now.listed))} solvers`;
  const rarest = amount < 10 ? count(amount, "solved problem") : "ten rarest solved problems";
  at("level").textContent = amount
    ? `Your level is ${level}: the geometric mean over your ${rarest}.`
    : `You have solved none yet, so this begins with the level of the ten most solved problems, ${level}.`;
  at("level-guess").hidden = amount === 0 || amount >= 10;
  choose();
}

function choose() {
  const topic = at("topic").value;
  const choice = now.unsolved.filter(
    ({ topics }) => topic === "" || (topic === UNKNOWN ? topics.length === 0 : topics.includes(topic)),
  );
  const range = document.querySelector("[name=range]:checked").value;
  const chosen = suggest(choice, levelOf(now.solved, now.listed), range, at("few").checked);
  rows = chosen.rows;
  at("next-count").textContent = told(chosen);
  fillStepwise("suggested", rows, cells);
  at("picked").textContent = "";
  showWay();
}

function told({ least, most, widened }) {
  if (!rows.length) return "None left. Choose another topic.";
  const to = most === Infinity ? " people or more" : ` to ${number(most)} people`;
  const what = `${count(rows.length, "problem")} solved by ${number(least)}${to}.`;
  return widened ? `Nothing left in this range, so it was widened: ${what}` : what;
}

function cells(one) {
  return [
    problemLink(one),
    aligned(one.next),
    one.perTry === null ? "–" : aligned(one.perTry),
    percent(one.acceptance),
    percent(one.liked),
    number(one.users),
    topics(one),
  ];
}

// Folded, because they give the method away.
function topics(one) {
  return one.topics.length ? make("details", {}, make("summary", {}, "show"), one.topics.map(words).join(", ")) : "–";
}

function showWay() {
  const goal = Number(at("goal").value);
  const { way, gained } = shortestWay(rows, goal);
  const short = gained < goal ? ": all there are here, not enough" : "";
  at("way-count").textContent =
    goal > 0 ? `${count(way.length, "problem")} for ${points(gained)} ${points(gained) === "1" ? "point" : "points"}${short}.` : "Type a number of points above 0.";
  fillStepwise("way", way, cells, 5);
}

function pick() {
  const one = rows[Math.floor(Math.random() * rows.length)];
  at("picked").replaceChildren(...(one ? [problemLink(one), `, ${points(one.next)} points if you solve it`] : ["None left."]));
}
