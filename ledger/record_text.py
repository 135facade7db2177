"""A record as a clerk keeps it: one YAML file, content/records/<kind>/<name>.yaml; in and out.

kind: visit            # may be left out where the folder says it
code: ZF-2026-7KQ4     # only in a copy out of the ledger
why: typo              # only where it corrects a record; or {reason: typo, explanation: …}
answers:
  visited_on: '2026-03-02'
earlier:               # only where it was corrected before: what each earlier version said otherwise
  - answers: {visited_on: '2026-03-20'}
approved: true         # only where it waits for the office: whoever brings it in has read it and agrees
taken_down: duplicate  # only where it is not to be shown any more; or {reason: duplicate, explanation: …}
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

_KEYS = ("kind", "code", "why", "answers", "earlier", "approved", "taken_down")
_OF_EARLIER = {"answers", "why"}
_OF_TAKEN_DOWN = {"reason", "explanation"}


@dataclass(frozen=True)
class Earlier:
    """A version before the one that stands: all its answers, and why it came if it corrected another."""

    answers: Mapping[str, Any]
    why: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RecordFile:
    """A record read from a file; `name` is the office's name for it, which other records may refer to.

    `earlier` are the versions before this one, the oldest first; `taken_down` is why it is not shown.
    `approved`: the office agrees to publish it as it stands in the file.
    """

    kind: str
    name: str
    code: str | None
    answers: Mapping[str, Any]
    source: Source
    why: Mapping[str, Any] | None = None
    earlier: tuple[Earlier, ...] = ()
    taken_down: Mapping[str, Any] | None = None
    approved: bool = False


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
    code, answers, down = value.get("code"), value["answers"], value.get("taken_down")
    return RecordFile(
        kind,
        name,
        code,
        answers,
        source,
        _why(value),
        tuple(Earlier(answers | each["answers"], _why(each)) for each in value.get("earlier") or ()),
        {"reason": down} if isinstance(down, str) else down,
        value.get("approved", False),
    )


def _faults(source: Source, name: str, folder: str | None) -> Iterator[Problem]:
    keys = _keys(source)
    if not keys:
        yield source.problem((), "is not a record. Begin with 'kind:' and 'answers:'.")
        return
    for word in keys - set(_KEYS):
        meant = did_you_mean(word, _KEYS) or "Answers stand below 'answers:'. "
        yield source.problem((word,), f"is not known here. {meant}Use {', '.join(_KEYS)}.")
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
    yield from _why_faults(source, source.value, ())
    yield from _earlier_faults(source)
    if (down := source.value.get("taken_down")) is not None and not _is_reason(down):
        yield source.problem(
            ("taken_down",),
            "does not say why. Write one word such as duplicate, or {reason: …, explanation: …}.",
        )
    if not isinstance(source.value.get("approved", False), bool):
        yield source.problem(("approved",), "is neither true nor false. Write true, or take it out.")
    if not re.fullmatch(f"{NAME}|{CODE}", name):
        yield source.problem(
            (), f"'{name}' cannot be a record's name. Use small letters, digits and -: liuhe-03.yaml."
        )


def _why_faults(source: Source, value: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Problem]:
    if (why := _why(value)) is not None and fault(why):
        yield source.problem(
            (*at, "why"),
            f"is not why a record is corrected. Use one of {', '.join(REASONS)}, or "
            f"{{reason: …, explanation: …}} with a sentence of at most {LONGEST} characters.",
        )


def _earlier_faults(source: Source) -> Iterator[Problem]:
    earlier = source.value.get("earlier")
    what = (
        "is not a list of earlier versions. Write for each '- answers:' with the fields that read otherwise."
    )
    if earlier is not None and not isinstance(earlier, list):
        yield source.problem(("earlier",), what)
        return
    for n, each in enumerate(earlier or ()):
        whole = isinstance(each, dict) and {"answers"} <= set(each) <= _OF_EARLIER
        if not whole or not isinstance(each["answers"], dict):
            yield source.problem(("earlier", n), what)
        else:
            yield from _why_faults(source, each, ("earlier", n))


def _is_reason(down: Any) -> bool:
    """Why a record is taken down; which reasons there are, the form of takedowns says."""
    given = {"reason": down} if isinstance(down, str) else down
    return (
        isinstance(given, dict)
        and {"reason"} <= set(given) <= _OF_TAKEN_DOWN
        and all(isinstance(each, str) for each in given.values())
    )


def _why(value: Mapping[str, Any]) -> Any:
    """Why it corrects, as it travels; one word stands for a reason alone."""
    why = value.get("why")
    return {"reason": why} if isinstance(why, str) else why


def _keys(source: Source) -> set[str]:
    return set(source.value) if isinstance(source.value, dict) else set()
