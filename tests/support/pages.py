"""Pages of the stand-in's list as a person saves them."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standin.server import StandIn

SPOJ = "https://www.spoj.com"
LIST = "/problems/classical/sort=0,start="
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def save_folder(
    folder: Path, server: StandIn, *readings: tuple[int, datetime], suffix: str = ".html"
) -> Path:
    """Save pages, by start= and time, with whole addresses as browsers do."""
    folder.mkdir()
    for number, (start, moment) in enumerate(readings):
        file = folder / f"{number}{suffix}"
        file.write_bytes(
            server.list_page(start).replace(b'href="/', b'href="https://www.spoj.com/')
        )
        os.utime(file, (moment.timestamp(), moment.timestamp()))
    return folder


def har_entry(url: str, text: str | None, time: datetime = NOON, **response: Any) -> dict[str, Any]:
    """A page as a browser's network tab exports it, cookies included."""
    content: dict[str, Any] = {"size": 9, "mimeType": "text/html"}
    if text is not None:
        content["text"] = text
    secrets = [{"name": "cf_clearance", "value": "s3cret"}]
    headers = [{"name": "Cookie", "value": "s3cret"}]
    return {
        "startedDateTime": time.isoformat().replace("+00:00", "Z"),
        "time": 0,
        "request": {"method": "GET", "url": url, "headers": headers, "cookies": secrets},
        "response": {"status": 200, "headers": headers, "cookies": secrets, "content": content}
        | response,
        "cache": {},
    }  # fmt: skip


def har(entries: Iterable[dict[str, Any]]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": [*entries]}}).encode()


def save_har(file: Path, server: StandIn, *readings: tuple[int, datetime]) -> Path:
    """Save pages, by start= and time, as a HAR file."""
    file.write_bytes(har(
        har_entry(f"{SPOJ}{LIST}{start}", server.list_page(start).decode(), moment)
        for start, moment in readings
    ))  # fmt: skip
    return file
