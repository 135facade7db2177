"""The test of an appraisal 履职评议、工作评议: is it sound, and what grade do its counts make?

Answers are those of `appraisal`. The law has no word of such tests; what local rules agree on stands in the
rulebook as an unverified default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]

SCALES: Mapping[str, tuple[str, ...]] = {
    "four": ("excellent", "competent", "basically_competent", "not_competent"),
    "three": ("satisfied", "basically", "not_satisfied"),
}
"""The grades of each scale, the best first."""
WORST = frozenset(scale[-1] for scale in SCALES.values())


@dataclass(frozen=True)
class Graded:
    """What the counts come to: a grade, 'none' where none has its share, and of how many it was reckoned."""

    grade: str
    base: int


def grade(appraisal: Answers, rulebook: Rulebook) -> Graded:
    """The grade by the rulebook's share of its base: the worst first, then from the best down, added up.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"appraisal.base": Value("valid"), "appraisal.grade_over": Value("1/2"),
    ...                      "appraisal.worst_over": Value("1/2")})
    >>> def test(s, b, n): return {"scale": "three", "members": 27, "present": 26, "returned": s + b + n,
    ...                            "invalid": 0, "satisfied": s, "basically": b, "not_satisfied": n}
    >>> [grade(test(*counts), book).grade for counts in ((14, 8, 4), (11, 12, 3), (6, 5, 14), (10, 3, 13))]
    ['satisfied', 'basically', 'not_satisfied', 'none']

    The trap: thirteen of twenty-six is half, and half is no majority; an invalid sheet is not in the base.
    """
    base = {
        "all": appraisal["members"],
        "present": appraisal["present"],
        "valid": appraisal["returned"] - appraisal["invalid"],
    }[rulebook["appraisal.base"].value]
    grades = SCALES[appraisal["scale"]]
    if base and appraisal[grades[-1]] > rulebook["appraisal.worst_over"].fraction * base:
        return Graded(grades[-1], base)
    above = 0
    for name in grades[:-1]:
        above += appraisal[name]
        if base and above > rulebook["appraisal.grade_over"].fraction * base:
            return Graded(name, base)
    return Graded("none", base)


def as_announced(appraisal: Answers, rulebook: Rulebook) -> Lamp:
    """Whether the result that was announced is the one that its own counts make."""
    found = grade(appraisal, rulebook).grade
    if found == appraisal["announced"]:
        return Lamp("announced", "pass", "rule.announced.pass")
    return Lamp("announced", "fail", "rule.announced.fail", {"grade": found, "said": appraisal["announced"]})


def subject_appointed(appraisal: Answers) -> Lamp:
    """履职评议: the subject is one whom the standing committee appointed, and before the test.

    >>> subject_appointed({"appraisal_kind": "official", "appointment": "congress"}).state
    'fail'
    >>> subject_appointed({"appraisal_kind": "organ"}).state
    'pass'
    """
    if appraisal["appraisal_kind"] == "organ":
        return Lamp("subject", "pass", "rule.subject.organ")
    if appraisal.get("appointment") != "standing_committee":
        return Lamp("subject", "fail", "rule.subject.fail")
    day, meeting = appraisal.get("appointed_on"), appraisal.get("appointed_at")
    if not day or not meeting:
        return Lamp("subject", "unknown", "rule.subject.unknown")
    return Lamp("subject", "pass", "rule.subject.pass", {"day": day, "meeting": meeting})


def quorum(appraisal: Answers, rulebook: Rulebook) -> Lamp:
    """地方组织法第五十一条: more than half of all members of the standing committee are there.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"ballot.standing_committee_quorum": Value("1/2", "地方组织法第五十一条")})
    >>> [quorum({"members": 28, "present": n}, book).state for n in (14, 15)]
    ['fail', 'pass']

    The trap: fourteen of twenty-eight is half, not more than half.
    """
    there = {"n": appraisal["present"], "of": appraisal["members"]}
    needed = rulebook["ballot.standing_committee_quorum"].fraction * appraisal["members"]
    if appraisal["present"] > needed:
        return Lamp("quorum", "pass", "rule.quorum.pass", there)
    return Lamp("quorum", "fail", "rule.quorum.fail", there)


def secret(appraisal: Answers) -> Lamp:
    """无记名: nobody can tell who gave which grade."""
    if appraisal.get("secret"):
        return Lamp("secret", "pass", "rule.secret.pass")
    return Lamp("secret", "fail", "rule.secret.fail")


def sums(appraisal: Answers) -> Lamp:
    """Every sheet that came back stands under one grade or is invalid, and no more came back than went out.

    >>> sums({"scale": "three", "issued": 25, "returned": 25, "invalid": 1, "satisfied": 20, "basically": 3,
    ...       "not_satisfied": 0}).state
    'fail'
    """
    counted = sum(appraisal[name] for name in SCALES[appraisal["scale"]])
    told = {"counted": counted, "invalid": appraisal["invalid"], "returned": appraisal["returned"]}
    if counted + appraisal["invalid"] == appraisal["returned"] <= appraisal["issued"]:
        return Lamp("sums", "pass", "rule.sums.pass", told)
    return Lamp("sums", "fail", "rule.sums.fail", told)


def lamps(appraisal: Answers, rulebook: Rulebook) -> tuple[Lamp, ...]:
    """All that can be said of a test, in the order in which it is asked."""
    return (
        subject_appointed(appraisal),
        secret(appraisal),
        quorum(appraisal, rulebook),
        sums(appraisal),
        as_announced(appraisal, rulebook),
    )
