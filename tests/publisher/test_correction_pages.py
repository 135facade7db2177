"""corrections.html, where an error is reported, and the catalogue with its bases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.contact import Errors
from ledger.forms import load_forms
from ledger.why import Why
from publisher.correction.catalogue import catalogue_data
from publisher.correction.listed import ON_A_PAGE
from publisher.correction.report import report
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Page, Shell
from tests.publisher.fake import CONTENT, FakeLedger, published, shipped

FORMS = load_forms(CONTENT)


def site_of(public: Public, **changed: Any) -> Site:
    loaded = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    congress = replace(loaded.congress, **changed)
    database: dict[str, Any] = {"sha256": "", "bytes": 0}
    return Site(public, shells, loaded.templates, congress, loaded.words, "", database, loaded.rulebook)


def rendered(site: Site) -> dict[str, str]:
    return {each.path: each.bytes().decode() for each in pages(site) if isinstance(each, Page)}


def corrected(ledger: FakeLedger, times: int, why: Why | None = None, first: str = "柳河村") -> str:
    code = ledger.file(FORMS["grid"], {"name": first, "level": "village"}).code
    for n in range(times):
        at = f"2026-{n % 9 + 1:02d}-{n // 9 + 1:02d}T01:00:00.000Z"
        answers = {"name": f"{first}{n}", "level": "village"}
        ledger.file(FORMS["grid"], answers, code=code, received_at=at, why=why)
    return code


def test_all_corrections_are_listed_the_latest_first_and_page_by_page(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = corrected(ledger, ON_A_PAGE + 3, Why("wrong_fact", "量错了"))
    made = rendered(site_of(published(tmp_path / "public.db", ledger, *FORMS.values())))
    assert {path for path in made if path.startswith("corrections")} == {
        "corrections.html",
        "corrections-2.html",
    }
    first, second = made["corrections.html"], made["corrections-2.html"]
    assert (first.count("<time>"), second.count("<time>")) == (ON_A_PAGE, 3)
    days = [part[:10] for part in (first + second).split("<time>")[1:]]
    assert days == sorted(days, reverse=True)
    assert "事实不对" in first and "量错了" in first and f"grid/{code}.html#corrections" in first
    assert "corrections-2.html" in first and "corrections.html" in second


def test_with_no_correction_the_page_says_so(tmp_path: Path) -> None:
    made = rendered(site_of(published(tmp_path / "public.db", FakeLedger(), *FORMS.values())))
    assert "还没有更正过" in made["corrections.html"]


def test_a_long_text_is_cut_on_the_list_and_whole_on_its_page(tmp_path: Path) -> None:
    ledger, visit = FakeLedger(), FORMS["visit"]
    long = "村道两边的排水沟已经清了一遍。" * 20
    first = ledger.file(visit, {"visit_kind": "spot", "summary": "短"})
    ledger.file(visit, {"visit_kind": "spot", "summary": long}, code=first.code)
    made = rendered(site_of(published(tmp_path / "public.db", ledger, *FORMS.values())))
    assert long not in made["corrections.html"] and long[:100] in made["corrections.html"]
    assert made[f"visit/{first.code}.html"].count(long) >= 2


def test_every_record_says_where_to_report_an_error_with_its_code(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = corrected(ledger, 0)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    ways = Errors(
        "office@example.gov.cn", "0532-1234567", None, "https://example.gov.cn/e?code={code}", 5, True
    )
    body = rendered(site_of(public, errors=ways))[f"grid/{code}.html"]
    assert f"mailto:office@example.gov.cn?subject=%E6%8A%A5%E5%91%8A%E9%94%99%E8%AF%AF%EF%BC%9A{code}" in body
    assert f"https://example.gov.cn/e?code={code}" in body and "tel:0532-1234567" in body
    assert "我们在 5 个工作日内答复。" in body.replace("\u00a0", " ") and "默认" not in body


def test_a_congress_that_names_no_way_says_where_its_office_is_and_that_the_time_is_a_default(
    tmp_path: Path,
) -> None:
    ledger = FakeLedger()
    code = corrected(ledger, 0)
    site = site_of(published(tmp_path / "public.db", ledger, *FORMS.values()), errors=None)
    body = rendered(site)[f"grid/{code}.html"]
    assert "请到青溪区人大办公室当面指出" in body and "默认时限" in body and "mailto:" not in body
    assert report(site)["promised"] is False


def test_the_catalogue_says_on_what_basis_and_where_it_says_none(tmp_path: Path) -> None:
    public = published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    kinds = {each["name"]: each for each in catalogue_data(public, "zh")["kinds"]}
    fields = {each["name"]: each for each in kinds["visit"]["fields"]}
    assert "第五十八条" in kinds["visit"]["basis"] == fields["grid"]["basis"]
    assert "个人信息保护法" in fields["contact_phone"]["basis"] and fields["notes"]["basis"] is None
    assert kinds["approval"]["written_by"] == ["clerk", "presidium"] and kinds["takedown"]["elsewhere"]
    body = rendered(site_of(public))["catalogue.html"]
    assert "未写明依据" in body and "谁填写：代表、人大办" in body and "依据同本类记录" in body


def test_every_kind_stands_in_the_catalogue_withheld_ones_too(tmp_path: Path) -> None:
    public = published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    listed = {each["name"]: len(each["fields"]) for each in catalogue_data(public, "zh")["kinds"]}
    assert listed.keys() == FORMS.keys()
    assert all(listed[kind] >= len(form.fields) for kind, form in FORMS.items())
