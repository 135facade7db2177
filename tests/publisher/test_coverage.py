"""Coverage by township and year, and what each village has had: out of records, cycles and ballots."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.forms import load_forms
from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.project.rollout import STAGES, State
from ledger.words import load_words
from publisher.project import balance, coverage
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.release import build
from tests.publisher.fake import CONTENT, FakeLedger, published, small_congress
from tests.publisher.sample import sample
from tests.publisher.test_cycles import rendered

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
LINKS = DataLinks("https://data.example")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, Mapping[str, str]]:
    return sample(tmp_path_factory.mktemp("coverage") / "public.db")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Public:
    return published(tmp_path_factory.mktemp("empty") / "public.db", FakeLedger(), *FORMS.values())


def cover(public: Public, lang: str = "zh") -> dict[str, Any]:
    return coverage.page(public, LINKS, BOOK, WORDS, lang)


def weigh(public: Public, book: Rulebook = BOOK, lang: str = "zh") -> dict[str, Any]:
    return balance.page(public, LINKS, book, WORDS, lang)


def words_of(found: dict[str, Any]) -> dict[str, list[str]]:
    return {row["name"]: [cell["word"] for cell in row["cells"]] for row in found["rows"]}


# -- coverage --


def test_a_rule_never_used_is_a_state_of_its_own(whole: Any) -> None:
    found = cover(whole[0])
    assert found["verdict"] == ("2026 年，2 个乡镇里 1 个票决过（50%）", "；1 个通过了办法，从来没有票决。")
    assert words_of(found)["石桥镇人民代表大会"] == ["有办法未票决", "有办法未票决"]
    assert words_of(found)["柳河镇人民代表大会"] == ["有办法未票决", "票决了"]
    assert words_of(found)["云溪街道议政代表会"] == ["还没开始", "只推荐"]
    (never,) = found["never"]
    assert never["name"] == "石桥镇人民代表大会" and never["text"].startswith("2025-04-11 通过办法")


def test_each_level_has_its_share_with_both_numbers(whole: Any) -> None:
    levels = {each["label"]: [year["text"] for year in each["years"]] for each in cover(whole[0])["levels"]}
    assert levels["区县"] == ["1 / 1（100%）", "1 / 1（100%）"]
    assert levels["乡镇"] == ["0 / 2（0%）", "1 / 2（50%）"]
    assert "不算覆盖" in levels["街道（只推荐，不票决）"][1]


def test_states_differ_by_shape_and_word_and_the_trap_is_hatched() -> None:
    assert len(set(coverage.ICONS.values())) == len(coverage.ICONS) == len(coverage.STATES)
    assert set(coverage.STATES) == set(State.__args__)  # type: ignore[attr-defined]
    assert len({WORDS.say(f"site.coverage.state.{each}") for each in coverage.STATES}) == len(coverage.STATES)
    css = (CONTENT / "pages/assets/site.css").read_text("utf-8")
    hatched = next(line for line in css.splitlines() if line.startswith(".mb-tag.is-never_voted"))
    assert "repeating-linear-gradient" in hatched and "dashed" in hatched


def test_a_township_without_a_record_stands_there_and_below_the_line(tmp_path: Path) -> None:
    def silent(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any] | None:
        return None if kind == "rollout_status" and name.startswith("shiqiao") else answers

    found = cover(sample(tmp_path / "public.db", silent)[0])
    assert words_of(found)["石桥镇"] == ["没有记录", "没有记录"]
    assert found["verdict"][0] == "2026 年，2 个乡镇里 1 个票决过（50%）" and found["never"] == []


def test_ballots_count_where_the_report_lags_and_a_report_without_a_ballot_says_so(tmp_path: Path) -> None:
    def lagging(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if (kind, name) == ("rollout_status", "liuhe-2026"):
            return {**answers, "stage": "ideas_open"}
        if (kind, name) == ("rollout_status", "shiqiao-2026"):
            return {**answers, "stage": "balloted"}
        return answers

    found = cover(sample(tmp_path / "public.db", lagging)[0])
    rows = {row["name"]: row["cells"][1] for row in found["rows"]}
    assert rows["柳河镇人民代表大会"]["word"] == "票决了"
    assert rows["柳河镇人民代表大会"]["note"] == "报的是“正在征集”，票决记录更靠前"
    assert [text for text, _ in rows["柳河镇人民代表大会"]["links"]] == ["记录", "票决"]
    assert rows["石桥镇人民代表大会"]["note"] == "自己报的，这里没有票决记录"


def test_cycles_alone_make_a_matrix(tmp_path: Path) -> None:
    def unreported(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any] | None:
        return None if kind == "rollout_status" else answers

    found = words_of(cover(sample(tmp_path / "public.db", unreported)[0]))
    assert found["青溪区人民代表大会"] == ["票决了", "票决了"] and found["柳河镇人民代表大会"][1] == "票决了"
    assert found["石桥镇"] == ["没有记录", "没有记录"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙"), st.integers(2020, 2026), st.sampled_from(STAGES)), max_size=9
    )
)
def test_no_share_is_above_one_and_every_body_has_every_year(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, int, str]]
) -> None:
    ledger = FakeLedger()
    for name, year, stage in told:
        answers = {"body": f"{name}镇人大", "level": "township", "year": year, "stage": stage}
        ledger.file(FORMS["rollout_status"], answers)
    found = cover(published(tmp_path_factory.mktemp("any") / "public.db", ledger, *FORMS.values()))
    assert all(len(row["cells"]) == len(found["years"]) <= coverage.YEARS for row in found["rows"])
    for level in found["levels"]:
        for n, each in enumerate(level["years"]):
            covered = sum(row["cells"][n]["is"] == "covered" for row in found["rows"])
            assert each["n"] == covered <= each["of"] == len(found["rows"])


# -- balance --


def test_each_village_has_its_projects_its_money_and_its_residents(whole: Any) -> None:
    rows = {row["name"]: row for row in weigh(whole[0])["rows"]}
    assert set(rows) == {"柳河村", "竹园村", "上湾村", "桥头社区"}
    assert (rows["竹园村"]["projects"], rows["竹园村"]["residents"]) == (3, "540 人")
    for row in rows.values():
        codes = row["rows"].rpartition("=")[2].split("%2C")
        assert len(codes) == row["projects"]
    money = [float(row["of_money"].rstrip("%")) for row in rows.values()]
    assert sum(money) == pytest.approx(100, abs=0.2)


def test_money_is_conserved_between_villages_and_projects_of_none(whole: Any) -> None:
    found = balance.regional(whole[0], BOOK)
    placed = sum(each.project.budget or 0 for each in found.counted if each not in found.nowhere)
    assert sum(each.amount for each in found.shares) == placed
    assert {each.subject for each in found.nowhere} >= {"卫生院急诊设备更新"}
    told = balance.page(whole[0], DataLinks(""), BOOK, WORDS, "zh")
    assert [each["per_head"] for each in told["rows"]] == ["984 元", "4704 元", "1493 元", "873 元"]
    assert all(len(found.projects[each.village]) == each.projects for each in found.shares)


def test_what_a_street_recommends_and_what_lost_is_not_counted(whole: Any) -> None:
    subjects = {each.subject for each in balance.regional(whole[0], BOOK).counted}
    assert "沿街歇脚坐凳" not in subjects and "古桥限高和界桩" not in subjects and len(subjects) == 13


def test_a_village_without_any_is_named_over_the_rulebooks_years(tmp_path: Path, whole: Any) -> None:
    assert weigh(whole[0])["without"] == [] and "只有 2025、2026 年" in weigh(whole[0])["caveat"]
    book = Rulebook({}, {**BOOK.values, "project.years_without_project": Value(1)})
    one = weigh(whole[0], book)
    assert "2026 到 2026 年" in one["verdict"][0] and one["caveat"] == ""

    def nothing_there(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if kind == "project_candidate":
            kept = [each for each in answers.get("places", ()) if "shangwan" not in each]
            return {**answers, "places": kept or ["liuhe-village"]}
        return answers

    found = weigh(sample(tmp_path / "public.db", nothing_there)[0])
    (village,) = found["without"]
    assert (village["name"], village["above"], village["residents"]) == ("上湾村", "石桥镇", "871 人")
    assert found["without_head"] == "4 个村社区里，1 个近 3 年没有选定的项目。"
    assert found["charts"][0]["bars"]["bars"][2]["hollow"]


def test_a_grid_counts_for_its_village_and_places_in_a_ring_for_none(tmp_path: Path) -> None:
    ledger = FakeLedger()
    village = ledger.file(FORMS["grid"], {"name": "柳河村", "level": "village"}).code
    grid = ledger.file(FORMS["grid"], {"name": "三网格", "level": "grid", "within": village}).code
    ring = "WG-2026-999Z"
    ledger.file(FORMS["grid"], {"name": "圈", "level": "grid", "within": ring}, code=ring)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    assert balance.village_of(public, grid, {village}) == village
    assert balance.village_of(public, ring, {village}) is None
    assert balance.village_of(public, "WG-2026-0000", {village}) is None


# -- as they are built --


def test_both_pages_stand_with_nothing_in_the_ledger(empty: Public) -> None:
    found, weighed = cover(empty), weigh(empty)
    assert found["verdict"] is None and found["rows"] == [] and weighed["verdict"] is None
    made = rendered(empty)
    assert "暂无" in made["coverage.html"] and "暂无" in made["balance.html"]
    assert cover(empty, "en")["legend"] and weigh(empty, lang="en")["how"]


def test_the_pages_are_linked_from_the_lists_of_their_tab_and_from_each_other(whole: Any) -> None:
    made = rendered(whole[0])
    for path in ("project_cycle/index.html", "project_idea/index.html", "rollout_status/index.html"):
        assert '<a href="../coverage.html">全覆盖</a>' in made[path] and "../balance.html" in made[path]
    assert "coverage.html" not in made["visit/index.html"]
    assert 'href="balance.html"' in made["coverage.html"] and 'href="coverage.html"' in made["balance.html"]


def built(content: Path, folder: Path) -> Path:
    """The pages of an empty ledger."""
    (folder / "home").mkdir(exist_ok=True)
    return build(content, folder / "home", folder / "site", date(2026, 11, 21)).path / "www"


def test_a_congress_without_these_kinds_or_without_the_page_still_builds(tmp_path: Path) -> None:
    content = small_congress(tmp_path / "content")
    for path in content.glob("forms/*.yaml"):
        # a check on the spot may be of a project
        gone = ("project_", "rollout", "ballot", "candidate", "tally", "onsite_check", "street_", "typical_")
        if path.stem.startswith(gone):
            path.unlink()
    www = built(content, tmp_path)
    assert not (www / "coverage.html").exists() and (www / "index.html").exists()
    shutil.copytree(CONTENT / "forms", content / "forms", dirs_exist_ok=True)
    (content / "pages/coverage.md").unlink()
    www = built(content, tmp_path)
    assert not (www / "coverage.html").exists() and (www / "balance.html").exists()
    assert "coverage.html" not in (www / "project_cycle/index.html").read_text("utf-8")


def test_the_tab_of_the_projects_is_lit_on_both_pages(tmp_path: Path) -> None:
    www = built(small_congress(tmp_path / "content"), tmp_path)
    for name in ("coverage", "balance"):
        body = (www / f"{name}.html").read_text("utf-8")
        tab = body.partition("md-tabs__item--active")[2].partition("</li>")[0]
        assert "民生实事" in tab and body.count("<h1") == 1
