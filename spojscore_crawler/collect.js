/* Reads SPOJ's list of classical problems in your own browser and saves it as a .har file, for
 * `make crawl PAGES=FILE.har`. Open https://www.spoj.com/problems/classical/ and its console
 * (F12), paste all of this there and press Enter.
 *
 * It asks for the pages of the list, one a second, if robots.txt allows it, and sends nothing
 * anywhere. It gets past nothing: where SPOJ asks whether you are a robot, it stops, and you
 * answer. Reload the page then and paste this again: within half an hour it goes on. */
navigator.locks.request("spojscore", { ifAvailable: true }, async (alone) => {
  const PATH = "/problems/classical/sort=0,start=";
  const PAUSE = 1000; // milliseconds before each page
  const PATIENCE = 30_000; // milliseconds for one page
  const FRESH = 30 * 60_000; // milliseconds for which pages are kept

  if (!alone) return console.log("It is running already, here or in another tab.");
  const box = document.body.appendChild(document.createElement("div"));
  box.style = "position: fixed; inset: 0 0 auto; z-index: 99999; padding: 1em; " +
    "background: #fe9; color: #000; font: 16px sans-serif; white-space: pre-line";
  const say = (text) => console.log((box.textContent = text));
  const stop = (why) => { throw new Error(why); };

  // The pages that were read, in their order. They outlive a reload.
  const result = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open("spojscore", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("pages");
  const database = await result(opening);
  const store = () => database.transaction("pages", "readwrite").objectStore("pages");

  const get = async (path) => {
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(path, { cache: "no-store", signal });
    const text = new TextDecoder(document.characterSet).decode(await response.arrayBuffer());
    const status = response.status;
    if (response.headers.has("cf-mitigated") || text.includes("_cf_chl_opt"))
      stop(`SPOJ asks for a check that you are no robot (HTTP ${status}).`);
    if (status === 429) stop("SPOJ asks you to wait a while (HTTP 429).");
    if (status >= 500) stop(`SPOJ has a fault (HTTP ${status}).`);
    return { status, text };
  };

  // By RFC 9309: of the group for spojscore, or else for all, the longest rule that fits decides.
  const forbids = (robots, path) => {
    const groups = { "*": [] };
    let [agents, heading] = [[], true]; // of the group, and whether its rules are still to come
    for (const line of robots.split(/[\r\n]+/)) {
      const [, key, value] = line.match(/^\s*([\w-]+)\s*:\s*([^#]*?)\s*(#.*)?$/) ?? [, ""];
      const name = key.toLowerCase();
      if (name === "user-agent") {
        agents = [...(heading ? agents : []), value.toLowerCase()];
        heading = true;
        groups[agents.at(-1)] ??= [];
      } else if (name === "allow" || name === "disallow") {
        heading = false;
        agents.forEach((agent) => groups[agent].push({ allow: name === "allow", value }));
      }
    }
    const pattern = (value) => new RegExp("^" + value
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\\*", ".*").replace(/\\\$$/, "$"));
    const [rule] = (groups.spojscore ?? groups["*"])
      .filter(({ value }) => value && pattern(value).test(path))
      .sort((a, b) => b.value.length - a.value.length || b.allow - a.allow);
    return rule && !rule.allow;
  };

  const read = async (start) => {
    const started = new Date().toISOString();
    const { status, text } = await get(PATH + start);
    if (status !== 200) stop(`SPOJ does not give the page at start=${start} (HTTP ${status}).`);
    if (!/\/ranks\/[A-Z0-9_]+/.test(text)) stop(`The page at start=${start} is no list.`);
    return { url: location.origin + PATH + start, started, text };
  };

  // The last page right after the first, and both once more at the very end: the crawler sees by
  // them whether the list shifted meanwhile.
  const order = (first) => {
    const links = [...first.text.matchAll(/href="[^"]*\/classical\/[^"]*start=(\d+)"/g)];
    const starts = links.map((link) => Number(link[1])).filter((start) => start > 0);
    if (!starts.length) return [0, 0];
    const [size, last] = [Math.min(...starts), Math.max(...starts)];
    const between = Array.from({ length: last / size - 1 }, (_, n) => (n + 1) * size);
    return [0, last, ...between, last, 0];
  };

  const save = (pages) => {
    const none = { cookies: [], headers: [], httpVersion: "", headersSize: -1, bodySize: -1 };
    const entries = pages.map(({ url, started, text }) => ({
      startedDateTime: started, time: 0, cache: {}, timings: { send: 0, wait: 0, receive: 0 },
      request: { ...none, method: "GET", url, queryString: [] },
      response: { ...none, status: 200, statusText: "", redirectURL: "",
        content: { size: text.length, mimeType: "text/html", text } },
    }));
    const log = { version: "1.2", creator: { name: "spojscore", version: "1" }, entries };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ log })]));
    link.download = `spoj-${pages.at(-1).started.slice(0, 10)}.har`;
    link.click();
    say(`Saved ${link.download}: ${pages.length} pages, read until ${pages.at(-1).started}.`);
  };

  try {
    let pages = await result(store().getAll());
    if (pages.length && Date.now() - Date.parse(pages[0].started) > FRESH) pages = [];
    if (!pages.length) await result(store().clear());
    const robots = await get("/robots.txt");
    if (robots.status < 400 && forbids(robots.text, PATH + 0)) stop("robots.txt forbids it.");
    const starts = () => (pages.length ? order(pages[0]) : [0]);
    while (pages.length < starts().length) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const page = await read(starts()[pages.length]);
      await result(store().put(page, pages.push(page)));
      say(`${pages.length} of ${starts().length} pages`);
    }
    save(pages);
    await result(store().clear());
  } catch (error) {
    say(`Stopped: ${error.message}\nReload this page, see to it, and paste the text again.`);
  }
});
