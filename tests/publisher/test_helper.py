"""A second process makes pages beside the first: the same pages, and its faults are ours."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.problems import Problem, Problems
from publisher.pages import helper, writing
from publisher.pages.helper import Helper, Pieces, beside, pays
from publisher.release import build
from tests.publisher.fake import AS_OF, CONTENT
from tests.publisher.test_release import tree


def test_every_piece_is_taken_once_by_one_of_two() -> None:
    pieces = Pieces(5_000)
    other = Helper(lambda: list(pieces))
    ours = list(pieces)
    theirs = other.result()
    other.end()
    pieces.close()
    assert sorted([*ours, *theirs]) == list(range(5_000))


def test_two_processes_make_the_release_that_one_makes(
    home: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = build(CONTENT, home, place / "one-process", AS_OF)
    helped: list[Helper] = []

    class Noted(Helper):
        def __init__(self, work: object) -> None:
            super().__init__(work)  # type: ignore[arg-type]
            helped.append(self)

    monkeypatch.setattr(writing, "pays", lambda records: True)
    monkeypatch.setattr(writing, "Helper", Noted)
    two = build(CONTENT, home, place / "two-processes", AS_OF)
    assert len(helped) == 1 and not helped[0]._process.is_alive()
    assert tree(two.path) == tree(one.path) and two.pages_written == one.pages_written


class Stubborn(Exception):
    """One that cannot be pickled."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (Problems([Problem("content/templates/record.html:3", "", "is unknown")]), Problems),
        (OSError(28, "No space left on device"), OSError),
        (Stubborn(1, 2), RuntimeError),
    ],
)
def test_a_fault_there_is_raised_here(raised: Exception, seen: type[Exception]) -> None:
    def fail() -> None:
        raise raised

    other = Helper(fail)
    with pytest.raises(seen) as found:
        other.result()
    other.end()
    assert str(raised) in str(found.value)


def test_one_that_is_killed_is_told_in_a_line() -> None:
    other = Helper(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(RuntimeError, match="Is there memory enough"):
        other.result()
    other.end()


def test_it_ends_with_the_process_that_made_it() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield 1

    other = Helper(lambda: sum(beside(1, endless())))  # as if ours had been killed, and another were there
    other._process.join(10)
    assert other._process.exitcode == 1
    other.end()


def test_it_is_asked_only_where_it_pays_and_no_other_thread_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda of: {0, 1})
    assert pays(helper.MANY) and not pays(helper.MANY - 1)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not pays(helper.MANY)
