// Sorts a table that shows all its rows, by a press on a column's head: numbers from the largest, words from A.

const table = document.querySelector("table.sortable");

for (const head of table?.querySelectorAll("th:not(.col-row)") ?? []) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.onclick = () => sort(head);
  head.append(button);
}

function sort(head) {
  const isNumber = head.matches(".number");
  const down = head.ariaSort ? head.ariaSort === "ascending" : isNumber;
  const value = (row) => {
    const cell = row.cells[head.cellIndex];
    if (isNumber) return parseFloat(cell.dataset.value ?? cell.textContent.replaceAll(",", ""));
    return (cell.querySelector("a") ?? cell).textContent.toLowerCase();
  };
  const isBlank = (one) => one === "" || one !== one;
  const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
  rows.sort(([a], [b]) => isBlank(a) - isBlank(b) || (down ? -1 : 1) * ((a > b) - (a < b)));
  rows.forEach(([, row], index) => {
    if (row.cells[0].matches(".col-row")) row.cells[0].textContent = index + 1;
    table.tBodies[0].append(row);
  });
  for (const other of table.querySelectorAll("th")) other.ariaSort = null;
  head.ariaSort = down ? "descending" : "ascending";
}
