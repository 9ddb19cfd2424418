// "solved" and "tried" wherever a row names a problem.

import { keep, kept, recall, remember } from "./solved.js";

const SIGNS = { solved: "✓ solved", tried: "○ tried" };
let lists = {};

// `place` is where the row's sign stands.
function mark(row, place, state) {
  for (const old of row.querySelectorAll(".mark")) old.remove();
  row.classList.remove("solved", "tried");
  if (!state) return;
  row.classList.add(state);
  const sign = document.createElement("span");
  sign.className = "mark";
  sign.textContent = SIGNS[state];
  place.append(" ", sign);
}

const stateOf = (code) => Object.keys(SIGNS).find((state) => lists[state].has(code));

let soon = false;

// Marks new rows, all that come in one go at once.
export function markSoon() {
  if (!soon) queueMicrotask(markAll);
  soon = true;
}

function markAll() {
  soon = false;
  lists = { solved: kept("solved"), tried: kept("tried") };
  const done = new Set();
  for (const element of document.querySelectorAll("[data-code]:not(h1), td.col-code:not(:has([data-code]))")) {
    const row = element.closest("tr") ?? element;
    if (done.has(row)) continue;
    done.add(row);
    const place = element.dataset.code ? element.querySelector("td.col-code") ?? element : element;
    const code = element.dataset.code ?? (element.querySelector("a") ?? element).textContent.trim();
    const state = stateOf(code);
    if (state || row.matches(".solved, .tried")) mark(row, place, state);
  }
  hide();
  for (const button of document.querySelectorAll(".marking button")) {
    const { code } = button.parentElement.previousElementSibling.dataset;
    button.ariaPressed = String(lists[button.value].has(code));
  }
}

// On the list and on questions: the solved rows of this page can be hidden.
function hide() {
  const table = document.querySelector("body.table main table.rows, body.query main table.rows");
  if (!table || !lists.solved.size || !table.querySelector("td.col-code")) return;
  const rows = table.querySelectorAll("tr.solved");
  const hidden = recall("hide") === true;
  for (const row of table.tBodies[0].rows) row.hidden = hidden && row.classList.contains("solved");
  const box = document.querySelector(".hide-solved") ?? offer(table);
  box.querySelector("input").checked = hidden;
  box.querySelector("span").textContent = `${rows.length} ${hidden ? "hidden" : "solved"} on this page`;
}

function offer(table) {
  const box = document.createElement("p");
  box.className = "hide-solved";
  box.innerHTML = '<label><input type="checkbox"> Hide solved</label> <span role="status"></span>';
  box.addEventListener("change", (event) => {
    remember("hide", event.target.checked);
    hide();
  });
  table.closest(".table-wrapper").before(box);
  return box;
}

// On a problem's own page: buttons to put it on the list or take it off.
function offerMarking(heading) {
  const { code } = heading.dataset;
  const box = document.createElement("p");
  box.className = "buttons marking";
  box.innerHTML = '<button type="button" value="solved">Solved</button><button type="button" value="tried">Tried</button>';
  box.addEventListener("click", ({ target }) => {
    if (!target.value) return;
    const on = !lists[target.value].has(code);
    for (const list of Object.values(lists)) list.delete(code);
    if (on) lists[target.value].add(code);
    keep("solved", lists.solved);
    keep("tried", lists.tried);
    markAll();
  });
  heading.after(box);
}

for (const heading of document.querySelectorAll("h1[data-code]")) offerMarking(heading);
markAll();
// Another tab, or this one on its way back, may have changed the lists.
addEventListener("storage", markAll);
addEventListener("pageshow", (event) => event.persisted && markAll());
