"""Lists, board, dockets, promises and figures: all of them say what the page of each suggestion says."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import derived
from publisher.chart.clock_bars import bar
from publisher.pages.lists import list_pages
from publisher.reading.answers import answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.figure_words import COUNTED, QUERIES, TABLE
from publisher.reading.public import Public
from publisher.suggestion import board, handling, organs, printed_figures, promised, supervision
from publisher.suggestion.rows import COLUMNS
from publisher.suggestion.state import states
from tests.publisher.fake import FakeLedger
from tests.publisher.sample import rendered
from tests.publisher.suggestion_sample import BOOK, FORMS, WORDS, page, sample, with_states

LINKS = DataLinks("https://data.example")
Sample = tuple[Public, Mapping[str, str]]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registers") / "public.db"


@pytest.fixture(scope="module")
def congress(path: Path) -> Sample:
    return sample(path)


def asked(module: Any, public: Public) -> dict[str, Any]:
    found: dict[str, Any] = module.page(public, LINKS, BOOK, WORDS, "zh")
    return found


def lists(public: Public) -> dict[str, dict[str, Any]]:
    found = list_pages(public, public.kinds["suggestion"], LINKS, "zh")
    return {name: data for name, _, data in found}


# -- what is computed stands in public.db, and the pages say the same --


def test_the_state_of_every_suggestion_is_a_row_that_the_dictionary_explains(
    path: Path, congress: Sample
) -> None:
    public, _ = congress
    with closing(sqlite3.connect(path)) as db:
        codes = {code for (code,) in db.execute(f"SELECT code FROM {TABLE}")}
        named = [name for (name,) in db.execute("SELECT field FROM field WHERE kind = ? ORDER BY n", [TABLE])]
    assert codes == {row["code"] for row in public.rows["suggestion"]}
    assert named == [each.name for each in COLUMNS]


def test_datasette_says_the_state_in_words_and_groups_by_it() -> None:
    columns = derived.described(WORDS)[TABLE]
    assert columns["stage"]["choices"]["rehandling"] == "重新办理"
    assert derived.facets("suggestion") == ["stage", "track", {"array": "handled_by"}]


def test_a_list_filters_by_state_track_organ_topic_and_village(congress: Sample) -> None:
    public, codes = congress
    found = lists(public)
    labels = [facet["label"] for facet in found["index"]["facets"]]
    assert labels[:5] == ["状态", "轨道", "承办单位", "领域", "涉及哪里"]
    red = found["track.red"]
    assert {row[0] for row in red["rows"]} == {
        row["code"] for row in public.rows["suggestion"] if row["track"] == "red"
    }
    organ = codes["organ/water-bureau"]
    assert {row[0] for row in found[f"handled_by.{organ}"]["rows"]} == {
        each.code for each in states(public, BOOK) if organ in each.organs
    }


def test_a_list_begins_with_what_is_longest_overdue(congress: Sample) -> None:
    public, _ = congress
    by_code = public.by_code("suggestion")
    over = [by_code[row[0]]["overdue"] or 0 for row in lists(public)["index"]["rows"]]
    assert over == sorted(over, reverse=True) and over[0] > 0


def test_lists_and_pages_agree_on_every_suggestion(congress: Sample) -> None:
    public, _ = congress
    for each in states(public, BOOK):
        row = public.by_code("suggestion")[each.code]
        found = page(public, each.code)
        assert row["stage"] == each.standing.stage
        assert bool(row["contradicted"]) == any(not clash["settled"] for clash in found["clashes"])
        assert bool(row["overdue"]) == any(clock["late"] for clock in found["clocks"])


def test_a_suggestion_that_is_not_public_has_its_state_and_nothing_else(congress: Sample) -> None:
    public, _ = congress
    shut = [row for row in public.rows["suggestion"] if row["withheld"]]
    assert shut
    for row in shut:
        told = {each.name for each in COLUMNS if row[each.name] is not None}
        assert told == {"stage", "as_of"}


# -- the board --


def test_every_open_suggestion_with_a_lane_stands_on_the_board_once(congress: Sample) -> None:
    public, _ = congress
    found = asked(board, public)
    cards = [card["href"] for lane in found["lanes"] for card in lane["cards"]]
    expected = {public.path(each.code) for each in states(public, BOOK) if each.lane and not each.ended}
    assert len(cards) == len(set(cards)) and set(cards) == expected
    assert [lane["name"] for lane in found["lanes"]] == ["绿 马上办", "黄 限期办", "红 兜底办"]


def test_the_board_says_lane_and_deadline_apart(congress: Sample) -> None:
    public, codes = congress
    cards = {card["href"]: card for lane in asked(board, public)["lanes"] for card in lane["cards"]}
    card = cards[f"suggestion/{codes['suggestion/2026-018']}.html"]
    assert card["icon"] == "none" and card["due"] == ""  # every limit was kept
    assert "，过了" in card["lane_due"]


# -- an organ's docket --


def docket(congress: Sample, name: str) -> dict[str, Any]:
    public, codes = congress
    row = public.by_code("organ")[codes[f"organ/{name}"]]
    return organs.page(public, row, BOOK, WORDS, "zh")


def test_a_docket_holds_what_an_organ_leads_once_and_what_it_helps_with_apart(congress: Sample) -> None:
    public, _ = congress
    for row in public.rows["organ"]:
        found = organs.page(public, row, BOOK, WORDS, "zh")
        groups = {group["id"]: [card["href"] for card in group["cards"]] for group in found["docket"]}
        own = [href for name, hrefs in groups.items() if name != "helps" for href in hrefs]
        assert len(own) == len(set(own))
        assert set(own) == {
            public.path(each.code) for each in states(public, BOOK) if row["code"] in each.organs
        }
        assert not set(groups.get("helps", ())) & set(own)


def test_a_late_reply_stands_on_the_docket_as_late(congress: Sample) -> None:
    public, codes = congress
    found = docket(congress, "health-bureau")
    (late,) = [group for group in found["docket"] if group["id"] == "late"]
    assert [card["href"] for card in late["cards"]] == [public.path(codes["suggestion/2026-029"])]
    assert late["cards"][0]["state"].startswith("答复超期")


def test_no_page_names_a_place_in_a_ranking(congress: Sample) -> None:
    public, _ = congress
    found = asked(handling, public)
    (by_organ,) = [group for group in found["groups"] if group["id"] == "organ"]
    names = [row["name"][0] for row in by_organ["rows"]]
    assert names == sorted(names, key=lambda name: name.encode("gb18030"))
    for name, body in rendered(public, "handling.html", "organ").items():
        assert not re.search("第 ?[一二三0-9]+ ?名|排名[^次]|最好|最差", body), name


# -- promises, supervision --


def test_promises_stand_by_what_became_of_them(congress: Sample) -> None:
    found = asked(promised, congress[0])
    groups = {group["state"]: group["items"] for group in found["groups"]}
    assert list(groups) == ["broken", "claimed", "due", "kept"]
    total = sum(map(len, groups.values()))
    assert total and f"{total} 项承诺" in found["verdict"][0]
    assert any("查验：没有办" in told for each in groups["broken"] for told in each["told"])


def test_key_supervision_names_posts_and_no_persons(congress: Sample) -> None:
    public, _ = congress
    found = asked(supervision, public)
    names = {row["name"] for row in public.rows["deputy"]}
    assert found["items"]
    for each in found["items"]:
        assert each["posts"]
        for post in each["posts"]:
            assert not names & {post["what"], *post["told"]}


# -- figures --


def test_every_figure_agrees_with_the_rows_it_leads_to(path: Path, congress: Sample) -> None:
    found = asked(handling, congress[0])
    named = {**{each["rows"]: each for each in found["rates"]}}
    for both in found["satisfaction"]:
        named |= {each["rows"]: each for each in both["grades"]}
    with closing(sqlite3.connect(path)) as db:
        for query in QUERIES.values():
            asked_for = {**COUNTED, **query}
            where = " AND ".join(f'"{column}" = ?' for column in asked_for)
            (n,) = db.execute(f"SELECT count(*) FROM {TABLE} WHERE {where}", [*asked_for.values()]).fetchone()
            assert named[LINKS.table(TABLE, **asked_for)]["n"] == n, query


def test_satisfaction_says_who_was_not_heard(congress: Sample) -> None:
    attitude, result = asked(handling, congress[0])["satisfaction"]
    for each in (attitude, result):
        base = {grade["of"] for grade in each["grades"]}
        assert len(base) == 1 and sum(grade["n"] for grade in each["grades"]) == base.pop()
        assert "没有评价" in each["silent"]


def test_groups_add_up_to_the_whole_where_each_suggestion_is_in_one(congress: Sample) -> None:
    found = asked(handling, congress[0])
    whole = next(each for each in found["rates"] if each["name"] == "办复率")
    for group in found["groups"]:
        if group["id"] != "organ":  # handled separately, a suggestion counts for each of its organs
            counts = [row["reply_rate"].split(" / ") for row in group["rows"]]
            assert [sum(map(int, each)) for each in zip(*counts, strict=True)] == [whole["n"], whole["of"]]


def test_contradictions_stand_with_both_days(congress: Sample) -> None:
    found = asked(handling, congress[0])["contradictions"]
    assert found and all("说办成了" in each["claimed"] and "查验：" in each["checked"] for each in found)


# -- a printed figure --


def test_a_printed_figure_stands_beside_what_its_counts_come_to(congress: Sample) -> None:
    public, _ = congress
    (row,) = public.rows["printed_figure"]
    found = printed_figures.page(public, row, BOOK, WORDS, "zh")["comparison"]
    assert found["strong"] == "4 行里 1 行印的和算的不一样。"
    told = [(each["count"], each["printed"], each["computed"], each["icon"]) for each in found["rows"]]
    assert told == [
        ("54", "58.07%", "58.06%", "late"),
        ("33", "35.48%", "35.48%", "ok"),
        ("2", "2.15%", "2.15%", "ok"),
        ("4", "4.30%", "4.30%", "ok"),
    ]
    assert found["notes"][0] == "为了凑成 100%，按最大余数进位" and "100.00%" in found["notes"][1]
    body = rendered(public, "printed_figure")[f"printed_figure/{row['code']}.html"]
    assert "58.07%" in body and "58.06%" in body


# -- what was imported: thousands of suggestions and not one record about them --


def imported(path: Path, n: int) -> Public:
    ledger = FakeLedger()
    for each in range(n):
        written = {"organ_as_written": f"局{each % 40}", "councillors_as_written": [f"人{each % 60}"]}
        told = {"subject": f"修路{each}", "confidentiality": "public", "year_as_written": 2014 + each % 5}
        ledger.file(FORMS["suggestion"], {**told, **written}, code=f"JY-2026-{each:04X}")
    return with_states(path, ledger)


def test_suggestions_without_any_record_have_whole_pages_that_say_so(tmp_path: Path) -> None:
    public = imported(tmp_path / "public.db", 250)
    made = rendered(public, "suggestion", "board.html", "promises.html", "supervision.html", "handling.html")
    body = unescape(made["suggestion/JY-2026-0007.html"])
    assert "已经提交，等人大办决定受理不受理。" in body
    for part in ("还没有定轨道", "还没有开始算的期限", "还没有答复", "代表还没有评价", "还没有上门查验"):
        assert f"暂无。{part}" in body, part
    assert "人7" in body
    assert "没有正在办的建议" not in made["board.html"] and "没有定轨道的 250" in unescape(
        made["board.html"].replace("\u00a0", " ")
    )
    assert "还没有交办过建议" in made["handling.html"]
    assert asked(handling, public)["verdict"] is None
    assert len(lists(public)["index"]["rows"]) == 100


def test_the_work_of_a_page_does_not_grow_with_the_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.suggestion import cases as suggestion_cases

    asked_of: list[str] = []

    def counted(public: Public, kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
        asked_of.append(kind)
        return answers(public, kind, row)

    monkeypatch.setattr(suggestion_cases, "answers", counted)
    for n in (20, 40):
        public = imported(tmp_path / f"{n}.db", n)
        asked_of.clear()
        for row in public.rows["suggestion"]:
            page(public, row["code"])
        assert len(asked_of) == n


def test_every_page_and_register_asks_the_same_state_of_a_suggestion(
    congress: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.rules.suggestion import case as suggestion_case

    public = replace(congress[0])  # nothing has been computed of it
    place, ordered = suggestion_case._place, list[str]()

    def counted(kind: str, answers: Mapping[str, Any]) -> tuple[str | int, ...]:
        ordered.append(answers["code"])
        return place(kind, answers)

    monkeypatch.setattr(suggestion_case, "_place", counted)
    for module in (board, promised, supervision, handling):
        asked(module, public)
    for row in public.rows["organ"]:
        organs.page(public, row, BOOK, WORDS, "zh")
    known = {each.code: each for each in states(public, BOOK)}
    assert all(each is known[each.code] for each in states(public, BOOK))
    assert len(ordered) == len(set(ordered)), "each record was put in its place once"


# -- bars --


@given(st.dates(), st.dates(), st.dates())
def test_a_bar_never_leaves_its_drawing(first: Any, second: Any, third: Any) -> None:
    start, due = sorted((first, second))
    drawn = bar(start, due, max(third, start))
    assert 0 <= drawn["on"] <= drawn["due"] <= 100 and 0 <= drawn["end"] <= 100
    assert (drawn["over"] is None) == (third <= due)
