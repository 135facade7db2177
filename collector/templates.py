"""An empty table for a kind of record, and the mapping that brings it in once a clerk has filled it."""

from __future__ import annotations

import csv
import io
from typing import Any

from ledger.forms import Form
from ledger.spreadsheet import safe_cell
from ledger.strict_yaml import write_yaml


def template_csv(form: Form) -> str:
    """The header of a table for this form, in Chinese; Excel opens it as it is."""
    held = io.StringIO(newline="")
    csv.writer(held).writerow(_columns(form).values())
    return "\ufeff" + held.getvalue()


def template_mapping(form: Form, source: str) -> str:
    """The mapping for such a table: several answers in one cell are parted by 、 and money is in yuan."""
    fields = {name: _how(form, name, column) for name, column in _columns(form).items()}
    return write_yaml({"kind": form.kind, "source": source, "fields": fields})


def _columns(form: Form) -> dict[str, str]:
    """The column of each field that one cell can answer; repeat groups need record files."""
    single = [field for field in form.fields.values() if not field.each]
    labels = [field.label["zh"] for field in single]
    return {
        field.name: safe_cell(label if labels.count(label) == 1 else f"{label}（{field.name}）")
        for field, label in zip(single, labels, strict=True)
    }


def _how(form: Form, name: str, column: str) -> Any:
    field = form.fields[name]
    more: dict[str, Any] = {}
    if field.schema["type"] == "array":
        more["split"] = "[、，,;；\n]"
    if field.schema["type"] == "boolean":
        more["values"] = {"是": True, "否": False}
    if field.shown_as == "money":
        more["money"] = "yuan"
    return {"column": column, **more} if more else column
