"""What keeps an activity aside, and what keeps its approval aside.

A draft without an authority in law may be filed: the office then sees what is missing. It is not decided on,
not approved, and so not published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer
from ledger.rules.activity.haves import has_authority, missing

KIND = "activity"


def approved_with_authority(
    approval: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """C10: who approves an activity finds its article of law in it, or sends it back."""
    if approval.get("decision") != "approve":
        return
    kept = others.kept(KIND, str(approval.get("record", "")))
    if kept is not None and not has_authority(kept.answers):
        yield _problem("/decision", "approved_no_authority", code=kept.code)


def decided_with_authority(
    activity: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """C10: nothing beyond the powers of the congress is decided in its name.

    >>> found = decided_with_authority({"decided_on": "2026-06-01"}, None, None, None)
    >>> [each.pointer for each in found]
    ['/authority_basis']
    """
    asked = any(name in activity for name in ("decided_by", "decided_on", "closed_on"))
    if asked and not has_authority(activity):
        yield _problem("/authority_basis", "decided_no_authority")


def closed_with_all_six(
    activity: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """C10: 六有 before it is closed, a line for each that is missing.

    >>> six = dict.fromkeys(("purpose", "planned", "preparation", "rule_followed", "result"), "有")
    >>> [each.pointer for each in closed_with_all_six({**six, "closed_on": "2026-06-30"}, None, None, None)]
    ['/report']
    """
    if "closed_on" in activity:
        for name in missing(activity):
            yield _problem(f"/{name}", "closed_without", have=_HAVES[name])


def cancelled_or_closed(
    activity: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """What was cancelled says why, and was not closed as done."""
    if "cancelled_on" not in activity:
        return
    if "cancelled_why" not in activity:
        yield _problem("/cancelled_why", "cancelled_no_reason")
    if "closed_on" in activity:
        yield _problem("/closed_on", "cancelled_and_closed")


_HAVES: Mapping[str, Mapping[str, str]] = {
    "purpose": {"zh": "有目的", "en": "purpose"},
    "planned": {"zh": "有计划", "en": "plan"},
    "preparation": {"zh": "有准备", "en": "preparation"},
    "rule_followed": {"zh": "有规范", "en": "rule followed"},
    "result": {"zh": "有结果", "en": "result"},
    "report": {"zh": "有报告", "en": "report"},
}

AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    KIND: (decided_with_authority, closed_with_all_six, cancelled_or_closed),
    "approval": (approved_with_authority,),
}


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.activity.{key}", params)
