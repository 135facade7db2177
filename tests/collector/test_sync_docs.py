"""docs/sync.md names every route, header, command and state, so that it cannot rot."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from collector import door, server
from collector.commands import cli
from collector.refusal import _TITLES
from collector.state import Collector
from ledger.registry import ROLES

DOCS = (Path(__file__).parents[2] / "docs/sync.md").read_text("utf-8")


def test_every_route_is_documented_with_its_verb(collector: Collector) -> None:
    app = server.application(collector)._app  # type: ignore[attr-defined]
    assert isinstance(app, Starlette)
    mount = next(route for route in app.routes if isinstance(route, Mount))
    routes = [route for route in mount.routes if isinstance(route, Route)]
    assert len(routes) == 20
    for route in routes:
        (verb,) = (route.methods or set()) - {"HEAD"}
        assert f"`{verb} {server.API}{route.path}" in DOCS


@pytest.mark.parametrize(
    "header",
    [
        *door.HEADERS,
        "Mingbai-Device",
        "Mingbai-Nonce",
        "Mingbai-Signature",
        "ETag",
        "If-None-Match",
        "Content-Encoding",
        "Retry-After",
        "Cache-Control",
    ],
)
def test_every_header_is_documented(header: str) -> None:
    assert f"`{header}" in DOCS


def test_every_state_and_status_is_documented() -> None:
    for state in ("accepted", "replayed", "branch", "quarantined", "held", "retry"):
        assert f"| `{state}` |" in DOCS
    for status in _TITLES:
        assert str(status) in DOCS


def test_every_command_and_option_is_documented() -> None:
    for name, command in cli.commands.items():
        assert f"`{name} " in DOCS or f"`{name}`" in DOCS
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in DOCS, option.opts[0]
    assert all(f"--{role}" in DOCS for role in ROLES)
