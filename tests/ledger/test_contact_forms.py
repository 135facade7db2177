"""Forms of contact: one record of each kind is in order, and what is wrong with others is said in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.records import check_answers
from ledger.strict_yaml import read_yaml
from ledger.words import load_words
from tests.ledger.samples import ROOT

FORMS = load_forms(ROOT / "content")
WORDS = load_words(ROOT / "content")
CASES: dict[str, Any] = read_yaml(Path(__file__).parents[1] / "cases/contact.yaml").value
REFUSED = [(kind, each) for kind, case in CASES.items() for each in case["refused"]]
KINDS = (
    "contact_link", "contact_event", "grid_assignment", "service_deed", "opinion_report", "spot_check",
    "linkage_activity",
)  # fmt: skip


def told(kind: str, answers: dict[str, Any]) -> dict[str, str]:
    return {
        each.pointer: each.params["say"]["zh"] if "say" in each.params else WORDS.say(each.key, **each.params)
        for each in check_answers(FORMS[kind], answers)
    }


def test_every_kind_of_contact_has_its_cases() -> None:
    assert set(CASES) == set(KINDS) and all(len(case["refused"]) >= 3 for case in CASES.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_in_order_is_accepted(kind: str) -> None:
    assert told(kind, CASES[kind]["valid"]) == {}


@pytest.mark.parametrize(
    ("kind", "case"), REFUSED, ids=lambda each: each["why"] if isinstance(each, dict) else each
)
def test_what_is_wrong_is_said_at_its_place(kind: str, case: dict[str, Any]) -> None:
    answers = {**CASES[kind]["valid"], **case["change"]}
    found = told(kind, {name: value for name, value in answers.items() if value is not None})
    assert set(found) == set(case["says"])
    for place, begins in case["says"].items():
        assert found[place].startswith(begins), found


def test_what_stays_inside_has_no_column() -> None:
    never = {
        "contact_link": ("target_enterprise", "notes"),
        "contact_event": ("notes",),
        "service_deed": ("photos",),
    }
    for kind, names in never.items():
        assert {FORMS[kind].fields[name].publish for name in names} == {"never"}
    assert FORMS["spot_check"].fields["drawn"].each["note"].publish == "never"
    link = FORMS["contact_link"]
    assert link.publish_when == "link_kind != 'chair_to_enterprise'"
    assert link.keep_when_withheld == ("link_kind",)


def test_for_whom_a_deed_was_done_is_a_category_that_leaves_in_counts_alone() -> None:
    deed = FORMS["service_deed"]
    assert {deed.fields[name].publish for name in ("for_whom", "beneficiaries")} == {"counted"}
    for name in ("what", "grid", "evidence"):
        when = deed.fields[name].publish_when or ""
        assert not [each for each in ("minors", "patients", "elderly", "disabled") if each in when]
        assert when.startswith("for_whom in")
    assert deed.fields["grid"].publish == "village" and deed.fields["done_on"].publish == "month"
