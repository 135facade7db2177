"""Pages of oversight: what an appraisal found and was it mended, open chains, opinions, rules."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher import derived
from publisher.out.public_db import seal, write_public_db
from publisher.oversight import appraisals, chains, commitments, deliberations, library, resolutions
from publisher.oversight.said import STATE_ICONS, Said
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public, read_public
from tests.publisher.fake import CONTENT, FakeLedger, extracted, stand
from tests.publisher.sample import Answers, Change, rendered

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
LINKS = DataLinks("https://data.example")
PAGES: Mapping[str, Any] = {
    "appraisals": appraisals.page,
    "chains": chains.page,
    "deliberations": deliberations.page,
    "resolutions": resolutions.page,
    "commitments": commitments.page,
    "rules": library.page,
}
GATED = ("outspoken_bulletin", "observer_report")


def congress(
    path: Path, change: Change = lambda kind, name, answers: answers, *, approved: bool = True
) -> tuple[Public, Mapping[str, str]]:
    """The sample with its states, what waits for approval approved; and the codes by kind/name."""
    ledger, codes = FakeLedger(), dict[str, str]()
    for kind, form in FORMS.items():
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            answers = change(kind, file.stem, dict(read_record(file).answers))
            if answers is not None:
                filed = ledger.file(form, answers, name=file.stem)
                codes[f"{kind}/{file.stem}"] = filed.code
                if approved and kind in GATED:
                    ledger.approve(filed, FORMS["approval"], form)
    leaves = extracted(ledger, *FORMS.values())
    write_public_db(path, leaves, FORMS, stand(len(leaves.held)))
    derived.add(path, BOOK, WORDS)
    seal(path)
    return read_public(path), codes


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oversight") / "public.db"


@pytest.fixture(scope="module")
def sample(path: Path) -> tuple[Public, Mapping[str, str]]:
    return congress(path)


@pytest.fixture(scope="module")
def html(sample: tuple[Public, Mapping[str, str]]) -> Mapping[str, str]:
    kinds = ("appraisal", "oversight_item", "deliberation_opinion", "special_report", "rule_document")
    return rendered(sample[0], *(f"{page}.html" for page in PAGES), *kinds)


def given(public: Public, page: str, lang: str = "zh") -> dict[str, Any]:
    found: dict[str, Any] = PAGES[page](public, LINKS, BOOK, WORDS, lang)
    return found


def test_more_states_than_patterns_still_add_up_to_the_whole(sample: Any) -> None:
    said = Said(sample[0], LINKS, BOOK, WORDS, "zh", "appraisals")
    drawn = said.parts("mending", appraisals.ORDER, appraisals.ORDER, "problems")
    assert drawn and (drawn["chart"]["whole"], len(drawn["chart"]["parts"])) == (6, 5)
    assert [n for _, n in drawn["rows"]] == [1] * 6 and drawn["finding"].startswith("6 个问题：")
    assert said.parts("mending", appraisals.ORDER, ()) is None


def figures(public: Public, page: str) -> dict[str, tuple[int, str]]:
    return {each["name"]: (each["n"], each["of"]) for each in given(public, page)["figures"]}


# -- the citizen's question --


def test_the_page_says_what_appraisals_found_and_what_was_mended(sample: Any) -> None:
    found = given(sample[0], "appraisals")
    assert found["verdict"] == (
        "4 次评议找到 6 个问题，2 个改好并验收属实。", "宣布的结果和票数不一样的 1 次。",
    )  # fmt: skip
    assert figures(sample[0], "appraisals") == {
        "改好的问题": (2, "/ 6 个问题"),
        "宣布和票数一致": (3, "/ 4 次"),
    }
    states = [one["state"] for card in found["cards"] for one in card["problems"]]
    assert sorted(states) == ["broken", "claimed", "due", "kept", "kept", "partly"]


def test_a_result_that_is_not_what_its_counts_make_is_told(sample: Any, html: Mapping[str, str]) -> None:
    said = "宣布的是满意，票数算出来是基本满意"
    assert html["appraisals.html"].count(said) == 1
    page = html[f"appraisal/{sample[1]['appraisal/transport-2026']}.html"]
    assert said in page
    law = sample[1]["rule_document/organic-law"]
    assert f'rule_document/{law}.html">地方组织法第五十一条</a>' in page


def test_the_page_of_an_appraisal_shows_its_problems_before_its_fields(
    sample: Any, html: Mapping[str, str]
) -> None:
    page = html[f"appraisal/{sample[1]['appraisal/water-head-2025']}.html"]
    assert page.index("竹园村下段水管裸露") < page.index("全体组成人员")
    assert "问题改好 1 / 2 个" in page.replace("\u00a0", " ")


def test_an_appraisal_that_was_not_decided_to_be_public_tells_nothing(
    sample: Any, html: Mapping[str, str]
) -> None:
    code = sample[1]["appraisal/civil-head-2026"]
    assert "区民政局局长" not in "".join(html.values())
    assert sample[0].by_code("appraisal")[code]["withheld"] == 1
    assert "还有 1 次没有决定公开" in given(sample[0], "appraisals")["shut"]
    assert "无记名测评</h3>" not in html[f"appraisal/{code}.html"]


def test_a_rectification_of_it_is_withheld_too(tmp_path: Path) -> None:
    def shut(kind: str, name: str, answers: Answers) -> Answers:
        return (
            {k: v for k, v in answers.items() if k != "decided_public_on"}
            if name == "health-2025"
            else answers
        )

    public, codes = congress(tmp_path / "public.db", shut)
    assert public.by_code("rectification")[codes["rectification/health-2025-1"]]["withheld"] == 1
    assert all(
        "夜间没有医生" not in one["what"]
        for card in given(public, "appraisals")["cards"]
        for one in card["problems"]
    )


# -- chains --


def test_only_a_chain_with_its_published_report_is_closed(sample: Any) -> None:
    found = given(sample[0], "chains")
    assert [each["title"] for each in found["done"]] == ["2026 农村饮水安全"]
    assert [each["word"] for each in found["open"]] == ["等处理报告", "等处理报告", "还差一个环节"]
    assert [each["days"] for each in found["open"]] == ["开始 613 天了", "开始 227 天了", "开始 67 天了"]


def test_a_closing_whose_report_is_not_published_any_more_does_not_count(tmp_path: Path) -> None:
    def unpublished(kind: str, name: str, answers: Answers) -> Answers:
        if (kind, name) == ("handling_report", "water-2026"):
            del answers["published_on"]
        return answers

    public, codes = congress(tmp_path / "public.db", unpublished)
    found = given(public, "chains")
    assert found["done"] == [] and found["verdict"][0] == "4 项监督，0 项闭环销号。"
    (early,) = [each["early"] for each in found["open"] if each["early"]]
    assert early == "记了销号，但是处理报告没有公布，不算数。"
    row = public.by_code("oversight_item")[codes["oversight_item/water-2026"]]
    assert (row["state"], row["closed_on"]) == ("unpublished", None)


def test_a_chain_is_drawn_as_six_links(html: Mapping[str, str]) -> None:
    lines = re.findall(r'<ol class="mb-chain mb-long">(.*?)</ol>', html["chains.html"], re.S)
    assert len(lines) == 4 and {line.count("<li") for line in lines} == {6}


def test_an_observer_without_consent_is_nowhere(html: Mapping[str, str]) -> None:
    assert "苗青禾" in html["chains.html"] and "池望澜" not in "".join(html.values())
    assert "配偶" not in "".join(html.values())


def test_court_hearings_are_counted_against_their_targets_and_nobody_is_ranked(sample: Any) -> None:
    found = given(sample[0], "chains")["courts"]["figures"]
    assert [(each["n"], each["of"]) for each in found] == [
        (3, "/ 100 案"),
        (36, "/ 1000 人次"),
        (1, "/ 3 案"),
    ]


# -- opinions, resolutions, commitments --


def test_opinions_are_answered_in_time_and_published_of_how_many(sample: Any) -> None:
    assert figures(sample[0], "deliberations") == {
        "报告了处理情况": (3, "/ 5 份"), "按期报告": (2, "/ 5 份"), "报告向社会公布": (2, "/ 5 份"),
    }  # fmt: skip
    words = [each["word"] for each in given(sample[0], "deliberations")["items"]]
    assert words == ["到期没有报告", "退回重新报告", "等报告", "按期报告了", "按期报告了"]


def test_the_deadline_of_an_opinion_is_told_day_by_day(sample: Any, html: Mapping[str, str]) -> None:
    page = html[f"deliberation_opinion/{sample[1]['deliberation_opinion/water-2026']}.html"]
    assert "中秋节" in page and "没有查到条文" in page


def test_lead_times_say_how_many_days_too_late_and_what_nobody_wrote(
    sample: Any, html: Mapping[str, str]
) -> None:
    late = html[f"special_report/{sample[1]['special_report/roads-2026']}.html"].replace("\u00a0", " ")
    assert "晚了 2 天" in late and late.count("监督法（2024 年修正）第十五条") == 3
    unknown = html[f"special_report/{sample[1]['special_report/school-2025']}.html"]
    assert unknown.count("没有写日期，无法核对") == 2


def test_the_bulletin_counts_matters_that_were_answered(sample: Any) -> None:
    found = given(sample[0], "deliberations")["bulletin"]
    assert (found["figure"]["n"], found["figure"]["of"]) == (2, "/ 3 件") and len(found["issues"]) == 2


def test_the_bulletin_and_observers_reports_wait_for_their_approval(tmp_path: Path) -> None:
    public, _ = congress(tmp_path / "public.db", approved=False)
    assert not public.rows["outspoken_bulletin"] and not public.rows["observer_report"]
    assert given(public, "deliberations")["bulletin"] is None


def test_resolutions_stand_with_what_is_past_its_day_first(sample: Any) -> None:
    found = given(sample[0], "resolutions")
    assert [each["word"] for each in found["items"]] == ["到期没有落实", "还没有跟踪", "已落实"]
    assert figures(sample[0], "resolutions") == {"已落实": (1, "/ 3 项"), "跟踪过": (2, "/ 3 项")}


def test_commitments_have_every_state_once(sample: Any) -> None:
    found = given(sample[0], "commitments")
    assert [len(group["items"]) for group in found["groups"]] == [1, 1, 1, 1, 1]
    assert found["verdict"][0] == "5 件承诺，1 件办成并核实。"


# -- the library --


def test_every_value_of_the_rulebook_is_on_the_page_of_rules_once(sample: Any) -> None:
    found = given(sample[0], "rules")
    keys = [each["key"] for document in found["documents"] for each in document["rules"]]
    keys += [each["key"] for part in ("lost", "unset") for each in found[part]]
    assert sorted(keys) == sorted(BOOK.values) and found["lost"] == []


def test_a_document_names_the_rules_that_stand_in_it(sample: Any, html: Mapping[str, str]) -> None:
    page = html[f"rule_document/{sample[1]['rule_document/oversight-law']}.html"]
    assert "oversight.report_to_members_before" in page and "第十五条" in page


def test_every_state_that_has_a_word_has_an_outline() -> None:
    said = {key for key in WORDS.messages if key.startswith("oversight.") and key.count(".") == 2}
    states = {key.rpartition(".")[2] for key in said if not key.startswith("oversight.grade.")}
    assert states and states <= STATE_ICONS.keys()


# -- figures and rows, other congresses --


def test_a_figure_is_a_count_of_the_rows_it_names(sample: Any, path: Path) -> None:
    pages = {page: given(sample[0], page)["figures"] for page in PAGES}
    asked = 0
    with closing(sqlite3.connect(path)) as db:
        for figure in (
            each for page in pages.values() for each in page if each["rows"] and "?" in each["rows"]
        ):
            table, _, query = figure["rows"].removeprefix("https://data.example/public/").partition("?")
            name, _, value = query.partition("=")
            where = (
                f'"{name.removesuffix("__notblank")}" is not null'
                if "__notblank" in name
                else f'"{name}" = ?'
            )
            found = db.execute(
                f'select count(*) from "{table}" where {where}', () if "__" in name else (value,)
            )
            assert found.fetchone()[0] == figure["n"], figure["rows"]
            asked += 1
    assert asked >= 7


@pytest.mark.parametrize("page", PAGES)
def test_a_congress_with_no_record_yet_has_the_page(page: str, tmp_path: Path) -> None:
    public, _ = congress(tmp_path / "public.db", lambda kind, name, answers: None)
    found = given(public, page)
    assert found["verdict"] is None or page == "rules"
    assert f"{page}.html" in rendered(public, f"{page}.html")


def test_an_erased_answer_takes_its_record_out_and_breaks_nothing(tmp_path: Path) -> None:
    gone = {
        "appraisal": "tested_on", "oversight_item": "chain", "commitment": "due_on",
        "rectification": "due_on",
        "special_report": "heard_on", "deliberation_opinion": "sent_on", "adopted_resolution": "due_on",
        "resolution_followup": "state", "handling_report": "reported_on", "oversight_step": "held_on",
        "rule_document": "level", "outspoken_bulletin": "issued_on",
    }  # fmt: skip

    def erased(kind: str, name: str, answers: Answers) -> Answers:
        answers.pop(gone.get(kind, ""), None)
        return answers

    public, _ = congress(tmp_path / "public.db", erased)
    kinds = [kind for kind in gone if kind not in ("outspoken_bulletin",)]
    made = rendered(public, *(f"{page}.html" for page in PAGES), *kinds)
    assert len(made) > len(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_all_in_english_too(sample: Any, page: str) -> None:
    found = given(sample[0], page, "en")
    assert found["verdict"] and not re.search("[\u4e00-\u9fff]", "".join(found["verdict"]))
