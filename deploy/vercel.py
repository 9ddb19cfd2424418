"""Vercel: what its CLI builds from the site, how that runs here, and how it is deployed."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

from deploy.process import (
    PYTHON_VERSION,
    UV,
    PublishError,
    find_python,
    last_line,
    output,
    run,
)
from web.options import DATABASE, OPTIONS

HERE = Path(__file__).parent
CLI = HERE / "node_modules" / ".bin" / "vercel"
VARIABLES = {
    "VERCEL_TOKEN": "create one at https://vercel.com/account/tokens",
    "VERCEL_ORG_ID": "orgId in .vercel/project.json after `deploy/node_modules/.bin/vercel link`",
    "VERCEL_PROJECT_ID": "projectId in the same file",
}
# All that the CLI, uv and Python get from the environment.
PASSED = {
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS",
    "UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_FIND_LINKS", "UV_PYTHON_INSTALL_DIR",
}  # fmt: skip
OUTPUT = Path(".vercel", "output")
FUNCTION = OUTPUT / "functions" / "index.py.func"
MAX_FUNCTION_BYTES = 250_000_000  # unpacked
BUILD_SECONDS, DEPLOY_SECONDS = 900, 600
TRIES = 3


def build(site: Path, bundle: Path) -> None:
    """Build the site in the folder `site` (see deploy/build.py) into the new folder `bundle`.

    Raises PublishError.
    """
    if not CLI.exists():
        raise PublishError("Vercel's CLI is not installed; run `make build`")
    datasette, python = Path(sys.executable).with_name("datasette"), find_python()
    # datasette-publish-vercel wants a `vercel` on the PATH, but does not run it here.
    environment = _environment(CLI.parent, python.parent, UV.parent)
    output(
        [
            datasette, "publish", "vercel", f"{DATABASE}.db", *OPTIONS, f"--project={DATABASE}",
            f"--vercel-json={HERE / 'vercel.json'}", f"--generate-dir={bundle.absolute()}",
        ],
        BUILD_SECONDS, cwd=site, env=environment,
    )  # fmt: skip
    for file in (site / f"{DATABASE}.db.sha256", site / "web" / "pyproject.toml"):
        _copy(file, bundle / file.relative_to(site))
    for file in site.glob("web/*.py"):  # imported by the plugins
        _copy(file, bundle / file.relative_to(site))
    _copy(HERE / "requirements.lock", bundle / "requirements.txt")
    (bundle / ".python-version").write_text(f"{PYTHON_VERSION}\n")
    # In place of `vercel link`, which needs the network; deploying names the real project.
    link = {"projectId": DATABASE, "orgId": DATABASE, "settings": {}}
    (bundle / ".vercel").mkdir()
    (bundle / ".vercel" / "project.json").write_text(json.dumps(link))
    output(
        [CLI, "build", "--prod", "--yes", "--cwd", bundle], BUILD_SECONDS,
        env=environment | {"VERCEL_PYTHON_COMPILEALL": "1"},  # for a fast cold start
    )  # fmt: skip
    _strip_local_paths(bundle, python)


def static_database(bundle: Path) -> Path:
    """The database as a file of the CDN, with its hash beside it."""
    return bundle / OUTPUT / "static" / f"{DATABASE}.db"


def app(bundle: Path) -> tuple[dict[str, Path], list[str | Path], dict[str, str]]:
    """The function's files by their name at Vercel, and the command and environment to serve it.

    Raises PublishError if Vercel would refuse it.
    """
    try:
        config = json.loads((bundle / FUNCTION / ".vc-config.json").read_bytes())
    except OSError as error:
        raise PublishError(f"{bundle} holds no function; run `make build`") from error
    files = {name: bundle / source for name, source in config["filePathMap"].items()}
    size = sum(file.stat().st_size for file in files.values())
    if size > MAX_FUNCTION_BYTES:
        raise PublishError(f"the function has {size:,} bytes, over {MAX_FUNCTION_BYTES:,}")
    if config["runtime"] != f"python{PYTHON_VERSION}":
        raise PublishError(f"built for {config['runtime']}, not for Python {PYTHON_VERSION}")
    return files, [find_python(), "-m", "uvicorn", "index:app"], config["environment"]


def deploy(bundle: Path) -> str:
    """Deploy the bundle to production; returns the deployment's address, which may not be live.

    Raises PublishError with the last line of Vercel's CLI.
    """
    environment = _environment() | {name: os.environ[name] for name in VARIABLES}
    command = [CLI, "deploy", "--prebuilt", "--prod", "--yes", "--no-wait", "--cwd", bundle]
    for attempt in range(TRIES):
        if attempt:
            time.sleep(float(os.environ.get("RETRY_SECONDS") or 10))
        done = run(command, DEPLOY_SECONDS, env=environment)
        done.stdout, done.stderr = (
            text.replace(os.environ["VERCEL_TOKEN"], "***") for text in (done.stdout, done.stderr)
        )
        print(done.stderr, file=sys.stderr, flush=True)
        if not done.returncode:
            return last_line(done)
    raise PublishError(f"Vercel's CLI failed {TRIES} times: {last_line(done)}")


def _environment(*path: Path) -> dict[str, str]:
    """The environment for commands, without secrets, with the folders `path` before the PATH.

    The CLI must not send the author, remote and message of the last commit, nor telemetry.
    """
    search = os.pathsep.join([*map(str, path), os.environ["PATH"]])
    return {name: value for name, value in os.environ.items() if name in PASSED} | {
        "FORCE_COLOR": "0",
        "GIT_CEILING_DIRECTORIES": str(Path("build").absolute()),
        "NO_UPDATE_NOTIFIER": "1",
        "PATH": search,
        "VERCEL_TELEMETRY_DISABLED": "1",
    }


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _strip_local_paths(bundle: Path, python: Path) -> None:
    """Remove the CLI's notes about this machine, and compile with relative paths.

    Byte code is not checked against its source: files have other times at Vercel.
    """
    (bundle / OUTPUT / "builds.json").unlink()
    shutil.rmtree(bundle / OUTPUT / "diagnostics")
    files = app(bundle)[0].values()
    folders = {file.parent.parent for file in files if file.suffix == ".pyc"}
    output(
        [
            python, "-m", "compileall", "-q", "-f", "-l", "-j0", "--invalidation-mode=unchecked-hash",
            *sorted(folder.relative_to(bundle) for folder in folders),
        ],
        BUILD_SECONDS, cwd=bundle,
    )  # fmt: skip
