"""The calls that keep words from being lost: drafts, another browser, what a clerk has to decide.

Each is asked by a phone that may write. The server finds out who asks, and sends what is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from collector import aside, drafts, handover
from collector.sync import read_body
from ledger.registry import Device
from ledger.store import now_ms

if TYPE_CHECKING:
    from collector.state import Collector


class Asked(NamedTuple):
    """A signed request: what stands in its path, and its body unpacked."""

    path: Mapping[str, str]
    body: bytes


Answer = Callable[["Collector", Device, Asked], dict[str, Any]]


def _save(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return drafts.save(c, device, asked.path["id"], read_body(asked.body), now_ms())


def _read(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return drafts.read(c, device, asked.path["id"])


def _give_up(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return drafts.give_up(c, device, asked.path["id"], now_ms())


def _drafts(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return drafts.listed(c, device)


def _hand_over(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return handover.create(c, device, now_ms())


def _waiting(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return handover.waiting(c, device, now_ms())


def _let_in(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return handover.confirm(c, device, read_body(asked.body), now_ms())


def _desk(c: Collector, device: Device, asked: Asked) -> dict[str, Any]:
    return aside.desk(c, device)


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("PUT", "/draft/{id}", _save),
    ("GET", "/draft/{id}", _read),
    ("DELETE", "/draft/{id}", _give_up),
    ("GET", "/drafts", _drafts),
    ("POST", "/handover", _hand_over),
    ("GET", "/handover", _waiting),
    ("POST", "/handover/confirm", _let_in),
    ("GET", "/desk", _desk),
)
