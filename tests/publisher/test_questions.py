"""The questions of journalists and citizens: each answers on the sample, and says what the page says."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.rules.suggestion.figures import figures_by
from ledger.rules.suggestion.handling import handlings
from publisher.data import fulltext
from publisher.data.hardening import harden
from publisher.data.questions import asked, overview
from publisher.project import balance, cycle_words
from publisher.project.cycles import cycle
from publisher.reading.datalinks import DataLinks
from publisher.suggestion import printed_figures, promised
from publisher.suggestion.state import states
from tests.publisher.sample import rendered
from tests.publisher.sample_data import Data, sample_data

EMPTY = {"villages_without_project", "set_aside_by_sort"}
"""What the sample has nothing of."""
STEPS = 8_000_000
"""Instructions of SQLite that a question may take; 800 ms are about a hundred million."""

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sample_data(tmp_path_factory.mktemp("questions") / "data")


@pytest.fixture(scope="module")
def queries(data: Data) -> dict[str, Any]:
    told = json.loads((data.folder / "metadata.json").read_text("utf-8"))
    found: dict[str, Any] = told["databases"]["public"]["queries"]
    return found


def asking(path: Path, queries: Mapping[str, Any]) -> Iterator[Ask]:
    """Ask a question of a database as a stranger would, under every bound."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as conn:
        fulltext.prepare_connection(conn)
        harden(conn)

        def ask(name: str, **given: str) -> Rows:
            steps = iter(range(STEPS // 1000))
            conn.set_progress_handler(lambda: next(steps, None) is None, 1000)
            takes = {"deputy": "", "cycle": "", "printed_figure": "", **given}
            cursor = conn.execute(queries[name]["sql"], takes)
            return [dict(zip(row.keys(), row, strict=True)) for row in cursor.fetchall()]

        yield ask


@pytest.fixture
def ask(data: Data, queries: dict[str, Any]) -> Iterator[Ask]:
    yield from asking(data.path, queries)


def test_there_are_more_than_twenty_questions() -> None:
    names = [each.name for each in asked.QUESTIONS]
    assert len(names) >= 25 and len(set(names)) == len(names)


@pytest.mark.parametrize("name", [each.name for each in asked.QUESTIONS])
def test_each_question_answers_within_its_bounds_and_in_chinese(name: str, ask: Ask, queries: Any) -> None:
    rows = ask(name)
    assert rows or name in EMPTY
    assert all(re.search("[\u4e00-\u9fff]", heading) for row in rows for heading in row)
    assert re.search("[\u4e00-\u9fff]", queries[name]["title"]) and queries[name]["description"]


def test_a_question_is_asked_only_where_all_it_needs_is_there(data: Data) -> None:
    tables = {name: list(own) for name, own in data.public.tables.items()}
    assert {each.name for each in asked.answerable(tables)} == {each.name for each in asked.QUESTIONS}
    tables["promise"].remove("what")
    del tables["village_project"]
    left = {each.name for each in asked.QUESTIONS} - {each.name for each in asked.answerable(tables)}
    assert left == {"promises_broken", "villages_without_project", "projects_by_village"}
    tables["lanes"] = ["code"]
    assert "lanes" not in {each.name for each in asked.answerable(tables)}


# -- the same number as on the page --


def by_organ(data: Data) -> dict[str, tuple[int, ...]]:
    """Assigned, replied, claimed, delivered, checked for each organ, as the page on handling counts."""
    cases = [each.case for each in states(data.public, data.content.rulebook)]
    on = next(states(data.public, data.content.rulebook)).on
    found = figures_by("organ", cases, on, data.content.rulebook)
    return {
        data.public.titles[organ]: (
            each.reply_rate.of,
            each.reply_rate.n,
            each.delivery_rate.n,
            each.verified_delivery.n,
            each.claims_borne_out.of,
        )
        for organ, each in found.items()
        if each.reply_rate.of
    }


def asked_by_organ(ask: Ask) -> dict[str, tuple[int, ...]]:
    return {row["单位"]: tuple(row.values())[1:] for row in ask("figures_by_organ")}


def test_figures_by_organ_are_those_of_the_page(data: Data, ask: Ask) -> None:
    assert asked_by_organ(ask) == by_organ(data)


def test_a_row_that_is_missing_is_noticed(data: Data, queries: dict[str, Any], tmp_path: Path) -> None:
    broken = tmp_path / "public.db"
    broken.write_bytes(data.path.read_bytes())
    with closing(sqlite3.connect(broken)) as conn:
        conn.execute("delete from handling where rowid = 3")
        conn.commit()
    for ask in asking(broken, queries):
        assert asked_by_organ(ask) != by_organ(data)


def test_figures_by_year_are_those_of_the_page(data: Data, ask: Ask) -> None:
    book = data.content.rulebook
    every = list(states(data.public, book))
    found = figures_by("year", [each.case for each in every], every[0].on, book)
    expected = {
        year: (each.reply_rate.of, each.reply_rate.n) for year, each in found.items() if each.reply_rate.of
    }
    assert {row["年份"]: (row["交办"], row["已答复"]) for row in ask("figures_by_year")} == expected


def test_satisfaction_by_organ_is_that_of_the_page(data: Data, ask: Ask) -> None:
    book = data.content.rulebook
    every = list(states(data.public, book))
    found = figures_by("organ", [each.case for each in every], every[0].on, book)
    expected = {
        data.public.titles[organ]: (each.result["satisfied"].n, len(each.result["satisfied"].non_response))
        for organ, each in found.items()
        if each.reply_rate.of
    }
    answered = {row["单位"]: (row["满意"], row["没有评价"]) for row in ask("satisfaction_by_organ")}
    assert answered == expected


def test_late_by_organ_adds_up_to_what_is_assigned(ask: Ask) -> None:
    for row in ask("late_by_organ"):
        assert row["交办"] == sum(
            row[name] for name in ("按期答复", "晚了才答复", "超期", "还在期限内", "算不出来")
        )


def test_reply_days_are_those_between_assignment_and_reply(data: Data, ask: Ask) -> None:
    replied = [
        each
        for each in states(data.public, data.content.rulebook)
        if each.item.ended is None and any(one.replies for one in handlings(each.case, each.on))
    ]
    assert sum(row["已答复"] for row in ask("reply_days")) >= len(replied)


def test_contradictions_and_promises_are_those_of_the_pages(data: Data, ask: Ask) -> None:
    book, words = data.content.rulebook, data.content.words
    given = promised.page(data.public, DataLinks(""), book, words, "zh")
    heads = {group["state"]: len(group["items"]) for group in given["groups"]}
    assert len(ask("promises_broken")) == heads["broken"] > 0
    assert sum(row["承诺"] for row in ask("promises_by_organ")) == sum(heads.values())
    every = states(data.public, book)
    assert len(ask("contradictions")) == sum(len(each.contradictions) for each in every) > 0


def test_overdue_now_is_what_the_board_calls_overdue(data: Data, ask: Ask) -> None:
    over = {
        each.code: each.days_over for each in states(data.public, data.content.rulebook) if each.days_over
    }
    assert {row["编号"]: row["超过天数"] for row in ask("overdue_now")} == over


def test_villages_are_those_of_the_page_on_balance(data: Data, ask: Ask) -> None:
    found = balance.regional(data.public, data.content.rulebook)
    titles = data.public.titles
    assert {row["村（社区）"]: row["项目数"] for row in ask("projects_by_village")} == {
        titles[each.village]: each.projects for each in found.shares
    }
    assert [row["村（社区）"] for row in ask("villages_without_project")] == [
        titles[each.village] for each in found.shares if each.without
    ]


def test_a_village_that_loses_its_projects_is_named(tmp_path: Path) -> None:
    def without(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any] | None:
        if kind == "project_candidate" and "shangwan-village" in answers.get("places", ()):
            answers["places"] = ["liuhe-village"]
        return answers

    data = sample_data(tmp_path / "data", without)
    told = json.loads((data.folder / "metadata.json").read_text("utf-8"))["databases"]["public"]["queries"]
    for ask in asking(data.path, told):
        assert [row["村（社区）"] for row in ask("villages_without_project")] == ["上湾村"]


def test_money_and_silence_of_a_cycle_are_those_of_its_page(data: Data, ask: Ask) -> None:
    for row in data.public.rows["project_cycle"]:
        found = cycle(data.public, row, data.content.rulebook)
        money = ask("projects_money", cycle=row["code"])
        assert {each["编号"] for each in money} == {each.code for each in found.chosen}
        assert sum(round(100 * each["总投资（元）"]) for each in money) == sum(
            each.project.budget or 0 for each in found.chosen
        )
        silent = {
            each["编号"] for each in ask("projects_behind", cycle=row["code"]) if each["多少天没有消息"]
        }
        assert silent == {each.code for each, _ in found.stale}
        decided = ask("ideas_by_decision", cycle=row["code"])
        assert sum(each["条数"] for each in decided) == len(found.ideas)
        assert cycle_words.page(data.public, row, data.content.rulebook, data.content.words, "zh")


def test_ballots_and_candidates_not_chosen_are_those_of_the_cycles(data: Data, ask: Ask) -> None:
    lost = {
        each.code
        for row in data.public.rows["project_cycle"]
        for each in cycle(data.public, row, data.content.rulebook).candidates
        if each.outcome == "not_chosen"
    }
    assert {row["编号"] for row in ask("candidates_not_chosen")} == lost and lost
    for row in ask("ballots_by_margin"):
        if row["票差"] is not None:
            assert row["票差"] == row["选上的最低票"] - row["没选上的最高票"]


def test_printed_figures_differ_where_the_page_says_so(data: Data, ask: Ask) -> None:
    for row in data.public.rows["printed_figure"]:
        given = printed_figures.page(data.public, row, data.content.rulebook, data.content.words, "zh")
        different = [each["label"] for each in given["comparison"]["rows"] if each["icon"] == "late"]
        found = ask("printed_against_computed", printed_figure=row["code"])
        assert [each["哪一行"] for each in found if each["一样不一样"] == "≠"] == different and different


def test_what_is_withheld_is_what_the_tables_hold(data: Data, ask: Ask) -> None:
    counts = {row["种类"]: row["不公开的行"] for row in ask("withheld_by_kind")}
    expected = {
        kind.label["zh"]: n
        for kind in data.public.shown
        if (n := sum(row["withheld"] for row in data.public.rows[kind.name]))
    }
    assert expected and expected.items() <= counts.items()


def test_visits_of_a_village_are_those_of_its_grids(data: Data, ask: Ask) -> None:
    rows = ask("visits_by_village")
    assert all(row["有走访的月份"] + row["没有走访的月份"] == 12 for row in rows)
    grids = data.public.by_code("grid")
    townships = sum(grids[row["grid"]]["level"] == "township" for row in data.public.rows["visit"])
    assert sum(row["走访次数"] for row in rows) == len(data.public.rows["visit"]) - townships


# -- and the page says where --


@pytest.fixture(scope="module")
def pages(data: Data) -> dict[str, str]:
    kinds = {shown.partition("#")[0].partition("/")[0] for each in asked.QUESTIONS for shown in each.shown}
    authored = {f"{name}.html" for name in kinds}
    return rendered(data.public, *kinds, *authored)


def test_every_question_is_linked_from_a_page(pages: dict[str, str]) -> None:
    linked = {name for text in pages.values() for name in re.findall(r"/public/(\w+)\?_show_sql=on", text)}
    assert linked == {each.name for each in asked.QUESTIONS}


def test_the_page_of_a_record_asks_for_itself(data: Data, pages: dict[str, str]) -> None:
    code = data.public.rows["project_cycle"][0]["code"]
    text = html.unescape(pages[f"project_cycle/{code}.html"])
    assert f"/public/projects_money?_show_sql=on&cycle={code}" in text and "看算法 SQL" in text


def test_a_congress_without_a_table_has_no_link_to_its_question(data: Data) -> None:
    tables = {name: own for name, own in data.public.tables.items() if name != "promised"}
    given = asked.linked("promises", tables, DataLinks(""), data.content.words, "zh")
    assert given == []


def test_every_picture_is_of_a_question_with_such_headings(data: Data, ask: Ask) -> None:
    for chart in overview.charts(data.content.words):
        (row, *_) = ask(chart["query"])
        assert {chart["label"], chart["n"], *([chart["of"]] if chart["of"] else [])} <= set(row)
