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


def save_folder(folder: Path, server: StandIn, *readings: tuple[int, datetime]) -> Path:
    """Save pages as START-HOUR.html, by start= and time, with absolute URLs as browsers do."""
    folder.mkdir(exist_ok=True)
    for start, time in readings:
        file = folder / f"{start}-{time:%H%M}.html"
        file.write_bytes(server.list_page(start).replace(b'href="/', f'href="{SPOJ}/'.encode()))
        os.utime(file, (time.timestamp(), time.timestamp()))
    return folder


def har_entry(url: str, text: str | None, time: datetime = NOON, **response: Any) -> dict[str, Any]:
    """A page as a browser's network tab exports it, cookies included."""
    content = {"mimeType": "text/html"} | ({} if text is None else {"text": text})
    headers = [{"name": "Cookie", "value": "s3cret"}]
    return {
        "startedDateTime": time.isoformat().replace("+00:00", "Z"),
        "request": {"method": "GET", "url": url, "headers": headers},
        "response": {"status": 200, "headers": headers, "content": content} | response,
        "cache": {},
    }


def har(entries: Iterable[dict[str, Any]]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": [*entries]}}).encode()
