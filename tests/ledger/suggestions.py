"""Suggestions that the tests of this folder share: written briefly, or drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given as _given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.rules.suggestion.case import GRADES, OUTCOMES, VERDICTS, Case

DAYS = [f"2026-03-{day:02}" for day in range(1, 13)]
ORGANS = ("JG-1", "JG-2")


def given(code: str = "JB-1", on: str = "2026-03-02", organ: str = "JG-1", **more: Any) -> dict[str, Any]:
    return {"code": code, "assigned_on": on, "organ": organ, "mode": "lead_with_co", **more}


def reply(code: str = "DF-1", on: str = "2026-04-01", said: str = "resolved", **more: Any) -> dict[str, Any]:
    named = {"assignment": "JB-1", "organ": "JG-1", "body": f"{code} 的正文"}
    return {"code": code, "replied_on": on, "outcome_class": said, **named, **more}


def rating(
    code: str = "PF-1", on: str = "2026-04-10", result: str = "satisfied", **more: Any
) -> dict[str, Any]:
    return {
        "code": code, "reply": "DF-1", "rated_on": on, "stage": "reply", "result": result,
        "attitude": "satisfied", "rater": "DB-1", **more,
    }  # fmt: skip


def again(code: str = "CB-1", on: str = "2026-04-12", **more: Any) -> dict[str, Any]:
    return {"code": code, "rating": "PF-1", "opened_on": on, "organ": "JG-1", **more}


def check(code: str = "CY-1", on: str = "2026-05-01", verdict: str = "done", **more: Any) -> dict[str, Any]:
    items = [{"what": "路灯", "verdict": verdict, "note": "看过"}]
    return {"code": code, "checked_on": on, "items": items, "evidence": "数过，十盏都亮", **more}


def case(*, code: str = "JY-1", **records: Any) -> Case:
    """A suggestion with its records by kind; a single one needs no list."""
    suggestion = {"code": code, "lead_deputy": "DB-1", "received_on": "2026-03-01", "topic": "social"}
    lists = {kind: each if isinstance(each, list) else [each] for kind, each in records.items()}
    return Case(suggestion, lists)


def _records(letters: str, least: int = 0, **fields: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(fields), min_size=least, max_size=3).map(
        lambda found: [{"code": f"{letters}-{n}", **each} for n, each in enumerate(found, 1)]
    )


def _code(letters: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{letters}-{n}" for n in range(1, 4)])


_day = st.sampled_from(DAYS)
_items = st.lists(
    st.fixed_dictionaries({"what": st.just("灯"), "verdict": st.sampled_from(VERDICTS)}), max_size=2
)

RECORDS: dict[str, st.SearchStrategy[list[dict[str, Any]]]] = {
    "admission": _records(
        "SL", decided_on=_day,
        decision=st.sampled_from(["accepted", "returned_for_revision", "transferred_as_letter", "refused"]),
    ),
    "assignment": _records(
        "JB", assigned_on=_day, organ=st.sampled_from(ORGANS),
        mode=st.sampled_from(["lead_with_co", "separate"]),
    ),
    "assignment_return": _records("TB", returned_on=_day, assignment=_code("JB")),
    "track": _records("SD", set_on=_day, track=st.sampled_from(["green", "yellow", "red"])),
    "reply": _records(
        "DF", replied_on=_day, assignment=_code("JB"), organ=st.sampled_from(ORGANS),
        outcome_class=st.sampled_from(OUTCOMES), promised_for=_day,
    ),
    "rating": _records(
        "PF", rated_on=_day, reply=_code("DF"), attitude=st.sampled_from(GRADES),
        result=st.sampled_from(GRADES), rater=st.sampled_from(["DB-1", "DB-2"]),
    ),
    "rehandling": _records("CB", opened_on=_day, rating=_code("PF"), organ=st.sampled_from(ORGANS)),
    "promise": _records(
        "CN", reply=_code("DF"), organ=st.sampled_from(ORGANS), due_on=_day, claimed_done_on=_day
    ),
    "onsite_check": _records("CY", checked_on=_day, items=_items),
    "withdrawal": st.one_of(st.just([]), st.just([]), _records("CH", withdrawn_on=_day)),
}  # fmt: skip


_first, _mostly_done = st.just("JG-1"), st.sampled_from(("done", "done", "done", *VERDICTS))
HANDLED: dict[str, st.SearchStrategy[list[dict[str, Any]]]] = {
    **RECORDS,
    "assignment": _records(
        "JB", 1, assigned_on=st.sampled_from(DAYS[:2]), organ=_first, mode=st.just("separate")
    ),
    "assignment_return": st.just([]),
    "withdrawal": st.just([]),
    "reply": _records(
        "DF", 1, replied_on=st.sampled_from(DAYS[1:6]), assignment=_code("JB"), organ=_first,
        outcome_class=st.sampled_from(("resolved", "resolved", "in_progress_dated", "planned_undated")),
        promised_for=_day,
    ),
    "onsite_check": _records(
        "CY", 1, checked_on=_day,
        items=st.lists(st.fixed_dictionaries({"verdict": _mostly_done}), min_size=1, max_size=2),
    ),
}  # fmt: skip


def drawn(*drawing: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test over cases; whole cases take long to draw on a busy machine, so no one draw has a deadline."""
    return lambda test: settings(max_examples=60, deadline=None)(_given(*drawing)(test))


_any, _handled = st.fixed_dictionaries(RECORDS), st.fixed_dictionaries(HANDLED)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any records whatever, sensible together or not; half of them of suggestions well on their way."""
    suggestion = {
        "code": f"JY-{draw(st.integers(1, 999))}",
        "lead_deputy": "DB-1",
        "received_on": draw(_day),
        "topic": draw(st.sampled_from(["social", "finance"])),
    }
    return Case(suggestion, draw(st.one_of(_any, _handled)))
