"""Does a person of a handling organ file for their own organ? Which one that is stands in the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.agreement import Answers, Others, Rule, Writer
from ledger.records import AnswerProblem


def for_own_organ(
    answers: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterable[AnswerProblem]:
    """A handler speaks for the organ of their invitation; the office may enter what any organ wrote.

    >>> handler = Writer(None, "handler", "pair", organ="JG-1")
    >>> class Nobody:
    ...     def kept(self, kind, ref): return None
    >>> [each.pointer for each in for_own_organ({"organ": "JG-2"}, Nobody(), handler, None)]
    ['/organ']
    >>> list(for_own_organ({"organ": "JG-1"}, Nobody(), handler, None))
    []

    The trap: a phone that was let in before organs were known speaks for none.
    """
    if writer.role != "handler":
        return
    pointer = "/organ" if "organ" in answers else "/assignment"
    if writer.organ is None or writer.organ not in _organs(answers, others):
        yield AnswerProblem(pointer, "problem.handler.other_organ", {})


def _organs(answers: Answers, others: Others) -> Iterator[str]:
    """The organs whose word the record is: the one it names, else those that the assignment is with."""
    named = [answers["organ"]] if "organ" in answers else []
    given = (
        others.kept("assignment", answers["assignment"]) if not named and "assignment" in answers else None
    )
    if given is not None:
        named.append(given.answers.get("organ"))
        orders = others.about("rehandling", "suggestion", str(answers.get("suggestion")))
        named += [each.answers.get("organ") for each in orders]
    for ref in filter(None, named):
        organ = others.kept("organ", str(ref))
        yield organ.code if organ else str(ref)


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    kind: (for_own_organ,)
    for kind in ("reply", "assignment_return", "extension", "promise", "leader_undertaking")
}
"""The kinds that organs file about a suggestion."""
