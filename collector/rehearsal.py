"""Would the record files be accepted? Tried on a ledger of their own, which is thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from collector.imports import SetAside, import_path
from collector.record_files import steps_of
from ledger.forms import Form
from ledger.problems import Problem, Problems, dotted
from ledger.rules.agreements import AGREEMENTS, Rules
from ledger.store import Store
from ledger.words import Words


def rehearse(
    records: Path, forms: Mapping[str, Form], words: Words, rules: Rules = AGREEMENTS
) -> list[Problem]:
    """Every fault of the files under content/records, as the import would meet it; nothing is kept."""
    if not records.is_dir():
        return []
    with TemporaryDirectory() as home, Store.open(Path(home), forms, rules=rules) as store:
        try:
            report = import_path(store, forms, records)
        except Problems as found:
            return list(found.problems)
    return [problem for each in report.set_aside for problem in _problems(each, words)]


def _problems(aside: SetAside, words: Words) -> list[Problem]:
    said = zip(aside.places, aside.problems, aside.reasons(words, "en"), strict=True)
    return [Problem(where, dotted(steps_of(each.pointer)), why) for where, each, why in said]
