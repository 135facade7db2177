"""What the pages of needs, deeds and training say: n of N, nothing that is too small, nobody ranked."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.finding.places import by_name
from publisher.out.public_db import seal, write_public_db
from publisher.outreach import needs, trained
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public, read_public
from tests.publisher.fake import CONTENT, extracted, stand
from tests.publisher.sample import rendered, sample
from tests.publisher.test_counted_areas import FORMS, filed

WORDS, BOOK = load_words(CONTENT), load_rulebook(CONTENT, "qingxi")
LINKS = DataLinks("https://data.example")
KINDS = ("need", "grid", "service_deed", "deputy", "training")


@pytest.fixture(scope="module")
def congress() -> Public:
    """A congress with a few hundred needs in two closed quarters."""
    chosen = {kind: FORMS[kind] for kind in KINDS}
    leaves = extracted(filed(random.Random(38)), *chosen.values(), as_of=date(2026, 8, 1))
    path = Path(mkdtemp()) / "public.db"
    write_public_db(path, leaves, chosen, stand())
    seal(path)
    return read_public(path)


@cache
def pages() -> tuple[Mapping[str, str], Mapping[str, str], Public]:
    public, codes = sample(Path(mkdtemp()) / "public.db")
    return rendered(public, "deputy_plus.html", "trained.html", "training"), codes, public


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def numbers(shown: Any) -> list[int]:
    """Every number of needs on a page, without its denominator."""
    found = [
        each["n"] for quarter in shown["quarters"] for part in quarter["parts"] for each in part["items"]
    ]
    found += [each["n"] for each in shown["areas"]["items"]]
    return [int(each.split(" / ")[0]) for each in found if each[0].isdigit()]


def test_needs_are_told_with_their_denominator_and_nothing_below_five(congress: Public) -> None:
    shown = needs.page(congress, LINKS, BOOK, WORDS, "zh")
    said = numbers(shown)
    assert len(said) > 5 and min(said) >= 5
    assert all(
        part["rows"].startswith("https://data.example") for q in shown["quarters"] for part in q["parts"]
    )
    assert [quarter["id"] for quarter in shown["quarters"]] == ["q2026q2", "q2026q1"]


def test_what_is_told_of_a_question_never_exceeds_its_quarter(congress: Public) -> None:
    shown = needs.page(congress, LINKS, BOOK, WORDS, "zh")
    for quarter in shown["quarters"]:
        for part in quarter["parts"]:
            told = [each["n"].split(" / ") for each in part["items"] if " / " in each["n"]]
            assert len({of for _, of in told}) <= 1
            assert sum(int(n) for n, _ in told) <= min((int(of) for _, of in told), default=0)


def test_a_quarter_that_is_too_small_says_so_and_shows_no_table(congress: Public) -> None:
    html, _, public = pages()
    shown = needs.page(public, LINKS, BOOK, WORDS, "zh")
    assert not any(quarter["parts"] for quarter in shown["quarters"])
    page = text(html["deputy_plus.html"])
    assert "各类的件数都太少，不公布" in page and "数字不公布" in page


def test_nothing_of_a_single_need_stands_on_any_page() -> None:
    html, _, public = pages()
    assert "need" not in public.rows
    for secret in ("劳动仲裁", "送午饭", "虚构 000 0000 0521", "电焊"):
        assert not [path for path, page in html.items() if secret in page]


def test_before_a_quarter_has_closed_the_page_says_when_it_will(tmp_path: Path) -> None:
    chosen = {kind: FORMS[kind] for kind in KINDS}
    leaves = extracted(filed(random.Random(38)), *chosen.values(), as_of=date(2026, 1, 20))
    write_public_db(tmp_path / "public.db", leaves, chosen, stand())
    seal(tmp_path / "public.db")
    shown = needs.page(read_public(tmp_path / "public.db"), LINKS, BOOK, WORDS, "zh")
    assert shown["verdict"] is None and shown["areas"] is None and shown["quarters"] == []


def test_a_training_says_how_many_of_those_invited_took_part() -> None:
    html, codes, _ = pages()
    page = text(html[f"training/{codes['training/2025-03-new-budget']}.html"])
    assert "通知 8 位，参加 7 位。" in page and "14 学时" in page


def test_hours_stand_by_name_and_in_no_order_of_merit() -> None:
    html, _, public = pages()
    shown = trained.page(public, LINKS, BOOK, WORDS, "zh")
    names = [each["deputy"][0] for each in shown["deputies"]]
    assert names == sorted(names, key=by_name) and len(names) == 12
    assert [each["deputy"][0] for each in shown["deputies"] if each["left"]] == ["阮听溪"]
    worked = [float(each["hours"]) for each in shown["deputies"]]
    assert worked not in (sorted(worked), sorted(worked, reverse=True))
    assert not re.search("第一名|排名第|前三", text(html["trained.html"]))


def test_hours_add_up_to_those_of_all_trainings() -> None:
    _, _, public = pages()
    shown = trained.page(public, LINKS, BOOK, WORDS, "zh")
    worked = sum(float(each["hours"]) for each in shown["deputies"])
    assert worked == sum(row["hours"] * len(row["attendees"]) for row in public.rows["training"])


def test_why_somebody_was_on_leave_is_nowhere() -> None:
    html, codes, public = pages()
    assert "leave" not in public.columns["training"]
    page = html[f"training/{codes['training/2025-03-new-budget']}.html"]
    assert "请假的代表" not in re.sub(r"<p class=\"mb-s mb-m mb-p\">.*?</p>", "", page)
