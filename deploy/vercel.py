"""Vercel: builds the site with its CLI, describes how to run the result, and deploys it."""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from deploy.process import PYTHON_VERSION, UV, PublishError, find_python, run
from web.options import DATABASE, OPTIONS

HERE = Path(__file__).parent
CLI = HERE / "node_modules" / ".bin" / "vercel"
DATASETTE = Path(sys.executable).with_name("datasette")
VARIABLES = ("VERCEL_TOKEN", "VERCEL_ORG_ID", "VERCEL_PROJECT_ID")
# The only variables that the CLI, uv and Python get from the environment.
PASSED_VARIABLES = """
    PATH HOME LANG LC_ALL TMPDIR XDG_CACHE_HOME XDG_DATA_HOME NODE_EXTRA_CA_CERTS NODE_OPTIONS
    HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR
    UV_CACHE_DIR UV_DEFAULT_INDEX UV_FIND_LINKS UV_PYTHON_INSTALL_DIR
""".split()
OUTPUT = Path(".vercel", "output")
BUILD_SECONDS, DEPLOY_SECONDS = 900, 600
MAX_ATTEMPTS, RETRY_SECONDS = 3, 10.0


def build(site: Path, bundle: Path) -> None:
    """Build the site in the folder `site` into the new folder `bundle`. Raises PublishError."""
    python = find_python()
    # datasette-publish-vercel requires a `vercel` on the PATH, but does not run it here.
    environment = _environment(CLI.parent, python.parent, UV.parent)
    bundle_options = (
        f"--vercel-json={HERE / 'vercel.json'}",
        f"--generate-dir={bundle.absolute()}",
    )
    command = (DATASETTE, "publish", "vercel", f"{DATABASE}.db", f"--project={DATABASE}")
    run([*command, *OPTIONS, *bundle_options], BUILD_SECONDS, cwd=site, env=environment)
    (bundle / "web").mkdir()
    for file in (*site.glob("web/*.*"), site / f"{DATABASE}.db.sha256"):
        shutil.copyfile(file, bundle / file.relative_to(site))
    shutil.copyfile(HERE / "requirements.lock", bundle / "requirements.txt")
    (bundle / ".python-version").write_text(f"{PYTHON_VERSION}\n")
    # Replaces `vercel link`, which needs the network. `deploy` sets variables that override it.
    link = {"projectId": DATABASE, "orgId": DATABASE, "settings": {}}
    (bundle / ".vercel").mkdir()
    (bundle / ".vercel" / "project.json").write_text(json.dumps(link))
    environment["VERCEL_PYTHON_COMPILEALL"] = "1"  # for a fast cold start
    run([CLI, "build", "--prod", "--yes", "--cwd", bundle], BUILD_SECONDS, env=environment)
    # Remove the CLI's diagnostics, and recompile without local paths. Byte code has hashes, because
    # modification times differ on Vercel.
    (bundle / OUTPUT / "builds.json").unlink()
    shutil.rmtree(bundle / OUTPUT / "diagnostics")
    bytecode = (file for file in app_runtime(bundle)[0].values() if file.suffix == ".pyc")
    folders = sorted({file.relative_to(bundle).parent.parent for file in bytecode})
    options = ("-q", "-f", "-l", "-j0", "--invalidation-mode=unchecked-hash")
    run([python, "-m", "compileall", *options, *folders], BUILD_SECONDS, cwd=bundle)


def static_database(bundle: Path) -> Path:
    """The path of the database among the CDN's files; its hash is next to it."""
    return bundle / OUTPUT / "static" / f"{DATABASE}.db"


def app_runtime(bundle: Path) -> tuple[dict[str, Path], list[str | Path], dict[str, str]]:
    """The function's files by their paths on Vercel, and the command and environment to run it."""
    config_file = bundle / OUTPUT / "functions" / "index.py.func" / ".vc-config.json"
    config = json.loads(config_file.read_bytes())
    files = {name: bundle / source for name, source in config["filePathMap"].items()}
    return files, [find_python(), "-m", "uvicorn", "index:app"], config["environment"]


def deploy(bundle: Path) -> str:
    """Deploy the bundle to production. Returns the deployment's URL, which may not be live."""
    environment = _environment() | {name: os.environ[name] for name in VARIABLES}
    command: list[Any] = [CLI, *"deploy --prebuilt --prod --yes --no-wait --cwd".split(), bundle]
    secret = os.environ["VERCEL_TOKEN"]
    for attempt in range(MAX_ATTEMPTS):
        time.sleep(RETRY_SECONDS if attempt else 0)
        try:
            return run(command, DEPLOY_SECONDS, secret=secret, env=environment).rpartition("\n")[2]
        except PublishError as error:
            reason = error
    raise PublishError(f"{reason} (after {MAX_ATTEMPTS} attempts)")


def _environment(*path: Path) -> dict[str, str]:
    """The environment for commands, without secrets. Puts the folders `path` before the PATH."""
    return {name: os.environ[name] for name in PASSED_VARIABLES if name in os.environ} | {
        "FORCE_COLOR": "0",
        # Otherwise the CLI sends the author, remote and message of the last commit.
        "GIT_CEILING_DIRECTORIES": str(Path("build").absolute()),
        "NO_UPDATE_NOTIFIER": "1",
        "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
        "VERCEL_TELEMETRY_DISABLED": "1",
    }
