"""Search: what it is told, how it is spelt, where it lies, and that it comes out of the public rows alone."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.filing import OfficeRecord
from ledger.problems import Problems
from publisher.data import canned
from publisher.out.selfcheck import unpacked
from publisher.reading.datalinks import DataLinks
from publisher.release import build, read_manifest
from publisher.search import bundles, names, pagefind
from publisher.search.bundles import Bundle
from publisher.search.entries import Entry, entries
from publisher.search.tokens import of_code, plain, tokens
from tests.publisher.fake import (
    AS_OF,
    CONTENT,
    ROOT,
    FakeLedger,
    file_records,
    form,
    published,
    shipped,
    visit,
)

CASES = json.loads((ROOT / "tests/cases/search.json").read_text("utf-8"))
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=12)
LABELS = {"note": "便条"}


def entry(n: int, day: str = "2026-03-02", **changed: str) -> Entry:
    return replace(Entry("note", f"BT-2026-{n:03d}A", f"第{n}张", day, "修路灯"), **changed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:8])
def test_a_text_is_spelt_as_the_cases_say(case: Mapping[str, Any]) -> None:
    assert tokens(case["text"]) == case["tokens"]


@given(HAN)
def test_any_characters_in_a_row_are_words_of_the_text_that_holds_them(text: str) -> None:
    words = set(tokens(text))
    for start in range(len(text) - 1):
        for end in range(start + 2, len(text) + 1):
            assert set(tokens(text[start:end])) <= words


@given(st.text(max_size=40))
def test_words_are_letters_and_digits_that_pagefind_leaves_alone(text: str) -> None:
    for word in tokens(text):
        rest = word.removeprefix("ω")
        assert rest.isascii() and rest.isalnum() and rest == rest.lower()
        assert (rest == word) == (word in plain(text))


def test_a_code_is_found_whole_and_by_what_follows_the_year() -> None:
    assert of_code("JY-2026-7KQ4") == ["jy20267kq4", "7kq4"]


def test_the_search_is_told_the_public_values_of_a_record_and_no_other(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    ledger.file(note, {"subject": "修路灯", "inside": "只在里面的话"})
    public = published(tmp_path / "public.db", ledger, note)
    (told,) = entries(public, "zh")
    assert (told.title, told.text, told.path) == ("修路灯", "修路灯", f"note/{told.code}.html")
    assert "里面" not in str(told)


def test_of_a_withheld_record_only_what_it_publishes_is_told(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    shy = form(note.text + "publish_when: subject == '公开的'\n")
    ledger.file(shy, {"subject": "不公开的事"})
    public = published(tmp_path / "public.db", ledger, shy)
    (told,) = entries(public, "zh")
    assert told.text == "" and "不公开的事" not in str(told) and told.title == f"便条 {told.code}"


def test_the_same_records_give_the_same_bytes() -> None:
    bundle = Bundle(tuple(map(entry, range(40))), LABELS)
    assert bundle.files() == bundle.files()


def test_the_name_of_a_folder_changes_with_anything_that_is_found_there() -> None:
    first = Bundle((entry(1), entry(2)), LABELS).folder
    others = [
        Bundle((entry(1), entry(2, text="修路")), LABELS).folder,
        Bundle((entry(1), entry(2, title="别的")), LABELS).folder,
        Bundle((entry(1), entry(2, day="2026-03-03")), LABELS).folder,
        Bundle((entry(1), entry(2)), {"note": "纸条"}).folder,
        Bundle((entry(1),), LABELS).folder,
    ]
    assert len({first, *others}) == 1 + len(others)


def test_a_hit_is_handed_over_with_its_text_and_nothing_of_how_it_is_indexed() -> None:
    files = Bundle((entry(1, text="加装电梯\n柳河村"),), LABELS).files()
    (fragment,) = [data for path, data in files.items() if path.endswith(".pf_fragment")]
    told = json.loads(fragment.removeprefix(b"pagefind_dcd"))
    assert told["meta"] == {
        "title": "第1张",
        "code": "BT-2026-001A",
        "kind": "便条",
        "day": "2026-03-02",
        "text": "加装电梯\n柳河村",
    }
    assert told["content"] == "" and told["url"] == "note/BT-2026-001A.html"


def test_this_year_stands_alone_and_the_years_before_together() -> None:
    days = ["2024-05-01", "2026-01-01", "2025-12-31", "2031-01-01", "2026-11-20", "2019"]
    made = bundles.bundles([entry(n, day) for n, day in enumerate(days)], LABELS, "2026-11-21")
    assert [sorted(each.day for each in bundle.entries) for bundle in made] == [
        ["2019", "2024-05-01", "2025-12-31"],
        ["2026-01-01", "2026-11-20", "2031-01-01"],
    ]


def test_past_years_that_are_too_many_for_a_folder_get_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "LARGEST", 3)
    days = ["2022-01-01"] * 2 + ["2023-01-01"] * 2 + ["2024-01-01"] + ["2025-01-01"] * 5
    made = bundles.bundles([entry(n, day) for n, day in enumerate(days)], LABELS, "2026-11-21")
    assert [len(bundle.entries) for bundle in made] == [2, 3, 5]


def test_a_release_without_records_has_no_index_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    made = build(CONTENT, tmp_path / "home", tmp_path / "site", AS_OF)
    said = handed(made.path / "www/search/now.js", "now")
    assert said["bundles"] == [] and len(said["names"]) == 1


def handed(path: Path, name: str) -> Any:
    """What a script hands over."""
    text = path.read_text("utf-8")
    assert text.startswith(f"mbSearch.{name}(") and text.endswith(")\n")
    return json.loads(text.removeprefix(f"mbSearch.{name}(").removesuffix(")\n"))


def filed(home: Path) -> None:
    village = OfficeRecord("grid", {"name": "柳河村", "level": "village"}, ("records", "grid", "liuhe"))
    visits = [visit("old", visited_on="2024-03-05", summary="修桥。"), visit("new", summary="修路灯。")]
    file_records(home, CONTENT, [village, *visits])


def test_a_folder_that_did_not_change_is_the_last_releases(place: Path, tmp_path: Path) -> None:
    home, site = tmp_path / "home", place / "search-linked"
    filed(home)
    first = build(CONTENT, home, site, AS_OF)
    file_records(home, CONTENT, [visit("more", summary="通自来水。")])
    second = build(CONTENT, home, site, AS_OF)
    said = [handed(made.path / "www/search/now.js", "now")["bundles"] for made in (first, second)]
    assert said[0][0] == said[1][0] and said[0][1] != said[1][1]
    there = sorted(path for path in (second.path / "www" / said[1][0]).rglob("*") if path.is_file())
    assert there and all(
        os.path.samefile(path, first.path / "www" / path.relative_to(second.path / "www")) for path in there
    )
    files = read_manifest(second.path).files
    assert {path.relative_to(second.path / "www").as_posix() for path in there} <= files.keys()
    assert all((second.path / "www" / path).is_file() for path in files if path.startswith("search/"))
    on_disk = {
        path.relative_to(second.path / "www").as_posix()
        for path in (second.path / "www/search").rglob("*")
        if path.is_file()
    }
    assert on_disk == {path for path in files if path.startswith("search/")}


def test_a_folder_of_which_a_file_is_gone_is_made_anew(place: Path, tmp_path: Path) -> None:
    home, site = tmp_path / "home", place / "search-gone"
    filed(home)
    first = build(CONTENT, home, site, AS_OF)
    folder = handed(first.path / "www/search/now.js", "now")["bundles"][0]
    lost = sorted((first.path / "www" / folder / "fragment").iterdir())[-1]
    bytes_of_it = lost.read_bytes()
    lost.unlink()
    file_records(home, CONTENT, [visit("more", summary="通自来水。")])
    second = build(CONTENT, home, site, AS_OF)
    assert (second.path / "www" / folder / "fragment" / lost.name).read_bytes() == bytes_of_it


def test_every_name_of_a_register_stands_in_the_file_its_first_character_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "LARGEST", 400)
    ledger, note = FakeLedger(), form()
    for n in range(60):
        ledger.file(note, {"subject": f"{chr(0x4E00 + n * 7)}先生{n}"})
    public = published(tmp_path / "public.db", ledger, note)
    kind = replace(public.kinds["note"], register=True)
    public = replace(public, kinds={"note": kind})
    found = names.shards(names.named(public, entries(public, "zh")))
    assert len(found) > 4 and sum(map(len, found)) == 60
    for n, part in enumerate(found):
        assert all(ord(plain(title)[0]) % len(found) == n for _, _, title in part)


def test_other_kinds_are_named_while_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, note = FakeLedger(), form()
    for n in range(30):
        ledger.file(note, {"subject": f"便条{n}"})
    public = published(tmp_path / "public.db", ledger, note)
    assert len(names.named(public, entries(public, "zh"))) == 30
    monkeypatch.setattr(names, "LARGEST", 400)
    assert names.named(public, entries(public, "zh")) == []


def test_the_last_link_leads_to_the_question_that_finds_any_piece_of_a_text() -> None:
    content = shipped()
    link = DataLinks("https://data.example").search("{q}")
    name = link.removeprefix("https://data.example/public/").partition("?")[0]
    assert ":q" in canned.queries(content.forms, content.words)[name]["sql"]


def test_a_program_that_fails_is_a_problem_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for script in ("exit 1", "echo not-base64,", "cat >/dev/null & exit 0"):
        broken = tmp_path / "pagefind"
        broken.write_text(f"#!/bin/sh\n{script}\n")
        broken.chmod(0o755)
        monkeypatch.setattr(pagefind, "get_executable", lambda: str(tmp_path / "pagefind"))
        with pytest.raises(Problems, match="Install it anew"):
            pagefind.index([pagefind.Record(f"{n}.html", "a", "b" * 500) for n in range(2000)])
    monkeypatch.setattr(pagefind, "get_executable", lambda: str(tmp_path / "none"))
    with pytest.raises(Problems, match="made no search index"):
        pagefind.index([])


def test_what_is_packed_is_read_unpacked_and_what_stands_round_it_as_well() -> None:
    plain_gzip = gzip.compress(b"canary", mtime=0)
    assert unpacked(plain_gzip) == b"canary"
    assert unpacked(b"canary") == b"canary"
    for data in (plain_gzip + b"behind", plain_gzip + gzip.compress(b"behind"), b"\x1f\x8b" + b"behind"):
        assert b"behind" in unpacked(data)
    named = plain_gzip[:3] + b"\x08" + plain_gzip[4:10] + b"in-its-name\0" + plain_gzip[10:]
    assert b"canary" in unpacked(named) and b"in-its-name" in unpacked(named)
