"""What pages say, out of public.db alone; and that nothing a record says becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import Form, load_forms
from publisher.correction.catalogue import catalogue_data
from publisher.kinds import places, tabs
from publisher.pages.home import home_data
from publisher.pages.lists import ROWS, in_order, list_pages
from publisher.pages.making import Site
from publisher.pages.records import MOST, record_data
from publisher.pages.site import pages, specimens
from publisher.reading.datalinks import DataLinks
from publisher.reading.markup import nb, paragraphs, value
from publisher.reading.public import Public
from publisher.reading.shown import in_words, money
from publisher.stamping.stamp import BEGIN, END, Shell
from tests.publisher.fake import CONTENT, NOTE, FakeLedger, form, published, shipped

FORMS = load_forms(CONTENT)
LINKS = DataLinks("https://data.example")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "mbtitlemb mbnamemb <!--mb:end-->",
    "[x](javascript:alert(1)) { onclick=x }",
    "</dd></dl><iframe src=//evil.example>",
]


def visits(ledger: FakeLedger, count: int = 1, **answers: Any) -> list[str]:
    given = {"visited_on": "2026-03-02", "visit_kind": "spot", "people": 3, **answers}
    return [ledger.file(FORMS["visit"], given).code for _ in range(count)]


def village(ledger: FakeLedger, name: str = "柳河村") -> str:
    return ledger.file(FORMS["grid"], {"name": name, "level": "village"}).code


def data_of(public: Public, kind: str, code: str) -> dict[str, Any]:
    return record_data(public, public.kinds[kind], public.by_code(kind)[code], LINKS, "zh")


def rendered(public: Public) -> dict[str, str]:
    """Every page's body, without a theme round it."""
    content = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    database = {"sha256": "0" * 64, "bytes": 0}
    site = Site(
        public, shells, content.templates, content.congress, content.words, "", database, content.rulebook
    )
    return {page.path: page.bytes().decode() for page in pages(site)}


def test_a_record_names_what_it_points_to_and_what_points_to_it(tmp_path: Path) -> None:
    ledger = FakeLedger()
    place = village(ledger)
    (code,) = visits(ledger, grid=place)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    facts = {fact.label: fact for fact in data_of(public, "visit", code)["facts"]}
    assert facts["网格"].what == [("柳河村", f"grid/{place}.html")]
    ((label, via, total, everything, items),) = data_of(public, "grid", place)["related"]
    assert (label, via, total, everything) == ("走访", None, 1, None)
    assert items == [("2026-03 柳河村", f"visit/{code}.html", "2026-03")]


def test_many_that_point_to_it_lead_to_all_of_them_in_datasette(tmp_path: Path) -> None:
    ledger = FakeLedger()
    place = village(ledger)
    visits(ledger, MOST + 1, grid=place)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    ((_, _, total, everything, items),) = data_of(public, "grid", place)["related"]
    assert (total, len(items)) == (MOST + 1, MOST)
    assert everything == f"https://data.example/public/visit?grid={place}"


def test_a_deputy_page_lists_what_the_deputy_filed(tmp_path: Path) -> None:
    ledger = FakeLedger()
    deputy = {
        "name": "林秀禾",
        "levels": ["county"],
        "term": "五",
        "constituency": "一",
        "mandate": "serving",
    }
    code = ledger.file(FORMS["deputy"], deputy).code
    filed = ledger.file(FORMS["visit"], {"visited_on": "2026-03-02", "visit_kind": "spot"}, author=code)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    assert data_of(public, "visit", filed.code)["author"] == ("林秀禾", f"deputy/{code}.html")
    ((label, via, total, _, _),) = data_of(public, "deputy", code)["related"]
    assert (label, via, total) == ("走访", "提交人", 1)


def test_empty_fields_are_named_without_telling_whether_they_were_answered(tmp_path: Path) -> None:
    ledger = FakeLedger()
    (answered,) = visits(ledger, residents_said="还没有人看过")
    (bare,) = visits(ledger)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    one, two = (data_of(public, "visit", code)["missing"] for code in (answered, bare))
    assert one == two and ("site.record.unreviewed", 1, "群众原话") in one


def test_a_withheld_record_says_what_it_keeps_and_on_what_basis(tmp_path: Path) -> None:
    ledger = FakeLedger()
    answers = {
        "subject": "不公开的事",
        "body": "很长的正文",
        "confidentiality": "privacy",
        "received_on": "2026-02-03",
    }
    code = ledger.file(FORMS["suggestion"], answers).code
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    body = rendered(public)[f"suggestion/{code}.html"]
    assert f'代表建议 <span class="mb-nb">{code}</span></h1>' in body and "2026-02-03" in body
    assert "收到日期" in body and "confidentiality == &#39;public&#39;" in body and "只公开一部分" in body
    assert "不公开的事" not in body and "很长的正文" not in body


def test_corrections_are_listed_with_their_days(tmp_path: Path) -> None:
    ledger = FakeLedger()
    first = ledger.file(FORMS["grid"], {"name": "柳河", "level": "village"})
    late = "2026-05-06T01:00:00.000Z"
    ledger.file(FORMS["grid"], {"name": "柳河村", "level": "village"}, code=first.code, received_at=late)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    body = rendered(public)[f"grid/{first.code}.html"]
    assert "更正 1 次" in body.replace("\u00a0", " ") and "2026-05-06" in body
    assert "<h3>名称</h3>" in body and "没有写明原因" in body


def test_lists_are_a_hundred_rows_each_and_facets_have_lists_of_their_own(tmp_path: Path) -> None:
    ledger = FakeLedger()
    places = [village(ledger, name) for name in ("柳河村", "石桥村")]
    visits(ledger, 2 * ROWS, grid=places[0])
    visits(ledger, 5, grid=places[1], topics=["water", "roads"])
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    made = {name: data for name, _, data in list_pages(public, public.kinds["visit"], LINKS, "zh")}
    assert [len(made[name]["rows"]) for name in ("index", "page-2", "page-3")] == [ROWS, ROWS, 5]
    assert made["index"]["after"] == "page-2" and made["page-3"]["before"] == "page-2"
    assert len(made[f"grid.{places[1]}"]["rows"]) == len(made["topics.water"]["rows"]) == 5
    assert made[f"grid.{places[0]}.2"]["total"] == 2 * ROWS
    chips = made["index"]["facets"][0]["values"]
    assert [(chip["label"], chip["count"]) for chip in chips] == [("柳河村", 200), ("石桥村", 5)]
    chosen = made[f"grid.{places[1]}"]
    assert [chip["current"] for chip in chosen["facets"][0]["values"]] == [False, True]
    assert chosen["preset"] == ["grid", places[1]] and made["index"]["preset"] is None
    pairs = zip(chosen["facets"][1:], made["index"]["facets"][1:], strict=True)
    assert all(one is other for one, other in pairs), "a facet that is not chosen is told once for all lists"


def test_a_facet_of_free_text_leads_into_datasette(tmp_path: Path) -> None:
    ledger = FakeLedger()
    ledger.file(
        FORMS["suggestion"],
        {"subject": "修路", "confidentiality": "public", "councillors_as_written": ["陳某", "林某"]},
    )
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    made = {name: data for name, _, data in list_pages(public, public.kinds["suggestion"], LINKS, "zh")}
    facet = next(each for each in made["index"]["facets"] if each["label"].startswith("提出人"))
    assert facet["values"][0]["href"].startswith(
        "https://data.example/public/suggestion?councillors_as_written__arraycontains="
    )


def test_lists_are_sorted_as_the_form_says_and_names_as_chinese_readers_expect(tmp_path: Path) -> None:
    ledger = FakeLedger()
    for name in ("石桥村", "柳河村", "白水村"):
        village(ledger, name)
    visits(ledger, visited_on="2026-01-05")
    visits(ledger, visited_on="2026-07-05")
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    assert [row["name"] for row in in_order(public, public.kinds["grid"])] == ["白水村", "柳河村", "石桥村"]
    assert [row["visited_on"] for row in in_order(public, public.kinds["visit"])] == ["2026-07", "2026-01"]


def test_figures_of_the_home_page_are_parts_of_named_wholes(tmp_path: Path) -> None:
    ledger = FakeLedger()
    places = [village(ledger, name) for name in ("柳河村", "石桥村", "白水村")]
    visits(ledger, 3, grid=places[0])
    visits(ledger, 2, grid=places[1], visited_on="2025-03-02")
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    data = home_data(public, LINKS, "zh")
    figures = {
        (each["is"], each["kind"], each.get("target")): (each["n"], each["of"]) for each in data["figures"]
    }
    assert figures[("filed", "走访", None)] == (3, 5)
    assert figures[("covered", "走访", "网格")] == (1, 3)
    assert all(each["href"].startswith("https://data.example/public/") for each in data["figures"])


def test_of_a_group_only_the_kind_that_leads_it_stands_at_home(tmp_path: Path) -> None:
    public = published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    shown = [each["href"] for each in home_data(public, LINKS, "zh")["events"]]
    leading = [tab.kinds[0].kind for tab in tabs(FORMS) if tab.label]
    assert shown == [f"{kind}/index.html" for kind in leading] and len(leading) == 7


def test_the_catalogue_names_every_field_and_says_how_public_it_is(tmp_path: Path) -> None:
    public = published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    entries = {entry["name"]: entry for entry in catalogue_data(public, "zh")["kinds"]}
    assert entries.keys() == FORMS.keys()
    policies = {each["name"]: each["policy"] for each in entries["visit"]["fields"]}
    assert policies["contact_phone"] == "never" and policies["visited_on"] == "month"
    assert "reception.day" in {each["name"] for each in entries["station"]["fields"]}


class Elements(HTMLParser):
    """The elements and attributes of a page, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def elements(html: str) -> Elements:
    parser = Elements()
    parser.feed(html)
    return parser


def texts_of(form: Form, text: str) -> dict[str, Any]:
    """The same text in every field that takes text."""
    given: dict[str, Any] = {}
    for name, asked in form.fields.items():
        if asked.type in ("string", "long", "uri", "strings"):
            given[name] = [text] if asked.type == "strings" else text
        elif asked.each:
            given[name] = [{part: text for part, each in asked.each.items() if each.type == "string"}]
        elif asked.choices and asked.required:
            choice = next(iter(asked.choices))
            given[name] = [choice] if asked.type == "choices" else choice
    return given


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_any_record_becomes_markup(text: str, tmp_path: Path) -> None:
    tame: dict[str, Elements] = {}
    wild: dict[str, Elements] = {}
    for found, said in ((tame, "平常的话"), (wild, text)):
        ledger = FakeLedger()
        for each in FORMS.values():
            ledger.file(each, texts_of(each, said), code=f"{each.code}-2026-1AAA")
        public = published(tmp_path / f"{len(said)}.db", ledger, *FORMS.values())
        found.update({path: elements(html) for path, html in rendered(public).items()})
    assert tame.keys() == wild.keys()
    for path in tame:
        lines = ("text",) if path.endswith(".svg") else ("br", "span")  # a longer title takes one line more
        calm = [tag for tag, _ in tame[path].seen if tag not in lines]
        assert [tag for tag, _ in wild[path].seen if tag not in lines] == calm, path
        assert not [a for _, attrs in wild[path].seen for a in attrs if a[0].startswith("on")]
        assert not [a for _, attrs in wild[path].seen for a in attrs if a == ("href", "javascript:alert(1)")]


def hrefs(html: str) -> Iterator[str]:
    for _, attrs in elements(html).seen:
        yield from (target for name, target in attrs if name in ("href", "src") and target)


def test_every_link_of_a_page_to_another_leads_somewhere(tmp_path: Path) -> None:
    ledger = FakeLedger()
    place = village(ledger)
    visits(ledger, 3, grid=place, topics=["water"])
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    made = rendered(public)
    known = made.keys() | {"about.html", "download.html"}
    known |= {f"assets/{each.name}" for each in (CONTENT / "pages/assets").iterdir()}
    known |= {f"download/{kind.name}.excel.csv" for kind in public.shown}
    known |= {f"{kind.name}/{row['code']}.json" for kind in public.shown for row in public.rows[kind.name]}
    for path, html in made.items():
        for target in hrefs(html):
            if not target.startswith(("http", "#")):
                there = (Path(path).parent / target.partition("#")[0]).as_posix()
                assert re.sub(r"[^/]+/\.\./", "", there) in known, (path, target)


def test_more_kinds_than_fit_stand_together_under_one_tab() -> None:
    many = {
        f"k{n}": form(NOTE.replace("kind: note", f"kind: k{n}").replace("BT", f"B{chr(65 + n)}"))
        for n in range(12)
    }
    found = tabs(many)
    assert [len(tab.kinds) for tab in found] == [1, 1, 1, 1, 1, 1, 1, 5] and found[-1].name == "site.nav.more"
    (registers,) = [tab for tab in tabs(FORMS) if tab.name == "site.nav.registers"]
    assert [each.kind for each in registers.kinds] == ["deputy", "grid", "organ", "station"]


def test_kinds_of_one_group_share_a_tab_in_the_order_they_refer_to_each_other() -> None:
    page = "page: {group: {zh: 民生实事, en: Projects}, title: t, columns: [subject], sort: subject}"
    many = {
        kind: form(
            NOTE.replace("kind: note", f"kind: {kind}").replace("BT", letters),
            page=page,
            inside=inside,
        )
        for kind, letters, inside in (
            ("a_result", "AA", "  of: {label: {zh: 名, en: N}, refers_to: project, publish: full}"),
            ("project", "BB", ""),
            ("zeal", "CC", ""),
        )
    }
    (tab,) = tabs(many)
    assert tab.label == {"zh": "民生实事", "en": "Projects"}
    assert [each.kind for each in tab.kinds] == ["project", "a_result", "zeal"]
    assert places(many) == {"project": 1, "a_result": 2, "zeal": 3}


def test_values_are_said_with_their_units_in_one_piece() -> None:
    assert money(930_000_000) == "9,300,000.00\u00a0元"
    assert in_words("integer", 871, choices={}, unit="人") == "871\u00a0人"
    assert str(nb("12 / 40 条")) == "12\u00a0/\u00a040\u00a0条"
    assert str(nb("报告完成 80 %，有 3 份")) == "报告完成 80\u00a0%，有 3\u00a0份"
    assert str(nb("2026-12-20（周日） 09:00–11:00")).count('<span class="mb-nb">') == 2
    assert str(nb("见 JY-2026-7KQ4")) == '见 <span class="mb-nb">JY-2026-7KQ4</span>'
    assert str(value("2026-03", "number")) == '<span class="mb-nb">2026-03</span>'
    assert str(paragraphs("a & b\n\n\nc")) == "<p>a &amp; b</p><p>c</p>"


def test_a_wide_group_is_a_card_a_row_on_a_phone_and_still_a_table() -> None:
    def told(*columns: str) -> str:
        return str(value({"columns": columns, "rows": [[("text", "<甲>")] * len(columns)]}, "group"))

    assert "data-l" not in told("一", "二", "三")
    wide = told("一", "二", "三", "四&")
    assert 'class="mb-num mb-stack" role="table"' in wide and wide.count('role="columnheader"') == 4
    assert '<td role="cell" data-l="四&amp;">&lt;甲&gt;</td>' in wide


def test_a_name_that_leads_somewhere_is_not_broken_and_a_title_may_be() -> None:
    names = str(value([("欧阳见山", "a.html"), ("关于村道照明的建议", "b.html")], "links"))
    assert names == '<a class="mb-nb" href="a.html">欧阳见山</a>、<a href="b.html">关于村道照明的建议</a>'


def test_what_is_no_link_never_becomes_one(tmp_path: Path) -> None:
    ledger = FakeLedger()
    ledger.file(form(), {"subject": "javascript:alert(1)"})
    link = "schema: {type: string, format: uri}, publish: full}"
    now = form(
        subject=f"  subject: {{label: {{zh: 网址, en: Link}}, {link}",
        page="page: {title: '{{ code_of }}', columns: [subject], sort: subject}",
        inside="  code_of: {label: {zh: 名, en: N}, publish: full}",
    )
    public = published(tmp_path / "public.db", ledger, now)
    assert "javascript:alert(1)" in rendered(public)["note/BT-2026-001A.html"]
    assert not any('href="javascript:' in body for body in rendered(public).values())


def test_the_second_page_of_one_value_is_not_the_first_of_another(tmp_path: Path) -> None:
    levels = "schema: {type: string}, choices: {a: {zh: 甲, en: A}, a-2: {zh: 乙, en: B}}, publish: full}"
    note = form(
        inside=f"  inside: {{label: {{zh: 级, en: L}}, {levels}",
        page="page: {title: '{{ subject }}', columns: [subject], sort: subject, facets: [inside]}",
    )
    ledger = FakeLedger()
    for n in range(ROWS + 2):
        ledger.file(note, {"subject": "一", "inside": "a" if n else "a-2"})
    public = published(tmp_path / "public.db", ledger, note)
    names = [name for name, _, _ in list_pages(public, public.kinds["note"], LINKS, "zh")]
    assert len(names) == len(set(names)) == 5
