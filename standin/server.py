"""The stand-in's HTTP server."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self, TypeVar

from standin.pages import NOTICE, THEMES, PageFunction, error_page
from standin.problems import LAST_DAY, Entry, problems

PAGE_SIZE = 50
LIST = re.compile(r"/problems/classical/?(?:,?sort=\d+)?(?:,?start=(\d+))?/?(?:\?sort=\d+)?")
ROBOTS = b"User-agent: *\nDisallow: /submit/\n"
COOKIE = "SPOJ=stand-in; path=/"


class StandIn(ThreadingHTTPServer):
    """Serves `problems` on 127.0.0.1 as SPOJ does, by id for any sort=.

    `notice` replaces NOTICE. `requests` lists the path of each request, `headers` its headers.
    """

    daemon_threads = True

    def __init__(
        self,
        problems: Sequence[Entry],
        *,
        port: int = 0,
        render_page: PageFunction = THEMES["modern"],
        robots: bytes = ROBOTS,
        notice: str = NOTICE,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.problems = problems
        self.render_page = render_page
        self.robots = robots
        self.notice = notice
        self.requests: list[str] = []
        self.headers: list[Message] = []

    @classmethod
    def for_day(cls, day: str = LAST_DAY, port: int = 0) -> Self:
        """Create a stand-in with SPOJ's list of `day`, one of DAYS, in the theme of that day."""
        theme = THEMES["modern" if day >= "2015" else "old"]
        notice = f"{NOTICE} It serves SPOJ's list of {day}."
        return cls(problems(day=day), port=port, render_page=theme, notice=notice)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def intercept(self, handler: "Handler") -> bool:  # noqa: ARG002
        """Hook for tests. Returns whether it has sent the response."""
        return False

    def list_page(self, start: int, rows: int = PAGE_SIZE) -> bytes:
        """The page at `start`, or its first `rows`; past the end, the last page, as on SPOJ."""
        count = len(self.problems)
        start = min(start, max(0, count - 1)) // PAGE_SIZE * PAGE_SIZE
        page = self.render_page(self.problems[start : start + rows], start, PAGE_SIZE, count)
        return page.replace(NOTICE.encode(), self.notice.encode())


Server = TypeVar("Server", bound=ThreadingHTTPServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run `server` in the background."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    server: StandIn
    start: int | None  # of the requested page of the list
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        server.requests.append(self.path)
        server.headers.append(self.headers)
        match = LIST.fullmatch(self.path)
        self.start = int(match[1] or 0) if match else None
        if server.intercept(self):
            return
        if self.start is not None:
            self.respond(server.list_page(self.start))
        elif self.path == "/robots.txt":
            self.respond(server.robots, content_type="text/plain")
        else:
            self.respond(error_page("Wrong problem id!"))

    def respond(
        self,
        body: bytes,
        *,
        status: int = 200,
        content_type: str = "text/html",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", COOKIE)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing. The crawler logs its requests."""
