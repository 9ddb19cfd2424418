// The search box, relative times, menus and marks of every page. Starts the other modules that a page needs; no other module has side
// effects on import.

import { start as startMarks } from "./marks.js";

const MAX_SUGGESTIONS = 8;
const UNITS = [[86_400, "day"], [3_600, "hour"], [60, "minute"]]; // seconds
const MIN_SECONDS_FOR_DAYS = 48 * 3_600;
const PASTE_KEY = "spojscore.paste";

// Shows relative times; the server's text becomes the title.
function writeRelativeTimes() {
  for (const time of document.querySelectorAll("time.relative[datetime]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const [size, unit] = UNITS.find(([length], index) => seconds >= (index ? length : MIN_SECONDS_FOR_DAYS)) ?? UNITS.at(-1);
    time.title ||= time.textContent.trim();
    time.textContent = seconds < 60 ? "just now" : new Intl.RelativeTimeFormat("en").format(-Math.floor(seconds / size), unit);
    if (seconds > 3_600 * time.dataset.staleHours) time.closest(".freshness")?.classList.add("stale");
  }
}

// Suggests problems for a typed code or name; `/` focuses the field.
function startSearch(form) {
  const field = form.q;
  let problems = [];

  async function load() {
    const response = await fetch(form.dataset.list);
    if (response.ok) problems = (await response.json()).rows;
    suggest();
  }

  function suggest(event) {
    const input = field.value.trim().toUpperCase();
    // Choosing a suggestion inserts it as a whole.
    if (event && input && (event.inputType ?? "insertReplacementText") === "insertReplacementText") form.requestSubmit();
    const distance = ([code, name]) => (code === input ? 0 : ` ${code} ${name}`.toUpperCase().includes(` ${input}`) ? 1 : 2);
    const matches = problems.filter(([code, name]) => input && `${code} ${name}`.toUpperCase().includes(input));
    matches.sort((a, b) => distance(a) - distance(b) || b[2] - a[2]);
    field.list.replaceChildren(...matches.slice(0, MAX_SUGGESTIONS).map(([code, name]) => new Option(name, code)));
  }

  field.addEventListener("focus", load, { once: true });
  field.addEventListener("input", suggest);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    field.focus();
  });
}

// On the home page: passes the pasted text to My progress.
function startPasteBox(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(PASTE_KEY, form.querySelector("textarea").value);
    location.assign(form.action);
  });
}

// Menus close on Escape and on a click elsewhere.
function startMenus() {
  const openMenus = () => [...document.querySelectorAll("details.menu[open]")];
  addEventListener("click", ({ target }) => openMenus().forEach((menu) => menu.contains(target) || (menu.open = false)));
  addEventListener("keydown", ({ key }) => {
    const [menu] = key === "Escape" ? openMenus() : [];
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Adds a button that copies the example.
function addCopyButton(example) {
  const text = example.textContent;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.onclick = async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  };
  example.prepend(button);
}

writeRelativeTimes();
startMarks();
startMenus();
for (const table of document.querySelectorAll("table.sortable")) (await import("./sort.js")).start(table);
for (const form of document.querySelectorAll("form#find[data-list]")) startSearch(form);
for (const example of document.querySelectorAll("pre.copy")) addCopyButton(example);
for (const form of document.querySelectorAll("form#paste")) startPasteBox(form);
if (document.querySelector("#my-progress")) (await import("./mine.js")).start(PASTE_KEY);
if (document.querySelector("#my-next, #families, [data-rung], h1[data-code], #hide-solved")) (await import("./visitor.js")).start();
