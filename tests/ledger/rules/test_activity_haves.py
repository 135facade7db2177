"""The six 有 of an activity, its authority in law, open meetings and street councils."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.activity import haves
from ledger.rules.activity.agreement import AGREEMENTS
from ledger.rules.meeting import notice
from ledger.rules.street import council

CONTENT = Path(__file__).parents[3] / "content"
FORMS = load_forms(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
ON = date(2026, 11, 21)


def samples(kind: str) -> dict[str, dict[str, Any]]:
    files = [read_record(path) for path in sorted((CONTENT / "records" / kind).glob("*.yaml"))]
    return {str(file.name): {**file.answers, "code": file.name} for file in files}


def test_the_six_are_fields_of_the_form_and_say_so() -> None:
    labels = [FORMS["activity"].fields[name].label["zh"] for name in haves.HAVES]
    assert [each[:3] for each in labels] == ["有目的", "有计划", "有准备", "有规范", "有结果", "有报告"]
    assert FORMS["activity"].gate == "review"


def test_the_sample_has_an_activity_in_each_state() -> None:
    found = {name: haves.stage(each, ON) for name, each in samples("activity").items()}
    assert set(found.values()) == {"closed", "held", "to_come", "cancelled"}
    assert (found["2026-12-dust"], found["2025-09-elderly"]) == ("to_come", "cancelled")


def test_one_of_the_sample_has_no_authority_and_was_decided_by_nobody() -> None:
    without = [name for name, each in samples("activity").items() if not haves.has_authority(each)]
    assert without == ["2026-10-road-duty"]
    each = samples("activity")["2026-10-road-duty"]
    assert haves.authority(each).state == "fail" and haves.decided(each).state == "warn"


def test_what_is_held_and_not_closed_shows_what_is_missing() -> None:
    lamps = haves.six_haves(samples("activity")["2026-06-water-law"], ON)
    assert [each.state for each in lamps] == ["pass"] * 5 + ["warn"]


@given(
    st.dictionaries(st.sampled_from(haves.HAVES), st.sampled_from(["", " ", "写了"])),
    st.sampled_from(["", "代表法第四十三条", "领导要求", "第条", "条第"]),
    st.booleans(),
)
def test_an_activity_is_never_closed_without_its_six_and_its_authority(
    told: dict[str, str], basis: str, closed: bool
) -> None:
    activity = {"starts_on": "2026-06-03", **told, **({"authority_basis": basis} if basis else {})}
    if closed:
        activity["closed_on"] = "2026-06-30"
    problems = [
        each.pointer
        for rule in AGREEMENTS["activity"]
        for each in rule(activity, None, None, None)  # type: ignore[arg-type]
    ]
    right = basis == "代表法第四十三条"
    whole = all(told.get(name, "").strip() for name in haves.HAVES)
    assert (problems == []) == (not closed or (right and whole))
    assert haves.has_authority(activity) == right


def test_a_notice_that_came_late_is_told_with_its_days() -> None:
    found = {name: notice.notice_in_time(each, BOOK) for name, each in samples("open_meeting").items()}
    assert found["2026-07-hearing"].state == "pass" and found["2027-01-session"].state == "unknown"
    assert (found["2026-09-appraisal"].state, found["2026-09-appraisal"].params) == (
        "warn",
        {"days": 3, "needed": 7},
    )


def test_a_meeting_is_coming_open_held_or_cancelled_on_a_day() -> None:
    found = {name: notice.stage(each, ON) for name, each in samples("open_meeting").items()}
    assert (found["2026-12-sc"], found["2027-01-session"]) == ("open", "coming")
    assert (found["2026-10-presidium"], found["2025-12-sc"]) == ("cancelled", "held")


def test_of_observers_nothing_is_public_and_their_names_are_forgotten() -> None:
    form = FORMS["observer_seat"]
    assert {each.publish for each in form.fields.values()} == {"never"} and form.page is None
    assert {form.fields[name].forget_after for name in ("person_name", "person_phone")} == {"90 days"}
    for name in ("registered", "attended"):
        assert FORMS["open_meeting"].fields[name].publish_when == f"{name} >= 5"


def test_a_street_council_recommends_and_another_decides() -> None:
    meetings = list(samples("street_meeting").values())
    assert [each.outcome for each in council.recommended(meetings)] == ["adopted", "partly"]
    assert council.met_often_enough(meetings, 2026, BOOK).state == "pass"
    assert council.met_often_enough(meetings, 2024, BOOK).state == "warn"
    yunxi = samples("street_council")["yunxi"]
    assert council.members(yunxi) == {"deputy": 3, "cppcc": 8, "resident": 34, "social": 12}


def test_a_member_of_the_sample_is_named_by_consent_or_not_at_all() -> None:
    rows = samples("street_council")["yunxi"]["members"]
    named = [row for row in rows if "member_name" in row]
    assert 0 < len(named) < len(rows) and all("consented_on" in row for row in named)
