"""One question of a form: what may be answered, how the phone asks it, and who may see the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ledger.formats import PATTERNS, PHOTO, REFERENCE
from ledger.policy import Policy

Label = Mapping[str, str]
"""Something said in both languages: {zh: …, en: …}."""

MOST = 2**53 - 1
"""The largest whole number that a phone keeps exactly."""

MOST_PHOTOS = 9
"""How many photos one question takes at most."""


@dataclass(frozen=True)
class Field:
    """One question, or with `each` a group of questions that repeats."""

    name: str
    label: Label
    publish: Policy
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    hint: Label | None = None
    required: bool = False
    choices: Mapping[str, Label] = field(default_factory=dict)
    refers_to: str | None = None
    brings: tuple[str, ...] = ()
    each: Mapping[str, Field] = field(default_factory=dict)
    unique: str | None = None
    only_if: Mapping[str, Any] | None = None
    written_by: tuple[str, ...] = ()
    publish_when: str | None = None
    basis: str | None = None
    forget_after: str | None = None
    shown_as: Literal["long", "money", "photos"] | None = None
    unit: Label | None = None

    @property
    def type(self) -> str:
        """How the phone asks for it.

        One of date, time, date-time, uri, string, long, integer, number, money, boolean, choice, choices,
        reference, references, strings (a list of texts), photos, group.
        """
        many = self.schema["type"] == "array"
        if self.each:
            return "group"
        if self.choices:
            return "choices" if many else "choice"
        if self.refers_to:
            return "references" if many else "reference"
        if many:
            return "photos" if self.shown_as == "photos" else "strings"
        return self.shown_as or str(self.schema.get("format") or self.schema["type"])

    def asked_of(self, role: str) -> bool:
        """Whether a person of this role is asked it; without `written_by` all who write the kind are."""
        return not self.written_by or role in self.written_by

    @property
    def is_open(self) -> bool:
        """Whether everybody may see all of it, whatever the record says."""
        rows_open = all(each.is_open for each in self.each.values())
        return self.publish == "full" and self.publish_when is None and rows_open

    @property
    def has_column(self) -> bool:
        """Whether public.db has a place for it."""
        return self.publish not in ("never", "counted")

    def json_schema(self) -> dict[str, Any]:
        """What an answer must satisfy, as plain JSON Schema 2020-12."""
        schema = {"title": self.label["zh"], **self.schema}
        if schema.get("format") != "date":
            schema.pop("format", None)  # the pattern says it, and every validator reads a pattern alike
        match schema["type"]:
            case "array":
                return {
                    **schema,
                    "items": self._item(),
                    "minItems": schema.get("minItems") or 1,
                    **self._once(),
                    **self._at_most(),
                }
            case "integer":
                return {
                    **schema,
                    "minimum": schema.get("minimum", -MOST),
                    "maximum": schema.get("maximum", MOST),
                }
            case "string":
                return {**schema, **self._text()}
        return schema

    def _item(self) -> dict[str, Any]:
        if self.each:
            return object_schema(self.each.values())
        return {"type": "string", **self.schema.get("items", {}), **self._text()}

    def _once(self) -> dict[str, bool]:
        return {"uniqueItems": True} if self.choices or self.refers_to or self.shown_as == "photos" else {}

    def _at_most(self) -> dict[str, int]:
        return {"maxItems": self.schema.get("maxItems", MOST_PHOTOS)} if self.shown_as == "photos" else {}

    def _text(self) -> dict[str, Any]:
        """What a single text must satisfy. An answer is never empty: what is not answered is not there."""
        if self.choices:
            return {"enum": list(self.choices)}
        if self.refers_to:
            return {"pattern": REFERENCE}
        if self.shown_as == "photos":
            return {"pattern": PHOTO}
        if pattern := PATTERNS.get(self.schema.get("format", "")):
            return {"pattern": pattern}
        given = self.schema.get("items", {}) if self.schema["type"] == "array" else self.schema
        return {"minLength": given.get("minLength") or 1}

    def for_phone(self) -> dict[str, Any]:
        """This question as the phone asks it."""
        return {
            "name": self.name,
            "label": self.label,
            "hint": self.hint,
            "type": self.type,
            "required": self.required,
            "publish": self.publish,
            "choices": [{"value": value, "label": label} for value, label in self.choices.items()],
            "refers_to": self.refers_to,
            "brings": list(self.brings),
            "only_if": self.only_if,
            "written_by": list(self.written_by),
            "unit": self.unit,
            "unique": self.unique,
            "fields": [each.for_phone() for each in self.each.values()],
        }


def object_schema(fields: Iterable[Field]) -> dict[str, Any]:
    """What the answers to some fields must satisfy together."""
    fields = list(fields)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {each.name: each.json_schema() for each in fields},
        "required": [each.name for each in fields if each.required and not each.only_if],
        "additionalProperties": False,
    }
    if conditions := [_only_if(each) for each in fields if each.only_if]:
        schema["allOf"] = conditions
    return schema


def _only_if(asked: Field) -> dict[str, Any]:
    """A field is asked only while another one has a given value."""
    condition = {name: {"const": value} for name, value in (asked.only_if or {}).items()}
    schema: dict[str, Any] = {"if": {"properties": condition, "required": list(condition)}}
    if asked.required:
        schema["then"] = {"required": [asked.name]}
    return {**schema, "else": {"properties": {asked.name: False}}}
