"""双联 and 三联: which role is in contact with which target, and how far that covers everybody.

Local practice, whose numbers no article sets: what is asked of each stands in the rulebook as an unverified
default. A roster that nobody keeps here is unknown, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """Which roles a kind of link begins with, and the one kind of target it leads to."""

    roles: tuple[str, ...]
    target_kind: str
    target: str
    """The field that names it."""


PAIRS: Mapping[str, Pair] = {
    "sc_to_deputy": Pair(("sc_member", "chair_meeting_member"), "deputy", "target_deputy"),
    "deputy_to_voters": Pair(("deputy",), "residents", "target_grid"),
    "chair_reception": Pair(("chair_meeting_member",), "deputy", "target_deputy"),
    "deputy_to_community": Pair(("deputy",), "community", "target_community"),
    "sc_to_social_org": Pair(("sc_member",), "social_org", "target_org"),
    "chair_to_enterprise": Pair(("chair_meeting_member",), "enterprise", "target_enterprise"),
}
TWO_WAY = ("sc_to_deputy", "deputy_to_voters", "chair_reception")
"""双联, with the reception days that belong to it."""
THREE_WAY = ("deputy_to_community", "sc_to_social_org", "chair_to_enterprise")
"""三联."""


def pair_matches(link: Answers) -> bool:
    """Whether role and target are those of the kind of link.

    >>> pair_matches({"link_kind": "deputy_to_community", "role": "deputy", "target_kind": "community"})
    True
    >>> pair_matches({"link_kind": "sc_to_social_org", "role": "deputy", "target_kind": "social_org"})
    False

    The trap: a member of the chairpersons' council sits on the standing committee, and so may be the
    contact of a deputy; who is only a deputy may not.

    >>> pair_matches({"link_kind": "sc_to_deputy", "role": "chair_meeting_member", "target_kind": "deputy"})
    True
    """
    pair = PAIRS.get(link.get("link_kind", ""))
    return pair is not None and link.get("role") in pair.roles and link.get("target_kind") == pair.target_kind


def holds(link: Answers, on: date) -> bool:
    """Whether a link stands on a day; its last day still counts.

    >>> holds({"valid_from": "2026-01-01", "valid_to": "2026-06-30"}, date(2026, 6, 30))
    True
    """
    day = on.isoformat()
    return bool(link.get("valid_from", "") <= day <= link.get("valid_to", "9999-12-31"))


def standing(links: Iterable[Answers], kind: str, on: date) -> list[Answers]:
    """The links of a kind that stand on a day and join the right role with the right target."""
    return [
        each for each in links if each.get("link_kind") == kind and pair_matches(each) and holds(each, on)
    ]


@dataclass(frozen=True)
class Covered:
    """How many of a roster a kind of link reaches. `of` is None where nobody keeps the roster here.

    `missing` names those without; of a roster known only by its number nobody can be named.
    """

    n: int
    of: int | None
    missing: tuple[str, ...] = ()

    @property
    def complete(self) -> bool | None:
        """Whether all are reached; None: cannot be verified, roster unknown."""
        return None if self.of is None else self.n >= self.of


def covered(reached: Iterable[str], roster: Collection[str]) -> Covered:
    """Of those on a roster, who is reached. What is reached beside it adds nothing.

    >>> covered(["DB-1", "DB-9"], ["DB-1", "DB-2"])
    Covered(n=1, of=2, missing=('DB-2',))
    >>> covered([], []).complete
    True

    The trap: three links to one deputy reach one deputy.

    >>> covered(["DB-1", "DB-1", "DB-1"], ["DB-1", "DB-2"]).n
    1
    """
    there = set(reached)
    missing = tuple(each for each in roster if each not in there)
    return Covered(len(roster) - len(missing), len(roster), missing)


def covered_of_number(reached: Iterable[str], number: int | None) -> Covered:
    """The same where only the number of seats is known, as of a standing committee (地方组织法第四十七条).

    >>> covered_of_number(["DB-1", "DB-1", "DB-2"], 15)
    Covered(n=2, of=15, missing=())
    >>> covered_of_number(["DB-1"], None).complete is None
    True
    """
    return Covered(len(set(reached)), number)


def too_few(links: Iterable[Answers], least: int) -> tuple[str, ...]:
    """The contact persons with fewer than so many deputies; those with none are in no link, so not here.

    >>> mine = [{"who": "DB-1", "target_deputy": "DB-5"}, {"who": "DB-1", "target_deputy": "DB-5"}]
    >>> too_few([*mine, {"who": "DB-2", "target_deputy": "DB-6"}], 1)
    ()
    >>> too_few(mine, 2)
    ('DB-1',)
    """
    found: dict[str, set[str]] = {}
    for each in links:
        found.setdefault(each["who"], set()).add(each["target_deputy"])
    return tuple(who for who, whom in found.items() if len(whom) < least)
