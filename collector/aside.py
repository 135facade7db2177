"""What was kept aside, as a clerk needs to see it to decide: branches field by field, others with faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from collector import tellers
from collector.refusal import Refusal, said_problems, say_both
from ledger import resolutions
from ledger.envelope import Forged, read_envelope
from ledger.forms import Form
from ledger.quotes import read_problems
from ledger.reader import Kept
from ledger.registry import Device
from ledger.store import Ledger

if TYPE_CHECKING:
    from collector.state import Collector

MOST = 100
"""Of each sort in one answer, the oldest first; `more` says how many are left."""
LISTS = {"branch": "branches", "held": "held", "quarantined": "quarantined"}


def desk(c: Collector, device: Device) -> dict[str, Any]:
    """Everything that waits for a clerk's decision."""
    if device.role != "clerk":
        raise Refusal(403, "desk.clerks_only")
    with c.ledger() as ledger:
        aside = [each for each in ledger.aside() if not _is_refused_decision(each, ledger)]
        table = _Table(c, ledger)
        told: dict[str, Any] = {"position": ledger.position}
        for state, name in LISTS.items():
            of = [each for each in aside if each.state == state]
            show = table.branch if state == "branch" else table.entry
            told[name] = [show(each) for each in of[:MOST]]
            told.setdefault("more", {})[name] = max(0, len(of) - MOST)
    return told


def _is_refused_decision(kept: Kept, ledger: Ledger) -> bool:
    """A clerk's own decision that could not be carried out asks for no decision: who made it reads why."""
    made = ledger.devices[kept.device].role == "clerk"
    return made and kept.kind == resolutions.KIND and kept.state == "quarantined"


class _Table:
    """Entries laid out over one moment of the ledger."""

    def __init__(self, c: Collector, ledger: Ledger) -> None:
        self._c, self._ledger = c, ledger

    def entry(self, kept: Kept) -> dict[str, Any]:
        """A record on its own, with what is wrong with it."""
        problems = read_problems(kept.problems, kept.quotes)
        lasting = any(each.key in resolutions.FOR_GOOD for each in problems)
        told = self._version(kept)
        form = self._form(told["form"], kept.kind)
        answers = self._answers(kept)
        return {
            **told,
            "label": dict(form.label) if form else None,
            "problems": said_problems(self._c.words, problems),
            "fields": None if answers is None else _fields(form, {"answer": answers}),
            "steps": self._steps(kept, None, not lasting),
        }

    def branch(self, kept: Kept) -> dict[str, Any]:
        """A correction and the current version beside it, with the version that both began from."""
        record = self._ledger.record(str(kept.code))
        assert record is not None  # a branch has a code because something was accepted under it
        told = self._version(kept)
        current = self._ledger.version(record.id)
        base = self._ledger.version(told["replaces"]) if told["replaces"] else None
        form = self._form(told["form"], kept.kind)
        sides = {
            "branch": self._answers(kept),
            "current": None if self._blind(record.answers, kept) else record.answers,
        }
        if base is not None:
            sides["base"] = self._answers(base)
        shown = {name: side for name, side in sides.items() if side is not None}
        return {
            **told,
            "label": dict(form.label) if form else None,
            "current": {**self._version(current), "digest": record.digest} if current else None,
            "base": self._version(base) if base else None,
            "fields": _fields(form, shown) if len(shown) == len(sides) else None,
            "steps": self._steps(kept, record.digest, True),
        }

    def _steps(self, kept: Kept, current: str | None, takes: bool) -> list[dict[str, Any]]:
        """The decisions that a clerk may file, as `work` shows steps, with the answers known so far."""
        named = {"record": kept.id, "entry": kept.digest}
        against = {"current": current} if current else {}
        sort = "branch" if current else "other"
        found = []
        for decision, more in ((resolutions.TAKE, against), (resolutions.CLOSE, {})):
            if decision == resolutions.TAKE and not takes:
                continue
            found.append(
                {
                    "kind": resolutions.KIND,
                    "label": self._c.words.both(f"desk.{decision}"),
                    "why": self._c.words.both(f"desk.{decision}_{sort}"),
                    "must": False,
                    "replaces": None,
                    "answers": {**named, "decision": decision, **more},
                }
            )
        return found

    def _version(self, kept: Kept) -> dict[str, Any]:
        """Which version it is, who filed it and when."""
        try:
            envelope = read_envelope(self._ledger.envelope(kept.position))
        except Forged:
            envelope = None
        by = self._ledger.devices[kept.device]
        return {
            "id": kept.id,
            "digest": kept.digest,
            "kind": kept.kind,
            "code": kept.code,
            "form": envelope.form if envelope else None,
            "replaces": envelope.replaces if envelope else None,
            "received_at": kept.received_at,
            "claimed_at": envelope.claimed_at if envelope else None,
            "mark": kept.mark,
            "why": self._why(kept),
            "by": {"name": by.name, "role": by.role, "code": by.code, "organ": by.organ, "device": by.id,
                   "revoked_at": by.revoked_at, "reason": by.reason},
        }  # fmt: skip

    def _why(self, kept: Kept) -> dict[str, Any] | None:
        """Why its author corrects, in words, and what they add."""
        why = self._ledger.why(kept.position)
        if why is None:
            return None
        return {
            "reason": say_both(self._c.words, f"app.why.{why.reason}", {}),
            "explanation": why.explanation,
        }

    def _form(self, version: str | None, kind: str) -> Form | None:
        return self._c.store.forms.get(version or "") or self._c.store.current.get(kind)

    def _answers(self, kept: Kept) -> dict[str, Any] | None:
        answers = self._ledger.answers(kept.position)
        return None if self._blind(answers, kept) else answers

    def _blind(self, answers: Mapping[str, Any], kept: Kept) -> bool:
        """A teller's count is told to nobody before a second teller has counted, wherever it was put."""
        return kept.kind == tellers.COUNT and not tellers.told(self._ledger, str(answers.get(tellers.BALLOT)))


def _fields(form: Form | None, sides: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers field by field, in the form's order: what each side says, and whether they say the same.

    A side that does not answer has no value of that name.
    """
    order = [*(form.fields if form else ()), *sorted({name for side in sides.values() for name in side})]
    found = []
    for name in dict.fromkeys(order):
        values = {side: answers[name] for side, answers in sides.items() if name in answers}
        if not values:
            continue
        asked = form.fields.get(name) if form else None
        here = [sides[side].get(name) for side in ("branch", "current") if side in sides]
        found.append(
            {
                "name": name,
                "label": dict(asked.label) if asked else {"zh": name, "en": name},
                "same": len(here) < 2 or here[0] == here[1],
                **values,
            }
        )
    return found
