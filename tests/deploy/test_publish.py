"""From a database to the built site: the real plugin, the real CLI, the real function."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.bundle import (
    FUNCTION,
    OUTPUT,
    ROUTES,
    STATIC_DATABASE,
    digest,
    function_files,
)
from deploy.function import running
from standin.faults import Fault
from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.attacks import ATTACKS, sql
from tests.support.browsing import launched
from tests.support.databases import change, rows
from tests.support.looking import DESK, PHONE, look, looking
from tests.support.projects import ROOT, copy_of_the_project, fast, make, with_vercel
from tests.support.published import Site
from tests.support.queries import QUERIES
from tests.support.sites import get, refusal, walked
from tests.support.tools import faked_clock

BUNDLE = Path("build", "vercel")
SITE = ("plugins", "static", "templates")
PACKAGE = ("web/__init__.py", "web/options.py", "web/words.py", "web/answers")
PRIVATE = "what-is-the-owner's"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with Vercel's CLI."""
    copy = copy_of_the_project(tmp_path_factory.mktemp("publish"))
    with_vercel(copy)
    for lying_about in (".env", "web/.env", "web/plugins/.env", "web/static/.env", "other.db"):
        (copy / lying_about).write_text("SECRET=1")
    (copy / "web" / "plugins" / "__pycache__").mkdir()
    (copy / "web" / "plugins" / "__pycache__" / "points.cpython-311.pyc").write_text("SECRET=1")
    fast(copy)
    return copy


@pytest.fixture(scope="module")
def published(project: Path) -> subprocess.CompletedProcess[str]:
    """`make publish DEPLOY=no`, in `project`, of a list of 120 problems."""
    with serving(StandIn(problems(120))) as server:
        return publish(project, server)


def publish(project: Path, server: StandIn, *options: str) -> subprocess.CompletedProcess[str]:
    words = (f"SPOJ_URL={server.url}", "FIRST=1", "DEPLOY=no")
    return make(project, "publish", *words, *options, GH_TOKEN=PRIVATE)


def the_error(done: subprocess.CompletedProcess[str]) -> str:
    """The last line before make's own."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make")][-1]


def hashes(folder: Path) -> dict[str, str]:
    """Each file below the folder with its hash."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_all_steps_but_the_deployment(published: subprocess.CompletedProcess[str]) -> None:
    assert published.returncode == 0, published.stderr
    lines = published.stdout.splitlines()
    [crawled] = [line for line in lines if line.startswith("120 problems (120 new, 0 changed")]
    assert lines.index(crawled) < lines.index("Built build/vercel from spojscore.db.")
    [verified] = [line for line in lines if line.startswith("Verified build/vercel: ")]
    assert re.fullmatch(
        r"Verified build/vercel: \d\d MB for Python 3\.12, the routes, the hash of /spojscore\.db, "
        rf"the first page after \d\.\d\d s, crawl 1, {len(QUERIES)} questions, \d+ pages\.",
        verified,
    )
    assert lines[-1] == "Nothing was deployed, because of DEPLOY=no."


@pytest.mark.usefixtures("published")
def test_what_the_bundle_holds(project: Path) -> None:
    bundle = project / BUNDLE
    static = bundle / STATIC_DATABASE
    assert rows(static) == rows(project / "spojscore.db")
    assert static.with_name("spojscore.db.sha256").read_text() == (
        f"{hashlib.sha256(static.read_bytes()).hexdigest()}  spojscore.db\n"
    )
    config = json.loads((bundle / FUNCTION / ".vc-config.json").read_text())
    assert config["runtime"] == "python3.12"
    ours = {name for name in config["filePathMap"] if "_vendor" not in name and ".pyc" not in name}
    site = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SITE],
        cwd=ROOT / "web", capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    package = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGE],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert ours == {
        *package,
        ".python-version", "index.py", "metadata.json", "pyproject.toml", "requirements.txt",
        "spojscore.db", "spojscore.db.sha256", "uv.lock", "vercel.json", *site,
    }  # fmt: skip
    static_files = [path.name for path in static.parent.iterdir()]
    assert sorted(static_files) == ["spojscore.db", "spojscore.db.sha256"]
    for secret in (PRIVATE, "SECRET=1", str(project)):
        assert [
            file for file in function_files(bundle).values() if secret.encode() in file.read_bytes()
        ] == []
    output = [path.name for path in (bundle / OUTPUT).iterdir()]
    assert sorted(output) == ["config.json", "functions", "static"]


@pytest.mark.usefixtures("published")
def test_how_the_cdn_sends_the_database(project: Path) -> None:
    headers = {"Cache-Control": "public, max-age=600", "Access-Control-Allow-Origin": "*"}
    assert json.loads((project / BUNDLE / ROUTES).read_text())["routes"] == [
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


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("fault", "reason"),
    [("50:bot-check", "a bot check "), ("50:die", "the connection broke off")],
)
def test_publish_stops_at_a_refused_crawl_and_the_bundle_stays(
    fault: str, reason: str, project: Path
) -> None:
    before = hashes(project / BUNDLE)
    database = (project / "spojscore.db").read_bytes()
    with serving(StandIn(problems(240), faults=[Fault.parse(fault)])) as failing:
        done = publish(project, failing)
    assert done.returncode == 2
    assert reason in done.stderr
    assert the_error(done) == (
        "error: publish stopped at crawl: nothing was committed, see above; what is public stays "
        "as it was"
    )
    assert "Built" not in done.stdout
    assert hashes(project / BUNDLE) == before
    assert (project / "spojscore.db").read_bytes() == database


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("missing.db", "missing.db: there is no such file"),
        ("notes.db", "notes.db: file is not a database"),
    ],
)
def test_a_build_that_fails_leaves_the_last_one(database: str, reason: str, project: Path) -> None:
    (project / "notes.db").write_text("Not a database, and long enough to be read as one." * 20)
    before = hashes(project / BUNDLE)
    done = make(project, "build", f"DB={database}")
    assert the_error(done) == f"error: {reason}"
    assert done.returncode == 2
    assert hashes(project / BUNDLE) == before


@pytest.mark.usefixtures("published")
def test_a_cli_that_fails_leaves_the_last_build(project: Path) -> None:
    before = hashes(project / BUNDLE)
    vercel_json = project / "deploy" / "vercel.json"
    right = vercel_json.read_text()
    vercel_json.write_text(right.replace("@vercel/python", "@vercel/nosuch"))
    done = make(project, "build")
    vercel_json.write_text(right)
    assert done.returncode == 2
    assert the_error(done).startswith("error: `vercel build --prod` failed: ")
    assert hashes(project / BUNDLE) == before


@pytest.fixture
def spoiled(project: Path, published: object, tmp_path: Path) -> Iterator[Path]:  # noqa: ARG001
    """The bundle, to be spoiled: its own files (not the installed packages) are put back."""
    bundle, kept = project / BUNDLE, tmp_path / "kept"
    shutil.copytree(bundle, kept, ignore=shutil.ignore_patterns("python"))
    for compiled in (*bundle.glob("__pycache__/*"), *bundle.glob("plugins/__pycache__/*")):
        compiled.write_bytes(b"")  # else they would hide what is done to their sources
    yield bundle
    shutil.copytree(kept, bundle, dirs_exist_ok=True)


def refused(project: Path) -> str:
    done = make(project, "verify")
    assert done.returncode == 2
    assert "Verified" not in done.stdout
    return the_error(done)


@pytest.fixture(scope="module")
def function(project: Path, published: object) -> Iterator[str]:  # noqa: ARG001
    """The address of the function that was built."""
    with running(project / BUNDLE) as started:
        yield started.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.mark.parametrize("path", ["/", "/spojscore/problems", "/mine", "/charts"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_what_was_built_is_fit_for_everybody(
    width: int, path: str, browser: Browser, function: str
) -> None:
    with looking(browser, function, width) as page:
        look(page, path)


@pytest.mark.parametrize("column", ["first_seen", "band", "users"])
def test_what_was_built_loses_no_row(column: str, project: Path, function: str) -> None:
    asked = f"{function}/spojscore/problems.json?_sort_desc={column}&_size=25&_delisted=1"
    every = rows(project / "spojscore.db", "SELECT code FROM problems ORDER BY code")
    assert sorted(row["code"] for row in walked(asked)) == [row["code"] for row in every]


def test_what_was_built_answers_sql_in_processes_of_their_own(function: str) -> None:
    asked = [function + sql(f"SELECT median({number}) AS n", _shape="array") for number in range(9)]
    with ThreadPoolExecutor(3) as pool:
        told = [json.loads(text) for text in pool.map(get, asked)]
    assert told == [[{"n": number}] for number in range(9)]
    for attack in ("replace, less", "endless", "instr"):
        assert json.loads(refusal(function + ATTACKS[attack]))["error"].startswith("This query ")
    assert json.loads(get(f"{function}/-/freshness.json"))["sql"] is True


@pytest.mark.parametrize(("number", "without"), [(0, "headers"), (1, "continue"), (3, "dest")])
def test_verify_looks_at_the_routes(
    number: int, without: str, project: Path, spoiled: Path
) -> None:
    before = digest(spoiled)
    config = json.loads((spoiled / ROUTES).read_text())
    del config["routes"][number][without]
    (spoiled / ROUTES).write_text(json.dumps(config))
    assert digest(spoiled) != before
    assert refused(project) == f"error: the routes are {config['routes']}"


def test_verify_compares_the_static_file_with_its_hash(project: Path, spoiled: Path) -> None:
    hash_file = spoiled / f"{STATIC_DATABASE}.sha256"
    hash_file.write_text(f"{hashlib.sha256(b'').hexdigest()}  spojscore.db\n")
    assert refused(project) == "error: /spojscore.db.sha256 is not the hash of /spojscore.db"


def test_verify_compares_the_static_file_with_the_functions(project: Path, spoiled: Path) -> None:
    static = spoiled / STATIC_DATABASE
    other = static.read_bytes() + b"\0"
    static.unlink()  # the CLI makes both one file
    static.write_bytes(other)
    assert refused(project) == ("error: /spojscore.db is not the database that the function reads")


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("templates/index.html", "<h1>Datasette", "the home page lacks its title: metadata.yml "),
        ("metadata.json", "{", r"http://\S+/ answers 500$"),
        ("templates/query.html", "<h1>Question</h1>", r"http://\S+/spojscore/\w+ has the title 'Q"),
        ("plugins/cells.py", "import nosuchmodule", "the function did not start: "),
        ("plugins/cells.py", "open('written', 'w')", "the function did not start: "),
    ],
)
def test_verify_runs_what_was_built(
    file: str, text: str, reason: str, project: Path, spoiled: Path
) -> None:
    (spoiled / file).write_text(text)
    assert re.match(f"error: {reason}", refused(project))


def test_verify_compares_the_crawl(project: Path, spoiled: Path) -> None:  # noqa: ARG001
    newer = project / "newer.db"
    shutil.copy(project / "spojscore.db", newer)
    change(newer, "UPDATE crawls SET finished = datetime(finished, '+1 second')")
    done = make(project, "verify", f"DB={newer}")
    assert the_error(done).startswith(f"error: what was built shows another crawl than {newer}: ")


def test_verify_without_a_build_says_what_to_run(project: Path, tmp_path: Path) -> None:
    empty = copy_of_the_project(tmp_path)
    shutil.copy(project / "spojscore.db", empty)
    assert refused(empty) == "error: nothing is built in build/vercel; `make build` does it"


@pytest.mark.usefixtures("published")
def test_the_same_database_and_commit_make_the_same_bundle(project: Path, tmp_path: Path) -> None:
    """Elsewhere and later, too."""
    other = copy_of_the_project(tmp_path)
    (other / "deploy" / "node_modules").symlink_to(project / "deploy" / "node_modules")
    shutil.copy(project / "spojscore.db", other)
    assert make(other, "build").returncode == 0
    assert digest(other / BUNDLE) == digest(project / BUNDLE)


def test_three_days_on_machines_that_keep_nothing(public_site: Site, tmp_path: Path) -> None:
    """What one day publishes is all that the next one has."""
    project = copy_of_the_project(tmp_path)
    fast(project)
    clock, environment = faked_clock(tmp_path)
    entries = problems(120)
    for day in (1, 2, 3):
        clock.write_text(f"@2026-03-0{day} 12:00:00")
        listed = [replace(entries[0], users=entries[0].users + day), *entries[1 : 120 - day]]
        with serving(StandIn(listed)) as server:
            for step in ("pull", "crawl"):
                more = {"FIRST": "1"} if day == 1 else {}
                more |= environment if step == "crawl" else {}
                words = (f"SPOJ_URL={server.url}", f"SITE_URL={public_site.url}")
                done = make(project, step, *words, **more)
                assert done.returncode == 0, done.stderr
        public_site.publish(project / "spojscore.db")
        for file in project.glob("spojscore.db*"):
            file.unlink()
    database = public_site.folder / "spojscore.db"
    assert [row["day"] for row in rows(database, "SELECT day FROM crawls ORDER BY id")] == [
        "2026-03-01", "2026-03-02", "2026-03-03",
    ]  # fmt: skip
    first_problem = "SELECT users FROM problem_history WHERE code = 'TEST' ORDER BY day"
    assert [row["users"] for row in rows(database, first_problem)] == [
        entries[0].users + day for day in (1, 2, 3)
    ]
    gone = "SELECT day, code, kind FROM events ORDER BY id"
    assert rows(database, gone) == [
        {"day": "2026-03-02", "code": entries[118].code, "kind": "delisted"},
        {"day": "2026-03-03", "code": entries[117].code, "kind": "delisted"},
    ]
