"""The tables of public.db, out of the forms alone: the schema that the public can rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.forms import Field, Form
from ledger.problems import Problem
from publisher import kinds

OWN = (
    *("field", "kind", "counted", "counted_area", "correction", "correction_field", "withdrawn", "erased"),
    *("envelope", "certificate", "release", "set_aside", "set_aside_count"),
)
"""What every public.db says of itself and of its records."""
LOGS = (
    *("deadline_moved", "handling", "promised", "contradiction", "village_project", "duty_record"),
    *("deputy_contact", "five_ones", "escalation", "planned_item"),
)
"""What is computed of records any number of times (publisher/derived.py)."""
GROUP_COLUMNS = ("code", "n")
PHOTO_COLUMNS: Mapping[str, type] = {"code": str, "n": int, "path": str, "width": int, "height": int}
TYPES: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": int, "array": str}


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, its key, and which columns name a row of which other table."""

    name: str
    columns: Mapping[str, type]
    pk: str | tuple[str, ...] | None
    references: Mapping[str, str]


def columns_of(form: Form) -> tuple[Field, ...]:
    """The fields with a column in the kind's own table."""
    return tuple(field for field in form.published if not field.each and field.type != "photos")


def groups_of(form: Form) -> tuple[Field, ...]:
    """The repeat groups with a table of their own."""
    return tuple(field for field in form.published if field.each and _open(field))


def photos_of(form: Form) -> tuple[Field, ...]:
    """The fields of photos, each with a table of its own."""
    return tuple(field for field in form.published if field.type == "photos")


def group_table(form: Form, field: Field) -> str:
    """What the table of a repeat group, or of photos, is called."""
    return f"{form.kind}_{field.name}"


def tables(forms: Mapping[str, Form]) -> tuple[Table, ...]:
    """Every table of records, those of repeat groups after their kind's."""
    public = {form.kind for form in kinds.public(forms)}
    return tuple(table for form in kinds.public(forms) for table in _of_form(form, public))


def _of_form(form: Form, public: set[str]) -> Iterator[Table]:
    columns: dict[str, type] = {"code": str, "title": str}
    columns |= {field.name: TYPES[field.schema["type"]] for field in columns_of(form)}
    columns |= {"author": str} if form.author == "full" else {}
    columns |= {"filed_on": str, "corrected": int, "withheld": int}
    yield Table(form.kind, columns, "code", _references(columns_of(form), public))
    for group in groups_of(form):
        fields = _open(group)
        columns = {"code": str, "n": int} | {each.name: TYPES[each.schema["type"]] for each in fields}
        references = {"code": form.kind, **_references(fields, public)}
        yield Table(group_table(form, group), columns, GROUP_COLUMNS, references)
    for field in photos_of(form):
        yield Table(group_table(form, field), PHOTO_COLUMNS, GROUP_COLUMNS, {"code": form.kind})


def _open(group: Field) -> tuple[Field, ...]:
    return tuple(each for each in group.each.values() if each.has_column)


def _references(fields: tuple[Field, ...], public: set[str]) -> dict[str, str]:
    return {f.name: f.refers_to for f in fields if f.type == "reference" and f.refers_to in public}


def open_fields(group: Field) -> tuple[Field, ...]:
    """The fields of a repeat group that have a column."""
    return _open(group)


def kind_rows(forms: Mapping[str, Form]) -> list[dict[str, Any]]:
    """The table `kind`: what each form says about its records as a whole."""
    public = kinds.public(forms)
    places = kinds.places(forms)
    return [
        {
            "kind": form.kind,
            "label_zh": form.label["zh"],
            "label_en": form.label["en"],
            "description_zh": form.description["zh"],
            "description_en": form.description["en"],
            "letters": form.code,
            "public": int(form in public),
            "register": int(kinds.is_register(form, forms.values())),
            "place": places.get(form.kind),
            "group_zh": (kinds.group_of(form) or {}).get("zh"),
            "group_en": (kinds.group_of(form) or {}).get("en"),
            "about": form.about,
            "gate": form.gate,
            "proof": int(form.proof),
            "author": form.author,
            "publish_when": form.publish_when,
            "withheld_with": form.withheld_with,
            "basis": form.basis,
            "written_by": _json(form.written_by),
            "keep_when_withheld": _json(form.keep_when_withheld),
            "dated_by": dated_by(form) if form in public else None,
            "title_from": _json(form.page.places if form.page else ()),
            "columns": _json(form.page.columns if form.page else ()),
            "sort": form.page.sort if form.page else None,
            "facets": _json(form.page.facets if form.page else ()),
            "version": form.version,
        }
        for _, form in sorted(forms.items())
    ]


def dated_by(form: Form) -> str:
    """The column that dates a record: what lists are sorted by where that is a date, else its arrival."""
    name = form.page.sort.lstrip("-") if form.page else ""
    field = form.fields.get(name)
    return name if field and field.type in ("date", "date-time") else "filed_on"


def field_rows(forms: Mapping[str, Form]) -> list[dict[str, Any]]:
    """The table `field`, the data dictionary: every field of every form, published or not."""
    rows = []
    for _, form in sorted(forms.items()):
        for n, (name, field) in enumerate(_walk(form.fields)):
            rows.append(
                {
                    "kind": form.kind,
                    "field": name,
                    "n": n,
                    "label_zh": field.label["zh"],
                    "label_en": field.label["en"],
                    "policy": field.publish,
                    "type": field.type,
                    "unit": field.unit["zh"] if field.unit else None,
                    "unit_en": field.unit["en"] if field.unit else None,
                    "required": int(field.required),
                    "refers_to": field.refers_to,
                    "choices": _json({value: dict(label) for value, label in field.choices.items()})
                    if field.choices
                    else None,
                    "publish_when": field.publish_when,
                    "basis": field.basis,
                    "written_by": _json(field.written_by) if field.written_by else None,
                    "forget_after": field.forget_after,
                }
            )
    return rows


def _walk(fields: Mapping[str, Field], above: str = "") -> Iterator[tuple[str, Field]]:
    for name, field in fields.items():
        yield above + name, field
        yield from _walk(field.each, f"{above}{name}.")


def faults(forms: Mapping[str, Form]) -> list[Problem]:
    """Forms whose tables would take each other's name, or that of a table which public.db always has."""
    found: list[Problem] = []
    taken = {
        name: "a table of public.db"
        for name in (*OWN, *LOGS, *(f"{kind}{end}" for kind in forms for end in ("_state", "_zh")))
    }
    for form in kinds.public(forms):
        where = f"content/forms/{form.kind}.yaml"
        for table in _of_form(form, set()):
            if table.name in taken:
                what = f"'{table.name}' is already {taken[table.name]}. Rename the kind or the group."
                found.append(Problem(where, "kind", what))
            taken[table.name] = f"the table of {where}"
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
