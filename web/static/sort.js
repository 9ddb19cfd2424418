// Clicking a header sorts a table that shows all its rows: numbers descending first, text ascending.

export function start(table) {
  for (const head of table.querySelectorAll("th:not(.tick)")) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(...head.childNodes);
    button.onclick = () => sort(table, head);
    head.append(button);
  }
}

function sort(table, head) {
  const isNumeric = head.matches(".n");
  const direction = head.getAttribute("aria-sort");
  const isDescending = direction ? direction === "ascending" : isNumeric;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => {
    const cell = row.cells[head.cellIndex];
    const text = cell.dataset.value ?? (cell.querySelector("a") ?? cell).textContent;
    return { row, key: isNumeric ? parseFloat(text.replaceAll(",", "").replace("−", "-").replace("<", "")) : text.toLowerCase() };
  });
  const isBlank = ({ key }) => key === "" || Number.isNaN(key);
  rows.sort((a, b) => isBlank(a) - isBlank(b) || (isDescending ? -1 : 1) * ((a.key > b.key) - (a.key < b.key)));
  body.append(...rows.map(({ row }) => row));
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
}
