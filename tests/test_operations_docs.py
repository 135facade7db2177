"""docs/operations.md names every command of build.py and every setting that is read anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import build

ROOT = Path(__file__).parents[1]
DOCS = (ROOT / "docs/operations.md").read_text("utf-8")


def settings() -> set[str]:
    """Every MINGBAI_ name in the code."""
    files = [ROOT / "build.py", *(ROOT / "collector").glob("*.py"), *(ROOT / "publisher").rglob("*.py")]
    files += [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    return {name for path in files for name in re.findall(r"MINGBAI_[A-Z]+", path.read_text("utf-8"))}


def test_every_command_of_build_py_is_explained() -> None:
    assert {name for name in build.STEPS if f"| `{name}` |" not in DOCS} == {"build"}
    assert "| `test` |" in DOCS and all(f"`{option}" in DOCS for option in ("--clean", "--port"))


def test_every_setting_is_explained() -> None:
    named = settings()
    assert {"MINGBAI_HOME", "MINGBAI_APP"} <= named
    assert {name for name in named if f"| `{name}" not in DOCS} == set()
