"""What the public is told of an answer that was erased: which one, on which day and why, never what it was.

Only of fields that would leave today, of records that leave: that a telephone number was deleted which nobody
ever saw would itself say something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.forms import Form
from ledger.pii import find_pii
from ledger.why import NAME as WHY
from publisher.out.leaving import Filed, Leaving, Terms, shut


@dataclass(frozen=True)
class Erased:
    """One public field of a record that was erased."""

    code: str
    field: str
    erased_on: str
    reason: str
    explanation: str | None = None


def last(gone: Iterable[tuple[int, str, str]], wordings: Iterable[Form]) -> int:
    """The position of the last erasure of what some wording ever let out, given as position, kind and field.

    0 where nothing public was erased: what never leaves stands in no release.
    """
    out = {(form.kind, each.name) for form in wordings for each in form.fields.values() if each.has_column}
    return max((by for by, kind, field in gone if (kind, field) in out or field == WHY), default=0)


@dataclass(frozen=True)
class Told:
    """The erasures as the public reads them; `unsaid` are explanations that look like personal data."""

    by: Mapping[int, Any]
    unsaid: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def read(cls, erasures: Mapping[int, Any]) -> Told:
        """Out of every erasure, by its position."""
        said = [(str(each.answers.get("explanation") or ""), each) for each in erasures.values()]
        return cls(erasures, tuple((text, each) for text, each in said if text and find_pii(text)))

    def of(
        self,
        record: Any,
        terms: Terms,
        stands: Callable[[str, str], bool],
        approved: bool,
        left: Leaving,
        day: Callable[[str, bool], str],
        coarse: bool,
    ) -> Iterator[Erased]:
        """What is told of one record, in the order of its form."""
        names = [each.field.name for each in terms.questions if each.field.name in record.erased]
        for name in names:
            if name in _open(record, terms, stands, approved, left) and name not in left.values:
                erasure = self.by[record.erased[name]]
                text = erasure.answers.get("explanation")
                said = str(text) if text and not find_pii(str(text)) else None
                on = day(erasure.received_at, coarse)
                yield Erased(record.code, name, on, str(erasure.answers.get("reason", "")), said)


def _open(
    record: Filed, terms: Terms, stands: Callable[[str, str], bool], approved: bool, left: Leaving
) -> set[str]:
    """The fields of which a value would leave."""
    closed = set() if not left.withheld else {each.field.name for each in terms.questions} - set(left.values)
    closed |= shut(record, terms, stands)
    return {
        each.field.name
        for each in terms.questions
        if each.field.name not in closed
        and each.policy not in ("never", "counted")
        and (each.policy != "reviewed" or approved)
    }
