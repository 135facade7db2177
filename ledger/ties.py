"""Which kinds are withheld together with which: whether that holds together, and who decides first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ledger.strict_yaml import At

if TYPE_CHECKING:
    from ledger.forms import Form

Fault = tuple[str, At, str]
"""The name of the form, the place in it, and what is wrong with what to do."""


def tied_to(form: Form) -> str | None:
    """The kind that a form's records are withheld with."""
    asked = form.fields.get(form.withheld_with or "")
    return asked.refers_to if asked else None


def depth(kind: str, targets: Mapping[str, set[str]], above: tuple[str, ...] = ()) -> int:
    """How many kinds must be decided before this one; in a ring nobody waits for ever.

    >>> targets = {"rating": {"reply"}, "reply": {"suggestion"}}
    >>> [depth(kind, targets) for kind in ("suggestion", "reply", "rating")]
    [0, 1, 2]
    """
    further = targets.get(kind, set()) - {kind, *above}
    return max((1 + depth(each, targets, (*above, kind)) for each in further), default=0)


def faults(forms: Mapping[str, Form]) -> Iterator[Fault]:
    """What is wrong between forms, all of them side by side."""
    yield from _rings(forms)
    yield from _unguarded(forms)


def _rings(forms: Mapping[str, Form]) -> Iterator[Fault]:
    """Kinds that are withheld with each other, so that nothing says whether any of them is."""
    targets = {form.kind: target for form in forms.values() if (target := tied_to(form))}
    for name, form in forms.items():
        seen, kind = [form.kind], targets.get(form.kind)
        while kind and kind not in seen:
            seen.append(kind)
            kind = targets.get(kind)
        if kind == form.kind and len(seen) > 1:
            ring = " -> ".join((*seen, kind))
            yield name, ("withheld_with",), f"goes round: {ring}. Take one of them out."


def _unguarded(forms: Mapping[str, Form]) -> Iterator[Fault]:
    """Forms about records that may be withheld, which would tell of them all the same."""
    shut = {form.kind for form in forms.values() if form.publish_when or form.withheld_with}
    for name, form in forms.items():
        asked = form.fields.get(form.about or "")
        if asked and form.page and asked.refers_to in shut - {form.kind, tied_to(form)}:
            what = f"a {asked.refers_to} may be withheld, and this would tell of it. "
            yield name, ("about",), f"{what}Add withheld_with: {asked.name}."
