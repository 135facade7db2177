"""The sample congress with its computed state; activities that may be approved are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.forms import Form, load_forms
from ledger.records import read_record
from ledger.rules.activity.haves import has_authority
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT, FakeLedger
from tests.publisher.sample import Change
from tests.publisher.suggestion_sample import with_states

FORMS = load_forms(CONTENT)
KINDS = (
    "grid", "organ", "deputy", "station", "project_idea", "project_cycle", "project_candidate", "ballot",
    "activity", "annual_plan", "plan_amendment", "open_meeting", "observer_seat", "term_transition",
    "street_council", "street_meeting",
)  # fmt: skip
"""The kinds of the congress's own work, and those they refer to."""


def whole(
    path: Path,
    change: Change = lambda kind, name, answers: answers,
    forms: Mapping[str, Form] = FORMS,
    approved: bool = True,
) -> tuple[Public, dict[str, str]]:
    """These records as pages read them, and their codes by kind/name."""
    ledger, codes = FakeLedger(), dict[str, str]()
    for kind in KINDS:
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            answers: dict[str, Any] | None = change(kind, file.stem, dict(read_record(file).answers))
            if answers is None:
                continue
            record = ledger.file(forms[kind], answers, name=file.stem)
            codes[f"{kind}/{file.stem}"] = record.code
            if kind == "activity" and approved and has_authority(answers):
                ledger.approve(record, forms["approval"], forms[kind])
    return with_states(path, ledger, forms), codes
