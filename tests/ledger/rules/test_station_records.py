"""Records of stations: every sample fits its form and what is kept, and what does not is told in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ledger.agreement import Kept, Writer
from ledger.forms import load_forms
from ledger.records import AnswerProblem, RecordFile, check_answers, read_record
from ledger.rulebooks import Value, load_rulebook
from ledger.rules.agreements import ASKED, under
from ledger.rules.station import agreement
from ledger.strict_yaml import read_yaml
from ledger.words import load_words
from tests.ledger.samples import CASES, ROOT

CONTENT = ROOT / "content"
FORMS, WORDS = load_forms(CONTENT), load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
KINDS = (
    "station_standard", "station_check", "station_roster", "station_duty", "station_log",
    "demonstration_site", "station_evaluation",
)  # fmt: skip
REFUSED: Sequence[Mapping[str, Any]] = read_yaml(CASES / "stations.yaml").value
CLERK = Writer(None, "clerk", "office")


def files(*kinds: str) -> dict[tuple[str, str], RecordFile]:
    found = [read_record(path) for kind in kinds for path in sorted(CONTENT.glob(f"records/{kind}/*.yaml"))]
    return {(file.kind, file.name): file for file in found}


SAMPLES = files(*KINDS)
KEPT = {
    (kind, name): Kept(f"{FORMS[kind].code}-2026-{n:04d}", file.answers, None, "clerk", "office", name)
    for n, ((kind, name), file) in enumerate((SAMPLES | files("deputy", "station")).items())
}


@dataclass(frozen=True)
class Others:
    """The sample congress as rules see it, without the record that is judged."""

    without: tuple[str, str] | None = None

    def kept(self, kind: str, ref: str) -> Kept | None:
        return next((each for (k, _), each in KEPT.items() if k == kind and each.is_named(ref)), None)

    def answers(self, kind: str, ref: str) -> Mapping[str, Any] | None:
        found = self.kept(kind, ref)
        return found.answers if found else None

    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]:
        assert (kind, field) in ASKED, "the ledger keeps no such question"

        meant = {ref} | {str(each.name) for each in KEPT.values() if each.code == ref}

        def names(value: Any) -> bool:
            return bool(meant & set(value if isinstance(value, list) else [value]))

        return [
            each
            for (k, name), each in KEPT.items()
            if k == kind and (k, name) != self.without and names(each.answers.get(field))
        ]


def judged(kind: str, answers: Mapping[str, Any], name: str, replaced: bool = False) -> list[AnswerProblem]:
    """What the form says against a record, and where it says nothing what the ledger does."""
    if found := check_answers(FORMS[kind], dict(answers)):
        return found
    others = Others((kind, name))
    code = KEPT[kind, name].code if replaced else None
    return [problem for rule in under(BOOK)[kind] for problem in rule(answers, others, CLERK, code)]


def refused(case: Mapping[str, Any]) -> list[AnswerProblem]:
    """What is said of a case of tests/cases/stations.yaml."""
    sample = SAMPLES[case["kind"], case["sample"]].answers
    answers = {name: value for name, value in sample.items() if name not in case.get("drop", ())}
    return judged(case["kind"], answers | case.get("set", {}), case["sample"], case.get("replaced", False))


def said(problem: AnswerProblem) -> str:
    both = WORDS.both(problem.key, **problem.params)
    assert all(both.values()) and "\n" not in both["zh"] + both["en"] and "{" not in both["zh"] + both["en"]
    return both["zh"]


@pytest.mark.parametrize(("kind", "name"), SAMPLES, ids="/".join)
def test_a_sample_fits_its_form_and_all_that_is_kept(kind: str, name: str) -> None:
    assert judged(kind, SAMPLES[kind, name].answers, name) == []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case['kind']} {case['at']} {case['says'][:8]}")
def test_what_does_not_fit_is_told_once_where_it_is(case: Mapping[str, Any]) -> None:
    found = refused(case)
    assert [(each.pointer, case["says"] in said(each)) for each in found] == [(case["at"], True)], [
        (each.pointer, said(each)) for each in found
    ]


def test_each_kind_has_three_refusals_at_least_and_each_rule_one() -> None:
    for kind in KINDS:
        assert sum(case["kind"] == kind for case in REFUSED) >= 3, kind
    told = {key for case in REFUSED for key in case_keys(case)}
    text = (ROOT / "content/words/station_problems.yaml").read_text("utf-8")
    assert set(re.findall(r"^(problem\.station\.\w+):", text, re.M)) == told


def case_keys(case: Mapping[str, Any]) -> set[str]:
    return {each.key for each in refused(case) if each.key.startswith("problem.station.")}


def test_a_congress_may_let_head_counts_in_and_then_they_are_no_fault() -> None:
    row = {"indicator": "other", "other_indicator": "接待人次", "reached": 1, "out_of": 2}
    counted = {"indicators": [row]}
    answers = {**SAMPLES["station_evaluation", "qiaotou-2026-h1"].answers, **counted}
    lax = replace(BOOK, values={**BOOK.values, "station.head_counts_excluded": Value(False)})
    others = Others(("station_evaluation", "qiaotou-2026-h1"))
    for book, n in ((BOOK, 1), (lax, 0)):
        rules = agreement.under(book)["station_evaluation"]
        assert len([each for rule in rules for each in rule(answers, others, CLERK, None)]) == n


@pytest.mark.parametrize("kind", agreement.AGREEMENTS)
def test_a_correction_does_not_clash_with_what_it_replaces(kind: str) -> None:
    for (own, name), file in SAMPLES.items():
        if own == kind:
            others, code = Others(), KEPT[kind, name].code
            rules = agreement.AGREEMENTS[kind]
            assert [each for rule in rules for each in rule(file.answers, others, CLERK, code)] == [], name
