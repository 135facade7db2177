"""A record as a clerk keeps it: one YAML file, content/records/<kind>/<name>.yaml; in and out.

kind: visit            # may be left out where the folder says it
code: ZF-2026-7KQ4     # only in a copy out of the ledger
why: typo              # only where it corrects a record; or {reason: typo, explanation: …}
answers:
  visited_on: '2026-03-02'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.formats import CODE, NAME, is_code
from ledger.forms import Form
from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import Source, parse_yaml, read_yaml, write_yaml
from ledger.why import LONGEST, REASONS, fault

_KEYS = ("kind", "code", "why", "answers")


@dataclass(frozen=True)
class RecordFile:
    """A record read from a file; `name` is the office's name for it, which other records may refer to."""

    kind: str
    name: str
    code: str | None
    answers: Mapping[str, Any]
    source: Source
    why: Mapping[str, Any] | None = None


def read_record(path: Path) -> RecordFile:
    """Read a record file; raises Problems. The folder says the kind, the file's name the record's."""
    source = read_yaml(path)
    inside = path.parent.parent.name == "records"
    return _record(source, path.stem, path.parent.name if inside or "kind" not in _keys(source) else None)


def parse_record(text: str, name: str, kind: str | None = None) -> RecordFile:
    """A record out of a text called `name`; raises Problems. `kind` is what the folder would say."""
    return _record(parse_yaml(text, name), Path(name).stem, kind)


def record_yaml(
    kind: str, answers: Mapping[str, Any], code: str | None = None, form: Form | None = None
) -> str:
    """A record as YAML that `read_record` and import accept, its answers in the form's order."""
    asked = [name for name in form.fields if name in answers] if form else []
    order = dict.fromkeys([*asked, *answers])
    head = {"kind": kind, "code": code} if code else {"kind": kind}
    return write_yaml({**head, "answers": {name: answers[name] for name in order}})


def _record(source: Source, name: str, folder: str | None) -> RecordFile:
    if problems := list(_faults(source, name, folder)):
        raise Problems(problems)
    value = source.value
    kind = str(value.get("kind", folder))
    return RecordFile(kind, name, value.get("code"), value["answers"], source, _why(value))


def _faults(source: Source, name: str, folder: str | None) -> Iterator[Problem]:
    keys = _keys(source)
    if not keys:
        yield source.problem((), "is not a record. Begin with 'kind:' and 'answers:'.")
        return
    for word in keys - set(_KEYS):
        meant = did_you_mean(word, _KEYS) or "Answers stand below 'answers:'. "
        yield source.problem((word,), f"is not known here. {meant}Use kind, code, why and answers.")
    if not isinstance(source.value.get("answers"), dict):
        yield source.problem(
            ("answers",), "has no answers. Write them below 'answers:', each as field: value."
        )
    kind = source.value.get("kind", folder)
    if not isinstance(kind, str):
        yield source.problem(
            ("kind",), "does not say what kind of record it is. Add 'kind:', such as kind: visit."
        )
    elif folder and kind != folder:
        yield source.problem(
            ("kind",), f"is '{kind}' in the folder of '{folder}'. Move the file or correct the kind."
        )
    code = source.value.get("code")
    if code is not None and not (isinstance(code, str) and is_code(code)):
        yield source.problem(
            ("code",), f"'{code}' is not a public code such as ZF-2026-7KQ4. Correct it or take it out."
        )
    if (why := _why(source.value)) is not None and fault(why):
        yield source.problem(
            ("why",),
            f"is not why a record is corrected. Use one of {', '.join(REASONS)}, or "
            f"{{reason: …, explanation: …}} with a sentence of at most {LONGEST} characters.",
        )
    if not re.fullmatch(f"{NAME}|{CODE}", name):
        yield source.problem(
            (), f"'{name}' cannot be a record's name. Use small letters, digits and -: liuhe-03.yaml."
        )


def _why(value: Mapping[str, Any]) -> Any:
    """Why it corrects, as it travels; one word stands for a reason alone."""
    why = value.get("why")
    return {"reason": why} if isinstance(why, str) else why


def _keys(source: Source) -> set[str]:
    return set(source.value) if isinstance(source.value, dict) else set()
