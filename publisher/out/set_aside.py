"""What was kept aside and how it was decided: how many of each sort, and a row for each decision.

Published only where the form of decisions publishes `decision` in full. Nothing of what a record says is read
here. The code of a record stands in its row where that record itself is public, the kind where that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from ledger.forms import Form
from ledger.reader import Kept
from ledger.resolutions import CLOSE, KIND


@dataclass(frozen=True)
class Decided:
    """One decision. `days` counts from the day the record came to the day it was decided about."""

    code: str
    sort: str
    kind: str | None
    record: str | None
    kept_on: str
    decided_on: str
    days: int | None
    decision: str
    grounds: str | None


@dataclass(frozen=True)
class SetAside:
    """How many of each sort ended in which way, and the decisions in the order of their codes."""

    counts: Mapping[tuple[str, str], int]
    decided: tuple[Decided, ...]


class Source(Protocol):
    """The ledger, read in one transaction."""

    def kinds(self) -> Iterable[str]: ...
    def records(self, kind: str) -> Iterable[Any]: ...
    def ever_aside(self) -> list[Kept]: ...
    def under(self, id: str) -> list[Kept]: ...
    def mended(self) -> Mapping[str, str]: ...


def set_aside(
    ledger: Source,
    forms: Mapping[str, Form],
    public: Collection[str],
    coarse: Collection[str],
    day: Callable[[str], str],
) -> SetAside | None:
    """What is told of it; None where the form does not publish decisions.

    `public`: the codes of records that leave. `coarse`: the kinds whose days stay inside. `day` gives
    the local day of a moment.
    """
    form = forms.get(KIND)
    if form is None or form.fields["decision"].publish != "full":
        return None
    aside = [each for each in ledger.ever_aside() if each.kind != KIND]
    decisions = list(ledger.records(KIND)) if KIND in ledger.kinds() else []
    closed = {each.answers["entry"] for each in decisions if each.answers["decision"] == CLOSE}
    mended = ledger.mended()
    counts = Counter((each.state, _outcome(each, ledger, closed, mended)) for each in aside)
    rows = _decided(decisions, aside, ledger, forms, public, coarse, day)
    return SetAside(counts, tuple(sorted(rows, key=lambda row: row.code)))


def _outcome(kept: Kept, ledger: Source, closed: Collection[str], mended: Collection[str]) -> str:
    if _later(kept, ledger):
        return "taken"
    if kept.id in mended:
        return "mended"
    return "closed" if kept.digest in closed else "waiting"


def _later(kept: Kept, ledger: Source) -> Kept | None:
    """The same record where it was taken in."""
    same = (each for each in ledger.under(kept.id) if each.digest == kept.digest)
    return next((each for each in same if each.position > kept.position), None)


def _decided(
    decisions: Iterable[Any],
    aside: Iterable[Kept],
    ledger: Source,
    forms: Mapping[str, Form],
    public: Collection[str],
    coarse: Collection[str],
    day: Callable[[str], str],
) -> Iterator[Decided]:
    by_digest: dict[str, list[Kept]] = {}
    for each in aside:
        by_digest.setdefault(each.digest, []).append(each)
    for decision in decisions:
        about = [
            each for each in by_digest.get(decision.answers["entry"], ()) if each.position < decision.position
        ]
        if not about:
            continue
        kept = about[-1]
        later = _later(kept, ledger) or kept
        hidden = kept.kind in coarse
        kept_on, decided_on = day(kept.received_at), day(decision.received_at)
        days = (date.fromisoformat(decided_on) - date.fromisoformat(kept_on)).days
        grounds = forms[KIND].fields.get("grounds")
        yield Decided(
            code=decision.code,
            sort=kept.state,
            kind=kept.kind if (form := forms.get(kept.kind)) and form.page and form.published else None,
            record=later.code if later.code in public else None,
            kept_on=kept_on[:7] if hidden else kept_on,
            decided_on=decided_on[:7] if hidden else decided_on,
            days=None if hidden else days,
            decision=decision.answers["decision"],
            grounds=decision.answers.get("grounds") if grounds and grounds.publish == "full" else None,
        )
