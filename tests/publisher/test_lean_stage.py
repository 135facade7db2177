"""What makes pages reads neither ledger nor forms, and brings in nothing that only other stages need."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("ledger.store", "ledger.forms", "ledger.cel", "apsw", "celpy", "datasette", "PIL", "segno")


def test_the_site_stage_starts_without_what_it_does_not_need() -> None:
    told = f"import sys, publisher.pages.writing; print(*(name for name in {HEAVY} if name in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_a_macro_that_is_filled_in_has_a_name_of_its_own() -> None:
    templates = [path.read_text("utf-8") for path in (ROOT / "content/templates").glob("*.html")]
    filled = {name for text in templates for name in re.findall(r"(\w+)\s*\|\s*filled\(", text)}
    made = Counter(name for text in templates for name in re.findall(r"macro (\w+)\(", text))
    assert filled and {name: made[name] for name in filled} == dict.fromkeys(filled, 1)
