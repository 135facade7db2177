"""Which kinds the public sees, and where each stands in the navigation: all out of the forms alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ledger.forms import Field, Form

TABS = 5  # how many kinds get a tab of their own; with the authored pages' tabs nine fit a desktop


@dataclass(frozen=True)
class Tab:
    """One place in the navigation: a kind of its own, or a group of them under a name in content/words."""

    kinds: tuple[Form, ...]
    name: str | None = None


def public(forms: Mapping[str, Form]) -> tuple[Form, ...]:
    """The kinds with a table and pages of their own, in the order of their files."""
    return tuple(form for kind, form in sorted(forms.items()) if form.page and form.published)


def is_register(form: Form, forms: Iterable[Form]) -> bool:
    """Whether a kind is a list that others point into, kept by the office alone: people, places, organs."""
    return set(form.written_by) == {"clerk"} and any(
        field.refers_to == form.kind for other in forms for field in every(other.fields)
    )


def every(fields: Mapping[str, Field]) -> Iterator[Field]:
    """Every field, those of repeat groups too."""
    for field in fields.values():
        yield field
        yield from every(field.each)


def tabs(forms: Mapping[str, Form]) -> tuple[Tab, ...]:
    """The navigation: what happens first, then the registers together, then what would be a tab too many."""
    shown = public(forms)
    registers = tuple(form for form in shown if is_register(form, forms.values()))
    events = [form for form in shown if form not in registers]
    room = TABS - bool(registers)
    alone, rest = (events, []) if len(events) <= room else (events[: room - 1], events[room - 1 :])
    groups = (Tab(registers, "site.nav.registers"), Tab(tuple(rest), "site.nav.more"))
    return (*(Tab((form,)) for form in alone), *(group for group in groups if group.kinds))
