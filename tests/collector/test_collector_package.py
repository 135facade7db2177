"""The package's face lists what is in it."""

from __future__ import annotations

import re
from pathlib import Path

import collector


def test_the_collector_lists_its_modules_a_line_each() -> None:
    listed = re.findall(r"^([a-z_]+) {2,}\S", collector.__doc__ or "", re.MULTILINE)
    there = {path.stem for path in Path(collector.__file__).parent.glob("*.py")} - {"__init__", "__main__"}
    assert sorted(listed) == sorted(there)
