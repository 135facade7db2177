"""The home page and the page of names: every number has its rows, and a small congress has a whole page."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.finding.agenda import SOON, agenda
from publisher.pages.home import home_data
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.release import build
from publisher.suggestion.state import states
from tests.publisher.fake import AS_OF, FakeLedger, small_congress
from tests.publisher.finding_sample import (
    BOOK,
    DATA,
    FORMS,
    WORDS,
    counted_links,
    less,
    made,
    rows_behind,
    text_of,
    whole,
)
from tests.publisher.suggestion_sample import with_states

LINKS = DataLinks(DATA)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("finding") / "public.db"


@pytest.fixture(scope="module")
def sample(place: Path) -> Public:
    return whole(place)[0]


def told(public: Public) -> dict[str, Any]:
    return agenda(public, LINKS, BOOK, WORDS, "zh")


def column(public: Public, name: str) -> dict[str, Any]:
    return next(each for each in told(public)["columns"] if each["id"] == name)


def numbers(public: Public) -> list[tuple[str, int]]:
    """Every number of the home page that names rows, and where they are."""
    data = told(public)
    found = [(part["rows"], part["n"]) for each in data["columns"] for part in each["parts"]]
    found += [(each["rows"], each["n"]) for each in data["rates"]]
    home = home_data(public, LINKS, "zh")
    return found + [(each["href"], each["n"]) for each in home["figures"] if each["is"] == "filed"]


def test_every_number_of_the_home_page_is_the_number_of_its_rows(sample: Public, place: Path) -> None:
    found = numbers(sample)
    assert len(found) > 12 and sum(n > 0 for _, n in found) > 8
    assert rows_behind(place, [address for address, _ in found]) == [n for _, n in found]


def test_a_number_that_lost_a_row_is_noticed(sample: Public, place: Path, tmp_path: Path) -> None:
    broken = tmp_path / "public.db"
    broken.write_bytes(place.read_bytes())
    with sqlite3.connect(broken) as db:
        db.execute("DELETE FROM suggestion_state WHERE overdue > 0")
    found = numbers(sample)
    assert rows_behind(broken, [address for address, _ in found]) != [n for _, n in found]


def test_the_sentence_says_what_the_columns_count(sample: Public) -> None:
    data = told(sample)
    total = {each["id"]: sum(part["n"] for part in each["parts"]) for each in data["columns"]}
    first, strong = data["sentence"]
    assert f"宣布了 {total['decided']} 项" in first
    assert f"{total['late']} 件超期" in strong and f"{SOON} 天内 {total['due']} 件" in strong


def test_what_is_late_is_late_by_the_rules_and_the_longest_stands_first(sample: Public) -> None:
    late = column(sample, "late")
    over = {each.code: each.days_over for each in states(sample, BOOK) if each.days_over}
    assert late["parts"][0]["n"] == len(over)
    first = max(over.values())
    assert f"{first} 天" in late["items"][0]["state"].replace("\xa0", " ")
    assert all(item["icon"] == "late" for item in late["items"])


def test_soon_begins_on_the_day_of_the_data_and_ends_with_its_last_day(sample: Public) -> None:
    last = AS_OF + timedelta(SOON)
    due = {each.code for each in states(sample, BOOK) if each.due and AS_OF <= each.due <= last}
    assert column(sample, "due")["parts"][0]["n"] == len(due)
    assert f"due__lte={last}" in column(sample, "due")["parts"][0]["rows"]


def test_a_project_whose_last_day_went_by_without_a_report_of_its_end_is_late(tmp_path: Path) -> None:
    def unfinished(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any] | None:
        if kind == "project_progress" and name.startswith("qingxi-2026-01"):
            return {**answers, "percent": min(answers["percent"], 90)}
        return answers

    path = tmp_path / "public.db"
    public, codes = whole(path, unfinished)
    late = column(public, "late")
    projects = next(part for part in late["parts"] if "project_candidate_state" in part["rows"])
    assert projects["n"] == 1 == rows_behind(path, [projects["rows"]])[0]
    code = codes["project_candidate/qingxi-2026-01"]
    with sqlite3.connect(path) as db:
        asked = "SELECT outcome, finished, due, overdue FROM project_candidate_state WHERE code = ?"
        assert db.execute(asked, [code]).fetchone() == ("selected", 0, "2026-09-30", 52)


def test_of_a_project_whose_progress_is_not_published_nothing_is_called_late(tmp_path: Path) -> None:
    public, _ = whole(tmp_path / "public.db", forms=less("project_progress.percent"))
    assert "民生实事完成" not in {each["name"] for each in told(public)["rates"]}
    with sqlite3.connect(tmp_path / "public.db") as db:
        told_of = "SELECT count(*) FROM project_candidate_state WHERE finished IS NOT NULL OR due IS NOT NULL"
        assert db.execute(told_of).fetchone() == (0,)


def test_a_congress_of_two_kinds_has_a_whole_home_page(tmp_path: Path) -> None:
    few = {kind: FORMS[kind] for kind in ("grid", "visit")}
    ledger = FakeLedger()
    village = ledger.file(few["grid"], {"name": "柳河村", "level": "village"}).code
    ledger.file(
        few["visit"], {"visited_on": "2026-03-05", "grid": village, "visit_kind": "spot", "people": 3}
    )
    made_of = made(with_states(tmp_path / "public.db", ledger, few))
    home, find = text_of(made_of["index.html"]), text_of(made_of["find.html"])
    assert "2026 年公开了" in home and "走访 1 条" in home.replace("\xa0", " ")
    assert 'class="mb-cols' in home and 'id="late"' not in home and "件超期" not in home
    assert "柳河村" in find and "名册里还没有代表" in find and "tile-" not in find


def test_a_congress_with_nothing_yet_has_one_as_well(tmp_path: Path) -> None:
    made_of = made(with_states(tmp_path / "public.db", FakeLedger()))
    home, find = text_of(made_of["index.html"]), text_of(made_of["find.html"])
    assert "今年 0 条" in home and 'id="late"' not in home
    assert "名册里还没有村和网格" in find and "名册里还没有联络站" in find


def test_where_there_are_no_ballots_what_was_closed_stands_first(tmp_path: Path) -> None:
    kept = [
        kind for kind, form in FORMS.items() if not kind.startswith(("project", "ballot", "tally", "cand"))
    ]
    some = {kind: FORMS[kind] for kind in kept if kind not in ("onsite_check", "rollout_status")}
    path = tmp_path / "public.db"
    public, _ = whole(path, forms=some)
    first = told(public)["columns"][0]
    assert first["head"] == "已经办结"
    assert rows_behind(path, [part["rows"] for part in first["parts"]]) == [first["parts"][0]["n"]]


def test_every_number_beside_a_link_to_rows_is_that_many_rows(sample: Public, place: Path) -> None:
    found = {(address, n) for page in made(sample).values() for address, n in counted_links(text_of(page))}
    assert len(found) > 150
    ordered = sorted(found)
    counts = rows_behind(place, [address for address, _ in ordered])
    wrong = [(address, n, count) for (address, n), count in zip(ordered, counts, strict=True) if n != count]
    assert wrong == []


def test_a_congress_may_take_the_page_of_names_out(tmp_path: Path) -> None:
    content = small_congress(tmp_path / "content")
    (tmp_path / "home").mkdir()
    www = build(content, tmp_path / "home", tmp_path / "site", AS_OF).path / "www"
    tabs = (
        www.joinpath("index.html").read_text("utf-8").partition('class="md-tabs"')[2].partition("</nav>")[0]
    )
    assert tabs.index("首页") < tabs.index("找") < tabs.index("民生实事")
    assert 'href="find.html"' in (www / "index.html").read_text("utf-8")
    (content / "pages/find.md").unlink()
    www = build(content, tmp_path / "home", tmp_path / "site", AS_OF).path / "www"
    assert not (www / "find.html").exists()
    assert "find.html" not in (www / "index.html").read_text("utf-8")
