"""The pages of deputies, places and stations: what they count, what they never show, how long they get."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from publisher.finding import deputies, grids
from publisher.finding.places import above, places, roots, scope, tally
from publisher.reading.public import Public
from publisher.stamping.stamp import Page
from tests.publisher.fake import FakeLedger
from tests.publisher.finding_sample import BOOK, FORMS, KINDS, WORDS, less, made, text_of, whole
from tests.publisher.suggestion_sample import with_states

CANARY = "KANARIENVOGEL金丝雀"
LIN, LIUHE = "deputy/lin-xiuhe", "grid/liuhe-town"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, dict[str, str]]:
    return whole(tmp_path_factory.mktemp("finding") / "public.db")


def deputy(public: Public, code: str) -> dict[str, Any]:
    return deputies.page(public, public.by_code("deputy")[code], BOOK, WORDS, "zh")


def place(public: Public, code: str) -> dict[str, Any]:
    return grids.page(public, public.by_code("grid")[code], BOOK, WORDS, "zh")


def told_in(pages: Iterable[Page], text: str) -> list[str]:
    return [page.path for page in pages if text in text_of(page)]


# -- what never shows --


def marked(suggestion: str, opinion: str) -> Any:
    """The sample with a canary in one suggestion and one opinion, each public or not."""

    def change(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        if (kind, name) == ("suggestion", "2026-029"):
            return {**answers, "subject": CANARY, "confidentiality": suggestion}
        if (kind, name) == ("opinion", "2026-06-night-clinic"):
            told = {"summary": CANARY, "channel": "station", "station": "liuhe-home", "grid": "liuhe-town"}
            answers = {key: value for key, value in answers.items() if key != "visit"}
            return {**answers, **told, "contact_name": opinion}
        return answers

    return change


def test_what_is_withheld_or_waits_stands_on_none_of_these_pages(tmp_path: Path) -> None:
    public, codes = whole(tmp_path / "public.db", marked("privacy", "WAITING"))
    pages = made(public)
    assert told_in(pages.values(), CANARY) == []
    waiting, shut = codes["opinion/2026-06-night-clinic"], codes["suggestion/2026-029"]
    assert told_in(pages.values(), waiting) == [] and told_in(pages.values(), shut) == []
    assert waiting not in tally(public, codes[LIUHE], "opinion")


def test_once_they_are_public_they_stand_there(tmp_path: Path) -> None:
    public, codes = whole(tmp_path / "public.db", marked("public", "approved"))
    pages = made(public)
    found = told_in(pages.values(), CANARY)
    assert "index.html" in found and f"deputy/{codes['deputy/shen-ruogu']}.html" in found
    assert f"grid/{codes['grid/shiqiao-town']}.html" in found
    opinion = codes["opinion/2026-06-night-clinic"]
    assert f"station/{codes['station/liuhe-home']}.html" in told_in(pages.values(), opinion)
    assert told_in(pages.values(), "WAITING") == told_in(pages.values(), "approved") == []


def test_no_page_holds_what_no_form_publishes(sample: tuple[Public, dict[str, str]]) -> None:
    whole_site = "".join(map(text_of, made(sample[0]).values()))
    assert not [each for each in ("0000 0001", "0000 0103", "0000 0301", "虚构 000") if each in whole_site]


# -- deputies --


def test_a_deputy_has_each_suggestion_as_a_chain_from_cause_to_check(
    sample: tuple[Public, dict[str, str]],
) -> None:
    public, codes = sample
    data = deputy(public, codes[LIN])
    assert "有 2 件，2 件有过答复" in data["verdict"][0]
    chain = next(each for each in data["chains"] if "夜间照明" in each["title"])
    assert [link.what for link in chain["links"]] == ["社情民意", "代表建议", "答复", "查验"]
    assert [link.icon for link in chain["links"]] == ["ok", "ok", "ok", "late"]
    other = next(each for each in data["chains"] if each is not chain)
    assert other["links"][0].told == "没有记下来自哪条民意" and other["links"][3].told == "没有查验的记录"


def test_where_to_meet_a_deputy_stands_before_everything_else_of_the_page(
    sample: tuple[Public, dict[str, str]],
) -> None:
    public, codes = sample
    shown = text_of(made(public)[f"deputy/{codes[LIN]}.html"])
    (station, *_) = deputy(public, codes[LIN])["stations"]
    assert shown.index(f'<a href="../{station["href"]}">') < shown.index('id="content"')


def test_the_dates_of_what_is_covered_stand_there_and_that_no_record_proves_nothing(
    sample: tuple[Public, dict[str, str]],
) -> None:
    public, codes = sample
    body = text_of(made(public)[f"deputy/{codes[LIN]}.html"])
    assert "这里有的记录，从" in body and "没有记录，不等于没有发生" in body
    assert "2025-01-14" in deputy(public, codes[LIN])["span"]
    assert not [word for word in ("排名第", "名列", "最多的代表") if word in body]


@pytest.mark.parametrize("field", ["suggestion.lead_deputy"])
def test_where_a_suggestion_does_not_say_whose_it_is_none_are_counted(field: str, tmp_path: Path) -> None:
    public, codes = whole(tmp_path / "public.db", forms=less(field))
    data = deputy(public, codes[LIN])
    assert data["verdict"] == ("", "") and data["unnamed"]
    assert "没有公开全，所以这里不数" in text_of(made(public)[f"deputy/{codes[LIN]}.html"])


@pytest.mark.parametrize(
    "field", ["reply.outcome_class", "onsite_check.items", "admission.decision", "assignment.organ"]
)
def test_where_the_rules_lack_a_field_nothing_is_concluded(field: str, tmp_path: Path) -> None:
    public, codes = whole(tmp_path / "public.db", forms=less(field))
    data = deputy(public, codes[LIN])
    assert data["chains"] == [] and data["verdict"] == ("", "") and data["closed"]
    pages = made(public)
    for path in ("index.html", f"deputy/{codes[LIN]}.html", f"grid/{codes[LIUHE]}.html"):
        body = text_of(pages[path])
        assert "件超期" not in body and "没有查验的记录" not in body and "没有办完" not in body, path


def test_an_origin_that_is_not_published_is_not_called_missing(tmp_path: Path) -> None:
    public, codes = whole(
        tmp_path / "public.db", forms=less("suggestion.origin_visits", "suggestion.origin_opinions")
    )
    first = {each["links"][0].told for each in deputy(public, codes[LIN])["chains"]}
    assert first == {"没有公开"}


GONE = {
    "grid": ("level", "within", "covers", "households"),
    "deputy": ("constituency", "group", "expertise", "grids", "mandate", "levels"),
    "station": ("grid", "deputies", "reception", "address"),
    "visit": ("grid", "station", "deputies", "topics"),
    "opinion": ("grid", "station", "disposition"),
    "suggestion": ("grid", "station", "topic", "co_signers"),
    "project_candidate": ("places", "cycle", "total_budget", "lead_organ", "finish_on"),
    "ballot_result": ("announced_on", "ballot"),
}


@pytest.mark.parametrize("kind", GONE)
def test_any_of_these_fields_may_go_and_every_page_still_stands(kind: str, tmp_path: Path) -> None:
    public, codes = whole(tmp_path / "public.db", forms=less(*(f"{kind}.{name}" for name in GONE[kind])))
    pages = made(public)
    bodies = {path: text_of(page) for path, page in pages.items()}
    assert {path.partition("/")[0] for path in bodies} == {"index.html", "find.html", *KINDS}
    town = bodies[f"grid/{codes[LIUHE]}.html"]
    if kind in ("visit", "suggestion"):  # what does not say where it is of is not said to be missing there
        assert f"{FORMS[kind].label['zh']} 0 条" not in town.replace("\xa0", " ")


# -- places --


def test_a_place_counts_what_lies_within_it_once(sample: tuple[Public, dict[str, str]]) -> None:
    public, codes = sample
    town = codes[LIUHE]
    inner = scope(public, town)
    assert len(inner) == len(set(inner)) == 6
    visits = [row for row in public.rows["visit"] if row["grid"] in inner]
    assert len(tally(public, town, "visit")) == len(visits) == 13
    projects = [row for row in public.rows["project_candidate"] if set(row["places"] or ()) & set(inner)]
    assert tally(public, town, "project_candidate") == {row["code"] for row in projects}
    assert [each.title for each in above(public, codes["grid/liuhe-03"])] == ["柳河镇", "柳河村"]


def test_a_grid_is_not_said_to_have_no_opinions_where_they_leave_as_their_village(
    sample: tuple[Public, dict[str, str]],
) -> None:
    public, codes = sample
    seen = [each["kind"] for each in place(public, codes["grid/liuhe-03"])["seen"]]
    assert seen == ["走访"] and "社情民意" not in place(public, codes["grid/liuhe-03"])["verdict"][0]
    inside = place(public, codes["grid/liuhe-village"])["inside"]
    assert inside["columns"][1] == "社情民意" and {each["counts"][1] for each in inside["rows"]} == {None}


def test_money_of_a_place_is_that_of_its_selected_projects_and_says_what_is_shared(
    sample: tuple[Public, dict[str, str]],
) -> None:
    public, codes = sample
    text = place(public, codes["grid/shangwan-village"])["decided"]["money"].replace("\xa0", " ")
    assert text == "选定的 2 件里，2 件写明总投资，合计 130 万元；2 件报告已付，合计 126 万元。"
    assert "还涉及别的地方，这里按整件算" in place(public, codes[LIUHE])["decided"]["money"]


def test_places_in_a_ring_are_shown_once_and_hang_nothing(tmp_path: Path) -> None:
    ledger, form = FakeLedger(), FORMS["grid"]
    for code, within in (("WG-2026-0001", "WG-2026-0002"), ("WG-2026-0002", "WG-2026-0001")):
        ledger.file(form, {"name": f"圈{code[-1]}", "level": "village", "within": within}, code=code)
    public = with_states(tmp_path / "public.db", ledger, {**FORMS})
    assert [each.title for each in roots(public)] == ["圈1"]
    assert set(scope(public, "WG-2026-0001")) == set(places(public))
    assert "圈2" in text_of(made(public)["find.html"])


# -- many --


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Public:
    """A district of 5,000 visits, most of one deputy in one township of 700 places."""
    ledger = FakeLedger()
    town = ledger.file(FORMS["grid"], {"name": "大镇", "level": "township"}, code="WG-2026-TTTT").code
    villages = [
        ledger.file(
            FORMS["grid"],
            {"name": f"第{n}村", "level": "village", "within": town},
            code=f"WG-2026-V{n:03d}",
        ).code
        for n in range(700)
    ]
    people = [
        ledger.file(
            FORMS["deputy"],
            {
                "name": f"代表{n}",
                "levels": ["county"],
                "term": "五",
                "constituency": "一",
                "mandate": "serving",
            },
            code=f"DB-2026-D{n:03d}",
        ).code
        for n in range(700)
    ]
    for n in range(5000):
        answers = {
            "visited_on": f"2026-{n % 11 + 1:02d}-02",
            "grid": villages[n % 700 if n % 3 else 0],
            "visit_kind": "spot",
            "people": 3,
            "deputies": [people[0]],
        }
        ledger.file(FORMS["visit"], answers, code=f"ZF-2026-{n:04d}A")
    few = {kind: FORMS[kind] for kind in ("grid", "deputy", "visit")}
    return with_states(tmp_path_factory.mktemp("many") / "public.db", ledger, few)


def test_five_thousand_rows_leave_every_page_short_with_a_way_to_all(many: Public) -> None:
    pages = made(many)
    size = {path: len(page.bytes()) for path, page in pages.items()}
    assert size["index.html"] < 40_000 and size["find.html"] < 400_000
    assert max(n for path, n in size.items() if path.startswith(("grid/", "deputy/"))) < 60_000
    deputy_page = text_of(pages["deputy/DB-2026-D000.html"])
    assert ">5000</a>" in deputy_page and "deputies__arraycontains=DB-2026-D000" in deputy_page
    town, village = text_of(pages["grid/WG-2026-TTTT.html"]), text_of(pages["grid/WG-2026-V000.html"])
    assert "其余的在下面各个地方的页面里" in town and "另外 640 个，在名册里" in town.replace("\xa0", " ")
    assert "visit?grid__in=WG-2026-V000" in village
    find = text_of(pages["find.html"])
    assert 'href="deputy/index.html"' in find and "另外 100 个，在名册里" in find.replace("\xa0", " ")
