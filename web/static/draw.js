// Draws My progress: rows of problems, chips, bars, the level curve and the map.

import { markRows } from "./marks.js";

const PAGE_ROWS = 10; // shown at first
const MAX_CHIPS = 60; // shown at first
const [HEIGHT, TOP, BOTTOM] = [176, 8, 150]; // pixels of the level curve
const LETTER_WIDTH = 3; // percent of the curve's width
const DOTS = 'class="dots" fill="none" stroke-width="5" stroke-linecap="round" vector-effect="non-scaling-stroke"';
const MAP_COLUMNS = 100;
const SQUARE = "h8.6v8.6h-8.6z"; // one square, in a grid of 10 units

const wholeFormat = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const digitsFormat = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
export const formatNumber = (value) => wholeFormat.format(value);
export const formatCount = (amount, noun) => `${formatNumber(amount)} ${noun}${amount === 1 ? "" : "s"}`;
export const formatPoints = (value) => (Math.abs(value) >= 100 ? wholeFormat : digitsFormat).format(value);
export const pointsText = (value) => `${formatPoints(value)} point${formatPoints(value) === "1" ? "" : "s"}`;
export const formatSigned = (value) => `${value < 0 ? "−" : "+"}${formatPoints(Math.abs(value))}`;
export const toTitle = (slug) => slug.slice(0, 1).toUpperCase() + slug.slice(1).replaceAll("-", " ");
const formatScore = (value) => (value > 0 && value < 0.001 ? "<0.001" : value.toFixed(3));
const formatPercent = (value) => (value === null ? "" : `${Math.round(value)}%`);

export const byId = (id) => document.getElementById(id);

// Properties that the element lacks become attributes.
export function make(tag, properties = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...content);
  return element;
}

export const button = (text, onclick, className = "") => make("button", { type: "button", onclick, className }, text);

// Encodes a code as Datasette does. A code that was reassigned to another problem has a ~.
const problemUrl = (code) => `/spojscore/problems/${code.replaceAll("~", "~7E")}`;

const CELLS = {
  points: (problem) => formatScore(problem.score),
  gain: (problem) => formatScore(problem.points_if_solved),
  users: (problem) => formatNumber(problem.users),
  acceptance: (problem) => formatPercent(problem.acceptance),
  liked: (problem) => formatPercent(problem.liked),
};

function problemRow(problem, columns) {
  const { code, name, band } = problem;
  const cells = columns.map((column) => make("td", { className: `n ${column === "gain" ? "points" : column}` }, CELLS[column](problem)));
  const spoj = make("a", { href: `https://www.spoj.com/problems/${code}/`, "aria-label": `${code} on SPOJ` }, "↗");
  const link = make("a", { href: problemUrl(code) }, make("bdi", {}, name));
  const row = make("tr", { "data-code": code, "data-band": band[0] }, make("td", { className: "tick" }), make("td", { className: "name" }, link, " ", make("code", {}, code)), ...cells);
  row.append(make("td", { className: "spoj" }, spoj));
  return row;
}

// Fills a table with the first rows, made by `toRow`. A button below it shows more.
function fillRows(table, items, toRow, limit = PAGE_ROWS) {
  table.tBodies[0].replaceChildren(...items.slice(0, limit).map(toRow));
  table.hidden = items.length === 0;
  markRows(table);
  if (table.nextElementSibling?.matches(".more")) table.nextElementSibling.remove();
  const rest = Math.min(items.length - limit, limit);
  const showMore = () => fillRows(table, items, toRow, limit * 2).tBodies[0].rows[limit].querySelector("a, button")?.focus();
  if (rest > 0) table.after(make("p", { className: "more" }, button(`Show ${rest} more`, showMore)));
  return table;
}

// A table of problems has the names of its columns in data-columns.
export function fillProblems(id, problems, limit) {
  const columns = byId(id).dataset.columns.split(" ");
  fillRows(byId(id), problems, (problem) => problemRow(problem, columns), limit);
}

export function fillTable(id, rows) {
  const classNames = [...byId(id).tHead.rows[0].cells].map((head) => head.className);
  fillRows(byId(id), rows, (cells) => make("tr", {}, ...cells.map((cell, index) => make("td", { className: classNames[index] }, cell))));
}

// Chips for { code, name, note }. A click removes a chip's problem, or adds it: `onSelect` gets a set of codes.
export function showChips(id, items, onSelect, isAdding = false, limit = MAX_CHIPS) {
  const list = byId(id);
  const focusIndex = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  const chips = items.slice(0, limit).map(({ code, name, note = "" }) => {
    if (isAdding) return button(`+ ${code} ${name}`, () => onSelect(new Set([code])), "chip");
    const removeButton = make("button", { type: "button", "aria-label": `Remove ${code}`, onclick: () => onSelect(new Set([code])) }, "×");
    return make("span", { className: "chip" }, make("a", { href: problemUrl(code), title: name }, code), note, removeButton);
  });
  if (items.length > limit) chips.push(button(`Show all ${formatNumber(items.length)}`, () => showChips(id, items, onSelect, isAdding, Infinity)));
  if (isAdding && items.length > 1) chips.push(button(`Add all ${items.length}`, () => onSelect(new Set(items.map((item) => item.code)))));
  list.replaceChildren(...chips.map((chip) => make("li", {}, chip)));
  // The clicked button has been removed: focus the one in its place.
  const rest = list.querySelectorAll("button");
  if (focusIndex >= 0 && rest.length) rest[Math.min(focusIndex, rest.length - 1)].focus();
}

export function bar(solved, all, band) {
  const rect = `<rect${band ? ` data-band="${band}"` : ""} width="${all ? (100 * solved) / all : 0}" height="1"/>`;
  return `<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${rect}</svg>`;
}

// Bars of { name, band, solved, all }.
export function showBars(id, groups) {
  const parts = groups.flatMap(({ name, band, solved, all }) => {
    const term = make("dt", band ? { className: "key", "data-band": band } : {}, name);
    return [term, make("dd", { innerHTML: bar(solved, all, band) }), make("dd", { className: "n" }, `${formatNumber(solved)} / ${formatNumber(all)}`)];
  });
  byId(id).replaceChildren(...parts);
}

// Draws solvers by rank, most solved first: a curve, a dot for each solved problem and a shade for each range, [min, max].
export function drawLevel(id, problems, isSolved, ranges) {
  const sortedProblems = [...problems].sort((a, b) => b.users - a.users);
  const x = (rank) => ((100 * rank) / Math.max(sortedProblems.length - 1, 1)).toFixed(2);
  const y = (users) => (BOTTOM - ((BOTTOM - TOP) * Math.log10(users + 1)) / Math.log10(sortedProblems[0].users + 1)).toFixed(1);
  const toRank = (users) => sortedProblems.filter((problem) => problem.users >= users).length;
  const ticks = [[1, "1"], [100, "100"], [10_000, "10k"]].filter(([users]) => users <= sortedProblems[0].users);
  const curve = sortedProblems.map((problem, rank) => `${x(rank)},${y(problem.users)}`);
  const dots = curve.filter((_, rank) => isSolved(sortedProblems[rank])).map((point) => `M${point}h0`);
  const shades = Object.entries(ranges).map(([name, [min, max]]) => {
    const [left, right] = [toRank(max), toRank(min)].map(x);
    const width = Math.max(0, right - left - 0.4);
    const label = [name, name[0]].find((text) => width > LETTER_WIDTH * text.length) ?? "";
    const text = `<text x="${Number(left) + width / 2}%" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>`;
    return `<rect class="shade" x="${left}%" y="${TOP}" width="${width}%" height="${BOTTOM - TOP}"/>${text}`;
  });
  const labels = ticks.map(([users, text]) => `<text x="46" y="${y(users)}" text-anchor="end">${text}</text>`);
  const grid = ticks.map(([users]) => `<line class="grid" x2="100%" y1="${y(users)}" y2="${y(users)}"/>`);
  const lines = `<path class="line" d="M${curve.join(" ")}"/><path ${DOTS} d="${dots.join("")}"/>`;
  const curveSvg = `<svg viewBox="0 0 100 ${HEIGHT}" width="100%" height="${HEIGHT}" preserveAspectRatio="none">${lines}</svg>`;
  byId(id).innerHTML = `<svg class="y" height="${HEIGHT}">${labels.join("")}</svg><svg height="${HEIGHT}">${[...shades, ...grid, curveSvg].join("")}</svg>`;
}

// Draws a square for each problem, most solved first.
export function drawMap(id, problems, solved, tried) {
  const paths = { rest: "", tried: "", a: "", b: "", c: "", d: "", e: "" };
  const sortedProblems = [...problems].sort((a, b) => b.users - a.users);
  sortedProblems.forEach(({ code, band }, index) => {
    const kind = solved.has(code) ? band[0] : tried.has(code) ? "tried" : "rest";
    paths[kind] += `M${(index % MAP_COLUMNS) * 10},${Math.floor(index / MAP_COLUMNS) * 10}${SQUARE}`;
  });
  const total = problems.filter(({ code }) => solved.has(code)).length;
  byId(id).setAttribute("viewBox", `0 0 ${MAP_COLUMNS * 10} ${Math.ceil(sortedProblems.length / MAP_COLUMNS) * 10}`);
  byId(id).setAttribute("aria-label", `${formatNumber(total)} of ${formatCount(problems.length, "problem")} solved`);
  byId(id).innerHTML = Object.entries(paths).map(([kind, d]) => `<path class="${kind}" data-band="${kind}" d="${d}"/>`).join("");
}
