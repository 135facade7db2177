"""The page of a project says first what was decided, then what became of it, and never more than is known."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.records import read_record
from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.project import livelihood as livelihood_project
from ledger.rules.project import supervision as project_supervision
from ledger.words import load_words
from publisher.project import page as projects
from publisher.reading.lamp_words import ICONS
from publisher.reading.public import Public
from tests.publisher.fake import AS_OF, CONTENT
from tests.publisher.sample import rendered, sample

WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
NAMES = [path.stem for path in sorted(CONTENT.glob("records/project_candidate/*.yaml"))]
Sample = tuple[Public, Mapping[str, str]]


@pytest.fixture(scope="module")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("projects") / "public.db")


def page(congress: Sample, name: str, lang: str = "zh", book: Rulebook = BOOK) -> dict[str, Any]:
    public, codes = congress
    row = public.by_code("project_candidate")[codes[f"project_candidate/{name}"]]
    return projects.page(public, row, book, WORDS, lang)


def changed(folder: Path, **answers: dict[str, Any] | None) -> Sample:
    """The sample with some answers of some records changed: `qingxi_2026_02={...}` or a record left out."""

    def change(kind: str, name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        key = f"{kind}__{name}".replace("-", "_")
        if key not in answers:
            return given
        more = answers[key]
        return None if more is None else {**given, **more}

    return sample(folder / "public.db", change)


def filed(kind: str, name: str) -> list[dict[str, Any]]:
    """The sample's records about one project, as their files have them."""
    files = [read_record(path) for path in sorted(CONTENT.glob(f"records/{kind}/*.yaml"))]
    return [dict(each.answers) for each in files if each.answers.get("candidate") == name]


# -- each state a project may be in --


def test_a_chosen_project_that_is_done(congress: Sample) -> None:
    told = page(congress, "qingxi-2025-01")
    assert told["verdict"]["strong"] == "选定。"
    assert told["verdict"]["rest"] == "赞成 136 票，在 7 件里排第 1；要 77 票（全体代表 152 人）。"
    assert told["verdict"]["link"] == (
        "2025-01-16 区五届人大四次会议，第 1 轮",
        f"ballot/{congress[1]['ballot/qingxi-2025']}.html",
    )
    assert told["now"][0] == "已经完成（移交管护，2025-12 的记录）。"
    assert "冬季连续通水户数：现在 203\u00a0户，目标 203\u00a0户。" in told["now"]
    assert told["watched"] == [] and told["clear"] == "四个清：4 项里清了 4 项"
    assert [each["icon"] for each in told["milestones"]] == ["ok", "ok", "ok"]
    assert told["fresh"] is None and told["money"]["gap"] is None


def test_a_project_that_runs_has_milestones_ahead(tmp_path: Path) -> None:
    later = {"finish_on": "2026-12-20", "milestones": [
        {"what": "完工", "due_on": "2026-12-20"}, {"what": "进场", "due_on": "2026-05-31"}]}  # fmt: skip
    running = {"percent": 60, "reported_on": "2026-11-06", "stage": "construction"}
    told = page(
        changed(
            tmp_path,
            project_candidate__qingxi_2026_04=later,
            project_progress__qingxi_2026_04_2026_09={"percent": 58},
            project_progress__qingxi_2026_04_2026_10=running,
        ),
        "qingxi-2026-04",
    )
    assert told["verdict"]["link"][0].endswith("第 2 轮") and told["verdict"]["strong"] == "选定。"
    assert told["now"][0] == "做到 60%（施工，2026-10 的记录）。"
    assert [(each["icon"], each["said"]) for each in told["milestones"]] == [
        ("part", "过了 174 天，记录里看不出做到没有。"),
        ("none", "还没到，还有 29 天。"),
    ]
    assert told["fresh"]["icon"] == "ok" and told["fresh"]["why"] == "15 天前更新"


def test_a_project_that_stalls(congress: Sample) -> None:
    told = page(congress, "qingxi-2026-02")
    assert told["now"][0] == "做到 35%（施工，2026-06 的记录）。"
    assert "还有 1,000,000.00\u00a0元没有落实。" in told["now"]
    assert told["fresh"]["why"] == "138 天没有更新" and "超过 45 天" in told["fresh"]["rule"]
    assert "没有查到条文" in told["fresh"]["rule"]
    assert [each["why"] for each in told["watched"]] == [
        "改了建设内容，没有批准记录",
        "2026-07-09 发现的问题过了期限 2026-09-30 还没改好",
        "不满意过半，过了 2026-09-30 还没整改完",
        "138 天没有更新",
    ]
    assert [each["icon"] for each in told["watched"]] == ["late", "late", "late", "part"]
    assert told["progress"]["issues"][0][1].startswith("债券部分没有落实")
    assert told["tests"][0]["grade"] == "不满意" and told["tests"][0]["counts"].startswith(
        "满意 2，基本满意 7，不满意 15，弃权 1；按有效票 25 份算"
    )
    assert told["milestones"][-1]["icon"] == "none"


def test_a_project_past_its_last_day_is_late(tmp_path: Path) -> None:
    told = page(
        changed(
            tmp_path,
            project_candidate__qingxi_2026_02={"milestones": [{"what": "验收", "due_on": "2026-11-20"}]},
        ),
        "qingxi-2026-02",
    )
    assert told["milestones"][0]["icon"] == "late" and "过了 1 天" in told["milestones"][0]["said"]


def test_a_site_that_changed_with_approval(congress: Sample) -> None:
    change = page(congress, "qingxi-2025-05")["changes"][0]
    assert (change["icon"], change["state"]) == ("ok", "符合")
    assert change["why"] == "青溪区人大常委会 2025-07-24 批准" and change["what"] == "地点"
    assert change["before"] == "三组到河埠头沿路南侧" and change["after"] == "三组到河埠头沿渠北侧"


def test_a_project_that_was_not_chosen(congress: Sample) -> None:
    told = page(congress, "qingxi-2025-07")
    assert told["verdict"]["strong"] == "没选上：要 77 票，差 46 票。"
    assert told["verdict"]["rest"] == "赞成 31 票，在 7 件里排第 7（全体代表 152 人）。"
    assert told["now"] == ["没有选定，所以没有进度、督查和测评。"] and not told["followed"]
    assert told["clear"] == "四个清：4 项里清了 3 项（按票决那天 2025-01-16 看）"
    assert [each["what"] for each in told["clarities"]] == ["边界清", "职责清", "流程还差 1 样", "效果清"]
    assert told["clarities"][2]["why"].startswith("缺：时间节点。")
    assert [each["icon"] for each in told["eligibility"]["lamps"]] == [
        "ok",
        "ok",
        "part",
        "part",
        *["ok"] * 4,
    ]
    assert told["eligibility"]["finding"] == "8 条里 6 条符合，2 条要留意。"


def test_a_project_that_lost_the_second_round(congress: Sample) -> None:
    told = page(congress, "qingxi-2026-07")["verdict"]
    assert told["strong"] == "没选上：同票，第 2 轮 59 票。" and told["link"][0].endswith("第 2 轮")
    assert told["link"][1] == f"ballot/{congress[1]['ballot/qingxi-2026-round2']}.html"


def test_a_project_in_a_ballot_where_too_few_pass(congress: Sample) -> None:
    told = page(congress, "liuhe-2026-03")["verdict"]
    assert told["strong"] == "没选上：要 32 票，差 3 票。"
    assert page(congress, "liuhe-2026-01")["verdict"]["strong"] == "选定。"


def test_what_a_street_council_recommends_is_not_called_selected(congress: Sample) -> None:
    told = page(congress, "yunxi-2026-01")
    assert told["verdict"]["strong"] == "推荐，不是决定。" and "只推荐" in told["verdict"]["rest"]
    assert not told["followed"] and "选定" not in told["verdict"]["strong"]


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ({"spent": 73_000_000}, "已支付资金比已到账资金多 10,000.00\u00a0元"),
        ({"received": None, "spent": 72_000_000 + 1}, "已支付资金比已下达资金多 0.01\u00a0元"),
        ({"appropriated": 90_000_000, "received": 90_000_000, "spent": 90_000_000},
         "支付比已落实的资金多 180,000.00\u00a0元"),
    ],
)  # fmt: skip
def test_money_that_was_overspent(tmp_path: Path, last: dict[str, Any], why: str) -> None:
    def change(kind: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
        more = {**given, **last} if name == "qingxi-2026-01-2026-09" else given
        return {key: value for key, value in more.items() if value is not None}

    told = page(sample(tmp_path / "public.db", change), "qingxi-2026-01")
    assert told["money"]["lamp"]["why"] == why and told["watched"][0]["why"] == why
    assert told["money"]["rows"][0]["n"] == "720,000.00\u00a0元"
    assert all(0 <= row["width"] <= 100 for row in told["money"]["rows"])


def test_a_project_without_any_record(tmp_path: Path) -> None:
    def change(kind: str, name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        if name == "qingxi-2026-08" and kind == "project_candidate":
            return {
                name: given[name] for name in ("number", "subject", "category", "content", "total_budget")
            }
        return None

    public, codes = congress = sample(tmp_path / "public.db", change)
    told = page(congress, "qingxi-2026-08")
    assert told["verdict"] == {
        "strong": "还没有票决。",
        "rest": "没有票决记录，不能算选上。",
        "link": None,
    }
    assert told["timeline"] == [] and told["ideas"] == [] and told["milestones"] == []
    assert told["eligibility"]["lamps"][1]["why"] == "是哪一年的项目不清楚，无法核对"
    assert told["clear"] == "四个清：4 项里清了 0 项"
    assert [each["icon"] for each in told["clarities"]] == ["part", "none", "none", "none"]
    body = rendered(public, "project_candidate")[
        f"project_candidate/{codes['project_candidate/qingxi-2026-08']}.html"
    ]
    assert "还没有票决" in body and "暂无" in body


def test_a_vote_without_its_result_is_open(tmp_path: Path) -> None:
    told = page(changed(tmp_path, ballot_result__qingxi_2026=None), "qingxi-2026-02")
    assert told["verdict"]["strong"] == "还没有宣布票决结果。" and "2026-01-23" in told["verdict"]["rest"]
    assert told["now"][0] == "没有选定，却有进度记录。" and told["fresh"] is None


def test_a_ballot_that_cannot_be_verified_or_is_void_decides_nothing(tmp_path: Path) -> None:
    for folder, more, strong in (
        ("a", {"valid": 99}, "票决结果没法核实，这里不下结论。"),
        ("b", {"issued": 140, "returned": 146}, "投票无效，要重新投。"),
    ):
        (tmp_path / folder).mkdir()
        told = page(changed(tmp_path / folder, ballot_result__qingxi_2026=more), "qingxi-2026-02")
        assert told["verdict"]["strong"] == strong and told["verdict"]["rest"].startswith("原因：")


def test_what_few_residents_answered_is_neither_shown_nor_graded(tmp_path: Path) -> None:
    few = {
        "issued": 20,
        "returned": 20,
        "invalid": 0,
        "satisfied": 20,
        "basically": 0,
        "not_satisfied": 0,
        "abstain": 0,
    }
    told = page(changed(tmp_path, project_evaluation__qingxi_2025_01_villagers=few), "qingxi-2025-01")
    test = next(each for each in told["tests"] if each["who"] == "受益群众")
    assert "按条件不公开" in test["grade"] and test["counts"] == "" and test["icon"] == "none"


def test_a_test_with_more_sheets_than_were_issued_is_void(tmp_path: Path) -> None:
    told = page(changed(tmp_path, project_evaluation__qingxi_2026_02_mid={"issued": 20}), "qingxi-2026-02")
    assert told["tests"][0]["grade"] == "测评无效"
    assert [each["why"] for each in told["tests"][0]["lamps"]] == ["收回比发出多 5 份，测评无效"]


def test_progress_that_fell_without_a_note_is_said(tmp_path: Path) -> None:
    told = page(changed(tmp_path, project_progress__qingxi_2026_02_2026_06={"percent": 20}), "qingxi-2026-02")
    assert (
        told["progress"]["falls"][0]["why"] == "2026-06 的完成多少从 25\u00a0% 减到 20\u00a0%，没有更正说明"
    )


# -- the rules and the page --


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_the_rules_say_of_the_records_themselves(congress: Sample, name: str) -> None:
    told = page(congress, name)
    sheet = dict(read_record(CONTENT / f"records/project_candidate/{name}.yaml").answers)
    year = int(name.split("-")[1])
    expected = livelihood_project.eligibility(sheet, year, BOOK)
    assert [each["icon"] for each in told["eligibility"]["lamps"]] == [ICONS[each.state] for each in expected]
    if told["followed"]:
        progress = filed("project_progress", name)
        clear = livelihood_project.clarities(sheet, progress, on=AS_OF)
        assert [each["icon"] == "ok" for each in told["clarities"]] == [each.complete for each in clear]
        assert told["clear"] == f"四个清：4 项里清了 {livelihood_project.clear(sheet, progress, on=AS_OF)} 项"
        assert len(told["progress"]["falls"]) == len(project_supervision.only_grows(progress))
    approved = [
        project_supervision.change_approved(each, sheet["total_budget"], AS_OF, BOOK)
        for each in filed("project_change", name)
    ]
    assert sorted(each["icon"] for each in told["changes"]) == sorted(ICONS[each.state] for each in approved)
    grades = [project_supervision.grade(each, BOOK).grade for each in filed("project_evaluation", name)]
    said = {"满意": "satisfied", "基本满意": "basically", "不满意": "not_satisfied"}
    assert sorted(said.get(each["grade"], "none") for each in told["tests"]) == sorted(grades)
    unmended = project_supervision.open_findings(filed("project_inspection", name), AS_OF)
    assert sum(each["icon"] in ("part", "late") for each in told["inspections"]) == len(unmended)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_project_has_its_words_in_both_languages(congress: Sample, lang: str) -> None:
    for name in NAMES:
        told = json.dumps(page(congress, name, lang), ensure_ascii=False)
        assert not re.search(r"\b(rule|site)\.[a-z]", told) and not re.search(r"[{}][a-z_]+\}", told)


def test_a_rulebook_that_says_otherwise_is_followed_and_cited(congress: Sample) -> None:
    values = {**BOOK.values, "project.stale_days": Value(30, "办法第二条", unverified=False)}
    told = page(congress, "qingxi-2026-02", book=Rulebook(BOOK.name, values))
    assert told["fresh"]["rule"] == "超过 30 天没有新记录就提醒。办法第二条"


def test_what_is_in_use_but_not_whole_is_not_called_finished(congress: Sample) -> None:
    told = page(congress, "qingxi-2025-02")  # 90% and in use in August, whole in September
    assert told["now"][0] == "已经完成（投入使用，2025-09 的记录）。"
    assert {each["said"] for each in told["milestones"]} == {"整个项目在 2025-09 的记录里已经完成。"}


def test_an_approved_change_of_money_opens_a_gap_until_it_is_secured(tmp_path: Path) -> None:
    approved = {"approved_by": "青溪区人大常委会", "approved_on": "2025-08-20"}
    told = page(changed(tmp_path, project_change__qingxi_2025_01_money=approved), "qingxi-2025-01")
    assert told["money"]["finding"] == (
        "计划 1,920,000.00\xa0元，落实了 1,860,000.00\xa0元，付了 1,860,000.00\xa0元；缺口 60,000.00\xa0元。"
    )
    assert told["money"]["was"].startswith("票决时计划 1,860,000.00")


def test_rounds_of_one_day_stand_in_their_order(congress: Sample) -> None:
    told = page(congress, "qingxi-2026-07")["timeline"]
    votes = [each for each in told if each["on"] == "2026-01-23"]
    assert [each["kind"] for each in votes] == ["票决", "票决结果"] * 2
    assert ["第 2 轮" in each["text"] for each in votes] == [False, False, True, True]


def test_what_no_vote_settled_is_not_said_to_have_been_refused(tmp_path: Path) -> None:
    told = page(changed(tmp_path, ballot__qingxi_2026={"roster_size": None}), "qingxi-2026-08")
    assert told["verdict"]["strong"].startswith("票决结果没法核实") and told["now"] == []
    assert {each["said"] for each in told["milestones"]} == {"计划。还没有选定。"}


def test_english_sentences_do_not_run_into_each_other(congress: Sample) -> None:
    told = page(congress, "qingxi-2026-02", "en")
    assert told["verdict"]["strong"] + told["verdict"]["rest"] == (
        "Selected. 124 votes for, place 3 of 8; 77 needed (all deputies: 152 people)."
    )
    assert "). " in "".join(told["now"]) and ".1" not in "".join(told["now"])
