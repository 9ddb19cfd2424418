"""Runs the bundle's application as the target does, and compares its answers with the database."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from deploy import target
from deploy.bundle import BUNDLE, STAMP, digest
from deploy.process import PublishError, running
from deploy.pull import sha256
from deploy.site import MAX_PAGE_BYTES, TIMEOUT
from spojscore_crawler.store.files import open_database
from spojscore_crawler.store.state import read_state
from web.options import DATABASE

# Without these even root cannot write to a read-only folder.
CAPABILITIES = "-dac_override,-dac_read_search"
COUNT = "SELECT count(*) AS n FROM history"
HOSTILE = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def verify(database: Path) -> str:
    """Compare the bundle with the database, and stamp it; returns what was done.

    Raises PublishError or StoreError at the first difference.
    """
    STAMP.unlink(missing_ok=True)
    built = digest()
    static = target.static_database(BUNDLE)
    for file in (static, target.app(BUNDLE)[0][static.name]):
        if Path(f"{static}.sha256").read_text().split()[0] != sha256(file):
            raise PublishError(f"{file} does not match its hash; run `make build`")
    if read_state(static).lineage != read_state(database).lineage:
        raise PublishError(f"{BUNDLE} holds other crawls than {database}; run `make build`")
    with serving() as client:
        visited = compare(client, static)
    STAMP.write_text(built)
    return f"Verified {BUNDLE}: {visited} addresses."


def compare(client: httpx.Client, database: Path) -> int:
    """Compare what the application answers with the database; returns the number of addresses.

    Raises PublishError at the first difference.
    """
    metadata = json.loads((BUNDLE / "metadata.json").read_text())
    with open_database(database) as db:
        counts = {name: db[name].count for name in (*db.table_names(), *db.view_names())}
        listed, crawl = db.execute("SELECT problems, id FROM crawls ORDER BY id DESC").fetchone()
        code, name = db.execute("SELECT code, name FROM problems ORDER BY users DESC").fetchone()
    base = f"/{DATABASE}"
    pages = {"/": metadata["title"], f"{base}/problems": code, f"{base}/problems/{code}": name}
    pages |= {f"{base}/{query}": "" for query in metadata["databases"][DATABASE]["queries"]}
    for path, text in pages.items():
        if text not in read(client, path):
            raise PublishError(f"{path} does not contain {text!r}")
    read(client, f"{base}.json", HTTPStatus.BAD_REQUEST, sql=HOSTILE)
    tables = json.loads(read(client, f"{base}.json"))["tables"]
    answers = {
        "the tables": {table["name"]: table["count"] for table in tables},
        "the CSV": read(client, f"{base}/problems.csv", _size="max").count("\n") - 1,
        "SQL": json.loads(read(client, f"{base}.json", sql=COUNT, _shape="arrayfirst")),
        "the crawl": json.loads(read(client, "/-/freshness.json"))["crawl"],
    }
    expected = {"the CSV": listed, "SQL": [counts["history"]], "the crawl": crawl}
    expected["the tables"] = {name: counts[name] for name in answers["the tables"]}
    for name, value in expected.items():
        if answers[name] != value:
            raise PublishError(f"{name} of the bundle: {answers[name]}, not {value}")
    return len(pages) + len(answers) + 1


def read(
    client: httpx.Client, path: str, status: HTTPStatus = HTTPStatus.OK, **parameters: str
) -> str:
    """The text at a path. Raises PublishError unless it is answered with that status."""
    try:
        response = client.get(path, params=parameters or None)
    except httpx.HTTPError as error:
        raise PublishError(f"the bundle does not answer {path}: {error}") from error
    if response.status_code != status or len(response.content) > MAX_PAGE_BYTES:
        size = len(response.content)
        raise PublishError(f"the bundle answers {path} with {response.status_code}, {size} bytes")
    return response.text


@contextmanager
def serving() -> Iterator[httpx.Client]:
    """Serve a read-only copy of the bundle's application; yields a client for it."""
    files, command, environment = target.app(BUNDLE)
    with TemporaryDirectory(prefix="spojscore-") as folder, socket.socket() as server:
        for name, source in files.items():
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o555)
        if os.geteuid() == 0 and shutil.which("setpriv"):
            command = ["setpriv", f"--bounding-set={CAPABILITIES}", *command]
        server.bind(("127.0.0.1", 0))
        server.listen()
        address = "http://{}:{}".format(*server.getsockname())
        number = server.fileno()
        command += ["--log-level=warning", "--fd", str(number)]
        environment = {"PATH": os.environ["PATH"]} | environment
        with running(command, cwd=folder, pass_fds=[number], env=environment):
            server.close()  # so that connections fail once the application has ended
            with httpx.Client(base_url=address, timeout=TIMEOUT) as client:
                yield client
