"""The words of a ballot: how it was voted, what was counted, what the rules say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

Body = Literal["congress", "standing_committee", "presidium", "street_council"]
Base = Literal["all", "present", "valid", "cast"]
Form = Literal[
    "approve_up_to_k", "approve_oppose_abstain", "choose_one", "rank_all",  # what a congress votes with (B14)
    "rank_some", "cumulative", "scoring",  # what other ballots are counted by: totals, but no verdict
]  # fmt: skip
Outcome = Literal["decided", "recommended", "void", "not_verified"]
State = Literal["holds", "fails", "unknown", "note"]

BODIES: tuple[Body, ...] = get_args(Body)
BASES: tuple[Base, ...] = get_args(Base)
FORMS: tuple[Form, ...] = get_args(Form)
CONGRESS_FORMS = frozenset(FORMS[:4])
UNVERIFIED = "unverified default"

ARTICLES = {
    "B1": "地方组织法第十四条",
    "B2": "地方组织法第二十五条",
    "B3": "地方组织法第五十一条",
    "B4": "浙江第二十四条、河南第五条、重庆第三十四条（各省乡镇人大的规定）",
    "B5": "选举法第四十四条",
    "B6": "选举法第四十四条",
    "B7": "地方组织法第二十八条",
    "B8": "地方组织法第二十九条",
    "B9": "地方组织法第二十九条",
    "B10": UNVERIFIED,
    "B11": UNVERIFIED,
    "B12": "选举法第四十三条",
    "B13": "浙江重大事项规定（2018）",
    "B14": UNVERIFIED,
    "street": "浙江街道条例第十七条",
    "arithmetic": "发出、收回、有效、无效四数相符",
}
"""Where each rule stands. What an article says of elections holds for 票决 by analogy (docs/ballots.md)."""


@dataclass(frozen=True)
class Ballot:
    """How it was voted, and by how many; None is what nobody told."""

    form: Form
    base: Base = "all"
    seats: int | None = None
    roster: int | None = None
    present: int | None = None
    body: Body = "congress"
    threshold: Fraction = Fraction(1, 2)
    strict: bool = True
    marks: int | None = None  # how many marks a sheet allows, where that is not k
    named: bool = False  # every vote bears a name: no sheets, and each option is a vote of its own
    quorum: Fraction | None = None  # of all, where a rule sets another than the law

    @property
    def each_alone(self) -> bool:
        """Whether every option is a motion of its own, with its own voters: named votes for no seats."""
        return self.named and self.seats is None


@dataclass(frozen=True)
class OptionTotals:
    """What was counted for one option. `points`: sum of places for rankings, of points for other forms."""

    option: str
    approve: int = 0
    oppose: int = 0
    abstain: int = 0
    points: int | Fraction = 0
    marked: int = 0
    subject: str = ""


@dataclass(frozen=True)
class Totals:
    """The count. returned = valid + invalid; a blank sheet is valid and abstains, but ranks nothing."""

    options: tuple[OptionTotals, ...]
    returned: int | None = None
    valid: int | None = None
    invalid: int | None = None
    blank: int | None = None
    issued: int | None = None


@dataclass(frozen=True)
class Finding:
    """What one rule says of this ballot, with its article."""

    rule: str
    state: State
    why: str

    @property
    def article(self) -> str:
        """The article, or `unverified default`."""
        return ARTICLES[self.rule]


@dataclass(frozen=True)
class Verdict:
    """What was decided, and why. Only `selected` is a decision; a street council recommends."""

    outcome: Outcome
    selected: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    outvoted: tuple[str, ...] = ()  # over the base, but beyond the seats
    failed: tuple[str, ...] = ()  # at or below the base
    seats_left: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def verifiable(self) -> bool:
        """Could it be computed?"""
        return self.outcome != "not_verified"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is void or cannot be verified, each reason once."""
        wanted = {"void": "fails", "not_verified": "unknown"}.get(self.outcome)
        return tuple(dict.fromkeys(each.why for each in self.findings if each.state == wanted))
