"""The reason of a correction: signed beside the answers, never among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.forms import Form, load_forms, parse_form
from ledger.letters import fault as hidden
from ledger.problems import Problems
from ledger.records import parse_record, without_why
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.why import LONGEST, NAME, REASONS, Why, apart, fault, said

TEXT = """\
kind: note
label: {zh: 便条, en: Note}
description: {zh: 一张便条。, en: A note.}
code: BT
written_by: [clerk]
fields:
  subject: {label: {zh: 标题, en: Subject}, required: true, publish: full}
page: {title: '{{ subject }}', columns: [subject], sort: subject}
"""
FORMS: dict[str, Form] = {"note": parse_form(TEXT, "content/forms/note.yaml")}


def kept(home: Path, *whys: Any) -> list[Any]:
    """One note, and a correction for each reason."""
    with Store.open(home, FORMS) as store:
        key = ("records", "note", "one")
        filed = [OfficeRecord("note", {"subject": "0"}, key)]
        filed += [OfficeRecord("note", {"subject": str(n)}, key, why=why) for n, why in enumerate(whys, 1)]
        outcomes = [store.office_append([each])[0] for each in filed]
    with open_ledger(home) as ledger:
        return [outcomes, ledger.history(str(outcomes[0].code)), ledger.answers(len(outcomes))]


def test_a_reason_is_kept_beside_the_answers_and_signed_with_them(tmp_path: Path) -> None:
    outcomes, (first, second), answers = kept(tmp_path, {"reason": "typo", "explanation": "少一个字"})
    assert [each.state for each in outcomes] == ["accepted", "accepted"]
    assert first.why is None and second.why == Why("typo", "少一个字")
    assert second.answers == {"subject": "1"} == answers
    assert any(NAME in text for text in second.disclosures)


def test_a_correction_without_a_reason_is_taken_as_ever(tmp_path: Path) -> None:
    outcomes, (_, second), _ = kept(tmp_path, None)
    assert outcomes[1].state == "accepted" and second.why is None


def test_a_first_record_has_no_reason(tmp_path: Path) -> None:
    with Store.open(tmp_path, FORMS) as store:
        record = OfficeRecord("note", {"subject": "1"}, ("records", "note", "one"), why={"reason": "typo"})
        (outcome,) = store.office_append([record])
    with open_ledger(tmp_path) as ledger:
        (only,) = ledger.history(str(outcome.code))
    assert outcome.state == "accepted" and only.why is None and len(only.disclosures) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {}, [], "typo", {"reason": "because"}, {"reason": "typo", "who": "me"}, {"reason": ["typo"]},
        {"reason": "typo", "explanation": ""}, {"reason": "typo", "explanation": 3},
        {"reason": "typo", "explanation": "长" * (LONGEST + 1)},
        {"reason": "typo", "explanation": "a\u202eb"},
    ],
)  # fmt: skip
def test_a_reason_of_another_shape_is_a_fault_and_never_read(wrong: Any) -> None:
    assert fault(wrong) and said(wrong) is None
    plain, problems = without_why({"subject": "1", NAME: wrong}, "an-earlier-id")
    assert plain == {"subject": "1"} and [each.key[:11] for each in problems] == ["problem.why"]


def test_a_correction_with_a_wrong_reason_is_kept_aside(tmp_path: Path) -> None:
    outcomes, versions, _ = kept(tmp_path, {"reason": "because"})
    assert outcomes[1].state == "quarantined" and len(versions) == 1


def test_beside_a_record_that_replaces_nothing_it_is_an_answer_that_no_form_knows() -> None:
    answers = {"subject": "1", NAME: {"reason": "typo"}}
    assert without_why(answers, None) == (answers, [])


def test_no_form_may_take_its_name() -> None:
    with pytest.raises(Problems, match=NAME):
        parse_form(TEXT.replace("  subject:", f"  {NAME}:").replace("subject", NAME), "note.yaml")
    assert not any(NAME in form.fields for form in load_forms(Path("content")).values())


def test_a_record_file_says_it_in_a_word_or_with_a_sentence() -> None:
    text = "kind: note\n{}answers: {{subject: 一}}\n"
    assert parse_record(text.format("why: typo\n"), "one.yaml").why == {"reason": "typo"}
    both = "why: {reason: privacy, explanation: 去掉了门牌}\n"
    assert parse_record(text.format(both), "one.yaml").why == {
        "reason": "privacy",
        "explanation": "去掉了门牌",
    }
    assert parse_record(text.format(""), "one.yaml").why is None
    with pytest.raises(Problems, match=", ".join(REASONS)):
        parse_record(text.format("why: because\n"), "one.yaml")


def test_the_reason_comes_apart_from_the_answers_whatever_it_is() -> None:
    assert apart({"a": 1}) == ({"a": 1}, None) and hidden("好") is None
