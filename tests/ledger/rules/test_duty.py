"""The duty record: what counts as which entry, what is counted again, what two missed sessions mean."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.duty.allowance import by_year, within_budget
from ledger.rules.duty.assessment import counted, points, reproduced
from ledger.rules.duty.bulletin import circulated, covers_all
from ledger.rules.duty.entry import (
    AREA_OF,
    AREAS,
    ATTENDANCES,
    SOURCES,
    SUPPORTS,
    Entry,
    entries,
    verified_late,
    within,
)
from ledger.rules.duty.participation import participation
from ledger.rules.duty.report_back import in_own_constituency, own_visits, reported_in_term
from ledger.rules.duty.review import is_secret, reviewed
from ledger.rules.duty.session import missed_without_leave

CONTENT = Path(__file__).parents[3] / "content"
FORMS = load_forms(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
TODAY = "2026-11-26"
Records = dict[str, list[dict[str, Any]]]


def of(kind: str) -> list[dict[str, Any]]:
    """The sample's records of a kind; a name serves as its code."""
    files = map(read_record, sorted((CONTENT / "records" / kind).glob("*.yaml")))
    return [{**file.answers, "code": file.name} for file in files if file.taken_down is None]


RECORDS: Records = {each.kind: of(each.kind) for each in SOURCES}
RECORDS["duty_entry"] = [each for each in RECORDS["duty_entry"] if each.get("verified")]
DEPUTIES = [each["code"] for each in of("deputy")]


# -- the table --


def test_each_row_of_the_table_names_fields_that_its_form_has() -> None:
    for source in SOURCES:
        if source.kind in FORMS:
            fields = FORMS[source.kind].fields
            assert {name for name in source.fields if name not in fields} == set(), source
            for name, values in source.where.items():
                assert set(values) <= set(fields[name].choices)


def test_an_entry_asks_for_no_kind_of_duty_that_a_record_tells_by_itself() -> None:
    typed = set(FORMS["duty_entry"].fields["duty_kind"].choices)
    told = {each.duty for each in SOURCES if each.kind in FORMS and each.duty}
    assert typed & told == set()


def test_an_assessment_knows_every_kind_of_duty_of_the_table() -> None:
    known = set(FORMS["duty_assessment"].fields["counts"].each["duty"].choices)
    typed = set(FORMS["duty_entry"].fields["duty_kind"].choices)
    assert typed | {each.duty for each in SOURCES if each.duty} <= known
    assert known <= set(AREA_OF)


def test_the_six_areas_and_five_supports_are_the_choices_of_the_form_and_only_two_names_are_the_seeds() -> (
    None
):
    areas, supports = (FORMS["duty_entry"].fields[name].choices for name in ("duty_area", "support_area"))
    assert tuple(areas) == AREAS and tuple(supports) == SUPPORTS and (len(AREAS), len(SUPPORTS)) == (6, 5)
    unconfirmed = {name for name, label in areas.items() if "默认" in label["zh"]}
    assert set(AREAS) - unconfirmed == set(BOOK["duty.areas_confirmed"].value)
    assert BOOK["duty.areas_confirmed"].unverified


# -- entries --


def test_the_record_of_a_deputy_comes_out_of_the_sample_without_typing_anything_twice() -> None:
    found = Counter(each.duty for each in entries(RECORDS, "lin-xiuhe") if each.done)
    assert found == {
        "session_attendance": 2, "training": 1, "training_elsewhere": 1, "visit": 3, "reception": 1,
        "suggestion": 2, "co_signature": 2, "rating": 1, "onsite_check": 2, "project_inspection": 3,
        "report_back": 1, "activity_day": 1, "inspection": 3, "law_enforcement_check": 1,
        "opinion_report": 1, "service": 1, "station_duty": 1,
    }  # fmt: skip


def test_one_record_is_one_entry_of_a_deputy_whatever_fields_name_them() -> None:
    for deputy in DEPUTIES:
        found = entries(RECORDS, deputy)
        assert len({(each.source, each.code, each.duty) for each in found}) == len(found)


def test_what_the_deputy_was_only_asked_to_counts_nothing_and_is_told() -> None:
    asked = {
        "code": "PX-1",
        "held_on": "2026-05-19",
        "invited": ["a", "b"],
        "attendees": ["a"],
        "topic": "预算",
    }
    one, other = (entries({"training": [asked]}, who) for who in "ab")
    assert [each.done for each in (*one, *other)] == [True, False]
    assert [(each.invited, each.attended, each.missed) for each in participation([*one, *other])] == [
        (2, 1, 1)
    ]


def test_a_kind_that_a_congress_has_not_is_passed_over() -> None:
    some = {kind: records for kind, records in RECORDS.items() if kind in ("visit", "nothing_of_ours")}
    assert {each.source for each in entries(some, "lin-xiuhe")} == {"visit"}


NAMES = st.sampled_from(["a", "b", "c"])
VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "visited_on": st.sampled_from(["2025-01", "2025-12-31", "2026-03-02"]),
            "visit_kind": st.sampled_from(["spot", "reception", "full_round"]),
            "deputies": st.lists(NAMES, unique=True, max_size=3),
        },
        optional={"author": NAMES},
    ),
    max_size=12,
).map(lambda some: [{**each, "code": f"ZF-{n}"} for n, each in enumerate(some)])


@given(visits=VISITS, deputy=NAMES)
def test_every_visit_that_names_a_deputy_is_one_entry_and_no_other_is(visits: Any, deputy: str) -> None:
    named = {each["code"] for each in visits if deputy in each["deputies"] or each.get("author") == deputy}
    found = entries({"visit": visits}, deputy)
    assert {each.code for each in found} == named and len(found) == len(named)
    assert list(found) == sorted(found) == list(entries({"visit": visits[::-1]}, deputy))


@given(visits=VISITS, deputy=NAMES)
def test_periods_that_meet_count_each_entry_in_one_of_them(visits: Any, deputy: str) -> None:
    found = entries({"visit": visits}, deputy)
    whole, unknown = counted(found, "2025-01-01", "2026-12-31")
    parts = [counted(found, f"{year}-01-01", f"{year}-12-31")[0] for year in (2025, 2026)]
    assert unknown == frozenset()
    assert sum(map(Counter, parts), Counter[str]()) == Counter(whole)


@given(
    some=st.lists(
        st.tuples(st.sampled_from(["training", "inspection"]), st.sampled_from(ATTENDANCES)), max_size=20
    )
)
def test_every_invitation_is_in_exactly_one_part_of_a_share(some: list[tuple[str, Any]]) -> None:
    found = participation(
        Entry("2026-01-01", duty, "duty_entry", f"LZ-{n}", attendance=attendance, asked=True)
        for n, (duty, attendance) in enumerate(some)
    )
    assert {each.duty: each.invited for each in found} == Counter(duty for duty, _ in some)
    assert sum(each.attended for each in found) == sum(attendance == "attended" for _, attendance in some)


@pytest.mark.parametrize(
    ("day", "first", "last", "expected"),
    [
        ("2025-03", "2025-01-01", "2025-12-31", True),
        ("2025-12", "2025-01-01", "2025-12-31", True),
        ("2025-02", "2025-01-01", "2025-02-28", True),
        ("2025-03", "2025-01-01", "2025-03-30", None),
        ("2025-03", "2025-04-01", "2025-12-31", False),
        ("2025-03-31", "2025-04-01", "2025-12-31", False),
    ],
)
def test_a_month_counts_where_it_lies_whole_in_the_period(
    day: str, first: str, last: str, expected: bool | None
) -> None:
    assert within(day, first, last) is expected


# -- assessment --


@pytest.mark.parametrize("name", ["2025-lin-xiuhe", "2025-tian-shouyi"])
def test_the_assessments_of_the_sample_are_reproduced_from_its_records(name: str) -> None:
    (said,) = (each for each in of("duty_assessment") if each["code"] == name)
    lamp = reproduced(said, entries(RECORDS, said["deputy"]), BOOK, AREA_OF)
    assert (lamp.state, lamp.why) == ("pass", "rule.duty.counted.pass")


def test_one_record_less_and_the_assessment_is_not_reproduced() -> None:
    said = of("duty_assessment")[0]
    own = entries(RECORDS, said["deputy"])
    gone = next(each for each in own if each.duty == "visit" and each.day.startswith("2025"))
    lamp = reproduced(said, (each for each in own if each != gone), BOOK, AREA_OF)
    assert (lamp.state, lamp.params["duties"]) == ("warn", ("visit",))
    away = [replace(each, attendance="absent") if each == gone else each for each in own]
    assert reproduced(said, away, BOOK, AREA_OF).state == "warn"


def test_points_are_off_until_the_body_decides() -> None:
    assert points({"suggestion": 9}, BOOK) is None and BOOK["duty.points"].unverified
    assert FORMS["duty_assessment"].fields["points"].publish == "never"


# -- sessions --


def test_in_the_sample_one_deputy_missed_two_sessions_without_leave_and_one_had_leave() -> None:
    def lamp(deputy: str) -> str:
        own = [each for each in RECORDS["duty_entry"] if each["deputy"] == deputy]
        return missed_without_leave(own, BOOK, "2021-12-18").state

    assert lamp("ouyang-jianshan") == "fail" and lamp("he-zhibai") == lamp("lin-xiuhe") == "pass"
    assert lamp("meng-chunya") == "unknown"
    assert not BOOK["duty.sessions_missed"].unverified and "第六十二条" in str(
        BOOK["duty.sessions_missed"].article
    )


def test_what_was_missed_before_the_election_is_another_mandate() -> None:
    own = [each for each in RECORDS["duty_entry"] if each["deputy"] == "ouyang-jianshan"]
    assert missed_without_leave(own, BOOK, "2025-06-01").state == "warn"


SESSIONS = st.lists(
    st.fixed_dictionaries(
        {
            "duty_kind": st.sampled_from(["session_attendance", "training"]),
            "what": st.sampled_from(["一次会议", "二次会议", "三次会议"]),
            "level": st.sampled_from(["county", "township"]),
            "attendance": st.sampled_from(["attended", "excused", "absent"]),
            "happened_on": st.sampled_from(["2025-01-14", "2026-01-20"]),
        }
    ),
    max_size=8,
)


@given(SESSIONS)
def test_leave_that_was_granted_never_puts_a_mandate_in_question(told: list[dict[str, str]]) -> None:
    granted = [{**each, "attendance": "excused"} for each in told]
    assert missed_without_leave(granted, BOOK).state in ("pass", "unknown")
    if missed_without_leave(told, BOOK).state == "fail":
        missed = {
            (each["level"], each["what"])
            for each in told
            if (each["duty_kind"], each["attendance"]) == ("session_attendance", "absent")
        }
        assert max(Counter(level for level, _ in missed).values()) >= 2


# -- reports, reviews, bulletins, allowances --


def test_reports_count_in_the_term_they_were_made_in() -> None:
    reports = [each for each in of("report_back") if each["deputy"] == "tian-shouyi"]
    assert reported_in_term(reports, "2021-12-18", TODAY, BOOK).params["last"] == "2025-11-20"
    assert reported_in_term(reports, "2025-12-01", TODAY, BOOK).why == "rule.duty.reported.none"


def test_every_report_of_the_sample_is_in_the_own_constituency() -> None:
    deputies = {each["code"]: each for each in of("deputy")}
    assert all(in_own_constituency(each, deputies[each["deputy"]]) for each in of("report_back"))
    assert in_own_constituency({}, deputies["lin-xiuhe"]) is None


def test_visits_back_home_are_those_to_the_own_grids() -> None:
    lies = {each["code"]: each["within"] for each in of("grid") if "within" in each}
    visits = [each for each in RECORDS["visit"] if "tian-shouyi" in each.get("deputies", ())]
    assert len(own_visits(visits, {"zhuyuan-01"}, lies, "2026")) == 2
    assert own_visits(visits, {"qiaotou-02"}, lies, "2026") == ()
    assert own_visits(visits, {"a"}, {"a": "b", "b": "a"}, "2026") == ()


def test_a_review_has_a_grade_where_its_counts_are_told() -> None:
    told = {each["code"]: each for each in of("duty_review")}
    found = reviewed(told["2026-lin-xiuhe-voters"], BOOK)
    assert found and (found.grade, found.base) == ("satisfied", 53)
    assert (
        is_secret(told["2026-lin-xiuhe-voters"]).state == "pass"
        and is_secret({"secret": False}).state == "warn"
    )


def test_a_bulletin_for_the_public_says_whom_it_leaves_out_and_rests_on_assessments() -> None:
    told = of("duty_bulletin")
    assert [covers_all(each).state for each in told] == ["warn", "pass"]
    found = circulated("2025-lin-xiuhe", told)
    assert found and found["code"] == "2025-public" and circulated("2026-nobody", told) is None


def test_the_year_of_allowances_says_of_how_many_quarters_it_knows() -> None:
    public = [
        {name: value for name, value in each.items() if name != "total" or each["deputies_paid"] >= 5}
        for each in of("allowance")
    ]
    (year,) = by_year(public)
    assert (year.spent, year.told, year.quarters, year.budget) == (585000, 2, 3, 2400000)
    assert within_budget(year).state == "unknown"
    (known,) = by_year(of("allowance"))
    assert within_budget(known).state == "pass"


def test_an_entry_that_was_verified_long_after_says_so() -> None:
    late = [each["code"] for each in RECORDS["duty_entry"] if verified_late(each, BOOK)]
    assert late == []
    assert verified_late({"happened_on": "2026-01-01", "verified_on": "2026-03-01"}, BOOK) == 59
