"""Which form, rule, page, table and test each of the 58 mechanisms has: docs/coverage.md out of a table.

`python -m tests.coverage` says what is missing; `--write` writes docs/coverage.md.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ledger.forms import Form, load_forms
from ledger.strict_yaml import read_yaml
from publisher import derived
from publisher.out import tables

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests/cases/coverage.yaml"
PAGE = ROOT / "docs/coverage.md"
GROUPS = {
    "A": (11, "民生实事项目票决制", "Livelihood projects"),
    "B": (7, "代表建议", "Suggestions"),
    "C": (17, "代表履职", "Deputies"),
    "D": (8, "联络站点", "Stations"),
    "E": (10, "监督", "Oversight"),
    "F": (5, "街道、服务和宣传", "Street, outreach, organisation"),
}
CELLS = ("forms", "rules", "pages", "tables")
ORGANISATIONAL = re.compile("党员|党组|党支部|申时|学堂|先锋|编制|请示报告|party_member|party_branch")
"""What organisational items would be about; none is a kind of record that ships (F5)."""

Cell = tuple[str, ...] | str


@dataclass(frozen=True)
class Mechanism:
    """A row: what does one mechanism. A cell is names, or the reason why there is none."""

    code: str
    zh: str
    en: str
    forms: Cell
    rules: Cell
    pages: Cell
    tables: Cell
    test: str
    gone: tuple[str, ...] = ()

    @property
    def taken_out(self) -> tuple[str, ...]:
        """What is taken out to see its test fail: functions, or names of forms."""
        return self.gone or next(cell for cell in (self.rules, self.forms) if not isinstance(cell, str))


def mechanisms(table: Path = TABLE) -> list[Mechanism]:
    """The rows, in order."""
    return [_mechanism(each) for each in read_yaml(table).value["mechanisms"]]


def office(table: Path = TABLE) -> Mapping[str, str]:
    """The kinds that belong to no mechanism, and what each is for."""
    found: Mapping[str, str] = read_yaml(table).value["office"]
    return found


def _mechanism(row: Mapping[str, Any]) -> Mechanism:
    cells: dict[str, Any] = {
        name: tuple(row[name]) if isinstance(row[name], list) else row[name] for name in CELLS
    }
    rest = {name: row[name] for name in ("code", "zh", "en", "test")}
    return Mechanism(**rest, **cells, gone=tuple(row.get("gone", ())))


def missing(row: Mechanism) -> list[str]:
    """What a row names and is not there."""
    there = {"forms": _is_form, "rules": _is_function, "pages": _is_page, "tables": _is_table}
    named = [(name, getattr(row, name)) for name in CELLS if not isinstance(getattr(row, name), str)]
    found = [each for name, cell in named for each in cell if not there[name](each)]
    found += [each for each in row.gone if not _is_function(each)]
    return found + ([] if _is_test(row.test) else [row.test])


def faults(rows: Iterable[Mechanism]) -> Iterator[str]:
    """All that is wrong with the table, a line each."""
    rows = list(rows)
    counted = Counter(row.code[0] for row in rows)
    for letter, (n, *_) in GROUPS.items():
        codes = [row.code for row in rows if row.code[0] == letter]
        if codes != [f"{letter}{k}" for k in range(1, n + 1)]:
            yield f"{letter}: has {counted[letter]} rows, and there are {n} mechanisms."
    for row in rows:
        gone = missing(row)
        if gone:
            yield f"{row.code} {row.zh}: names {', '.join(gone)}, which is not there."
    named = {form for row in rows if not isinstance(row.forms, str) for form in row.forms}
    for kind in _forms().keys() - named - office().keys():
        yield f"content/forms/{kind}.yaml: belongs to no row of tests/cases/coverage.yaml. Name it there."


def organisational() -> list[str]:
    """The kinds of record that are about the organisation of party or office: none ships."""
    return [
        kind
        for kind, form in _forms().items()
        if ORGANISATIONAL.search(form.label["zh"] + form.description["zh"] + kind)
    ]


def written(rows: Iterable[Mechanism]) -> str:
    """The text of docs/coverage.md."""
    rows = list(rows)
    whole = sum(not missing(row) for row in rows)
    lines = [
        "# Coverage: where each of the 58 mechanisms is",
        "",
        "Made by `python -m tests.coverage --write` out of `tests/cases/coverage.yaml`, and compared with",
        "what is there by `tests/test_coverage_table.py`: every form, function, page, table and test that is",
        "named exists, and no form is left out. With `-m full` each mechanism is taken out of a copy, and",
        "the test beside it fails. Where one does not apply, the reason stands in the cell.",
        "",
        f"**{whole} of {len(rows)}.**",
    ]
    for letter, (_, zh, en) in GROUPS.items():
        lines += ["", f"## {letter} {zh} {en}", "", "| | mechanism | form | rule | page | table | test |"]
        lines.append("|---|---|---|---|---|---|---|")
        lines += [_line(row) for row in rows if row.code[0] == letter]
    kinds = ", ".join(f"`{kind}` ({what.rstrip('.').lower()})" for kind, what in sorted(office().items()))
    lines += ["", f"Kinds that belong to no mechanism, but to the ledger itself: {kinds}.", ""]
    return "\n".join(lines)


def _line(row: Mechanism) -> str:
    gone = set(missing(row))
    cells = [_cell(name, getattr(row, name), gone) for name in CELLS]
    file, _, name = row.test.partition("::")
    test = f"`{name}` in `{file.removeprefix('tests/')}`" + (" **missing**" if row.test in gone else "")
    return f"| {row.code} | {row.zh} {row.en} | {' | '.join(cells)} | {test} |"


def _cell(name: str, cell: Cell, gone: set[str]) -> str:
    if isinstance(cell, str):
        return cell
    shown = {each: each.removeprefix("ledger.rules.") if name == "rules" else each for each in cell}
    return " ".join(f"`{short}`" + (" **missing**" if each in gone else "") for each, short in shown.items())


@cache
def _forms() -> Mapping[str, Form]:
    return load_forms(ROOT / "content")


@cache
def _tables() -> frozenset[str]:
    made = {each.name for each in tables.tables(_forms())}
    return frozenset({*made, *tables.OWN, *derived.made()})


def _is_form(kind: str) -> bool:
    return kind in _forms()


def _is_function(name: str) -> bool:
    module, _, function = name.rpartition(".")
    try:
        return callable(getattr(importlib.import_module(module), function, None))
    except ModuleNotFoundError:
        return False


def _is_page(name: str) -> bool:
    folder = "pages" if name.endswith(".md") else "templates"
    return (ROOT / "content" / folder / name).is_file()


def _is_table(name: str) -> bool:
    return name in _tables()


def _is_test(name: str) -> bool:
    file, _, function = name.partition("::")
    path = ROOT / file
    return path.is_file() and f"def {function}(" in path.read_text("utf-8")


def without(source: str, function: str) -> str:
    """A module's text in which one function says nothing: its body is `return ()`."""
    tree = ast.parse(source)
    (node,) = (each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == function)
    lines = source.splitlines(keepends=True)
    first, last = node.body[0].lineno - 1, node.end_lineno
    return "".join([*lines[:first], "    return ()\n", *lines[last:]])


def main() -> int:
    """Say what is missing, or write the page."""
    rows = mechanisms()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(rows), "utf-8")
    for row in rows:
        if gone := missing(row):
            print(f"{row.code} {row.zh}: {', '.join(gone)}")
    found = list(faults(rows))
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
