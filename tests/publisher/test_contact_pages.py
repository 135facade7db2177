"""Contact: coverage of links, three lamps, five cells, a draw done again; each figure has its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.rulebooks import load_rulebook
from ledger.rules.contact.five_ones import ONES
from ledger.words import load_words
from publisher import derived
from publisher.contact import deputy, five_ones, grids, linkage, links, place, spot
from publisher.contact.rows import ONES_TABLE, TABLE
from publisher.data.questions.asked import answerable
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Page, Shell
from tests.publisher.fake import CONTENT, FakeLedger, published, shipped
from tests.publisher.finding_sample import DATA, counted_links, less, rows_behind, whole

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
NATIONAL = load_rulebook(CONTENT, "national")
LINKS = DataLinks(DATA)
PAGES = {"contact": links.page, "grids": grids.page, "five_ones": five_ones.page, "linkage": linkage.page}
Sample = tuple[Public, Mapping[str, str], Path]


@pytest.fixture(scope="module")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = tmp_path_factory.mktemp("contact") / "public.db"
    return *whole(path), path


@pytest.fixture(scope="module")
def bodies(congress: Sample) -> Mapping[str, str]:
    content = shipped()
    public = congress[0]
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    there = replace(content.congress, addresses={**content.congress.addresses, "data": DATA})
    site = Site(public, shells, content.templates, there, WORDS, "", {"sha256": "0" * 64, "bytes": 0}, BOOK)
    wanted = {f"{name}.html" for name in PAGES}
    folders = ("deputy", "grid", "spot_check", "linkage_activity", "contact_link", "service_deed")
    return {
        each.path: each.bytes().decode()
        for each in pages(site)
        if isinstance(each, Page)
        and (each.path in wanted or each.path.startswith(tuple(f"{f}/" for f in folders)))
    }


def given(name: str, public: Public, book: Any = BOOK, lang: str = "zh") -> dict[str, Any]:
    return PAGES[name](public, LINKS, book, WORDS, lang)


def plain(body: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", body)).replace("\u00a0", " ")


# -- links --


def test_each_kind_of_link_says_n_of_n_on_both_sides(congress: Sample) -> None:
    found = given("contact", congress[0])
    lines = {row["kind"]: (row["who"], row["target"], row["n"]) for g in found["groups"] for row in g["rows"]}
    assert lines["常委会组成人员联系代表"] == ("3 / 15（20%）", "5 / 8（62.5%）", "5 条")
    assert lines["代表联系社区"] == ("3 / 11（27.3%）", "3 / 4（75%）", "3 条")
    assert [len(group["rows"]) for group in found["groups"]] == [3, 3]
    assert [name for name, _ in found["unlinked"]] == ["罗小满", "孟春芽", "沈若谷"]
    assert [name for name, _ in found["communities"]] == ["上湾村"]
    assert [name for name, _ in found["few"]] == ["欧阳见山"]
    assert "没有查到条文" in found["few_basis"]


def test_a_roster_nobody_keeps_is_said_to_be_unknown(congress: Sample) -> None:
    lines = {row["kind"]: row for g in given("contact", congress[0], NATIONAL)["groups"] for row in g["rows"]}
    assert "无法核对" in lines["常委会组成人员联系代表"]["who"]
    assert "无法核对" in lines["委员联系社会组织"]["target"]


def test_of_enterprises_only_the_number_of_links_leaves(congress: Sample, bodies: Mapping[str, str]) -> None:
    public, codes, path = congress
    line = given("contact", public)["groups"][1]["rows"][-1]
    assert (line["who"], line["target"], line["n"]) == ("内部掌握，不公开", "内部掌握，不公开", "1 条")
    row = public.by_code("contact_link")[codes["contact_link/enterprise-he"]]
    assert row["withheld"] and row["link_kind"] == links.INSIDE
    assert not any(row[name] for name in ("who", "post", "valid_from", "role", "target_kind"))
    event = public.by_code("contact_event")[codes["contact_event/2026-06-enterprise"]]
    assert event["withheld"] and not event["link"] and not event["held_on"]
    assert "茶业加工厂" not in "".join(bodies.values())
    assert "茶业加工厂".encode() not in path.read_bytes() and "用工和用电".encode() not in path.read_bytes()


# -- three lamps --


def test_three_requirements_are_rates_with_their_rows(congress: Sample) -> None:
    found = given("grids", congress[0])
    assert [(each["n"], each["of"]) for each in found["rates"]] == [(10, 11), (8, 11), (2, 11)]
    assert found["verdict"] == ("11 位在任代表里，2 位三项都做到了", "；5 个网格里，1 个还没有代表。")
    assert [name for name, _ in found["lonely"]] == ["柳河村第一网格"]
    states = {each["who"][0]: [lamp["state"] for lamp in each["lamps"]] for each in found["deputies"]}
    assert states["林秀禾"] == ["符合", "符合", "符合"] and states["孟春芽"][0] == "请留意"
    assert states["秦月白"][1] == "不符合" and "阮听溪" not in states
    assert list(states) == sorted(states, key=lambda name: name.encode("gb18030"))


def test_without_a_campaign_window_the_page_says_that_nobody_can_tell(congress: Sample) -> None:
    public = replace(congress[0])
    found = grids.page(public, LINKS, NATIONAL, WORDS, "zh")
    assert found["rates"][2]["n"] == 0 and "11 位无法核对" in found["rates"][2]["rest"]
    assert "没有写全面走访的活动期" in found["window"]


def test_a_grid_says_which_deputy_answers_for_it_and_when_they_came(congress: Sample) -> None:
    public, codes, _ = congress
    row = public.by_code("grid")[codes["grid/zhuyuan-01"]]
    found = place.part(public, row, BOOK, WORDS, "zh")
    assert found is not None
    told = {each["deputy"][0]: (each["came"], each["lamps"][2]["state"]) for each in found["keepers"]}
    assert told == {
        "方亦农": ("最近 2026-11 来走访，一共 2 次", "不符合"),
        "田守一": ("最近 2026-11 来走访，一共 4 次", "符合"),
    }
    empty = place.part(public, public.by_code("grid")[codes["grid/liuhe-01"]], BOOK, WORDS, "zh")
    assert empty is not None and empty["keepers"] == []
    village = place.part(public, public.by_code("grid")[codes["grid/zhuyuan-village"]], BOOK, WORDS, "zh")
    assert village is not None and [each["grid"][0] for each in village["keepers"]] == ["竹园村第一网格"] * 2


# -- five ones --


def test_five_ones_are_complete_only_with_five_records(congress: Sample) -> None:
    public = congress[0]
    found = given("five_ones", public)
    assert found["verdict"] == ("2026 年，11 位在任代表里，1 位五个都有凭据", "；抽查 3 位，2 位对得上。")
    assert [(each["n"], each["of"]) for each in found["rates"]] == [
        (9, 11), (8, 11), (1, 11), (4, 11), (2, 11), (2, 3),
    ]  # fmt: skip
    cells = {each["who"][0]: each["cells"] for each in found["deputies"]}
    for each in cells.values():
        assert len(each) == len(ONES)
        assert all(cell["record"] and cell["record"][1] for cell in each if cell["icon"] == "ok")
    assert [cell["icon"] for cell in cells["贺知白"]] == ["part", "part", "none", "none", "none"]
    assert "不排先后" in WORDS.say("site.five_ones.by_name")


def test_a_deed_for_the_sick_shows_its_cell_and_nothing_of_what_it_was(
    congress: Sample, bodies: Mapping[str, str]
) -> None:
    public, codes, path = congress
    code = codes["service_deed/2026-07-clinic-bus"]
    row = public.by_code("service_deed")[code]
    assert row["title"].strip() == "2026-07 实事" and not row["what"] and not row["grid"]
    assert "for_whom" not in row and "beneficiaries" not in row
    assert "巡诊车".encode() not in path.read_bytes().replace("巡诊车来的日子不固定".encode(), b"")
    assert "有哪些凭据" in plain(bodies[f"service_deed/{code}.html"])


def test_a_deputy_has_the_strip_and_one_whose_mandate_ended_has_none(
    congress: Sample, bodies: Mapping[str, str]
) -> None:
    public, codes, _ = congress
    shen, ruan = codes["deputy/shen-ruogu"], codes["deputy/ruan-tingxi"]
    body = bodies[f"deputy/{shen}.html"]
    assert body.count('<ol class="mb-cells">') == 1 and "五个里 5 个有凭据" in plain(body)
    assert "../grids.html" in body and "../five_ones.html" in body
    assert deputy.part(public, public.by_code("deputy")[ruan], BOOK, WORDS, "zh") is None
    assert "mb-cells" not in bodies[f"deputy/{ruan}.html"]


# -- the draw, and what went up --


def test_a_spot_check_is_drawn_again_on_its_page(congress: Sample, bodies: Mapping[str, str]) -> None:
    public, codes, _ = congress
    row = public.by_code("spot_check")[codes["spot_check/2026-first"]]
    found = spot.page(public, row, BOOK, WORDS, "zh")
    assert found["again"]["icon"] == "ok" and found["numbers"] == "3、8、2"
    forged = {**row, "seed": "别的种子三"}
    assert spot.page(public, forged, BOOK, WORDS, "zh")["again"]["icon"] == "late"
    body = plain(bodies[f"spot_check/{row['code']}.html"])
    assert "SHA-256" in body and "走访只记了一条" not in body


def test_issues_are_counted_by_the_level_that_owns_them_and_escalations_by_their_answers(
    congress: Sample,
) -> None:
    found = given("linkage", congress[0])
    assert found["verdict"] == (
        "联动发现的 6 个问题里，3 个解决了",
        "；向上反映 2 件，1 件有答复，1 件超期。",
    )
    assert [(each["name"], each["n"], each["of"]) for each in found["rates"]] == [
        ("乡镇", 2, 2), ("区县", 1, 2), ("市", 0, 1), ("省", 0, 1),
    ]  # fmt: skip
    assert [each["is"] for each in found["sent"]] == ["answered", "late"] and len(found["open"]) == 3


# -- rows, links, what is not published --


def test_a_limit_is_told_in_words_and_a_grid_can_be_found_from_its_page(
    congress: Sample, bodies: Mapping[str, str]
) -> None:
    assert given("linkage", congress[0])["limit_is"] == "30 日"
    assert "days" not in plain(bodies["linkage.html"])
    assert '<a href="find.html#places">' in bodies["grids.html"]


def test_every_figure_leads_to_as_many_rows(congress: Sample, bodies: Mapping[str, str]) -> None:
    public, _, path = congress
    found = [
        (each["rows"], each["n"])
        for name in ("grids", "five_ones", "linkage")
        for each in given(name, public)["rates"]
    ]
    complete = sum(each["n"].startswith("5") for each in given("five_ones", public)["deputies"])
    found.append((given("five_ones", public)["complete_rows"], complete))
    rate = given("linkage", public)["sent_rate"]
    found.append((rate["rows"], rate["n"]))
    found += list(counted_links(bodies["contact.html"]))
    assert len(found) >= 10 + 9
    assert rows_behind(path, [address for address, _ in found]) == [n for _, n in found]


def test_days_that_only_a_rule_knows_are_told_as_computed(congress: Sample) -> None:
    found = set(derived.days(congress[2]))
    assert {"2026-07-22", "2026-03-01", "2026-10-31"} <= found


def test_rows_stand_for_each_serving_deputy(congress: Sample) -> None:
    public, _, path = congress
    assert rows_behind(path, [LINKS.table(TABLE), LINKS.table(ONES_TABLE)]) == [11, 55]
    tables = {name: list(own) for name, own in public.tables.items()}
    names = {each.name for each in answerable(tables)}
    assert {"deputies_of_grids", "five_ones_by_deputy", "escalations_unanswered"} <= names


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_in_both_languages(congress: Sample, bodies: Mapping[str, str], name: str) -> None:
    body = bodies[f"{name}.html"]
    assert "数据截至" in body and "unverified" not in body and "{" not in plain(body)
    for heading in re.findall(r"\{#([a-z_]+)\}", (CONTENT / f"pages/{name}.md").read_text("utf-8")):
        assert f'id="{heading}"' in body
    assert given(name, congress[0], lang="en")["verdict"][0].isascii()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("visit.visit_kind", "grids"),
        ("grid_assignment.registered_on", "grids"),
        ("service_deed.evidence_kinds", "five_ones"),
        ("contact_link.role", "contact"),
        ("linkage_activity.escalations", "linkage"),
    ],
)
def test_what_is_not_published_is_not_counted(field: str, name: str, tmp_path: Path) -> None:
    public, _ = whole(tmp_path / "public.db", forms=less(field))
    found = given(name, public)
    label = FORMS[field.split(".")[0]].fields[field.split(".")[1]].label["zh"]
    assert "verdict" not in found and label in found["closed"] and "这里不算" in found["closed"]


def test_a_congress_without_any_record_has_whole_pages(tmp_path: Path) -> None:
    public = published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    for name in PAGES:
        found = given(name, public)
        assert found["verdict"] is None and "closed" not in found
