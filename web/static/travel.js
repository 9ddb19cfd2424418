// A list that leaves the browser: in an address's part behind #, which is sent to no server, or as a file.

const CODE = /^[A-Z0-9_~]{2,24}$/;

export function toAddress(page, solved, tried) {
  const parts = [["solved", solved], ["tried", tried]].filter(([, codes]) => codes.size);
  return `${page}#${parts.map(([name, codes]) => `${name}=${[...codes].join(",")}`).join("&")}`;
}

// The list in an address's part from # on; null if there is none.
export function fromHash(hash) {
  const parts = new URLSearchParams(hash.slice(1));
  const [solved, tried] = ["solved", "tried"].map(
    (name) => new Set((parts.get(name) ?? "").split(",").filter((code) => CODE.test(code))),
  );
  return solved.size + tried.size ? { solved, tried } : null;
}

// Names that a spreadsheet would run as a formula begin with an apostrophe, as in the site's own CSV.
function field(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// The paste box reads it back by its columns code and status.
export function toCsv(rows) {
  const lines = [["code", "status", "name", "points", "users"], ...rows];
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}
