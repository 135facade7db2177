"""What is withheld together with another record: deny unless that one is known to stand in public."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.forms import Form
from publisher.out.extract import Extract, Row
from publisher.out.leaving import Terms, leaving
from tests.publisher.fake import FakeLedger, extracted, form

ASKED = """\
kind: asked
label: {zh: 建议, en: Asked}
description: {zh: 一件建议。, en: One suggestion.}
code: JY
written_by: [deputy]
publish_when: open
fields:
  subject: {label: {zh: 标题, en: Subject}, required: true, publish: full}
  place: {label: {zh: 哪里, en: Where}, publish: full}
  open: {label: {zh: 公开, en: Open}, schema: {type: boolean}, publish: full}
page: {title: '{{ subject }}{{ place }}', columns: [subject], sort: subject}
"""
ANSWER = """\
kind: answer
label: {zh: 答复, en: Answer}
description: {zh: 一次答复。, en: One answer.}
code: DF
written_by: [clerk]
withheld_with: asked
keep_when_withheld: [asked, answered_on]
fields:
  asked: {label: {zh: 建议, en: Asked}, refers_to: asked, required: true, publish: full}
  answered_on: {label: {zh: 日期, en: Date}, schema: {type: string, format: date}, publish: full}
  said: {label: {zh: 内容, en: Text}, publish: full}
  people: {label: {zh: 人数, en: People}, schema: {type: integer}, publish: counted}
page: {title: '{{ asked }} {{ said }}', columns: [said], sort: answered_on}
"""
RATING = ANSWER.replace("kind: answer", "kind: rating").replace("code: DF", "code: PF")
RATING = RATING.replace("asked", "answer")
FORMS = asked, answer, rating = form(ASKED), form(ANSWER), form(RATING)
GATED = form(ASKED.replace("publish_when: open", "gate: review"))


def said(target: str | None, **more: Any) -> dict[str, Any]:
    named = {} if target is None else {"asked": target}
    return {**named, "answered_on": "2026-03-02", "said": "只有这里说的话", **more}


def the(kind: str, leaves: Extract) -> Row:
    (row,) = leaves.rows[kind]
    return row


def ledger_with(open_: bool | None, form_: Form = asked, **told: Any) -> FakeLedger:
    ledger = FakeLedger()
    answers = {"subject": "修路", **told} | ({} if open_ is None else {"open": open_})
    ledger.file(form_, answers, code="JY-2026-AAAA", name="road")
    return ledger


@pytest.mark.parametrize("ref", ["JY-2026-AAAA", "road"])
def test_an_answer_to_a_public_record_is_public(ref: str) -> None:
    ledger = ledger_with(True)
    ledger.file(answer, said(ref))
    row = the("answer", extracted(ledger, *FORMS))
    assert not row.withheld and row.values["said"] == "只有这里说的话" and row.title == "修路 只有这里说的话"


@pytest.mark.parametrize("open_", [False, None], ids=["withheld", "undecided"])
def test_of_an_answer_to_a_withheld_record_only_what_is_kept_remains(open_: bool | None) -> None:
    ledger = ledger_with(open_)
    ledger.file(answer, said("road"))
    leaves = extracted(ledger, *FORMS)
    row = the("answer", leaves)
    assert row.withheld and row.values == {"asked": "JY-2026-AAAA", "answered_on": "2026-03-02"}
    assert "只有这里说的话" in leaves.inside and row.title == "建议 JY-2026-AAAA"
    assert row.envelope is None and row.author is None


@pytest.mark.parametrize("target", ["JY-2026-ZZZZ", "nowhere", None], ids=["code", "name", "unanswered"])
def test_an_answer_to_nothing_that_is_there_is_withheld(target: str | None) -> None:
    ledger = ledger_with(True)
    ledger.file(answer, said(target))
    assert the("answer", extracted(ledger, *FORMS)).values == {"answered_on": "2026-03-02"}


def test_an_answer_to_a_record_that_waits_for_approval_is_withheld() -> None:
    ledger = ledger_with(True, form_=GATED)
    ledger.file(answer, said("road"))
    leaves = extracted(ledger, GATED, answer)
    assert leaves.waiting == 1 and the("answer", leaves).withheld


@pytest.mark.parametrize(
    "words",
    [{"subject": "请打 13800138000"}, {"subject": "1380013", "place": "8000"}],
    ids=["in a value", "only in its heading"],
)
def test_an_answer_to_a_record_that_is_held_back_is_withheld_too(words: dict[str, Any]) -> None:
    ledger = ledger_with(True, **words)
    ledger.file(answer, said("road"), code="DF-2026-AAAA")
    ledger.file(rating, {"answer": "DF-2026-AAAA", "answered_on": "2026-03-03", "said": "评语也不该出去"})
    leaves = extracted(ledger, *FORMS)
    assert [each.code for each in leaves.held] == ["JY-2026-AAAA"] and leaves.rows["asked"] == ()
    for kind in ("answer", "rating"):
        assert the(kind, leaves).withheld and "said" not in the(kind, leaves).values
    assert {"只有这里说的话", "评语也不该出去"} <= leaves.inside
    assert "只有这里说的话" not in the("rating", leaves).title


def test_a_tie_leads_on_whatever_the_kinds_are_called() -> None:
    ledger = ledger_with(False)
    ledger.file(answer, said("road"), code="DF-2026-AAAA")
    ledger.file(rating, {"answer": "DF-2026-AAAA", "said": "评语也不该出去"})
    assert the("rating", extracted(ledger, *FORMS)).values == {"answer": "DF-2026-AAAA"}


def test_a_correction_that_withholds_takes_the_answers_with_it() -> None:
    ledger = ledger_with(True)
    ledger.file(answer, said("road"))
    assert not the("answer", extracted(ledger, *FORMS)).withheld
    ledger.file(asked, {"subject": "修路", "open": False}, code="JY-2026-AAAA")
    assert the("answer", extracted(ledger, *FORMS)).withheld


def test_corrections_of_a_withheld_answer_name_only_what_is_kept() -> None:
    ledger = ledger_with(False)
    ledger.file(answer, said("road"), code="DF-2026-AAAA")
    ledger.file(answer, said("road", said="改过的话", answered_on="2026-03-03"), code="DF-2026-AAAA")
    (correction,) = the("answer", extracted(ledger, *FORMS)).corrections
    assert correction.changed == ("answered_on",)


def test_what_was_filed_with_a_tie_keeps_it_when_the_form_loses_it() -> None:
    loose = form(ANSWER.replace("withheld_with: asked\nkeep_when_withheld: [asked, answered_on]\n", ""))
    ledger = ledger_with(False)
    ledger.file(answer, said("road"))
    assert the("answer", extracted(ledger, asked, loose)).withheld


def test_what_was_filed_without_a_tie_has_it_once_the_form_does() -> None:
    loose = form(ANSWER.replace("withheld_with: asked\nkeep_when_withheld: [asked, answered_on]\n", ""))
    ledger = ledger_with(False)
    ledger.file(loose, said("road"))
    assert the("answer", extracted(ledger, asked, answer)).withheld


OPTIONAL = ANSWER.replace(
    "  asked: {label: {zh: 建议, en: Asked}, refers_to: asked,",
    """\
  of:
    label: {zh: 什么, en: Of}
    choices: {asked: {zh: 建议, en: Asked}, other: {zh: 别的, en: Other}}
    publish: full
  asked: {label: {zh: 建议, en: Asked}, refers_to: asked, only_if: {of: asked},""",
)


@pytest.mark.parametrize(
    ("answers", "withheld"),
    [
        ({"of": "other"}, False),
        ({"of": "asked"}, True),
        ({"of": "asked", "asked": "JY-2026-AAAA"}, True),
        ({"of": "other", "asked": "JY-2026-AAAA"}, True),
    ],
)
def test_a_question_that_is_not_asked_ties_a_record_to_nothing(
    answers: dict[str, str], withheld: bool
) -> None:
    ledger = ledger_with(False)
    optional = form(OPTIONAL)
    ledger.file(optional, answers | {"said": "话"})
    assert the("answer", extracted(ledger, asked, optional)).withheld == withheld


def test_who_does_not_say_what_stands_lets_nothing_out() -> None:
    record = FakeLedger().file(answer, said("road"))
    terms = Terms.of(answer, answer)
    left = leaving(record, terms, approved=True, resolve=lambda kind, ref: ref, village_of=lambda ref: None)
    assert left.withheld


def test_what_is_tied_to_another_record_is_in_no_count() -> None:
    ledger = ledger_with(True)
    for _ in range(9):
        ledger.file(answer, said("road", people=7))
    assert {cell.n for cell in extracted(ledger, *FORMS).counted} <= {0, None}
