"""How a phone is doing, as it told the office last: numbers and times, so that a clerk can help by telephone.

It stands outside the ledger and holds nothing that anybody wrote: every member is of one narrow shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from collector.refusal import Refusal
from ledger.envelope import rfc3339
from ledger.files import make_folder, write_whole
from ledger.registry import Device
from ledger.strict_json import read_json, write_json
from ledger.words import Words

FOLDER = "reports"
MOST = 2048
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z").fullmatch
_WORKER = re.compile(r"mingbai-[0-9a-f]{6,64}").fullmatch
Shape = Callable[[Any], bool]


def _number(least: int, most: int) -> Shape:
    return lambda value: type(value) is int and least <= value <= most


def _or_none(shape: Shape) -> Shape:
    return lambda value: value is None or shape(value)


def _time(value: Any) -> bool:
    return isinstance(value, str) and _TIME(value) is not None


_MANY = 10**6
_SKEWED = 2  # minutes
MEMBERS: Mapping[str, Shape] = {
    "at": _time,
    "app": _number(0, _MANY),
    "worker": _or_none(lambda value: isinstance(value, str) and _WORKER(value) is not None),
    "unsent": _number(0, _MANY),
    "oldest": _or_none(_time),
    "drafts": _number(0, _MANY),
    "receipt": _or_none(_number(0, 2**53)),
    "receipt_at": _or_none(_time),
    "kept": _or_none(lambda value: type(value) is bool),
    "free_mb": _or_none(_number(0, 10**9)),
    "clock_ms": _or_none(_number(-(10**14), 10**14)),
    "heard_at": _or_none(_time),
}
"""Everything a report says, and nothing else may stand in it."""


def take(home: Path, device: Device, data: bytes, now_ms: int) -> dict[str, Any]:
    """Keep a report in place of the device's last one."""
    if device.state == "pending":
        raise Refusal(403, "push.pending")
    if len(data) > MOST:
        raise Refusal(413, "report.too_large", "", most=MOST)
    received_at = rfc3339(now_ms)
    _write(_file(home, device.id), write_json({"received_at": received_at, **_read(data)}))
    return {"received_at": received_at}


def _read(data: bytes) -> dict[str, Any]:
    try:
        said = read_json(data.decode("utf-8"))
    except ValueError as fault:
        raise Refusal(400, "push.not_json", "", why=str(fault)) from None
    if not isinstance(said, dict):
        raise Refusal(400, "push.shape", "")
    for name, value in said.items():
        if name not in MEMBERS or not MEMBERS[name](value):
            raise Refusal(400, "push.shape", f"/{name}"[:60])
    if missing := [name for name in MEMBERS if name not in said]:
        raise Refusal(400, "push.shape", f"/{missing[0]}")
    return said


def last(home: Path, device: str) -> dict[str, Any] | None:
    """What a device reported last; None where it never did, or the file cannot be read."""
    try:
        value: dict[str, Any] = read_json(_file(home, device).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return value


def line(report: Mapping[str, Any] | None, words: Words, lang: str) -> str:
    """A report in one line, for the list of phones."""
    if report is None:
        return words.say("report.none", lang)
    oldest = report["oldest"] and words.say("report.oldest", lang, day=report["oldest"][:10])
    kept = {True: "yes", False: "no", None: "unknown"}[report["kept"]]
    return words.say(
        "report.line",
        lang,
        at=report["received_at"][:16].replace("T", " "),
        app=report["app"],
        unsent=report["unsent"],
        oldest=oldest or "",
        drafts=report["drafts"],
        kept=words.say(f"report.kept_{kept}", lang),
        clock=_clock(report["clock_ms"], words, lang),
    )


def _clock(ms: int | None, words: Words, lang: str) -> str:
    if ms is None:
        return words.say("report.clock_unknown", lang)
    minutes = round(abs(ms) / 60_000)
    if minutes < _SKEWED:
        return words.say("report.clock_right", lang)
    return words.say("report.clock_fast" if ms > 0 else "report.clock_slow", lang, minutes=minutes)


def _file(home: Path, device: str) -> Path:
    return home / FOLDER / f"{device}.json"


def _write(path: Path, text: str) -> None:
    """All of it or what was there before; for its owner only."""
    make_folder(path.parent)
    write_whole(path, text.encode())
