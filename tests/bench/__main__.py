"""Measure what the project promises, print it with its goals, and keep it on demand.

`python -m tests.bench [NAME…]`: publishing, search, site, district, receiving, counting, working, phone,
phones, data, restore; all where none is named.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.bench import data, district, peers, phone, phones, push, recount, restore, search, stamp, work

DOCS = Path(__file__).parents[2] / "docs/benchmarks.md"


@dataclass(frozen=True)
class Goal:
    """One promised figure: its name in a measurement, what it says, and the bound that it keeps."""

    name: str
    says: str
    bound: float
    at_most: bool
    unit: str = ""

    def kept(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound

    def row(self, value: float) -> str:
        sign = "≤" if self.at_most else "≥"
        verdict = "kept" if self.kept(value) else "**missed**"
        return f"| {self.says} | {value:.3g}{self.unit} | {sign} {self.bound:g}{self.unit} | {verdict} |"


@dataclass(frozen=True)
class Suite:
    """One module that measures, and the goals its figures are held to."""

    name: str
    title: str
    says: str
    measure: Callable[[], Mapping[str, float]]
    goals: tuple[Goal, ...]


SUITES = (
    Suite(
        "publishing",
        "Publishing",
        "",
        stamp.measure,
        (
            Goal(
                "stamp_to_write", "10,000 pages stamped on tmpfs, against such files plainly written", 7, True
            ),
            Goal("rebuild_unchanged_seconds", "A rebuild, nothing changed, 10,000 records", 1, True, " s"),
        ),
    ),
    Suite(
        "search",
        "Search",
        search.SAYS,
        search.measure,
        (
            Goal("cold_kb", "The first search for a two-character word, 10,000 records", 400, True, " KB"),
            Goal("warm_kb", "The next ones, the largest of 20", 100, True, " KB"),
            Goal("words_found_percent", "Of 200 words, shown among the first ten", 95, False, " %"),
            Goal("names_first_percent", "Names that come first", 100, False, " %"),
            Goal("codes_found_percent", "Codes that are found", 100, False, " %"),
        ),
    ),
    Suite(
        "site",
        "The site stage and its peers",
        peers.SAYS,
        peers.measure,
        (
            Goal(
                "site_to_hugo_markdown_cpu", "10,000 pages, processor, against Hugo from Markdown", 0.35, True
            ),
            Goal("site_to_hugo_markdown_wall", "The same, time on the clock", 0.6, True),
            Goal("site_growth", "Growth from 10,000 to 50,000 pages, exponent of processor time", 1.05, True),
            Goal("site_peak_mb", "The most memory held, 10,000 pages", 200, True, " MB"),
            Goal("site_one_percent_seconds", "One in a hundred changed, 10,000 pages", 3, True, " s"),
        ),
    ),
    Suite(
        "district",
        "A district",
        district.SAYS,
        district.measure,
        (
            Goal("district_seconds", "The whole build, two cores", 90, True, " s"),
            Goal("district_unchanged_seconds", "The whole build where nothing has changed", 1, True, " s"),
        ),
    ),
    Suite(
        "receiving",
        "Receiving",
        "",
        push.measure,
        (
            Goal(
                "push_to_bare_apsw",
                "1 KB records pushed in batches of 100, against bare APSW writing the rows, synchronous=FULL",
                0.12,
                False,
            ),
            Goal("push_to_in_process", "The same push, against the same work without HTTP", 0.5, False),
        ),
    ),
    Suite(
        "counting",
        "Counting",
        "",
        recount.measure,
        (
            Goal(
                "recount_to_bare",
                "100,000 ballots read and counted, against splitting and counting their lines",
                15,
                True,
            ),
        ),
    ),
    Suite(
        "working",
        "The day's list",
        "",
        work.measure,
        (
            Goal("work_again_to_first", "The list again, 5,000 suggestions, against the first", 0.1, True),
            Goal("work_after_to_first", "The list after one more record, against the first", 1, True),
        ),
    ),
    Suite(
        "phone",
        "The phone",
        phone.SAYS,
        phone.measure,
        (
            Goal("first_load_kb", "The first load, as it travels", 45, True, " KB"),
            Goal("precache_kb", "All that is held to open with no network", 250, True, " KB"),
            Goal("runtime_packages", "npm packages that travel to the phone", 4, True),
            Goal("ready_3g_seconds", "Link to first screen, 3G (1.4 Mbit/s, 560 ms)", 2, True, " s"),
            Goal("ready_slow_3g_seconds", "The same, slow 3G (400 kbit/s, 2 s)", 5.5, True, " s"),
            Goal("ready_slow_4g_seconds", "The same, slow 4G (1.6 Mbit/s, 150 ms)", 1, True, " s"),
            Goal("cold_paint_seconds", "Cold start, first paint", 0.5, True, " s"),
            Goal("cold_list_seconds", "Cold start, the list of records", 0.8, True, " s"),
            Goal("form_seconds", "A form opens", 0.35, True, " s"),
            Goal("key_seconds", "The slowest keystroke, to the frame that shows it", 0.1, True, " s"),
            Goal("fault_seconds", "下一步 to what is still to fill in", 0.15, True, " s"),
        ),
    ),
    Suite(
        "phones",
        "Many phones at once",
        phones.SAYS,
        phones.measure,
        (
            Goal("phones_not_durable", "Records sent that are not in the ledger", 0, True),
            Goal("phones_twice", "Records that are there twice", 0, True),
            Goal("phones_push_p95_seconds", "95 % of the pushes are answered within", 1, True, " s"),
            Goal("phones_server_mb", "The most memory the server has held", 300, True, " MB"),
        ),
    ),
    Suite(
        "data",
        "Datasette",
        data.SAYS,
        data.measure,
        (
            Goal("table_ms", "A table page of 20 rows at 100,000 rows, CPU", 15, True, " ms"),
            Goal(
                "found_share", "Of 10,000 pieces of two to four characters, found where they stand", 1, False
            ),
            Goal("peak_mb", "The most memory the process has held", 200, True, " MB"),
        ),
    ),
    Suite(
        "restore",
        "The second copy",
        restore.SAYS,
        restore.measure,
        (
            Goal("restore_seconds", "Restored from copy and journal, 100,000 records", 300, True, " s"),
            Goal("restore_from_journal_seconds", "The same, the journal alone", 300, True, " s"),
        ),
    ),
)


def machine() -> str:
    """What the figures were measured on, in one line."""
    return (
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores of {_processor()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"load {os.getloadavg()[0]:.1f} before it began"
    )


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def main() -> int:
    """Run the suites that are asked for; exit 1 where a goal is missed."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help="which to measure; all where none is named")
    asked.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    given = asked.parse_args()
    if unknown := set(given.names) - {suite.name for suite in SUITES}:
        asked.error(f"no such measurement: {', '.join(sorted(unknown))}")
    missed = 0
    for suite in SUITES:
        if given.names and suite.name not in given.names:
            continue
        section, fell = measured(suite)
        missed += fell
        print(f"## {suite.title}\n\n{section}\n")
        if given.write:
            keep(suite.title, section)
    return 1 if missed else 0


def measured(suite: Suite) -> tuple[str, int]:
    """A section of docs/benchmarks.md, and how many goals were missed."""
    where = f"{date.today()}, {machine()}."
    found = suite.measure()
    lines = [where, *(["", suite.says] if suite.says else [])]
    lines += ["", "| what | measured | goal | |", "| --- | --- | --- | --- |"]
    lines += [goal.row(found[goal.name]) for goal in suite.goals]
    held = {goal.name for goal in suite.goals}
    rest = [f"- {name}: {value:,.4g}" for name, value in found.items() if name not in held]
    missed = sum(not goal.kept(found[goal.name]) for goal in suite.goals)
    return "\n".join([*lines, "", *rest]), missed


def keep(title: str, section: str) -> None:
    """Put a section into docs/benchmarks.md in the place of the one before; all others stay as they were."""
    head, *sections = DOCS.read_text("utf-8").split("\n## ")
    texts = dict(each.partition("\n")[::2] for each in sections)
    texts[title] = f"\n{section}\n"
    whole = [head.rstrip("\n"), *(f"{name}\n{text.rstrip()}" for name, text in texts.items())]
    DOCS.write_text("\n\n## ".join(whole) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
