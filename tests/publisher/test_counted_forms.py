"""Every form of the congress that counts, visits and deeds among them, tells no number below five."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.fields import Field
from ledger.forms import Form, load_forms
from publisher.out.counted import counted_cells, counted_fields
from publisher.out.counted_areas import area_of
from publisher.out.figures import FEWEST
from tests.publisher.fake import CONTENT
from tests.publisher.test_counted import Version

FORMS = load_forms(CONTENT)
COUNTED = [form for form in FORMS.values() if any(counted_fields(form)) and not area_of(form)]
OPEN = [form for form in COUNTED if form.gate == "none" and not form.withheld_with]


def answer(field: Field, chance: random.Random) -> Any:
    """Something that fits a field well enough to be counted."""
    match field.type:
        case "choice":
            return chance.choices([*field.choices], [3**-n for n, _ in enumerate(field.choices)])[0]
        case "choices":
            return chance.sample([*field.choices], 1)
        case "integer" | "money":
            return chance.randrange(5)
        case "boolean":
            return chance.random() < 0.3
        case "date":
            return str(date(2026, 1, 1) + timedelta(days=chance.randrange(85)))
        case "group":
            return [{name: answer(each, chance) for name, each in field.each.items()}]
    return "x"


def crowd(form: Form, seed: int) -> list[Version]:
    chance = random.Random(seed)
    kept = [
        {name: answer(field, chance) for name, field in form.fields.items() if chance.random() < 0.9}
        for _ in range(chance.randrange(90))
    ]
    return [
        Version(f"{form.code}-2026-{n:03d}X", answers, "2026-03-31T08:00:00.000Z", n, form.kind, form.version)
        for n, answers in enumerate(kept, 1)
    ]


@pytest.mark.parametrize("form", OPEN, ids=lambda form: form.kind)
def test_no_form_tells_a_number_below_five_or_one_that_follows(form: Form) -> None:
    told: Counter[bool] = Counter()
    for seed in range(60):
        records = crowd(form, seed)
        cells = counted_cells({form.kind: form}, records, date(2026, 7, 1))
        told.update(cell.n is None for cell in cells)
        assert all(cell.n >= FEWEST for cell in cells if cell.n is not None), seed
        for asked in counted_fields(form):
            if asked.field.type not in ("choice", "boolean") or asked.group or form.publish_when:
                continue
            for period in {cell.period for cell in cells}:
                part = {c.value: c.n for c in cells if c.field == asked.name and c.period == period}
                hidden = [value for value, n in part.items() if n is None]
                if 0 < len(hidden) < len(part):
                    assert len(hidden) > 1, seed
    assert told[False] > 0 or all(each.group for each in counted_fields(form))


@pytest.mark.parametrize("form", [form for form in COUNTED if form not in OPEN], ids=lambda form: form.kind)
def test_what_waits_or_is_tied_is_in_no_count(form: Form) -> None:
    cells = counted_cells({form.kind: form}, crowd(form, 1), date(2026, 7, 1))
    assert {cell.n for cell in cells} <= {None}


def test_visits_needs_and_deeds_are_counted() -> None:
    assert {"visit", "service_deed"} <= {form.kind for form in OPEN}
    assert [form.kind for form in FORMS.values() if area_of(form)] == ["need"]
