"""The pages of stations: when one is open, what became of what it heard, and nothing that counts heads."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.finding import stations
from publisher.following.calendars import days
from publisher.pages.making import Site
from publisher.pages.site import specimens
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Shell
from publisher.station import page as all_stations
from publisher.station.network import network
from tests.publisher.fake import AS_OF, shipped
from tests.publisher.finding_sample import BOOK, DATA, FORMS, WORDS, ledger_of, less, rows_behind, whole
from tests.publisher.sample import rendered
from tests.publisher.suggestion_sample import with_states

HOME, VILLAGE = "station/liuhe-home", "station/liuhe-village-station"
KINDS = (
    "station_standard", "station_check", "station_roster", "station_duty", "station_log",
    "demonstration_site", "station_evaluation",
)  # fmt: skip

Sample = tuple[Public, dict[str, str]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return whole(tmp_path_factory.mktemp("stations") / "public.db")


def given(public: Public, links: DataLinks | None = None) -> dict[str, Any]:
    return all_stations.page(public, links or DataLinks(DATA), BOOK, WORDS, "zh")


def one(public: Public, code: str) -> dict[str, Any]:
    more: dict[str, Any] = stations.page(public, public.by_code("station")[code], BOOK, WORDS, "zh")["more"]
    return more


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text).replace("\xa0", " "))


def changed(path: Path, **by_name: dict[str, Any]) -> Sample:
    """The sample with some answers put in: kind__name={...}."""

    def change(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        return {**answers, **by_name.get(f"{kind}/{name}", {})}

    return whole(path, change)


# -- the page of all stations --


def test_the_page_leads_with_what_became_of_what_was_heard(sample: Sample) -> None:
    found = given(sample[0])
    assert found["verdict"] == (
        "站里听到、已经公开的 2 条意见，2 条告诉了提意见的人，0 条现场查验办成了。",
        "9 个选区里 9 个有站，11 位在任代表里 10 位进了站。",
    )
    assert [(each["n"], each["of"]) for each in found["chain"]["rows"]] == [(2, None), (1, 2), (0, 1), (0, 0)]
    assert found["gaps"] == []
    body = plain(rendered(sample[0], "stations.html")["stations.html"])
    heads = [
        body.index(each) for each in ("意见有没有下落", "接下来开门", "建：", "管：", "用：", "示范站点")
    ]
    assert heads == sorted(heads)


def test_the_next_opening_of_any_station_stands_before_the_first_section(sample: Sample) -> None:
    body = plain(rendered(sample[0], "stations.html")["stations.html"])
    (first, *_) = given(sample[0])["ahead"]
    assert body.index(f"下一次开门：{first['day']} {first['hours']}") < body.index("意见有没有下落")


def test_every_number_of_the_page_is_that_of_its_rows(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "public.db"
    public, _ = whole(path)
    found = given(public)
    figures = found["chain"]["rows"] + [found["chain"]["told"]]
    assert rows_behind(path, [each["rows"] for each in figures]) == [each["n"] for each in figures]
    held, early, members, _ = found["used"]
    assert (early["n"], early["of"]) == (11, 12)
    assert rows_behind(path, [members["rows"]]) == [members["of"]]
    assert rows_behind(path, [held["rows"] + "?called_off=1"]) == [1] and "1 次取消" in held["excluded"]
    assert held["n"], held["of"] == (6, 7)
    placed = found["built"]["figures"][1]
    assert (placed["n"], placed["of"]) == (10, 11)
    assert [title for title, _ in found["built"]["unplaced"]] == ["石望舒"]


def test_an_opinion_nobody_was_told_of_is_named_once_its_time_is_over(tmp_path: Path) -> None:
    path = tmp_path / "public.db"

    def change(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        silent = (kind, name) == ("opinion", "2026-05-medical-card")
        return {key: value for key, value in answers.items() if not (silent and key == "told_citizen_on")}

    public, codes = whole(path, change)
    chain = given(public)["chain"]
    assert [each["why"] for each in chain["late"]] == ["2026-05 收到，还没有告诉提意见的人"]
    assert rows_behind(path, [chain["late_rows"], chain["told"]["rows"]]) == [1, 1]
    body = plain(rendered(public, "station")[f"station/{codes[VILLAGE]}.html"])
    assert "超过期限还没有告诉提意见的人的 1 条" in body
    assert given(whole(tmp_path / "as_filed.db")[0])["chain"]["late"] == []


def test_each_of_the_five_levels_has_its_own_base(sample: Sample) -> None:
    built = given(sample[0])["built"]
    assert built["levels"] == "市 2 / 2、区县 8 / 9、乡镇 3 / 3"


def test_a_record_of_which_a_needed_answer_was_erased_is_counted_nowhere(tmp_path: Path) -> None:
    gone = {
        "station_roster/lin-xiuhe": "since",
        "station_duty/shiqiao-2026-11-04": "duty_on",
        "station_check/liuhe-home-2026": "items",
        "opinion/2026-05-medical-card": "received_on",
    }

    def change(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in answers.items() if gone.get(f"{kind}/{name}") != key}

    found = given(whole(tmp_path / "public.db", change)[0])
    assert (found["built"]["figures"][1]["n"], found["used"][0]["of"]) == (9, 6)
    assert found["chain"]["told"]["of"] == 1
    assert {each["station"][0]: each["n"] for each in found["standard"]["rows"]}["柳河镇人大代表之家"] == 0


def test_what_demonstration_sites_cost_leaves_out_those_dropped(sample: Sample) -> None:
    assert given(sample[0])["spent"].replace("\xa0", " ") == (
        "2 个示范站点，写明的资金一共安排 200,000.00 元，支付 109,800.00 元。不再列入的不算。"
    )


def test_stations_stand_by_name_and_no_figure_counts_heads(sample: Sample) -> None:
    found = given(sample[0])
    names = [each["station"][0] for each in found["standard"]["rows"]]
    stations_by_name = sorted(names)
    assert names == stations_by_name
    body = rendered(sample[0], "stations.html", "station")
    for path, text in body.items():
        assert not re.search(r"人次(?!，)|排名第|第[一二三]名|来访\s*\d", plain(text)), path
    with_visitors = [row for row in sample[0].rows["station_log"] if row.get("visitors") is not None]
    assert with_visitors == []


def test_nine_lamps_are_lit_by_dated_evidence_only(sample: Sample) -> None:
    found = given(sample[0])["standard"]
    shown = {each["station"][0]: (each["n"], each["of"]) for each in found["rows"]}
    assert shown == {
        "柳河村代表联络站": (7, 9),
        "柳河镇人大代表之家": (8, 9),
        "桥头社区代表联络站": (7, 9),
        "石桥镇人大代表之家": (0, 9),  # nine of nine, but by the version before
    }
    assert found["text"] == "4 个站里 0 个各项都有凭据。" and "待确认" in found["confirmed"]
    for each in found["rows"]:
        assert each["n"] == 0 or re.search(r"\d{4}-\d\d-\d\d", each["oldest"])
        assert each["checked"] != "没有看过"


def test_a_confirmed_standard_says_who_decided_it(tmp_path: Path) -> None:
    told = {"confirmed": True, "confirmed_by": "区人大常委会", "confirmed_on": "2025-12-20"}
    public, _ = changed(tmp_path / "public.db", **{"station_standard/nine-2026": told})
    assert given(public)["standard"]["confirmed"] == "区人大常委会2025-12-20 定的标准。"


def test_an_evaluation_shows_once_it_is_approved(tmp_path: Path) -> None:
    ledger, codes = ledger_of()
    public = with_states(tmp_path / "before.db", ledger)
    assert given(public)["evaluations"] == []
    for name in ("shiqiao-2026-h1", "qiaotou-2026-h1"):
        (record,) = ledger.versions[codes[f"station_evaluation/{name}"]]
        ledger.approve(record, FORMS["approval"], FORMS["station_evaluation"])
    public = with_states(tmp_path / "after.db", ledger)
    found = given(public)["evaluations"]
    assert [(each["station"][0], each["result"], each["improve"]) for each in found] == [
        ("桥头社区代表联络站", "正常运用", ""),
        ("石桥镇人大代表之家", "需要改进", "2026-10-30 改好了"),
    ]


# -- the page of one --


def test_a_station_says_first_when_it_is_open_next_and_who_is_there(sample: Sample) -> None:
    public, codes = sample
    body = plain(rendered(public, "station")[f"station/{codes[VILLAGE]}.html"])
    assert "下一次开门：2026-12-20（周日） 09:00–11:00" in body and "值班代表：林秀禾、罗小满" in body
    assert "接待时间：每月 20 日 09:00–11:00" in body
    assert "已经到日子的 2 次班，2 次有活动记录。另有 1 次取消，写明了原因。" in body
    assert "从听到到办成" in body and "听到 1 条，形成建议 0 条" in body
    assert body.index("下一次开门") < body.index("从听到到办成") < body.index("标准逐项")


def test_what_is_called_off_stands_on_the_page_with_its_reason(tmp_path: Path) -> None:
    off = {"called_off": True, "called_off_reason": "村委会搬家，改到 12 月 27 日。"}
    public, codes = changed(tmp_path / "public.db", **{"station_duty/liuhe-village-2026-12-20": off})
    body = plain(rendered(public, "station")[f"station/{codes[VILLAGE]}.html"])
    assert (
        "取消：2026-12-20（周日） 09:00–11:00" in body and "村委会搬家" in body and "下一次开门" not in body
    )


def test_the_convener_of_a_group_may_sit_in_another_station(sample: Sample) -> None:
    public, codes = sample
    groups = {each["name"]: each for each in one(public, codes[HOME])["groups"]}
    assert [name for name, _ in groups["柳河代表小组"]["conveners"]] == ["林秀禾"]
    assert [name for name, _ in groups["柳河代表小组"]["members"]] == ["方亦农", "田守一"]


def test_a_letter_box_is_not_held_to_the_standard(sample: Sample) -> None:
    public, codes = sample
    assert one(public, codes["station/qiaotou-collection"])["standard"] is None
    rows = {row["code"]: row for row in public.rows["station"]}
    assert rows[codes["station/qiaotou-collection"]]["held_to_standard"] == 0
    assert rows[codes[HOME]]["items_shown"] == 8 and rows[codes[HOME]]["items"] == 9


def test_the_chain_of_an_opinion_goes_as_far_as_its_suggestion(tmp_path: Path) -> None:
    heard_here = {"channel": "station", "station": "liuhe-village-station"}

    def change(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if (kind, name) == ("opinion", "2025-03-lamps"):
            return {**{key: value for key, value in answers.items() if key != "visit"}, **heard_here}
        return answers

    public, codes = whole(tmp_path / "public.db", change)
    found = network(public, BOOK)
    (made_of,) = [
        row
        for row in public.rows["suggestion"]
        if codes["opinion/2025-03-lamps"] in (row["origin_opinions"] or ())
    ]
    state = found.suggestions[made_of["code"]].item
    chain = found.chain(codes[VILLAGE])
    assert len(chain.stages["suggestion"]) == 1
    assert len(chain.stages["reply"]) == int(state.replied)
    assert len(chain.stages["verified"]) == int(state.replied and state.delivered)
    row = public.by_code("opinion")[codes["opinion/2025-03-lamps"]]
    assert (row["heard_at"], row["told"]) == (codes[VILLAGE], 1)


# -- what never leaves, what is not said --


def test_opinions_and_visitors_of_a_log_are_nowhere_in_public_db(tmp_path: Path) -> None:
    path = tmp_path / "public.db"
    whole(path)
    with closing(sqlite3.connect(path)) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(station_log)")}
        counted = db.execute("SELECT field, period, n FROM counted WHERE kind = 'station_log'").fetchall()
    assert not {"visitors", "opinions"} & columns and {"held_on", "station"} <= columns
    assert all(n is None or n >= 5 for _, _, n in counted)


def test_a_summary_waits_for_the_office(sample: Sample) -> None:
    assert {row["summary"] for row in sample[0].rows["station_log"]} == {None}


GONE = {
    "station": ("covers_constituencies", "reception", "opened_on"),
    "station_standard": ("effective_until", "confirmed", "confirmed_by", "confirmed_on"),
    "station_check": ("standard", "checked_by"),
    "station_roster": ("until", "role"),
    "station_duty": ("called_off", "opens", "closes", "deputies", "theme", "place"),
    "station_log": ("duty", "committee_members"),
    "demonstration_site": ("stage", "funds"),
    "opinion": ("told_citizen_on",),
    "suggestion": ("origin_opinions",),
    "deputy": ("mandate", "constituency"),
}


@pytest.mark.parametrize("kind", GONE)
def test_where_a_field_is_not_published_nothing_is_concluded_and_the_page_says_so(
    kind: str, tmp_path: Path
) -> None:
    public, codes = whole(tmp_path / "public.db", forms=less(*(f"{kind}.{name}" for name in GONE[kind])))
    body = plain(rendered(public, "stations.html")["stations.html"])
    assert "没有公开全" in body
    assert rendered(public, "station")[f"station/{codes[HOME]}.html"]
    if kind == "opinion":
        assert "告诉了提意见的人，" not in body and {row["told"] for row in public.rows["opinion"]} == {None}
    if kind == "station_duty":
        assert given(public)["ahead"] == [] and given(public)["used"] == []


def test_a_congress_without_these_kinds_has_no_such_page(tmp_path: Path) -> None:
    forms = {kind: form for kind, form in FORMS.items() if kind not in KINDS}
    public, codes = whole(tmp_path / "public.db", forms=forms)
    assert "stations" not in specimens([kind.name for kind in public.shown])
    more = one(public, codes[HOME])
    assert [more[part] for part in ("rota", "standard", "groups", "site", "evaluation")] == [None] * 5
    assert not any(more["untold"].values())


# -- calendars --


def calendar(public: Public) -> list[Any]:
    content = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    return days(Site(public, shells, content.templates, content.congress, WORDS, "", {}, BOOK))


def test_a_duty_stands_in_the_calendars_of_its_station_and_deputies_until_it_is_called_off(
    tmp_path: Path,
) -> None:
    off = {"called_off": True, "called_off_reason": "停电。改到下周。"}
    public, codes = changed(tmp_path / "public.db", **{"station_duty/qiaotou-2026-12-03": off})
    found = {each.name.removesuffix("-duty_on"): each for each in calendar(public) if "duty_on" in each.name}
    duty = found[codes["station_duty/liuhe-village-2026-12-20"]]
    assert {codes[VILLAGE], codes["deputy/lin-xiuhe"], codes["deputy/luo-xiaoman"]} <= set(duty.owners)
    assert duty.sort == "receptions" and "09:00" in duty.title
    assert codes["station_duty/qiaotou-2026-12-03"] not in found


def test_the_repeating_hours_leave_out_a_day_that_stands_by_itself(sample: Sample) -> None:
    public, codes = sample
    rule = next(
        each
        for each in calendar(public)
        if each.repeats and codes[VILLAGE] in each.owners and "20" in each.repeats
    )
    assert date(2026, 10, 20) in rule.skips and date(2026, 12, 20) in rule.skips
    assert all(abs(day - AS_OF) < timedelta(days=800) for day in rule.skips)


# -- the canned questions --


def test_the_questions_answer_what_the_page_says(tmp_path: Path) -> None:
    from tests.publisher.sample_data import sample_data

    data = sample_data(tmp_path / "data")
    told = json.loads((data.folder / "metadata.json").read_text("utf-8"))["databases"]["public"]["queries"]
    found = network(data.public, data.content.rulebook)
    with closing(sqlite3.connect(data.path)) as db:
        db.row_factory = sqlite3.Row
        for row in db.execute(told["stations_heard"]["sql"]):
            chain = found.chain(row["编号"])
            assert (row["听到的意见"], row["告诉了提意见的人"]) == (chain.told.of, chain.told.n)
            assert row["形成建议"] == len(chain.stages["suggestion"])
            assert row["查验办成了"] == len(chain.stages["verified"])
        duties = list(db.execute(told["station_duties"]["sql"]))
    held = found.held()
    assert sum(row["有活动记录"] for row in duties) == held.n
    assert sum(row["有活动记录"] + row["没有记录"] for row in duties) == held.of
    assert sum(row["取消"] for row in duties) == 1 and sum(row["排班次数"] for row in duties) == 12
