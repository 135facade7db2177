"""Real input: 5,889 suggestions of councillors as they were published, faults included."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from collector.imports import Report, import_path
from ledger.forms import load_forms
from ledger.store import Record, Store, open_ledger
from ledger.words import load_words

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
MAPPING = Path(__file__).parent / "fixtures" / "suggestions-tw.mapping.yaml"
DATA = Path(os.environ.get("MINGBAI_DATA", ROOT.parent / "shared" / "data")) / "suggestions-tw.json"

pytestmark = pytest.mark.skipif(
    not DATA.is_file(),
    reason=f"the real data is not at {DATA}: set MINGBAI_DATA to the folder that holds suggestions-tw.json",
)

MONEY = {"money_asked": "suggest_expense", "money_approved": "approved_expense"}


class Imported:
    """What two imports of the file left behind."""

    def __init__(self, home: Path) -> None:
        self.rows: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"), parse_float=Decimal)
        forms = load_forms(CONTENT)
        with Store.open(home, forms) as store:
            self.first: Report = import_path(store, forms, DATA, MAPPING)
            self.second: Report = import_path(store, forms, DATA, MAPPING)
        with open_ledger(home) as ledger:
            self.records: list[Record] = list(ledger.records("suggestion"))
            self.kept = ledger.counts()

    @property
    def sound_rows(self) -> Iterator[dict[str, Any]]:
        """The rows that were not set aside."""
        aside = {each.row for each in self.first.set_aside}
        return (row for number, row in enumerate(self.rows, 1) if number not in aside)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return Imported(tmp_path_factory.mktemp("ledger"))


def test_every_row_is_accounted_for(imported: Imported) -> None:
    assert imported.first.read == len(imported.rows) == 5889
    assert sum(imported.first.counts.values()) == 5889
    assert imported.first.counts["accepted"] >= 5800
    assert imported.kept == dict(imported.first.counts)


def test_a_second_import_replays_every_row(imported: Imported) -> None:
    assert dict(imported.second.counts) == {"replayed": 5889}
    assert imported.second.set_aside == imported.first.set_aside and imported.second.gone == ()


def test_each_row_set_aside_is_listed_with_the_fault_in_its_own_data(imported: Imported) -> None:
    words = load_words(CONTENT)
    aside = {each.row: each for each in imported.first.set_aside}
    assert len(aside) == imported.first.counts["quarantined"]
    inexact = {n for n, row in enumerate(imported.rows, 1) if any(not whole(row[c]) for c in MONEY.values())}
    assert inexact <= set(aside)
    for number, each in aside.items():
        row = imported.rows[number - 1]
        assert each.where.endswith(f":{number}")
        for problem in each.problems:
            if problem.key == "import.not_cents":
                assert problem.params["cell"] == str(row[MONEY[problem.pointer[1:]]])
            else:
                assert problem.key == "problem.text_not_nfc" and number == 477
        assert all(len(reason) > 10 for lang in ("zh", "en") for reason in each.reasons(words, lang))


def test_money_is_exact_to_the_cent(imported: Imported) -> None:
    for name, column in MONEY.items():
        said = sum(Fraction(row[column]) for row in imported.sound_rows if row[column] is not None) * 100
        assert sum(record.answers.get(name, 0) for record in imported.records) == said
    zero = sum(row["approved_expense"] == 0 for row in imported.sound_rows)
    assert sum(record.answers.get("money_approved") == 0 for record in imported.records) == zero
    assert not any(record.answers.get("money_asked") == 0 for record in imported.records)


def test_numbers_of_the_source_repeat_and_every_row_stands(imported: Imported) -> None:
    numbers = Counter(record.answers["source_id"] for record in imported.records)
    assert numbers == Counter(row["uid"] for row in imported.sound_rows)
    assert max(numbers.values()) == 2
    assert len({record.code for record in imported.records}) == len(imported.records)


def test_no_text_is_lost_but_the_space_round_it(imported: Imported) -> None:
    for name, column in {
        "subject": "suggestion",
        "place": "position",
        "organ_as_written": "brought_by",
        "contractor_as_written": "bid_by",
        "tender_type": "bid_type",
        "spending_type": "expend_on",
        "area_as_written": "county",
    }.items():
        said = Counter(str(row[column]).strip() for row in imported.sound_rows if (row[column] or "").strip())
        assert Counter(record.answers[name] for record in imported.records if name in record.answers) == said
    people = Counter(each for record in imported.records for each in record.answers["councillors_as_written"])
    letters = Counter("".join("".join(row["councilor"].split()) for row in imported.sound_rows))
    assert Counter("".join("".join(each.split()) * n for each, n in people.items())) == letters


def test_several_people_in_one_cell_are_several(imported: Imported) -> None:
    people = {tuple(record.answers["councillors_as_written"]) for record in imported.records}
    assert ("鍾小平", "郭昭巖") in people and ("李慶元", "李新", "林奕華", "秦儷舫") in people
    assert ("謝文進等32位議員",) in people and ("伊斯坦大‧貝雅夫‧正福",) in people
    assert ("王  浩", "王世堅", "葉林傳") in people
    assert all(person == person.strip() and person for each in people for person in each)


def whole(amount: Decimal | None) -> bool:
    return amount is None or amount * 100 == (amount * 100).to_integral_value()
