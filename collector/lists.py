"""The lists a form chooses from: code, name and heading of every record of a kind, for the phone to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.forms import Field, Form
from ledger.policy import leave
from ledger.signature import digest_of
from ledger.store import Ledger, Record
from ledger.strict_json import write_json


def listed_kinds(forms: Mapping[str, Form]) -> list[str]:
    """The kinds that some form refers to."""
    return sorted({kind for form in forms.values() for kind in _referred(form.fields)} & set(forms))


def _referred(fields: Mapping[str, Field]) -> set[str]:
    found = {field.refers_to for field in fields.values() if field.refers_to}
    return found.union(*(_referred(field.each) for field in fields.values()))


def reference_list(ledger: Ledger, form: Form, forms: Mapping[str, Form]) -> list[dict[str, Any]]:
    """Every current record of a kind as a phone chooses it. Nothing is in it that the public may not see."""
    return [
        {
            "code": record.code,
            "name": record.name,
            "label": heading(record, form, ledger, forms) or record.code,
            "about": _about(record, form, ledger),
        }
        for record in ledger.records(form.kind)
    ]


def heading(record: Record, form: Form, ledger: Ledger, forms: Mapping[str, Form], deep: bool = True) -> str:
    """A record's title out of what may be shown of it."""
    shown = {}
    for name, field in form.fields.items():
        value = leave(field.publish, record.answers.get(name)) if name in record.answers else None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            shown[name] = _shown(str(value), field, ledger, forms, deep)
    return form.title(shown)


def _shown(value: str, field: Field, ledger: Ledger, forms: Mapping[str, Form], deep: bool) -> str:
    if field.choices:
        return field.choices[value]["zh"] if value in field.choices else value
    if field.refers_to and deep and field.refers_to in forms:
        code = ledger.resolve(field.refers_to, value)
        other = ledger.record(code) if code else None
        if other:
            return heading(other, forms[field.refers_to], ledger, forms, deep=False) or value
    return value


def _about(record: Record, form: Form, ledger: Ledger) -> str | None:
    value = record.answers.get(form.about) if form.about else None
    field = form.fields.get(form.about) if form.about else None
    if not isinstance(value, str) or field is None or field.refers_to is None:
        return None
    return ledger.resolve(field.refers_to, value)


def list_etag(ledger_id: str, form: Form, newest: int, count: int) -> str:
    """A name for the state of a list, cheap enough to be given with every hello."""
    return digest_of(write_json([ledger_id, form.version, newest, count]).encode())[:22]
