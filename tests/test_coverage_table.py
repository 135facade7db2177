"""docs/coverage.md says where each mechanism is, and cannot rot: what it names is there, its tests bite."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.coverage import (
    GROUPS,
    PAGE,
    ROOT,
    Mechanism,
    faults,
    mechanisms,
    organisational,
    without,
    written,
)

ROWS = mechanisms()
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".build", "node_modules", "__pycache__", "site", "var", "*.pyc", ".pytest_cache"
)


def test_there_is_a_row_for_each_of_the_58_mechanisms() -> None:
    assert sum(n for n, *_ in GROUPS.values()) == 58 == len({row.code for row in ROWS}) == len(ROWS)


def test_everything_a_row_names_is_there_and_no_form_is_left_out() -> None:
    assert list(faults(ROWS)) == []


def test_the_page_is_what_the_table_makes_of_it() -> None:
    made = written(ROWS)
    assert PAGE.read_text("utf-8") == made, "run python -m tests.coverage --write"


def test_a_row_that_names_what_is_not_there_is_told() -> None:
    row = Mechanism(
        "A1", "甲", "a", ("pond",), ("ledger.rules.pond.deep",), ("pond.md",), ("pond",), "x.py::y"
    )
    (said,) = [each for each in faults([row]) if each.startswith("A1")]
    for name in ("pond", "ledger.rules.pond.deep", "pond.md", "x.py::y"):
        assert name in said


def test_no_form_of_organisational_items_ships() -> None:
    assert organisational() == []


# -- what happens when a mechanism is taken out --


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository to take things out of."""
    copy = tmp_path_factory.mktemp("house") / "copy"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    if (built := ROOT / "collector/pwa/dist").is_dir() and not (copy / "collector/pwa/dist").exists():
        shutil.copytree(built, copy / "collector/pwa/dist")
    return copy


def passes(house: Path, test: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "full or not full"]
    env = {**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"}
    basetemp = str(house.parent / "pytest")
    ran = subprocess.run(
        [*command, "--basetemp", basetemp, test], cwd=house, env=env, capture_output=True, text=True
    )
    return ran.returncode == 0


@pytest.mark.full
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_the_named_test_fails_when_the_mechanism_is_taken_out(row: Mechanism, house: Path) -> None:
    was: dict[Path, str] = {}
    for name in row.taken_out:
        if "." in name:
            module, _, function = name.rpartition(".")
            spec = importlib.util.find_spec(module)
            assert spec and spec.origin
            path = house / Path(spec.origin).relative_to(ROOT)
            was.setdefault(path, path.read_text("utf-8"))
            path.write_text(without(path.read_text("utf-8"), function), "utf-8")
        else:
            path = house / f"content/forms/{name}.yaml"
            was[path] = path.read_text("utf-8")
            path.unlink()
    try:
        assert not passes(house, row.test)
    finally:
        for path, text in was.items():
            path.write_text(text, "utf-8")


@pytest.mark.full
@pytest.mark.parametrize("test", sorted({row.test for row in ROWS}))
def test_the_named_test_passes_while_the_mechanism_is_there(test: str, house: Path) -> None:
    assert passes(house, test)


def test_a_function_that_is_taken_out_says_nothing() -> None:
    source = 'def one(x: int) -> int:\n    """Doc."""\n    return x\n\n\ndef two() -> int:\n    return 2\n'
    space: dict[str, object] = {}
    exec(without(source, "one"), space)
    assert space["one"](3) == () and space["two"]() == 2  # type: ignore[operator]
