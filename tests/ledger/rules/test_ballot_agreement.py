"""What a ballot, its counts and its result must agree in: the rules, over a ledger made of dictionaries."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.agreement import Answers, Kept, Writer
from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rules import agreements
from ledger.rules.agreements import AGREEMENTS
from ledger.rules.ballot import agreement as ballot_agreement
from ledger.rules.ballot import tally
from ledger.strict_yaml import read_yaml

CONTENT = Path(__file__).parents[3] / "content"
KINDS = {"ballot": "BA", "tally_count": "TA", "ballot_result": "RE"}
TELLERS = (Writer(None, "teller", "pair-a", "teller/甲"), Writer(None, "teller", "pair-b", "teller/乙"))
OFFICE = Writer(None, "clerk", "office")


def sample(kind: str, name: str) -> dict[str, Any]:
    return dict(read_record(CONTENT / "records" / kind / f"{name}.yaml").answers)


class Folder:
    """The ledger as a rule sees it: records by kind, each with a code and its office name."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Kept]] = {kind: [] for kind in KINDS}
        self.without: str | None = None

    def keep(self, kind: str, name: str, answers: Answers, by: Writer = OFFICE) -> Kept:
        code = f"{KINDS[kind]}-{len(self.kept[kind])}"
        kept = Kept(code, answers, by.person, by.role, by.device_pair, name, by.holder)
        self.kept[kind].append(kept)
        return kept

    def answers(self, kind: str, ref: str) -> Answers | None:
        return next((each.answers for each in self.kept[kind] if each.is_named(ref)), None)

    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]:
        assert (kind, field) in agreements.ASKED
        same = {
            name for all_ in self.kept.values() for each in all_ if each.is_named(ref) for name in _of(each)
        }
        named = [each for each in self.kept[kind] if each.answers[field] in same | {ref}]
        return [each for each in named if each.code != self.without]


def _of(kept: Kept) -> set[str]:
    return {kept.code, *([kept.name] if kept.name else [])}


@pytest.fixture
def folder() -> Folder:
    """The first ballot of the sample with its two counts, as two tellers filed them."""
    made = Folder()
    made.keep("ballot", "qingxi-2025", sample("ballot", "qingxi-2025"))
    for letter, teller in zip("ab", TELLERS, strict=True):
        made.keep(
            "tally_count", f"qingxi-2025-{letter}", sample("tally_count", f"qingxi-2025-{letter}"), teller
        )
    return made


def said(
    folder: Folder, kind: str, answers: Answers, by: Writer = OFFICE, replaced: str | None = None
) -> list[tuple[str, str]]:
    folder.without = replaced
    found = [each for rule in AGREEMENTS[kind] for each in rule(answers, folder, by, replaced)]
    return [(each.pointer, each.key.removeprefix("problem.agree.")) for each in found]


def with_row(answers: Answers, row: int, **changed: Any) -> dict[str, Any]:
    totals = [dict(each) for each in answers["totals"]]
    totals[row] |= changed
    return {**answers, "totals": totals}


def coded(count: Mapping[str, Any], ballot: Answers) -> dict[str, Any]:
    options = [row["option"] for row in ballot["candidates"]]
    return {**count, "check_code": tally.check_code(ballot["list_digest"], options, count)}


BALLOT = sample("ballot", "qingxi-2025")
COUNT = sample("tally_count", "qingxi-2025-a")
RESULT = sample("ballot_result", "qingxi-2025")
STRANGER = Writer(None, "teller", "pair-c", "teller/丙")


# -- a ballot --


def test_a_ballot_whose_digest_is_of_its_list_is_fine(folder: Folder) -> None:
    assert said(Folder(), "ballot", BALLOT) == []


def test_a_digest_of_another_list_is_refused(folder: Folder) -> None:
    candidates = [dict(row) for row in BALLOT["candidates"]]
    candidates[0], candidates[1] = candidates[1], candidates[0]
    assert said(Folder(), "ballot", {**BALLOT, "candidates": candidates}) == [("/list_digest", "list_digest")]
    candidates[0] = {"option": "1", "subject": "两\t行"}
    assert said(Folder(), "ballot", {**BALLOT, "candidates": candidates}) == [("/list_digest", "list_digest")]


def test_a_list_that_was_counted_is_not_exchanged_but_the_rest_is_corrected(folder: Folder) -> None:
    code = folder.kept["ballot"][0].code
    assert said(folder, "ballot", {**BALLOT, "present": 140}, replaced=code) == []
    candidates = [*BALLOT["candidates"], {"option": "8", "subject": "后来添的"}]
    digest = tally.list_digest([(row["option"], row["subject"]) for row in candidates])
    other = {**BALLOT, "candidates": candidates, "list_digest": digest}
    assert said(folder, "ballot", other, replaced=code) == [("/candidates", "list_counted")]
    folder.kept["tally_count"].clear()
    assert said(folder, "ballot", other, replaced=code) == []


CLERK = Writer(None, "clerk", "pair-d", "clerk/甲")
CHANGED = {
    "voted_on": "2025-01-17",
    "body_kind": "standing_committee",
    "ballot_form": "choose_one",
    "seats": 4,
    "base": "valid",
    "threshold": "2/3",
    "strict": False,
    "tie_rule": "lot",
    "list_frozen_on": "2025-01-02",
    "round": 2,
    "revote_of": "liuhe-2026",
}


@pytest.mark.parametrize("name", CHANGED)
@pytest.mark.parametrize("by", [CLERK, OFFICE], ids=["clerk", "office"])
def test_what_was_voted_on_and_how_it_is_reckoned_stay_once_a_teller_has_counted(
    folder: Folder, name: str, by: Writer
) -> None:
    code, other = folder.kept["ballot"][0].code, {**BALLOT, name: CHANGED[name]}
    assert BALLOT.get(name) != CHANGED[name]
    kept = [each for each in said(folder, "ballot", other, by, code) if each[1] == "terms_counted"]
    assert kept == [(f"/{name}", "terms_counted")]
    folder.kept["tally_count"].clear()
    assert "terms_counted" not in {key for _, key in said(folder, "ballot", other, by, code)}


def test_each_term_that_is_changed_is_told_in_a_line_of_its_own(folder: Folder) -> None:
    code, other = folder.kept["ballot"][0].code, {**BALLOT, "seats": 4, "strict": False}
    assert said(folder, "ballot", other, CLERK, code) == [
        ("/seats", "terms_counted"),
        ("/strict", "terms_counted"),
    ]


def test_other_answers_of_a_counted_ballot_are_still_corrected(folder: Folder) -> None:
    code = folder.kept["ballot"][0].code
    other = {**BALLOT, "session": "另一次会议", "method": "device", "sheets_published": True}
    assert said(folder, "ballot", other, CLERK, code) == []


@pytest.mark.parametrize("before", [("qingxi-2026", "BA-0"), ("BA-0", "qingxi-2026")])
def test_the_ballot_before_may_be_named_by_its_code_or_by_its_name(before: tuple[str, str]) -> None:
    folder = Folder()
    folder.keep("ballot", "qingxi-2026", sample("ballot", "qingxi-2026"))
    second = {**sample("ballot", "qingxi-2026-round2"), "revote_of": before[0]}
    code = folder.keep("ballot", "qingxi-2026-round2", second).code
    folder.keep("tally_count", "a", {**COUNT, "ballot": code, "list_digest": second["list_digest"]}, STRANGER)
    assert said(folder, "ballot", {**second, "revote_of": before[1]}, CLERK, code) == []
    without = {name: value for name, value in second.items() if name != "revote_of"}
    assert said(folder, "ballot", without, CLERK, code) == [("/revote_of", "terms_counted")]


@pytest.mark.parametrize("name", ["present", "roster_size"])
@pytest.mark.parametrize("by", [CLERK, OFFICE], ids=["clerk", "office"])
def test_how_many_there_were_is_corrected_until_there_is_a_result(
    folder: Folder, name: str, by: Writer
) -> None:
    code, other = folder.kept["ballot"][0].code, {**BALLOT, name: 149}
    left_out = {each: value for each, value in BALLOT.items() if each != name}
    for changed in (other, left_out):
        assert said(folder, "ballot", changed, by, code) == []
    folder.keep("ballot_result", "qingxi-2025", RESULT, STRANGER)
    for changed in (other, left_out):
        assert said(folder, "ballot", changed, by, code) == [(f"/{name}", "people_declared")]
    assert said(folder, "ballot", BALLOT, by, code) == []


def test_the_office_corrects_its_own_transcript_of_a_ballot_with_all_that_is_of_it() -> None:
    folder = Folder()
    code = folder.keep("ballot", "qingxi-2025", BALLOT).code
    for letter in "ab":
        folder.keep("tally_count", f"qingxi-2025-{letter}", COUNT)
    folder.keep("ballot_result", "qingxi-2025", RESULT)
    other = {**BALLOT, "seats": 4, "present": 140}
    assert said(folder, "ballot", other, OFFICE, code) == []
    assert said(folder, "ballot", other, CLERK, code) == [
        ("/seats", "terms_counted"),
        ("/present", "people_declared"),
    ]
    folder.keep("tally_count", "third", COUNT, STRANGER)
    assert ("/seats", "terms_counted") in said(folder, "ballot", other, OFFICE, code)


def test_terms_are_called_what_the_form_calls_them() -> None:
    fields = load_forms(CONTENT)["ballot"].fields
    for name, label in {**ballot_agreement._TERMS, **ballot_agreement._PEOPLE}.items():
        assert fields[name].label == label


@pytest.mark.parametrize("ref", ["qingxi-2026", "BA-0"])
def test_a_further_round_follows_an_earlier_one_of_its_cycle(ref: str) -> None:
    folder = Folder()
    folder.keep("ballot", "qingxi-2026", sample("ballot", "qingxi-2026"))
    second = {**sample("ballot", "qingxi-2026-round2"), "revote_of": ref}
    assert said(folder, "ballot", second) == []
    assert said(folder, "ballot", {**second, "round": 1}) == [("/round", "revote_round")]
    assert said(folder, "ballot", {**second, "cycle": "qingxi-2025"}) == [
        ("/revote_of", "revote_other_cycle")
    ]


# -- a count --


def test_a_third_person_may_count_too(folder: Folder) -> None:
    assert said(folder, "tally_count", COUNT, STRANGER) == []


def test_a_count_of_another_list_is_refused_and_nothing_more_is_said_of_it(folder: Folder) -> None:
    other = with_row({**COUNT, "list_digest": "x" * 43}, 0, option="99")
    assert said(folder, "tally_count", other, STRANGER) == [("/list_digest", "other_list")]


def test_an_option_that_is_not_on_the_list_is_refused_with_its_row(folder: Folder) -> None:
    other = with_row(COUNT, 3, option="99")
    assert said(folder, "tally_count", other, STRANGER) == [("/totals/3/option", "option_unknown")]


def test_an_option_of_the_list_that_was_not_counted_is_asked_for(folder: Folder) -> None:
    other = {**COUNT, "totals": COUNT["totals"][1:]}
    assert said(folder, "tally_count", other, STRANGER) == [("/totals", "option_missing")]


def test_a_code_that_does_not_fit_the_numbers_is_refused(folder: Folder) -> None:
    other = with_row(COUNT, 0, approve=135)
    assert said(folder, "tally_count", other, STRANGER) == [("/check_code", "check_code")]
    assert said(folder, "tally_count", coded(other, BALLOT), STRANGER) == []
    spaced = {**COUNT, "check_code": COUNT["check_code"].replace(" ", "")}
    assert said(folder, "tally_count", spaced, STRANGER) == []


def test_a_ballot_that_was_not_accepted_has_no_counts() -> None:
    assert said(Folder(), "tally_count", COUNT, STRANGER) == [("/ballot", "no_ballot")]


def test_a_list_frozen_after_the_vote_is_not_counted() -> None:
    folder = Folder()
    folder.keep("ballot", "qingxi-2025", {**BALLOT, "list_frozen_on": "2025-01-17"})
    assert said(folder, "tally_count", COUNT, STRANGER) == [("/ballot", "not_frozen")]


def test_a_teller_counts_once_on_whatever_phone(folder: Folder) -> None:
    assert said(folder, "tally_count", COUNT, TELLERS[0]) == [("/ballot", "second_count")]
    assert said(folder, "tally_count", {**COUNT, "ballot": "BA-0"}, TELLERS[0]) == [
        ("/ballot", "second_count")
    ]
    another_phone = Writer(None, "teller", "pair-z", "teller/甲")
    assert said(folder, "tally_count", COUNT, another_phone) == [("/ballot", "second_count")]


def test_the_office_files_for_many(folder: Folder) -> None:
    folder.keep("tally_count", "by-office", COUNT)
    assert said(folder, "tally_count", COUNT, OFFICE) == []


def test_a_clerk_and_a_teller_of_the_same_name_are_two_people(folder: Folder) -> None:
    assert said(folder, "tally_count", COUNT, CLERK) == []
    folder.keep("tally_count", "by-clerk", COUNT, CLERK)
    assert said(folder, "tally_count", COUNT, CLERK) == [("/ballot", "second_count")]
    assert said(folder, "ballot_result", {**RESULT, "counts": ["qingxi-2025-a", "by-clerk"]}) == []


def test_a_correction_is_no_second_count_unless_it_moves_to_another_ballot(folder: Folder) -> None:
    mine = folder.kept["tally_count"][0].code
    assert said(folder, "tally_count", COUNT, TELLERS[0], mine) == []
    assert said(folder, "tally_count", {**COUNT, "ballot": "BA-0"}, TELLERS[1], mine) == []
    folder.keep("ballot", "liuhe-2026", sample("ballot", "liuhe-2026"))
    moved = sample("tally_count", "liuhe-2026-b")
    assert said(folder, "tally_count", moved, TELLERS[0], mine) == []
    folder.keep("tally_count", "liuhe-2026-a", sample("tally_count", "liuhe-2026-a"), TELLERS[0])
    assert said(folder, "tally_count", moved, TELLERS[0], mine) == [("/ballot", "second_count")]


def test_a_count_keeps_its_figures_under_a_result_that_cites_it_and_is_not_moved_away(folder: Folder) -> None:
    mine = folder.kept["tally_count"][0].code
    fewer = coded(with_row(COUNT, 2, approve=117), BALLOT)
    assert said(folder, "tally_count", fewer, TELLERS[0], mine) == []
    result = folder.keep("ballot_result", "qingxi-2025", {**RESULT, "counts": ["TA-1", mine]})
    folder.keep("ballot", "liuhe-2026", sample("ballot", "liuhe-2026"))
    moved, told = sample("tally_count", "liuhe-2026-b"), [("/ballot", "count_cited")]
    for other in (fewer, moved):
        assert said(folder, "tally_count", other, TELLERS[0], mine) == told
        assert said(folder, "tally_count", other, OFFICE, mine) == []
    by_code = {**COUNT, "ballot": "BA-0", "check_code": COUNT["check_code"].replace(" ", "")}
    assert said(folder, "tally_count", by_code, TELLERS[0], mine) == []
    third = folder.keep("tally_count", "third", COUNT, STRANGER).code
    assert said(folder, "tally_count", fewer, STRANGER, third) == []
    settled = {**result.answers, "resolution": "逐张重读，是 118。"}
    folder.kept["ballot_result"] = [dataclasses.replace(result, answers=settled)]
    assert said(folder, "tally_count", fewer, TELLERS[0], mine) == []
    assert said(folder, "tally_count", moved, TELLERS[0], mine) == told


# -- a result --


@pytest.mark.parametrize("counts", [["qingxi-2025-a", "qingxi-2025-b"], ["TA-1", "qingxi-2025-a"]])
def test_a_result_that_says_what_both_counted_is_fine(folder: Folder, counts: list[str]) -> None:
    assert said(folder, "ballot_result", {**RESULT, "counts": counts}) == []


@pytest.mark.parametrize(
    ("counts", "at"), [(["qingxi-2025-a", "liuhe-2026-a"], 1), (["liuhe-2026-a", "qingxi-2025-a"], 0)]
)
def test_a_count_of_another_ballot_is_refused(folder: Folder, counts: list[str], at: int) -> None:
    folder.keep("tally_count", "liuhe-2026-a", sample("tally_count", "liuhe-2026-a"), STRANGER)
    assert said(folder, "ballot_result", {**RESULT, "counts": counts}) == [
        (f"/counts/{at}", "not_of_this_ballot")
    ]


def test_one_count_under_two_names_is_one(folder: Folder) -> None:
    counts = ["qingxi-2025-a", "TA-0"]
    assert said(folder, "ballot_result", {**RESULT, "counts": counts}) == [("/counts/1", "same_count")]


def test_two_counts_of_one_teller_are_not_two_tellers(folder: Folder) -> None:
    folder.keep("tally_count", "again", COUNT, TELLERS[0])
    counts = ["qingxi-2025-a", "again"]
    assert said(folder, "ballot_result", {**RESULT, "counts": counts}) == [("/counts/1", "one_teller")]


def test_two_counts_that_the_office_brought_in_are_two() -> None:
    folder = Folder()
    folder.keep("ballot", "qingxi-2025", BALLOT)
    for letter in "ab":
        folder.keep("tally_count", f"qingxi-2025-{letter}", COUNT)
    assert said(folder, "ballot_result", RESULT) == []


def test_a_figure_that_nobody_counted_is_refused_at_its_field(folder: Folder) -> None:
    fewer = {**RESULT, "valid": 141, "invalid": 2}
    assert said(folder, "ballot_result", fewer) == [("/valid", "result_differs")]
    assert said(folder, "ballot_result", with_row(RESULT, 2, approve=1)) == [("/totals", "result_differs")]
    settled = {**with_row(RESULT, 2, approve=1), "resolution": "逐张重读，两位都同意。"}
    assert said(folder, "ballot_result", settled) == []


def test_counts_that_differ_need_a_word_how_it_was_settled(folder: Folder) -> None:
    folder.kept["tally_count"].pop()
    folder.keep("tally_count", "qingxi-2025-b", with_row(COUNT, 2, approve=117), TELLERS[1])
    assert said(folder, "ballot_result", RESULT) == [("/resolution", "counts_differ")]
    assert said(folder, "ballot_result", {**RESULT, "resolution": "逐张重读，是 118。"}) == []


def test_a_resolution_does_not_excuse_an_option_off_the_list(folder: Folder) -> None:
    other = {**with_row(RESULT, 0, option="99"), "resolution": "逐张重读，两位都同意。"}
    assert said(folder, "ballot_result", other) == [("/totals/0/option", "option_unknown")]


def test_a_ballot_has_one_result(folder: Folder) -> None:
    folder.keep("ballot_result", "qingxi-2025", RESULT)
    assert said(folder, "ballot_result", {**RESULT, "ballot": "BA-0"}) == [("/ballot", "second_result")]


def test_nothing_is_announced_before_the_vote(folder: Folder) -> None:
    early = {**RESULT, "announced_on": "2025-01-15"}
    assert said(folder, "ballot_result", early) == [("/announced_on", "announced_before")]


def test_a_void_result_cites_nothing_and_is_compared_with_nothing(folder: Folder) -> None:
    void = {name: value for name, value in RESULT.items() if name not in ("counts", "totals")}
    void |= {"declared_void": True, "returned": 144, "valid": 0, "invalid": 144, "blank": 0}
    assert said(folder, "ballot_result", void) == []


VOID = {name: value for name, value in RESULT.items() if name not in ("counts", "totals")} | {
    "declared_void": True, "returned": 144, "valid": 0, "invalid": 144, "blank": 0,
}  # fmt: skip


def test_a_result_is_not_corrected_to_void_against_both_its_counts(folder: Folder) -> None:
    result = folder.keep("ballot_result", "qingxi-2025", RESULT, STRANGER)
    told = [("/declared_void", "void_uncounted")]
    for by in (STRANGER, CLERK, OFFICE):
        assert said(folder, "ballot_result", VOID, by, result.code) == told
        assert said(folder, "ballot_result", RESULT, by, result.code) == []
    more = {**COUNT, "returned": 144, "invalid": 2}
    counts = folder.kept["tally_count"]
    counts[1] = dataclasses.replace(counts[1], answers=more)
    assert said(folder, "ballot_result", VOID, STRANGER, result.code) == []


def test_a_void_result_is_corrected_as_it_stands_and_back(folder: Folder) -> None:
    code = folder.keep("ballot_result", "qingxi-2025", VOID, STRANGER).code
    assert said(folder, "ballot_result", {**VOID, "returned": 145, "invalid": 145}, STRANGER, code) == []
    assert said(folder, "ballot_result", RESULT, STRANGER, code) == []


def test_the_office_corrects_its_own_transcript_of_a_result_to_void() -> None:
    folder = Folder()
    folder.keep("ballot", "qingxi-2025", BALLOT)
    for letter in "ab":
        folder.keep("tally_count", f"qingxi-2025-{letter}", COUNT)
    code = folder.keep("ballot_result", "qingxi-2025", RESULT).code
    assert said(folder, "ballot_result", VOID, OFFICE, code) == []
    assert said(folder, "ballot_result", VOID, STRANGER, code) == [("/declared_void", "void_uncounted")]


def test_a_result_on_the_form_of_before_is_compared_as_any_other(folder: Folder) -> None:
    before = {name: value for name, value in RESULT.items() if name != "declared_void"}
    assert said(folder, "ballot_result", before) == []
    assert said(folder, "ballot_result", {**before, "valid": 141, "invalid": 2}) == [
        ("/valid", "result_differs")
    ]


# -- the whole sample --


def test_the_sample_agrees_with_itself() -> None:
    folder = Folder()
    for kind in KINDS:
        names = sorted(path.stem for path in (CONTENT / "records" / kind).glob("*.yaml"))
        for name in sorted(names, key=lambda each: "round" in each):
            assert said(folder, kind, sample(kind, name)) == [], f"{kind}/{name}"
            folder.keep(kind, name, sample(kind, name))


def test_every_fault_has_its_words_in_both_languages() -> None:
    words = read_yaml(CONTENT / "words" / "problems.yaml").value
    text = (CONTENT.parent / "ledger/rules/ballot/agreement.py").read_text("utf-8")
    used = set(re.findall(r'_(?:problem|differs)\([^,]+, "([a-z_]+)"', text))
    told = {key.removeprefix("problem.agree.") for key in words if key.startswith("problem.agree.")}
    assert used == told and len(used) > 15
