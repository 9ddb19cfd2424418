"""Runs the bundle as the target does, and compares its responses with the database."""

import html
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from deploy import target
from deploy.build import BUNDLE, STAMP_FILE, hash_bundle, sha256
from deploy.process import PublishError, running
from deploy.site import TIMEOUT
from spojscore_crawler.store.files import open_database
from spojscore_crawler.store.state import CrawlRow, read_state
from web.options import DATABASE

COUNT_SQL = "SELECT count(*) FROM history"
ENDLESS_SQL = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def verify(database: Path) -> str:
    """Compare the bundle with the database, and stamp the bundle if they agree."""
    STAMP_FILE.unlink(missing_ok=True)
    bundle_hash = hash_bundle()
    static_file = target.static_database(BUNDLE)
    for file in (static_file, target.app_runtime(BUNDLE)[0][static_file.name]):
        if Path(f"{static_file}.sha256").read_text().split()[0] != sha256(file):
            raise PublishError(f"{file} does not match its hash; run `make build`")
    if (state := read_state(static_file)).lineage != read_state(database).lineage:
        raise PublishError(f"{BUNDLE} and {database} hold different crawls; run `make build`")
    try:
        with serving() as client:
            check_responses(client, static_file, state.lineage[-1])
    except (httpx.HTTPError, ValueError) as error:
        raise PublishError(f"the bundle does not respond correctly: {error}") from error
    STAMP_FILE.write_text(bundle_hash)
    return f"Verified {BUNDLE}."


def check_responses(client: httpx.Client, database: Path, last_crawl: CrawlRow) -> None:
    """Compare the application's responses with the database and its last crawl."""
    with open_database(database) as db:
        counts = {name: db[name].count for name in (*db.table_names(), *db.view_names())}
        code, name = db.execute("SELECT code, name FROM problems ORDER BY users DESC").fetchone()

    def read(path: str, **parameters: str) -> str:
        return client.get(path, params=parameters or None).raise_for_status().text

    base = f"/{DATABASE}"
    info = json.loads(read(f"{base}.json"))
    pages = {"/": DATABASE, f"{base}/problems": code, f"{base}/problems/{code}": name}
    pages |= {f"{base}/{query['name']}": query["title"] for query in info["queries"]}
    tables = {table["name"]: table["count"] for table in info["tables"]}
    checks = {
        "table sizes": (tables, {name: counts[name] for name in tables}),
        "CSV lines": (
            read(f"{base}/problems.csv", _size="max").count("\n"),
            last_crawl.problems + 1,
        ),
        "SQL": (read(f"{base}.json", sql=COUNT_SQL, _shape="arrayfirst"), f"[{counts['history']}]"),
        "metadata.yml": (bool(info["queries"]), True),
        "last crawl": (json.loads(read("/-/freshness.json"))["crawl"], last_crawl.id),
        "endless SQL": (client.get(f"{base}.json", params={"sql": ENDLESS_SQL}).status_code, 400),
    }
    for subject, (actual, expected) in checks.items():
        if actual != expected:
            raise PublishError(f"{subject}: {actual} instead of {expected}; run `make build`")
    for path, text in pages.items():
        if text not in html.unescape(read(path)):
            raise PublishError(f"{path} does not contain {text!r}")


@contextmanager
def serving() -> Iterator[httpx.Client]:
    """Serve a read-only copy of the bundle's application. Yields a client for it."""
    files, command, environment = target.app_runtime(BUNDLE)
    with TemporaryDirectory(prefix="spojscore-") as folder, socket.socket() as server:
        for name, source in files.items():
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o555)
        if os.geteuid() == 0 and shutil.which("setpriv"):  # otherwise root could write
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        server.bind(("127.0.0.1", 0))
        server.listen()
        url, fd = "http://{}:{}".format(*server.getsockname()), server.fileno()
        command += ["--log-level=warning", "--fd", str(fd)]
        environment["PATH"] = os.environ["PATH"]
        with running(command, cwd=folder, pass_fds=[fd], env=environment):
            server.close()  # so that connections fail when the application ends
            with httpx.Client(base_url=url, timeout=TIMEOUT) as client:
                yield client
