"""Which kinds are withheld with which: faults between forms, and who is decided first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.forms import load_forms, parse_form
from ledger.problems import Problems
from ledger.ties import depth, tied_to

FORM = """\
kind: {kind}
label: {{zh: 便条, en: Note}}
description: {{zh: 一张便条。, en: A note.}}
code: {code}
written_by: [clerk]
{head}fields:
  subject: {{label: {{zh: 标题, en: Subject}}, required: true, publish: full}}
  to: {{label: {{zh: 哪一条, en: Which}}, refers_to: {to}, publish: full}}
page: {{title: '{{{{ subject }}}}', columns: [subject], sort: subject}}
"""


def text(kind: str, code: str, to: str, head: str = "") -> str:
    return FORM.format(kind=kind, code=code, to=to, head=head)


def faults(folder: Path, **texts: str) -> list[str]:
    (folder / "forms").mkdir()
    for kind, written in texts.items():
        (folder / "forms" / f"{kind}.yaml").write_text(written, "utf-8")
    try:
        load_forms(folder)
    except Problems as found:
        return [str(each).replace(f"{folder}/", "") for each in found.problems]
    return []


def test_a_form_about_records_that_may_be_withheld_must_be_withheld_with_them(tmp_path: Path) -> None:
    asked = text("asked", "AA", "asked", "publish_when: subject == 'a'\n")
    found = faults(tmp_path, asked=asked, answer=text("answer", "BB", "asked", "about: to\n"))
    assert found == [
        "forms/answer.yaml:6: about: a asked may be withheld, and this would tell of it. "
        "Add withheld_with: to."
    ]


def test_so_must_a_form_about_records_that_are_withheld_with_others(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        asked=text("asked", "AA", "asked", "publish_when: subject == 'a'\n"),
        answer=text("answer", "BB", "asked", "about: to\nwithheld_with: to\n"),
        rating=text("rating", "CC", "answer", "about: to\n"),
    )
    assert len(found) == 1 and found[0].startswith("forms/rating.yaml:6: about: a answer may be withheld")


def test_kinds_that_are_withheld_with_each_other_are_a_fault_of_each(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        one=text("one", "AA", "two", "withheld_with: to\n"),
        two=text("two", "BB", "one", "withheld_with: to\n"),
        three=text("three", "CC", "one", "withheld_with: to\n"),
    )
    assert found == [
        "forms/one.yaml:6: withheld_with: goes round: one -> two -> one. Take one of them out.",
        "forms/two.yaml:6: withheld_with: goes round: two -> one -> two. Take one of them out.",
    ]


def test_a_sound_tie_is_no_fault_and_says_its_kind(tmp_path: Path) -> None:
    head = "about: to\nwithheld_with: to\nkeep_when_withheld: [to]\n"
    asked = text("asked", "AA", "asked", "publish_when: subject == 'a'\n")
    assert faults(tmp_path, asked=asked, answer=text("answer", "BB", "asked", head)) == []
    assert tied_to(parse_form(text("answer", "BB", "asked", head), "answer.yaml")) == "asked"
    assert tied_to(parse_form(asked, "asked.yaml")) is None


KINDS = some.sampled_from("abcde")


@given(some.dictionaries(KINDS, some.sets(KINDS, max_size=3)))
def test_what_a_kind_is_tied_to_comes_before_it_unless_they_stand_in_a_ring(
    targets: dict[str, set[str]],
) -> None:
    def reaches(start: str, end: str) -> bool:
        seen, waiting = set[str](), [start]
        while waiting:
            for each in targets.get(waiting.pop(), set()) - seen:
                seen.add(each)
                waiting.append(each)
        return end in seen

    ringed = any(reaches(kind, kind) for kind in "abcde")
    for kind, others in targets.items():
        for other in others:
            assert ringed or depth(other, targets) < depth(kind, targets)


@pytest.mark.parametrize("kind", ["admission", "reply", "rating", "promise", "onsite_check", "award"])
def test_what_is_about_a_suggestion_is_withheld_with_it(kind: str) -> None:
    forms = load_forms(Path(__file__).parents[2] / "content")
    assert tied_to(forms[kind]) == "suggestion"
    about = {form.kind for form in forms.values() if form.about == "suggestion"}
    tied = {form.kind for form in forms.values() if tied_to(form) == "suggestion"}
    assert tied == about | {"typical_case"}  # one that tells of a suggestion, or of something else
