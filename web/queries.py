"""The canned queries of metadata.yml."""

from typing import Any

from datasette.app import Datasette

from web.options import DATABASE


def canned_queries(datasette: Datasette) -> dict[str, dict[str, Any]]:
    """The canned queries by name. In Datasette 1.0, they are in its configuration."""
    if hasattr(datasette, "metadata"):
        return dict(datasette.metadata("queries", database=DATABASE) or {})
    return dict((datasette.config or {})["databases"][DATABASE].get("queries", {}))
