"""One run of `make publish` with Vercel's CLI, on a machine with private data."""

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from pytest_httpserver import HTTPServer

from deploy.build import BUNDLE
from deploy.vercel import static_database
from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.projects import ROOT, copy_project, link_vercel_cli, make, speed_up_crawls
from tests.support.public_site import publish
from tests.support.vercel_api import SECRETS, VercelApi

# Environment variables of other programs.
PRIVATE_VARIABLES = {
    "GH_TOKEN": "owner-secret", "DATASETTE_SECRET": "site-secret",
    "SMTP_PASSWORD": "hunter2", "AWS_SECRET_ACCESS_KEY": "amazon-secret",
    "DATABASE_URL": "postgres://me:hunter3@db", "SLACK_WEBHOOK_URL": "https://hooks.example/mine",
}  # fmt: skip
AUTHOR, MAIL, MESSAGE = "Xaver Ypsilon", "xaver@ypsilon.example", "What the last commit says"
REMOTE = "https://example.org/private.git"


@dataclass
class Publication:
    """What `make publish` printed, and what the API at `address` received.

    `folder` holds the clone (`spojscore`), the home folder (`home`) and the deployed database
    (`public.db`). The file `home/notes` lists the arguments, environment and connections of Node.js
    processes.
    """

    folder: str
    address: str
    output: str
    tokens: list[str]
    deployment: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> Self:
        return cls(**json.loads((folder / "publication.json").read_text()))

    def notes(self, key: str) -> list[Any]:
        lines = Path(self.folder, "home", "notes").read_text().splitlines()
        return [note[key] for line in lines if key in (note := json.loads(line))]


def publish_once(folder: Path) -> None:
    """Publish 120 problems from a clone in `folder`, and store the Publication there."""
    project, home = copy_project(folder), folder / "home"
    link_vercel_cli(project)
    init_repository(project)
    speed_up_crawls(project)
    for name in (".env", "web/.env", "web/plugins/.env", "web/static/.env", "other.db"):
        (project / name).write_text("SECRET=1")
    home.mkdir()
    shutil.copy(ROOT / "tests" / "support" / "record_connections.cjs", home)
    static_path = str(static_database(BUNDLE).relative_to(BUNDLE))
    with (
        HTTPServer() as site,
        HTTPServer(host="127.0.0.1", threaded=True) as server,
        serving(StandIn(problems(120))) as spoj,
    ):
        site.no_handler_status_code = 404
        api = VercelApi(server)
        api.configure(home / "data")

        def go_live() -> None:
            (folder / "public.db").write_bytes(api.read(static_path))
            publish(site, folder / "public.db")

        api.go_live = go_live
        variables = {
            "SPOJ_URL": spoj.url, "SITE_URL": site.url_for("/"), "FIRST": "1", "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache"),
            "NODE_OPTIONS": f"--require={home}/record_connections.cjs",
        }  # fmt: skip
        result = make(project, "publish", **SECRETS, **PRIVATE_VARIABLES, **variables)
        assert result.returncode == 0, result.stderr
    tokens = {request.headers["Authorization"] for request, _ in server.log}
    publication = Publication(
        folder=str(folder),
        address=api.address,
        output=result.stdout + result.stderr,
        tokens=sorted(tokens),
        deployment=api.deployments[0],
    )
    (folder / "publication.json").write_text(json.dumps(asdict(publication)))


def init_repository(project: Path) -> None:
    """Make the folder a Git repository with one commit."""
    for words in (
        ["init", "--quiet"],
        ["remote", "add", "origin", REMOTE],
        ["-c", f"user.name={AUTHOR}", "-c", f"user.email={MAIL}", "commit", "--quiet",
         "--allow-empty", f"--message={MESSAGE}"],
    ):  # fmt: skip
        subprocess.run(["git", *words], cwd=project, check=True)
