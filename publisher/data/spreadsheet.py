"""A cell that a spreadsheet would run as a formula gets a ' in front: in Datasette's CSV and in our own
exports."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from ledger.spreadsheet import safe_cell

__all__ = ["SafeCsv", "safe_cell", "safe_rows"]

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

csv.field_size_limit(2**31 - 1)


def safe_rows(rows: Iterable[Iterable[str]]) -> str:
    """Rows as CSV (RFC 4180) whose cells are safe."""
    out = io.StringIO()
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


class SafeCsv:
    """Makes a CSV answer safe while it streams: a record is passed on as soon as it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held: list[str] = []
        self._quotes = 0
        self._csv = False

    async def __call__(self, message: Message) -> None:
        """Pass one ASGI message on, its records made safe."""
        if message["type"] == "http.response.start":
            self._csv = message["status"] == 200
            message = {**message, "headers": self._headers(message.get("headers", []))}
        elif message["type"] == "http.response.body" and self._csv:
            more = message.get("more_body", False)
            message = {**message, "body": self._whole(message.get("body", b""), not more).encode()}
        await self._send(message)

    def _headers(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        if not self._csv:
            return list(headers)
        kept = [
            (key, value) for key, value in headers if key.lower() not in (b"content-length", b"content-type")
        ]
        return [*kept, (b"content-type", b"text/csv; charset=utf-8")]

    def _whole(self, chunk: bytes, final: bool) -> str:
        """The records that are complete with this chunk. A line ends a record when its quotes are paired."""
        done: list[str] = []
        for line in self._decode(chunk, final).splitlines(keepends=True) if chunk or final else []:
            self._held.append(line)
            self._quotes += line.count('"')
            if self._quotes % 2 == 0 and line.endswith("\n"):
                done += self._held
                self._held, self._quotes = [], 0
        if final:
            done += self._held
            self._held = []
        return safe_rows(csv.reader(io.StringIO("".join(done), newline=""))) if done else ""
