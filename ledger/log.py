"""The log: one line of JSON for each event, and in it nothing that somebody wrote.

Whoever reads a log is seldom allowed to read the ledger. So a line tells where something happened and of what
sort it was, never the values: of an exception its type and the places in the program, not its message, since
messages of Python's own quote what they stumbled over. Letters that a terminal would obey, that turn the
reading direction or end a line are written as \\uXXXX, so that one event is one line whatever came in.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MOST = 2000
"""Letters of a message; places of a fault are the last so many."""
PLACES = 12
_UNFIT = re.compile("[^ -~\u2010-\u2027\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]")


class Line(logging.Formatter):
    """A record of Python's logging as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": _message(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            told["fault"] = list(faults(record.exc_info[1]))
        return shown(told)


def shown(told: dict[str, Any]) -> str:
    """A value as one line that any terminal can bear.

    >>> shown({"said": "a\\nb \\x1b[31m\\u202e 柳河村"})
    '{"said":"a\\\\nb \\\\u001b[31m\\\\u202e 柳河村"}'
    """
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=type)
    return _UNFIT.sub(lambda found: json.dumps(found[0])[1:-1], text)


def faults(fault: BaseException | None) -> Iterator[dict[str, Any]]:
    """An exception and what it came from: the type and the way to it, without a value on it."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        told: dict[str, Any] = {"type": type(fault).__name__, "at": list(_places(fault.__traceback__))}
        if isinstance(fault, OSError) and fault.errno is not None:
            told["errno"] = fault.errno
        yield told
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _places(way: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(way)[-PLACES:]:
        path = Path(frame.filename)
        short = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        yield f"{short}:{frame.lineno} {frame.name}"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage().strip()[:MOST]
    except Exception:  # a log call that does not fit its own words is no reason to fall
        return str(record.msg)[:MOST]


def one_line_each() -> None:
    """From here on everything that is said on this process's error output is such a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False
    log = logging.getLogger("mingbai")

    def fell(kind: type[BaseException], fault: BaseException, way: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("the program fell", exc_info=(kind, fault, way))

    def thread_fell(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            log.error("a thread fell", exc_info=(told.exc_type, told.exc_value, told.exc_traceback))

    def dropped(told: Any) -> None:
        log.error(
            "a fault that nobody waited for", exc_info=(told.exc_type, told.exc_value, told.exc_traceback)
        )

    sys.excepthook, threading.excepthook, sys.unraisablehook = fell, thread_fell, dropped
