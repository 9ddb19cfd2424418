"""Requests that would be expensive for a site without limits."""

from __future__ import annotations

from urllib.parse import urlencode

LONG = "replace(hex(zeroblob(200000)), '0', 'a')"
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
COUNTED = f"{ENDLESS} SELECT count(*) FROM c"


def sql(query: str, kind: str = ".json", **more: str) -> str:
    return f"/spojscore{kind}?{urlencode({'sql': query, **more})}"


ATTACKS = {
    # Attacks that bypassed limits inside the process, and some that did not.
    "like over long texts": sql(
        f"SELECT sum({LONG} || code LIKE '%' || substr({LONG}, 1, 20000) || 'b') FROM problems"
    ),
    "like, once": sql(f"SELECT {LONG} LIKE '%' || substr({LONG}, 1, 40000) || 'b'"),
    "json_patch": sql(
        "WITH o AS (SELECT json_group_object(code || url, name || score) j FROM problems) "
        "SELECT length(json_patch(json_patch(a.j, b.j), c.j)) FROM o a, o b, o c, problems"
    ),
    "wide rows as a page": sql(f"SELECT {LONG}, {LONG}, {LONG} FROM problems", ""),
    "escaped _json": "/spojscore/problems.json?%5Fjson=name&_size=max&_where=1",
    "escaped sql": sql(COUNTED).replace("?sql=", "?%73ql="),
    "escaped database": sql(COUNTED).replace("spojscore", "spojscor~65", 1),
    "numbers that grow": sql("SELECT 1e308 AS score_1, * FROM history LIMIT 5000", ""),
    "control characters": sql(
        f"SELECT replace({LONG}, 'a', char(1)) FROM problems LIMIT 12"
    ),
    "replace": sql("SELECT replace(hex(zeroblob(200000000)), '0', 'x')"),
    "replace, less": sql("SELECT length(replace(hex(zeroblob(25000000)), '0', 'x'))"),
    "endless": sql(COUNTED),
    "grouped": sql("SELECT json_group_array(a.name || b.name) FROM problems a, problems b"),
    "instr": sql(f"SELECT instr({LONG} || {LONG}, {LONG} || 'b')"),
    "trim": sql(f"SELECT trim(replace({LONG}, 'a', 'b'), {LONG} || 'b')"),
    "printf": sql("SELECT printf('%.*c', 900000000, 'x')"),
    "format pads": sql("SELECT format('%.2000000000c', 'x')"),
    "blobs": sql("SELECT zeroblob(900000) FROM problems"),
    "long names": sql(
        f"SELECT {', '.join(f'1 AS x{n}{chr(120) * 40}' for n in range(40))} FROM problems"
    ),
    # Other functions that take long for one step.
    "glob": sql(f"SELECT {LONG} GLOB '*' || substr({LONG}, 1, 40000) || '[b]'"),
    "replace by itself": sql(
        f"SELECT length(replace({LONG} || {LONG}, {LONG} || 'b', 'x')) FROM problems"
    ),
    "group_concat": sql("SELECT group_concat(a.url || b.url) FROM problems a, problems b"),
    "window": sql(
        "SELECT group_concat(name) OVER (ORDER BY code ROWS UNBOUNDED PRECEDING) FROM problems"
    ),
    "sort without an index": sql(
        "SELECT a.users FROM history a, problems b ORDER BY a.users * b.users, b.name LIMIT 1"
    ),
    "distinct": sql("SELECT count(DISTINCT a.name || b.code || b.url) FROM problems a, problems b"),
    "self join": sql("SELECT count(*) FROM history a, history b WHERE a.users < b.users"),
    "recursive text": sql(
        "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) "
        "SELECT max(length(x)) FROM c"
    ),
    "deep json": sql("SELECT json_valid(replace(hex(zeroblob(2000000)), '0', '['))"),
    "json_each of all": sql(
        "SELECT count(*) FROM (SELECT json_group_array(url) j FROM problems), json_each(j), history"
    ),
    "deep expression": sql(f"SELECT {'-(' * 250}1{')' * 250}"),
    "compound selects": sql(" UNION ALL ".join(["SELECT * FROM history"] * 60)),
    "many joins": sql(
        "SELECT count(*) FROM " + " NATURAL JOIN ".join(f"problems p{n}" for n in range(40))
    ),
    "median of all": sql("SELECT median(a.users) FROM history a, problems b"),
    "found in long texts": sql(f"SELECT sum(found('a a a a aab', {LONG} || code)) FROM problems"),
    "hex of hex": sql("SELECT length(hex(hex(hex(hex(zeroblob(1000000))))))"),
    "upper of long": sql(
        "SELECT sum(length(upper(replace(hex(zeroblob(1000000)), '0', 'a') || code))) FROM problems"
    ),
    "random blobs": sql("SELECT hex(randomblob(20000)) FROM problems"),
    "all columns as CSV": sql("SELECT *, * FROM problems a, problems b LIMIT 5000", ".csv"),
    "formulas": sql("SELECT replace(hex(zeroblob(400)), '0', ',=1') FROM problems", ".csv"),
    "a where": "/spojscore/problems.json?" + urlencode(
        {"_where": f"code IN ({ENDLESS} SELECT x FROM c)"}
    ),
    "a where that sleeps": "/spojscore/problems?" + urlencode(
        {"_where": f"length({LONG} || name) - length(replace({LONG} || name, 'aa', '')) > 1"}
    ),
    "facets": "/spojscore/history.json?" + "&".join(["_facet=users&_facet=day"] * 12),
    "facets of a view": "/spojscore/problem_history?_facet=code&_facet=day&_facet=score&_size=max",
    "facets as a page": "/spojscore/problems?_facet=code&_facet=name&_facet=url&_facet_size=max",
    "facets as JSON": "/spojscore/problems.json?_facet_size=max"
    + "".join(f"&_facet={name}" for name in ("code", "name", "url", "id", "users", "score")),
    "another form": sql(COUNTED, ".dbx"),
    "a view, sorted": "/spojscore/problem_history?_sort=score&_size=max",
    "a view's last page": "/spojscore/problem_history.json?_next=2000000&_size=max",
    "through": "/spojscore/problems.json?" + urlencode(
        {"_through": '{"table": "events", "column": "kind", "value": "added"}'}
    ),
    "a long search": "/spojscore/problems?" + urlencode({"_q": "a " * 1200}),
    "a long question": "/spojscore/worth?" + urlencode({"codes": "PRIME1," * 300}),
    "a long filter": "/spojscore/problems?" + urlencode({"name__like": "%a" * 1100}),
    "many filters": "/spojscore/problems?" + "&".join(["name__like=%25a%25e%25i%25z"] * 80),
    "the whole list as a page": "/spojscore/problems?_size=max&_labels=on&_facet=band",
    "trace": sql(COUNTED, _trace="1", _timelimit="9999999"),
    # On the child process.
    "output of one huge cell": sql("SELECT hex(zeroblob(9000000)) AS x"),
    "output that just fits": sql(
        f"SELECT {', '.join(['1.0000000000000002 AS x'] * 8)} FROM history LIMIT 5000"
    ),
    "many columns as a page": sql(f"SELECT {', '.join(['1'] * 400)} FROM history LIMIT 201", ""),
    "wide rows of all columns": sql(
        "SELECT a.*, b.*, c.* FROM problems a, problems b, problems c LIMIT 5000"
    ),
    "temporary files": sql(
        "SELECT * FROM (SELECT a.url || b.url AS u FROM problems a, problems b ORDER BY u) LIMIT 1"
    ),
    "several sorters": sql(
        "SELECT count(*) FROM (SELECT DISTINCT a.users, b.name FROM history a, problems b), "
        "(SELECT DISTINCT a.day, b.url FROM history a, problems b)"
    ),
    "blobs in hexadecimal": sql("SELECT randomblob(399) FROM history LIMIT 5000"),
    "comments and blanks": "/spojscore.json?" + urlencode(
        {"sql": "/**/ " * 250 + "--\n" * 50 + "SELEC 1"}
    ),
    "long parameters": sql("SELECT :a || :b || :c", a="x" * 700, b="%" * 200, c="'" * 300),
    "sums of a million numbers": sql(
        "SELECT median(x) FROM (SELECT a.users * 1.5 AS x FROM history a, history b)"
    ),
    "sql on a table": "/spojscore/history?_facet=users&" + urlencode({"sql": COUNTED}),
    "sql on a query": "/spojscore/on_day?" + urlencode({"sql": COUNTED, "day": "2030-01-01"}),
    "blob": "/spojscore/problems/PRIME1.blob?_blob_column=name",
}  # fmt: skip
