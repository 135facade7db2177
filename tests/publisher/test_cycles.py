"""The page of a year's cycle: where it stands, the funnel, the candidates, money, clarity, silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ledger.forms import load_forms
from ledger.rulebooks import load_rulebook
from ledger.rules.project.livelihood import CLARITIES
from ledger.words import load_words
from publisher.ballot import sheets
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.project import cycle_words
from publisher.project.cycles import OUTCOMES, cycle
from publisher.reading.amounts import amount, plain
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Shell
from tests.publisher.fake import CONTENT, FakeLedger, published, shipped
from tests.publisher.sample import Change, sample

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, Mapping[str, str]]:
    return sample(tmp_path_factory.mktemp("cycles") / "public.db")


def page(whole: tuple[Public, Mapping[str, str]], name: str, lang: str = "zh") -> dict[str, Any]:
    public, codes = whole
    row = public.by_code("project_cycle")[codes[f"project_cycle/{name}"]]
    return cycle_words.page(public, row, BOOK, WORDS, lang)


def changed(path: Path, name: str, change: Change) -> dict[str, Any]:
    return page(sample(path / "public.db", change), name)


def rendered(public: Public) -> dict[str, str]:
    """Every page's body, without a theme round it."""
    content = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    database = {"sha256": "0" * 64, "bytes": 0}
    site = Site(public, shells, content.templates, content.congress, WORDS, "", database, BOOK)
    return {each.path: each.bytes().decode() for each in pages(site)}


def rows_of(public: Public, rows: str) -> list[Mapping[str, Any]]:
    """The rows that an address below the data address leads to, as Datasette would filter them."""
    path = urlsplit(rows)
    query = {name: values[0] for name, values in parse_qs(path.query).items()}
    found = list(public.rows[path.path.rpartition("/")[2]])
    for name, value in query.items():
        column, _, how = name.partition("__")
        match how:
            case "":
                found = [row for row in found if row[column] == value]
            case "in":
                found = [row for row in found if row[column] in value.split(",")]
            case "isnull":
                found = [row for row in found if row[column] is None]
            case _:
                raise AssertionError(how)
    return found


# -- where it stands --


def test_the_first_sentence_says_where_the_cycle_is_now(whole: Any) -> None:
    assert page(whole, "qingxi-2026")["verdict"] == (
        "现在在第 6 步“评估”",
        "，监督也还没结束。选定的 6 件里，投入使用 4 件。1 件超过 45 天没有消息。",
    )
    assert page(whole, "qingxi-2025")["verdict"][0] == "六个环节都做完了"
    assert page(whole, "yunxi-2026")["verdict"] == (
        "第 4 步“票决”在 2026-03-13 做完了",
        "。推荐 2 件，交上一级决定；街道只推荐，不决定。",
    )


def test_the_six_steps_have_number_word_organ_and_days(whole: Any) -> None:
    steps = page(whole, "qingxi-2026")["steps"]
    assert [(each["n"], each["name"], each["is"]) for each in steps] == [
        (1, "征集", "done"), (2, "初定", "done"), (3, "审议", "done"),
        (4, "票决", "done"), (5, "监督", "now"), (6, "评估", "now"),
    ]  # fmt: skip
    assert [each["current"] for each in steps] == [False] * 5 + [True]
    assert steps[0]["organ"] == "青溪区人民政府办公室" and steps[0]["planned"] == "2025-09-01 至 2025-09-30"
    assert steps[3]["actual"] == "2026-01-23" and steps[4]["actual"] == "2026-03-05"
    liuhe = page(whole, "liuhe-2026")["steps"]
    assert liuhe[1]["word"] == "做完了，比计划晚 3 天" and liuhe[5]["word"] == "还没到"
    assert liuhe[0]["href"].startswith("organ/") and page(whole, "yunxi-2026")["steps"][5]["word"] == "没有写"


def test_a_step_that_does_not_begin_or_end_in_time_is_late_by_so_many_days(tmp_path: Path) -> None:
    def late(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if (kind, name) == ("project_cycle", "qingxi-2026"):
            steps = [dict(each) for each in answers["steps"]]
            steps[4]["planned_to"] = "2026-11-20"
            steps[5] = {"step": "evaluation", "planned_from": "2026-11-11"}
            return {**answers, "steps": steps}
        return answers

    found = changed(tmp_path, "qingxi-2026", late)
    assert found["steps"][4]["word"] == "还没做完，超过计划 1 天"
    assert found["steps"][5]["word"] == "到了日子没开始，晚 10 天" and found["steps"][5]["is"] == "late"
    assert found["verdict"][0] == "现在在第 5 步“监督”，超过计划 1 天"


def test_before_the_vote_each_lamp_has_its_reason(whole: Any) -> None:
    lamps = page(whole, "qingxi-2026")["lamps"]
    assert [each["icon"] for each in lamps] == ["ok"] * 4
    assert "2025-12-22，在会议通知以前" in lamps[0]["why"] and "提前 13 天" in lamps[2]["why"]
    assert lamps[3]["why"] == "8 个候选项目选 6 个" and "第十一条" in lamps[3]["basis"]
    assert [each["icon"] for each in page(whole, "yunxi-2026")["lamps"]][-2:] == ["none", "none"]


def test_a_review_on_the_day_of_the_notice_is_too_late(tmp_path: Path) -> None:
    def late(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        moved = {"party_review_on": answers.get("agenda_notice_on")}
        return {**answers, **moved} if (kind, name) == ("project_cycle", "qingxi-2026") else answers

    assert changed(tmp_path, "qingxi-2026", late)["lamps"][0]["icon"] == "late"


# -- the funnel --


@pytest.mark.parametrize("name", ["qingxi-2025", "qingxi-2026", "liuhe-2026", "yunxi-2026"])
def test_every_number_of_the_funnel_is_the_number_of_the_rows_it_leads_to(whole: Any, name: str) -> None:
    public, found = whole[0], page(whole, name)
    (_, _, ideas, _), *parts = found["sum"]
    assert ideas == sum(n for _, _, n, _ in parts)
    for _, what, n, rows in found["sum"]:
        assert len(rows_of(public, rows)) == n, what
    for each in found["stages"]:
        assert each["n"] <= each["of"]
        if each["n"]:
            assert len(rows_of(public, each["rows"])) == each["n"], each["head"]


def test_an_idea_without_a_decision_is_counted_and_said(whole: Any) -> None:
    found = page(whole, "qingxi-2026")
    assert found["conserves"] == {"icon": "part", "what": "14 条线索里，1 条还没有结果。"}
    assert page(whole, "qingxi-2025")["conserves"]["icon"] == "ok"
    assert [each["n"] for each in found["stages"]] == [8, 10, 6, 4]
    assert "并入的跟着算" in found["stages"][1]["text"]
    assert len(page(whole, "yunxi-2026")["stages"]) == 3


def test_a_merge_that_goes_round_and_a_decision_without_a_reason_are_lamps(tmp_path: Path) -> None:
    def wrong(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if (kind, name) == ("project_idea", "2026-04"):
            return {**answers, "decision": "merged", "merged_into": "2026-05"}
        if (kind, name) == ("project_idea", "2026-10"):
            return {key: value for key, value in answers.items() if key != "decision_reason"}
        return answers

    whys = [each["why"] for each in changed(tmp_path, "qingxi-2026", wrong)["idea_lamps"]]
    assert any("没有写理由" in why for why in whys) and any("竹园村下段水管防冻" in why for why in whys)


# -- candidates, ballots, money, clarity, silence --


def test_every_candidate_stands_there_with_what_became_of_it(whole: Any) -> None:
    found = {each["subject"]: each for each in page(whole, "qingxi-2026")["candidates"]}
    assert len(found) == 8
    assert (
        found["竹园村下段水管防冻"]["word"] == "选定" and found["竹园村下段水管防冻"]["why"] == "（第 2 轮）"
    )
    assert found["农机维修点进村"]["why"] == "同票，第 2 轮 59 票"
    assert (
        found["古桥限高和界桩"]["why"] == "要 77 票，差 37 票" and found["古桥限高和界桩"]["icon"] == "stop"
    )
    assert {each["of"] for each in found.values()} == {152}, "votes never stand without their denominator"
    sewer = found["桥头社区雨水管改造"]
    assert (sewer["gap"], sewer["total"], sewer["percent"], sewer["lit"]) == (
        "100 万元", "320 万元", "35%", 4,
    )  # fmt: skip
    assert {each["word"] for each in page(whole, "yunxi-2026")["candidates"]} == {"推荐", "没选上"}


def test_the_ballots_stand_in_order_each_with_its_verdict(whole: Any) -> None:
    first, second = page(whole, "qingxi-2026")["ballots"]
    assert "选定 6 件" in first["verdict"][0] and "第 2 轮" in second["title"]


def test_money_and_gap_are_summed_over_what_was_selected(whole: Any) -> None:
    money = page(whole, "qingxi-2026")["money"]
    assert (money["total"], money["secured"], money["gap"]) == ("672 万元", "572 万元", "100 万元")
    assert money["which"] == "选定的 6 件" and money["text"] == "1 件有缺口，合计差 100 万元。"
    assert len(rows_of(whole[0], money["rows"])) == 6
    assert page(whole, "qingxi-2025")["money"]["text"] == "没有缺口。"


def test_clarity_is_told_with_its_denominator_and_what_is_missing(tmp_path: Path, whole: Any) -> None:
    clear = page(whole, "qingxi-2026")["clear"]
    assert (clear["n"], clear["of"]) == (6, 6) and clear["lamps"] == "一项一项数：24 项里清了 24 项。"

    def nameless(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if (kind, name) == ("project_candidate", "qingxi-2026-02"):
            return {key: value for key, value in answers.items() if key != "named_post"}
        return answers

    clear = changed(tmp_path, "qingxi-2026", nameless)["clear"]
    duty = next(each for each in clear["each"] if each["name"] == "职责清")
    assert (clear["n"], duty["n"], duty["of"]) == (5, 5, 6)
    assert [(subject, what) for subject, _, what in duty["missing"]] == [("桥头社区雨水管改造", "责任岗位")]
    assert [each["name"] for each in clear["each"]] == [
        WORDS.say(f"site.cycle.clear.{name}") for name in CLARITIES
    ]


def test_a_project_long_without_news_is_named_with_its_days(whole: Any) -> None:
    (silent,) = page(whole, "qingxi-2026")["stale"]
    assert silent["subject"] == "桥头社区雨水管改造"
    assert (silent["text"], silent["last"]) == ("138 天没有更新", "上一次 2026-07-06")
    assert page(whole, "qingxi-2026")["stale_head"] == "选定的 6 件里，1 件超过 45 天没有更新。"
    assert "还没有选定" in page(whole, "yunxi-2026")["stale_head"]


def test_all_that_can_become_of_a_vote_has_its_words_in_both_languages() -> None:
    for outcome in {*OUTCOMES.values(), "unvoted"}:
        for lang in ("zh", "en"):
            assert WORDS.say(f"site.cycle.outcome.{outcome}", lang)
        assert outcome in cycle_words.TAGS


def test_a_cycle_that_has_only_been_planned_says_so_everywhere(tmp_path: Path) -> None:
    ledger = FakeLedger()
    answers = {"year": 2027, "body": "青溪区人民代表大会", "level": "county"}
    planned = {"steps": [{"step": "solicitation", "planned_from": "2027-01-04"}]}
    codes = [ledger.file(FORMS["project_cycle"], {**answers, **more}).code for more in ({}, planned)]
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    bare, told = (
        cycle_words.page(public, public.by_code("project_cycle")[code], BOOK, WORDS, "zh") for code in codes
    )
    assert bare["verdict"] == ("还没有开始", "。") and told["verdict"][1] == "，计划 2027-01-04 开始征集。"
    assert bare["money"] is None and bare["clear"] is None and bare["sum"] == [] and bare["candidates"] == []
    body = rendered(public)[f"project_cycle/{codes[0]}.html"]
    assert body.count("暂无") >= 5 and "还没有公开的线索" in body


# -- the page as it is built --


def test_the_built_page_keeps_its_headings_and_links_every_number(whole: Any) -> None:
    public, codes = whole
    body = rendered(public)[f"project_cycle/{codes['project_cycle/qingxi-2026']}.html"]
    assert all(f'id="{name}"' in body for name in ("content", "related", "corrections", "data", "stale"))
    assert body.count('aria-current="step"') == 1 and body.count("看行") == 6
    assert 'href="http://127.0.0.1:8752/public/project_idea?cycle=' in body
    assert 'href="../coverage.html"' in body and 'href="../balance.html"' in body
    assert "built-in" not in body and "object at" not in body


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    def evil(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        for field in ("subject", "body", "name", "organ_as_written", "decision_reason", "document"):
            if field in answers:
                answers = {**answers, field: HOSTILE}
        if kind == "project_cycle":
            steps = [{**each, "organ_as_written": HOSTILE} for each in answers["steps"]]
            answers = {**answers, "steps": steps}
        return answers

    public, _ = sample(tmp_path / "public.db", evil)
    for path, body in rendered(public).items():
        if path.endswith(".html"):
            assert "<img src=x" not in body and "49" not in re.findall(r"alert\(1\)&gt;(..)", body), path


def test_english_has_every_word(whole: Any) -> None:
    for name in ("qingxi-2025", "qingxi-2026", "liuhe-2026", "yunxi-2026"):
        found = page(whole, name, "en")
        assert found["verdict"][0] and found["money"]["which"]


def test_a_further_round_is_folded_into_its_first_and_a_ring_hides_none(tmp_path: Path, whole: Any) -> None:
    def rounds(public: Public, codes: Mapping[str, str]) -> list[int]:
        row = public.by_code("project_cycle")[codes["project_cycle/qingxi-2026"]]
        return [fold.row["round"] for fold in cycle(public, row, BOOK).folds]

    def ring(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        return (
            {**answers, "revote_of": "qingxi-2026-round2"}
            if (kind, name) == ("ballot", "qingxi-2026")
            else answers
        )

    assert rounds(*whole) == [1] and rounds(*sample(tmp_path / "public.db", ring)) == [1, 2]


@pytest.mark.parametrize(("cents", "said"), [(99, "0.99 元"), (100_000_050, "100.00005 万元"), (0, "0 元")])
def test_amounts_are_exact(cents: int, said: str) -> None:
    assert amount(cents, WORDS, "zh") == said
    assert amount(-cents, WORDS, "zh") == (f"-{said}" if cents else said)


def test_thousands_are_set_apart_from_ten_thousand_up() -> None:
    assert (plain(999_900, 100), plain(1_234_500, 100)) == ("9999", "12,345")


# -- single sheets --


def test_single_sheets_need_an_approval_ballot_the_switch_and_enough_of_them() -> None:
    ballot = {"ballot_form": "approve_up_to_k", "sheets_published": True}
    assert [sheets.why_not(ballot, n, BOOK) for n in (0, 1, 29, 30, 500)] == [
        "unrecorded", "few", "few", None, None,
    ]  # fmt: skip
    for form in ("approve_oppose_abstain", "rank_all"):
        assert sheets.why_not({**ballot, "ballot_form": form}, 500, BOOK) == "form"
    for off in (False, None):
        assert sheets.why_not({**ballot, "sheets_published": off}, 500, BOOK) == "off"


def test_every_ballot_says_in_one_sentence_why_there_are_no_single_sheets(whole: Any) -> None:
    public, codes = whole
    made = rendered(public)
    told = {name: code for name, code in codes.items() if name.startswith("ballot/")}
    for code in told.values():
        assert len(re.findall(r"不提供逐张票面（\.pb）：[^<]+。", made[f"ballot/{code}.html"])) == 1
        assert f"ballot/{code}.pb" not in made


def test_records_that_say_almost_nothing_leave_every_page_standing(tmp_path: Path) -> None:
    """A field may be published less than before; nothing is guessed in its place."""
    ledger = FakeLedger()
    cycle = ledger.file(FORMS["project_cycle"], {"steps": [{"actual_from": "2026-01-01"}]}).code
    idea = ledger.file(FORMS["project_idea"], {"cycle": cycle}).code
    bare = ledger.file(FORMS["project_candidate"], {"cycle": cycle, "origin": [idea]}).code
    ballot = {"cycle": cycle, "voted_on": "2026-03-02", "candidates": [{"option": "1", "candidate": bare}]}
    ledger.file(FORMS["ballot"], ballot)
    for kind in ("project_progress", "project_change", "rollout_status", "project_cycle", "grid"):
        ledger.file(FORMS[kind], {"candidate": bare} if kind.startswith("project_p") else {})
    made = rendered(published(tmp_path / "public.db", ledger, *FORMS.values()))
    assert "票决结果没法核实" in made[f"project_idea/{idea}.html"]
    assert "没法核实" in made[f"project_cycle/{cycle}.html"]
