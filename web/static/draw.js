// Draws what My progress shows: rows of problems, chips, bars, the level curve and the map.

import { markRows } from "./marks.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 10; // rows shown at first
const MAX_CHIPS = 60; // shown at first
const CHART = { height: 176, top: 8, bottom: 150 }; // pixels
const MAP_COLUMNS = 100;
const SQUARE = "h8.6v8.6h-8.6z"; // of a grid of 10

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
export const number = (value) => whole.format(value);
export const count = (amount, noun) => `${number(amount)} ${noun}${amount === 1 ? "" : "s"}`;
export const points = (value) => (Math.abs(value) >= 100 ? whole : digits).format(value);
export const pointsText = (value) => `${points(value)} point${points(value) === "1" ? "" : "s"}`;
export const signed = (value) => `${value < 0 ? "−" : "+"}${points(Math.abs(value))}`;
export const words = (slug) => slug.replaceAll("-", " ");
const aligned = (value) => (value > 0 && value < 0.001 ? "<0.001" : value.toFixed(3));
const percent = (value) => (value === null ? "" : `${Math.round(value)}%`);

export const at = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

export const button = (text, onclick, className = "") => make("button", { type: "button", onclick, className }, text);

function svg(tag, attributes, ...content) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

// As Datasette writes a code in an address; that of a problem whose code another one got has a ~.
export const pageOf = (code) => `/spojscore/problems/${code.replaceAll("~", "~7E")}`;

const CELLS = {
  points: (problem) => [aligned(problem.score), problem.score],
  gain: (problem) => [aligned(problem.points_if_solved), problem.points_if_solved],
  users: (problem) => [number(problem.users)],
  acceptance: (problem) => [percent(problem.acceptance)],
  liked: (problem) => [percent(problem.liked)],
};

function problemRow(problem, columns) {
  const { code, name, band } = problem;
  const cells = columns.map((column) => {
    const [textContent, title = ""] = CELLS[column](problem);
    return make("td", { className: `n ${column === "gain" ? "points" : column}`, title, textContent });
  });
  const spoj = make("a", { href: `https://www.spoj.com/problems/${code}/`, ariaLabel: `${code} on SPOJ` }, "↗");
  const link = make("a", { href: pageOf(code) }, make("bdi", {}, name));
  const row = make("tr", {}, make("td", { className: "tick" }), make("td", { className: "name" }, link, " ", make("code", {}, code)), ...cells);
  row.append(make("td", { className: "spoj" }, spoj));
  row.dataset.code = code;
  row.dataset.band = band[0];
  return row;
}

// Fills a table with the first rows that `toRow` makes; a button after it shows more.
function fillRows(table, items, toRow, shown = STEP) {
  table.tBodies[0].replaceChildren(...items.slice(0, shown).map(toRow));
  table.hidden = items.length === 0;
  markRows(table);
  if (table.nextElementSibling?.matches(".more")) table.nextElementSibling.remove();
  const rest = Math.min(items.length - shown, shown);
  const more = () => fillRows(table, items, toRow, shown * 2).tBodies[0].rows[shown].querySelector("a, button")?.focus();
  if (rest > 0) table.after(button(`Show ${rest} more`, more, "more"));
  return table;
}

// A table of problems has the names of its columns in data-columns.
export function fillProblems(id, problems, shown) {
  const columns = at(id).dataset.columns.split(" ");
  fillRows(at(id), problems, (problem) => problemRow(problem, columns), shown);
}

export function fillTable(id, rows) {
  const numeric = [...at(id).tHead.rows[0].cells].map((head) => head.className);
  fillRows(at(id), rows, (cells) => make("tr", {}, ...cells.map((cell, index) => make("td", { className: numeric[index] }, cell))));
}

// A list of { code, name, note } that can be removed, or added, by a click: `act` gets a set of codes.
export function showChips(id, items, act, adding = false, shown = MAX_CHIPS) {
  const list = at(id);
  const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  const chips = items.slice(0, shown).map(({ code, name, note = "" }) => {
    if (adding) return button(`+ ${code} ${name}`, () => act(new Set([code])), "chip");
    const remove = button("×", () => act(new Set([code])));
    remove.setAttribute("aria-label", `Remove ${code}`);
    return make("span", { className: "chip" }, make("a", { href: pageOf(code), title: name }, code), note, remove);
  });
  if (items.length > shown) chips.push(button(`Show all ${number(items.length)}`, () => showChips(id, items, act, adding, Infinity)));
  if (adding && items.length > 1) chips.push(button(`Add all ${items.length}`, () => act(new Set(items.map((one) => one.code)))));
  list.replaceChildren(...chips.map((chip) => make("li", {}, chip)));
  // What was clicked is gone: go on at what took its place.
  const rest = list.querySelectorAll("button");
  if (focused >= 0 && rest.length) rest[Math.min(focused, rest.length - 1)].focus();
}

// Bars of { name, band, solved, all }.
export function showBars(id, groups) {
  const parts = groups.flatMap(({ name, band, solved, all }) => {
    const rect = svg("rect", { width: all ? (100 * solved) / all : 0, height: 1 });
    const term = make("dt", {}, name);
    if (band) [term, rect].forEach((part) => (part.dataset.band = band));
    if (band) term.className = "key";
    const bar = svg("svg", { class: "bar", viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" }, rect);
    return [term, make("dd", {}, bar), make("dd", { className: "n" }, `${number(solved)} / ${number(all)}`)];
  });
  at(id).replaceChildren(...parts);
}

// Solvers of all problems by rank, most solved first, one's own as dots, ranges ([least, most] by name) shaded.
export function drawLevel(id, listed, isSolved, ranges) {
  const { height, top, bottom } = CHART;
  const sorted = [...listed].sort((a, b) => b.users - a.users);
  const decades = Math.log10(sorted[0].users + 1);
  const x = (rank) => ((100 * rank) / Math.max(sorted.length - 1, 1)).toFixed(2);
  const y = (users) => (bottom - ((bottom - top) * Math.log10(users + 1)) / decades).toFixed(1);
  const rankOf = (users) => sorted.findIndex((problem) => problem.users < users);
  const clamp = (rank) => (rank < 0 ? sorted.length - 1 : rank);
  const ticks = [1, 100, 10_000].filter((tick) => tick <= sorted[0].users);
  const shades = Object.entries(ranges).map(([name, [least, most]]) => {
    const [from, to] = [most === Infinity ? 0 : clamp(rankOf(most)), clamp(rankOf(least))].map((rank) => Number(x(rank)));
    return { name, from, width: Math.max(0, to - from - 0.4) };
  });
  const line = sorted.map((problem, rank) => `${x(rank)},${y(problem.users)}`).join(" ");
  const dots = sorted.map((problem, rank) => (isSolved(problem) ? `M${x(rank)},${y(problem.users)}h0` : "")).join("");
  const label = (text, at_) => svg("text", { x: "46", y: Number(at_) + 4, "text-anchor": "end" }, text);
  at(id).replaceChildren(
    svg("svg", { class: "y", height, "aria-hidden": "true" }, ...ticks.map((tick) => label(tick === 10_000 ? "10k" : String(tick), y(tick)))),
    svg(
      "svg",
      { height, "aria-hidden": "true" },
      ...shades.map(({ from, width }) => svg("rect", { class: "shade", x: `${from}%`, y: top, width: `${width}%`, height: bottom - top })),
      ...ticks.map((tick) => svg("line", { class: "grid", x2: "100%", y1: y(tick), y2: y(tick) })),
      ...shades
        .filter(({ width }) => width > 9)
        .map(({ name, from, width }) => svg("text", { x: `${from + width / 2}%`, y: height - 6, "text-anchor": "middle" }, name)),
      svg(
        "svg",
        { viewBox: `0 0 100 ${height}`, width: "100%", height, preserveAspectRatio: "none" },
        svg("path", { class: "line", d: `M${line}` }),
        svg("path", { class: "dots", d: dots }),
      ),
    ),
  );
}

// A square for each problem, most solved first.
export function drawMap(id, listed, solved, tried) {
  const paths = { rest: "", tried: "" };
  const sorted = [...listed].sort((a, b) => b.users - a.users);
  sorted.forEach(({ code, band }, index) => {
    const kind = solved.has(code) ? band[0] : tried.has(code) ? "tried" : "rest";
    paths[kind] = `${paths[kind] ?? ""}M${(index % MAP_COLUMNS) * 10},${Math.floor(index / MAP_COLUMNS) * 10}${SQUARE}`;
  });
  at(id).setAttribute("viewBox", `0 0 1000 ${Math.ceil(sorted.length / MAP_COLUMNS) * 10}`);
  at(id).setAttribute("aria-label", `${number(listed.filter(({ code }) => solved.has(code)).length)} of ${count(listed.length, "problem")} solved`);
  at(id).replaceChildren(
    ...Object.entries(paths).map(([kind, d]) => svg("path", { ...(kind.length > 1 ? { class: kind } : { "data-band": kind }), d })),
  );
}
