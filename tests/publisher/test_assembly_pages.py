"""The pages of the congress's own work: plans, activities, open meetings, term changes, street councils."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.assembly import activities, meetings, plan, rows, street, term
from publisher.following import calendars
from publisher.pages.making import Site
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.stamping.specimen import OF_KIND
from tests.publisher.assembly_sample import whole
from tests.publisher.fake import CONTENT, shipped
from tests.publisher.finding_sample import less
from tests.publisher.sample import rendered

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
LINKS = DataLinks("https://data.example")
PAGES: Mapping[str, Any] = {
    "plan": plan.page, "activities": activities.page, "meetings": meetings.page, "term": term.page,
    "street": street.page,
}  # fmt: skip

Sample = tuple[Public, dict[str, str]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return whole(tmp_path_factory.mktemp("assembly") / "public.db")


@pytest.fixture(scope="module")
def made(sample: Sample) -> dict[str, str]:
    return rendered(sample[0], *(f"{name}.html" for name in PAGES))


def told(public: Public, name: str, lang: str = "zh") -> dict[str, Any]:
    found: dict[str, Any] = PAGES[name](public, LINKS, BOOK, WORDS, lang)
    return found


# -- plans --


def test_a_plan_says_how_many_of_its_items_are_done_and_which_are_past_their_quarter(sample: Sample) -> None:
    found = told(sample[0], "plan")
    assert found["verdict"] == ("2026 年计划 14 项，做完 4 项", "；过了季度、没有公开记录的 6 项。")
    deputies = found["plans"][0]
    assert deputies["finding"] == "青溪区人大常委会 2026 年代表工作计划：8 项，做完 3 项"
    states = {each["item"]: each["is"] for each in deputies["items"]}
    assert states == {
        "1": "due", "2": "done", "3": "done", "4": "due", "5": "under_way", "7": "to_come", "8": "done",
        "9": "to_come",
    }  # fmt: skip
    assert sum(part["value"] for part in deputies["chart"]["parts"]) == deputies["chart"]["whole"] == 8


def test_a_meeting_that_tells_what_came_of_it_does_an_item(sample: Sample) -> None:
    oversight = next(each for each in told(sample[0], "plan")["plans"] if "监督" in each["title"])
    assert [(each["item"], each["is"]) for each in oversight["items"]][-1] == ("4", "done")


def test_each_amendment_is_told_as_what_it_changed(sample: Sample) -> None:
    may, september = told(sample[0], "plan")["changes"]
    assert (may["day"], may["by"], may["counts"]) == ("2026-05-18", "主任会议", "（7 项变成 9 项）")
    moved = may["lines"][0]
    assert (moved["change"], moved["before"], moved["after"]) == ("moved", "第 2 季度", "第 3 季度")
    reworded, dropped = september["lines"]
    assert reworded["before"].startswith("视察校园周边安全 · 视察") and "食品安全" in reworded["after"]
    assert dropped["change"] == "dropped" and dropped["after"] == ""


def test_what_a_year_left_is_taken_on_by_name_or_said_to_be_lost(sample: Sample) -> None:
    (left,) = told(sample[0], "plan")["left"]
    taken = {each["text"]: each["to"] for each in left["lines"]}
    assert taken["第 4 项 调研居家养老服务"] == "转到 2026 年第 4 项"
    assert taken["第 3 项 新任代表培训"] == "下一年计划没有写从这里转来"


def test_a_plan_nobody_published_says_so_and_what_the_law_asks(sample: Sample) -> None:
    shiqiao = next(each for each in told(sample[0], "plan")["plans"] if "石桥" in each["title"])
    assert shiqiao["published"]["icon"] == "late" and "没有公开日期" in shiqiao["published"]["why"]
    assert "第四十三条" in shiqiao["published"]["basis"]


def test_without_approved_activities_no_item_is_said_to_be_done_by_one(tmp_path: Path) -> None:
    public, _ = whole(tmp_path / "public.db", approved=False)
    found = told(public, "plan")
    assert found["verdict"][0] == "2026 年计划 14 项，做完 1 项" and "审核" in found["caveat"]
    assert told(public, "activities")["verdict"] is None


def test_planned_items_stand_in_public_db_as_the_page_counts_them(sample: Sample) -> None:
    public = sample[0]
    found = list(rows.planned(public, BOOK))
    codes = {each["code"] for each in found if public.by_code("annual_plan")[each["code"]]["year"] == 2026}
    assert sum(each["state"] == "done" for each in found if each["code"] in codes) == 4
    assert len({(each["code"], each["item"]) for each in found}) == len(found) == 19
    added = [each for each in found if each["added_by"]]
    assert [each["item"] for each in added] == ["8", "9"]
    assert "planned_item" in public.tables


# -- activities --


def test_an_activity_shows_its_six_lamps_its_article_and_who_came_of_how_many(sample: Sample) -> None:
    found = told(sample[0], "activities")
    assert found["verdict"] == ("公开的活动里办过 7 次，六有齐的 5 次", "；已经结束的 5 / 7。")
    water = next(each for each in found["held"] if each["title"] == "水污染防治法执法检查")
    assert [each["icon"] for each in water["six"]] == ["ok"] * 5 + ["part"]
    assert (water["n"], water["came"]) == ("六有 5 / 6", "通知 3 人，到场 2 人")
    assert water["authority"] == "地方组织法（2022 年修正）第五十条"
    assert [each["title"] for each in found["coming"]] == ["视察施工扬尘治理"]
    assert [each["why"] for each in found["cancelled"]] == ["普查数据没有出来，转到下一年。"]


def test_an_activity_without_authority_is_on_no_page(sample: Sample, made: dict[str, str]) -> None:
    assert "activity/2026-10-road-duty" in sample[1]
    code = sample[1]["activity/2026-10-road-duty"]
    assert code not in sample[0].by_code("activity")
    assert not any("上路口" in page or code in page for page in made.values())


def test_activities_and_open_meetings_stand_in_the_calendar_until_they_are_cancelled(sample: Sample) -> None:
    content = shipped()
    site = Site(sample[0], {}, content.templates, content.congress, WORDS, "", {}, BOOK)
    titles = [each.title for each in calendars.days(site)]
    assert "代表活动：视察施工扬尘治理 2026-12-03" in titles
    assert "可以旁听：区五届人大常委会第三十八次会议 2026-12-10" in titles
    assert any(each.startswith("代表活动日 09:00 – 11:30") for each in titles)
    assert not any("第十一次会议" in each or "调研居家养老" in each for each in titles)
    fixed = next(each for each in calendars.days(site) if each.title.startswith("代表活动日 09:00"))
    assert (fixed.repeats, fixed.sort) == ("FREQ=MONTHLY;BYDAY=1WE", "meetings")


# -- open meetings --


def test_a_coming_meeting_says_how_to_get_a_seat_and_until_when(sample: Sample) -> None:
    found = told(sample[0], "meetings")
    assert found["verdict"][0] == "接下来有 2 次会议，现在可以报名旁听的 1 次"
    first, second = found["coming"]
    assert (first["state"], first["seats"]) == ("可以报名", "旁听席位 12 个")
    assert first["register"].endswith("到 2026-12-04 为止。") and second["register"] == ""


def test_fewer_than_five_observers_are_not_told_on_any_page(sample: Sample, made: dict[str, str]) -> None:
    public, codes = sample
    hearing = public.by_code("open_meeting")[codes["open_meeting/2026-07-hearing"]]
    assert hearing["attended"] is None and hearing["registered"] == 9
    cards = {each["title"]: each for each in told(public, "meetings")["held"]}
    assert "没有公布" in cards["集镇停车管理听证会"]["sat_in"]
    assert cards["区五届人大常委会第三十二次会议"]["sat_in"] == "旁听 11 人 / 12 席"
    assert "observer_seat" not in public.tables and "虚构的" not in "".join(made.values())


def test_a_notice_that_was_late_is_told_with_both_numbers(sample: Sample) -> None:
    cards = {each["title"]: each for each in told(sample[0], "meetings")["held"]}
    assert cards["承办单位工作评议会"]["notice"]["why"] == "只提前 3 天公告，少于 7 天"
    assert told(sample[0], "meetings")["verdict"][1] == "；写明公告日期的会议里，提前够天数的 4 / 5。"


# -- term changes --


def test_seats_by_law_stand_beside_those_elected_with_the_sum_of_the_article(sample: Sample) -> None:
    found = told(sample[0], "term")
    assert found["verdict"] == ("2 级人大里，名额与选举法算出来一致的 2 级", "；选满的 1 / 2。")
    county, township = found["terms"]
    assert "基数 140 名，每 5000 人增加 1 名：63,180 人增加 12 名" in county["reckoned"]
    assert [each["value"] for each in county["chart"]["bars"]] == [152, 152, 152]
    assert [each["value"] for each in township["chart"]["bars"]] == [55, 55, 54]


def test_each_dimension_of_a_congress_adds_up_on_the_page(sample: Sample) -> None:
    for each in told(sample[0], "term")["terms"]:
        for dimension in each["dimensions"]:
            whole_of = sum(n for _, n, _ in dimension["rows"])
            assert dimension["sum"]["icon"] == "ok" and str(whole_of) in dimension["sum"]["why"]
            shares = [float(share.rstrip("%")) for _, _, share in dimension["rows"]]
            assert sum(shares) == pytest.approx(100, abs=0.3)


def test_the_seats_of_the_law_stand_in_public_db(sample: Sample) -> None:
    found = {each["code"]: each for each in rows.of_terms(sample[0], BOOK)}
    assert sorted(each["statutory"] for each in found.values()) == [55, 152]
    assert all(each["fits"] for each in found.values())


# -- street councils --


def test_a_street_council_recommends_and_every_page_of_it_says_so(
    sample: Sample, made: dict[str, str]
) -> None:
    found = told(sample[0], "street")
    assert found["verdict"][1] == "，有权决定的机关采纳（含采纳一部分）2 / 2。"
    assert [each["outcome"] for each in found["recommended"]["rows"]] == ["采纳了", "采纳一部分"]
    of = rendered(sample[0], "street_council", "street_meeting")
    records = [page for path, page in of.items() if re.search("/JD|/JY", path)]
    assert len(records) == 3
    for page in (made["street.html"], *records):
        assert "是推荐，不是决定" in page


def test_members_are_named_by_consent_and_all_are_counted(sample: Sample, made: dict[str, str]) -> None:
    (council,) = told(sample[0], "street")["councils"]
    assert sum(each["n"] for each in council["rows"]) == 57
    residents = next(each for each in council["rows"] if each["name"] == "居民代表")
    assert (len(residents["named"]), residents["unnamed"]) == (20, "没有同意公开姓名的 14 人")
    assert len(council["rows"][0]["named"]) == 3 and council["rows"][0]["named"][0][1]


# -- all of them --


@pytest.mark.parametrize("name", PAGES)
def test_the_headings_of_a_page_are_those_of_its_shell(name: str, made: dict[str, str]) -> None:
    shell = (CONTENT / "pages" / f"{name}.md").read_text("utf-8")
    assert re.findall(r'<h2 id="([a-z]+)">([^<]+)</h2>', made[f"{name}.html"]) == [
        (id, text) for text, id in re.findall(r"^## (.+) \{#([a-z]+)\}$", shell, re.M)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_records_says_so_and_one_without_its_fields_names_them(
    name: str, tmp_path: Path
) -> None:
    kind = OF_KIND[name]

    def none(of: str, _: str, answers: dict[str, Any]) -> dict[str, Any] | None:
        return None if of == kind or of.startswith(("plan_", "street_")) else answers

    empty, _ = whole(tmp_path / "empty.db", none)
    assert told(empty, name)["verdict"] is None
    assert "暂无" in rendered(empty, f"{name}.html")[f"{name}.html"]
    field = dict(
        plan="approved_on", activities="report", meetings="seats", term="population", street="street"
    )  # fmt: skip
    hidden, _ = whole(tmp_path / "hidden.db", forms=less(f"{kind}.{field[name]}"))
    found = told(hidden, name)
    label = FORMS[kind].fields[field[name]].label["zh"]
    assert found["untold"] == f"没有公开：{label}，这里算不出来。" and found["verdict"] is None


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_said_in_english_too(name: str, sample: Sample) -> None:
    assert (
        told(sample[0], name, "en")["verdict"][0].isascii()
        or "2026" in told(sample[0], name, "en")["verdict"][0]
    )


def test_no_page_ranks_deputies(made: dict[str, str]) -> None:
    assert "不说明哪位代表履职好坏" in made["activities.html"]
    assert not any(re.search("排名|第一名|名次", page) for page in made.values())
