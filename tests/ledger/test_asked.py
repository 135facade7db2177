"""Who names whom: the small table follows every correction, is made again, and the doctor compares it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger import asked
from ledger.asked import Standing
from ledger.doctor import examine
from ledger.forms import Form, load_forms
from ledger.records import AnswerProblem
from ledger.rules import agreements
from ledger.store import OfficeRecord, Outcome, Store, open_ledger
from tests.collector.phone import small_congress

ASKED = frozenset({("grid", "keeper")})


@pytest.fixture
def forms(tmp_path: Path) -> dict[str, Form]:
    return load_forms(small_congress(tmp_path))


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of the small congress ask which grids a deputy keeps."""
    monkeypatch.setattr(agreements, "ASKED", ASKED)
    monkeypatch.setattr(agreements, "ASKED_KINDS", frozenset({"grid"}))


@pytest.fixture
def store(tmp_path: Path, forms: dict[str, Form], asking: None) -> Iterator[Store]:
    with Store.open(tmp_path / "home", forms) as store:
        yield store


def deputy(ref: str, name: str = "王芳") -> OfficeRecord:
    return OfficeRecord("deputy", {"name": name}, import_key=("records", "deputy", ref))


def grid(ref: str, keeper: str, name: str = "柳河三格") -> OfficeRecord:
    return OfficeRecord("grid", {"name": name, "keeper": keeper}, import_key=("records", "grid", ref))


def file(store: Store, *records: OfficeRecord) -> list[Outcome]:
    outcomes = store.office_append(records)
    assert examine(store.home).faults == ()
    return outcomes


def kept_by(store: Store, ref: str, without: str | None = None) -> list[str]:
    def about(store: Store) -> list[str]:
        others = Standing(store.db, store.devices, without)
        return [each.code for each in others.about("grid", "keeper", ref)]

    return store.do(about).result()


def test_a_record_is_found_by_whatever_name_it_is_called(store: Store) -> None:
    d1, d2 = file(store, deputy("d1"), deputy("d2", "李强"))
    by_name, by_code, _ = file(store, grid("a", "d1"), grid("b", str(d1.code)), grid("c", "d2"))
    for ref in ("d1", str(d1.code)):
        assert kept_by(store, ref) == [by_name.code, by_code.code]
        assert kept_by(store, ref, without=by_name.code) == [by_code.code]
    assert len(kept_by(store, str(d2.code))) == 1 and kept_by(store, "nobody") == []
    with open_ledger(store.home) as ledger:
        assert [each.code for each in ledger.about("grid", "keeper", "d1")] == [by_name.code, by_code.code]


def test_before_anything_is_named_nothing_is_found(store: Store) -> None:
    assert kept_by(store, "d1") == []


def test_only_the_current_version_counts(store: Store) -> None:
    file(store, deputy("d1"), deputy("d2", "李强"), grid("a", "d1"))
    code = file(store, grid("a", "d2"))[0].code
    assert (kept_by(store, "d1"), kept_by(store, "d2")) == ([], [code])


def test_what_is_kept_tells_whose_it_is_and_its_names(store: Store) -> None:
    file(store, deputy("d1"), grid("a", "d1"))

    def read(store: Store) -> Any:
        return Standing(store.db, store.devices).about("grid", "keeper", "d1")

    (kept,) = store.do(read).result()
    assert (kept.name, kept.person, kept.role, kept.holder) == ("a", None, "clerk", None)
    assert kept.is_named("a") and kept.is_named(kept.code) and not kept.is_named("b")
    assert dict(kept.answers) == {"name": "柳河三格", "keeper": "d1"}


def test_the_table_is_made_again_when_other_references_are_asked(
    tmp_path: Path, forms: dict[str, Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_is_kept(store: Store) -> Sequence[asked.Row] | None:
        return asked.kept(store.db)

    with Store.open(tmp_path / "home", forms) as store:
        d1, a = file(store, deputy("d1"), grid("a", "d1"))
        assert store.do(nothing_is_kept).result() == []
    monkeypatch.setattr(agreements, "ASKED", ASKED)
    monkeypatch.setattr(agreements, "ASKED_KINDS", frozenset({"grid"}))
    with Store.open(tmp_path / "home", forms) as store:
        assert kept_by(store, str(d1.code)) == [a.code]
        assert examine(store.home).faults == ()


def test_a_ledger_of_before_gets_the_table_when_it_is_opened(
    tmp_path: Path, forms: dict[str, Form], asking: None
) -> None:
    with Store.open(tmp_path / "home", forms) as store:
        file(store, deputy("d1"), grid("a", "d1"))
        store.do(
            lambda held: held.db.execute("DROP TABLE asked; DELETE FROM meta WHERE key = 'asked'")
        ).result()
        assert examine(store.home).faults == ()
    with Store.open(tmp_path / "home", forms) as store:
        assert len(kept_by(store, "d1")) == 1


def test_the_doctor_sees_a_table_that_is_not_what_the_records_say(store: Store) -> None:
    file(store, deputy("d1"), grid("a", "d1"))
    store.do(lambda held: held.db.execute("DELETE FROM asked")).result()
    assert [each.key for each in examine(store.home).faults] == ["doctor.heads"]


def test_two_that_contradict_each_other_in_one_group_are_never_both_kept(store: Store) -> None:
    def one_grid_a_deputy(answers: Any, others: Any, writer: Any, replaced: str | None) -> Any:
        if there := others.about("grid", "keeper", answers["keeper"]):
            yield AnswerProblem("/keeper", "problem.no_such_record", {"label": "", "value": there[0].code})

    store.rules = {"grid": (one_grid_a_deputy,)}
    outcomes = file(store, deputy("d1"), grid("a", "d1"), grid("b", "d1"))
    assert [each.state for each in outcomes] == ["accepted", "accepted", "quarantined"]
    corrected = file(store, grid("a", "d1", name="柳河新三格"))
    assert [each.state for each in corrected] == ["accepted"], "it is judged without the version it replaces"
    again = file(store, grid("b", "d1"))
    assert [(each.state, each.stored) for each in again] == [("replayed", "quarantined")]
    file(store, deputy("d2", "李强"), grid("a", "d2"))
    assert [each.state for each in file(store, grid("b", "d1"))] == ["accepted"]


def test_kinds_without_rules_ask_the_ledger_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("asked")

    monkeypatch.setattr(asked, "disagreements", never)
    monkeypatch.setattr(asked, "naming", never)
    assert [each.state for each in store.office_append([deputy("d1"), grid("a", "d1")])] == ["accepted"] * 2
