// Sorts a table that shows all its rows, by a press on a head: numbers from the largest, words from A.

const table = document.querySelector("table.sortable");

for (const head of table?.querySelectorAll("th:not(.col-row)") ?? []) {
  head.innerHTML = `<button type="button">${head.innerHTML}</button>`;
  head.onclick = () => sort(head, head.matches(".number"));
}

function sort(head, numbers) {
  const down = head.ariaSort ? head.ariaSort === "ascending" : numbers;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => {
    const cell = row.cells[head.cellIndex];
    const text = (cell.querySelector("a") ?? cell).textContent;
    return { row, key: numbers ? parseFloat(cell.dataset.value ?? text.replaceAll(",", "").replace("−", "-")) : text.toLowerCase() };
  });
  const blank = ({ key }) => key === "" || key !== key;
  rows.sort((a, b) => blank(a) - blank(b) || (down ? -1 : 1) * ((a.key > b.key) - (a.key < b.key)));
  rows.forEach(({ row }, index) => {
    const ordinal = row.querySelector(".col-row");
    if (ordinal) ordinal.textContent = index + 1;
    body.append(row);
  });
  for (const other of head.parentElement.cells) other.ariaSort = null;
  head.ariaSort = down ? "descending" : "ascending";
}
