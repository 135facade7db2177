"""What pages say of duties: what came of it, each with its denominator; not who did most, nothing inside."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ledger.rules.duty.entry import AREAS
from publisher.duty.archive import archive
from publisher.duty.rows import TABLE, rows
from publisher.pages.site import OF_KINDS
from publisher.reading.public import Public
from publisher.stamping.specimen import OF_KIND
from tests.publisher.duty_sample import approved, deputy, overview
from tests.publisher.finding_sample import BOOK, DATA, FORMS, counted_links, less, made, rows_behind, text_of
from tests.publisher.sample import rendered

LIN, TIAN, OUYANG, SHEN = (
    f"deputy/{name}" for name in ("lin-xiuhe", "tian-shouyi", "ouyang-jianshan", "shen-ruogu")
)
Sample = tuple[Public, dict[str, str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("duty")


@pytest.fixture(scope="module")
def sample(place: Path) -> Sample:
    return approved(place / "public.db")


@pytest.fixture(scope="module")
def body(sample: Sample) -> str:
    """The page of duties as it is served."""
    return rendered(sample[0], "duties.html")["duties.html"]


def plain(text: Any) -> str:
    return str(text).replace("\xa0", " ")


# -- the page of a deputy --


def test_what_people_said_on_visits_stands_there_with_what_became_of_it(sample: Sample) -> None:
    public, codes = sample
    heard = deputy(public, codes[LIN])["heard"]
    assert plain(heard["verdict"]) == "走访时听到、已经公开的意见 1 条，1 条把结果告诉了提意见的人。"
    (one,) = heard["items"]
    assert one["state"] == "形成代表建议" and one["icon"] == "ok"
    assert one["became"] == [
        (public.titles[codes["suggestion/2026-009"]], public.path(codes["suggestion/2026-009"]))
    ]


def test_the_last_report_to_voters_stands_at_the_top_and_none_is_said_to_be_none(sample: Sample) -> None:
    public, codes = sample
    lin, ouyang = deputy(public, codes[LIN])["reported"], deputy(public, codes[OUYANG])["reported"]
    assert "最近一次 2026-09-18" in lin["why"] and lin["href"] == public.path(
        codes["report_back/2026-lin-xiuhe"]
    )
    assert lin["basis"].startswith("代表法（2025 年修正）第五十八条") and "可以另定" in lin["basis"]
    assert (ouyang["icon"], ouyang["href"]) == ("part", None) and "还没有述职的记录" in ouyang["why"]


def test_two_sessions_missed_without_leave_are_said_with_the_article(sample: Sample) -> None:
    public, codes = sample
    missed = deputy(public, codes[OUYANG])["missed"]
    assert (
        missed["icon"] == "late" and "代表资格要依法审查" in missed["why"] and "第六十二条" in missed["basis"]
    )
    assert deputy(public, codes[LIN])["missed"]["icon"] == "ok"
    assert deputy(public, codes["deputy/meng-chunya"])["missed"] is None


def test_participation_has_its_n_and_every_number_its_rows(sample: Sample) -> None:
    public, codes = sample
    shares = {each["name"]: each for each in deputy(public, codes[OUYANG])["shares"]}
    session = shares["出席本级大会"]
    assert session["of"] == 2 and {part["is"]: part["n"] for part in session["parts"] if part["n"]} == {
        "absent": 2
    }
    assert f"{TABLE}?" in session["all"] and "asked=1" in session["all"]


def test_the_four_steps_lead_to_their_records_and_say_whether_the_count_holds(sample: Sample) -> None:
    public, codes = sample
    recorded, assessed, circulated, reviewed = deputy(public, codes[LIN])["steps"]
    assert recorded.icon == "ok" and assessed.href == public.path(codes["duty_assessment/2025-lin-xiuhe"])
    assert assessed.icon == "ok" and "8 类次数和记录数出来的一样" in assessed.told
    assert circulated.icon == "part" and "152 位里的 150 位" in circulated.told
    assert "有效 53 票里，满意 38" in reviewed.told
    few = deputy(public, codes[TIAN])["steps"][3]
    assert "票数不公开" in few.told and not re.search("满意 [0-9]", few.told)


def test_a_record_that_is_gone_shows_as_a_count_that_does_not_hold(place: Path) -> None:
    public, codes = approved(
        place / "less.db", lambda kind, name, answers: None if name == "2025-training-lin-xiuhe" else answers
    )
    assessed = deputy(public, codes[LIN])["steps"][1]
    assert assessed.icon == "part" and "别处办的学习培训现在数出来不一样" in assessed.told


def test_one_key_of_two_publishes_neither_assessment_nor_review(place: Path) -> None:
    public, codes = approved(place / "one_key.db", presidium=False)
    steps = deputy(public, codes[LIN])["steps"]
    assert [each.told for each in steps[1:]] == ["没有公开的考核", "没有写到这次考核的公示", "没有公开的评议"]
    assert public.rows["duty_assessment"] == public.rows["duty_review"] == []


def test_areas_add_up_and_say_which_names_are_defaults(sample: Sample) -> None:
    public, codes = sample
    areas = deputy(public, codes[LIN])["areas"]
    assert [each["id"] for each in areas] == list(AREAS)
    assert (
        sum(each["n"] for each in areas)
        == areas[0]["of"]
        == sum(each.done for each in archive(public).of(codes[LIN]))
    )
    assert ["默认名称" in each["name"] for each in areas] == [False, False, True, True, True, True]


def test_a_topic_leads_to_all_deputies_who_know_it(sample: Sample) -> None:
    public, codes = sample
    assert deputy(public, codes[LIN])["topics"] == [
        ("城建环资", "deputy/expertise.urban_environment.html"),
        ("农业农村", "deputy/expertise.agriculture.html"),
    ]


def test_what_was_not_verified_is_no_entry_and_its_text_is_nowhere(sample: Sample) -> None:
    public, codes = sample
    shut = public.by_code("duty_entry")[codes["duty_entry/2026-training-luo-xiaoman"]]
    assert shut["withheld"] and shut["what"] is None and shut["deputy"] is None
    luo = archive(public).of(codes["deputy/luo-xiaoman"])
    assert "training_elsewhere" not in {each.duty for each in luo}


def test_no_number_of_a_deputy_is_set_against_anothers(sample: Sample, body: str) -> None:
    public, codes = sample
    pages = made(public)
    for text in (body, *(text_of(pages[f"deputy/{codes[each]}.html"]) for each in (LIN, OUYANG))):
        assert not [word for word in ("排名第", "名列", "最多的代表", "积分榜", "第一名") if word in text]


@pytest.mark.parametrize(
    ("field", "gone"),
    [
        ("visit.deputies", "visit"),
        ("duty_entry.attendance", "training_elsewhere"),
        ("suggestion.lead_deputy", "suggestion"),
        ("project_inspection.team", "project_inspection"),
    ],
)
def test_a_kind_that_does_not_say_who_is_not_counted_and_that_is_said(
    field: str, gone: str, place: Path
) -> None:
    public, codes = approved(place / f"{field}.db", forms=less(field))
    data = deputy(public, codes[LIN])
    label = FORMS[field.partition(".")[0]].label["zh"]
    assert f"{label}没有公开全，这里没有数" in data["untold"]
    assert gone not in {each.duty for each in archive(public).of(codes[LIN])}
    assert label in overview(public)["untold"]
    assert text_of(made(public)[f"deputy/{codes[LIN]}.html"])


GONE = {
    "duty_entry": ("what", "duty_area", "hours", "organiser", "level"),
    "duty_assessment": ("counts", "rule_version", "grade"),
    "duty_bulletin": ("assessments", "covers", "roster"),
    "duty_review": ("returned", "reviewers", "report_back"),
    "report_back": ("reported_on", "constituency", "report"),
    "allowance": ("total", "budget", "paid_on"),
    "typical_case": ("deputies", "suggestion", "problem"),
    "deputy": ("expertise", "grids", "mandate", "elected_on"),
    "opinion": ("visit", "disposition", "told_citizen_on"),
}


@pytest.mark.parametrize("kind", GONE)
def test_any_of_these_fields_may_go_and_both_pages_still_stand(kind: str, place: Path) -> None:
    public, codes = approved(
        place / f"gone-{kind}.db", forms=less(*(f"{kind}.{name}" for name in GONE[kind]))
    )
    assert text_of(made(public)[f"deputy/{codes[LIN]}.html"])
    assert "duties.html" in rendered(public, "duties.html")


def test_every_number_that_leads_to_rows_is_the_number_of_those_rows(place: Path, sample: Sample) -> None:
    public, codes = sample
    pages = made(public)
    found: list[tuple[str, int]] = []
    for each in (LIN, OUYANG, SHEN):
        found += [
            (address, n)
            for address, n in counted_links(text_of(pages[f"deputy/{codes[each]}.html"]))
            if TABLE in address
        ]
    assert len(found) > 8
    assert rows_behind(place / "public.db", [address for address, _ in found]) == [n for _, n in found]


# -- the table --


def test_the_table_of_the_duty_record_holds_each_entry_once_and_only_public_records(sample: Sample) -> None:
    public, _ = sample
    told = list(rows(public, BOOK))
    keys = [(each["code"], each["duty"], each["record"]) for each in told]
    assert len(keys) == len(set(keys)) > 100
    assert {each["record"] for each in told} <= set(public.kind_of)
    assert TABLE in public.tables


def test_a_visit_stands_in_the_table_by_its_month(sample: Sample) -> None:
    days = {len(each["day"]) for each in rows(sample[0], BOOK) if each["source"] == "visit"}
    assert days == {7}


# -- the page of the congress --


def test_the_page_says_how_many_reported_of_how_many_and_names_the_others_by_name(sample: Sample) -> None:
    data = overview(sample[0])
    reports = data["reports"]
    assert (reports["n"], reports["of"]) == (4, 11) and "11 位代表，4 位" in data["verdict"]
    assert [name for name, _ in reports["without"]] == [
        "方亦农", "贺知白", "罗小满", "孟春芽", "欧阳见山", "石望舒", "周闻溪",
    ]  # fmt: skip


def test_allowances_are_totals_of_so_many_quarters_and_nobodys_own_amount(sample: Sample, body: str) -> None:
    public, _ = sample
    (year,) = overview(public)["allowances"]
    assert plain(year["text"]) == "3 季里 2 季公开合计，共发 5,850.00 元。" and year["icon"] == "none"
    assert "没法核对预算" in year["why"] and "代表法第四十一条" in body
    told = {row["quarter"]: row["total"] for row in public.rows["allowance"]}
    assert told == {"q1": 300000, "q2": 285000, "q3": None}
    names = set(FORMS["allowance"].fields["recipients"].each)
    columns = {name for table, own in public.tables.items() if table.startswith("allowance") for name in own}
    assert not columns & {*names, "recipients", "spent_before"}


def test_deputies_are_found_by_topic_in_the_order_of_names(sample: Sample) -> None:
    topics = {each["id"]: [name for name, _ in each["names"]] for each in overview(sample[0])["topics"]}
    assert topics["finance"] == ["贺知白", "欧阳见山"] and "阮听溪" not in json.dumps(
        topics, ensure_ascii=False
    )


def test_the_page_draws_what_it_says_and_leads_to_the_rows(body: str) -> None:
    text = plain(re.sub("<[^>]+>", "", body))
    assert "大会出席：通知 20 人次，到了 17 人次。" in text
    assert body.count("<svg") > 8 and f"{DATA}/public/" not in body and "/public/duty_record" in body


def test_the_page_stands_with_its_kind_and_has_its_shell() -> None:
    assert OF_KIND["duties"] == "duty_entry" and OF_KINDS["duties"]


def test_reasons_for_leave_points_consents_and_amounts_are_in_no_table(sample: Sample) -> None:
    public, _ = sample
    for kind in ("duty_entry", "duty_assessment", "allowance", "typical_case", "report_back"):
        inside = {field.name for field in FORMS[kind].fields.values() if field.publish == "never"}
        assert not inside & set(public.tables[kind]), kind
    shown = json.dumps([list(some) for some in public.rows.values()], ensure_ascii=False, default=str)
    assert "家里有事" not in shown and "代表工委存档" not in shown and "一次走访带出来的" not in shown


def test_of_a_report_with_few_voters_the_number_is_not_told(sample: Sample) -> None:
    public, codes = sample
    rows = public.by_code("report_back")
    assert rows[codes["report_back/2026-shen-ruogu"]]["people"] is None
    assert rows[codes["report_back/2026-lin-xiuhe"]]["people"] == 56
    asked = public.groups["report_back", "questions"][codes["report_back/2026-lin-xiuhe"]]
    assert [each["outcome"] for each in asked] == ["follow_up", "suggestion", "answered"]


def test_a_bulletin_that_was_for_deputies_alone_is_a_date_and_no_more(sample: Sample) -> None:
    public, codes = sample
    shut = public.by_code("duty_bulletin")[codes["duty_bulletin/2026-half-year"]]
    assert shut["withheld"] and (shut["scope"], shut["published_on"]) == ("deputies", "2026-07-24")
    assert shut["subject"] is None and shut["covers"] is None


def test_a_grade_is_public_only_where_the_body_has_decided_so(place: Path) -> None:
    def graded(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        return (
            {**answers, "grade": "fair"}
            if name == "2025-tian-shouyi" and kind == "duty_assessment"
            else answers
        )

    public, codes = approved(place / "graded.db", graded)
    told = public.by_code("duty_assessment")
    found = {name: told[codes[f"duty_assessment/2025-{name}"]] for name in ("lin-xiuhe", "tian-shouyi")}
    assert [found[name]["grade_public"] for name in found] == [1, 0]
    assert [found[name]["grade"] for name in found] == ["good", None]


def test_an_entry_that_was_verified_late_is_counted_and_said(place: Path) -> None:
    def late(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        return {**answers, "verified_on": "2026-06-30"} if name == "2025-training-lin-xiuhe" else answers

    public, codes = approved(place / "late.db", late)
    assert plain(deputy(public, codes[LIN])["late"]) == "履职登记 3 条里，1 条过了 30 天才核实。"
    assert deputy(public, codes[TIAN])["late"] == ""


def test_the_five_supports_are_told_of_the_entries_that_name_one(sample: Sample) -> None:
    supports = overview(sample[0])["supports"]
    names = [each["name"] for each in supports["lines"]]
    assert names == ["组织", "学习", "阵地", "服务", "激励"]
    told = sum(bool(row["support_area"]) for row in sample[0].rows["duty_entry"])
    assert sum(each["n"] for each in supports["lines"]) == told == supports["lines"][0]["of"]
