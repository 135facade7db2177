"""A table made from a form, filled in and brought in again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from collector.imports import import_path
from collector.mapping import mapping_of
from collector.tables import csv_table
from collector.templates import template_csv, template_mapping
from ledger.forms import Form, load_forms
from ledger.store import Store, open_ledger
from ledger.strict_yaml import parse_yaml

FORMS = load_forms(Path(__file__).parents[2] / "content")


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.kind)
def test_every_form_has_a_table_and_a_mapping_that_fit(form: Form) -> None:
    mapping = mapping_of(parse_yaml(template_mapping(form, "table"), "m.yaml"), FORMS)
    columns = csv_table(template_csv(form).encode(), "t.csv").columns
    assert [each.column for each in mapping.columns] == list(columns)
    assert {each.field for each in mapping.columns} == {f.name for f in form.fields.values() if not f.each}


def test_a_filled_table_comes_in_as_its_clerk_meant_it(tmp_path: Path) -> None:
    form = FORMS["suggestion"]
    row = {"案由": "修复河口桥", "能不能公开": "可以公开", "建议金额": "1,280.50", "领域": "城建环资"}
    row |= {"提出人（按来源）": "林秀禾、田守一", "什么时候提的": "闭会期间", "收到日期": "2026-03-05"}
    header = csv_table(template_csv(form).encode(), "t.csv").columns
    with (tmp_path / "t.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerow(row)
    (tmp_path / "m.yaml").write_text(template_mapping(form, "table"), encoding="utf-8")
    with Store.open(tmp_path / "home", FORMS) as store:
        report = import_path(store, FORMS, tmp_path / "t.csv", tmp_path / "m.yaml")
    assert dict(report.counts) == {"accepted": 1}
    with open_ledger(tmp_path / "home") as ledger:
        (record,) = ledger.records("suggestion")
    assert record.answers["money_asked"] == 128050
    assert record.answers["councillors_as_written"] == ["林秀禾", "田守一"]
    assert (record.answers["topic"], record.answers["period"]) == ("urban_environment", "recess")
