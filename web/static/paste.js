// Reads pasted text. Each of KINDS takes what it recognizes and returns the rest of the text for the next one. No
// pattern can match a text in two ways, so reading takes linear time.

const HEADING = /(list of solved|todo list of)\s+(?:\w+\s+)?problems/gi;
const HTML = /<!doctype|<html|<\/t[dr]>|<\/li>/i;
const LINK =
  /(?:(?:^|[^.\w]|\bwww\.)spoj\.(?:com|pl)|href=["']?|\/spojscore)\/(problems|status|ranks|submit)\/(\w+)(,?)/gi;
const ELSEWHERE = /(^|[^A-Za-z0-9])(?:SPOJ-([A-Z0-9_]+)|SP(\d{1,6}))(?![A-Za-z0-9_])/g; // vjudge's codes, Luogu's numbers
const SUBMISSION = /^.*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s*\|\s*(\w+)\s*\|\s*(\w+).*$/gm;
const ACCEPTED = /^(?:ac|accepted|solved|yes|done|x|✓|✔|✅|\d+)$/i;
const UNTOUCHED = /^(?:-*|no|todo)$/i;
const UNTICKED = /^[ \t]*(?:[-*+]|\d+\.)\s*\[ ?\]\s.*$/gm;
const OTHER_JUDGE = /codechef|codeforces|atcoder|hacker|leetcode|kattis|\buva\b/i;
const TOKEN = /[^\s,;|()<>"'`*[\]{}]+/g;
const WORD = /\w{2,}/g;
const CAPITALS = /^[A-Z\d_]*[A-Z][A-Z\d_]*$/;
const SOURCE_FILE =
  /^(.+)\.(?:asm|awk|bf|c|cc|cpp|cs|d|go|hs|java|js|kt|lisp|lua|ml|pas|php|pl|py|rb|rs|scala|scm|sh|swift|ts)$/i;
const FILE_PREFIX = /^(?:\d+[-_. ]+)?(?:spoj[-_. ]*)?(?:\d+[-_. ]+)?/i;
const COMMON_FILE = /^(?:a|ac|answer|code|index|main|prog|program|run|sol\d*|solution\d*|solve|spoj|submission)$/i;
const MAX_PATH = 200; // characters
const MIN_NAME = 6; // letters of a name that confirm the code before it

// Codes that are also words, besides those that occur as words in problem names.
const ALSO_WORDS =
  "ACC ASSIGN BALLOON BIO CHAIR CLONE CS DEPEND DETECT DIG DIST DP EIGHTS EN ENEMY EQ EST EXPAND FIRM FORMAT GEN GLOVE IM INVENT LCS LIAR MAJOR MATHS MESS MLE ORDERS PRO RAMP REC RESIST ROT SCROLL SEQ SHELF SLEEP SPLITS SUBS TLE URI VOL WA WAGE WEIGHT WORMS";

// { name, label, example, solved, tried, perhaps, unknown, read }: the label is for visitors; the codes are what
// `read` finds in the example.
export const KINDS = [
  {
    name: "address",
    example: "https://www.spoj.com/users/kosaksi/",
    user: "kosaksi",
    read(text, reading) {
      const address = /^\s*(?:https?:\/\/)?(?:www\.)?spoj\.(?:com|pl)\/(users|status)\/([^/\s,]+)\/?(?:signedlist\/?)?\s*$/i.exec(text);
      if (!address || (address[1].toLowerCase() === "status" && reading.problems.has(address[2]))) return text;
      reading.user = address[2];
      return "";
    },
  },
  {
    name: "profile",
    label: "Your SPOJ profile (select all, copy, paste), or its HTML source",
    example: "TEST me\nList of solved classical problems:\nONP\tTREE\nNOSUCH\nTODO list of classical problems:\nGSS1\nOnline ads",
    solved: "ONP TREE", tried: "GSS1", unknown: "NOSUCH",
    read(text, reading) {
      const headings = [...text.matchAll(HEADING)];
      headings.forEach((heading, index) => {
        const section = text.slice(heading.index + heading[0].length, headings[index + 1]?.index);
        const links = [...section.matchAll(/\/status\/([A-Z0-9_]+),/g)].map(([, code]) => code);
        // Codes have no lower-case letters: the first word with one follows the list.
        const words = section.match(WORD) ?? [];
        const end = words.findIndex((word) => /[a-z]/.test(word));
        const codes = links.length ? links : words.slice(0, end < 0 ? undefined : end);
        // SPOJ's TODO list has problems that were submitted but never accepted.
        for (const code of codes) reading.add(code, this.name, /solved/i.test(heading[1]));
      });
      return headings.length ? "" : text;
    },
  },
  {
    name: "page source",
    example:
      '<tr><td><a href="/problems/ONP/">x</a></td><td class="statusres" status="15"></tr>' +
      '<tr><td><a href="/problems/TREE/">x</a></td><td class="statusres" status="14"></tr>',
    solved: "ONP", tried: "TREE",
    read(text, reading) {
      if (!HTML.test(text)) return text;
      const submissions = text.includes("statusres");
      for (const row of submissions ? text.split("<tr") : [text]) {
        if (submissions && !row.includes("statusres")) continue;
        for (const code of linkedCodes(row, reading)) {
          reading.add(code, this.name, !submissions || row.includes('status="15"'));
        }
      }
      return "";
    },
  },
  {
    name: "submissions",
    label: "The plaintext version of your submission history, linked on your profile",
    example: "| 21 | 2018-03-01 10:21:12 |   PRIME1    |   AC    | 0.00 |\n| 22 | 2018-03-02 10:21:12 |    TREE     |   TLE   | 9.00 |",
    solved: "PRIME1", tried: "TREE",
    read(text, reading) {
      return text.replace(SUBMISSION, (line, code, result) => {
        reading.add(code, this.name, /^(?:AC|\d+)$/.test(result));
        return "";
      });
    },
  },
  {
    name: "table",
    label: "A table with a column Code or Problem, and perhaps Status",
    example: "| Problem | Status |\n|---|---|\n| ONP - Transform | AC |\n| TREE | WA |\n| GSS1 | |\n| Maze | ✓ |",
    solved: "ONP", tried: "TREE", perhaps: "MAZE",
    read(text, reading) {
      let table = null;
      const isOther = (line) => {
        if (table && !line.includes(table.separator)) table = null;
        if (table) readRow(line, table, reading);
        else table = readHead(line);
        return !table;
      };
      return text.split("\n").filter(isOther).join("\n");
    },
  },
  {
    name: "codes",
    label: "Codes, in upper or lower case",
    example: "prime1 TEST, ONP\nNOSUCH",
    solved: "PRIME1 TEST ONP", unknown: "NOSUCH",
    read(text, reading) {
      // Bullets and line numbers do not count.
      const words = (text.match(TOKEN) ?? []).filter((word) => /[a-z]/i.test(word));
      const codes = words.filter((word) => reading.problems.has(word.toUpperCase()));
      const others = words.filter((word) => !reading.problems.has(word.toUpperCase()));
      const isList = codes.length > 0 && others.every((word) => CAPITALS.test(word) && word.search(ELSEWHERE) < 0);
      if (!isList) return text;
      for (const word of others) reading.add(word, this.name);
      if (codes.length <= others.length) return text; // its codes may be words
      for (const word of codes) reading.add(word.toUpperCase(), this.name);
      return "";
    },
  },
  {
    name: "file names",
    label: "Names of source files",
    example: "MAY99_4.py spoj_onp.py 07-TREE_2.cpp GSS1/main.cpp DP/knapsack.cpp test.cpp",
    solved: "MAY99_4 ONP GSS1", perhaps: "TREE DP TEST",
    read(text, reading) {
      return text.replace(TOKEN, (token) => {
        const file = token.length < MAX_PATH && SOURCE_FILE.exec(token);
        return file && readFile(file[1], reading) ? "" : token;
      });
    },
  },
  {
    name: "links",
    label: "Links to problems on SPOJ, vjudge or Luogu",
    example:
      "[x](https://www.spoj.com/problems/tree/) spoj.com/ranks/ONP/ spoj.com/status/me/ https://pl.spoj.com/problems/TEST/ " +
      "https://vjudge.net/problem/SPOJ-PRIME1 https://www.luogu.com.cn/problem/SP1043 SP99999",
    solved: "TREE ONP PRIME1 GSS1",
    read(text, reading) {
      for (const code of linkedCodes(text, reading)) reading.add(code, this.name);
      return text.replace(LINK, " ").replace(ELSEWHERE, (all, before, code, id) => {
        const match = code ?? reading.codesById.get(Number(id));
        if (match) reading.add(match, this.name);
        return before;
      });
    },
  },
  {
    name: "prose",
    label: "A README or any other text: codes in capitals, words such as TREE only if you confirm them",
    example: "All of my code is here: TREE and onp.\n- PRIME1 - Prime Generator\n- [x] MAZE - The Long Maze\n- [ ] FCTRL\nCodeChef: DP",
    solved: "PRIME1 MAZE", perhaps: "TREE ONP DP",
    read(text, reading) {
      for (const line of text.replace(/:\/\/\S*/g, " ").split("\n")) {
        const isOther = OTHER_JUDGE.test(line);
        for (const { 0: word, index } of line.matchAll(WORD)) {
          const code = word.toUpperCase();
          if (!reading.problems.has(code)) continue;
          const [plain, capitals] = [reading.plainWords.has(code), code === word];
          const sure = !plain || isNamed(line.slice(index + word.length), reading.problems.get(code).name);
          if (capitals && sure && !isOther) reading.add(code, this.name);
          else if (capitals || (!plain && !isOther)) reading.doubt(code);
        }
      }
      return "";
    },
  },
];

// Finds `problems`, a Map by code, in a text: { solved, tried, perhaps, unknown } are sets of codes, `kinds` the
// names of the kinds that found them, `user` is set if the text is the address of a profile.
export function read(text, problems) {
  const reading = new Reading(problems);
  KINDS.reduce((rest, kind) => kind.read(rest, reading), text.replaceAll("\r", "").replace(UNTICKED, ""));
  for (const code of reading.solved) reading.tried.delete(code);
  for (const code of [...reading.solved, ...reading.tried]) reading.perhaps.delete(code);
  return reading;
}

class Reading {
  user = "";
  kinds = new Set();
  solved = new Set();
  tried = new Set();
  perhaps = new Set();
  unknown = new Set();

  constructor(problems) {
    const all = [...problems.values()];
    const names = all.map((problem) => problem.name).join(" ");
    this.problems = problems;
    this.codesById = new Map(all.map((problem) => [problem.id, problem.code]));
    this.plainWords = new Set(`${ALSO_WORDS} ${names.toUpperCase()}`.match(/[A-Z]{2,}/g));
  }

  add(code, kind, accepted = true) {
    if (!this.problems.has(code)) this.unknown.add(code);
    else {
      this[accepted ? "solved" : "tried"].add(code);
      this.kinds.add(kind);
    }
  }

  doubt(code) {
    if (this.problems.has(code)) this.perhaps.add(code);
  }
}

// The codes of the problems that a text links to; in lower case, they may be pages or users of SPOJ.
function linkedCodes(text, { problems }) {
  const codes = [];
  for (const [, page, word, comma] of text.matchAll(LINK)) {
    const code = word.toUpperCase();
    if (word === code || (problems.has(code) && (comma || page.toLowerCase() !== "status"))) codes.push(code);
  }
  return codes;
}

// The columns of codes and results, from a table's header; null for any other line.
function readHead(line) {
  if (line.length > 300 || !/code|problem/i.test(line)) return null;
  const separator = ["|", "\t", ","].find((one) => line.includes(one));
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
  if (UNTOUCHED.test(verdict)) return;
  const links = linkedCodes(line, reading);
  for (const code of links) reading.add(code, "table", ACCEPTED.test(verdict));
  if (links.length) return;
  const words = columns.map((column) => /^[\s[*`"]*(\w{2,})/.exec(cells[column] ?? "")?.[1]);
  const word = words.find((one) => one && reading.problems.has(one.toUpperCase()));
  if (!word) return;
  if (CAPITALS.test(word)) reading.add(word, "table", ACCEPTED.test(verdict));
  else reading.doubt(word.toUpperCase());
}

// Reads a source file's path without its extension: PRIME1, spoj_onp, 07-PRIME1_Prime_Generator, PRIME1/main. Returns whether it
// names a problem.
function readFile(path, reading) {
  const ofSpoj = /spoj/i.test(path);
  const [file, folder = ""] = path.split(/[\\/]/).reverse();
  const isCommon = COMMON_FILE.test(file) && codeIn(folder, reading);
  const code = (!isCommon && codeIn(file, reading)) || codeIn(folder, reading);
  if (!code) return false;
  const { name, whole } = code;
  const plain = reading.plainWords.has(name);
  const sure = code.of === file ? (code.capitals || ofSpoj) && (whole || !plain) : isCommon && whole && code.capitals && !plain;
  if (sure && !OTHER_JUDGE.test(path)) reading.add(name, "file names");
  else reading.doubt(name);
  return true;
}

// The longest code that a file's or folder's name begins with.
function codeIn(of, { problems }) {
  const parts = of.replace(FILE_PREFIX, "").split(/[-_. ]/, 6);
  for (let n = parts.length; n > 0; n -= 1) {
    const word = parts.slice(0, n).join("_");
    const name = word.toUpperCase();
    if (problems.has(name)) return { of, name, whole: n === parts.length, capitals: word === name };
  }
  return null;
}

const letters = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
// Whether a problem's name follows its code.
const isNamed = (rest, name) =>
  letters(name).length >= MIN_NAME && letters(rest.slice(0, 2 * name.length)).startsWith(letters(name));
