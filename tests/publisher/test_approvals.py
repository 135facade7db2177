"""A gate opens for exactly the version and the policy a person has seen."""

from __future__ import annotations

import pytest

from ledger.forms import Form, load_forms
from publisher.out.extract import Extract
from tests.publisher.fake import CONTENT, NOTE, FakeLedger, extracted, form

APPROVAL = load_forms(CONTENT)["approval"]


def gated(gate: str, text: str = NOTE) -> Form:
    return form(text.replace("fields:\n", f"gate: {gate}\nfields:\n", 1))


def shown(leaves: Extract) -> list[str]:
    return [row.title for row in leaves.rows["note"]]


def test_nothing_of_a_gated_record_leaves_before_it_is_approved() -> None:
    ledger, note = FakeLedger(), gated("review")
    ledger.file(note, {"subject": "还没有人看过"})
    leaves = extracted(ledger, note, APPROVAL)
    assert shown(leaves) == [] and leaves.waiting == 1 and "还没有人看过" in leaves.inside


def test_one_clerk_opens_a_review() -> None:
    ledger, note = FakeLedger(), gated("review")
    ledger.approve(ledger.file(note, {"subject": "看过了"}), APPROVAL, note)
    assert shown(extracted(ledger, note, APPROVAL)) == ["看过了"]


@pytest.mark.parametrize(
    ("roles", "opens"),
    [
        (["clerk"], False),
        (["presidium"], False),
        (["clerk", "clerk"], False),
        (["clerk", "deputy"], False),
        (["clerk", "presidium"], True),
    ],
)
def test_two_keys_need_a_clerk_and_one_of_the_presidium(roles: list[str], opens: bool) -> None:
    ledger, note = FakeLedger(), gated("two_keys")
    record = ledger.file(note, {"subject": "两把钥匙"})
    for role in roles:
        ledger.approve(record, APPROVAL, note, role)
    assert shown(extracted(ledger, note, APPROVAL)) == (["两把钥匙"] if opens else [])


def test_a_correction_voids_the_approval() -> None:
    ledger, note = FakeLedger(), gated("review")
    first = ledger.file(note, {"subject": "一"})
    ledger.approve(first, APPROVAL, note)
    ledger.file(note, {"subject": "二"}, code=first.code)
    assert shown(extracted(ledger, note, APPROVAL)) == []


def test_a_changed_policy_voids_the_approval_and_a_changed_label_does_not() -> None:
    ledger, note = FakeLedger(), gated("review")
    ledger.approve(ledger.file(note, {"subject": "看过了"}), APPROVAL, note)
    relabelled = gated("review", NOTE.replace("zh: 标题", "zh: 题目"))
    stricter = gated("review", NOTE.replace("publish: never", "publish: counted"))
    assert shown(extracted(ledger, relabelled, APPROVAL)) == ["看过了"]
    assert shown(extracted(ledger, stricter, APPROVAL)) == []


def test_a_later_refusal_closes_the_gate_again() -> None:
    ledger, note = FakeLedger(), gated("review")
    record = ledger.file(note, {"subject": "看过了"})
    ledger.approve(record, APPROVAL, note)
    ledger.approve(record, APPROVAL, note, decision="send_back")
    assert shown(extracted(ledger, note, APPROVAL)) == []


def test_an_approval_of_another_version_or_by_a_deputy_opens_nothing() -> None:
    ledger, note = FakeLedger(), gated("review")
    one, two = ledger.file(note, {"subject": "一"}), ledger.file(note, {"subject": "二"})
    ledger.approve(one, APPROVAL, note)
    ledger.approve(two, APPROVAL, note, role="deputy")
    assert shown(extracted(ledger, note, APPROVAL)) == ["一"]


def test_a_gate_that_today_is_open_stays_closed_for_what_was_filed_behind_it() -> None:
    ledger, note = FakeLedger(), gated("review")
    ledger.file(note, {"subject": "还没有人看过"})
    assert shown(extracted(ledger, form(), APPROVAL)) == []


def test_a_reviewed_field_waits_while_the_rest_is_public() -> None:
    note = form(inside="  inside: {label: {zh: 原话, en: Said}, publish: reviewed}")
    ledger = FakeLedger()
    record = ledger.file(note, {"subject": "题目", "inside": "原话一句"})
    (row,) = extracted(ledger, note, APPROVAL).rows["note"]
    assert row.values == {"subject": "题目"}
    ledger.approve(record, APPROVAL, note)
    (row,) = extracted(ledger, note, APPROVAL).rows["note"]
    assert row.values == {"subject": "题目", "inside": "原话一句"}
