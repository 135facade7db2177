"""docs/security.md promises nothing without a file that does it and a test that shows it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.M)
Row = tuple[str, str, str, str, str]


def rows(text: str = TEXT) -> list[Row]:
    """Number, attack, control, where, proof."""
    return [tuple(found.groups()) for found in ROW.finditer(text)]  # type: ignore[misc]


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def faults(row: Row) -> list[str]:
    """What a row names and is not there."""
    where, proof = re.findall(r"`(.+?)`", row[3]), re.findall(r"`(.+?)`", row[4])
    missing = [name for name in where if not (ROOT / name).exists()]
    for each in proof:
        name, _, test = each.partition("::")
        path = ROOT / name
        if not name.startswith("tests/") or not path.is_file() or test not in names_in(path):
            missing.append(each)
    return missing or (["a file"] if not where else []) + (["a test"] if not proof else [])


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]} {row[1]}"[:60])
def test_every_row_names_files_and_tests_that_are_there(row: Row) -> None:
    assert faults(row) == []


def test_no_attack_of_the_threat_model_is_left_out() -> None:
    assert [int(row[0]) for row in rows()] == list(range(1, 36))
    assert len(ROW.findall(TEXT)) == len([line for line in TEXT.splitlines() if re.match(r"\| \d", line)])


def test_a_row_without_a_proof_would_be_seen() -> None:
    assert faults(("1", "a", "b", "`collector/door.py`", "see the code")) == ["a test"]
    assert faults(("1", "a", "b", "somewhere", "`tests/test_arrows.py::test_arrows_run_one_way`")) == [
        "a file"
    ]
    gone = "`tests/test_arrows.py::test_that_is_not_there`"
    assert faults(("1", "a", "b", "`collector/no.py`", gone)) == ["collector/no.py", gone.strip("`")]


def test_the_first_screen_is_for_the_office_and_names_what_is_not_claimed() -> None:
    first = TEXT[: TEXT.index("## Who is trusted")]
    assert first.index("给人大办") < 200
    for word in ("等保", "密评", "不承诺", "Not promised", "Found a hole?"):
        assert word in first
    assert not re.search(r"\b(sha|SELECT|RLIMIT|ASGI)\b", first)
