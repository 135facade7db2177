"""The sample congress with every gate passed, and what its pages say of duties."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.forms import Form
from publisher.duty import page as duties
from publisher.finding import deputies
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from tests.publisher.finding_sample import BOOK, DATA, FORMS, WORDS, ledger_of
from tests.publisher.sample import Change
from tests.publisher.suggestion_sample import with_states

TWO_KEYS = ("duty_assessment", "duty_review")
READ = ("activity", "typical_case", "report_back")


def approved(
    path: Path,
    change: Change = lambda kind, name, answers: answers,
    forms: Mapping[str, Form] = FORMS,
    *,
    presidium: bool = True,
) -> tuple[Public, dict[str, str]]:
    """The sample as the public reads it once the clerk, and for two keys the presidium, have agreed."""
    ledger, codes = ledger_of(change, forms)
    for versions in list(ledger.versions.values()):
        record = versions[-1]
        if record.kind in (*TWO_KEYS, *READ):
            ledger.approve(record, forms["approval"], forms[record.kind])
        if record.kind in TWO_KEYS and presidium:
            ledger.approve(record, forms["approval"], forms[record.kind], role="presidium")
    return with_states(path, ledger, forms), codes


def deputy(public: Public, code: str) -> dict[str, Any]:
    """What the page of a deputy is given of duties."""
    found: dict[str, Any] = deputies.page(public, public.by_code("deputy")[code], BOOK, WORDS, "zh")["duty"]
    return found


def overview(public: Public) -> dict[str, Any]:
    """What the page of duties is given."""
    return duties.page(public, DataLinks(DATA), BOOK, WORDS, "zh")
