"""What of one record may leave: the stricter of two forms, and nothing that neither knows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.forms import Form
from ledger.policy import POLICIES
from publisher.out.leaving import Leaving, Terms, leaving, nothing
from tests.publisher.fake import FakeLedger, form

NAMES = """\
kind: note
label: {zh: 便条, en: Note}
description: {zh: 一张便条。, en: A note.}
code: BT
written_by: [deputy]
fields:
  subject: {label: {zh: 标题, en: Subject}, required: true, publish: full}
  open: {label: {zh: 公开, en: Open}, schema: {type: boolean}, publish: full}
  text: {label: {zh: 文字, en: Text}, publish: full}
  told: {label: {zh: 谁说的, en: Told by}, publish: surname}
  seen_on: {label: {zh: 日期, en: Date}, schema: {type: string, format: date}, publish: month}
  people:
    label: {zh: 人, en: People}
    schema: {type: array}
    publish: full
    each:
      nick: {label: {zh: 称呼, en: Called}, publish: full}
      phone: {label: {zh: 电话, en: Phone}, publish: never}
page: {title: '{{ subject }}', columns: [subject], sort: subject}
"""


def left(answers: dict[str, Any], filed: Form, today: Form | None = None, approved: bool = False) -> Leaving:
    record = FakeLedger().file(filed, answers)
    return leaving(
        record,
        Terms.of(filed, today or filed),
        approved=approved,
        resolve=lambda kind, ref: ref,
        village_of=lambda ref: None,
    )


def with_text(publish: str, more: str = "") -> Form:
    return form(NAMES, text=f"  text: {{label: {{zh: 文字, en: Text}}, publish: {publish}{more}}}")


@given(some.sampled_from(POLICIES), some.sampled_from(POLICIES), some.booleans())
def test_a_value_leaves_under_the_stricter_of_the_two_policies(then: str, now: str, approved: bool) -> None:
    if {"village", "month"} & {then, now}:
        return  # these need other types; the pair is covered by surname
    wordings = with_text(then), with_text(now)
    value = left({"subject": "a", "text": "欧阳建国"}, *wordings, approved=approved)
    both = {then, now}
    shut = both & {"never", "counted"} or ("reviewed" in both and not approved)
    shown = None if shut else "欧阳某某" if "surname" in both else "欧阳建国"
    assert value.values.get("text") == shown
    assert ("欧阳建国" in value.inside) == (shown != "欧阳建国")


def test_a_loosened_policy_does_not_let_out_what_was_filed_before() -> None:
    assert "text" not in left({"subject": "a", "text": "旧话"}, with_text("never"), with_text("full")).values


def test_a_field_that_the_filed_wording_did_not_know_never_leaves() -> None:
    old = form(NAMES.replace("  told: {label: {zh: 谁说的, en: Told by}, publish: surname}\n", ""))
    assert left({"subject": "a", "told": "张三"}, old, form(NAMES)).values == {"subject": "a"}


def test_an_answer_that_no_wording_knows_stays_inside() -> None:
    value = left({"subject": "a", "stranger": "谁也不认识"}, form(NAMES))
    assert value.values == {"subject": "a"} and "谁也不认识" in value.inside


def test_a_record_of_an_unknown_wording_leaves_with_nothing() -> None:
    record = FakeLedger().file(form(NAMES), {"subject": "a"})
    terms = Terms.of(None, form(NAMES))
    assert leaving(record, terms, approved=True, resolve=lambda k, r: r, village_of=lambda r: r).values == {}
    assert nothing(record).inside == ("a",)


@pytest.mark.parametrize(
    "answers", [{"open": False}, {}, {"open": "an error"}], ids=["false", "unanswered", "error"]
)
def test_a_condition_that_does_not_hold_withholds_all_but_what_is_kept(answers: dict[str, Any]) -> None:
    guarded = form(
        NAMES.replace("fields:\n", "publish_when: open\nkeep_when_withheld: [seen_on]\nfields:\n", 1)
    )
    value = left({"subject": "标题一", "seen_on": "2026-03-02", **answers}, guarded)
    assert value.withheld and value.values == {"seen_on": "2026-03"}
    assert "标题一" in value.inside and "2026-03-02" in value.inside


def test_two_wordings_with_different_conditions_must_both_hold() -> None:
    then = form(
        NAMES.replace("fields:\n", "publish_when: open\nkeep_when_withheld: [seen_on, text]\nfields:\n", 1)
    )
    now = form(
        NAMES.replace("fields:\n", "publish_when: subject == 'a'\nkeep_when_withheld: [text]\nfields:\n", 1)
    )
    assert not left({"subject": "a", "open": True}, then, now).withheld
    assert left({"subject": "b", "open": True, "text": "t"}, then, now).values == {"text": "t"}
    both = left({"subject": "b", "open": False, "text": "t", "seen_on": "2026-03-02"}, then, now)
    assert both.values == {"text": "t"}


def test_a_field_can_have_a_condition_of_its_own() -> None:
    guarded = with_text("full", ", publish_when: open")
    assert "text" in left({"subject": "a", "text": "t", "open": True}, guarded).values
    assert "text" not in left({"subject": "a", "text": "t", "open": False}, guarded).values


def test_a_row_of_a_group_leaves_without_its_private_parts() -> None:
    value = left({"subject": "a", "people": [{"nick": "老张", "phone": "13800138000"}]}, form(NAMES))
    assert value.values["people"] == [{"nick": "老张"}] and value.inside == ("13800138000",)


def test_values_that_are_coarsened_stay_inside_as_they_were() -> None:
    value = left({"subject": "a", "told": "张三丰", "seen_on": "2026-03-02"}, form(NAMES))
    assert value.values == {"subject": "a", "told": "张某某", "seen_on": "2026-03"}
    assert set(value.inside) == {"张三丰", "2026-03-02"}


def test_zero_and_no_are_answers() -> None:
    assert left({"subject": "a", "open": False}, form(NAMES)).values["open"] is False


@pytest.mark.parametrize(("then", "now"), [("surname", "reviewed"), ("reviewed", "surname")])
def test_a_value_that_one_wording_reviews_and_the_other_coarsens_leaves_coarse_after_review(
    then: str, now: str
) -> None:
    wordings = with_text(then), with_text(now)
    answers = {"subject": "a", "text": "欧阳建国"}
    assert "text" not in left(answers, *wordings).values
    value = left(answers, *wordings, approved=True)
    assert value.values["text"] == "欧阳某某" and "欧阳建国" in value.inside


def test_a_part_of_a_row_that_waits_for_review_stays_inside() -> None:
    reviewed = form(NAMES, nick="      nick: {label: {zh: 称呼, en: Called}, publish: reviewed}")
    answers = {"subject": "a", "people": [{"nick": "住在桥头的老张", "phone": "13800138000"}]}
    value = left(answers, reviewed)
    assert "people" not in value.values and "住在桥头的老张" in value.inside
    age = "      age: {label: {zh: 年, en: Age}, publish: full}\n"
    some_open = NAMES.replace("      phone:", f"{age}      phone:")
    some_open = some_open.replace("Called}, publish: full", "Called}, publish: reviewed")
    value = left({"subject": "a", "people": [{"nick": "住在桥头的老张", "age": "八十"}]}, form(some_open))
    assert value.values["people"] == [{"age": "八十"}] and "住在桥头的老张" in value.inside


def test_a_value_of_another_type_than_the_field_has_today_never_leaves() -> None:
    number = form(NAMES, text="  text: {label: {zh: 数, en: N}, schema: {type: integer}, publish: full}")
    value = left({"subject": "a", "text": "五个人"}, form(NAMES), number)
    assert value.values == {"subject": "a"} and "五个人" not in value.values.values()
