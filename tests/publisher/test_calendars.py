"""Calendars are valid, hold whole days under names that stay, and know only fields that are there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from ledger.forms import load_forms
from ledger.words import load_words
from publisher.following import ical, which
from publisher.following.dated import DATED, ROTAS
from publisher.following.reception import first, rule
from tests.publisher.fake import CONTENT, FakeLedger, published
from tests.publisher.sample import rendered, sample

FORMS = load_forms(CONTENT)
WWW = "http://127.0.0.1:8750/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    public, _ = sample(tmp_path_factory.mktemp("calendars") / "public.db")
    return rendered(public, *(kind.name for kind in public.shown), "calendar")


def calendars(site: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in site.items() if path.endswith(".ics")}


def events(text: str) -> list[Any]:
    return [each for each in Calendar.from_ical(text.encode()).walk("VEVENT")]


def small(tmp_path: Path, ledger: FakeLedger) -> dict[str, str]:
    tmp_path.mkdir(exist_ok=True)
    return rendered(published(tmp_path / "public.db", ledger, *FORMS.values()), "calendar")


def station(ledger: FakeLedger, days: list[dict[str, str]], **more: Any) -> str:
    place = ledger.file(FORMS["grid"], {"name": "柳河村", "level": "village"}).code
    given = {"name": "柳河站", "station_kind": "liaison_station", "level": "village_community", "grid": place}
    return ledger.file(FORMS["station"], {**given, "reception": days, **more}).code


def test_every_calendar_is_read_and_whole(site: dict[str, str]) -> None:
    found = calendars(site)
    assert {which.site_calendar(name) for name in which.SITE_CALENDARS} <= set(found) and len(found) > 15
    for path, text in found.items():
        whole = Calendar.from_ical(text.encode())
        assert whole["VERSION"] == "2.0" and whole["PRODID"] and not whole.errors, path
        days = events(text)
        assert days and len({str(each["UID"]) for each in days}) == len(days), path
        for each in days:
            assert not each.errors and each["SUMMARY"] and int(each["SEQUENCE"]) >= 0
            assert type(each["DTSTART"].dt) is date and each["DTEND"].dt > each["DTSTART"].dt


def test_lines_are_short_and_end_as_the_standard_says(site: dict[str, str]) -> None:
    for path, text in calendars(site).items():
        lines = text.encode().split(b"\r\n")
        assert lines.pop() == b"" and max(map(len, lines)) <= 75, path
        assert not any(b"\n" in line for line in lines), path


def test_every_day_leads_to_a_page_of_the_release(site: dict[str, str]) -> None:
    for path, text in calendars(site).items():
        for each in events(text):
            assert str(each["URL"]).removeprefix(WWW) in site, (path, each["URL"])


def test_the_calendar_of_all_is_the_others_together(site: dict[str, str]) -> None:
    def names(path: str) -> set[str]:
        return {str(each["UID"]) for each in events(site[path])}

    rest = [names(which.site_calendar(name)) for name in which.SITE_CALENDARS if name != "all"]
    every = names(which.site_calendar("all"))
    assert set().union(*rest) == every and sum(map(len, rest)) == len(every)
    for path in calendars(site):
        assert names(path) <= every, path


def test_every_field_that_names_a_day_is_there_and_has_words() -> None:
    words = load_words(CONTENT).messages

    def there(kind: str, name: str) -> Any:
        group, dot, field = name.rpartition(".")
        fields = FORMS[kind].fields[group].each if dot else FORMS[kind].fields
        return fields[field]

    for each in DATED:
        assert there(each.kind, each.field).type == "date" and each.sort in which.SITE_CALENDARS
        for name in filter(None, (each.until, each.done)):
            assert there(each.kind, name).type == "date"
        assert not each.of or there(each.kind, each.of).type == "choice"
        assert not each.off or there(each.kind, each.off).type == "boolean"
        assert f"site.follow.day.{each.says}" in words
    for rota in ROTAS:
        for name in (rota.day, rota.opens, rota.closes):
            assert there(rota.kind, f"{rota.group}.{name}")
        assert f"site.follow.day.{rota.says}" in words


def test_a_promise_leaves_the_calendar_once_it_is_reported_as_kept(tmp_path: Path) -> None:
    ledger = FakeLedger()
    asked = {"subject": "关于装路灯的建议", "body": "正文", "confidentiality": "public"}
    suggestion = ledger.file(FORMS["suggestion"], asked).code
    organ = ledger.file(FORMS["organ"], {"name": "区水利局", "organ_kind": "government"}).code
    reply = ledger.file(
        FORMS["reply"], {"suggestion": suggestion, "organ": organ, "replied_on": "2026-03-01"}
    ).code
    promised = {
        "suggestion": suggestion,
        "reply": reply,
        "organ": organ,
        "what": "再装三盏",
        "due_on": "2026-12-31",
    }
    code = ledger.file(FORMS["promise"], promised).code
    before = small(tmp_path, ledger)
    for path in ("calendar/all.ics", "calendar/deadlines.ics", f"calendar/organ/{organ}.ics"):
        (day,) = events(before[path])
        assert day["UID"] == f"{code}-due_on@127.0.0.1" and day["DTSTART"].dt == date(2026, 12, 31)
        assert int(day["SEQUENCE"]) == 0
    moved = {**promised, "due_on": "2027-01-31"}
    ledger.file(FORMS["promise"], moved, code=code, received_at="2026-06-01T00:00:00.000Z")
    (day,) = events(small(tmp_path / "again", ledger)["calendar/all.ics"])
    assert day["UID"] == f"{code}-due_on@127.0.0.1" and int(day["SEQUENCE"]) == 1
    assert day["DTSTAMP"].dt.date() == date(2026, 6, 1)
    ledger.file(FORMS["promise"], {**moved, "claimed_done_on": "2026-07-01"}, code=code)
    assert small(tmp_path / "third", ledger) == {}


def test_what_is_long_over_stands_in_no_calendar(tmp_path: Path) -> None:
    ledger = FakeLedger()
    for year in (2024, 2026):
        answers = {
            "year": year,
            "body": "青溪区人民代表大会",
            "level": "county",
            "session_on": f"{year}-01-20",
        }
        ledger.file(FORMS["project_cycle"], answers)
    (only,) = events(small(tmp_path, ledger)["calendar/meetings.ics"])
    assert only["DTSTART"].dt == date(2026, 1, 20)


def test_a_station_is_in_the_calendar_on_the_days_that_its_words_name_for_certain(tmp_path: Path) -> None:
    ledger = FakeLedger()
    days = [{"day": "每月 20 日", "opens": "09:00", "closes": "11:00"}, {"day": "赶集日"}]
    code = station(ledger, days, address="村委会；一楼，东\\西")
    found = small(tmp_path, ledger)
    (only,) = events(found[f"calendar/station/{code}.ics"])
    assert only["RRULE"].to_ical() == b"FREQ=MONTHLY;BYMONTHDAY=20" and only["DTSTART"].dt == date(
        2026, 3, 20
    )
    assert "09:00 – 11:00" in only["SUMMARY"] and "村委会；一楼，东\\西" in only["DESCRIPTION"]
    assert set(found) == {"calendar/all.ics", "calendar/receptions.ics", f"calendar/station/{code}.ics"}


def test_without_a_day_there_is_no_calendar(tmp_path: Path) -> None:
    ledger = FakeLedger()
    station(ledger, [{"day": "随时"}])
    assert small(tmp_path, ledger) == {}


def test_a_broken_calendar_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = FakeLedger()
    station(ledger, [{"day": "每周三"}], address="柳河\nEND:VEVENT站")
    (only,) = events(small(tmp_path, ledger)["calendar/all.ics"])
    assert "柳河\nEND:VEVENT站" in only["DESCRIPTION"]
    monkeypatch.setattr(ical, "escaped", str)
    with pytest.raises(ValueError):
        events(small(tmp_path / "again", ledger)["calendar/all.ics"])


@pytest.mark.parametrize(
    "said, wanted",
    [
        ("每月 15 日", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("每月5、20日", "FREQ=MONTHLY;BYMONTHDAY=5,20"),
        ("每月 10 号", "FREQ=MONTHLY;BYMONTHDAY=10"),
        ("每周四", "FREQ=WEEKLY;BYDAY=TH"),
        ("每星期日", "FREQ=WEEKLY;BYDAY=SU"),
        ("每周三和周五", "FREQ=WEEKLY;BYDAY=WE,FR"),
        ("每周一至周五", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("每月第一个周三", "FREQ=MONTHLY;BYDAY=1WE"),
        ("每月最后一个星期五", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("每月 45 日", None),
        ("每月 0 日", None),
        ("每周五至周一", None),
        ("赶集日", None),
        ("每两周的周三", None),
        ("单月 15 日", None),
        ("每月 15 日（节假日顺延）", None),
        ("", None),
    ],
)
def test_a_day_of_reception_is_read_for_certain_or_not_at_all(said: str, wanted: str | None) -> None:
    assert rule(said) == wanted


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.sampled_from(["每月 31 日", "每周日", "每月第五个周一", "每月最后一个周六"]),
)
def test_the_first_day_of_a_rule_is_one_of_its_days_and_not_before(since: date, said: str) -> None:
    day = first(str(rule(said)), since)
    assert day >= since
    match said:
        case "每月 31 日":
            assert day.day == 31
        case "每周日":
            assert day.weekday() == 6 and (day - since).days < 7
        case "每月第五个周一":
            assert day.weekday() == 0 and day.day >= 29
        case _:
            assert day.weekday() == 5 and (day.toordinal() + 7, day.month) and day.day >= 22


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_folding_loses_nothing_and_keeps_characters_whole(text: str) -> None:
    folded = ical.fold(text)
    lines = folded.removesuffix(b"\r\n").split(b"\r\n ")
    assert all(len(line) <= 75 - (n > 0) for n, line in enumerate(lines))
    assert "".join(line.decode() for line in lines) == text


def test_a_selected_project_has_its_last_day_and_its_milestones_until_it_is_finished(
    site: dict[str, str], tmp_path: Path
) -> None:
    lists = sample(tmp_path / "public.db")[0].rows["project_candidate"]
    open_ones = [row for row in lists if f"{row['code']}-finish_on@" in site["calendar/deadlines.ics"]]
    titles = {row["title"]: row for row in open_ones}
    assert "桥头社区雨水管改造" in titles and "公交延伸到上湾村" not in titles
    row = titles["桥头社区雨水管改造"]
    own = {
        str(each["UID"]).split("@")[0]: each
        for each in events(site[f"calendar/project_candidate/{row['code']}.ics"])
    }
    assert own[f"{row['code']}-finish_on"]["DTSTART"].dt == date.fromisoformat(row["finish_on"])
    assert str(own[f"{row['code']}-finish_on"]["SUMMARY"]) == "计划完成：桥头社区雨水管改造"
    assert any(
        "-milestones-" in name and str(each["SUMMARY"]).endswith("雨水管改造") for name, each in own.items()
    )
    assert any("督查" in str(each["SUMMARY"]) for each in own.values())
    organ = site[f"calendar/organ/{row['lead_organ']}.ics"]
    assert f"{row['code']}-finish_on@" in organ
    page = site[f"project_candidate/{row['code']}.html"]
    assert f"calendar/project_candidate/{row['code']}.ics" in page


def test_of_a_candidate_that_was_not_selected_no_calendar_names_a_day_of_its_own(
    site: dict[str, str], tmp_path: Path
) -> None:
    codes = sample(tmp_path / "public.db")[1]
    lost = codes["project_candidate/qingxi-2026-08"]
    assert not [path for path, text in calendars(site).items() if f"{lost}-finish_on@" in text]
