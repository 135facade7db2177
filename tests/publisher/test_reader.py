"""Whoever reads while the site is built again gets every page, and each whole."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.release import KEEP, build, current, read_manifest
from tests.publisher.fake import AS_OF, CONTENT, file_records, visit
from tests.publisher.readers import Library, Readers, Seen, building, served

KILLED = 3
"""Every so many builds one is killed."""


@dataclass(frozen=True)
class Polled:
    """What came of polling: what readers saw, of which releases, and how many builds were killed."""

    seen: dict[str, Seen]
    library: Library
    killed: int


def polled(home: Path, site: Path, builds: int, way: str = "whole", seed: int = 7) -> Polled:
    """Build again and again, a new record each time, some builds killed at any moment, while readers read."""
    first = build(CONTENT, home, site, AS_OF)
    pages = ["index.html", "about.html", "visit/index.html", *read_manifest(first.path).records.values()]
    library, pick, killed = Library(), random.Random(seed), 0
    library.take_up(site)
    longest = 2.0
    with served(site) as port, Readers(site, port, pages) as readers:
        for n in range(builds):
            file_records(home, CONTENT, [visit(f"more-{n}", summary=f"第{n}次走访，路灯修好了。")])
            started, process = time.monotonic(), building(home, site, AS_OF.isoformat(), way)
            if n % KILLED == KILLED - 1:
                time.sleep(pick.uniform(0.2, longest))
                process.kill()
                killed += process.wait() != 0
            else:
                assert process.wait() == 0
                longest = max(longest, time.monotonic() - started)
            library.take_up(site)
        assert all(seen.asked for seen in readers.seen.values())
    return Polled(readers.seen, library, killed)


def none_failed(made: Polled) -> None:
    """No request failed, no page was torn, by either way."""
    for how, seen in made.seen.items():
        assert not seen.failed, (how, seen.asked, seen.failed)
        assert not seen.torn(made.library), (how, seen.torn(made.library))


def test_readers_get_every_page_whole_while_builds_go_on_and_are_killed(home: Path, place: Path) -> None:
    site = place / "polled"
    made = polled(home, site, builds=8)
    none_failed(made)
    assert made.killed and len(made.library.releases) > 4
    served_now = current(site)
    assert served_now and all((served_now[0] / "www" / page).is_file() for page in served_now[1].pages)


def test_the_readers_notice_a_release_that_is_deleted_and_made_again(home: Path, place: Path) -> None:
    made = polled(home, place / "polled-broken", builds=2, way="broken")
    assert sum(sum(seen.failed.values()) for seen in made.seen.values()) > 0


def test_the_readers_notice_a_page_that_is_half_written(home: Path, place: Path) -> None:
    site = place / "polled-torn"
    made = build(CONTENT, home, site, AS_OF)
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
def test_fifty_builds_a_third_of_them_killed_fail_no_reader(home: Path, place: Path) -> None:
    site = place / "polled-fifty"
    made = polled(home, site, builds=50)
    none_failed(made)
    assert made.killed >= 12 and len(made.library.releases) > KEEP
    assert len([each for each in (site / "releases").iterdir() if not each.name.startswith(".")]) <= KEEP
    print({how: seen.asked for how, seen in made.seen.items()}, "killed", made.killed)
