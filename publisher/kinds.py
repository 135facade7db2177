"""Which kinds the public sees, and where each stands in the navigation: all out of the forms alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.fields import Label
    from ledger.forms import Field, Form

TABS = 8  # how many tabs the kinds get; with those of the authored pages twelve fit a desktop of 1220 px


@dataclass(frozen=True)
class Tab:
    """One place in the navigation: a kind of its own, or several under one name.

    The name is a key of content/words, or for kinds that declare a group its `label`.
    """

    kinds: tuple[Form, ...]
    name: str | None = None
    label: Label | None = None


def public(forms: Mapping[str, Form]) -> tuple[Form, ...]:
    """The kinds with a table and pages of their own, in the order of their files."""
    return tuple(form for kind, form in sorted(forms.items()) if form.page and form.published)


def is_register(form: Form, forms: Iterable[Form]) -> bool:
    """Whether a kind is a list that others point into, kept by the office alone: people, places, organs."""
    return (
        set(form.written_by) == {"clerk"}
        and not group_of(form)
        and any(field.refers_to == form.kind for other in forms for field in every(other.fields))
    )


def group_of(form: Form) -> Label | None:
    """The tab that a kind says it shares, if it says so."""
    return form.page.group if form.page else None


def every(fields: Mapping[str, Field]) -> Iterator[Field]:
    """Every field, those of repeat groups too."""
    for field in fields.values():
        yield field
        yield from every(field.each)


def tabs(forms: Mapping[str, Form]) -> tuple[Tab, ...]:
    """The navigation: what declares a group, what happens, the registers, then what would be too many."""
    shown = public(forms)
    grouped = _groups(shown)
    registers = tuple(form for form in shown if is_register(form, forms.values()))
    events = [form for form in shown if form not in registers and not group_of(form)]
    room = max(TABS - bool(registers) - len(grouped), 1)
    alone, rest = (events, []) if len(events) <= room else (events[: room - 1], events[room - 1 :])
    more = (Tab(registers, "site.nav.registers"), Tab(tuple(rest), "site.nav.more"))
    return (*grouped, *(Tab((form,)) for form in alone), *(tab for tab in more if tab.kinds))


def places(forms: Mapping[str, Form]) -> dict[str, int]:
    """Where each public kind stands in the navigation, counted from 1."""
    return {form.kind: n for n, form in enumerate((form for tab in tabs(forms) for form in tab.kinds), 1)}


def _groups(shown: Collection[Form]) -> list[Tab]:
    """The declared groups; a kind stands after those it refers to, as a reader comes to them."""
    groups: dict[str, list[Form]] = {}
    for form in shown:
        if label := group_of(form):
            groups.setdefault(label["zh"], []).append(form)
    tabs = [Tab(_led(_in_order(kinds)), label=group_of(kinds[0])) for kinds in groups.values()]
    return sorted(tabs, key=_group_at)


def _led(kinds: tuple[Form, ...]) -> tuple[Form, ...]:
    """The kind that says where the group stands leads it: the tab opens its list."""
    return tuple(sorted(kinds, key=lambda form: not (form.page and form.page.group_at)))


def _group_at(tab: Tab) -> int:
    """Where the tab of a group stands, as one of its kinds says; others come after."""
    said = (form.page.group_at for form in tab.kinds if form.page)
    return min((at for at in said if at), default=100)


def _in_order(kinds: list[Form]) -> tuple[Form, ...]:
    """What others refer to comes first; kinds that refer to each other in a ring stay as they come.

    What neither refers to another nor is referred to has no place in that story: it comes last.
    """
    told = {form.kind for form in kinds if _told(form, kinds)} | {
        kind for form in kinds for kind in _told(form, kinds)
    }
    alone = [form for form in kinds if form.kind not in told]
    placed: list[Form] = []
    waiting = [form for form in kinds if form not in alone]
    while waiting:
        free = [form for form in waiting if not _told(form, waiting)]
        for form in free or waiting:
            placed.append(form)
            waiting = [each for each in waiting if each is not form]
    return (*placed, *alone)


def _told(form: Form, among: Iterable[Form]) -> set[str]:
    """The other kinds that a form's fields refer to."""
    names = {each.kind for each in among} - {form.kind}
    return {field.refers_to for field in every(form.fields) if field.refers_to in names}
