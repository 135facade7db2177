"""The process ends before any call that changes the disk: nothing acknowledged is lost, it starts again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.collector.phone import ROOT, small_congress

IN_CI = {"work": 24, "first": 10, "again": 6}
FULL = {"work": 250, "first": 100, "again": 50}


def deaths(folder: Path, when: str, number: int, how: str = "nothing") -> list[dict[str, Any]]:
    content = small_congress(folder)
    command = [sys.executable, "-m", "tests.disk.stricken", content, folder, when, str(number), how]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=1800)
    return [json.loads(line) for line in said.stdout.splitlines()]


def none_lost(found: list[dict[str, Any]]) -> None:
    for each in found:
        assert not each["lost"] and not each["faults"], each
    assert sum(each["died"] for each in found) > len(found) * 0.8


@pytest.mark.parametrize("when", IN_CI)
def test_ending_before_any_call_to_the_disk_loses_nothing(folder: Path, when: str) -> None:
    found = deaths(folder, when, IN_CI[when])
    none_lost(found)
    assert when == "first" or sum(each["promised"] for each in found) > 20


def test_an_answer_before_the_commit_is_found_out_by_ending_before_any_call(folder: Path) -> None:
    found = deaths(folder, "work", 12, "answered_before_the_commit")
    assert any(each["lost"] for each in found), found


@pytest.mark.full
@pytest.mark.parametrize("when", FULL)
def test_four_hundred_ends_before_any_call_lose_nothing(folder: Path, when: str) -> None:
    none_lost(deaths(folder, when, FULL[when]))
