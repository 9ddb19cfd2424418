// Adds points to SPOJ's problem lists, problems and profiles. It reads one address of spojscore at most once a day,
// sends nothing about you to anyone, requests nothing from SPOJ and changes nothing that SPOJ shows. If a page is not as
// expected, it adds nothing. The lines above name the site; this file is web/static/spoj.user.js of the project.

(() => {
  const COLUMNS = ["score", "points_if_solved", "users", "acceptance", "band", "topics"];
  const ADDRESS = `${SITE}/spojscore/problems.json?_size=max&_shape=arrays&_nofacet=1${COLUMNS.map((name) => `&_col=${name}`).join("")}`;
  const KEY = "spojscore.list";
  const DAY = 24 * 60 * 60 * 1000; // milliseconds
  const TIMEOUT = 30_000; // milliseconds
  const COLORS = { a: "#c0261c", b: "#b45309", c: "#1d5fd0", d: "#1a7a3c", e: "#6b7280" }; // of the ranges

  const manager = typeof GM === "object" ? GM : {};
  const pageStorage = {
    getValue: (key) => localStorage.getItem(key),
    setValue: (key, text) => localStorage.setItem(key, text),
  };
  const storage = manager.getValue && manager.setValue ? manager : pageStorage;

  async function load() {
    try {
      return JSON.parse(await storage.getValue(KEY, "null"));
    } catch {
      return null;
    }
  }

  const save = async (value) => storage.setValue(KEY, JSON.stringify(value));

  // Sends neither cookies nor the address of this page.
  async function read(url) {
    if (!manager.xmlHttpRequest) {
      const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
      return response.ok ? response.text() : null;
    }
    return new Promise((resolve) => {
      const [onload, fail] = [({ status, responseText }) => resolve(status === 200 ? responseText : null), () => resolve(null)];
      manager.xmlHttpRequest({ method: "GET", url, anonymous: true, timeout: TIMEOUT, onload, onerror: fail, ontimeout: fail });
    });
  }

  // The problems by code. A failed request is not repeated before the next day either.
  async function loadProblems() {
    let cache = await load();
    if (!cache || !(Math.abs(Date.now() - cache.time) < DAY)) {
      cache = { ...cache, time: Date.now() };
      await save(cache);
      const text = await read(ADDRESS).catch(() => null);
      if (text) {
        const { columns, rows } = JSON.parse(text);
        cache = { columns, rows, time: cache.time };
        await save(cache);
      }
    }
    const toProblem = (row) => Object.fromEntries(cache.columns.map((name, index) => [name, row[index]]));
    return new Map((cache.rows ?? []).map(toProblem).map((problem) => [problem.code, problem]));
  }

  function make(tag, text, ...children) {
    const element = document.createElement(tag);
    element.append(text, ...children);
    return element;
  }

  function link(text, href) {
    const element = make("a", text);
    element.href = href;
    return element;
  }

  const formatScore = (points) => (points < 0.001 ? "<0.001" : points.toFixed(3));
  const formatExact = (points) => String(Number(points.toPrecision(6)));
  const formatTotal = (points) => String(points < 100 ? Number(points.toPrecision(3)) : Math.round(points));
  const count = (text, noun) => `${text} ${noun}${text === "1" ? "" : "s"}`;

  function pointsCell({ score, points_if_solved: gain, band }) {
    const cell = make("td", formatScore(score));
    cell.className = "text-center";
    cell.title = `${formatExact(score)} points; you gain ${formatExact(gain)}`;
    cell.style.color = COLORS[band[0]];
    cell.style.fontWeight = "bold";
    return cell;
  }

  // On a list: a column. A user's own table, before the list, has no links to ranks.
  function showList(problems) {
    for (const table of document.querySelectorAll("table.problems")) {
      const rows = [...table.rows].map((row) => {
        const links = [...row.querySelectorAll("a[href*='/ranks/'], a[href*='/status/']")];
        const codes = links.map(({ href }) => /\/(?:ranks|status)\/([A-Z0-9_]+)\/?$/.exec(href)?.[1]);
        return { row, problem: problems.get(codes.find(Boolean)) };
      });
      if (!rows.some(({ problem }) => problem)) continue;
      for (const { row, problem } of rows) {
        if (problem) row.append(pointsCell(problem));
        else row.append(row.querySelector("th") ? make("th", "Points") : make("td", ""));
      }
    }
  }

  // On a problem's page: a line under the title.
  function showProblem(problems, code) {
    const problem = problems.get(code);
    const headings = [...document.querySelectorAll("#problem-name, h1, h2, h3")];
    const heading = headings.find(({ textContent }) => textContent.split(/[^A-Z0-9_]/).includes(code));
    if (!problem || !heading) return;
    const points = make("b", `${formatExact(problem.score)} points`);
    points.style.color = COLORS[problem.band[0]];
    const facts = [`you gain ${formatExact(problem.points_if_solved)}`, `${problem.users.toLocaleString("en")} solvers`];
    if (problem.acceptance !== null) facts.push(`${Math.round(problem.acceptance)}% accepted`);
    const line = make("div", points, ` · ${facts.join(" · ")} · `, link("spojscore", `${SITE}/spojscore/problems/${code}`));
    const topics = JSON.parse(problem.topics).map((topic) => topic.replaceAll("-", " "));
    if (topics.length) line.append(make("details", make("summary", "Topics"), topics.join(", ")));
    line.id = "spojscore";
    line.style.textAlign = getComputedStyle(heading).textAlign;
    heading.after(line);
  }

  // On a profile: the total points, and a link with the list after #, which is not sent to servers.
  function showProfile(problems) {
    const tables = document.querySelector("#user-profile-tables");
    const codes = { solved: [], tried: [] };
    let list = null;
    for (const part of tables?.querySelectorAll("h3, h4, h5, a[href*='/status/']") ?? []) {
      const code = /\/status\/([A-Z0-9_]+),/.exec(part.href ?? "")?.[1];
      if (!part.href) list = /todo/i.test(part.textContent) ? codes.tried : codes.solved;
      else if (problems.has(code)) list?.push(code);
    }
    if (!codes.solved.length && !codes.tried.length) return;
    const total = codes.solved.reduce((sum, code) => sum + problems.get(code).score, 0);
    const tried = codes.tried.length ? `&tried=${codes.tried}` : "";
    const openLink = link("Open in spojscore", `${SITE}/mine#solved=${codes.solved}${tried}`);
    openLink.className = "btn btn-default";
    const line = make("p", `${count(formatTotal(total), "point")} for ${count(String(codes.solved.length), "classical problem")} `, openLink);
    line.id = "spojscore";
    line.style.textAlign = "center";
    tables.prepend(line);
  }

  async function start() {
    const [, folder, name] = /^\/(problems|users)\/([^/]*)/.exec(location.pathname) ?? [];
    if (!folder) return;
    const table = document.querySelector("table.problems");
    const code = folder === "problems" && /^[A-Z0-9_]+$/.test(name) ? name : null;
    if (folder === "users" ? !document.querySelector("#user-profile-tables") : !table && !code) return;
    const problems = await loadProblems();
    if (folder === "users") showProfile(problems);
    else if (table) showList(problems);
    else showProblem(problems, code);
  }

  start().catch(() => {}); // it must not disturb SPOJ's page
})();
