"""What a record must agree with among those already kept: the words in which rules ask and answer.

A form judges a record alone. Whether a count's options stand on its ballot's list only the ledger can tell:
at the position the record would take, `entries` hands each rule what is kept there (`asked` finds it), and
what a rule finds keeps the record aside, with one line a person can act on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ledger.records import AnswerProblem

__all__ = ["AnswerProblem", "Answers", "Kept", "Others", "Rule", "Writer"]

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """A record that is there already. Whose it is tells its first version: a correction changes no author.

    `person` is the deputy's code; `holder` whoever the device belongs to, and None for the office's own key,
    which files for many.
    """

    code: str
    answers: Answers
    person: str | None
    role: str
    device_pair: str
    name: str | None = None
    holder: str | None = None

    def is_named(self, ref: str) -> bool:
        """Whether a reference means this record, by code or by the office's name."""
        return ref in (self.code, self.name)


@dataclass(frozen=True)
class Writer:
    """Whose device files the record that is judged."""

    person: str | None
    role: str
    device_pair: str
    holder: str | None = None
    organ: str | None = None


class Others(Protocol):
    """What is kept where the record would stand; what it replaces is not among `about`."""

    def answers(self, kind: str, ref: str) -> Answers | None:
        """The current version of a record, by code or office name; None where there is none."""

    def kept(self, kind: str, ref: str) -> Kept | None:
        """The same with its code, and whose it is."""

    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]:
        """The current records of a kind whose field names this record, by code or name, the oldest first."""


Rule = Callable[[Answers, Others, Writer, "str | None"], Iterable[AnswerProblem]]
"""One rule of one kind: the answers, what is kept, who writes, and the code of what would be replaced."""
