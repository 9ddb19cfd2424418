/* Reads SPOJ's list of classical problems in your own browser and saves it as a .har file, for
 * `make crawl PAGES=FILE.har`. Open https://www.spoj.com/problems/classical/ and its console
 * (F12), paste this whole file there, press Enter and click Start.
 * It opens a window and reads the list in it, a page a second, as you would by clicking, if
 * robots.txt allows it. It sends nothing anywhere and bypasses nothing: if SPOJ asks whether you
 * are a robot, answer in that window and click Continue. After a reload, paste it again: for half
 * an hour, it continues where it stopped. */
navigator.locks.request("spojscore", { ifAvailable: true }, async (lock) => {
  const PATH = "/problems/classical/sort=0,start=";
  const PAUSE = 1000; // milliseconds before each page
  const TIMEOUT = 30_000; // milliseconds for one page
  const MAX_AGE = 30 * 60_000; // milliseconds after which the pages are discarded
  const CACHED = "This page came from the browser's cache.";

  if (!lock) return console.log("This script is already running, here or in another tab.");
  const add = (parent, tag) => parent.appendChild(document.createElement(tag));
  const box = add(document.body, "div");
  const [text, button] = [add(box, "span"), add(box, "button")];
  box.style = "position: fixed; inset: 0 0 auto; z-index: 99999; padding: 1em; " +
    "background: #fe9; color: #000; font: 16px sans-serif";
  const showMessage = (message) => console.log((text.textContent = message));
  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  // Browsers open a window only on a click. The same name opens it again, unless SPOJ isolates it.
  let tab;
  const click = (label) => new Promise((resolve) => {
    Object.assign(button, { textContent: label, hidden: false });
    button.onclick = () => {
      button.hidden = true;
      resolve((tab = open("", "spojscore-list", "width=900,height=700")));
    };
  });
  const getPage = () => {
    try { return tab.document; } catch { return null; } // an error page of the browser's own
  };
  let [size, last] = [0, 0]; // rows per page, start= of the last page
  // The page in the window, if it is the one at `path`, or a sentence that says what is wrong.
  const checkPage = (page, path) => {
    const [entry] = page.defaultView.performance.getEntriesByType("navigation");
    const status = entry?.responseStatus || 200;
    if (/_cf_chl_opt|<title>just a moment/i.test(page.documentElement.outerHTML))
      return "SPOJ asks whether you are a robot. Answer in the window.";
    if (status === 429 || status >= 500) return `SPOJ returned HTTP ${status}. Wait a few minutes.`;
    if (page.location.pathname !== path) return `The window shows ${page.location.pathname}.`;
    if (!path.startsWith(PATH)) return page;
    const rows = page.querySelectorAll("table.problems a[href*='/ranks/']").length;
    if (!rows) return "This page is not a list of problems.";
    if (rows < size && path !== PATH + last) return "This page is incomplete.";
    return entry?.transferSize === 0 ? CACHED : page;
  };
  const load = async (path, navigate) => {
    const oldPage = getPage();
    await sleep(PAUSE);
    if (!tab || tab.closed) return "The window is closed.";
    navigate();
    for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(50)) {
      if (tab.closed) return "The window is closed or isolated. If SPOJ asks a question, answer it.";
      const page = getPage();
      if (page && page !== oldPage && page.readyState === "complete") return checkPage(page, path);
    }
    return "The page has not loaded yet.";
  };
  const read = async (path) => {
    let page = await load(path, () => (tab.location = path));
    if (page === CACHED) page = await load(path, () => tab.location.reload());
    if (typeof page !== "string") return page;
    showMessage(`${page} Then click `);
    await click("Continue");
    page = getPage()?.readyState === "complete" ? checkPage(getPage(), path) : ""; // e.g. after the bot check
    return typeof page === "string" ? read(path) : page;
  };
  // RFC 9309: in the group for spojscore, or else for all, the longest matching rule decides.
  const forbids = (robots, path) => {
    const [groups, line] = [{}, /^[ \t]*(user-agent|allow|disallow)[ \t]*:([^#\r\n]*)/gim];
    let [agents, isHead] = [[], false];
    for (const [, name, rest] of robots.matchAll(line)) {
      const [key, value] = [name.toLowerCase(), rest.trim()];
      if (key === "user-agent") {
        agents = [...(isHead ? agents : []), value.toLowerCase()];
        groups[agents.at(-1)] ??= [];
      } else agents.forEach((agent) => groups[agent].push({ allow: key === "allow", value }));
      isHead = key === "user-agent";
    }
    const pattern = (value) => new RegExp("^" + value
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\\*", ".*").replace(/\\\$$/, "$"));
    const [rule] = (groups.spojscore ?? groups["*"] ?? [])
      .filter(({ value }) => value && pattern(value).test(path))
      .sort((a, b) => b.value.length - a.value.length || b.allow - a.allow);
    return rule && !rule.allow;
  };
  // First, last, the others, and first and last again, which shows whether the list has shifted.
  const listStarts = (html) => {
    const links = [...html.matchAll(/href="[^"]*\/classical\/[^"]*start=(\d+)"/g)];
    const starts = links.map((link) => Number(link[1])).filter((start) => start > 0);
    if (!starts.length) return [0, 0];
    [size, last] = [Math.min(...starts), Math.max(...starts)];
    return [0, last, ...Array.from({ length: last / size - 1 }, (_, n) => (n + 1) * size), last, 0];
  };
  const EMPTY_FIELDS = { cookies: [], headers: [], httpVersion: "", headersSize: -1, bodySize: -1 };
  const toEntry = ({ url, started, html }) => ({
    startedDateTime: started, time: 0, cache: {}, timings: { send: 0, wait: 0, receive: 0 },
    request: { ...EMPTY_FIELDS, method: "GET", url, queryString: [] },
    response: { ...EMPTY_FIELDS, status: 200, statusText: "", redirectURL: "",
      content: { size: html.length, mimeType: "text/html", text: html } },
  });
  const cache = await caches.open("spojscore"); // survives a reload
  let pages = (await (await cache.match("/pages"))?.json()) ?? [];
  if (pages.length && Date.now() - Date.parse(pages[0].started) > MAX_AGE) pages = [];
  showMessage(`This script reads the list in a new window, starting at page ${pages.length + 1}. `);
  await click("Start");
  const robots = await read("/robots.txt");
  if (forbids(robots.documentElement.textContent, PATH)) return showMessage("SPOJ's robots.txt disallows reading the list.");
  const starts = () => (pages.length ? listStarts(pages[0].html) : [0]);
  while (pages.length < starts().length) {
    const page = await read(PATH + starts()[pages.length]);
    const started = new Date(page.defaultView.performance.timeOrigin).toISOString();
    pages.push({ url: page.location.href, started, html: page.documentElement.outerHTML });
    await cache.put("/pages", new Response(JSON.stringify(pages)));
    showMessage(`${pages.length} of ${starts().length} pages`);
  }
  const creator = { name: "spojscore", version: "1" };
  const har = { log: { version: "1.2", creator, entries: pages.map(toEntry) } };
  const link = add(box, "a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(har)]));
  link.download = `spoj-${pages.at(-1).started.slice(0, 10)}.har`;
  link.click();
  tab.close();
  await caches.delete("spojscore");
  showMessage(`Saved ${link.download}: ${pages.length} pages.`);
});
