"""Suggestions for the tests of their pages: the sample's, and one made by hand, with their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ledger.forms import Form, load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher import derived
from publisher.out.public_db import seal, write_public_db
from publisher.reading.public import Public, read_public
from publisher.suggestion import page as suggestions
from tests.publisher.fake import CONTENT, FakeLedger, extracted, stand

WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
FORMS = load_forms(CONTENT)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
Records = Sequence[tuple[str, str, Mapping[str, Any]]]
"""Kind, office name and answers of each."""

GIVEN: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "organ": ("organ", {"name": "区交通运输局", "organ_kind": "government"}),
    "helper": ("organ", {"name": "镇人民政府", "organ_kind": "township"}),
    "lin": ("deputy", {"name": "林某"}),
}
ASSIGNED = {
    "suggestion": "s",
    "assigned_on": "2026-02-06",
    "mode": "lead_with_co",
    "organ": "organ",
    "complex": False,
}
REPLIED = {
    "suggestion": "s",
    "assignment": "given",
    "organ": "organ",
    "replied_on": "2026-04-01",
    "letter": "a",
    "outcome_class": "resolved",
    "body": "四十二盏路灯已经全部装好并亮灯。",
}
RATED = {
    "suggestion": "s",
    "reply": "reply",
    "stage": "reply",
    "attitude": "satisfied",
    "result": "basically",
    "rated_on": "2026-04-10",
    "rater": "lin",
}


def about(kind: str, name: str, **answers: Any) -> tuple[str, str, Mapping[str, Any]]:
    """A record about the suggestion."""
    return kind, name, {"suggestion": "s", **answers}


def sample(path: Path, forms: Mapping[str, Form] = FORMS) -> tuple[Public, Mapping[str, str]]:
    """Every record of content/records with its states, and the codes by kind/name."""
    ledger, codes = FakeLedger(), dict[str, str]()
    for kind, form in forms.items():
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            filed = ledger.file(form, read_record(file).answers, name=file.stem)
            codes[f"{kind}/{file.stem}"] = filed.code
    return with_states(path, ledger, forms), codes


def checked(verdict: str, on: str = "2026-05-20", **more: Any) -> dict[str, Any]:
    """A check on the spot that found one thing."""
    item = {"what": "路灯", "verdict": verdict, "note": "还有三盏没装"}
    given = {"checked": "suggestion", "suggestion": "s", "checked_on": on, "deputy_present": True}
    return {**given, "items": [item], "evidence": "晚上八点逐盏看过。", **more}


def congress(path: Path, records: Records = (), **told: Any) -> tuple[Public, Mapping[str, str]]:
    """One suggestion `s` with records about it, as public.db, and the codes by office name."""
    ledger, codes = FakeLedger(), dict[str, str]()
    subject = {
        "subject": "装路灯",
        "confidentiality": "public",
        "received_on": "2026-01-21",
        "period": "recess",
    }
    first = [(kind, name, answers) for name, (kind, answers) in GIVEN.items()]
    for kind, name, answers in (
        *first,
        ("suggestion", "s", {**subject, "lead_deputy": "lin", **told}),
        *records,
    ):
        codes[name] = ledger.file(FORMS[kind], answers, name=name).code
    return with_states(path, ledger), codes


def with_states(path: Path, ledger: FakeLedger, forms: Mapping[str, Form] = FORMS) -> Public:
    """What a release does: the public rows, then what is computed of them."""
    leaves = extracted(ledger, *forms.values())
    write_public_db(path, leaves, forms, stand(len(leaves.held)))
    derived.add(path, BOOK, WORDS)
    seal(path)
    return read_public(path)


def page(public: Public, code: str) -> dict[str, Any]:
    """What the page of a suggestion is given."""
    return suggestions.page(public, public.by_code("suggestion")[code], BOOK, WORDS, "zh")
