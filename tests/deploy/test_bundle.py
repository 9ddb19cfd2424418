"""The bundle that Vercel's CLI builds, and what `verify` detects."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import verify as module
from deploy.build import STAMP
from deploy.process import PublishError
from deploy.vercel import OUTPUT, app, static_database
from deploy.verify import verify
from tests.support.databases import change, rows
from tests.support.projects import ROOT, make
from tests.support.publication import AUTHOR, MAIL, MESSAGE, PRIVATE, REMOTE

BUNDLE = Path("build", "vercel")
SITE = ("web/*.py", "web/plugins", "web/static", "web/templates")


def hashes(folder: Path) -> dict[str, str]:
    """Each file below the folder with its hash."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_bundle_holds_site_and_nothing_of_this_machine(built: Path) -> None:
    files, _, _ = app(built / BUNDLE)
    own = {name for name in files if "_vendor" not in name and ".pyc" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SITE],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    site = {
        name if Path(name).match("web/*.py") else name.removeprefix("web/")
        for name in listed
        if (ROOT / name).exists() and not Path(name).match("web/*.png")
    }
    assert own == site | {
        ".python-version", "index.py", "metadata.json", "pyproject.toml", "requirements.txt",
        "spojscore.db", "spojscore.db.sha256", "uv.lock", "vercel.json", "web/pyproject.toml",
    }  # fmt: skip
    output = {path.name for path in (built / BUNDLE / OUTPUT).iterdir()}
    assert output == {"config.json", "functions", "static"}
    uploaded = [*files.values(), *(built / BUNDLE / OUTPUT).rglob("*.*")]
    private = ("SECRET=1", str(built), AUTHOR, MAIL, MESSAGE, REMOTE)
    contents = [path.read_bytes() for path in uploaded if path.is_file()]
    for secret in (*private, *PRIVATE.values()):
        assert not [content for content in contents if secret.encode() in content], secret


def test_cdn_serves_database_with_hash_and_headers(built: Path) -> None:
    static = static_database(built / BUNDLE)
    assert rows(static) == rows(built / "spojscore.db")
    subprocess.run(["sha256sum", "--check", f"{static.name}.sha256"], cwd=static.parent, check=True)
    headers = {"Cache-Control": "public, max-age=600", "Access-Control-Allow-Origin": "*"}
    config = json.loads((built / BUNDLE / OUTPUT / "config.json").read_text())
    assert config["routes"] == [
        {
            "src": r"^/spojscore\.db$",
            "headers": {"Content-Type": "application/vnd.sqlite3"} | headers,
            "continue": True,
        },
        {
            "src": r"^/spojscore\.db\.sha256$",
            "headers": {"Content-Type": "text/plain; charset=utf-8"} | headers,
            "continue": True,
        },
        {"handle": "filesystem"},
        {"src": "^/(.*)$", "dest": "/index.py"},
    ]


@pytest.fixture
def bundle(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built bundle, in a folder beside its database."""
    shutil.copytree(built / BUNDLE, tmp_path / BUNDLE, symlinks=True)
    shutil.copy(built / "spojscore.db", tmp_path)
    monkeypatch.chdir(tmp_path)
    return BUNDLE


def assert_not_verified(reason: str) -> None:
    with pytest.raises(PublishError, match=reason):
        verify(Path("spojscore.db"))
    assert not STAMP.exists()


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        pytest.param("templates/index.html", "<h1>Datasette", "^/ does not contain", id="page"),
        pytest.param("plugins/http.py", "import nosuch", "does not respond", id="import"),
        pytest.param("plugins/http.py", "open('written', 'w')", "does not respond", id="writes"),
    ],
)
def test_verify_runs_application(file: str, text: str, reason: str, bundle: Path) -> None:
    (bundle / file).write_text(text)
    for compiled in bundle.glob("plugins/__pycache__/*"):
        compiled.write_bytes(b"")  # it would hide its source
    assert_not_verified(reason)


def test_verify_compares_files_with_hash(bundle: Path) -> None:
    content = static_database(bundle).read_bytes()
    for file in (static_database(bundle), bundle / "spojscore.db"):
        file.unlink()  # both are one file
        file.write_bytes(content + b"\0")
        assert_not_verified("does not match its hash")
        file.write_bytes(content)


def test_verify_compares_crawls(bundle: Path) -> None:
    change(Path("spojscore.db"), "UPDATE crawls SET users = users + 1")
    change(Path("spojscore.db"), "UPDATE problems SET users = users + 1 WHERE id = 1")
    assert_not_verified(f"{bundle} and spojscore.db hold different crawls|users")


def test_verify_compares_counts(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application serves a database other than the one it is compared with."""
    monkeypatch.setattr(module, "sha256", lambda _: "same")
    Path(f"{static_database(bundle)}.sha256").write_text("same")
    content = (bundle / "spojscore.db").read_bytes()
    (bundle / "spojscore.db").unlink()  # it is the static file, too
    (bundle / "spojscore.db").write_bytes(content)
    change(bundle / "spojscore.db", "DELETE FROM history")
    assert_not_verified("^table sizes: the bundle has ")


def test_failed_build_leaves_last_bundle(project: Path) -> None:
    before = hashes(project / BUNDLE)
    vercel_json = project / "deploy" / "vercel.json"
    vercel_json.write_text(vercel_json.read_text().replace("@vercel/python", "@vercel/nosuch"))
    (project / "notes.db").write_text("Not a database, and long enough to be read as one." * 20)
    for words in (["DB=notes.db"], []):
        result = make(project, "build", *words)
        assert result.returncode == 2
        assert "error: " in result.stderr
        assert hashes(project / BUNDLE) == before
