// What one's problems are worth, how that grows, and what a friend has: the tables of My problems but for what is next.

import { aligned, at, count, fill, fillStepwise, number, percent, points, problemLink, signed, words } from "./dom.js";
import { SPANS, sum } from "./list.js";
import { visit } from "./progress.js";
import { byWorth } from "./recommend.js";
import { recall, remember } from "./solved.js";

const worth = (some) => sum(some.map((one) => one.score));

export function showPoints(solved, listed, tried) {
  at("points").textContent = points(worth(solved));
  at("solved").textContent = `${number(solved.length)} of ${number(listed.length)}`;
  at("tried").textContent = number(listed.filter((one) => tried.has(one.code)).length);
  fill("lost", SPANS.map((days) => lostIn(days, solved)));
}

function lostIn(days, solved) {
  const known = solved.filter((one) => one.lost[days] !== null);
  const most = known.reduce((one, other) => (other.lost[days] > (one?.lost[days] ?? 0) ? other : one), null);
  return [
    `${days} days`,
    known.length ? points(sum(known.map((one) => one.lost[days]))) : "not known yet",
    most?.code ?? "",
  ];
}

export function showProgress(solved, listed) {
  const topics = [...new Set(listed.flatMap((one) => one.topics))].sort();
  at("by-topic").hidden = topics.length === 0;
  const bands = [...new Set(listed.map((one) => one.band))].sort();
  fill("bands", shares(solved, listed, bands.map((band) => [band, `${band.slice(3)} points`]), (one) => [one.band]));
  fill("topics", shares(solved, listed, topics.map((topic) => [topic, words(topic)]), (one) => one.topics));
  if (solved.length) showDays(solved, listed);
}

// A row for each name: how many of its problems are solved, and what they are worth.
function shares(solved, listed, names, keysOf) {
  const groups = new Map(names.map(([key, name]) => [key, { name, all: 0, own: [] }]));
  for (const one of listed) for (const key of keysOf(one)) groups.get(key).all += 1;
  for (const one of solved) for (const key of keysOf(one)) groups.get(key).own.push(one);
  return [...groups.values()].map(({ name, all, own }) => [name, `${number(own.length)} of ${number(all)}`, points(worth(own))]);
}

function showDays(solved, listed) {
  const scores = new Map(listed.map((one) => [one.code, one.score]));
  const today = new Date().toISOString().slice(0, 10);
  const kept = visit(recall("days"), today, solved.map((one) => one.code), (code) => scores.get(code) ?? 0);
  remember("days", kept);
  fillStepwise("days", [...kept.days].reverse(), (one) => [
    one.day,
    number(one.solved),
    points(one.points),
    one.more === undefined
      ? "the first visit"
      : `${one.more < 0 ? "−" : "+"}${Math.abs(one.more)} solved, ${signed(one.gained)} points, ${signed(one.lost)} through others`,
  ]);
}

export function showFriend(ahead, known) {
  const rows = [...ahead].sort(byWorth);
  at("friend-count").textContent = known
    ? `${count(rows.length, "problem")} that your friend has and you have not, worth ${points(sum(rows.map((one) => one.next)))} points to you.`
    : "";
  fillStepwise("friends", rows, (one) => [
    problemLink(one),
    aligned(one.next),
    percent(one.acceptance),
    number(one.users),
  ]);
}
