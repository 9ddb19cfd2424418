"""Runs the bundle's application as the target does, and compares its answers with the database."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote

import httpx
import yaml

from deploy import target
from deploy.bundle import BUNDLE, digest, stamp_file
from deploy.process import PublishError, running
from deploy.pull import sha256
from deploy.site import MAX_PAGE_BYTES, TIMEOUT
from spojscore_crawler.store.files import opened
from spojscore_crawler.store.state import state
from web.options import DATABASE

# Without these even root cannot write to a read-only folder.
CAPABILITIES = "-dac_override,-dac_read_search"
HOSTILE_SQL = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


class Check(NamedTuple):
    """A path, and whether the text at it, answered with `status`, is right."""

    path: str
    passes: Callable[[str], bool]
    status: int = HTTPStatus.OK


def verify(database: Path) -> str:
    """Compare the bundle with the database, and stamp it; returns what was done.

    Raises PublishError or StoreError at the first difference.
    """
    stamp_file(BUNDLE).unlink(missing_ok=True)
    built = digest(BUNDLE)
    static = target.static_database(BUNDLE)
    for file in (static, target.app(BUNDLE)[0][static.name]):
        if Path(f"{static}.sha256").read_text().split()[0] != sha256(file):
            raise PublishError(f"{file} does not match its hash; run `make build`")
    if state(static).lineage != state(database).lineage:
        raise PublishError(f"{BUNDLE} holds other crawls than {database}; run `make build`")
    checks = list(checks_of(static))
    with serving(BUNDLE) as url:
        for check in checks:
            compare(url, check)
    stamp_file(BUNDLE).write_text(built)
    return f"Verified {BUNDLE}: {len(checks)} addresses."


def compare(url: str, check: Check) -> None:
    """Raise PublishError unless the address answers as it should."""
    try:
        response = httpx.get(f"{url}{check.path}", timeout=TIMEOUT)
    except httpx.HTTPError as error:
        raise PublishError(f"the bundle does not answer {check.path}: {error}") from error
    if response.status_code != check.status:
        raise PublishError(f"{check.path} answers {response.status_code}, not {check.status}")
    if len(response.content) > MAX_PAGE_BYTES:
        raise PublishError(f"{check.path} has {len(response.content):,} bytes, more than allowed")
    if not check.passes(response.text):
        raise PublishError(f"{check.path} is not right: {response.text[:200]}")


def checks_of(database: Path) -> Iterator[Check]:
    """The addresses to ask for, and what they must contain, by the database and metadata.yml."""
    metadata = yaml.safe_load(Path("metadata.yml").read_text())
    with opened(database) as db:
        names = [*db.table_names(), *db.view_names()]
        counts = {name: db[name].count for name in names}
        [(listed,)] = db.execute("SELECT count(*) FROM problems WHERE delisted IS NULL")
        code, name = db.execute("SELECT code, name FROM problems ORDER BY users DESC").fetchone()
        [(crawl,)] = db.execute("SELECT max(id) FROM crawls")
    base = f"/{DATABASE}"

    def contains(text: str) -> Callable[[str], bool]:
        return lambda page: text in page

    yield Check("/", contains(metadata["title"]))
    yield Check(f"{base}/problems", contains(code))
    yield Check(f"{base}/problems/{code}", contains(name))
    yield Check(f"{base}/problems.csv?_size=max", lambda text: text.count("\n") == listed + 1)
    yield Check("/-/freshness.json", lambda text: json.loads(text)["crawl"] == crawl)
    yield Check(
        f"{base}.json",
        lambda text: counts == {table["name"]: table["count"] for table in tables(text)},
    )
    for query in metadata["databases"][DATABASE]["queries"]:
        yield Check(f"{base}/{query}", contains("</html>"))
        yield Check(f"{base}/{query}.json", lambda text: json.loads(text)["ok"])
    count = quote("SELECT count(*) AS n FROM history")
    yield Check(
        f"{base}.json?sql={count}&_shape=array",
        lambda text: json.loads(text) == [{"n": counts["history"]}],
    )
    yield Check(f"{base}.json?sql={quote(HOSTILE_SQL)}", contains("error"), HTTPStatus.BAD_REQUEST)


@contextmanager
def serving(bundle: Path) -> Iterator[str]:
    """Serve a read-only copy of the bundle's application; yields its address."""
    files, command, environment = target.app(bundle)
    with (
        TemporaryDirectory(prefix="spojscore-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        for name, source in files.items():
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o555)
        if os.geteuid() == 0 and shutil.which("setpriv"):
            command = ["setpriv", f"--bounding-set={CAPABILITIES}", *command]
        with running(
            [*command, "--log-level=warning", "--fd", str(server.fileno())],
            cwd=folder, pass_fds=[server.fileno()], env={"PATH": os.environ["PATH"]} | environment,
        ):  # fmt: skip
            port = server.getsockname()[1]
            server.close()  # if the application ends, its address refuses connections
            yield f"http://127.0.0.1:{port}"
