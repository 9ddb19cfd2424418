"""Plays Vercel's API for the CLI that deploy/package.json pins, and fails on request.

It answers what this CLI asks, and nobody has held it against Vercel's own: beside each fault
stands whether others have seen it there, Vercel documents it, or it is a guess.
"""

from __future__ import annotations

import hashlib
import json
import shutil
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
READ_DEPLOYMENT = "GET /v13/deployments/"
CREATE = "POST /v13/deployments"
UPLOAD = "POST /v2/files"
ARCHIVE = ".vercel/source.tgz.part"
READY = {"readyState": "READY", "aliasAssigned": 1, "alias": ["spojscore.vercel.app"]}
DROPPED = 0


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and how one knows that it may.

    Of the calls that are `call`, `spared` are answered rightly, then `times` by `status` and
    `error`, or the connection is dropped; with `done` after what was asked for was done.
    """

    known: str
    call: str = "none"
    status: int = DROPPED
    error: dict[str, Any] = field(default_factory=dict)
    times: int = 1_000
    spared: int = 0
    done: bool = False
    # What deployments and the project say of themselves.
    state: dict[str, Any] = field(default_factory=lambda: READY)
    project: dict[str, Any] = field(default_factory=dict)


def ends(state: str, **reason: str) -> dict[str, Any]:
    return {"readyState": state, **reason}


DOCUMENTED = "documented: https://vercel.com/docs/rest-api/errors"
STATES = "documented: https://vercel.com/docs/rest-api/deployments/get-a-deployment-by-id-or-url"
SEEN = "seen: https://github.com/vercel/vercel/issues/"
NOT_AUTHORIZED = {"code": "forbidden", "message": "Not authorized"}
TELLTALE = NOT_AUTHORIZED | {"message": f"Not authorized: {SECRETS['VERCEL_TOKEN']}"}
INTERNAL = {"code": "internal_server_error", "message": "An unexpected internal error occurred"}
PLAN = {
    "code": "api-deployments-free-per-day",
    "message": "Resource is limited - try again in 24 hours (more than 100, code: "
    '"api-deployments-free-per-day").',
}
RATE = {"code": "rate_limited", "message": "The rate limit of 6 exceeded. Try again in 7 days"}
UPLOADS = {
    "code": "rate_limited",
    "errorName": "api-upload-free",  # what the CLI looks for; in which answer is a guess
    "message": "Too many requests - try again in 24 hours (more than 5000, code: "
    '"api-upload-free").',
}
MISSING = {"code": "not_found", "message": "Project not found"}

FAULTS = {
    "none": Fault("the usual"),
    "no token": Fault(DOCUMENTED, READ_PROJECT, 403, NOT_AUTHORIZED),
    "no token to deploy": Fault("guessed", CREATE, 401, TELLTALE),
    "no project": Fault(DOCUMENTED, READ_PROJECT, 404, MISSING),
    "root directory": Fault("documented: Root Directory", project={"rootDirectory": "web"}),
    "plan": Fault(f"{SEEN}17426", CREATE, 402, PLAN),
    "rate": Fault(DOCUMENTED, CREATE, 429, RATE),
    "an upload limit": Fault(f"{SEEN}3826", UPLOAD, 429, UPLOADS),
    "an upload limit, once": Fault(f"{SEEN}3826", UPLOAD, 429, UPLOADS, times=1),
    "ERROR": Fault(STATES, state=ends("ERROR", errorMessage="No space\nleft on device")),
    "CANCELED": Fault(STATES, state=ends("CANCELED")),
    # The state was seen, the words are a guess.
    "BLOCKED": Fault(f"{SEEN}13998", state=ends("BLOCKED", readyStateReason="The author is new")),
    "never ready": Fault("guessed", state=ends("BUILDING")),
    "never public": Fault("guessed", state=ends("READY")),
    "two 5xx": Fault(DOCUMENTED, CREATE, 500, INTERNAL, times=2),
    "one dropped after the uploads": Fault("guessed", CREATE, times=1, spared=1),
    "dropped when it was made": Fault("guessed", CREATE, done=True),
    "dropped when it was made, then ERROR": Fault(
        "guessed", CREATE, times=1, done=True, state=ends("ERROR")
    ),
    "lost when it was made": Fault("guessed", READ_DEPLOYMENT),
    "refused when it was made": Fault("guessed", READ_DEPLOYMENT, 403, NOT_AUTHORIZED),
    "two lost looks": Fault("guessed", READ_DEPLOYMENT, 503, INTERNAL, times=2),
}


@dataclass(frozen=True)
class Call:
    """What was asked; `body` is what its JSON says, or the digest of a file."""

    name: str
    query: dict[str, list[str]]
    token: str
    body: Any


class VercelApi(ThreadingHTTPServer):
    """Keeps what was uploaded, deployed and asked; `on_ready` is called with a deployment."""

    daemon_threads = True
    request_queue_size = 100  # the CLI uploads fifty files at once

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.files: dict[str, bytes] = {}
        self.lock = Lock()
        self.play(FAULTS["none"])

    def play(self, fault: Fault) -> None:
        """Forget all but the files, and fail in this way from now on."""
        self.fault = fault
        self.calls: list[Call] = []
        self.met = 0
        self.deployments: list[dict[str, Any]] = []
        self.on_ready: Callable[[int], object] = lambda _: None

    def configure(self, data_home: Path) -> None:
        """Let a CLI with that XDG_DATA_HOME take this for Vercel."""
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
            return 0 < self.met - fault.spared <= fault.times

    def create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wanted = {file["sha"] for file in body["files"]}
        if missing := sorted(wanted - self.files.keys()):
            error = {"code": "missing_files", "message": "Missing files", "missing": missing}
            return 400, {"error": error}
        self.deployments.append(body)
        number = len(self.deployments)
        if self.fault.state is READY:
            self.on_ready(number)
        return 200, self.deployment(number, ends("QUEUED"))

    def deployment(self, number: int, state: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": f"dpl_{number}",
            "url": f"spojscore-{number}.vercel.app",
            "inspectorUrl": f"https://vercel.com/me/spojscore/{number}",
            "target": "production",
            **state,
        }

    def reply(self, name: str, asked: Any) -> tuple[int, dict[str, Any]]:
        if name == CREATE:
            return self.create(asked)
        if name.startswith(READ_DEPLOYMENT):
            return 200, self.deployment(int(name.rpartition("_")[2]), self.fault.state)
        if name == READ_PROJECT:
            known = {"id": PROJECT, "accountId": TEAM, "name": "spojscore", "rootDirectory": None}
            return 200, known | self.fault.project
        if name == f"GET /teams/{TEAM}":
            return 200, {"id": TEAM, "slug": "me"}
        if name == UPLOAD:
            return 200, {}
        return 404, {"error": {"code": "not_found", "message": f"Not played: {name}"}}

    def unpack(self, number: int, folder: Path) -> None:
        """Lay out in `folder` what was deployed."""
        for file in self.deployments[number - 1]["files"]:
            target = folder / file["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.files[file["sha"]])
        if parts := sorted(folder.glob(f"{ARCHIVE}*")):
            (folder / "whole.tgz").write_bytes(b"".join(part.read_bytes() for part in parts))
            shutil.unpack_archive(folder / "whole.tgz", folder, filter="data")


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

    def answer(self, asked: Any, file: bytes | None = None) -> None:
        api, parts = self.server, urlsplit(self.path)
        name = f"{self.command} {parts.path}"
        token = self.headers["Authorization"].removeprefix("Bearer ")
        api.calls.append(Call(name, parse_qs(parts.query), token, asked))
        strikes = api.strikes(name)
        if not strikes or api.fault.done:
            if file is not None:
                api.files[asked] = file
            status, told = api.reply(name, asked)
        # Files that are missing are told even so: else nothing would be done.
        if strikes and not (api.fault.done and status != 200):
            status, told = api.fault.status, {"error": api.fault.error}
        if status == DROPPED:
            self.close_connection = True
            return
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

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
