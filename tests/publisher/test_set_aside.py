"""What was kept aside, from the phone to the page: how many there were, how each was decided; no content."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from collector.sync import Writer, judge
from ledger.entries import Outcome
from ledger.filing import OfficeRecord
from ledger.forms import load_forms
from ledger.store import Store, open_ledger
from publisher.out.public_db import read_ledger
from publisher.release import build, current
from tests.collector.phone import Phone, id_of
from tests.collector.test_histories import _enter
from tests.publisher.fake import AS_OF, CONTENT, visit
from tests.publisher.fake import small_congress as copied

SECRET = "柳树下第三家说的那件事"
REASON = "这是丢了的手机送来的，本人说没有写过"
VISIT = visit("a", summary="修路灯。").answers
SUGGESTION = {
    "subject": "修路灯的建议",
    "body": "村口三盏灯坏了半年。",
    "topic": "social",
    "grid": "liuhe",
    "confidentiality": "public",
}


@dataclass
class Office:
    """A congress whose phones and clerk have worked for a day."""

    store: Store
    phone: Phone
    writer: Writer

    def send(self, answers: Mapping[str, Any], replaces: str | None = None, stopped: bool = False) -> Outcome:
        """A record goes up, from the phone as it is or after it was stopped."""
        form = self.store.current["suggestion" if "subject" in answers else "visit"]
        devices = self.writer.records, self.writer.proof
        state = "revoked" if stopped else "active"
        writer = Writer(*(replace(each, state=state) for each in devices))
        record = self.phone.record(form, answers, replaces)
        (outcome,) = self.store.append([judge(record, writer, self.store.forms, self.store.ledger_id)])
        assert id_of(record) == outcome.id
        return outcome

    def decide(self, about: Outcome, decision: str, **more: str) -> Outcome:
        """The clerk's decision about it."""
        answers = {"record": about.id, "entry": about.digest, "decision": decision, **more}
        (outcome,) = self.store.office_append([OfficeRecord("resolution", answers)])
        assert outcome.state == "accepted", outcome
        return outcome


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A held visit taken in, another closed, a suggestion in two versions, a visit mended, one that waits."""
    home = tmp_path_factory.mktemp("aside") / "home"
    with Store.open(home, load_forms(CONTENT)) as store:
        grid = OfficeRecord("grid", {"name": "柳河村", "level": "village"}, ("records", "grid", "liuhe"))
        store.office_append([grid])
        office = Office(store, *_enter(store, 0))
        late = office.send(VISIT, stopped=True)
        office.decide(late, "take")
        strange = office.send({**VISIT, "summary": SECRET}, stopped=True)
        office.decide(strange, "close", grounds="not_its_author", reason=REASON)
        first = office.send(SUGGESTION)
        office.send({**SUGGESTION, "body": "村口四盏灯坏了半年。"}, first.id)
        branch = office.send({**SUGGESTION, "body": "村口五盏灯坏了半年。"}, first.id)
        assert branch.state == "branch"
        with open_ledger(home) as ledger:
            now = ledger.record(str(branch.code))
        assert now is not None
        office.decide(branch, "take", current=now.digest)
        wrong = office.send({**VISIT, "visited_on": "哪天"})
        assert wrong.state == "quarantined"
        office.send(VISIT, wrong.id)
        office.send({**VISIT, "visited_on": "另一天"})
    yield home


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as db:
        return db.execute(sql).fetchall()


@pytest.fixture(scope="module")
def release(home: Path, place: Path) -> Path:
    return build(CONTENT, home, place / "aside", AS_OF).path


def test_every_decision_has_a_row_with_its_day_sort_and_grounds(release: Path) -> None:
    columns = "sort, kind, decision, grounds, days, length(decided_on), record IS NOT NULL"
    found = rows(release / "data/public.db", f"SELECT {columns} FROM set_aside ORDER BY 1, 3")
    assert found == [
        ("branch", "suggestion", "take", None, 0, 10, 1),
        ("held", "visit", "close", "not_its_author", None, 7, 0),  # the day of a visit stays inside
        ("held", "visit", "take", None, None, 7, 1),
    ]


def test_the_counts_say_how_many_of_each_sort_ended_how_out_of_all_that_came(release: Path) -> None:
    database = release / "data/public.db"
    found = rows(database, "SELECT sort, outcome, n FROM set_aside_count WHERE n > 0 ORDER BY 1, 2")
    assert found == [
        ("branch", "taken", 1),
        ("held", "closed", 1),
        ("held", "taken", 1),
        ("quarantined", "mended", 1),
        ("quarantined", "waiting", 1),
    ]
    with sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True) as db:
        ((received,),) = db.execute("SELECT position FROM release")
    assert received == 14


def test_nothing_of_what_was_not_taken_in_leaves_nor_the_words_to_its_author(release: Path) -> None:
    for path in release.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert SECRET.encode() not in data and REASON.encode() not in data, path


def test_the_page_names_days_grounds_and_the_records_that_are_public(release: Path) -> None:
    page = (release / "www/aside.html").read_text("utf-8")
    assert "不是本人写的" in page and "收到 14 条，暂存过 5 次" in page
    assert page.count('href="visit/ZF-') == 1 and page.count('href="suggestion/JY-') == 1
    assert "set_aside_by_sort" in page


def test_where_the_form_keeps_decisions_inside_nothing_of_them_leaves(home: Path, tmp_path: Path) -> None:
    content = copied(tmp_path / "content")
    path = content / "forms/resolution.yaml"
    text = (
        path.read_text("utf-8") if path.exists() else (CONTENT / "forms/resolution.yaml").read_text("utf-8")
    )
    path.write_text(text.replace("publish: full", "publish: never"), "utf-8")
    forms = load_forms(content)
    assert forms["resolution"].fields["decision"].publish == "never"
    _, extracted = read_ledger(home, forms, "Asia/Shanghai", AS_OF)
    assert extracted.aside is None


def test_the_sample_congress_has_the_page_before_anything_was_kept_aside(tmp_path: Path, place: Path) -> None:
    build(CONTENT, tmp_path, place / "aside-none", AS_OF)
    found = current(place / "aside-none")
    assert found is not None
    assert "还没有作过决定" in (found[0] / "www/aside.html").read_text("utf-8")
