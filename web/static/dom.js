// What the parts of My problems share.

import { markSoon } from "./marks.js";

export const at = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
export const number = (value) => whole.format(value);
export const count = (amount, noun) => `${number(amount)} ${noun}${amount === 1 ? "" : "s"}`;
export const points = (value) => (Math.abs(value) >= 100 ? whole : digits).format(value);
export const aligned = (value) => value.toFixed(5); // as many digits for all, which stand below each other
export const percent = (value) => (value === null ? "–" : `${value.toFixed(1)} %`);
export const signed = (value) => `${value < 0 ? "−" : "+"}${points(Math.abs(value))}`;
export const words = (slug) => slug.replaceAll("-", " ");

export function make(tag, properties = {}, ...content) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
}

// As Datasette writes a code in an address; that of a problem whose code another one got has a ~.
export const pageOf = (code) => `/spojscore/problems/${code.replaceAll("~", "~7E")}`;

export function problemLink(one) {
  const name = make("bdi", {}, one.name);
  const link = make("a", { href: pageOf(one.code) }, make("b", {}, one.code), " ", name);
  const spoj = make("a", { className: "spoj", href: `https://www.spoj.com/problems/${one.code}/` }, "↗");
  spoj.setAttribute("aria-label", `${one.code} on SPOJ`);
  const both = make("span", {}, link, " ", spoj);
  both.dataset.code = one.code;
  return both;
}

// Fills a table. Each cell has the class of its head, and its words for narrow windows.
export function fill(id, rows) {
  const table = at(id);
  const heads = [...table.tHead.rows[0].cells];
  table.tBodies[0].replaceChildren(
    ...rows.map((cells) => {
      const row = make("tr");
      cells.forEach((content, index) => {
        const cell = make("td", { className: heads[index].className }, content);
        cell.dataset.label = heads[index].textContent;
        cell.hidden = heads[index].hidden;
        row.append(cell);
      });
      return row;
    }),
  );
  table.hidden = rows.length === 0;
  markSoon();
  return table.tBodies[0].rows;
}

const STEP = 10; // rows

// Fills a table with the first rows; a button behind it shows more of them. `row` makes the cells of one.
export function fillStepwise(id, some, row, shown = STEP) {
  const rows = fill(id, some.slice(0, shown).map(row));
  const wrapper = at(id).parentElement;
  if (wrapper.nextElementSibling?.matches(".more")) wrapper.nextElementSibling.remove();
  const left = some.length - shown;
  if (left > 0) {
    const onclick = () => fillStepwise(id, some, row, shown * 2)[shown].querySelector("a")?.focus();
    wrapper.after(make("button", { type: "button", className: "more", onclick }, `Show ${Math.min(left, shown)} more`));
  }
  return rows;
}
