"""Would the record files be accepted? Tried on a ledger of their own, which is thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collector.imports import SetAside, bring_in
from collector.record_files import answers_in, line_of, look_for_files, steps_of, try_files
from ledger.congress import load_congress
from ledger.fields import Field
from ledger.forms import Form, sound_forms
from ledger.pii import find_pii
from ledger.problems import Problem, Problems, dotted
from ledger.records import RecordFile, pointer
from ledger.rulebooks import load_rulebook
from ledger.rules.agreements import AGREEMENTS, Rules, under
from ledger.store import Store
from ledger.words import Words, sound_words


def rehearse_content(content: Path) -> list[Problem]:
    """The same with what is sound of forms, words and rules; their own faults are said elsewhere.

    Files of a kind whose form is faulty wait for the form, and count as there for what refers to them.
    """
    forms, _ = sound_forms(content)
    words, _ = sound_words(content)
    try:
        rules = under(load_rulebook(content, load_congress(content).rulebook))
    except Problems:
        rules = AGREEMENTS
    faulty = {path.stem for path in (content / "forms").glob("*.yaml")} - forms.keys()
    return rehearse(content / "records", forms, words, rules, frozenset(faulty))


def rehearse(
    records: Path,
    forms: Mapping[str, Form],
    words: Words,
    rules: Rules = AGREEMENTS,
    waiting: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Every fault of the files under content/records, as the import would meet it; nothing is kept.

    A file that cannot be read hides nothing of the others: its record counts as there for them, and so do
    those of the kinds that are `waiting` for their form.
    """
    if not records.is_dir():
        return []
    paths, problems = look_for_files(records, forms)
    named = [path for path in paths if path.parent.name not in waiting]
    files, unread = try_files(named, forms)
    there = frozenset((path.parent.name, path.stem) for path in paths)
    problems += unread
    with TemporaryDirectory() as home, Store.open(Path(home), forms, rules=rules) as store:
        try:
            report = bring_in(store, forms, files, records, there)
        except Problems as found:
            return [*problems, *found.problems]
    problems += [problem for each in report.set_aside for problem in _problems(each, words)]
    return problems + [problem for file in files for problem in _private(file, forms[file.kind], words)]


def _problems(aside: SetAside, words: Words) -> list[Problem]:
    said = zip(aside.places, aside.problems, aside.reasons(words, "en"), strict=True)
    return [Problem(where, dotted(steps_of(each.pointer)), why) for where, each, why in said]


def _private(file: RecordFile, form: Form, words: Words) -> Iterator[Problem]:
    """What looks like personal data in a text that would be public: a build would hold the record back."""
    for at, kind in _looks_private(form.fields, answers_in(file), ()):
        where = f"{file.source.path}:{line_of(file, pointer(at))}"
        yield Problem(where, dotted(at), words.say("problem.looks_private", "en", kind=kind))


def _looks_private(
    fields: Mapping[str, Field], answers: Any, at: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, value in answers.items() if isinstance(answers, Mapping) else ():
        field = fields.get(name)
        if field is None or not field.has_column:
            continue
        for n, each in enumerate(value if isinstance(value, list) else [value]):
            here = (*at, name, n) if isinstance(value, list) else (*at, name)
            if field.each:
                yield from _looks_private(field.each, each, here)
            elif isinstance(each, str) and (hits := find_pii(each)):
                yield here, hits[0].kind
