"""Adding a kind is adding one file: form, validation, table, pages, nav and metadata come from it alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from collector.imports import import_path
from ledger.forms import Form, load_forms
from ledger.records import check_answers, record_yaml
from ledger.store import Store
from publisher import release

ROOT = Path(__file__).parents[1]
LAMP = """\
kind: lamp
label: {zh: 路灯, en: Street lamp}
description: {zh: 代表看过的一盏路灯。, en: A street lamp that a deputy looked at.}
code: LD
written_by: [deputy, clerk]
about: grid
fields:
  pole:
    label: {zh: 灯杆编号, en: Pole}
    schema: {type: string, maxLength: 20}
    required: true
    publish: full
  grid:
    label: {zh: 网格, en: Grid}
    schema: {type: string}
    refers_to: grid
    publish: full
  cost:
    label: {zh: 维修费, en: Cost of repair}
    schema: {type: integer, minimum: 0}
    shown_as: money
    publish: full
  told_by:
    label: {zh: 谁说的, en: Told by}
    schema: {type: string, maxLength: 20}
    publish: never
page:
  title: '{{ pole }}'
  columns: [pole, grid, cost]
  sort: pole
  facets: [grid]
  search: [pole]
"""
ANSWERS = {"pole": "青柳路第七杆", "grid": "liuhe-03", "cost": 123456789, "told_by": "过路的周大嫂"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The congress's content with one more form and one record of it, imported and built."""
    folder = tmp_path_factory.mktemp("house")
    content = folder / "content"
    shutil.copytree(ROOT / "content", content)
    (content / "forms/lamp.yaml").write_text(LAMP, "utf-8")
    (content / "records/lamp").mkdir()
    (content / "records/lamp/lamp-7.yaml").write_text(record_yaml("lamp", ANSWERS), "utf-8")
    forms = load_forms(content)
    with Store.open(folder / "home", forms) as store:
        import_path(store, forms, content / "records")
    release.build(content, folder / "home", folder / "site", date(2026, 11, 26))
    return folder


@pytest.fixture(scope="module")
def form(house: Path) -> Form:
    return load_forms(house / "content")["lamp"]


def page(house: Path) -> str:
    (path,) = (house / "site/current/www/lamp").glob("LD-*.html")
    return path.read_text("utf-8")


def test_the_phone_can_ask_it(form: Form) -> None:
    asked = form.for_phone()
    assert [each["type"] for each in asked["fields"]] == ["string", "reference", "money", "string"]


def test_its_answers_are_checked(form: Form) -> None:
    assert not check_answers(form, ANSWERS)
    assert {each.pointer for each in check_answers(form, {"cost": -1})} == {"/pole", "/cost"}


def test_it_has_a_table_with_the_published_columns_only(house: Path) -> None:
    with closing(sqlite3.connect(house / "site/current/data/public.db")) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(lamp)")}
        (row,) = db.execute("SELECT title, cost, grid FROM lamp").fetchall()
    assert {"code", "title", "pole", "grid", "cost"} <= columns and "told_by" not in columns
    assert row[:2] == (ANSWERS["pole"], ANSWERS["cost"]) and row[2].startswith("WG-")


def test_it_has_a_list_a_page_and_a_place_in_the_nav(house: Path) -> None:
    assert ANSWERS["pole"] in (house / "site/current/www/lamp/index.html").read_text("utf-8")
    assert "1,234,567.89" in page(house)
    assert "路灯" in (house / "site/current/www/index.html").read_text("utf-8")


def test_it_stands_in_the_dictionary_and_in_datasettes_metadata(house: Path) -> None:
    assert "谁说的" in (house / "site/current/www/catalogue.html").read_text("utf-8")
    told = json.loads((house / "site/current/data/metadata.json").read_text("utf-8"))
    tables = told["databases"]["public"]["tables"]
    assert "路灯" in tables["lamp"]["title"] and set(tables["lamp"]["facets"]) == {"grid"}


def test_what_it_does_not_publish_is_nowhere(house: Path) -> None:
    private = str(ANSWERS["told_by"]).encode()
    files = [path for path in (house / "site").rglob("*") if path.is_file()]
    assert files and not [path for path in files if private in path.read_bytes()]
