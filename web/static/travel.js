// A list that leaves the browser in an address's part behind #, which is sent to no server.

export function toAddress(page, solved, tried) {
  return `${page}#solved=${[...solved].join(",")}${tried.size ? `&tried=${[...tried].join(",")}` : ""}`;
}

// The list of `problems`, a Map by code, in an address's part from # on; null if there is none.
export function fromHash(hash, problems) {
  const parts = new URLSearchParams(hash.slice(1));
  const [solved, tried] = ["solved", "tried"].map(
    (name) => new Set((parts.get(name) ?? "").split(",").filter((code) => problems.has(code))),
  );
  return solved.size + tried.size ? { solved, tried } : null;
}
