"""Which records the office has taken off the public pages: signed takedowns, of which the last word counts.

A takedown names a record by its code, so it holds for all its versions, those to come too, until another one
puts the record back. In the ledger nothing of the record changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

KIND = "takedown"
WITHDRAW, RESTORE = "withdraw", "restore"
PRIVACY = "privacy"
ROLES = ("clerk",)
TOLD_ELSEWHERE = frozenset((KIND, "erasure", "resolution"))
"""Kinds without pages of their own: their public fields stand in `withdrawn`, `erased` and `set_aside`."""


class Filed(Protocol):
    """A takedown as the ledger hands it out."""

    @property
    def code(self) -> str: ...
    @property
    def answers(self) -> Mapping[str, Any]: ...
    @property
    def position(self) -> int: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True)
class Takedowns:
    """For each record that is taken down now, the takedown."""

    by_record: Mapping[str, Any]

    @classmethod
    def read(cls, records: Iterable[Filed]) -> Takedowns:
        """Out of every current takedown."""
        last: dict[str, Filed] = {}
        for each in sorted(records, key=lambda each: each.position):
            if each.role in ROLES and {"record", "decision"} <= each.answers.keys():
                last[each.answers["record"]] = each
        return cls({code: each for code, each in last.items() if each.answers["decision"] == WITHDRAW})

    def __contains__(self, code: str) -> bool:
        return code in self.by_record
