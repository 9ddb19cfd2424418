"""A public site: a folder with the published database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.support.databases import rows

PAGE = 4096  # bytes of a page of SQLite


class Site(ThreadingHTTPServer):
    """Serves a folder, and the freshness of the database in it.

    `status` is answered instead of everything; the last `cut` bytes of a database are missing;
    `endless` files have 50 MB and no Content-Length; `hash` is sent as the database's; the
    file `missing` is not found.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.cut = 0
        self.status = 0
        self.endless = False
        self.hash = self.missing = ""
        self.on_get: Callable[[str], object] = lambda _: None

    def publish(self, database: Path) -> None:
        content = database.read_bytes()
        (self.folder / "spojscore.db").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / "spojscore.db.sha256").write_text(f"{digest}  spojscore.db\n")

    def freshness(self) -> bytes:
        last = "SELECT * FROM crawls ORDER BY id DESC LIMIT 1"
        [crawl] = rows(self.folder / "spojscore.db", last)
        age = datetime.now(UTC) - datetime.fromisoformat(crawl["finished"])
        return json.dumps(
            {
                "crawl": crawl["id"],
                "finished": crawl["finished"],
                "stale": age > timedelta(hours=36),
            }
        ).encode()


class Handler(SimpleHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.on_get(self.path)
        if self.server.status:
            self.send_error(self.server.status)
        elif self.path == "/-/freshness.json" and (self.server.folder / "spojscore.db").exists():
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + self.server.freshness())
        elif self.server.endless:
            self.send_response(HTTPStatus.OK)
            self.end_headers()
            with suppress(OSError):
                for _ in range(50):  # not forever: a broken limit must not fill the disk
                    self.wfile.write(bytes(1 << 20))
        elif self.path == f"/{self.server.missing}":
            self.send_error(HTTPStatus.NOT_FOUND)
        elif self.server.hash and self.path.endswith(".sha256"):
            self.wfile.write(f"HTTP/1.0 200 OK\r\n\r\n{self.server.hash}".encode())
        else:
            super().do_GET()

    def copyfile(self, source, outputfile) -> None:  # type: ignore[no-untyped-def]
        content = source.read()
        outputfile.write(content[: len(content) - (self.server.cut if len(content) > PAGE else 0)])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def public_site(folder: Path) -> Iterator[Site]:
    folder.mkdir()
    with Site(folder) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
