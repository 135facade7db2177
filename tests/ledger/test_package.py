from __future__ import annotations

import re

import ledger
from tests.ledger.samples import ROOT


def test_the_package_lists_its_modules_a_line_each() -> None:
    listed = re.findall(r"^([a-z_]+) {2,}\S", ledger.__doc__ or "", re.MULTILINE)
    there = {path.stem for path in (ROOT / "ledger").glob("*.py")} - {"__init__"} | {"rules", "backup"}
    assert sorted(listed) == sorted(there)
