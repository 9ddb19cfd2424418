"""Vercel's API, simulated by pytest-httpserver for the CLI that deploy/package.json pins.

It has never been compared with Vercel's own.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TEAM, PROJECT = "team_1", "prj_1"
SECRETS = {"VERCEL_TOKEN": "aTokenOfMine", "VERCEL_ORG_ID": TEAM, "VERCEL_PROJECT_ID": PROJECT}
PACKAGES = ".vercel/python/.venv"
CREATE, UPLOAD = "/v13/deployments", "/v2/files"
# https://vercel.com/docs/rest-api/errors
FORBIDDEN = {"code": "forbidden", "message": f"Not authorized: {SECRETS['VERCEL_TOKEN']}"}
INTERNAL = {"code": "internal_server_error", "message": "An unexpected internal error occurred"}


class VercelApi:
    """Stores files by their SHA-1, and deployments; calls `go_live` after each deployment."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        server.no_handler_status_code = 404
        self.address = f"{server.host}:{server.port}"
        self.files: dict[str, bytes] = {}
        self.deployments: list[dict[str, Any]] = []
        self.go_live: Callable[[], None] = lambda: None
        project = {"id": PROJECT, "accountId": TEAM, "name": "spojscore"}
        server.expect_request(f"/v9/projects/{PROJECT}").respond_with_json(project)
        server.expect_request(f"/teams/{TEAM}").respond_with_json({"id": TEAM, "slug": "me"})
        server.expect_request(UPLOAD).respond_with_handler(self.upload)
        server.expect_request(CREATE).respond_with_handler(self.create)

    def configure(self, data_home: Path) -> None:
        """Direct a CLI with that XDG_DATA_HOME to this server."""
        config = data_home / "com.vercel.cli" / "config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"api": f"http://{self.address}"}))

    def fail(self, status: int, error: dict[str, str], *, after_effect: bool = False) -> None:
        """Answer the next request for a deployment with an error, perhaps after creating it."""

        def respond(request: Request) -> Response:
            if after_effect:
                self.create(request)
            return Response(json.dumps({"error": error}), status, content_type="application/json")

        self.server.expect_oneshot_request(CREATE).respond_with_handler(respond)

    def counts(self) -> Counter[str]:
        return Counter(request.path for request, _ in self.server.log)

    def upload(self, request: Request) -> Response:
        content = request.get_data()
        self.files[hashlib.sha1(content).hexdigest()] = content  # noqa: S324
        return Response("{}", content_type="application/json")

    def create(self, request: Request) -> Response:
        body = request.get_json()
        # Packages are known from other deployments, which saves their upload.
        names = {file["sha"] for file in body["files"] if PACKAGES not in file["file"]}
        if missing_names := sorted(names - self.files.keys()):
            error = {"code": "missing_files", "message": "Missing files", "missing": missing_names}
            return Response(json.dumps({"error": error}), 400, content_type="application/json")
        self.deployments.append(body)
        number = len(self.deployments)
        self.go_live()
        deployment = {
            "id": f"dpl_{number}",
            "url": f"spojscore-{number}.vercel.app",
            "inspectorUrl": f"https://vercel.com/me/spojscore/{number}",
            "target": "production",
            "readyState": "QUEUED",
        }
        return Response(json.dumps(deployment), content_type="application/json")

    def read(self, name: str) -> bytes:
        """The content of a file of the last deployment."""
        digests = {file["file"]: file["sha"] for file in self.deployments[-1]["files"]}
        return self.files[digests[name]]
