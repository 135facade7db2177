"""Each build that is broken on purpose is found out by the harness that is meant to (R22).

Those that break a whole server are found out in the files of their harness as well, in small: here stands the
list, and the fast ones run with every change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import Phase

from tests.bench.phones import rush
from tests.collector.siege import besiege
from tests.swarm.sabotage import MODEL
from tests.swarm.test_line import through
from tests.swarm.test_model import play
from tests.swarm.test_soak import soak


def program(how: str) -> tuple[str, ...]:
    """A whole collector that is broken in one way."""
    return "-m", "tests.collector.sabotaged", how


def killed(how: str) -> Callable[[Path], bool]:
    """Kills under load find it out."""

    def found(folder: Path) -> bool:
        account = besiege(folder, 20, clients=6, program=program(how))
        return bool(account.lost or account.duplicates or account.missing or account.faults)

    return found


def loaded(folder: Path) -> bool:
    """Many phones at once find it out."""
    account = rush(folder, phones=60, seconds=1, program=program("forget_a_batch"))
    return account.sent != account.durable


def over_a_bad_line(folder: Path) -> bool:
    """Requests that arrive twice find it out."""
    return not through(folder, 300, faults=0.5, program=program("no_dedupe")).good


def behind_a_portal(folder: Path) -> bool:
    """A portal finds out the phone that believes it."""
    return not through(folder, 300, only="portal", credulous=True, patience=1).good


def hoarded(folder: Path) -> bool:
    """A long day finds it out."""
    account = soak(folder, calls=90, pause=0, program=program("never_forgets"))
    return account.grown(lambda look: look.rss_mb) > 8


WHOLE: Mapping[str, Callable[[Path], bool]] = {
    "acknowledged before the commit": killed("acknowledge_before_commit"),
    "no dedupe, killed": killed("no_dedupe"),
    "a batch forgotten": loaded,
    "no dedupe, on a bad line": over_a_bad_line,
    "a phone that believes any 200": behind_a_portal,
    "never forgets": hoarded,
}


@pytest.mark.parametrize("name", MODEL)
def test_the_model_of_many_phones_finds_it_out(name: str) -> None:
    with MODEL[name](), pytest.raises(AssertionError):
        play(
            examples=80,
            steps=40,
            phases=(Phase.generate,),
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
        )


@pytest.mark.full
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_build_is_found_out(name: str, tmp_path: Path) -> None:
    assert WHOLE[name](tmp_path), name
