"""docs/openapi.yaml, read: every operation, what it is asked, and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from ledger.strict_yaml import read_yaml

DOCUMENT = Path(__file__).parents[2] / "docs/openapi.yaml"
VERBS = ("get", "head", "put", "post", "delete")
Schema = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Operation:
    """One verb at one path."""

    verb: str
    path: str
    signed: bool
    parameters: tuple[Mapping[str, Any], ...]
    body: tuple[str, Schema] | None
    """Its media type and what it must be."""
    answers: Mapping[str, Mapping[str, Schema]]
    """By status, or `default`: by media type what the answer must be."""

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"

    def faults(self, status: int, media: str, body: Any) -> list[str]:
        """What an answer has that the document does not allow it; `body` is its JSON where it has one."""
        said = self.answers.get(str(status), self.answers["default"])
        if not said:
            return []
        if media not in said:
            return [f"{status} came as {media!r}, not as {', '.join(said)}"]
        if "json" not in media:
            return []
        return [str(fault) for fault in validator(self, str(status), media).iter_errors(body)]


@cache
def document() -> Mapping[str, Any]:
    """The document itself."""
    value: Mapping[str, Any] = read_yaml(DOCUMENT).value
    return value


def resolved(value: Any) -> Any:
    """What a `$ref` stands for; anything else as it is."""
    while isinstance(value, Mapping) and "$ref" in value:
        found: Any = document()
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


@cache
def operations() -> tuple[Operation, ...]:
    """Everything that can be asked."""
    found = []
    for path, item in document()["paths"].items():
        for verb in VERBS:
            if verb in item:
                found.append(_operation(verb, path, item[verb], item.get("parameters", [])))
    return tuple(found)


def _operation(verb: str, path: str, said: Mapping[str, Any], shared: list[Any]) -> Operation:
    asked = resolved(said.get("requestBody"))
    content = next(iter(asked["content"].items())) if asked else None
    return Operation(
        verb=verb.upper(),
        path=path,
        signed="security" not in said,
        parameters=tuple(resolved(each) for each in (*shared, *said.get("parameters", []))),
        body=(content[0], content[1].get("schema", {})) if content else None,
        answers={
            status: {
                media: each.get("schema", {}) for media, each in resolved(answer).get("content", {}).items()
            }
            for status, answer in said["responses"].items()
        },
    )


_validators: dict[tuple[str, str, str], Draft202012Validator] = {}


def validator(operation: Operation, status: str, media: str) -> Draft202012Validator:
    """The validator of one kind of answer."""
    status = status if status in operation.answers else "default"
    name = (str(operation), status, media)
    if name not in _validators:
        schema = {**operation.answers[status][media], "components": document()["components"]}
        _validators[name] = Draft202012Validator(schema)
    return _validators[name]
