"""Where the parts of the built site lie, and what of them goes public."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from deploy.stores import HASH
from deploy.toolchain import PublishError
from web.options import DATABASE, DATABASE_HEADERS, DATABASE_TYPE, HASH_TYPE, ORIGINS

BUNDLE = Path("build", "vercel")

# Where the bundle's parts lie in it.
OUTPUT = Path(".vercel", "output")
STATIC = OUTPUT / "static"
STATIC_DATABASE = STATIC / f"{DATABASE}.db"
ROUTES = OUTPUT / "config.json"
FUNCTION = OUTPUT / "functions" / "index.py.func"


def function_config(bundle: Path) -> dict[str, Any]:
    """The function's configuration for Vercel. Raises PublishError when nothing is built."""
    try:
        config: dict[str, Any] = json.loads((bundle / FUNCTION / ".vc-config.json").read_bytes())
    except OSError as error:
        raise PublishError(f"nothing is built in {bundle}; `make build` does it") from error
    return config


def function_files(bundle: Path) -> dict[str, Path]:
    """Each file that the function has at Vercel, by its name there. Raises PublishError."""
    mapped = function_config(bundle)["filePathMap"]
    function = bundle / FUNCTION
    own = {str(path.relative_to(function)): path for path in function.rglob("*") if path.is_file()}
    return own | {name: bundle / source for name, source in mapped.items()}


def database_routes() -> list[dict[str, Any]]:
    """How the CDN is to send the database and its hash, said before it looks for the files.

    The ETag is the CDN's own business; nobody here has seen it.
    """
    kinds = {f"{DATABASE}.db": DATABASE_TYPE, f"{DATABASE}.db{HASH}": HASH_TYPE}
    headers = DATABASE_HEADERS | {"Access-Control-Allow-Origin": ORIGINS}
    return [
        {
            "src": f"^/{re.escape(name)}$",
            "headers": {"Content-Type": kind} | headers,
            "continue": True,
        }
        for name, kind in kinds.items()
    ]


def digest(bundle: Path) -> str:
    """A hash over all that goes public, the same for the same site. Raises PublishError."""
    static = bundle / STATIC
    public = {f"static/{path.relative_to(static)}": path for path in static.rglob("*")}
    public |= {f"function/{name}": path for name, path in function_files(bundle).items()}
    public["routes"] = bundle / ROUTES
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"
        for name, path in sorted(public.items())
        if path.is_file()
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def verified_file(bundle: Path) -> Path:
    """Holds the digest of the bundle that was last found right, if any was."""
    return bundle.with_name(f"{bundle.name}.verified")
