"""What Datasette asks of the schema for every page, asked once: a release's database never changes."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Any

from publisher.data.plugins.hook import hook

ASKED = (
    "table_names", "view_names", "hidden_table_names", "table_exists",
    "table_columns", "table_column_details", "primary_keys", "fts_table", "label_column_for_table",
    "foreign_keys_for_table", "get_all_foreign_keys",
)  # fmt: skip
"""Methods of Datasette's Database whose answers are the schema's alone."""


def remember(ask: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same method, its answers kept; each caller gets a copy of his own, as some add to it."""
    known: dict[tuple[Any, ...], Any] = {}

    async def asked(*args: Any) -> Any:
        if args not in known:
            known[args] = await ask(*args)
        return copy.copy(known[args])

    return asked


@hook
def startup(datasette: Any) -> None:
    """Remember the schema of every database that does not change."""
    for database in datasette.databases.values():
        if not database.is_mutable:
            for name in ASKED:
                setattr(database, name, remember(getattr(database, name)))
