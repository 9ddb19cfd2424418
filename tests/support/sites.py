"""Serves the site, and reads its pages."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm
from parsel import Selector

from tests.support.databases import change
from tests.support.processes import launch
from tests.support.projects import ROOT
from tests.support.queries import SITE
from web.options import SETTINGS

CLIENT = httpx.Client(timeout=60)
# A loaded machine takes longer than the site lets its visitors wait.
PATIENCE_MS = {"sql_time_limit_ms": 20_000, "facet_time_limit_ms": 20_000}


@contextmanager
def start_site(database: Path, *changes: str, **settings: int) -> Iterator[str]:
    """Serve a copy of `database`, changed by SQL statements, with the settings of `make serve`."""
    defaults = {name: json.loads(value.replace("off", "0")) for name, value in SETTINGS.items()}
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        copy = Path(folder, "spojscore.db")
        shutil.copy(database, copy)
        change(copy, *changes)
        datasette = Datasette(
            immutables=[str(copy)],
            metadata=SITE,
            template_dir=str(ROOT / "web/templates"),
            plugins_dir=str(ROOT / "web/plugins"),
            static_mounts=[("static", str(ROOT / "web/static"))],
            settings=defaults | PATIENCE_MS | settings,
        )
        visitor_sql = pm.get_plugin("visitor_sql.py")
        visitor_sql.MAX_SECONDS = visitor_sql.MAX_WAIT_SECONDS = 20
        server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="error"))
        thread = Thread(target=server.run, args=[[listener]])
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def running(*words: str | Path) -> Iterator[int]:
    """Run a command that starts a server; yields its process id."""
    with launch(*words, until="Uvicorn running") as (process, lines):
        assert process.stdout
        # A full pipe would block it.
        Thread(target=lines.extend, args=[process.stdout], daemon=True).start()
        yield process.pid


def fetch(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    return CLIENT.request(method, url, headers=headers)


def get(url: str, status: int = 200) -> str:
    """The text of a response with this status."""
    response = fetch(url)
    assert response.status_code == status, f"{url}: {response.status_code} {response.text[:500]}"
    return response.text


def get_json(url: str, status: int = 200) -> Any:
    return json.loads(get(url, status))


def get_page(url: str, status: int = 200) -> Selector:
    return Selector(get(url, status))


def words(page: Selector) -> str:
    """The text of a page, with single spaces."""
    texts = page.xpath("//body//text()[not(parent::script)]").getall()
    return " ".join(" ".join(texts).split()).replace(" .", ".")


def sql_path(sql: str, extension: str = "", **parameters: str) -> str:
    return f"/spojscore{extension}?{urlencode({'sql': sql, **parameters})}"


def points_text(points: float) -> str:
    return f"{points:,.0f}" if points >= 100 else f"{points:.3g}"
