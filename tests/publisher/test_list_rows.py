"""rows.json: what a list shows and nothing more, in the order of the list, with what it is sorted by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ledger.words import load_words
from publisher.pages import list_rows
from publisher.pages.lists import in_order, list_pages
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT, NOTE, FakeLedger, form, published
from tests.publisher.suggestion_sample import sample

WORDS = load_words(CONTENT)
MANY = """\
kind: note
label: {zh: 便条, en: Note}
description: {zh: 一张便条。, en: A note.}
code: BT
written_by: [deputy, clerk]
publish_when: open == true
keep_when_withheld: [day]
fields:
  subject: {label: {zh: 标题, en: Subject}, required: true, publish: full}
  open: {label: {zh: 公开, en: Open}, schema: {type: boolean}, publish: full}
  day: {label: {zh: 日期, en: Day}, schema: {type: string, format: date}, publish: full}
  people: {label: {zh: 人数, en: People}, schema: {type: integer}, publish: full}
  level:
    label: {zh: 级, en: Level}
    schema: {type: string}
    choices: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}
    publish: full
  inside: {label: {zh: 内部, en: Inside}, publish: never}
page: {title: '{{ subject }}', columns: [day, people, level], sort: -day, facets: [level]}
"""


def rows(public: Public, kind: str) -> dict[str, Any]:
    return list_rows.rows(public, public.kinds[kind], WORDS, "zh")


def notes(path: Path, *answers: dict[str, Any]) -> Public:
    ledger, note = FakeLedger(), form(MANY)
    for n, each in enumerate(answers):
        ledger.file(note, {"subject": f"第{n}件", "open": True, "inside": "不许出来的字", **each})
    return published(path, ledger, note)


def test_rows_hold_what_the_list_shows_in_its_order(tmp_path: Path) -> None:
    public = notes(
        tmp_path / "p.db",
        {"day": "2026-03-02", "people": 12},
        {"day": "2026-05-06", "level": "a"},
        {"level": "b"},
    )
    told = rows(public, "note")
    assert [row[0] for row in told["rows"]] == [row["code"] for row in in_order(public, public.kinds["note"])]
    assert told["columns"] == ["日期", "人数", "级"]
    assert [row[3] for row in told["rows"]] == [
        [["n", "2026-05-06"], None, "甲"],
        [["n", "2026-03-02"], ["n", "12"], None],
        [None, None, "乙"],
    ]


def test_what_is_never_public_is_in_no_row(tmp_path: Path) -> None:
    public = notes(tmp_path / "p.db", {"people": 3}, {"open": False, "people": 7, "subject": "关起来的事"})
    text = json.dumps(rows(public, "note"), ensure_ascii=False)
    assert "不许出来的字" not in text and "内部" not in text and "关起来的事" not in text
    shut = next(row for row in rows(public, "note")["rows"] if row[2])
    assert set(shut[3]) == {None}
    assert shut[4] == [[] for _ in rows(public, "note")["filters"]] and 7 not in shut[5]


def test_rows_are_sorted_by_title_date_and_every_number_or_date_of_the_list(tmp_path: Path) -> None:
    public = notes(tmp_path / "p.db", {"day": "2026-03-02", "people": 12}, {"day": "2026-05-06"})
    told = rows(public, "note")
    assert [each["name"] for each in told["sorts"]] == ["title", "day", "people"]
    keys = {row[1]: row[5] for row in told["rows"]}
    assert keys == {"第0件": [0, "2026-03-02", 12], "第1件": [1, "2026-05-06", None]}


def test_suggestions_are_sorted_by_how_long_they_are_overdue_too(tmp_path: Path) -> None:
    public, _ = sample(tmp_path / "p.db")
    told = rows(public, "suggestion")
    names = [each["name"] for each in told["sorts"]]
    assert {"title", "received_on", "overdue", "due"} <= set(names)
    over = [row[5][names.index("overdue")] or 0 for row in told["rows"]]
    assert over[0] == max(over) > 0
    assert {"stage", "track", "handled_by", "topic", "grid"} <= {each["name"] for each in told["filters"]}


def test_a_filter_finds_the_records_that_its_own_page_lists(tmp_path: Path) -> None:
    public, _ = sample(tmp_path / "p.db")
    told = rows(public, "suggestion")
    made = {
        name: data for name, _, data in list_pages(public, public.kinds["suggestion"], DataLinks(""), "zh")
    }
    compared = 0
    for of, each in enumerate(told["filters"]):
        for n, value in enumerate(each["values"]):
            if page := made.get(f"{each['name']}.{value}"):
                found = [row[0] for row in told["rows"] if n in row[4][of]]
                assert found == [row[0] for row in page["rows"]] and page["preset"] == [each["name"], value]
                compared += 1
    assert compared > 20


def test_one_record_or_too_many_have_no_such_file(tmp_path: Path) -> None:
    public = notes(tmp_path / "p.db", {})
    assert not list_rows.offered(public, public.kinds["note"])
    public.rows["note"] *= 2  # type: ignore[index, operator]
    assert list_rows.offered(public, public.kinds["note"])
    public.rows["note"] *= list_rows.MOST  # type: ignore[index, operator]
    assert not list_rows.offered(public, public.kinds["note"])


def test_an_address_that_is_no_link_is_told_as_text(tmp_path: Path) -> None:
    link = "  inside: {label: {zh: 网址, en: Link}, schema: {type: string, format: uri}, publish: full}"
    page = "page: {title: '{{ subject }}', columns: [inside], sort: subject}"
    ledger, plain = FakeLedger(), form(NOTE, inside=link.replace(", format: uri", ""), page=page)
    for n, said in enumerate(("javascript:alert(1)", "https://a.example/x")):
        ledger.file(plain, {"subject": f"{n}", "inside": said})
    public = published(tmp_path / "p.db", ledger, form(NOTE, inside=link, page=page))
    assert [row[3] for row in rows(public, "note")["rows"]] == [
        ["javascript:alert(1)"],
        [["u", "https://a.example/x"]],
    ]
