"""What is told of a correction: old and new, but only what leaves today and was public then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.forms import Form, load_forms
from ledger.reader import Record
from ledger.why import Why
from publisher.out.corrected import Correction
from tests.publisher.fake import CONTENT, NOTE, FakeLedger, extracted, form, published

APPROVAL = load_forms(CONTENT)["approval"]
WORDS = NOTE.replace(
    "  inside:", "  said: {label: {zh: 说的话, en: Said}, schema: {type: string}, publish: full}\n  inside:"
)
GUARDED = WORDS.replace("en: Said}, ", "en: Said}, publish_when: subject != 'shut', ")
TYPO = Why("typo", "少写了一个字。")


def versions(ledger: FakeLedger, note: Form, *filed: tuple[dict[str, Any], Why | None]) -> list[Record]:
    """One record and its corrections, a month between them."""
    made: list[Record] = []
    for n, (answers, why) in enumerate(filed):
        code = made[0].code if made else None
        at = f"2026-{n + 1:02d}-05T02:00:00.000Z"
        made.append(ledger.file(note, answers, code=code, received_at=at, why=why))
    return made


def told(ledger: FakeLedger, note: Form, *others: Form) -> list[Correction]:
    return list(extracted(ledger, note, *others).rows["note"][0].corrections)


def sides(correction: Correction) -> list[tuple[Any, ...]]:
    return [(c.field, c.was, c.became, c.was_gone, c.became_gone) for c in correction.changes]


def test_a_correction_tells_old_and_new_value_reason_sentence_and_day() -> None:
    ledger, note = FakeLedger(), form(WORDS)
    versions(
        ledger, note, ({"subject": "一", "said": "旧话"}, None), ({"subject": "一", "said": "新话"}, TYPO)
    )
    (only,) = told(ledger, note)
    assert (only.on, only.reason, only.explanation, only.changed) == (
        "2026-02-05", "typo", "少写了一个字。", ("said",)
    )  # fmt: skip
    assert sides(only) == [("said", "旧话", "新话", False, False)]


def test_a_value_that_does_not_leave_today_is_no_old_value_either() -> None:
    ledger, note = FakeLedger(), form(WORDS)
    versions(ledger, note, ({"said": "旧话"}, None), ({"said": "新话"}, TYPO))
    stricter = form(WORDS.replace("schema: {type: string}, publish: full", "publish: never"))
    (only,) = told(ledger, stricter)
    assert only.changes == () and {"旧话", "新话"} <= extracted(ledger, stricter).inside


def test_a_coarse_value_is_told_as_coarse_as_it_leaves() -> None:
    coarse = WORDS.replace("schema: {type: string}, publish: full", "publish: surname")
    ledger, note = FakeLedger(), form(coarse)
    versions(ledger, note, ({"said": "王小明"}, None), ({"said": "李小明"}, TYPO), ({"said": "李大明"}, TYPO))
    first, second = told(ledger, note)
    assert sides(first) == [("said", "王某某", "李某某", False, False)] and second.changes == ()
    assert {"王小明", "李小明", "李大明"} <= extracted(ledger, note).inside


def test_a_field_that_is_withheld_now_is_taken_down_in_every_correction() -> None:
    ledger, note = FakeLedger(), form(GUARDED)
    versions(
        ledger, note,
        ({"subject": "a", "said": "旧话"}, None),
        ({"subject": "b", "said": "新话"}, TYPO),
        ({"subject": "shut", "said": "新话"}, TYPO),
    )  # fmt: skip
    first, second = told(ledger, note)
    assert ("said", None, None, True, True) in sides(first)
    assert ("said", None, None, True, False) in sides(second)
    assert {"旧话", "新话"} <= extracted(ledger, note).inside


def test_what_was_corrected_for_privacy_is_told_of_no_version_before() -> None:
    ledger, note = FakeLedger(), form(WORDS)
    versions(
        ledger, note,
        ({"subject": "一", "said": "王小明家"}, None),
        ({"subject": "一", "said": "王晓明家"}, Why("typo", "王晓明写错了")),
        ({"subject": "一", "said": "某户"}, Why("privacy", "去掉了王晓明")),
        ({"subject": "一", "said": "某一户"}, TYPO),
    )  # fmt: skip
    first, second, third = told(ledger, note)
    assert sides(first) == [("said", None, None, True, True)] and first.explanation is None
    assert sides(second) == [("said", None, "某户", True, False)]
    assert (second.reason, second.explanation) == ("privacy", None)
    assert sides(third) == [("said", "某户", "某一户", False, False)] and third.explanation
    assert {"王小明家", "王晓明家", "王晓明写错了", "去掉了王晓明"} <= extracted(ledger, note).inside


def test_an_old_value_that_looks_like_personal_data_is_never_told() -> None:
    ledger, note = FakeLedger(), form(WORDS)
    versions(ledger, note, ({"said": "电话 13800138000"}, None), ({"said": "没有电话"}, TYPO))
    leaves = extracted(ledger, note)
    (only,) = leaves.rows["note"][0].corrections
    assert only.changes == () and "电话 13800138000" in leaves.inside and not leaves.held


def test_a_sentence_that_looks_like_personal_data_is_left_out() -> None:
    ledger, note = FakeLedger(), form(WORDS)
    versions(ledger, note, ({"said": "旧"}, None), ({"said": "新"}, Why("typo", "问 13800138000")))
    (only,) = told(ledger, note)
    assert only.reason == "typo" and only.explanation is None


def test_a_version_that_nobody_approved_is_compared_with_nothing() -> None:
    ledger, note = FakeLedger(), form(WORDS.replace("fields:\n", "gate: review\nfields:\n", 1))
    first, second, third = versions(
        ledger, note, ({"said": "看过的"}, None), ({"said": "退回的话"}, TYPO), ({"said": "又看过的"}, TYPO)
    )
    for record in (first, third):
        ledger.approve(record, APPROVAL, note)
    ledger.approve(second, APPROVAL, note, decision="send_back")
    unseen, seen = told(ledger, note, APPROVAL)
    assert (unseen.changed, unseen.changes, unseen.reason) == ((), (), None)
    assert sides(seen) == [("said", "看过的", "又看过的", False, False)]
    assert "退回的话" in extracted(ledger, note, APPROVAL).inside


def test_a_record_that_is_withheld_tells_reasons_and_no_sentence() -> None:
    ledger, note = (
        FakeLedger(),
        form(WORDS.replace("fields:\n", "publish_when: subject != 'shut'\nfields:\n", 1)),
    )
    versions(
        ledger, note, ({"subject": "a", "said": "旧话"}, None), ({"subject": "shut", "said": "新话"}, TYPO)
    )
    (only,) = told(ledger, note)
    assert (only.reason, only.explanation, only.changes) == ("typo", None, ())


def test_values_of_every_type_come_back_as_they_left(tmp_path: Path) -> None:
    visit = load_forms(CONTENT)["visit"]
    ledger = FakeLedger()
    first = ledger.file(visit, {"visited_on": "2026-03-02", "visit_kind": "spot", "topics": ["water"]})
    changed = {"visited_on": "2026-04-02", "visit_kind": "reception", "topics": ["roads", "water"]}
    ledger.file(visit, changed, code=first.code, why=Why("wrong_fact"))
    public = published(tmp_path / "public.db", ledger, *load_forms(CONTENT).values())
    (only,) = public.corrections[first.code]
    assert (only.kind, only.code, only.n, only.reason) == ("visit", first.code, 1, "wrong_fact")
    assert {c.field: (c.was, c.became) for c in only.changes} == {
        "visited_on": ("2026-03", "2026-04"),
        "visit_kind": ("spot", "reception"),
        "topics": (["water"], ["roads", "water"]),
    }


@pytest.mark.parametrize("reason", ["typo", "wrong_fact", "known_more", "changed_since", "privacy", None])
def test_every_reason_has_its_words(reason: str | None) -> None:
    from ledger.words import load_words

    words = load_words(CONTENT)
    assert words.both(f"site.correction.reason.{reason or 'none'}")
    assert reason is None or words.both(f"app.why.{reason}")
