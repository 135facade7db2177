"""How each record of oversight stands, as columns of public.db: the pages count these very rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight import appraisal as tests
from ledger.rules.oversight import chain, decided, mending, opinion
from ledger.rules.oversight.observers import complete
from publisher.computed import Column
from publisher.oversight.folded import GRADES, Oversight, lacking
from publisher.reading.answers import Answers
from publisher.reading.public import Public

Rows = Callable[[Public, Rulebook], Iterator[Mapping[str, Any]]]
DAYS = {"zh": "天", "en": "days"}
LATE = Column("late", "integer", unit=DAYS)

APPRAISAL = (
    Column("grade", "choice", "oversight.grade", (*GRADES, "none")),
    Column("differs", "boolean"),
    Column("problems", "integer"),
    Column("mended", "integer"),
)
MENDING = (Column("state", "choice", "oversight.mending", mending.STATES), LATE)
PROMISED = (Column("state", "choice", "oversight.promise", mending.STATES), LATE)
CHAIN = (
    Column("state", "choice", "oversight.chain", chain.STATES),
    Column("opinions", "integer"),
    Column("answered", "integer"),
    Column("published", "integer"),
    Column("closed_on", "date"),
    Column("open_days", "integer", unit=DAYS),
    Column("combinations", "integer"),
)
OPINION = (
    Column("state", "choice", "oversight.opinion", opinion.STATES),
    Column("due", "date"),
    Column("reported_on", "date"),
    Column("in_time", "boolean"),
    Column("read_on", "date"),
    LATE,
)
DECIDED = (
    Column("state", "choice", "oversight.decided", decided.STATES),
    Column("looks", "integer"),
    Column("last_look", "date"),
    LATE,
)
LEADS = (
    Column("late_steps", "integer"),
    Column("committee_by", "date"),
    Column("sc_by", "date"),
    Column("members_by", "date"),
    Column("unknown_steps", "integer"),
)


def _each(kind: str, row: Callable[[Oversight, Answers], dict[str, Any]]) -> Rows:
    """A row for each public record of a kind; where a field it follows from is not public, only the code."""

    def rows(public: Public, rulebook: Rulebook) -> Iterator[Mapping[str, Any]]:
        found = Oversight(public, rulebook)
        known = {} if lacking(public, kind) else {each["code"]: each for each in found.records(kind)}
        for there in public.rows.get(kind, ()):
            answered = known.get(there["code"])
            yield {"code": there["code"], **(row(found, answered) if answered else {})}

    return rows


def _appraisal(found: Oversight, each: Answers) -> dict[str, Any]:
    grade = tests.grade(each, found.rulebook).grade
    mended, problems = found.mended(each)
    return {"grade": grade, "differs": grade != each["announced"], "problems": problems, "mended": mended}


def _mending(found: Oversight, each: Answers) -> dict[str, Any]:
    state = found.mending(each)
    return {"state": state.state, "late": state.late or None}


def _chain(found: Oversight, each: Answers) -> dict[str, Any]:
    state = found.chain(each)
    return {
        "state": state.state,
        "opinions": state.opinions,
        "answered": state.answered,
        "published": state.published,
        "closed_on": state.closed_on.isoformat() if state.closed_on else None,
        "open_days": state.open_days(found.on),
        "combinations": complete(found.steps.get(each["code"], ())),
    }


def _opinion(found: Oversight, each: Answers) -> dict[str, Any]:
    state = found.handled(each)
    return {
        "state": state.state,
        "due": state.deadline.due.isoformat(),
        "reported_on": state.first.isoformat() if state.first else None,
        "in_time": state.in_time,
        "read_on": state.published_on.isoformat() if state.published_on else None,
        "late": state.late or None,
    }


def _decided(found: Oversight, each: Answers) -> dict[str, Any]:
    state = found.carried(each)
    return {
        "state": state.state,
        "looks": state.looks,
        "last_look": state.last["followed_on"] if state.last else None,
        "late": state.late or None,
    }


def _leads(found: Oversight, each: Answers) -> dict[str, Any]:
    leads = found.leads(each)
    names = {
        "sent_to_committee_on": "committee_by",
        "sent_to_sc_on": "sc_by",
        "sent_to_members_on": "members_by",
    }
    return {
        **{names[lead.step]: lead.latest.isoformat() for lead in leads},
        "late_steps": sum(lead.state == "late" for lead in leads),
        "unknown_steps": sum(lead.state == "unknown" for lead in leads),
    }


STATES: Mapping[str, tuple[tuple[Column, ...], Rows]] = {
    "appraisal": (APPRAISAL, _each("appraisal", _appraisal)),
    "rectification": (MENDING, _each("rectification", _mending)),
    "commitment": (PROMISED, _each("commitment", _mending)),
    "oversight_item": (CHAIN, _each("oversight_item", _chain)),
    "deliberation_opinion": (OPINION, _each("deliberation_opinion", _opinion)),
    "adopted_resolution": (DECIDED, _each("adopted_resolution", _decided)),
    "special_report": (LEADS, _each("special_report", _leads)),
}
"""The state of each kind: its columns, the first of them told in lists, and a row for each of its records."""
