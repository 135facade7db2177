"""Everything docs/import.md shows is run here, and every keyword of a mapping stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.imports import export, import_path
from collector.mapping import FIELD_KEYS, KEYS
from ledger.forms import load_forms
from ledger.store import Store, open_ledger
from ledger.words import load_words

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
TEXT = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def test_every_keyword_of_a_mapping_is_explained() -> None:
    assert [
        each for each in (*KEYS, *FIELD_KEYS) if f"| `{each}` |" not in TEXT and f"`{each}` and" not in TEXT
    ] == []


def test_the_examples_do_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    forms, words = load_forms(CONTENT), load_words(CONTENT)
    said: list[str] = []
    ran = checked = 0
    with Store.open(tmp_path / "home", forms) as store:
        for kind, title, body in FENCE.findall(TEXT):
            if title:
                path = tmp_path / title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body, encoding="utf-8")
            elif kind == "console":
                ran += 1
                command, what, *rest = body.split()[3:]
                if command == "import":
                    mapping = Path(rest[1]) if rest else None
                    said = import_path(store, forms, Path(what), mapping).text(words).splitlines()
                else:
                    assert command == "export" and rest[0] == "--out"
                    with open_ledger(store.home) as ledger:
                        written = export(ledger, forms, what, Path(rest[1]))
                    assert [each.parent.name for each in written] == [what]
            elif kind == "text":
                checked += 1
                assert [line for line in body.splitlines() if line not in said] == []
    assert (ran, checked) == (3, 2)
