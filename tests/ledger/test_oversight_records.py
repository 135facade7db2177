"""Records of oversight: every sample passes, and what cannot be is refused with one line that says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.strict_yaml import read_yaml
from tests.ledger.oversight import FORMS, HANDLER, KINDS, SAMPLE, Others, problems

SEEN = {"verified": True, "verified_on": "2026-11-10", "verdict": "done", "evidence": "去看过了。"}
CASES = Path(__file__).parents[1] / "cases" / "oversight.yaml"


@pytest.mark.parametrize(("kind", "name"), [key for key in SAMPLE if key[0] in KINDS], ids="/".join)
def test_a_sample_record_of_oversight_is_kept(kind: str, name: str) -> None:
    assert problems(kind, name) == []


def test_every_kind_of_oversight_has_a_sample() -> None:
    assert {kind for kind, _ in SAMPLE} >= set(KINDS)


REFUSED = [(each["kind"], each["name"], each["changed"], each["said"]) for each in read_yaml(CASES).value]


@pytest.mark.parametrize(("kind", "name", "changed", "said"), REFUSED)
def test_what_cannot_be_is_refused_and_says_why(
    kind: str, name: str, changed: dict[str, Any], said: str
) -> None:
    if rows := changed.get("matters"):
        changed = {"matters": [{k: v for k, v in row.items() if v is not None} for row in rows]}
    found = problems(kind, name, **changed)
    assert any(said in each for each in found), found


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_three_refusals_at_least(kind: str) -> None:
    assert sum(each[0] == kind for each in REFUSED) >= 3


def test_a_handler_claims_and_never_verifies() -> None:
    claimed = {"claimed_done_on": "2026-11-01"}
    assert problems("rectification", "transport-2026-1", HANDLER, **claimed) == []
    seen = {**SEEN, "verified_by": "石桥代表小组"}
    assert any(
        "单位不能验收自己" in each for each in problems("rectification", "transport-2026-1", HANDLER, **seen)
    )
    assert problems("rectification", "transport-2026-1", **seen) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [("rectification", "health-2025-2"), ("commitment", "2026-04"), ("handling_report", "water-2026")],
)
def test_a_handler_speaks_for_no_other_organ(kind: str, name: str) -> None:
    assert [each.partition(" ")[0] for each in problems(kind, name, HANDLER)] == ["/organ"]


def test_a_chain_is_not_closed_before_both_halves_or_without_an_opinion() -> None:
    closing = {"step": "closing", "held_on": "2026-11-01", "handling": ["water-2026"], "modes": None}
    found = problems("oversight_step", "clinic-2026-check", **closing)
    assert any("还有 2 个环节没有记" in each for each in found) and any(
        "还没有审议意见" in each for each in found
    )


def test_a_chain_is_not_closed_while_one_of_its_opinions_has_no_report() -> None:
    second = {**SAMPLE["deliberation_opinion", "water-2026"], "matter": "第二份意见"}
    others = Others(("oversight_step", "water-2026-closed"), deliberation_opinion=second)
    found = problems("oversight_step", "water-2026-closed", others=others)
    assert found == ["/handling 审议意见 deliberation_opinion/new 还没有研究处理报告，不能销号；有了就选上。"]


def test_nothing_about_who_was_interviewed_or_who_has_an_interest_leaves() -> None:
    never = {
        "appraisal": {"person", "interview_notes"},
        "observer": {"avoids", "declared", "mobile"},
    }
    for kind, names in never.items():
        assert {FORMS[kind].fields[name].publish for name in names} == {"never"}
    assert FORMS["appraisal"].publish_when and FORMS["rectification"].withheld_with == "appraisal"
    assert {FORMS[kind].gate for kind in ("outspoken_bulletin", "observer_report")} == {"review"}
    assert FORMS["court_audit"].fields["feedback"].publish == "reviewed"
