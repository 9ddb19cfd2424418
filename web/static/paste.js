// Reads pasted text. Each of READERS takes what it recognizes and returns the rest of the text for the next one. No
// pattern can match a text in two ways, so reading takes linear time.

const HEADING = /(list of solved|todo list of)\s+(?:\w+\s+)?problems/gi;
const HTML = /<!doctype|<html|<\/t[dr]>|<\/li>/i;
const LINK =
  /(?:(?:^|[^.\w]|\bwww\.)spoj\.(?:com|pl)|href=["']?|\/spojscore)\/(problems|status|ranks|submit)\/(\w+)(,?)/gi;
const OTHER_SITE_CODE = /(^|[^A-Za-z0-9])(?:SPOJ-([A-Z0-9_]+)|SP(\d{1,6}))(?![A-Za-z0-9_])/g; // vjudge's codes, Luogu's numbers
const SUBMISSION = /^.*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s*\|\s*(\w+)\s*\|\s*(\w+).*$/gm;
const SUCCESS_VERDICT = /^(?:ac|accepted|solved|yes|done|x|✓|✔|✅|\d+)$/i;
const EMPTY_VERDICT = /^(?:-*|no|todo)$/i;
const UNCHECKED_ITEM = /^[ \t]*(?:[-*+]|\d+\.)\s*\[ ?\]\s.*$/gm;
const OTHER_JUDGE = /codechef|codeforces|atcoder|hacker|leetcode|kattis|\buva\b/i;
const TOKEN = /[^\s,;|()<>"'`*[\]{}]+/g;
const WORD = /\w{2,}/g;
const UPPER_CASE_CODE = /^[A-Z\d_]*[A-Z][A-Z\d_]*$/;
const SOURCE_FILE =
  /^(.+)\.(?:asm|awk|bf|c|cc|cpp|cs|d|go|hs|java|js|kt|lisp|lua|ml|pas|php|pl|py|rb|rs|scala|scm|sh|swift|ts)$/i;
const FILE_PREFIX = /^(?:\d+[-_. ]+)?(?:spoj[-_. ]*)?(?:\d+[-_. ]+)?/i;

const MIN_NAME_LENGTH = 6; // letters of a name that confirms the code before it

// Codes that are also words, besides those that occur as words in problem names.
const AMBIGUOUS_CODES =
  "ACC ASSIGN BALLOON BIO CHAIR CLONE CS DEPEND DETECT DIG DIST DP EIGHTS EN ENEMY EQ EST EXPAND FIRM FORMAT GEN GLOVE IM INVENT LCS LIAR MAJOR MATHS MESS MLE ORDERS PRO RAMP REC RESIST ROT SCROLL SEQ SHELF SLEEP SPLITS SUBS TLE URI VOL WA WAGE WEIGHT WORMS";

const READERS = [readAddress, readProfile, readHtml, readSubmissions, readTables, readCodes, readFiles, readLinks, readProse];

// Finds `problems`, a Map by code, in a text: { solved, tried, uncertain, unknown } are sets of codes, `user` is set if the
// text is the address of a profile.
export function read(text, problems) {
  const reading = new Reading(problems);
  READERS.reduce((rest, reader) => reader(rest, reading), text.replaceAll("\r", "").replace(UNCHECKED_ITEM, ""));
  for (const code of reading.solved) reading.tried.delete(code);
  for (const code of [...reading.solved, ...reading.tried]) reading.uncertain.delete(code);
  return reading;
}

class Reading {
  user = "";
  solved = new Set();
  tried = new Set();
  uncertain = new Set();
  unknown = new Set();

  constructor(problems) {
    const all = [...problems.values()];
    const names = all.map((problem) => problem.name).join(" ");
    this.problems = problems;
    this.codesById = new Map(all.map((problem) => [problem.id, problem.code]));
    this.plainWords = new Set(`${AMBIGUOUS_CODES} ${names.toUpperCase()}`.match(/[A-Z]{2,}/g));
  }

  add(code, isSolved = true) {
    const codes = isSolved ? this.solved : this.tried;
    (this.problems.has(code) ? codes : this.unknown).add(code);
  }
}

function readAddress(text, reading) {
  const address = /^\s*(?:https?:\/\/)?(?:www\.)?spoj\.(?:com|pl)\/(users|status)\/([^/\s,]+)\/?(?:signedlist\/?)?\s*$/i.exec(text);
  if (!address || (address[1].toLowerCase() === "status" && reading.problems.has(address[2]))) return text;
  reading.user = address[2];
  return "";
}

// A profile as text or HTML. SPOJ's TODO list has problems that were submitted but never accepted.
function readProfile(text, reading) {
  const headings = [...text.matchAll(HEADING)];
  headings.forEach((heading, index) => {
    const section = text.slice(heading.index + heading[0].length, headings[index + 1]?.index);
    const links = [...section.matchAll(/\/status\/([A-Z0-9_]+),/g)].map(([, code]) => code);
    // Codes have no lower-case letters: the first word with one follows the list.
    const words = section.match(WORD) ?? [];
    const end = words.findIndex((word) => /[a-z]/.test(word));
    const codes = links.length ? links : words.slice(0, end < 0 ? undefined : end);
    for (const code of codes) reading.add(code, /solved/i.test(heading[1]));
  });
  return headings.length ? "" : text;
}

// The source of a page. Rows with a "statusres" are submissions, accepted if their status is 15.
function readHtml(text, reading) {
  if (!HTML.test(text)) return text;
  const submissions = text.split("<tr").filter((row) => row.includes("statusres"));
  for (const row of submissions.length ? submissions : [text]) {
    const isSolved = !submissions.length || row.includes('status="15"');
    for (const code of findLinkedCodes(row, reading)) reading.add(code, isSolved);
  }
  return "";
}

// The plaintext version of a submission history.
function readSubmissions(text, reading) {
  return text.replace(SUBMISSION, (line, code, result) => {
    reading.add(code, /^(?:AC|\d+)$/.test(result));
    return "";
  });
}

function readTables(text, reading) {
  let table = null;
  const isOther = (line) => {
    if (table && !line.includes(table.separator)) table = null;
    if (table) readRow(line, table, reading);
    else table = readHeader(line);
    return !table;
  };
  return text.split("\n").filter(isOther).join("\n");
}

// A text of codes only, in any case. Bullets and line numbers do not count.
function readCodes(text, reading) {
  const words = (text.match(TOKEN) ?? []).filter((word) => /[a-z]/i.test(word));
  const codes = words.filter((word) => reading.problems.has(word.toUpperCase()));
  const others = words.filter((word) => !reading.problems.has(word.toUpperCase()));
  const isList = codes.length > 0 && others.every((word) => UPPER_CASE_CODE.test(word) && word.search(OTHER_SITE_CODE) < 0);
  if (!isList) return text;
  for (const word of others) reading.add(word);
  if (codes.length <= others.length) return text; // its codes may be words
  for (const word of codes) reading.add(word.toUpperCase());
  return "";
}

// Names of source files: PRIME1.c, spoj_onp.py, 07-PRIME1_Prime_Generator.cpp, PRIME1/main.cpp.
function readFiles(text, reading) {
  return text.replace(TOKEN, (token) => {
    const path = SOURCE_FILE.exec(token)?.[1] ?? "";
    const [file, folder = ""] = path.split(/[\\/]/).reverse();
    const names = [findCode(file, reading), findCode(folder, reading)].filter(Boolean);
    if (!names.length) return token;
    // A word is a code if it is the file's whole name, but not if it is the folder's.
    const isCode = ({ name, code, rest }) => !reading.plainWords.has(code) || (name === file && !rest);
    const isSure = (match) => (match.isCapital || /spoj/i.test(path)) && isCode(match) && !OTHER_JUDGE.test(path);
    const sureMatch = names.find(isSure);
    if (sureMatch) reading.add(sureMatch.code);
    else for (const { code } of names) reading.uncertain.add(code);
    return "";
  });
}

function readLinks(text, reading) {
  for (const code of findLinkedCodes(text, reading)) reading.add(code);
  return text.replace(LINK, " ").replace(OTHER_SITE_CODE, (all, before, code, id) => {
    const match = code ?? reading.codesById.get(Number(id));
    if (match) reading.add(match);
    return before;
  });
}

// Any other text: codes in capitals. Words such as TREE count if the problem's name follows, else if the visitor confirms.
function readProse(text, reading) {
  for (const line of text.replace(/:\/\/\S*/g, " ").split("\n")) {
    const isOther = OTHER_JUDGE.test(line);
    for (const { 0: word, index } of line.matchAll(WORD)) {
      const code = word.toUpperCase();
      if (!reading.problems.has(code)) continue;
      const [isPlain, isCapital] = [reading.plainWords.has(code), code === word];
      const isSure = !isPlain || startsWithName(line.slice(index + word.length), reading.problems.get(code).name);
      if (isCapital && isSure && !isOther) reading.add(code);
      else if (isCapital || (!isPlain && !isOther)) reading.uncertain.add(code);
    }
  }
  return "";
}

const toLetters = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

// Whether a text starts with a problem's name, apart from punctuation.
function startsWithName(text, name) {
  const letters = toLetters(name);
  return letters.length >= MIN_NAME_LENGTH && toLetters(text.slice(0, 2 * name.length)).startsWith(letters);
}

// The codes of the problems that a text links to; in lower case, they may be pages or users of SPOJ.
function findLinkedCodes(text, { problems }) {
  const codes = [];
  for (const [, page, word, comma] of text.matchAll(LINK)) {
    const code = word.toUpperCase();
    if (word === code || (problems.has(code) && (comma || page.toLowerCase() !== "status"))) codes.push(code);
  }
  return codes;
}

// The columns of codes and results, from a table's header; null for any other line.
function readHeader(line) {
  if (!/code|problem/i.test(line)) return null;
  const separator = ["|", "\t", ","].find((character) => line.includes(character));
  const names = separator ? line.split(separator).map((name) => name.trim()) : [];
  const columns = [...names.keys()].filter((index) => /^(?:spoj |problem )?(?:code|problems?)$/i.test(names[index]));
  const result = names.findIndex((name) => /^(?:result|verdict|status|solved)\??$/i.test(name));
  // A list with commas may begin with CODE.
  const isTable = separator !== "," || (columns[0] === 0 && result > 0);
  return columns.length && isTable ? { separator, columns, result } : null;
}

function readRow(line, { separator, columns, result }, reading) {
  const cells = line.split(separator);
  const verdict = result < 0 ? "AC" : (cells[result] ?? "").trim();
  if (EMPTY_VERDICT.test(verdict)) return;
  const links = findLinkedCodes(line, reading);
  const words = columns.map((column) => /^[\s[*`"]*(\w{2,})/.exec(cells[column] ?? "")?.[1]);
  const word = words.find((text) => text && reading.problems.has(text.toUpperCase()));
  const codes = !links.length && word && UPPER_CASE_CODE.test(word) ? [word] : links;
  for (const code of codes) reading.add(code, SUCCESS_VERDICT.test(verdict));
  if (word && !codes.length) reading.uncertain.add(word.toUpperCase());
}

// The longest code that a file's or folder's name begins with.
function findCode(name, { problems }) {
  const parts = name.replace(FILE_PREFIX, "").split(/[-_. ]/, 6);
  for (let n = parts.length; n > 0; n -= 1) {
    const word = parts.slice(0, n).join("_");
    const code = word.toUpperCase();
    if (problems.has(code)) return { name, code, rest: parts.length - n, isCapital: word === code };
  }
  return null;
}
