"""A stand-in for Vercel's API, for the CLI that deploy/package.json pins, with faults.

It has never been compared with Vercel's own: each fault says whether Vercel documents it, others
have seen it, or it is a guess.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TEAM, PROJECT = "team_1", "prj_1"
SECRETS = {"VERCEL_TOKEN": "aTokenOfMine", "VERCEL_ORG_ID": TEAM, "VERCEL_PROJECT_ID": PROJECT}
READ_PROJECT = f"GET /v9/projects/{PROJECT}"
CREATE = "POST /v13/deployments"
UPLOAD = "POST /v2/files"
DROPPED = 0


@dataclass(frozen=True)
class Fault:
    """A fault of the API, and its source.

    The first `times` calls named `call` are answered by `status` and `error`, or the connection is
    dropped; with `done` only after the request took effect. Without `public`, no deployment
    becomes public.
    """

    source: str
    call: str = "none"
    status: int = DROPPED
    error: dict[str, Any] = field(default_factory=dict)
    times: int = 1_000
    done: bool = False
    public: bool = True


DOCUMENTED = "documented: https://vercel.com/docs/rest-api/errors"
SEEN = "seen: https://github.com/vercel/vercel/issues/"
NOT_AUTHORIZED = {"code": "forbidden", "message": f"Not authorized: {SECRETS['VERCEL_TOKEN']}"}
INTERNAL = {"code": "internal_server_error", "message": "An unexpected internal error occurred"}

FAULTS = {
    "none": Fault("the usual"),
    "token refused": Fault(DOCUMENTED, CREATE, 403, NOT_AUTHORIZED),
    "server errors": Fault(DOCUMENTED, CREATE, 500, INTERNAL, times=2),
    # The deployment is made and public, but no answer arrives.
    "connection lost": Fault("guessed", CREATE, done=True),
    "BLOCKED": Fault(f"{SEEN}13998", public=False),
}


@dataclass(frozen=True)
class Call:
    """A request; `body` is its JSON, or the digest of a file."""

    name: str
    query: dict[str, list[str]]
    token: str
    body: Any


class VercelApi(ThreadingHTTPServer):
    """Stores uploads, deployments and calls; `on_ready` is called with a deployment's number."""

    daemon_threads = True
    request_queue_size = 100  # the CLI uploads fifty files at once

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.files: dict[str, bytes] = {}
        self.lock = Lock()
        self.play(FAULTS["none"])

    def play(self, fault: Fault) -> None:
        """Reset all but the files, and fail in this way from now on."""
        self.fault = fault
        self.calls: list[Call] = []
        self.met = 0
        self.deployments: list[dict[str, Any]] = []
        self.on_ready: Callable[[int], object] = lambda _: None

    def configure(self, data_home: Path) -> None:
        """Direct a CLI with that XDG_DATA_HOME to this server."""
        config = data_home / "com.vercel.cli" / "config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"api": f"http://{self.address}"}))

    def counts(self) -> Counter[str]:
        return Counter(call.name for call in self.calls)

    def strikes(self, name: str) -> bool:
        fault = self.fault
        with self.lock:
            if not name.startswith(fault.call):
                return False
            self.met += 1
            return self.met <= fault.times

    def create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wanted = {file["sha"] for file in body["files"]}
        if missing := sorted(wanted - self.files.keys()):
            error = {"code": "missing_files", "message": "Missing files", "missing": missing}
            return 400, {"error": error}
        self.deployments.append(body)
        number = len(self.deployments)
        if self.fault.public:
            self.on_ready(number)
        return 200, {
            "id": f"dpl_{number}",
            "url": f"spojscore-{number}.vercel.app",
            "inspectorUrl": f"https://vercel.com/me/spojscore/{number}",
            "target": "production",
            "readyState": "QUEUED",
        }

    def reply(self, name: str, content: Any) -> tuple[int, dict[str, Any]]:
        if name == CREATE:
            return self.create(content)
        if name == READ_PROJECT:
            return 200, {"id": PROJECT, "accountId": TEAM, "name": "spojscore"}
        if name == f"GET /teams/{TEAM}":
            return 200, {"id": TEAM, "slug": "me"}
        if name == UPLOAD:
            return 200, {}
        return 404, {"error": {"code": "not_found", "message": f"Not played: {name}"}}

    def unpack(self, number: int, folder: Path) -> None:
        """Write the files of a deployment into `folder`."""
        for file in self.deployments[number - 1]["files"]:
            target = folder / file["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.files[file["sha"]])


class Handler(BaseHTTPRequestHandler):
    server: VercelApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.answer(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/v2/files"):
            digest = hashlib.sha1(body).hexdigest()  # noqa: S324
            self.answer(digest, body)
        else:
            self.answer(json.loads(body))

    def answer(self, content: Any, file: bytes | None = None) -> None:
        api, parts = self.server, urlsplit(self.path)
        name = f"{self.command} {parts.path}"
        token = self.headers["Authorization"].removeprefix("Bearer ")
        api.calls.append(Call(name, parse_qs(parts.query), token, content))
        strikes = api.strikes(name)
        if not strikes or api.fault.done:
            if file is not None:
                api.files[content] = file
            status, reply = api.reply(name, content)
        # Missing files are reported even so: otherwise nothing would be done.
        if strikes and not (api.fault.done and status != 200):
            status, reply = api.fault.status, {"error": api.fault.error}
        if status == DROPPED:
            self.close_connection = True
            return
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def vercel_api() -> Iterator[VercelApi]:
    with VercelApi() as api:
        thread = Thread(target=api.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield api
        api.shutdown()
        thread.join()
