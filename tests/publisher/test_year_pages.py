"""The page of a year: every number is a count of rows, no address goes away, and lists lead to it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.finding.years import address, filed, years
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Page, Shell
from tests.publisher.fake import AS_OF, FakeLedger, shipped
from tests.publisher.finding_sample import (
    BOOK,
    DATA,
    FORMS,
    WORDS,
    counted_links,
    ledger_of,
    less,
    rows_behind,
    text_of,
    whole,
)
from tests.publisher.suggestion_sample import with_states

NOW = str(AS_OF)[:4]
LIGHTS = "suggestion/2026-003"


def site_of(public: Public, *without: str) -> Site:
    content = shipped()
    names = [name for name in specimens([kind.name for kind in public.shown]) if name not in without]
    shells = dict.fromkeys(names, Shell.cut(BEGIN + END))
    congress = replace(content.congress, addresses={**content.congress.addresses, "data": DATA})
    database = {"sha256": "0" * 64, "bytes": 0}
    return Site(public, shells, content.templates, congress, WORDS, "", database, BOOK)


def year_pages(public: Public) -> dict[str, str]:
    made = (each for each in pages(site_of(public)) if isinstance(each, Page))
    return {each.path: text_of(each) for each in made if each.path.startswith("year/")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("years") / "public.db"


@pytest.fixture(scope="module")
def sample(place: Path) -> Public:
    return whole(place)[0]


def test_every_number_of_a_year_is_the_number_of_its_rows(sample: Public, place: Path) -> None:
    found = [each for body in year_pages(sample).values() for each in counted_links(body)]
    assert len(found) > 80 and sum(n > 1 for _, n in found) > 40
    assert rows_behind(place, [where for where, _ in found]) == [n for _, n in found]


def test_a_number_that_lost_a_row_is_noticed(sample: Public, place: Path, tmp_path: Path) -> None:
    broken = tmp_path / "public.db"
    broken.write_bytes(place.read_bytes())
    with sqlite3.connect(broken) as db:
        db.execute("DELETE FROM promised WHERE state = 'broken'")
    found = list(counted_links(year_pages(sample)[address(NOW)]))
    assert rows_behind(broken, [where for where, _ in found]) != [n for _, n in found]


def test_every_record_counts_in_one_year_and_every_year_of_a_record_has_its_page(sample: Public) -> None:
    counts = filed(sample)
    assert {name: each.total() for name, each in counts.items()} == {
        name: len(rows) for name, rows in sample.rows.items() if rows and not sample.kinds[name].register
    }
    named = {year for each in counts.values() for year in each}
    assert named <= set(years(site_of(sample)))
    assert {address(year) for year in named} <= year_pages(sample).keys()


def test_the_lists_lead_to_the_year_and_to_the_line_of_their_kind(sample: Public) -> None:
    made = {each.path: text_of(each) for each in pages(site_of(sample)) if isinstance(each, Page)}
    for kind, counts in filed(sample).items():
        body = made[f"{kind}/index.html"]
        for year in counts:
            assert f'href="../{address(year)}#{kind}"' in body, (kind, year)
            assert f'<tr id="{kind}">' in made[address(year)]
    assert f'href="{address(NOW)}"' in made["find.html"]
    assert "year/" not in made["grid/index.html"]


def test_a_year_that_only_a_promise_names_has_a_page_and_a_slip_of_the_pen_has_none(tmp_path: Path) -> None:
    def change(kind: str, name: str, answers: dict[str, object]) -> dict[str, object]:
        if kind == "promise":
            day = "2028-06-30" if name == "2025-023" else "2196-06-30"
            return {**answers, "due_on": day}
        return answers

    found = year_pages(whole(tmp_path / "public.db", change)[0])
    assert address("2028") in found and address("2196") not in found
    assert "还没有到" in found[address("2028")] and "还没有过完" in found[address(NOW)]


def test_what_is_withheld_is_not_among_the_decided(tmp_path: Path) -> None:
    public, codes = whole(
        tmp_path / "public.db",
        lambda kind, name, answers: (
            {**answers, "confidentiality": "privacy", "subject": "金丝雀的建议"}
            if kind == "suggestion"
            else answers
        ),
    )
    assert public.rows["suggestion"] and codes
    assert not [path for path, body in year_pages(public).items() if "金丝雀" in body]


def test_without_the_fields_a_number_rests_on_the_number_is_not_there(tmp_path: Path) -> None:
    hidden = less("ballot_result.announced_on", "reply.replied_on")
    ledger, _ = ledger_of(forms=hidden)
    body = year_pages(with_states(tmp_path / "public.db", ledger, hidden))[address(NOW)]
    assert "宣布的票决结果" not in body and "交办的" not in body and "年该兑现" not in body


def test_a_congress_without_any_record_has_the_page_of_this_year(tmp_path: Path) -> None:
    found = year_pages(with_states(tmp_path / "public.db", FakeLedger(), FORMS))
    assert list(found) == [address(NOW)]
    assert "这一年没有公开的决定" in found[address(NOW)]


def test_without_a_shell_there_are_no_years_and_no_links_to_them(sample: Public) -> None:
    made = [each for each in pages(site_of(sample, "year")) if isinstance(each, Page)]
    assert not [each.path for each in made if each.path.startswith("year/")]
    assert not [each.path for each in made if "year/20" in text_of(each)]
