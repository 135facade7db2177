"""The lists a form chooses from: code, name and heading of every record of a kind, for the phone to keep.

A kind that waits for approval is listed blind: until it is approved, only the office sees that a record is
there, or the second teller would read the first one's count out of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.approvals import GATES, KIND, ROLES, Approvals
from ledger.cel import withheld
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


def brought(kind: str, forms: Mapping[str, Form]) -> list[str]:
    """What phones keep of the records of a kind, beside their names: all that some form in force asks."""
    return sorted({name for form in forms.values() for name in _brought(form.fields, kind)})


def _brought(fields: Mapping[str, Field], kind: str) -> Iterator[str]:
    for field in fields.values():
        yield from field.brings if field.refers_to == kind else ()
        yield from _brought(field.each, kind)


def reference_list(
    ledger: Ledger, form: Form, forms: Mapping[str, Form], versions: Mapping[str, Form], role: str
) -> list[dict[str, Any]]:
    """The records of a kind as a person of this role chooses one. Nothing in it is kept from the public.

    `forms` are those in force, `versions` every wording there ever was.
    """
    bring = brought(form.kind, forms)
    return [
        {
            "code": record.code,
            "name": record.name,
            "label": heading(record, form, ledger, forms) or record.code,
            "about": _about(record, form, ledger),
            **({"brings": _open(record, bring, form, versions.get(record.form, form))} if bring else {}),
        }
        for record in _seen(ledger, form, versions, role)
    ]


def _seen(ledger: Ledger, form: Form, versions: Mapping[str, Form], role: str) -> Iterator[Record]:
    """The records a role may know of: all where nobody has to approve, and to those who do."""
    approvals: Approvals | None = None
    for record in ledger.records(form.kind):
        gate = min(form.gate, versions.get(record.form, form).gate, key=GATES.index)
        if gate != "none" and role not in ROLES:
            approvals = approvals or Approvals.read(ledger.records(KIND), versions)
            if not approvals.hold(record, gate, form):
                continue
        yield record


def _open(record: Record, names: list[str], today: Form, filed: Form) -> dict[str, Any]:
    """What a record brings: open to everybody today and when it was filed."""
    for form in (today, filed):
        names = [name for name in names if name in form.fields and form.fields[name].is_open]
        if withheld(form.publish_when, record.answers, form):
            names = [name for name in names if name in form.keep_when_withheld]
    return {name: record.answers[name] for name in names if name in record.answers}


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


def list_etag(ledger: Ledger, form: Form, forms: Mapping[str, Form]) -> str:
    """A name for the state of a list, cheap enough to be given with every hello; the same for every role."""
    parts = [ledger.ledger_id, form.version, *ledger.newest(form.kind)]
    parts += [gone] if (gone := ledger.gone.last_of(form.kind)) else []
    if bring := brought(form.kind, forms):
        parts.append(bring)
    if form.gate != "none":
        parts += ledger.newest(KIND)
    return digest_of(write_json(parts).encode())[:22]
