"""Faults planted into a copy of content/, and what `build.py check` must say of them: no more and no less.

What is planted stands in tests/cases/planted; the two faults of every kind are made of its sample records.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.forms import Form, load_forms
from ledger.problems import Problem
from ledger.records import read_record, record_yaml
from ledger.strict_yaml import read_yaml
from ledger.words import load_words
from tests.publisher.fake import CONTENT

CASES = Path(__file__).parent / "cases/planted"
STRANGE = "planted_by_a_test"
"""A field that no form has."""
SELDOM_A_FILE = frozenset({"approval", "erasure", "takedown", "resolution"})
"""What the office files by command, and no sample keeps as a file."""


@dataclass(frozen=True)
class Fault:
    """A fault as it must be told: file below content/, line, field, and how the message reads."""

    file: str
    line: int
    field: str
    says: re.Pattern[str]

    def told_by(self, problem: Problem) -> bool:
        """Whether a problem is this fault, told where it stands."""
        where = problem.where.partition("content/")[2]
        return (where, problem.at) == (f"{self.file}:{self.line}", self.field) and bool(
            self.says.match(problem.what)
        )

    def __str__(self) -> str:
        return f"content/{self.file}:{self.line}: {self.field}: {self.says.pattern}"


def plant(folder: Path) -> list[Fault]:
    """Copy content/ into a folder, plant every fault, and say what must be told of them."""
    shutil.copytree(CONTENT, folder)
    forms, says = load_forms(CONTENT), _messages()
    made = dict(_of_every_kind(forms))
    for file, (text, *_) in made.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    faults = [Fault(file, _line(text, at), field, says[key]) for file, (text, at, field, key) in made.items()]
    for case in sorted(CASES.glob("*.yaml")):
        for file, entries in read_yaml(case).value.items():
            faults += _of_file(folder, file, entries, says)
    return faults


def _of_file(
    folder: Path, file: str, entries: list[dict[str, Any]], says: Mapping[str, re.Pattern[str]]
) -> Iterator[Fault]:
    path = folder / file
    text, places = path.read_text("utf-8") if path.exists() else "", list[int]()
    for entry in entries:
        if "find" in entry:
            assert text.count(entry["find"]) == 1, f"{file}: {entry['find']!r} must stand there once"
            place = text.index(entry["find"])
            longer = len(entry["put"]) - len(entry["find"])
            places = [each + longer if each > place else each for each in places]
            text = text.replace(entry["find"], entry["put"])
        elif "put" in entry:
            assert not text, f"{file} is there already: say what to find in it"
            text, place = entry["put"], 0
        places.append(place if "put" in entry else -1)
    path.write_text(text, "utf-8")
    for entry, place in zip(entries, places, strict=True):
        line = _line(text, entry["at"]) if "at" in entry else text.count("\n", 0, place) + 1
        said = says[entry["key"]] if "key" in entry else re.compile(re.escape(entry["what"]))
        yield Fault(file, line, entry["field"], said)


def _line(text: str, at: str) -> int:
    """The line on which a text begins, which must stand there once."""
    assert text.count(at) == 1, f"{at!r} stands {text.count(at)} times"
    return text.count("\n", 0, text.index(at) + len(at) - len(at.lstrip())) + 1


def _of_every_kind(forms: Mapping[str, Form]) -> Iterator[tuple[str, tuple[str, str, str, str]]]:
    """For each kind with a sample: its file with one fault, the line's text, the field, and the message."""
    files = [Path(file) for case in CASES.glob("*.yaml") for file in read_yaml(case).value]
    faulty_forms = {file.stem for file in files if file.parts[0] == "forms"}
    for kind, form in sorted(forms.items()):
        samples = sorted((CONTENT / "records" / kind).glob("*.yaml"))
        if not samples or kind in faulty_forms:
            continue
        answers = dict(read_record(samples[0]).answers)
        strange = record_yaml(kind, {**answers, STRANGE: 1})
        yield f"records/{kind}/planted-strange.yaml", (strange, STRANGE, STRANGE, "problem.unknown_field")
        asks = {name for each in form.fields.values() for name in each.only_if or ()}
        name = next(
            each.name
            for each in form.fields.values()
            if each.required and not each.only_if and each.name not in asks
        )
        without = record_yaml(kind, {key: value for key, value in answers.items() if key != name})
        yield f"records/{kind}/planted-without.yaml", (without, "\nanswers:\n", name, "problem.required")


def _messages() -> dict[str, re.Pattern[str]]:
    """How each message reads in English, whatever stands in its places."""
    return {
        key: re.compile(
            "".join(
                ".*" if n % 2 else re.escape(part)
                for n, part in enumerate(re.split(r"\{([a-z_]+)\}", message["en"]))
            ),
            re.S,
        )
        for key, message in load_words(CONTENT).messages.items()
        if key.startswith("problem.")
    }
