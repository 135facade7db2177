"""Answers checked against their form: every fault with its place and a message a person can act on.

Phone and server find the same faults in the same places; tests/cases/answers.yaml holds them to it. Of one
answer only one fault is told: that it is not asked before that it has the wrong type, both before anything
finer, hidden letters last. A check across fields waits until all it names is answered without a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonschema_rs

from ledger import letters
from ledger.cel import holds
from ledger.fields import Field, Label
from ledger.forms import Form
from ledger.record_text import RecordFile, parse_record, read_record, record_yaml
from ledger.why import LONGEST, NAME, apart, fault

__all__ = [
    "AnswerProblem",
    "RecordFile",
    "check_answers",
    "not_asked_of",
    "parse_record",
    "pointer",
    "read_record",
    "record_yaml",
    "why_problems",
    "without_why",
]

Path = tuple[str | int, ...]
Lookup = Callable[[str, str], object]


@dataclass(frozen=True)
class AnswerProblem:
    """What is wrong with an answer: where (RFC 6901), which message of content/words, and its parameters."""

    pointer: str
    key: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class _Found:
    """A fault before it is put in order; of those at one place the lowest rank is told, and every check."""

    path: Path
    rank: int
    key: str
    params: Mapping[str, Any]
    said: str = ""


@dataclass(frozen=True)
class _Ready:
    """What is worked out once for each version of a form."""

    validator: jsonschema_rs.Draft202012Validator
    whole: tuple[str, ...]


_ready: dict[str, _Ready] = {}


def not_asked_of(form: Form, answers: Mapping[str, Any], role: str) -> list[AnswerProblem]:
    """The answers to questions that a person of this role is not asked (a field's `written_by`)."""
    return [
        AnswerProblem(pointer((name,)), "problem.not_asked_of_you", {"label": form.fields[name].label})
        for name in answers
        if name in form.fields and not form.fields[name].asked_of(role)
    ]


def without_why(
    answers: Mapping[str, Any], replaces: str | None
) -> tuple[dict[str, Any], list[AnswerProblem]]:
    """The answers of a record as its form asks them, and what is wrong with the reason beside them.

    A record that replaces nothing has no reason: it stays among the answers, where no form knows it.
    """
    if replaces is None or NAME not in answers:
        return dict(answers), []
    plain, why = apart(answers)
    return plain, why_problems(why)


def why_problems(why: Any) -> list[AnswerProblem]:
    """What is wrong with the reason of a correction."""
    found = fault(why)
    return [AnswerProblem(*found, {"max": LONGEST})] if found else []


def check_answers(
    form: Form, answers: Mapping[str, Any], lookup: Lookup | None = None
) -> list[AnswerProblem]:
    """Everything that is wrong with a record's answers; an empty list when nothing is.

    `lookup(kind, reference)` says whether a record that an answer names is there; without it nobody asks.
    """
    if type(answers) is not dict:
        if not isinstance(answers, Mapping):
            return [AnswerProblem("", "problem.not_answers", {})]
        answers = dict(answers)
    ready = _ready.get(form.version) or _prepare(form)
    try:
        found = [] if _fine(ready, answers) else _faults(form, ready, answers)
    except (TypeError, ValueError):  # a key that is no text, a value that JSON has not
        return [AnswerProblem("", "problem.not_answers", {})]
    if lookup:
        found += _unknown_references(form.fields, answers, lookup)
    if form.checks:
        found += _unsatisfied(form, answers, {each.path[0] for each in found if each.path})
    return _in_order(form, found) if found else []


def pointer(path: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901).

    >>> pointer(["people", 0, "a/b"])
    '/people/0/a~1b'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _prepare(form: Form) -> _Ready:
    validator = jsonschema_rs.Draft202012Validator(
        form.json_schema(), validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True
    )
    ready = _Ready(
        validator,
        tuple(name for name, field in form.fields.items() if field.schema["type"] == "integer"),
    )
    _ready[form.version] = ready
    return ready


def _fine(ready: _Ready, answers: Mapping[str, Any]) -> bool:
    """Whether answers are certainly fine: the common case, decided fast. False has `_faults` look closer."""
    try:
        return ready.validator.is_valid(answers) and _plain(ready, answers)
    except (TypeError, ValueError):  # half a character, for one
        return False


def _plain(ready: _Ready, answers: Mapping[str, Any]) -> bool:
    """Whether answers that fit the schema are certainly fine in what a schema cannot see."""
    texts = [value for value in answers.values() if type(value) is str]
    for value in answers.values():
        if type(value) is list:
            if value and type(value[0]) is dict:
                return False
            texts += value
    if any(type(answers.get(name)) is float for name in ready.whole):
        return False
    return letters.clean("".join(texts))


def _faults(form: Form, ready: _Ready, answers: Mapping[str, Any]) -> list[_Found]:
    found = [each for error in ready.validator.iter_errors(_whole(answers)) for each in _said(form, error)]
    found += _beyond_schema(form.fields, answers, (), form)
    found += _twice(form, answers)
    return found


def _whole(value: Any) -> Any:
    """The same answers without halves of characters, which the validator cannot put into its errors."""
    if isinstance(value, str):
        return (
            value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value


def _said(form: Form, error: Any) -> Iterator[_Found]:
    path: Path = tuple(error.instance_path)
    kind = error.kind
    match kind.name:
        case "additionalProperties":
            for name in kind.unexpected:
                yield _Found((*path, name), 1, "problem.unknown_field", {"name": name})
            return
        case "required":
            path = (*path, kind.property)
            yield _Found(path, 1, "problem.required", {"label": _label(form, path)})
            return
    field = _field(form, path)
    label = _label(form, path)
    key, params = _fault(kind, field, error.instance)
    yield _Found(
        path,
        {"falseSchema": 0, "type": 1}.get(kind.name, 2),
        key,
        {"label": label, **params} if field else {},
    )


def _fault(kind: Any, field: Field | None, value: Any) -> tuple[str, dict[str, Any]]:
    """The message for what a keyword of JSON Schema says against a value."""
    match kind.name:
        case "falseSchema":
            return "problem.not_asked", {}
        case "type":
            return _OTHER_TYPE[kind.types[0]] if field else "problem.not_answers", {}
        case "enum":
            return "problem.not_a_choice", {}
        case "minLength":
            return "problem.too_short", {"min": kind.limit}
        case "maxLength":
            return "problem.too_long", {"max": kind.limit, "length": len(value)}
        case "minimum":
            return "problem.too_small", {"min": _shown(field, kind.limit)}
        case "maximum":
            return "problem.too_large", {"max": _shown(field, kind.limit)}
        case "minItems":
            return "problem.too_few", {"min": kind.limit}
        case "maxItems":
            return "problem.too_many", {"max": kind.limit}
        case "uniqueItems":
            return "problem.repeated", {}
    return _OTHER_FORM.get(field.type if field else "", "problem.wrong_form"), {}


_OTHER_TYPE = {
    "string": "problem.not_text",
    "integer": "problem.not_whole",
    "number": "problem.not_number",
    "boolean": "problem.not_yes_no",
    "array": "problem.not_list",
    "object": "problem.not_row",
}
_OTHER_FORM = {
    "date": "problem.not_a_date",
    "time": "problem.not_a_time",
    "date-time": "problem.not_a_moment",
    "uri": "problem.not_a_link",
    "reference": "problem.not_a_reference",
    "references": "problem.not_a_reference",
}


def _shown(field: Field | None, value: Any) -> str:
    """A bound or a value as the person types it: money in yuan, though kept in cents."""
    whole = isinstance(value, (int, float)) and field is not None and field.shown_as == "money"
    return f"{Decimal(value) / 100:.2f}" if whole else f"{value}"


def _beyond_schema(fields: Mapping[str, Field], answers: Any, at: Path, form: Form) -> Iterator[_Found]:
    """What JSON Schema lets pass: hidden letters, and 3.0 for a whole number."""
    for name, value in answers.items() if isinstance(answers, Mapping) else ():
        field = fields.get(name)
        if field is None:
            continue
        path = (*at, name)
        if isinstance(value, float) and field.schema["type"] == "integer":
            yield _Found(path, 1, "problem.not_whole", {"label": _label(form, path)})
        for number, each in enumerate(value) if isinstance(value, list) else ():
            yield from _hidden(each, (*path, number), form)
            yield from _beyond_schema(field.each, each, (*path, number), form)
        yield from _hidden(value, path, form)


def _hidden(value: Any, path: Path, form: Form) -> Iterator[_Found]:
    if isinstance(value, str) and (fault := letters.fault(value)):
        yield _Found(path, 3, f"problem.{fault}", {"label": _label(form, path)})


def _twice(form: Form, answers: Mapping[str, Any]) -> Iterator[_Found]:
    """Rows that have, in their group's `unique` field, what a row before them has."""
    for name, group in form.fields.items():
        rows = answers.get(name)
        if group.unique is None or not isinstance(rows, list):
            continue
        first: dict[str | int, int] = {}
        for number, row in enumerate(rows):
            value = row.get(group.unique) if isinstance(row, Mapping) else None
            if not isinstance(value, (str, int)) or isinstance(value, bool):
                continue
            before = first.setdefault(value, number)
            if before != number:
                path = (name, number, group.unique)
                shown = _in_words(group.each[group.unique], value)
                params = {"label": _label(form, path), "value": shown, "row": before + 1}
                yield _Found(path, 4, "problem.row_twice", params)


def _in_words(field: Field, value: str | int) -> Label | str:
    """A value as the person chose or typed it."""
    return field.choices.get(str(value)) or _shown(field, value)


def _unknown_references(
    fields: Mapping[str, Field], answers: Any, lookup: Lookup, at: Path = ()
) -> list[_Found]:
    found: list[_Found] = []
    for name, field in fields.items():
        value = answers.get(name) if isinstance(answers, Mapping) else None
        places = enumerate(value) if isinstance(value, list) else [(None, value)]
        for number, each in places:
            path = (*at, name) if number is None else (*at, name, number)
            if field.each:
                found += _unknown_references(field.each, each, lookup, path)
            elif field.refers_to and isinstance(each, str) and not lookup(field.refers_to, each):
                found.append(_Found(path, 4, "problem.no_such_record", {"label": field.label, "value": each}))
    return found


def _unsatisfied(form: Form, answers: Mapping[str, Any], faulty: set[str | int]) -> list[_Found]:
    return [
        _Found(check.fields[:1], 5, "problem.check", {"say": check.say}, check.that)
        for check in form.checks
        if not faulty & set(check.fields) and holds(check.that, answers, form) is False
    ]


def _in_order(form: Form, found: list[_Found]) -> list[AnswerProblem]:
    """One fault for each place, in the order of the form; none inside what is not asked at all."""
    told: dict[tuple[Path, str], _Found] = {}
    for each in sorted(found, key=lambda each: each.rank):
        outer = {(each.path[:end], "") for end in range(1, len(each.path))} & told.keys()
        if not any(told[place].key == "problem.not_asked" for place in outer):
            told.setdefault((each.path, each.said), each)
    ordered = sorted(told.values(), key=lambda each: _place_in(form, each.path))
    return [AnswerProblem(pointer(each.path), each.key, each.params) for each in ordered]


def _place_in(form: Form, path: Path) -> tuple[int, ...]:
    """Where a place stands: fields as the form has them, rows as they come, strange names at the end."""
    fields, place = form.fields, []
    for step in path:
        if isinstance(step, int):
            place.append(step)
        else:
            place.append(list(fields).index(step) if step in fields else len(fields))
            fields = fields[step].each if step in fields else {}
    return tuple(place)


def _field(form: Form, path: Path) -> Field | None:
    fields, field = form.fields, None
    for step in path:
        if isinstance(step, str):
            field = fields.get(step)
            fields = field.each if field else {}
    return field


def _label(form: Form, path: Path) -> Label:
    """What the answer is called; in a group with the number of its row."""
    field = _field(form, path)
    if field is None:
        return {"zh": "", "en": ""}
    group = form.fields[str(path[0])]
    if field is group:
        return field.label
    row = int(path[1]) + 1
    return {
        "zh": f"{group.label['zh']}第{row}行{field.label['zh']}",
        "en": f"{group.label['en']}, row {row}: {field.label['en']}",
    }
