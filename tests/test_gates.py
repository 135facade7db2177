"""Kinds that wait for an approval say so, and none is public before it was given for that version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.approvals import KEYS
from ledger.forms import Form, load_forms
from ledger.records import check_answers, read_record
from ledger.strict_yaml import read_yaml
from tests.publisher.fake import CONTENT, FakeLedger, extracted

FORMS = load_forms(CONTENT)
APPROVAL = FORMS["approval"]
GATES: dict[str, dict[str, str]] = read_yaml(Path(__file__).parent / "cases/gates.yaml").value
GATED = [form for form in FORMS.values() if form.gate != "none"]


@pytest.mark.parametrize("kind", GATES)
def test_a_kind_that_needs_an_approval_declares_its_gate(kind: str) -> None:
    assert FORMS[kind].gate == GATES[kind]["gate"] and GATES[kind]["why"]


def test_every_gate_stands_in_the_table_with_its_reason() -> None:
    assert {form.kind: form.gate for form in GATED if form.kind not in GATES} == {}


def sample(form: Form) -> dict[str, Any]:
    """The first sample record of a kind, without what it refers to: that is not asked here."""
    path = min((CONTENT / "records" / form.kind).glob("*.yaml"))
    return dict(read_record(path).answers)


def public(ledger: FakeLedger, form: Form) -> tuple[int, int]:
    """How many records of a kind are public, and how many wait."""
    leaves = extracted(ledger, *{**FORMS, form.kind: form}.values())
    return len(leaves.rows.get(form.kind, ())), leaves.waiting


@pytest.mark.parametrize("form", GATED, ids=lambda form: form.kind)
def test_every_key_of_a_gate_is_needed_and_each_version_needs_its_own(form: Form) -> None:
    ledger = FakeLedger()
    record = ledger.file(form, sample(form))
    assert public(ledger, form) == (0, 1)
    ledger.approve(record, APPROVAL, form, role="deputy")
    assert public(ledger, form) == (0, 1), "a deputy's word is no key"
    for n, key in enumerate(KEYS[form.gate]):
        assert public(ledger, form) == (0, 1), f"{n} keys are not enough"
        ledger.approve(record, APPROVAL, form, role=key[0])
    shown, waiting = public(ledger, form)
    assert shown + len(extracted(ledger, *FORMS.values()).held) == 1 and waiting == 0
    ledger.file(form, sample(form), code=record.code)
    assert public(ledger, form) == (0, 1), "a later version was not seen by anybody"


@pytest.mark.parametrize("form", GATED, ids=lambda form: form.kind)
def test_sent_back_once_is_not_public_whoever_else_agrees(form: Form) -> None:
    ledger = FakeLedger()
    record = ledger.file(form, sample(form))
    for key in KEYS[form.gate]:
        ledger.approve(record, APPROVAL, form, role=key[0])
    ledger.approve(record, APPROVAL, form, role="clerk", decision="send_back")
    assert public(ledger, form) == (0, 1)


@pytest.mark.parametrize("form", GATED, ids=lambda form: form.kind)
def test_an_approval_can_be_filed_for_the_code_of_any_kind(form: Form) -> None:
    digest = "A" * 43
    answers = {
        "record": f"{form.code}-2026-7KQ4", "entry": digest, "form": f"{form.kind}@{digest}",
        "decision": "approve",
    }  # fmt: skip
    assert check_answers(APPROVAL, answers) == []
    assert [each.pointer for each in check_answers(APPROVAL, {**answers, "record": "7KQ4"})] == ["/record"]


def test_codes_of_all_lengths_can_be_approved() -> None:
    digest = "A" * 43
    for form in FORMS.values():
        code = f"{form.code}-2026-7KQ4"
        answers = {"record": code, "entry": digest, "form": f"{form.kind}@{digest}", "decision": "approve"}
        assert check_answers(APPROVAL, answers) == [], form.kind
