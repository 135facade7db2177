"""`build.py check` tells every fault in content and records at once: file, line and field, and no other."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from pathlib import Path

import pytest

import build
from collector.rehearsal import rehearse_content
from ledger.forms import load_forms
from ledger.problems import Problem
from publisher.release import check
from tests.planted import CASES, CONTENT, SELDOM_A_FILE, Fault, plant

AT_LEAST = 120


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Fault], list[Problem]]:
    """What was planted, and what one check says."""
    folder = tmp_path_factory.mktemp("planted")
    faults = plant(folder / "content")
    home = folder / "home"
    return faults, [*check(folder / "content", home), *rehearse_content(folder / "content")]


def test_every_planted_fault_is_told_with_file_line_and_field(
    told: tuple[list[Fault], list[Problem]],
) -> None:
    faults, problems = told
    assert [str(each) for each in faults if not any(map(each.told_by, problems))] == []


def test_nothing_else_is_told_and_nothing_twice(told: tuple[list[Fault], list[Problem]]) -> None:
    faults, problems = told
    assert [str(each) for each in problems if not any(fault.told_by(each) for fault in faults)] == []
    assert [each for each, n in Counter(map(str, problems)).items() if n > 1] == []
    assert len(problems) == len(faults) >= AT_LEAST


def test_every_kind_has_a_fault_planted_and_a_sample_to_plant_it_in(
    told: tuple[list[Fault], list[Problem]],
) -> None:
    files = [Path(each.file).parts for each in told[0]]
    planted = {parts[1].removesuffix(".yaml") for parts in files if parts[0] in ("records", "forms")}
    assert load_forms(CONTENT).keys() - planted - SELDOM_A_FILE == set()
    assert {parts[0] for parts in files} >= {"congress.yaml", "forms", "words", "rulebooks", "templates"}


def test_the_command_says_the_same_and_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = plant(tmp_path / "content")
    monkeypatch.setattr(build, "CONTENT", tmp_path / "content")
    monkeypatch.setattr(build, "HOME", tmp_path / "home")
    code = build.check(Namespace(public=False))
    said = capsys.readouterr().out.splitlines()
    assert code == 5 and f"{len(faults)} problems." in said[-1] and len(said) == len(faults) + 1


def test_the_sample_as_it_stands_has_none(tmp_path: Path) -> None:
    assert CASES.is_dir() and rehearse_content(CONTENT) == []
