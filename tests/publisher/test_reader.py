"""Whoever reads while the site is built again gets every page, and each whole."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.release import KEEP, build, current, read_manifest
from tests.publisher.fake import AS_OF, few, file_records, visit
from tests.publisher.readers import Library, Readers, Seen, building, held_whole, served

KILLED = 3
"""Every so many builds one is killed."""
TWICE = 4
"""Every so many builds two are begun at once."""
FULL = 5
"""Every so many builds the disk takes no more in the midst of one."""


@dataclass(frozen=True)
class Polled:
    """What came of polling: what readers saw, of which releases, and how many builds were killed."""

    seen: dict[str, Seen]
    library: Library
    killed: int
    full: int = 0
    twice: int = 0


def polled(home: Path, site: Path, builds: int, way: str = "whole", seed: int = 7) -> Polled:
    """Build again and again, a new record each time, while readers read.

    Some builds are killed at any moment, some find the disk full, some are begun twice; after each one the
    release that is served is whole.
    """
    first = build(few(), home, site, AS_OF)
    pages = ["index.html", "about.html", "visit/index.html", *read_manifest(first.path).records.values()]
    library, pick, count = Library(), random.Random(seed), Counter[str]()
    library.take_up(site)
    longest = 2.0
    with served(site) as port, Readers(site, port, pages) as readers:
        for n in range(1, builds + 1):
            file_records(home, few(), [visit(f"more-{n}", summary=f"第{n}次走访，路灯修好了。")])
            limit = str(pick.choice((1 << 12, 1 << 16, 1 << 18))) if way == "whole" and n % FULL == 0 else way
            processes = [building(home, site, AS_OF.isoformat(), limit)]
            started = time.monotonic()
            if n % TWICE == 0:
                processes.append(building(home, site, AS_OF.isoformat(), limit))
                count["twice"] += 1
            if n % KILLED == 0:
                time.sleep(pick.uniform(0.2, longest))
                processes[0].kill()
            ended = [process.wait() for process in processes]
            if n % KILLED == 0:
                count["killed"] += ended[0] == -signal.SIGKILL
            elif limit.isdigit():
                assert all(ended)
                count["full"] += 1
            else:
                assert not any(ended)
                longest = max(longest, (time.monotonic() - started) / len(processes))
            library.take_up(site)
            if way == "whole":
                held_whole(site)
        assert all(seen.asked for seen in readers.seen.values())
    return Polled(readers.seen, library, count["killed"], count["full"], count["twice"])


def none_failed(made: Polled) -> None:
    """No request failed, no page was torn, by either way."""
    for how, seen in made.seen.items():
        assert not seen.failed, (how, seen.asked, seen.failed)
        assert not seen.torn(made.library), (how, seen.torn(made.library))


def test_readers_get_every_page_whole_while_builds_go_on_are_killed_and_meet(home: Path, place: Path) -> None:
    site = place / "polled"
    made = polled(home, site, builds=20)
    none_failed(made)
    assert made.killed and made.full and made.twice and len(made.library.releases) > 10
    served_now = current(site)
    assert served_now and all((served_now[0] / "www" / page).is_file() for page in served_now[1].pages)


def test_the_readers_notice_a_release_that_is_deleted_and_made_again(home: Path, place: Path) -> None:
    made = polled(home, place / "polled-broken", builds=2, way="broken")
    assert sum(sum(seen.failed.values()) for seen in made.seen.values()) > 0


def test_the_readers_notice_a_build_that_writes_into_what_is_served(home: Path, place: Path) -> None:
    made = polled(home, place / "polled-into", builds=2, way="into")
    assert any(seen.torn(made.library) or seen.failed for seen in made.seen.values())


def test_the_readers_notice_a_page_that_is_half_written(home: Path, place: Path) -> None:
    site = place / "polled-torn"
    made = build(few(), home, site, AS_OF)
    library = Library()
    library.take_up(site)
    page = made.path / "www/index.html"
    whole = page.read_bytes()
    page.write_bytes(whole[: len(whole) // 2])
    with served(site) as port, Readers(site, port, ["index.html"]) as readers:
        while not all(seen.asked for seen in readers.seen.values()):
            time.sleep(0.01)
    assert all(seen.torn(library) == ["index.html"] for seen in readers.seen.values())


@pytest.mark.full
def test_two_hundred_builds_killed_doubled_and_without_room_fail_no_reader(home: Path, place: Path) -> None:
    site = place / "polled-long"
    made = polled(home, site, builds=int(os.environ.get("BUILDS", "200")))
    none_failed(made)
    assert made.killed >= 12 and len(made.library.releases) > KEEP
    assert len([each for each in (site / "releases").iterdir() if not each.name.startswith(".")]) <= KEEP
    asked = {how: seen.asked for how, seen in made.seen.items()}
    print(asked, "killed", made.killed, "disk full", made.full, "two at once", made.twice)
