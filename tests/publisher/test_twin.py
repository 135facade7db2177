"""Beside each page stands its JSON, and both say the same; each page says how to cite it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT
from tests.publisher.sample import rendered, sample
from tests.publisher.taken_home import put, site_of, written
from tests.publisher.test_download_tables import sample as filed

FORMS = load_forms(CONTENT)
WWW = "http://127.0.0.1:8750"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("twins") / "release"
    put(path, filed(), FORMS)
    written(path)
    return path


def twin(release: Path, kind: str, code: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((release / f"www/{kind}/{code}.json").read_text("utf-8"))
    return read


def test_every_record_has_a_twin_with_all_that_is_public_of_it(release: Path) -> None:
    public = site_of(release).public
    for kind in public.shown:
        for row in public.rows[kind.name]:
            made = twin(release, kind.name, row["code"])
            assert (made["code"], made["kind"], made["title"]) == (row["code"], kind.name, row["title"])
            assert made["address"] == f"{WWW}/{kind.name}/{row['code']}.html"
            for name, value in made["values"].items():
                asked = kind.fields[name]
                assert asked.public and asked.policy not in ("never", "counted")
                if not asked.each and asked.type not in ("photos", "boolean"):
                    assert value == row[name]
            assert row["withheld"] or {each.name for each in kind.told} == made["values"].keys()


def test_values_are_also_said_in_words_and_references_are_codes(release: Path) -> None:
    public = site_of(release).public
    row = next(
        row for row in public.rows["suggestion"] if row["topic"] and row["grid"] and not row["withheld"]
    )
    made = twin(release, "suggestion", row["code"])
    assert made["in_words"]["topic"] == {
        "label": "领域",
        "words": FORMS["suggestion"].fields["topic"].choices[row["topic"]]["zh"],
    }
    assert made["in_words"]["grid"]["words"] == public.titles[made["values"]["grid"]]
    assert made["computed"]["as_of"] == public.release["as_of"] and "stage" in made["computed"]["values"]
    related = {(each["kind"], each["via"]) for each in made["related"]}
    assert related == {(each.kind, each.via) for each in public.about.get(row["code"], ())}


def test_of_a_withheld_record_the_twin_says_what_is_kept_and_nothing_else(release: Path) -> None:
    public = site_of(release).public
    row = next(row for row in public.rows["suggestion"] if row["withheld"])
    made = twin(release, "suggestion", row["code"])
    assert made["values"].keys() == {"received_on"} and "computed" not in made and made["proof"] is None


def test_a_twin_that_says_another_value_is_noticed(release: Path, tmp_path: Path) -> None:
    public = site_of(release).public
    code = public.rows["grid"][0]["code"]
    path = release / f"www/grid/{code}.json"
    whole = path.read_text("utf-8")
    path.unlink()
    path.write_text(whole.replace(public.rows["grid"][0]["name"], "别处"), "utf-8")
    try:
        with pytest.raises(AssertionError):
            test_every_record_has_a_twin_with_all_that_is_public_of_it(release)
    finally:
        path.write_text(whole, "utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, Mapping[str, str]]:
    public, _ = sample(tmp_path_factory.mktemp("cited") / "public.db")
    return public, rendered(public, "visit", "suggestion")


def test_a_page_leads_to_its_twin_and_a_list_to_the_files_of_its_table(
    pages: tuple[Public, Mapping[str, str]],
) -> None:
    public, made = pages
    for row in public.rows["visit"]:
        assert f'href="{row["code"]}.json"' in made[f"visit/{row['code']}.html"]
        assert ".proof.json" not in made[f"visit/{row['code']}.html"]
    assert 'href="../download.html#take-visit"' in made["visit/index.html"]
    assert 'href="../download/visit.excel.csv"' in made["visit/index.html"]


def test_every_page_says_how_to_cite_it_in_two_ways(pages: tuple[Public, Mapping[str, str]]) -> None:
    public, made = pages
    for kind in ("visit", "suggestion"):
        for row in public.rows[kind]:
            page = unescape(made[f"{kind}/{row['code']}.html"])
            corrections = public.corrections.get(row["code"])
            day = corrections[-1].on if corrections else row["filed_on"]
            address = f"{WWW}/{kind}/{row['code']}.html"
            name = "青溪区人民代表大会"
            assert f"{name}. {row['title']}：{row['code']}[DB/OL]. ({day})[引用日期]. {address}." in page
            assert f"{name}. ({day}). {row['title']} ({row['code']}) [Data record]." in page
            assert f"Retrieved [access day], from {address}" in page
    day = public.release["as_of"]
    listed = unescape(made["visit/index.html"])
    assert f"走访[DB/OL]. ({day})[引用日期]. {WWW}/visit/index.html." in listed
