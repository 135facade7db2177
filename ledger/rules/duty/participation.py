"""C9 参与度: of so many invitations so many came, kind by kind. Who was never asked was not absent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.rules.duty.entry import Entry


@dataclass(frozen=True)
class Participation:
    """One kind of meeting or activity: how often deputies came, were excused, stayed away, were not there."""

    duty: str
    attended: int
    excused: int
    absent: int
    missed: int = 0

    @property
    def invited(self) -> int:
        """The denominator: every time attendance was recorded."""
        return self.attended + self.excused + self.absent + self.missed


def participation(entries: Iterable[Entry]) -> tuple[Participation, ...]:
    """By kind of duty, in the order of their names; only kinds where attendance is recorded.

    >>> came = Entry("2026-01-20", "session_attendance", "duty_entry", "LZ-1", asked=True)
    >>> away = Entry("2025-01-14", "session_attendance", "duty_entry", "LZ-2", attendance="excused",
    ...              asked=True)
    >>> visit = Entry("2026-03", "visit", "visit", "ZF-1")
    >>> [(each.duty, each.attended, each.invited) for each in participation([came, away, visit])]
    [('session_attendance', 1, 2)]

    The trap: visits are nobody's invitation, so they are in no share; who is excused stays in the denominator
    and is told apart.
    """
    told: dict[str, Counter[str]] = {}
    for each in entries:
        if each.asked:
            told.setdefault(each.duty, Counter())[each.attendance] += 1
    return tuple(
        Participation(duty, found["attended"], found["excused"], found["absent"], found["missed"])
        for duty, found in sorted(told.items())
    )
