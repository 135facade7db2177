"""What went wrong with a request to Datasette, in words; a stranger's nonsense is never counted as our
fault."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted
from datasette.utils import add_cors_headers
from datasette.utils.asgi import Base400, Forbidden
from datasette.views.base import DatasetteError

from publisher.data.plugins.hook import hook
from publisher.data.plugins.told import MEMORY, said, told

log = logging.getLogger("mingbai.data")
THEIRS = (sqlite3.Error, sqlite3.Warning, MemoryError, ValueError, KeyError, OverflowError)
"""What Datasette lets escape when an address or a query makes no sense: the data cannot change, so it was
asked wrongly.

A query that needs more memory than it may have ends as MemoryError."""


def judged(exception: Exception) -> tuple[int, str, str]:
    """The status of a failed request, the key of what is said about it, and the details for whoever asked."""
    if isinstance(exception, QueryInterrupted) or getattr(exception, "title", None) == "SQL Interrupted":
        return 400, "slow", ""
    if isinstance(exception, Base400):
        key = "not_found" if exception.status == 404 else "refused"
        return exception.status, key, str(exception.args[0] if exception.args else "")
    if isinstance(exception, DatasetteError):
        status = exception.status if exception.status < 500 else 400
        return status, "not_found" if status == 404 else "refused", str(exception.message)
    if isinstance(exception, MemoryError):
        return 400, "slow", "out of memory"
    if isinstance(exception, THEIRS):
        return 400, "refused", str(exception)
    return 500, "failed", ""


@hook
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Callable[[], Coroutine[Any, Any, Any]]:
    """Answer for an exception."""

    async def answer() -> Any:
        status, key, details = judged(exception)
        if status >= 500:
            log.error("a page could not be made", exc_info=exception)
        say = said(told(datasette).get("say", {}), key)
        headers: dict[str, str] = {"Cache-Control": "no-store"}
        if isinstance(exception, MemoryError):
            headers[MEMORY] = "1"
        if datasette.cors:
            add_cors_headers(headers)
        if request.path.endswith(".json"):
            error = f"{say['en']} {details}".strip()
            return Response.json(
                {"ok": False, "error": error, "status": status}, status=status, headers=headers
            )
        page = await datasette.render_template(
            "error.html",
            {"status": status, "title": say["zh"], "error": f"{say['en']} {details}".strip()},
            request=request,
        )
        return Response.html(page, status=status, headers=headers)

    return answer


@hook
def forbidden(datasette: Any, request: Any, message: str) -> Callable[[], Coroutine[Any, Any, Any]]:
    """What may not be seen is answered like what is not there."""
    return handle_exception(datasette, request, Forbidden(message))
