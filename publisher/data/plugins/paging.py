"""Pages of a table that follow each other: every row comes once, however many are alike.

Datasette asks for the first page of a sorted table without saying how rows that are alike stand, and for the
next ones by their keys: what came first by chance would be left out, or come twice.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils import escape_sqlite

from publisher.data.plugins.hook import hook

_NAME = r"(?:\[[^\]]+\]|\w+)"
FIRST = re.compile(
    rf"(?P<order>select .+ from (?P<table>{_NAME}) .*order by {_NAME}(?: desc)?) (?P<limit>limit \d+)\Z", re.S
)
"""The first page as Datasette asks for it; what a stranger asks in the same words gets the same rows."""


def in_order(database: Any) -> Callable[..., Awaitable[Any]]:
    """The same `execute`, with rows that are alike in the order of their keys."""
    plain = database.execute

    async def execute(sql: str, *args: Any, **given: Any) -> Any:
        if found := FIRST.match(sql):
            keys = await database.primary_keys(found["table"].strip("[]"))
            more = "".join(f", {escape_sqlite(key)}" for key in keys)
            sql = f"{found['order']}{more} {found['limit']}"
        return await plain(sql, *args, **given)

    return execute


@hook
def startup(datasette: Any) -> None:
    """For every database that does not change."""
    for database in datasette.databases.values():
        if not database.is_mutable:
            database.execute = in_order(database)
