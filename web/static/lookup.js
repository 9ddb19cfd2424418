// Suggests problems while one types a code or a name; `/` goes to the field.

const form = document.querySelector("#find");
const field = form.q;
const MOST = 8;
let problems = [];

field.addEventListener("focus", load, { once: true }); // not before somebody wants them
field.addEventListener("input", suggest);
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.target === field) return;
  event.preventDefault();
  field.focus();
});

async function load() {
  problems = (await (await fetch(form.dataset.list)).json()).rows;
  suggest();
}

function suggest(event) {
  const typed = field.value.trim().toUpperCase();
  // What is chosen from the list comes as a whole.
  if (event && typed && (event.inputType ?? "insertReplacementText") === "insertReplacementText") form.submit();
  const far = ([code, name]) => (code === typed ? 0 : ` ${code} ${name}`.toUpperCase().indexOf(` ${typed}`) >= 0 ? 1 : 2);
  const found = problems.filter(([code, name]) => typed && `${code} ${name}`.toUpperCase().includes(typed));
  found.sort((a, b) => far(a) - far(b) || b[2] - a[2]);
  field.list.replaceChildren(...found.slice(0, MOST).map(([code, name]) => new Option(name, code)));
}
