"""Is a form file written as form.schema.json says? Every fault in words, with its line and what to do.

Editors complete and check from the same file: see docs/forms.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from ledger.problems import Problem, did_you_mean, nearest
from ledger.strict_yaml import At, Source

GRAMMAR = Path(__file__).parent / "form.schema.json"

_KINDS_OF_VALUE = {
    "object": "keys below it",
    "array": "a list, such as [a, b]",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


@cache
def grammar() -> dict[str, Any]:
    """What a form file may say, as a JSON Schema."""
    schema: dict[str, Any] = json.loads(GRAMMAR.read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(grammar())


def faults(source: Source) -> list[tuple[At, str]]:
    """Where a file does not keep to the grammar, and what to do about it."""
    found: dict[tuple[At, str], None] = {}
    errors = list(_validator().iter_errors(source.value))
    misspelt = {meant for error in errors for meant in _meant(error)}
    for error in errors:
        found |= {fault: None for fault in _in_words(error) if _missing(error) not in misspelt}
    return list(found)


def _missing(error: Any) -> At | None:
    """The keyword that a fault says is not there."""
    return (*error.instance_path, error.kind.property) if error.kind.name == "required" else None


def _meant(error: Any) -> Iterator[At]:
    """The keywords that misspelt ones stand for: they are not missing as well."""
    if error.kind.name == "additionalProperties":
        known = _schema_at(error.schema_path[:-1]).get("properties", {})
        for word in error.kind.unexpected:
            if near := nearest(word, known):
                yield (*error.instance_path, near)


def problems(source: Source, found: Sequence[tuple[At, str]]) -> list[Problem]:
    """Faults with the lines they stand on, in the order of the file."""
    return sorted((source.problem(*fault) for fault in found), key=_line)


def _line(problem: Problem) -> int:
    return int(problem.where.rpartition(":")[2])


def _in_words(error: Any) -> Iterator[tuple[At, str]]:
    at: At = tuple(error.instance_path)
    if at[-2:] == ("each", "fields") and isinstance(error.instance, dict) and "label" not in error.instance:
        yield at, "is one word too many. Take out 'fields:' and write the questions directly under 'each:'."
        return
    schema = _schema_at(error.schema_path[:-1])
    kind = error.kind
    match kind.name:
        case "additionalProperties":
            for word in kind.unexpected:
                yield (*at, word), f"is not a keyword here. {_choose(word, schema.get('properties', {}))}"
        case "required":
            about = _described(schema["properties"].get(kind.property, {}))
            yield at, f"has no '{kind.property}'. Add it. {about}".rstrip()
        case "enum":
            yield at, f"{_shown(error.instance)} is not known here. {_choose(error.instance, kind.options)}"
        case "type":
            wanted = " or ".join(_KINDS_OF_VALUE[each] for each in kind.types)
            yield at, f"is {_shown(error.instance)}; it takes {wanted}. {_described(schema)}".rstrip()
        case "pattern":
            yield at, f"{_shown(error.instance)} cannot stand here. {_described(schema)}"
        case "propertyNames":
            word = kind.error.instance
            yield (*at, word), f"'{word}' cannot be a name here. {_described(schema)}"
        case "minProperties" | "minItems" | "minLength":
            yield at, f"is empty. Fill it in or take it out. {_described(schema)}".rstrip()
        case "uniqueItems":
            yield at, "names the same thing twice. Keep one."
        case "maxProperties":
            yield at, "takes only one entry. Keep one."
        case "maxLength":
            yield at, f"is longer than {kind.limit} characters. Shorten it."
        case "minimum":
            yield at, f"is {error.instance}; it cannot be less than {kind.limit}."
        case "const":
            yield at, f"is {_shown(error.instance)}; only {_shown(kind.expected_value)} can stand here."
        case _:
            yield at, f"{error.message}. See docs/forms.md."


def _choose(word: Any, known: Any) -> str:
    return f"{did_you_mean(str(word), map(str, known))}Use one of: {', '.join(map(str, known))}."


def _described(schema: dict[str, Any]) -> str:
    return str(schema.get("description") or _resolved(schema).get("description", ""))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value if len(value) <= 40 else value[:40] + '…'}'"
    if isinstance(value, dict):
        return "keys with values"
    return "a list" if isinstance(value, list) else json.dumps(value)


def _schema_at(path: Sequence[str | int]) -> dict[str, Any]:
    """The part of the grammar that a fault comes from; its path leads through no $ref."""
    place: Any = grammar()
    for step in path:
        place = place[step]
    return _resolved(place)


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    target: dict[str, Any] = grammar()["$defs"].get(str(schema.get("$ref")).rpartition("/")[2], schema)
    return target
