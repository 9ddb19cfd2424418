"""The stand-in's HTTP server."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from standin.faults import Fault
from standin.pages import NOTICE, THEMES, error_page, theme_of
from standin.problems import LAST_DAY, Entry, about, problems

PAGE_SIZE = 50
LIST = re.compile(
    r"/problems/classical/(?:(?:,?sort=(?P<sort>\d+))?(?:,?start=(?P<start>\d+))?)/?(?:\?sort=(?P<query>\d+))?"
)
ROBOTS = b"User-agent: *\nDisallow: /submit/\n"
# SPOJ's sort= by users, descending; every other one is played as by id.
BY_USERS = 6


class StandIn(ThreadingHTTPServer):
    """Serves `problems` on 127.0.0.1 as SPOJ does; `requests` holds every path asked for.

    `headers` holds what was sent with each. `on_page` is called before each page of the list
    is served. `about` says on each page what the list is.
    """

    daemon_threads = True

    def __init__(
        self,
        problems: Sequence[Entry],
        *,
        port: int = 0,
        theme: str = "modern",
        faults: Iterable[Fault] = (),
        robots: bytes = ROBOTS,
        about: str = "",
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.problems = problems
        self.page = THEMES[theme]
        self.faults = list(faults)
        self.robots = robots
        self.notice = f"{NOTICE} {about}".strip().encode()
        self.requests: list[str] = []
        self.headers: list[Message] = []
        self.on_page: Callable[[], object] = lambda: None
        self.dead = False

    @classmethod
    def of_day(cls, day: str = LAST_DAY, theme: str | None = None, **options: Any) -> Self:
        """A stand-in with SPOJ's list of `day`, one of problems.DAYS, in the theme of that day."""
        told = f"It serves {about(day)}."
        return cls(problems(day=day), theme=theme or theme_of(day), about=told, **options)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        return not self.dead

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no error of the server's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def die(self) -> None:
        """Stop answering anybody."""
        self.dead = True

    def list_page(self, start: int, sort: int = 0, rows: int = PAGE_SIZE) -> bytes:
        """The page from `start`, or its first `rows`; beyond the end the last page, as on SPOJ."""
        by_users = sort == BY_USERS
        listed = sorted(self.problems, key=lambda p: -p.users) if by_users else self.problems
        last = max(0, (len(listed) - 1) // PAGE_SIZE * PAGE_SIZE)
        start = min(start // PAGE_SIZE * PAGE_SIZE, last)
        page = self.page(listed[start : start + rows], start, PAGE_SIZE, len(listed), sort)
        return page.replace(NOTICE.encode(), self.notice)


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
    start: int | None  # of the page of the list that is asked for
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        server.requests.append(self.path)
        server.headers.append(self.headers)
        asked = LIST.fullmatch(self.path)
        self.start = int(asked["start"] or 0) if asked else None
        if asked:
            server.on_page()
        if server.dead:
            self.close_connection = True
        elif (asked or self.path == "/robots.txt") and (fault := self._fault()):
            fault.strike(self)
        elif asked:
            self.answer(
                server.list_page(self.start or 0, int(asked["sort"] or asked["query"] or 0))
            )
        elif self.path == "/robots.txt":
            self.answer(server.robots, content_type="text/plain")
        elif self.path == "/login":
            self.answer(error_page("Sign in: name, password"))
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

    def _fault(self) -> Fault | None:
        return next((fault for fault in self.server.faults if fault.strikes(self)), None)
