"""The oversight of the sample congress for tests: its records by name, and what a changed one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ledger.agreement import Kept, Writer
from ledger.forms import load_forms
from ledger.records import AnswerProblem, check_answers, read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.agreements import under
from ledger.words import load_words

CONTENT = Path(__file__).parents[2] / "content"
FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
RULES = under(BOOK)
CLERK = Writer(None, "clerk", "office")
HANDLER = Writer(None, "handler", "phone", organ="organ/transport-bureau")
KINDS = (
    "appraisal", "rectification", "oversight_item", "oversight_step", "handling_report", "adopted_resolution",
    "resolution_followup", "deliberation_opinion", "outspoken_bulletin", "observer", "observer_report",
    "court_audit", "special_report", "commitment", "rule_document",
)  # fmt: skip
SAMPLE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    (kind, path.stem): read_record(path).answers
    for kind in (*KINDS, "organ")
    for path in sorted(CONTENT.glob(f"records/{kind}/*.yaml"))
}


class Others:
    """What is kept: the records of the sample under their office names, without the one that is judged."""

    def __init__(self, without: tuple[str, str] | None = None, **also: Mapping[str, Any]) -> None:
        self.records = {key: answers for key, answers in SAMPLE.items() if key != without}
        self.records |= {(kind, "new"): answers for kind, answers in also.items()}

    def kept(self, kind: str, ref: str) -> Kept | None:
        answers = self.records.get((kind, ref))
        return Kept(f"{kind}/{ref}", answers, None, "clerk", "office", ref) if answers else None

    def answers(self, kind: str, ref: str) -> Mapping[str, Any] | None:
        return self.records.get((kind, ref))

    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]:
        found = [(name, each) for (there, name), each in self.records.items() if there == kind]
        return [
            Kept(f"{kind}/{name}", each, None, "clerk", "office", name)
            for name, each in found
            if each.get(field) == ref
        ]


def problems(
    kind: str, name: str, writer: Writer = CLERK, others: Others | None = None, **changed: Any
) -> list[str]:
    """What is said of a sample record with some answers changed, or taken out (None): form, then rules."""
    answers = {**SAMPLE[kind, name], **changed}
    answers = {key: value for key, value in answers.items() if value is not None}
    found: list[AnswerProblem] = list(check_answers(FORMS[kind], answers))
    if not found:
        there = others or Others((kind, name))
        found = [each for rule in RULES.get(kind, ()) for each in rule(answers, there, writer, None)]
    for each in found:
        assert all(WORDS.both(each.key, **each.params).values())
    return [f"{each.pointer} {WORDS.say(each.key, **each.params)}" for each in found]
