"""What is wrong with a file people write, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One fault: where it stands (file and line), at which key, and what to do about it.

    >>> str(Problem("content/forms/visit.yaml:12", "fields.level", "has no publish. Say who may see it."))
    'content/forms/visit.yaml:12: fields.level: has no publish. Say who may see it.'
    """

    where: str
    at: str
    what: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.at, self.what) if part)


class Problems(Exception):
    """Everything that is wrong, at once: one problem a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def dotted(at: Sequence[str | int]) -> str:
    """A path into a file as people write it: `fields.level.choices`, `checks[0].that`.

    >>> dotted(("checks", 0, "that"))
    'checks[0].that'
    """
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word, or nothing.

    >>> did_you_mean("pubish", ["publish", "label"])
    "Did you mean 'publish'? "
    >>> did_you_mean("colour", ["publish", "label"])
    ''
    """
    near = nearest(word, known)
    return f"Did you mean '{near}'? " if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelt one is most likely meant for."""
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.7)), None)
