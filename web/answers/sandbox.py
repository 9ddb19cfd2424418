"""A process of its own for each answer that a visitor may have made costly.

At the start, while there is one thread, the server forks a parent of such processes, which never
opens the database. For each answer the server sends it a socket; it forks a child, which reads the
request there, answers it under limits that the operating system keeps, and is gone. Whoever dies
takes nothing along: without an answer at the socket's end the request is refused; without a server
the parent ends; without a parent the site's own pages stay.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from web.answers.finish import Reply
from web.answers.refusals import TOO_COSTLY, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Answer = Callable[[dict[str, Any]], Coroutine[Any, Any, Reply]]
    Prepare = Callable[[], Coroutine[Any, Any, None]]

SECONDS = 2  # of CPU
PATIENCE = 2.5  # seconds in all
MEMORY = 64_000_000  # bytes of address space, beyond what a child has at its start
FILES = 64_000_000  # bytes of a file that SQLite sorts in
AT_ONCE = 3
QUEUE = 12  # requests that wait for a place
QUEUED = 1.5  # seconds that they wait
MOST = 5_000_000  # bytes of an answer; finished ones have fewer
BUSY = "This site is answering as many queries as it can. Please ask again in some seconds."
NO_SQL = "SQL, and what else is asked in one's own words, is not answered here at the moment."
KEYS = ("path", "query_string", "raw_path", "scheme", "headers", "http_version", "method")
OWN_ENDS = 3  # standard input, output and error


class Sandbox:
    """Answers requests by the coroutine function `answer`, each in a process of its own.

    `prepare` is what the parent does once for all its children.
    """

    def __init__(self, answer: Answer, prepare: Prepare) -> None:
        self.places = asyncio.Semaphore(AT_ONCE)
        self.waiting = 0
        self.control: socket.socket | None = None
        if not hasattr(os, "fork"):
            print("No SQL is answered: this system can't fork processes.", file=sys.stderr)
            return
        self.control, theirs = socket.socketpair()
        with theirs:
            if os.fork() == 0:
                be_parent(theirs, answer, prepare)

    @property
    def is_open(self) -> bool:
        """Whether the parent is there to fork children."""
        if self.control is None:
            return False
        try:  # it never writes: what can be read is its end
            return bool(self.control.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    async def answered(self, scope: dict[str, Any]) -> Reply:
        """The answer to the request in `scope`. Raises RefusedError."""
        if not self.is_open:
            raise RefusedError(NO_SQL, 503, wait=60)
        if self.waiting >= QUEUE:
            raise RefusedError(BUSY, 503, wait=3)
        self.waiting += 1
        try:
            async with asyncio.timeout(QUEUED):
                await self.places.acquire()
        except TimeoutError as error:
            raise RefusedError(BUSY, 503, wait=3) from error
        finally:
            self.waiting -= 1
        try:
            return await self.by_a_child(scope)
        finally:
            self.places.release()

    async def by_a_child(self, scope: dict[str, Any]) -> Reply:
        assert self.control
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                try:
                    socket.send_fds(self.control, [b"."], [theirs.fileno()])
                except OSError as error:
                    raise RefusedError(NO_SQL, 503, wait=60) from error
            ours.setblocking(False)
            sent = b""
            with suppress(TimeoutError, OSError):  # a child that died in the middle
                async with asyncio.timeout(PATIENCE + 0.5):
                    sent = await exchanged(ours, packed(scope))
        if reply := Reply.unpacked(sent):
            return reply
        raise RefusedError(TOO_COSTLY) if self.is_open else RefusedError(NO_SQL, 503, wait=60)


async def exchanged(end: socket.socket, request: bytes) -> bytes:
    """All that comes back from the other end of a socket, or a little more than is allowed."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(end, request)
    end.shutdown(socket.SHUT_WR)
    received = bytearray()
    while len(received) < MOST and (more := await loop.sock_recv(end, 1 << 18)):
        received += more
    return bytes(received)


def packed(scope: dict[str, Any]) -> bytes:
    """The plain parts of a request, as JSON."""
    plain = {key: scope[key] for key in KEYS if scope.get(key) is not None}
    plain["headers"] = [[part.decode("latin-1") for part in pair] for pair in scope["headers"]]
    for key in ("query_string", "raw_path"):
        if key in plain:
            plain[key] = plain[key].decode("latin-1")
    return json.dumps(plain).encode()


def unpacked(request: bytes) -> dict[str, Any]:
    scope: dict[str, Any] = json.loads(request)
    scope["headers"] = [[part.encode("latin-1") for part in pair] for pair in scope["headers"]]
    for key in ("query_string", "raw_path"):
        if key in scope:
            scope[key] = scope[key].encode("latin-1")
    return {**scope, "type": "http"}


def be_parent(control: socket.socket, answer: Answer, prepare: Prepare) -> NoReturn:
    """Fork a child for each socket that comes, until the server is gone."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end comes with the server's
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for children
        os.nice(10)  # the site's own pages come first
        # What the server had open is none of a visitor's business.
        os.closerange(OWN_ENDS, control.fileno())
        os.closerange(control.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        asyncio.run(prepare())
        gc.collect()
        gc.freeze()  # so that children share their memory with the parent
        while received := socket.recv_fds(control, 1, 1)[1]:
            fork_child(control, received[0], answer)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def fork_child(control: socket.socket, end: int, answer: Answer) -> None:
    try:
        is_child = os.fork() == 0
    except OSError:  # too many processes or too little memory: the end that closes tells
        is_child = False
    if is_child:
        try:
            control.close()
            be_child(socket.socket(fileno=end), answer)
        finally:
            os._exit(0)
    os.close(end)


def be_child(end: socket.socket, answer: Answer) -> None:
    """Answer one request within the limits."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILES, FILES))
    if (space := address_space()) is not None:
        resource.setrlimit(resource.RLIMIT_AS, (space + MEMORY, space + MEMORY))
    with end:
        request = b"".join(iter(lambda: end.recv(1 << 16), b""))
        end.sendall(asyncio.run(answer(unpacked(request))).packed())


def address_space() -> int | None:
    """Bytes that this process has mapped; None where the system does not say, or limit it."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return None
    return pages * resource.getpagesize()
