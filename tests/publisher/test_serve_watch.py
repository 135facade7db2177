"""When a site is built again: after a change has settled, when the ledger grew, and at midnight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from publisher.watch import fingerprint, watch

EVERY = 0.02


def calls_during(change: Callable[[], object], paths: list[Path], **more: Any) -> int:
    """How often on_change is called while something is changed once."""
    calls: list[int] = []

    async def run() -> None:
        watching = asyncio.ensure_future(watch(paths, lambda: calls.append(1), every=EVERY, **more))
        await asyncio.sleep(10 * EVERY)
        assert calls == []
        await asyncio.to_thread(change)
        await asyncio.sleep(25 * EVERY)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(run())
    return len(calls)


def test_a_changed_file_builds_once(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    assert calls_during(lambda: (tmp_path / "forms" / "visit.yaml").write_text("x"), [tmp_path]) == 1


def test_a_file_that_goes_is_a_change(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x")
    assert calls_during(lambda: (tmp_path / "a.yaml").unlink(), [tmp_path]) == 1


def test_many_files_at_once_build_once(tmp_path: Path) -> None:
    def copy() -> None:
        for n in range(200):
            (tmp_path / f"{n}.yaml").write_text("x")

    assert calls_during(copy, [tmp_path]) <= 2


def test_what_an_editor_leaves_lying_about_is_no_change(tmp_path: Path) -> None:
    def scribble() -> None:
        for name in (".visit.yaml.swp", "visit.yaml~", "#visit.yaml#", ".git"):
            (tmp_path / name).write_text("x")

    assert calls_during(scribble, [tmp_path]) == 0


def test_a_ledger_that_grew_builds(tmp_path: Path) -> None:
    positions = [7]
    assert calls_during(lambda: positions.append(8), [tmp_path], position=lambda: positions[-1]) == 1


def test_midnight_builds(tmp_path: Path) -> None:
    days = [date(2026, 3, 1)]
    assert calls_during(lambda: days.append(date(2026, 3, 2)), [tmp_path], today=lambda: days[-1]) == 1


def test_a_change_during_a_build_is_built_afterwards(tmp_path: Path) -> None:
    calls: list[int] = []

    async def build() -> None:
        calls.append(1)
        if len(calls) == 1:
            (tmp_path / "b.yaml").write_text("x")
            await asyncio.sleep(5 * EVERY)

    async def run() -> None:
        watching = asyncio.ensure_future(watch([tmp_path], build, every=EVERY))
        await asyncio.sleep(5 * EVERY)
        (tmp_path / "a.yaml").write_text("x")
        await asyncio.sleep(30 * EVERY)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(run())
    assert len(calls) == 2


def test_a_path_that_is_not_there_is_simply_empty(tmp_path: Path) -> None:
    assert fingerprint([tmp_path / "nothing"]) == frozenset()
