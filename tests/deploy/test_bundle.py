"""The bundle that Vercel's CLI builds, and what `verify` detects."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from deploy import target
from deploy import verify as verify_module
from deploy.build import BUNDLE, STAMP_FILE, build, hash_bundle
from deploy.process import PublishError
from deploy.vercel import OUTPUT, app_runtime, static_database
from deploy.verify import verify
from spojscore_crawler.store.files import StoreError
from tests.support.commits import A, crawl
from tests.support.databases import change
from tests.support.projects import ROOT

SITE = ("web/*.py", "web/plugins", "web/static", "web/templates")
DATABASE = Path("spojscore.db")


def test_bundle_holds_site(bundle: Path) -> None:
    files, _, _ = app_runtime(bundle)
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SITE],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    site = {
        name if Path(name).match("web/*.py") else name.removeprefix("web/")
        for name in names
        if (ROOT / name).exists() and not Path(name).match("web/*.png")
    }
    assert {name for name in files if "_vendor" not in name and ".pyc" not in name} == site | {
        ".python-version", "index.py", "metadata.json", "pyproject.toml", "requirements.txt",
        "spojscore.db", "spojscore.db.sha256", "uv.lock", "vercel.json", "web/pyproject.toml",
    }  # fmt: skip


def test_cdn_serves_database_with_hash_and_headers(bundle: Path) -> None:
    static_file = static_database(bundle)
    subprocess.run(
        ["sha256sum", "--check", f"{static_file.name}.sha256"], cwd=static_file.parent, check=True
    )
    *routes, filesystem, function = json.loads((bundle / OUTPUT / "config.json").read_text())[
        "routes"
    ]
    assert [route["src"] for route in routes] == [r"^/spojscore\.db$", r"^/spojscore\.db\.sha256$"]
    for route in routes:
        assert route["headers"]["Cache-Control"] == "public, max-age=600"
        assert route["headers"]["Access-Control-Allow-Origin"] == "*"
    assert filesystem == {"handle": "filesystem"}
    assert function == {"src": "^/(.*)$", "dest": "/index.py"}


def replace(file: Path, content: bytes) -> None:
    """Write a new file: the old one is a hard link."""
    file.unlink()
    file.write_bytes(content)


def edit_source(name: str, source: bytes) -> Callable[[Path], None]:
    def edit(bundle: Path) -> None:
        for file in (bundle / name, *bundle.glob("plugins/__pycache__/*")):
            replace(file, source)

    return edit


def edit_database(folder: Path) -> Callable[[Path], None]:
    file = folder / "spojscore.db"
    return lambda bundle: replace(bundle / file, (bundle / file).read_bytes() + b"\0")


def edit_local_database(_: Path) -> None:
    change(DATABASE, "UPDATE crawls SET users = users + 1")
    change(DATABASE, "UPDATE problems SET users = users + 1 WHERE id = 1")


NO_RESPONSE = "does not respond correctly"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(edit_source("templates/index.html", b""), "^/ does not contain", id="page"),
        pytest.param(edit_source("plugins/http.py", b"import no"), NO_RESPONSE, id="import"),
        pytest.param(edit_source("plugins/http.py", b"open('new', 'w')"), NO_RESPONSE, id="writes"),
        pytest.param(edit_database(Path()), "does not match its hash", id="function-database"),
        pytest.param(
            edit_database(OUTPUT / "static"), "does not match its hash", id="static-database"
        ),
        pytest.param(edit_local_database, "hold different crawls", id="other-crawls"),
    ],
)
def test_verify_refuses_bundle(edit: Callable[[Path], None], reason: str, bundle: Path) -> None:
    edit(bundle)
    with pytest.raises(PublishError, match=reason):
        verify(DATABASE)
    assert not STAMP_FILE.exists()


def test_verify_compares_counts(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application serves a database other than the one it is compared with."""
    monkeypatch.setattr(verify_module, "sha256", lambda _: "same")
    replace(Path(f"{static_database(bundle)}.sha256"), b"same")
    replace(bundle / "spojscore.db", (bundle / "spojscore.db").read_bytes())
    change(bundle / "spojscore.db", "DELETE FROM articles")
    with pytest.raises(PublishError, match=r"^table sizes: "):
        verify(DATABASE)


@pytest.fixture
def old_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The hash of a bundle in a new current folder."""
    monkeypatch.chdir(tmp_path)
    BUNDLE.mkdir(parents=True)
    (BUNDLE / "index.py").write_text("old")
    return hash_bundle()


def test_build_replaces_bundle_only_if_complete(
    old_bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(DATABASE, 0, A)
    monkeypatch.setattr(target, "build", Mock(side_effect=PublishError("the reason")))
    with pytest.raises(PublishError, match="the reason"):
        build(DATABASE)
    DATABASE.write_bytes(b"Not a database, and long enough to be read as one." * 20)
    with pytest.raises(StoreError, match="not a database"):
        build(DATABASE)
    assert hash_bundle() == old_bundle
    DATABASE.unlink()
    crawl(DATABASE, 0, A)
    monkeypatch.setattr(target, "build", lambda _, draft: draft.mkdir())
    BUNDLE.with_suffix(".draft").mkdir()  # left by a killed build
    build(DATABASE)
    assert not [*BUNDLE.iterdir()]


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda: (BUNDLE / "index.py").write_text("new"), id="content"),
        pytest.param(lambda: (BUNDLE / "index.py").rename(BUNDLE / "other.py"), id="name"),
        pytest.param(lambda: (BUNDLE / "link").symlink_to(ROOT / "docs"), id="linked-folder"),
    ],
)
def test_hash_covers_bundle(edit: Callable[[], object], old_bundle: str) -> None:
    edit()
    assert hash_bundle() != old_bundle
