"""5,889 real suggestions, from the file to the public figures, beside counts taken straight from the file.

The counting here reads the JSON and shares nothing with what it checks: not the mapping, not the rules.
"""

from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from collector.imports import Report, import_path
from ledger.rules.suggestion.figures import Figures, Group, figures_by
from ledger.store import Store, open_ledger
from ledger.words import load_words
from publisher.out.public_db import Stand, read_ledger
from publisher.reading.public import read_public
from publisher.release import write_data
from publisher.suggestion.cases import NEEDED
from publisher.suggestion.state import states
from tests.publisher.fake import shipped

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content"
MAPPING = ROOT / "tests/collector/fixtures/suggestions-tw.mapping.yaml"
DATA = Path(os.environ.get("MINGBAI_DATA", ROOT.parent / "shared" / "data")) / "suggestions-tw.json"
ON = date(2026, 11, 26)

pytestmark = pytest.mark.skipif(
    not DATA.is_file(),
    reason=f"the real data is not at {DATA}: set MINGBAI_DATA to the folder that holds suggestions-tw.json",
)

Row = Mapping[str, Any]
MONEY = {"money_asked": "suggest_expense", "money_approved": "approved_expense"}
LEFT_OUT = "councilor_ids"


# -- straight from the file --


def agency(row: Row) -> str:
    return (row["brought_by"] or "").strip()


def year(row: Row) -> str:
    return str(int(row["suggest_year"]))


def cents(row: Row, column: str) -> Fraction:
    return Fraction(row[column] or 0) * 100


def is_faulty(row: Row) -> bool:
    """Money that is no whole number of cents, or a text that is not NFC."""
    texts = [cell for name, cell in row.items() if isinstance(cell, str) and name != LEFT_OUT]
    return any(cents(row, column).denominator > 1 for column in MONEY.values()) or any(
        unicodedata.normalize("NFC", text) != text for text in texts
    )


class Straight:
    """What the file says, counted by hand."""

    def __init__(self) -> None:
        self.rows: list[Row] = json.loads(DATA.read_text("utf-8"), parse_float=Decimal)
        self.faulty = {n for n, row in enumerate(self.rows, 1) if is_faulty(row)}
        self.sound = [row for n, row in enumerate(self.rows, 1) if n not in self.faulty]


# -- by way of the ledger --


class Published:
    """The file brought in as an office would, and what leaves in public.db."""

    def __init__(self, folder: Path) -> None:
        content = shipped()
        with Store.open(folder / "home", content.forms) as store:
            self.report: Report = import_path(store, content.forms, DATA, MAPPING)
        position, extracted = read_ledger(folder / "home", content.forms, "Asia/Shanghai", ON)
        self.held = extracted.held
        data = folder / "data"
        data.mkdir()
        stand = Stand(
            "r", position.position, ON.isoformat(), "c", "v", len(self.held), position.ledger,
            position.epoch, position.chain,
        )  # fmt: skip
        write_data(data, content, extracted, stand)
        self.path = data / "public.db"
        with open_ledger(folder / "home") as ledger:
            self.filed = {kind: sum(1 for _ in ledger.records(kind)) for kind in content.forms}
        known = [each.case for each in states(read_public(self.path), content.rulebook)]
        groups: tuple[Group, ...] = ("organ", "year")
        self.figures = {group: figures_by(group, known, ON, content.rulebook) for group in groups}

    def ask(self, question: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            return db.execute(question).fetchall()


@pytest.fixture(scope="module")
def straight() -> Straight:
    return Straight()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("real"))


# -- nothing lost, nothing invented --


def test_every_row_is_public_or_set_aside_by_its_number(straight: Straight, published: Published) -> None:
    report = published.report
    assert report.read == len(straight.rows) == 5889
    assert {each.row for each in report.set_aside} == straight.faulty
    assert report.counts == {"accepted": len(straight.sound), "quarantined": len(straight.faulty)}
    lines = report.text(load_words(CONTENT)).splitlines()
    for number in straight.faulty:
        assert [line for line in lines if f"suggestions-tw.json:{number}: " in line], number
    assert published.held == ()
    assert published.ask("SELECT count(*), sum(withheld) FROM suggestion") == [(len(straight.sound), 0)]


def test_nothing_is_filed_that_the_file_does_not_say(straight: Straight, published: Published) -> None:
    assert {kind: n for kind, n in published.filed.items() if n} == {"suggestion": len(straight.sound)}
    assert set(NEEDED) <= set(published.filed)
    for group in published.figures.values():
        for each in group.values():
            for figure in each:  # no reply, no rating, no check; money approved is none of these
                assert (figure.n, figure.of, figure.non_response) == (0, 0, ())
                assert set(figure.excluded) == {"not_assigned"}


# -- figures --


def counts(figures: Mapping[str, Figures]) -> dict[str, int]:
    return {name: each.reply_rate.all for name, each in figures.items()}


def test_every_agency_has_as_many_suggestions_as_in_the_file(
    straight: Straight, published: Published
) -> None:
    told = Counter(map(agency, straight.sound))
    assert counts(published.figures["organ"]) == told
    assert len(told) == 109 and sum(told.values()) == len(straight.sound)


def test_every_year_has_as_many_suggestions_as_in_the_file(straight: Straight, published: Published) -> None:
    told = Counter(map(year, straight.sound))
    assert counts(published.figures["year"]) == told
    assert set(told) == {"2011", "2012", "2013", "2014"}


def test_each_figure_leads_to_the_rows_of_its_own_agency_and_year(
    straight: Straight, published: Published
) -> None:
    numbers = {code: number for code, number in published.ask("SELECT code, source_id FROM suggestion")}
    for figures, said in ((published.figures["organ"], agency), (published.figures["year"], year)):
        for name, each in figures.items():
            found = Counter(numbers[code] for code in each.reply_rate.excluded["not_assigned"])
            assert found == Counter(row["uid"] for row in straight.sound if said(row) == name), name


def grouped(straight: Straight) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in straight.sound:
        found.setdefault((agency(row), year(row)), []).append(row)
    yield from found.items()


@pytest.mark.parametrize(("name", "column"), MONEY.items())
def test_every_agency_has_in_every_year_the_money_of_the_file_to_the_cent(
    straight: Straight, published: Published, name: str, column: str
) -> None:
    rows = published.ask(
        f"SELECT coalesce(organ_as_written, ''), year_as_written, count(*), coalesce(sum({name}), 0),"
        f" count({name}), min({name}) = 0 FROM suggestion GROUP BY 1, 2"
    )
    found = {(organ, str(told)): rest for organ, told, *rest in rows}
    assert len(found) == len(rows)
    for group, own in grouped(straight):
        many, total, answered, nothing = found.pop(group)
        assert (many, total) == (len(own), sum(cents(row, column) for row in own)), group
        zeros = sum(row[column] == 0 for row in own)
        said = sum(row[column] is not None for row in own)
        if name == "money_asked":  # 0 stands for "not said"
            assert answered == said - zeros and not nothing, group
        else:  # 0 is a decision: nothing was approved
            assert answered == said and bool(nothing) == bool(zeros), group
    assert found == {}


def test_what_was_set_aside_is_in_no_sum(straight: Straight, published: Published) -> None:
    ((asked, approved),) = published.ask("SELECT sum(money_asked), sum(money_approved) FROM suggestion")
    for total, column in ((asked, "suggest_expense"), (approved, "approved_expense")):
        aside = sum(cents(straight.rows[n - 1], column) for n in straight.faulty)
        assert total + aside == sum(cents(row, column) for row in straight.rows)
