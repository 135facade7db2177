"""Measure every ratio the project promises, print them with their goals, and keep them on demand."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.bench import push, recount, stamp

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

    title: str
    measure: Callable[[], Mapping[str, float]]
    goals: tuple[Goal, ...]


SUITES = (
    Suite(
        "Publishing",
        stamp.measure,
        (
            Goal(
                "stamp_to_write", "10,000 pages stamped on tmpfs, against such files plainly written", 7, True
            ),
            Goal("rebuild_unchanged_seconds", "A rebuild, nothing changed, 10,000 records", 1, True, " s"),
        ),
    ),
    Suite(
        "Receiving",
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
        "Counting",
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
)


def machine() -> str:
    """What the figures were measured on, in one line."""
    return (
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def main() -> int:
    """Run every suite; exit 1 where a goal is missed."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    write = asked.parse_args().write
    lines, missed = [], 0
    for suite in SUITES:
        measured = suite.measure()
        lines += [f"## {suite.title}", "", "| what | measured | goal | |", "| --- | --- | --- | --- |"]
        lines += [goal.row(measured[goal.name]) for goal in suite.goals]
        held = {goal.name for goal in suite.goals}
        rest = (f"- {name}: {value:,.4g}" for name, value in measured.items() if name not in held)
        lines += ["", *rest, ""]
        missed += sum(not goal.kept(measured[goal.name]) for goal in suite.goals)
    print("\n".join(lines))
    if write:
        head = ["# Benchmarks", "", "Ratios measured in one run by `python -m tests.bench --write`.", ""]
        DOCS.write_text("\n".join([*head, f"{date.today()}, {machine()}.", "", *lines]), "utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
