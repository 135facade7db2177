"""The house's arrows: collector -> ledger <- publisher <- build.py, and inside ledger forms <- records <- store."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("ledger", "collector", "publisher")
MAY_IMPORT = {
    "ledger": {"ledger"},
    "collector": {"collector", "ledger"},
    "publisher": {"publisher", "ledger"},
    # build.py stands on its own until the environment does, and for that asks collector.app what the app is made of.
    "build.py": {"publisher", "ledger", "collector.app"},
    "hatch_build.py": {"collector.app"},
}
OPENS_THE_LEDGER = {"publisher/public_db.py"}


def imports_of(text: str) -> set[str]:
    """Every module a file names, inside functions too, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


def wrong_arrows(text: str, allowed: set[str]) -> set[str]:
    """The names in a file that point into a room it may not know."""

    def fine(name: str) -> bool:
        return name.split(".")[0] not in ROOMS or any(f"{name}.".startswith(f"{each}.") for each in allowed)

    return {name for name in imports_of(text) if not fine(name)}


def house() -> list[tuple[str, str]]:
    files = [(path, path.relative_to(ROOT).as_posix()) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    files += [(ROOT / name, name) for name in ("build.py", "hatch_build.py")]
    return [(name, path.read_text("utf-8")) for path, name in sorted(files) if "node_modules" not in name]


@pytest.mark.parametrize(("name", "text"), house(), ids=lambda each: each if len(each) < 60 else "")
def test_arrows_run_one_way(name: str, text: str) -> None:
    room = name if name in MAY_IMPORT else name.split("/")[0]
    assert wrong_arrows(text, MAY_IMPORT[room]) == set()


def test_only_public_db_opens_the_ledger_for_the_publisher() -> None:
    openers = {name for name, text in house() if name.startswith("publisher/") and "ledger.store" in str(imports_of(text))}
    assert openers <= OPENS_THE_LEDGER


def test_only_the_store_imports_apsw() -> None:
    openers = {name for name, text in house() if "apsw" in {each.split(".")[0] for each in imports_of(text)}}
    assert openers and all(name.startswith("ledger/") for name in openers)


def test_forms_records_and_store_stand_in_this_order() -> None:
    knows = {name: str(sorted(imports_of(text))) for name, text in house() if name.startswith("ledger/")}
    assert "ledger.records" not in knows["ledger/forms.py"] and "ledger.store" not in knows["ledger/forms.py"]
    assert "ledger.store" not in knows["ledger/records.py"]


def test_a_wrong_arrow_would_be_seen() -> None:
    assert wrong_arrows("from collector.sync import receive", MAY_IMPORT["publisher"]) == {"collector.sync.receive"}
    assert wrong_arrows("def late():\n    import publisher.pages", MAY_IMPORT["collector"]) == {"publisher.pages"}
    assert wrong_arrows("from collector import server", MAY_IMPORT["build.py"]) == {"collector.server"}
