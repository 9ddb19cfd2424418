"""All of it is public, so nothing is asked that only matters where something is not.

Datasette copies all metadata for each permission it checks, and compares the schemas of all
databases before each answer: a third of what a search takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

from web.options import DATABASE

if TYPE_CHECKING:
    from datasette.app import Datasette

OFFERED = {
    "view-instance", "view-database", "view-database-download", "view-table", "view-query",
    "execute-sql",
}  # fmt: skip


async def permission_allowed(
    actor: Any, action: str, resource: str | tuple[str, str] | None = None, default: Any = None
) -> bool:
    """Anyone may read anything in our database."""
    del actor, default
    database = resource[0] if isinstance(resource, tuple) else resource
    return action in OFFERED and database in (None, DATABASE)


async def refresh_schemas() -> None:
    """They go to a database of Datasette's own, which is offered to nobody."""


@hookimpl
def startup(datasette: Datasette) -> None:
    datasette.permission_allowed = permission_allowed
    datasette.refresh_schemas = refresh_schemas
