"""A field says what its list brings along: only what everybody may see, and the phone is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.forms import load_forms
from ledger.problems import Problems
from tests.ledger.samples import ROOT, form_of, said

PLACE = """\
kind: grid
label: {zh: 网格, en: Grid}
description: {zh: 一格一条。, en: One each.}
code: WG
written_by: [clerk]
fields:
  name: {label: {zh: 名称, en: Name}, publish: full}
  phone: {label: {zh: 电话, en: Telephone}, publish: never}
  note: {label: {zh: 说明, en: Note}, publish: full, publish_when: "name != ''"}
  rows:
    label: {zh: 行, en: Rows}
    schema: {type: array}
    each: {what: {label: {zh: 事, en: What}, publish: month, schema: {type: string, format: date}}}
    publish: full
page: {title: '{{ name }}', columns: [name], sort: name}
"""


def faults(folder: Path, brings: str, refers: str = "refers_to: grid, ") -> list[str]:
    (folder / "forms").mkdir()
    (folder / "forms/grid.yaml").write_text(PLACE, encoding="utf-8")
    field = f"where: {{label: {{zh: 地点, en: Where}}, {refers}brings: {brings}, publish: full}}"
    (folder / "forms/note.yaml").write_text(form_of(field), encoding="utf-8")
    with pytest.raises(Problems) as found:
        load_forms(folder)
    return [str(each) for each in found.value.problems]


@pytest.mark.parametrize(
    ("brings", "why"),
    [
        ("[nmae]", "'nmae' is no field of grid. Did you mean 'name'? There are: name, phone, note, rows."),
        ("[name, phone]", "'phone' of grid is not always publish: full. Take it out; phones keep it."),
        ("[note]", "'note' of grid is not always publish: full. Take it out; phones keep it."),
        ("[rows]", "'rows' of grid is not always publish: full. Take it out; phones keep it."),
    ],
)
def test_what_a_list_cannot_bring_is_told_with_its_line(tmp_path: Path, brings: str, why: str) -> None:
    (fault,) = faults(tmp_path, brings)
    where, at, what = fault.split(": ", 2)
    assert where.rpartition("/")[2] == "note.yaml:7" and at.startswith("fields.where.brings[") and what == why


def test_only_what_refers_brings() -> None:
    (fault,) = said(form_of("where: {label: {zh: 地点, en: Where}, brings: [name], publish: full}"))
    assert "fields.where.brings" in fault and "refers_to" in fault


def test_the_phone_is_told_what_each_field_brings() -> None:
    fields = load_forms(ROOT / "content")["tally_count"].for_phone()["fields"]
    assert [each["brings"] for each in fields][:2] == [
        ["candidates", "list_digest", "seats", "ballot_form", "roster_size", "present", "voted_on"],
        [],
    ]
