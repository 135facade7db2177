"""The house's arrows: collector -> ledger <- publisher <- build.py; in ledger forms <- records <- store."""

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
    # Before its environment stands build.py asks what the app is made of (app); check tries an import.
    "build.py": {"publisher", "ledger", "collector.app", "collector.rehearsal"},
    "hatch_build.py": {"collector.app"},
}
OPENS_THE_LEDGER = {"publisher/out/public_db.py"}


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
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    files = [path for path in files if "node_modules" not in path.parts]
    files += [ROOT / "build.py", ROOT / "hatch_build.py"]
    return [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in sorted(files)]


@pytest.mark.parametrize(("name", "text"), house(), ids=lambda each: each if len(each) < 60 else "")
def test_arrows_run_one_way(name: str, text: str) -> None:
    room = name if name in MAY_IMPORT else name.split("/")[0]
    assert wrong_arrows(text, MAY_IMPORT[room]) == set()


def test_only_public_db_opens_the_ledger_for_the_publisher() -> None:
    room = {name: str(imports_of(text)) for name, text in house() if name.startswith("publisher/")}
    openers = {name for name, names in room.items() if "ledger.store" in names}
    assert openers <= OPENS_THE_LEDGER


def test_only_the_store_imports_apsw() -> None:
    openers = {name for name, text in house() if "apsw" in {each.split(".")[0] for each in imports_of(text)}}
    assert openers and all(name.startswith("ledger/") for name in openers)


def test_forms_records_and_store_stand_in_this_order() -> None:
    knows = {name: str(sorted(imports_of(text))) for name, text in house() if name.startswith("ledger/")}
    assert "ledger.records" not in knows["ledger/forms.py"] and "ledger.store" not in knows["ledger/forms.py"]
    assert "ledger.store" not in knows["ledger/records.py"]


def test_a_wrong_arrow_would_be_seen() -> None:
    wrong = [
        ("publisher", "from collector.sync import receive", "collector.sync.receive"),
        ("collector", "def late():\n    import publisher.pages.site", "publisher.pages.site"),
        ("build.py", "from collector import server", "collector.server"),
    ]
    for room, text, name in wrong:
        assert wrong_arrows(text, MAY_IMPORT[room]) == {name}
