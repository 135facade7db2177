"""What the office files: imports that may be repeated, names that may be referred to, approvals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.doctor import examine
from ledger.envelope import open_envelope
from ledger.filing import content_digest
from ledger.forms import load_forms
from ledger.registry import Refused
from ledger.store import OfficeRecord, Outcome, Store, open_ledger
from tests.collector.phone import small_congress


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home", load_forms(small_congress(tmp_path))) as store:
        yield store


def grid(name: str, ref: str = "liuhe-03", **answers: Any) -> OfficeRecord:
    return OfficeRecord("grid", {"name": name, **answers}, import_key=("records", "grid", ref))


def file(store: Store, *records: OfficeRecord) -> list[Outcome]:
    outcomes = store.office_append(records)
    assert examine(store.home).faults == ()
    return outcomes


def test_the_same_again_is_replayed_with_its_code(store: Store) -> None:
    first = file(store, grid("柳河三格"))[0]
    again = file(store, grid("柳河三格"))[0]
    assert first.state == "accepted"
    assert (again.state, again.code, again.position) == ("replayed", first.code, first.position)


def test_what_is_imported_has_an_id_that_nobody_else_can_make_from_its_answers(
    store: Store, tmp_path: Path
) -> None:
    mine = file(store, grid("柳河三格"))[0]
    with Store.open(tmp_path / "other", store.current) as other:
        assert other.office_append([grid("柳河三格")])[0].id != mine.id


def test_what_an_older_program_imported_is_known_again(store: Store) -> None:
    file(store, grid("柳河三格"))
    bare = content_digest({"name": "柳河三格"})
    kept: list[Any] = store.do(
        lambda store: store.db.execute("SELECT content FROM import_key").fetchall()
    ).result()
    assert kept != [(bare,)]
    store.do(lambda store: store.db.execute("UPDATE import_key SET content = ?", (bare,))).result()
    assert store.office_append([grid("柳河三格")])[0].state == "replayed"


def test_a_changed_record_replaces_what_came_before_under_the_same_code(store: Store) -> None:
    first = file(store, grid("柳河三格"))[0]
    second = file(store, grid("柳河村三格"))[0]
    assert (second.state, second.code) == ("accepted", first.code)
    with open_ledger(store.home) as ledger:
        assert [each.answers["name"] for each in ledger.records("grid")] == ["柳河村三格"]
        assert [each.answers["name"] for each in ledger.history(str(first.code))] == [
            "柳河三格",
            "柳河村三格",
        ]


def test_changed_back_is_a_third_version(store: Store) -> None:
    states = [file(store, grid(name))[0].state for name in ("甲格", "乙格", "甲格", "甲格")]
    assert states == ["accepted", "accepted", "accepted", "replayed"]
    assert store.position == 3


def test_the_order_of_answers_is_no_change(store: Store) -> None:
    file(store, OfficeRecord("deputy", {"name": "王芳"}, import_key=("records", "deputy", "d1")))
    file(store, grid("甲格", keeper="d1"))
    turned = OfficeRecord(
        "grid", {"keeper": "d1", "name": "甲格"}, import_key=("records", "grid", "liuhe-03")
    )
    assert file(store, turned)[0].state == "replayed"


def test_records_of_one_import_may_name_each_other_in_any_order(store: Store) -> None:
    outcomes = file(
        store,
        grid("甲格", keeper="d1"),
        OfficeRecord("deputy", {"name": "王芳"}, import_key=("records", "deputy", "d1")),
    )
    assert [each.state for each in outcomes] == ["accepted", "accepted"]
    with open_ledger(store.home) as ledger:
        assert ledger.resolve("deputy", "d1") == outcomes[1].code
        assert ledger.resolve("deputy", str(outcomes[1].code)) == outcomes[1].code
        assert ledger.resolve("grid", str(outcomes[1].code)) is None


def test_a_name_that_means_nothing_is_kept_aside_until_it_means_something(store: Store) -> None:
    first = file(store, grid("甲格", keeper="d1"))[0]
    assert (first.state, first.code) == ("quarantined", None)
    assert [(each.pointer, each.key) for each in first.problems] == [("/keeper", "problem.no_such_record")]
    again = file(store, grid("甲格", keeper="d1"))[0]
    assert (again.state, again.stored) == ("replayed", "quarantined")
    assert again.problems == first.problems
    file(store, OfficeRecord("deputy", {"name": "王芳"}, import_key=("records", "deputy", "d1")))
    mended = file(store, grid("甲格", keeper="d1"))[0]
    assert mended.state == "accepted" and mended.code
    assert file(store, grid("甲格", keeper="d1"))[0].state == "replayed"


def test_a_bad_change_leaves_the_good_version_current(store: Store) -> None:
    good = file(store, grid("甲格"))[0]
    bad = file(store, grid("甲格", people=3))[0]
    assert bad.state == "quarantined"
    with open_ledger(store.home) as ledger:
        assert [each.position for each in ledger.records("grid")] == [good.position]
        assert ledger.resolve("grid", "liuhe-03") == good.code
    mended = file(store, grid("乙格"))[0]
    assert (mended.state, mended.code) == ("accepted", good.code)


def test_only_names_of_record_files_can_be_referred_to(store: Store) -> None:
    file(store, OfficeRecord("deputy", {"name": "王芳"}, import_key=("roll.csv", "deputy", "d1")))
    assert file(store, grid("甲格", keeper="d1"))[0].state == "quarantined"


def test_an_unknown_kind_is_refused_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(Refused, match=r"office\.no_such_kind"):
        store.office_append([grid("甲格"), OfficeRecord("unheard_of", {})])
    assert store.position == 0


def test_the_office_signs_each_kind_in_its_own_chain(store: Store) -> None:
    file(store, grid("甲格"), OfficeRecord("suggestion", {"subject": "修路灯"}), grid("乙格", "liuhe-04"))
    with open_ledger(store.home) as ledger:
        records = [*ledger.records("grid"), *ledger.records("suggestion")]
    assert [each.device for each in records] == [store.office["records"]] * 2 + [store.office["proof"]]
    for each in records:
        key = store.keys.office.public_key()
        opened = open_envelope(each.envelope, each.signature, key, each.disclosures)
        assert opened.answers == each.answers and each.role == "clerk" and each.author is None


def test_an_approval_names_exactly_one_entry(store: Store) -> None:
    suggestion = file(store, OfficeRecord("suggestion", {"subject": "修路灯"}))[0]
    answers = {
        "record": suggestion.code,
        "entry": suggestion.digest,
        "form": store.current["suggestion"].version,
        "decision": "approve",
    }
    file(store, OfficeRecord("approval", answers))
    with open_ledger(store.home) as ledger:
        assert ledger.approvals()[suggestion.digest].answers["decision"] == "approve"


def test_a_long_import_is_replayed_row_for_row(store: Store) -> None:
    records = [grid(f"第{n}格", f"g-{n}") for n in range(3000)]
    assert {each.state for each in store.office_append(records)} == {"accepted"}
    assert {each.state for each in store.office_append(records)} == {"replayed"}
    with open_ledger(store.home) as ledger:
        assert len(list(ledger.records("grid"))) == 3000
        assert [each.name for each in ledger.records("grid")][:2] == ["g-0", "g-1"]
