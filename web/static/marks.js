// Marks the problems that the visitor has solved, wherever a row or a heading names one.

import { kept } from "./solved.js";

const solved = kept("mine");
for (const element of solved.size ? document.querySelectorAll("[data-code], td.col-code") : []) {
  const place = element.dataset.code ? element.querySelector("td.col-code") ?? element : element;
  const row = element.closest("tr") ?? element;
  const code = element.dataset.code ?? element.textContent.trim();
  if (!solved.has(code) || row.classList.contains("solved")) continue;
  row.classList.add("solved");
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.textContent = "✓ solved";
  place.append(" ", mark);
}
