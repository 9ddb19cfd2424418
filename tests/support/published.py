"""A public site: a folder with the published database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.databases import rows

PAGE = 4096  # bytes of one of SQLite's


class Site(ThreadingHTTPServer):
    """Serves a folder, and how fresh the database in it is.

    `cut` bytes of a database are kept back, `status` answered instead. `length` is the header
    Content-Length of a file, and `endless` says that the file is.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.cut = 0
        self.status = 0
        self.length: str | None = "right"
        self.endless = False
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.on_get: Callable[[str], object] = lambda _: None

    def publish(self, database: Path) -> None:
        content = database.read_bytes()
        (self.folder / "spojscore.db").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / "spojscore.db.sha256").write_text(f"{digest}  spojscore.db\n")

    def freshness(self) -> bytes:
        last = "SELECT * FROM crawls ORDER BY id DESC LIMIT 1"
        [crawl] = rows(self.folder / "spojscore.db", last)
        age = self.now() - datetime.fromisoformat(crawl["finished"])
        told = {
            "crawl": crawl["id"],
            "finished": crawl["finished"],
            "age_hours": age / timedelta(hours=1),
            "problems": crawl["problems"],
            "stale": age > timedelta(hours=36),
        }
        return json.dumps(told).encode()


class Handler(SimpleHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        if self.server.status:
            self.send_error(self.server.status)
            return
        self.server.on_get(self.path)
        if self.path == "/-/freshness.json":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + self.server.freshness())
        elif self.server.endless:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Length", "")
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(bytes(1 << 20))
        else:
            super().do_GET()

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Content-Length" and self.server.length != "right":
            value = self.server.length or ""
        if value:
            super().send_header(keyword, value)

    def copyfile(self, source, outputfile) -> None:  # type: ignore[no-untyped-def]
        content = source.read()
        outputfile.write(content[: len(content) - (self.server.cut if len(content) > PAGE else 0)])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
