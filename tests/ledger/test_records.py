from __future__ import annotations

import json
import timeit
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.forms import Form, load_forms, parse_form, recall_form
from ledger.records import AnswerProblem, check_answers, pointer
from ledger.strict_yaml import read_yaml
from ledger.words import load_words
from tests.cases import dump
from tests.ledger.samples import CASES, ROOT, VISIT, cases, data, parsed

ANSWERS = cases("answers.yaml")
FORMS = {name: parse_form(text, name) for name, text in ANSWERS["forms"].items()}
WORDS = load_words(ROOT / "content")
FINE = {"visited_on": "2026-03-02", "grid": "liuhe-03"}


@pytest.fixture(scope="module")
def visit() -> Form:
    return FORMS["visit"]


def found(form: Form, answers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.pointer, each.key) for each in check_answers(form, answers)]


@pytest.mark.parametrize("case", ANSWERS["cases"], ids=lambda case: case["about"])
def test_answers_have_the_faults_that_the_cases_say(case: dict[str, Any]) -> None:
    problems = check_answers(FORMS[case.get("form", "visit")], case["answers"])
    expected = [(problem["at"], problem["key"]) for problem in case["problems"]]
    assert [(each.pointer, each.key) for each in problems] == expected
    for each, problem in zip(problems, case["problems"], strict=True):
        assert each.params == problem.get("params", each.params)


def test_the_cases_are_there_for_the_phone_too() -> None:
    written = (CASES / "answers.json").read_text(encoding="ascii")
    assert written == dump.as_json(dump.answers()), "run: python -m tests.cases.dump"


@pytest.mark.parametrize("case", ANSWERS["cases"], ids=lambda case: case["about"])
def test_every_fault_can_be_said_in_both_languages(case: dict[str, Any]) -> None:
    for problem in check_answers(FORMS[case.get("form", "visit")], case["answers"]):
        json.dumps(dict(problem.params))
        for text in WORDS.both(problem.key, **problem.params).values():
            assert text
            assert "{" not in text


def test_every_kind_of_fault_is_among_the_cases_or_told_below() -> None:
    told = {problem["key"] for case in ANSWERS["cases"] for problem in case["problems"]}
    told |= {"problem.text_broken", "problem.no_such_record", "problem.not_answers"}
    in_file = list(read_yaml(ROOT / "content/words/problems.yaml").value)
    of_answers = in_file[: in_file.index("problem.not_answers") + 1]
    assert told == {key for key in of_answers if key.startswith("problem.")}


def test_a_fault_carries_what_its_message_needs(visit: Form) -> None:
    answers = {**FINE, "topic": "other", "other": "一二三四五六", "cost": 100001, "people": -1}
    said = {each.pointer: WORDS.say(each.key, "zh", **each.params) for each in check_answers(visit, answers)}
    assert said == {
        "/other": "“其他话题”最多5个字，现在有6个。请写短些。",
        "/people": "“人数”不能小于0。请核对。",
        "/cost": "“金额”不能大于1000.00。请核对。",
    }


def test_a_fault_in_a_row_says_which_row(visit: Form) -> None:
    (problem,) = check_answers(visit, {**FINE, "rows": [{"what": "修桥"}, {"urgent": False}]})
    assert problem.pointer == "/rows/1/what"
    assert problem.params["label"] == {"zh": "问题第2行什么事", "en": "Matters, row 2: What"}


def test_half_a_character_is_told_and_does_not_break_anything(visit: Form) -> None:
    assert found(visit, {**FINE, "open": False, "reason": "a\ud800"}) == [("/reason", "problem.text_broken")]
    assert found(visit, {"grid": "\udc00", "visited_on": "\ud800"}) == [
        ("/visited_on", "problem.not_a_date"),
        ("/grid", "problem.not_a_reference"),
    ]
    assert found(visit, {**FINE, "x\ud800": 1}) == [("/x\ufffd", "problem.unknown_field")]


def test_a_whole_number_written_with_a_fraction_is_told(visit: Form) -> None:
    """JSON Schema lets 3.0 pass for an integer; a ledger of cents does not."""
    assert found(visit, {**FINE, "people": 3.0}) == [("/people", "problem.not_whole")]
    assert found(visit, {**FINE, "rows": [{"what": "修桥", "votes": 1.0}]}) == [
        ("/rows/0/votes", "problem.not_whole")
    ]
    assert found(visit, {**FINE, "area": 3}) == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 2**53, 10**400, True])
def test_numbers_that_a_phone_cannot_keep_are_refused(visit: Form, number: Any) -> None:
    assert found(visit, {**FINE, "households": number})[0][0] == "/households"


def test_a_name_that_is_not_there_is_told_where_somebody_can_look_it_up(visit: Form) -> None:
    known = {("grid", "liuhe-03"), ("deputy", "wang")}
    answers = {"visited_on": "2026-03-02", "grid": "liuhe-04", "with": ["wang", "li"]}
    problems = check_answers(visit, answers, lambda kind, name: (kind, name) in known)
    assert [(each.pointer, each.key, each.params["value"]) for each in problems] == [
        ("/grid", "problem.no_such_record", "liuhe-04"),
        ("/with/1", "problem.no_such_record", "li"),
    ]


@pytest.mark.parametrize("answers", [[], None, "x", 5, {1: 2}, {"people": b"x"}, {"grid": object()}])
def test_what_are_no_answers_at_all_is_told_and_nothing_breaks(visit: Form, answers: Any) -> None:
    assert check_answers(visit, answers) == [AnswerProblem("", "problem.not_answers", {})]


def test_any_mapping_will_do(visit: Form) -> None:
    assert check_answers(visit, MappingProxyType(FINE)) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(list(FORMS["visit"].fields)) | st.text(max_size=5), json_values, max_size=6
    )
)
def test_whatever_a_phone_sends_is_judged_and_never_breaks_the_server(answers: dict[str, Any]) -> None:
    for problem in check_answers(FORMS["visit"], answers):
        assert WORDS.both(problem.key, **problem.params)
        assert problem.pointer == "" or problem.pointer.startswith("/")


def test_hostile_texts_are_kept_whole_or_refused_with_a_reason() -> None:
    form = parsed("text: {label: {zh: 文, en: Text}, schema: {type: string, minLength: 1}, publish: full}")
    for each in data("hostile-texts.json"):
        problems = check_answers(form, {"text": each["text"]})
        assert len(problems) <= 1
        assert all(problem.key in WORDS.messages for problem in problems)


def test_a_check_that_names_two_versions_of_a_form_is_judged_by_the_version_it_was_filed_under() -> None:
    old = parse_form(VISIT, "visit.yaml")
    new = parse_form(VISIT.replace("maximum: 500", "maximum: 5"), "visit.yaml")
    answers = {**FINE, "people": 6}
    assert found(old, answers) == []
    assert found(new, answers) == [("/people", "problem.too_large")]


def test_a_long_record_has_no_problems() -> None:
    form = parsed(
        """
        day: {label: {zh: 日, en: Day}, schema: {type: string, format: date}, required: true, publish: full}
        grid: {label: {zh: 格, en: Grid}, refers_to: grid, publish: full}
        topics: {label: {zh: 题, en: T}, schema: {type: array}, choices: {a: {zh: 甲, en: A}}, publish: full}
        people: {label: {zh: 人, en: People}, schema: {type: integer, minimum: 0}, publish: full}
        text: {label: {zh: 文, en: Text}, schema: {type: string, maxLength: 2000}, publish: full}
        """
    )
    text = "柳河村东头的桥只有三米宽，农忙时两车相会，前后堵上半个小时。\n" * 10
    answers = {"day": "2026-03-02", "grid": "liuhe-03", "topics": ["a"], "people": 3, "text": text}
    assert len(json.dumps(answers, ensure_ascii=False).encode()) > 1000
    assert check_answers(form, answers) == []


def test_a_pointer_escapes_what_rfc_6901_says() -> None:
    assert pointer([]) == ""
    assert pointer(["a/b", "m~n", 0, ""]) == "/a~1b/m~0n/0/"


SHIPPED = load_forms(ROOT / "content")


@pytest.mark.parametrize(
    ("kind", "answers", "at"),
    [
        ("ballot", {"candidates": [{"option": "1"}, {"option": "1"}]}, "/candidates/1/option"),
        ("tally_count", {"totals": [{"option": "1"}, {"option": "1"}]}, "/totals/1/option"),
        (
            "ballot_result",
            {"declared_void": False, "totals": [{"option": "1"}, {"option": "1"}]},
            "/totals/1/option",
        ),
        ("project_cycle", {"steps": [{"step": "ballot"}, {"step": "ballot"}]}, "/steps/1/step"),
    ],
)
def test_the_forms_that_ship_take_an_option_or_a_step_in_one_row_only(
    kind: str, answers: dict[str, Any], at: str
) -> None:
    assert (at, "problem.row_twice") in found(SHIPPED[kind], answers)


def test_an_older_version_of_a_form_keeps_the_check_it_was_filed_under() -> None:
    check = (
        "checks:\n  - that: steps.all(row, steps.exists_one(other, other.step == row.step))\n"
        "    say: {zh: 同一个环节写了两行。, en: A step has two rows.}\n"
    )
    new = SHIPPED["project_cycle"]
    old = recall_form(new.text.replace("    unique: step\n", "").replace("checks:\n", check))
    answers = {"year": 2026, "body": "青溪区人民代表大会", "level": "county"}
    answers |= {"steps": [{"step": "ballot"}, {"step": "ballot"}]}
    assert found(old, answers) == [("/steps", "problem.check")]
    assert found(new, answers) == [("/steps/1/step", "problem.row_twice")]


def test_the_second_of_two_equal_rows_is_told_in_words_with_both_rows_and_the_value() -> None:
    (problem,) = check_answers(FORMS["cycle"], {"asked": True, "steps": [{"step": "ballot"}] * 2})
    said = WORDS.both(problem.key, **problem.params)
    assert said["zh"] == "“环节第2行哪一步”是“票决”，第1行已经是了。每行要不一样，请改正或合并。"
    assert said["en"].startswith('"Steps, row 2: Step" is "Ballot", and so is row 1 above it.')


def test_ninety_nine_rows_are_judged_without_holding_each_against_every_other() -> None:
    form = FORMS["cycle"]
    rows = [{"note": f"{number}"} for number in range(99)]
    took = min(timeit.repeat(lambda: check_answers(form, {"notes": rows}), number=1, repeat=3))
    assert check_answers(form, {"notes": rows}) == []
    assert took < 0.1
