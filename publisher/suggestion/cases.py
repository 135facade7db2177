"""Suggestions as ledger.rules reads them, each with its records, out of the rows of public.db.

Of a suggestion that is not public only the days of its records are handed on, whatever else may stand in
public: enough to tell its state, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.rules.suggestion.case import DAYS, Case
from publisher.reading.answers import Answers, answers, asked
from publisher.reading.public import Public

Row = Mapping[str, Any]
KIND, ABOUT = "suggestion", "suggestion"
KEY = "closed to the rules of suggestions"
"""The kind, and the field through which its records name it."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "admission": ("decided_on", "decision"),
    "assignment": ("assigned_on", "organ"),
    "assignment_return": ("returned_on", "assignment"),
    "track": ("set_on", "track"),
    "reply": ("replied_on", "assignment", "organ", "outcome_class"),
    "rating": ("rated_on", "reply"),
    "rehandling": ("opened_on", "rating"),
    "promise": ("due_on", "reply"),
    "onsite_check": ("checked_on", "items"),
    "extension": ("asked_on", "assignment"),
    "key_supervision": ("decided_on",),
    "leader_undertaking": ("undertaken_on",),
    "reminder": ("reminded_on",),
    "withdrawal": ("withdrawn_on",),
    "award": ("decided_on",),
}
"""What the rules ask of each kind; a record that lacks it is told of in the timeline only."""
CONCLUDED: Mapping[str, tuple[str, ...]] = {
    "suggestion": ("received_on", "period"),
    "admission": ("decided_on", "decision"),
    "assignment": ("assigned_on", "organ", "co_organs", "complex"),
    "assignment_return": ("returned_on", "assignment"),
    "track": ("set_on", "track", "due_on"),
    "reply": ("replied_on", "assignment", "organ", "outcome_class", "promised_for"),
    "rating": ("rated_on", "reply", "stage", "attitude", "result"),
    "rehandling": ("opened_on", "rating", "organ"),
    "promise": ("due_on", "reply", "claimed_done_on"),
    "onsite_check": ("checked_on", "promise", "items.verdict"),
    "extension": ("asked_on", "assignment", "reason", "consent", "consented_on"),
    "withdrawal": ("withdrawn_on", "in_writing"),
}
"""From these the rules conclude, and from their absence as well: that nothing was promised, or agreed to."""
SHUT: Mapping[str, tuple[str, ...]] = {"admission": ("decision",)}
"""What is handed on of the records of a suggestion that is not public, beside their days."""


def case_of(public: Public, row: Row) -> Case:
    """One suggestion with the records that name it."""
    shut = bool(row["withheld"])
    records: dict[str, list[Answers]] = {}
    for kind, each in about(public, row["code"]):
        found = _record(public, kind, each)
        if shut:
            records.setdefault(kind, []).append(_shut(kind, found))
        elif all(name in found for name in NEEDED.get(kind, ())):
            records.setdefault(kind, []).append(found)
    return Case(_record(public, KIND, row), records)


def closed(public: Public) -> tuple[tuple[str, str], ...]:
    """Those of them that a form does not publish as written, so that nothing can be said of how things stand.

    What a congress has no kind or field for was never asked, and is missed by nobody.
    """
    if KEY not in public.computed:
        public.computed[KEY] = tuple(
            (kind, name)
            for kind, names in CONCLUDED.items()
            for name in (names if kind == KIND else (ABOUT, *names))
            if asked(public, kind, name) and not as_written(public, kind, name)
        )
    found: tuple[tuple[str, str], ...] = public.computed[KEY]
    return found


def as_written(public: Public, kind: str, name: str) -> bool:
    """Whether a field leaves always and whole; one of a group, whether the group does as well."""
    fields = (asked(public, kind, name), asked(public, kind, name.partition(".")[0]))
    return kind in public.rows and all(
        each is not None and each.policy == "full" and not each.publish_when for each in fields
    )


def about(public: Public, code: str) -> Iterator[tuple[str, Row]]:
    """The kind and the row of every public record that names a suggestion, in the order of codes."""
    named = {(each.kind, each.code) for each in public.about.get(code, ()) if each.via == ABOUT}
    for kind, other in sorted(named):
        yield kind, public.by_code(kind)[other]


def _record(public: Public, kind: str, row: Row) -> Answers:
    found = answers(public, kind, row) | {"filed_on": row["filed_on"]}
    return found | ({"author": row["author"]} if row.get("author") else {})


def _shut(kind: str, found: Answers) -> Answers:
    kept = ("code", "filed_on", DAYS.get(kind, ""), *SHUT.get(kind, ()))
    return {name: found[name] for name in kept if name in found}
