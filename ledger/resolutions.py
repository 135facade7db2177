"""What a clerk decides about a record that was kept aside: a signed `resolution`, and what follows from it.

`take` takes the very record in again, as it was signed, in the entry right after the decision, and so makes a
branch the current version. `close` leaves it where it is, until somebody decides otherwise. No decision does
anything else, so that whoever reads the entries in order finds the same versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import erasure, quotes
from ledger.envelope import Forged, read_disclosure, read_envelope
from ledger.forms import recall_form
from ledger.lineage import current_of
from ledger.records import AnswerProblem, check_answers, not_asked_of, without_why
from ledger.references import references

if TYPE_CHECKING:
    from apsw import Connection

    from ledger.entries import Incoming
    from ledger.registry import Device

KIND = "resolution"
TAKE, CLOSE = "take", "close"
FOR_GOOD = frozenset(
    {
        *("problem.signature", "problem.disclosure", "problem.unknown_form", "problem.not_your_form"),
        *("problem.same_id", "push.unreadable", "push.unchecked", "push.other_device", "push.other_ledger"),
        *("push.wrong_chain", "problem.erasure_office"),
    }
)
"""What no decision mends: the record is not what its author signed, or was never theirs to file."""


class Decision(NamedTuple):
    """A decision as the ledger understands it: what is wrong with it, or the record that it takes in."""

    faults: tuple[AnswerProblem, ...] = ()
    again: Incoming | None = None
    settles: bool = False
    """Whether it takes the place of the current version: a branch does."""


def asked_for(disclosures: tuple[str, ...] | list[str]) -> tuple[str, str] | None:
    """Id and digest of the record that a decision takes in; None where it takes none."""
    answers = dict(read_disclosure(text) for text in disclosures)
    return (answers["record"], answers["entry"]) if answers.get("decision") == TAKE else None


def read(db: Connection, resolution: Incoming, devices: Mapping[str, Device]) -> Decision:
    """What a resolution without faults of its own decides, at the position it would take."""
    answers = dict(read_disclosure(text) for text in resolution.disclosures)
    id, digest = answers["record"], answers["entry"]
    row: Any = db.execute(
        "SELECT position, kind, device, code, state, problems, envelope, signature,"
        f" {quotes.OF_ENTRY} FROM entry"
        " WHERE id = ? AND digest = ? ORDER BY position DESC LIMIT 1",
        (id, digest),
    ).fetchone()
    if row is None:
        return _refused("/entry", "problem.resolution_unknown")
    position, kind, device, code, state, problems, envelope, signature, quoted = row
    if state == "accepted" or db.execute("SELECT 1 FROM mended WHERE id = ?", (id,)).fetchone():
        return _refused("/entry", "problem.resolution_done")
    if answers["decision"] != TAKE:
        return Decision()
    if kind == KIND:
        return _refused("/decision", "problem.resolution_itself")
    if state == "branch" and _current_digest(db, code) != answers.get("current"):
        return _refused("/current", "problem.resolution_stale")
    lasting = [each for each in quotes.read_problems(problems, quoted) if each.key in FOR_GOOD]
    if lasting:
        return Decision(_cannot(lasting))
    texts = [
        text for (text,) in db.execute("SELECT text FROM disclosure WHERE entry = ? ORDER BY n", (position,))
    ]
    again = resolution._replace(
        id=id, digest=digest, kind=kind, device=device, envelope=envelope, signature=signature,
        disclosures=texts, chained=None, problems=(), held=False,
    )  # fmt: skip
    return _judged(db, again, devices[device], erasure.names(db, position))._replace(
        settles=state == "branch"
    )


def _judged(db: Connection, again: Incoming, device: Device, erased: Mapping[str, int]) -> Decision:
    """The record with all that can be said against it now without the ledger's other records."""
    try:
        envelope = read_envelope(again.envelope)
        answers = dict(read_disclosure(text) for text in again.disclosures)
    except Forged:
        return Decision(_cannot([AnswerProblem("", "push.unreadable", {})]))
    row: Any = db.execute("SELECT text FROM form WHERE version = ?", (envelope.form,)).fetchone()
    if row is None:
        return Decision(_cannot([AnswerProblem("", "problem.unknown_form", {})]))
    form = recall_form(row[0])
    answers, wrong = without_why(answers, envelope.replaces)
    wanting = erasure.excused(check_answers(form, answers), erased)
    problems = [*wanting, *not_asked_of(form, answers, device.role), *wrong]
    if problems:
        return Decision(_cannot(problems))
    named = references(form, answers)
    return Decision(again=again._replace(letters=form.code, replaces=envelope.replaces, references=named))


def _cannot(problems: list[AnswerProblem]) -> tuple[AnswerProblem, ...]:
    """Why a record cannot be taken in, as problems of the decision."""
    said = AnswerProblem("/decision", "problem.resolution_cannot", {})
    return (said, *(AnswerProblem("/entry", each.key, each.params) for each in problems))


def cannot(problems: list[AnswerProblem]) -> list[AnswerProblem]:
    """The same for what only the ledger's other records show."""
    return [*_cannot(problems)] if problems else []


def _refused(pointer: str, key: str) -> Decision:
    return Decision((AnswerProblem(pointer, key, {}),))


def _current_digest(db: Connection, code: str) -> str | None:
    current = current_of(db, code)
    if current is None:
        return None
    row: Any = db.execute("SELECT digest FROM entry WHERE position = ?", (current[0],)).fetchone()
    return str(row[0])
