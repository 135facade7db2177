"""The package's face lists what is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import collector
from ledger.words import load_words

ROOT = Path(__file__).parents[2]
SAYING = [
    *(ROOT / "collector").glob("*.py"),
    *(ROOT / "ledger" / f"{each}.py" for each in ("registry", "filing")),
]


def test_the_collector_lists_its_modules_a_line_each() -> None:
    listed = re.findall(r"^([a-z_]+) {2,}\S", collector.__doc__ or "", re.MULTILINE)
    there = {path.stem for path in Path(collector.__file__).parent.glob("*.py")} - {"__init__", "__main__"}
    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("path", SAYING, ids=lambda path: path.name)
def test_everything_that_is_said_has_its_words(path: Path, content: Path) -> None:
    words = load_words(content)
    said = r'"((?:push|office|doctor|draft|handover|desk)\.[a-z_]+)"'
    for key in re.findall(said, path.read_text("utf-8")):
        assert key in words.messages
