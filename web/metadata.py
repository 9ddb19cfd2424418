"""Reads metadata.yml from Datasette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.options import DATABASE

if TYPE_CHECKING:
    from datasette.app import Datasette


def canned_queries(datasette: Datasette) -> dict[str, dict[str, Any]]:
    """The queries by name; Datasette 1.0 has them in its configuration."""
    if hasattr(datasette, "metadata"):
        return dict(datasette.metadata("queries", database=DATABASE) or {})
    return dict((datasette.config or {})["databases"][DATABASE].get("queries", {}))
