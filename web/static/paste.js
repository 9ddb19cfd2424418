// Reads what a visitor pasted. No pattern can match a text in two ways, so the time grows with its length only.

const ADDRESS = /^(?:https?:\/\/)?(?:www\.)?spoj\.(?:com|pl)\/(users|status)\/([^/\s,]+)\/?(?:signedlist\/?)?$/i;
const HEADING = /(list of solved|todo list of)\s+(?:\w+\s+)?problems/gi;
const HTML = /<!doctype|<html|<\/t[dr]>|<\/li>/i;
const LINK = /(?:spoj\.(?:com|pl)|href=["']?|\/spojscore)\/(problems|status|ranks|submit)\/(\w+)(,?)/gi;
const OTHER_JUDGE = /codechef|codeforces|atcoder|hacker|leetcode|kattis|\buva\b/i;
// SPOJ's plaintext history: | ID | DATE | PROBLEM | RESULT | …
const SUBMISSION = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s*\|\s*(\w+)\s*\|\s*(\w+)/;
const ACCEPTED = /^(?:ac|accepted|solved|yes|done|x|✓|✔|✅|\d+)$/i;
const UNTOUCHED = /^(?:-*|no|todo)$/i;
const BEFORE_CODE = /^(?:\d+|x|spoj)$/i; // a list's number, its ticked box
const UNTICKED = /^\s*(?:[-*+]|\d+\.)\s*\[ ?\]\s/; // a box in a list of things to do
const ITS_NAME = /^[\]*`"]*\s*[-–—:\t(]/; // what stands between a code and its name
const TOKEN = /[^\s,;|()<>"'`*[\]{}]{2,}/g;
const WORD = /\w{2,}/g;
const SMALL = /[a-z]/;
const CAPITAL = /[A-Z]/;
// Lines of which more than their words is looked at.
const MARKED = /[-\t–—:(/]/;
const SOURCE = new Set("asm awk bf c cc cpp cs d go hs java js kt lisp lua ml pas php pl py rb rs scala scm sh swift ts".split(" "));
const MANY = 1000; // words that are no codes
const LONGEST = 100; // characters of a file's name that are looked at

// Codes that are words, too, beside those that stand as words in problems' names.
const ALSO_WORDS =
  "ACC ASSIGN BALLOON BIO CHAIR CLONE CS DEPEND DETECT DIG DIST DP EIGHTS EN ENEMY EQ EST EXPAND FIRM FORMAT GEN GLOVE IM INVENT LCS LIAR MAJOR MATHS MESS MLE ORDERS PRO RAMP REC RESIST ROT SCROLL SEQ SHELF SLEEP SPLITS SUBS TLE URI VOL WA WAGE WEIGHT WORMS";

function plainWords(problems) {
  const names = [...problems.values()].map((one) => one.name).join(" ");
  return new Set(`${ALSO_WORDS} ${names.toUpperCase()}`.match(/[A-Z]{2,}/g));
}

// What a text says of `problems`, a Map by code: { from, user, solved, tried, perhaps, unknown }, sets of codes but
// for `from`, the kinds of text that it was read from, and `user`, whose profile's address is all there is.
export function read(text, problems) {
  const found = { from: new Set(), user: "", known: problems, plain: plainWords(problems), others: new Set() };
  for (const name of ["solved", "tried", "perhaps", "unknown"]) found[name] = new Set();
  const alone = text.length < LONGEST && ADDRESS.exec(text.trim());
  if (alone && (/users/i.test(alone[1]) || !problems.has(alone[2]))) return { ...found, user: alone[2] };
  const headings = [...text.matchAll(HEADING)];
  if (headings.length) readProfile(text, headings, found);
  else if (HTML.test(text)) readHtml(text, found);
  else readLines(text, found);
  for (const code of found.solved) found.tried.delete(code);
  for (const code of [...found.solved, ...found.tried]) found.perhaps.delete(code);
  // Of a list of codes each word should be one; a README has others.
  if ([...found.from].every((one) => one === "codes")) for (const word of found.others) found.unknown.add(word);
  return found;
}

function take(code, from, found, accepted = true) {
  if (!found.known.has(code)) {
    found.unknown.add(code);
    return;
  }
  found[accepted ? "solved" : "tried"].add(code);
  found.from.add(from);
}

// SPOJ's "TODO list" holds what was submitted and never accepted.
function readProfile(text, headings, found) {
  headings.forEach((heading, index) => {
    const section = text.slice(heading.index + heading[0].length, headings[index + 1]?.index);
    const links = [...section.matchAll(/\/status\/([A-Z0-9_]+),/g)].map(([, code]) => code);
    // Codes have no small letters: the first word that has one stands behind the list.
    const shown = section.match(WORD) ?? [];
    const end = shown.findIndex((word) => SMALL.test(word));
    for (const code of links.length ? links : shown.slice(0, end < 0 ? undefined : end)) {
      take(code, "a profile", found, /solved/i.test(heading[1]));
    }
  });
}

function readHtml(text, found) {
  if (!text.includes("statusres")) {
    for (const code of linked(text, found)) take(code, "links", found);
    return;
  }
  for (const row of text.split("<tr")) {
    const code = /\/problems\/([A-Z0-9_]+)/.exec(row);
    if (code && row.includes("statusres")) take(code[1], "submissions", found, row.includes('status="15"'));
  }
}

// The codes of the problems that a text links to; in small letters SPOJ has pages and users, too.
function linked(text, { known }) {
  const codes = [];
  if (!text.includes("/")) return codes;
  for (const [, page, word, comma] of text.matchAll(LINK)) {
    const code = word.toUpperCase();
    if (word === code || (known.has(code) && (comma || page.toLowerCase() !== "status"))) codes.push(code);
  }
  return codes;
}

function readLines(text, found) {
  const others = OTHER_JUDGE.test(text);
  const plain = [];
  let table = null;
  for (const line of text.split("\n")) {
    if (line.length < 2 || (table && !line.includes(table.separator))) table = null;
    const submission = line.length > 30 && SUBMISSION.exec(line);
    const head = !table && header(line);
    table ||= head;
    if (UNTICKED.test(line)) continue;
    if (submission) take(submission[1], "submissions", found, /^(?:AC|\d+)$/.test(submission[2]));
    else if (table) head || readRow(line, table, found);
    else if (line.length > 3 && (MARKED.test(line) || (others && OTHER_JUDGE.test(line)))) readLine(line, found);
    else plain.push(line);
  }
  readWords(plain.join("\n"), true, found);
}

// Where a table's head has the codes and the results.
function header(line) {
  if (line.length < 6 || line.length > 300 || !/code|problem/i.test(line)) return null;
  const separator = ["|", "\t", ","].find((one) => line.includes(one));
  const names = separator ? line.split(separator).map((name) => name.trim()) : [];
  const columns = [...names.keys()].filter((index) => /^(?:spoj |problem )?(?:code|problems?)$/i.test(names[index]));
  const result = names.findIndex((name) => /^(?:result|verdict|status|solved)\??$/i.test(name));
  // A list with commas may begin with CODE.
  const isTable = separator !== "," || (columns[0] === 0 && result > 0);
  return columns.length && isTable ? { separator, columns, result } : null;
}

function readRow(line, { separator, columns, result }, found) {
  const cells = line.split(separator);
  const said = result < 0 ? "AC" : (cells[result] ?? "").trim();
  if (UNTOUCHED.test(said)) return;
  const accepted = ACCEPTED.test(said);
  const links = linked(line, found);
  for (const code of links) take(code, "links", found, accepted);
  for (const column of links.length ? [] : columns) {
    const [, word, rest] = /^[\s[*`"]*(\w{2,})(.*)/.exec(cells[column] ?? "") ?? [];
    const code = word?.toUpperCase();
    if (!found.known.has(code)) continue;
    const sure = word === code && (!/\w/.test(rest) || ITS_NAME.test(rest) || !found.plain.has(code));
    if (sure) take(code, "a table", found, accepted);
    else found.perhaps.add(code);
    return;
  }
}

function readLine(line, found) {
  const links = linked(line, found);
  for (const code of links) take(code, "links", found);
  // Beside a link, and where another judge is named, no word is sure to be a code of SPOJ.
  const sure = links.length === 0 && !OTHER_JUDGE.test(line);
  const first = sure && firstWord(line);
  const rest = first && found.known.has(first[0]) ? line.slice(first.index + first[0].length) : "";
  if (ITS_NAME.test(rest) && SMALL.test(rest)) {
    // Names have small letters; a code may follow all the same.
    for (const word of [first[0], ...(rest.match(WORD) ?? [])]) if (found.known.has(word)) loose(word, true, found);
  } else readWords(links.length ? line.replace(LINK, " ") : line, sure, found);
}

function firstWord(line) {
  const pattern = /\w+/g;
  let word;
  for (let n = 0; n < 4; n += 1) {
    word = pattern.exec(line);
    if (!word || !BEFORE_CODE.test(word[0])) break;
  }
  return word;
}

function readWords(text, sure, found) {
  if (!text.includes(".") && !text.includes("://")) {
    for (const word of new Set(text.match(WORD))) loose(word, sure, found);
    return;
  }
  for (const token of new Set(text.match(TOKEN))) {
    const dot = token.lastIndexOf(".");
    if (dot > 0 && SOURCE.has(token.slice(dot + 1, dot + 7).toLowerCase())) readFile(token.slice(0, dot), sure, found);
    else if (!token.includes("://")) for (const word of token.match(WORD) ?? []) loose(word, sure, found);
  }
}

function loose(word, sure, found) {
  const code = word.toUpperCase();
  if (!found.known.has(code)) {
    if (sure && code === word && CAPITAL.test(word) && found.others.size < MANY) found.others.add(code);
  } else if (sure && code === word && !found.plain.has(code)) take(code, "codes", found);
  else found.perhaps.add(code);
}

// A source file's path without its ending: PRIME1, spoj_onp, 07-PRIME1_Prime_Generator, PRIME1/main.
function readFile(path, sure, found) {
  const parts = path.slice(-LONGEST).replaceAll("\\", "/").split("/").reverse();
  const ofSpoj = parts.some((part) => part.slice(0, 4).toLowerCase() === "spoj");
  for (const part of parts) {
    const names = part.split(/[-_.]/, 6).filter((name) => name && !BEFORE_CODE.test(name));
    for (let n = names.length; n > 0; n -= 1) {
      const name = names.slice(0, n).join("_");
      const code = name.toUpperCase();
      if (!found.known.has(code)) continue;
      const clear = sure && (name === code || ofSpoj) && (n === names.length || !found.plain.has(code));
      if (clear) take(code, "file names", found);
      else found.perhaps.add(code);
      return;
    }
  }
}
