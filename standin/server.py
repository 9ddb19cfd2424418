"""The stand-in's HTTP server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standin.faults import Fault
from standin.pages import THEMES, error_page
from standin.problems import Entry

PAGE_SIZE = 50
LIST = re.compile(
    r"/problems/classical/(?:(?:,?sort=(?P<sort>\d+))?(?:,?start=(?P<start>\d+))?)/?(?:\?sort=(?P<query>\d+))?"
)
ROBOTS = b"User-agent: *\nDisallow: /submit/\n"
# SPOJ's sort= by users, descending; every other one is played as by id.
BY_USERS = 6


class StandIn(ThreadingHTTPServer):
    """Serves `problems` on 127.0.0.1 as SPOJ does; `requests` holds every path asked for."""

    daemon_threads = True

    def __init__(
        self,
        problems: Sequence[Entry],
        *,
        port: int = 0,
        theme: str = "modern",
        faults: Iterable[Fault] = (),
        robots: bytes = ROBOTS,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.problems = problems
        self.page = THEMES[theme]
        self.faults = list(faults)
        self.robots = robots
        self.requests: list[str] = []
        self.dead = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        return not self.dead

    def die(self) -> None:
        """Stop answering anybody."""
        self.dead = True

    def list_page(self, start: int, sort: int) -> bytes:
        """The page from `start`; beyond the end SPOJ serves the last page again."""
        by_users = sort == BY_USERS
        problems = sorted(self.problems, key=lambda p: -p.users) if by_users else self.problems
        last = max(0, (len(problems) - 1) // PAGE_SIZE * PAGE_SIZE)
        start = min(start // PAGE_SIZE * PAGE_SIZE, last)
        return self.page(problems[start : start + PAGE_SIZE], start, PAGE_SIZE, len(problems), sort)


@contextmanager
def serving(server: StandIn) -> Iterator[StandIn]:
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
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if self.server.dead:
            self.close_connection = True
        elif self.path == "/robots.txt":
            self.answer(self.server.robots, content_type="text/plain")
        elif match := LIST.fullmatch(self.path):
            start = int(match["start"] or 0)
            if fault := self._fault(start):
                fault.strike(self)
            else:
                self.answer(self.server.list_page(start, int(match["sort"] or match["query"] or 0)))
        else:
            self.answer(error_page("Wrong problem id!"))

    def answer(
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
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the crawler tells what it asks for."""

    def _fault(self, start: int) -> Fault | None:
        return next((f for f in self.server.faults if f.start == start and f.times != 0), None)
