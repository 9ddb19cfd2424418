"""Requests that would be expensive for a site without limits."""

from urllib.parse import urlencode

from tests.support.sites import sql_path

LONG_TEXT = "replace(hex(zeroblob(200000)), '0', 'a')"
ENDLESS_ROWS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
ENDLESS_COUNT = f"{ENDLESS_ROWS} SELECT count(*) FROM c"
PAIRS = "FROM problems a, problems b"

QUERIES = (
    # Functions that take long for one step, which bypassed SQLite's limits inside the server.
    f"SELECT sum({LONG_TEXT} || code LIKE '%' || substr({LONG_TEXT}, 1, 20000) || 'b') "
    "FROM problems",
    f"SELECT {LONG_TEXT} GLOB '*' || substr({LONG_TEXT}, 1, 40000) || '[b]'",
    "WITH o AS (SELECT json_group_object(code || url, name || score) j FROM problems) "
    "SELECT length(json_patch(json_patch(a.j, b.j), c.j)) FROM o a, o b, o c, problems",
    f"SELECT instr({LONG_TEXT} || {LONG_TEXT}, {LONG_TEXT} || 'b')",
    f"SELECT sum(found('a a a a aab', {LONG_TEXT} || code)) FROM problems",
    # Time.
    ENDLESS_COUNT,
    "SELECT count(*) FROM history a, history b WHERE a.users < b.users",
    f"SELECT {'-(' * 250}1{')' * 250}",
    "SELECT count(*) FROM " + " NATURAL JOIN ".join(f"problems p{n}" for n in range(40)),
    "/**/ " * 250 + "--\n" * 50 + "SELEC 1",
    # Memory and temporary files.
    "SELECT length(replace(hex(zeroblob(25000000)), '0', 'x'))",
    "SELECT printf('%.*c', 900000000, 'x')",
    f"SELECT json_group_array(a.name || b.name) {PAIRS}",
    "SELECT group_concat(name) OVER (ORDER BY code ROWS UNBOUNDED PRECEDING) FROM problems",
    "SELECT a.users FROM history a, problems b ORDER BY a.users * b.users, b.name LIMIT 1",
    f"SELECT * FROM (SELECT a.url || b.url AS u {PAIRS} ORDER BY u) LIMIT 1",
    # Results.
    f"SELECT {LONG_TEXT}, {LONG_TEXT}, {LONG_TEXT} FROM problems",
    "SELECT hex(zeroblob(9000000)) AS x",
    "SELECT randomblob(399) FROM history LIMIT 5000",
    f"SELECT {', '.join(['1.0000000000000002 AS x'] * 8)} FROM history LIMIT 5000",
    f"SELECT {', '.join(f'1 AS x{n}{chr(120) * 40}' for n in range(40))} FROM problems",
    f"SELECT {', '.join(['1'] * 400)} FROM history LIMIT 201",
)
ATTACKS = (
    *(sql_path(query, extension) for query in QUERIES for extension in (".json", "")),
    sql_path("SELECT replace(hex(zeroblob(400)), '0', ',=1') FROM problems", ".csv"),
    sql_path("SELECT :a || :b || :c", ".json", a="x" * 700, b="%" * 200, c="'" * 300),
    sql_path(ENDLESS_COUNT, ".json").replace("?sql=", "?%73ql="),
    "/spojscore/history?_facet=users&" + urlencode({"sql": ENDLESS_COUNT}),
    "/spojscore/problems.json?"
    + urlencode({"_where": f"code IN ({ENDLESS_ROWS} SELECT x FROM c)"}),
    "/spojscore/problem_history?_facet=code&_facet=day&_facet=score&_size=max",
    "/spojscore/problems?_facet=code&_facet=name&_facet=url&_facet_size=max",
    "/spojscore/problem_history.json?_next=2000000&_size=max",
    "/spojscore/problems?" + urlencode({"_q": "a " * 1200}),
    "/spojscore/problems?" + "&".join(["name__like=%25a%25e%25i%25z"] * 80),
)
