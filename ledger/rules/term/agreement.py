"""What keeps a record of a term aside: seats that are not those of the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer
from ledger.rulebooks import Rulebook
from ledger.rules.term.seats import seat_rule, seats_fit, statutory_seats


def under(rulebook: Rulebook) -> Mapping[str, tuple[Rule, ...]]:
    """The rules of a congress, with the numbers of its rulebook."""

    def seats_of_the_law(
        new: Answers, others: Others, writer: Writer, replaced: str | None
    ) -> Iterator[AnswerProblem]:
        """选举法第十二条: the seats follow from the population by which they were fixed."""
        rule = seat_rule(new["level"], rulebook)
        extra = rulebook["seats.minority_extra"].fraction if new["minority_extra"] else Fraction(0)
        if not seats_fit(new["seats_by_law"], new["population"], rule, extra):
            right = statutory_seats(new["population"], rule, extra)
            yield _problem(
                "/seats_by_law", "seats_differ",
                value=new["seats_by_law"], right=right, population=new["population"],
            )  # fmt: skip

    return {"term_transition": (seats_of_the_law,)}


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.term.{key}", params)
