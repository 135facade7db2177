"""A form says once, in YAML, what is asked, how it is checked and what may be published."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from ledger import coherence, grammar, ties
from ledger.cel import NotCel, compile_check
from ledger.fields import Field, Label, object_schema
from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import At, Source, parse_yaml, shown

__all__ = [
    "Check",
    "Field",
    "Form",
    "Label",
    "Page",
    "kept_as",
    "load_forms",
    "parse_form",
    "recall_form",
    "type_changes",
]

Gate = Literal["none", "review", "two_keys"]

_PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_KEPT = 1024
"""How many forms that were read stay in memory: a form never changes, and 85 take a quarter of a second."""


@dataclass(frozen=True)
class Check:
    """What must hold across fields, and what to say when it does not."""

    that: str
    say: Label
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """How the public pages and Datasette show a kind of record."""

    title: str
    columns: tuple[str, ...]
    sort: str
    facets: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    group: Label | None = None
    group_at: int | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The fields the title names."""
        return tuple(_PLACE.findall(self.title))

    @property
    def text(self) -> str:
        """The title without its places."""
        return _PLACE.sub("", self.title)


@dataclass(frozen=True)
class Form:
    """One kind of record."""

    kind: str
    label: Label
    description: Label
    code: str
    written_by: tuple[str, ...]
    fields: Mapping[str, Field]
    digest: str
    text: str
    about: str | None = None
    gate: Gate = "none"
    proof: bool = False
    author: Literal["full", "never"] = "never"
    publish_when: str | None = None
    withheld_with: str | None = None
    basis: str | None = None
    keep_when_withheld: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    page: Page | None = None

    @cached_property
    def version(self) -> str:
        """The name of exactly this wording: kind@digest."""
        return f"{self.kind}@{self.digest}"

    @cached_property
    def published(self) -> tuple[Field, ...]:
        """The fields that have a column in public.db."""
        return tuple(each for each in self.fields.values() if each.has_column)

    def json_schema(self) -> dict[str, Any]:
        """The schema that phone and server both check answers against."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.label["zh"],
            "description": self.description["zh"],
            **object_schema(self.fields.values()),
        }

    def for_phone(self) -> dict[str, Any]:
        """This form as the phone receives it."""
        return {
            "kind": self.kind,
            "version": self.version,
            "label": self.label,
            "description": self.description,
            "code": self.code,
            "written_by": list(self.written_by),
            "about": self.about,
            "gate": self.gate,
            "proof": self.proof,
            "fields": [each.for_phone() for each in self.fields.values()],
            "schema": self.json_schema(),
            "checks": [{"that": c.that, "say": c.say, "fields": list(c.fields)} for c in self.checks],
            "title": self.page.title if self.page else "",
            "group": self.page.group if self.page else None,
            "group_at": self.page.group_at if self.page else None,
        }

    def title(self, values: Mapping[str, str]) -> str:
        """A record's heading out of values as they are shown; one that is not there leaves no gap."""
        template = self.page.title if self.page else ""
        return " ".join(_PLACE.sub(lambda place: values.get(place[1], ""), template).split())


def parse_form(text: str, name: str) -> Form:
    """The form that a file's text holds; raises Problems, all at once."""
    return _parsed(text, name)[0]


@lru_cache(_KEPT)
def _parsed(text: str, name: str) -> tuple[Form, Source]:
    source = parse_yaml(text, name)
    found = grammar.faults(source)
    if (
        not isinstance(source.value, dict)
        or "fields" not in source.value
        or any(at == ("fields",) for at, _ in found)
    ):
        raise Problems(grammar.problems(source, found))
    form, unsure = _build(source, text, [at for at, _ in found])
    found += coherence.faults(form, unsure)
    if found:
        raise Problems(grammar.problems(source, found))
    return form, source


@lru_cache(_KEPT)
def recall_form(text: str) -> Form:
    """A form out of the ledger: checked when it was taken in, so a stricter grammar of today asks no more."""
    return _build(parse_yaml(text, "the ledger"), text, ())[0]


def load_forms(content: Path) -> dict[str, Form]:
    """Every form of content/forms by kind; raises the faults of all files at once."""
    forms, problems = sound_forms(content)
    if problems:
        raise Problems(problems)
    return forms


def sound_forms(content: Path) -> tuple[dict[str, Form], list[Problem]]:
    """The forms without a fault by kind, and the faults of all files: a check goes on with what is sound."""
    problems: list[Problem] = []
    forms: dict[str, tuple[Form, Source]] = {}
    paths = sorted((content / "forms").glob("*.yaml"))
    for path in paths:
        name = shown(path)
        try:
            text = _text(path, name)
            form, source = _parsed(text, name)
        except Problems as found:
            problems += found.problems
            continue
        if form.kind != path.stem:
            problems.append(
                source.problem(
                    ("kind",), f"is '{form.kind}' in a file named {path.name}. Make them the same."
                )
            )
        forms[path.stem] = form, source
    problems += _across(forms, {path.stem for path in paths})
    faulty = {problem.where.partition(".yaml")[0] + ".yaml" for problem in problems}
    sound = {form.kind: form for form, source in forms.values() if source.path not in faulty}
    return sound, problems


def type_changes(old: Form, new: Form) -> list[Problem]:
    """The fields that have another type in a newer version of a form: values filed before would not fit."""
    source = parse_yaml(new.text, f"content/forms/{new.kind}.yaml")
    return [
        source.problem(
            at, f"was {was} and is now {now}. Records filed before would not fit; give it a new name."
        )
        for at, was, now in _type_changes(old.fields, new.fields, ("fields",))
    ]


def kept_as(field: Field) -> str:
    """What a value is, whatever it is called on the screen: a choice and a long text are both text."""
    same = {
        "choice": "text",
        "long": "text",
        "string": "text",
        "uri": "text",
        "choices": "texts",
        "strings": "texts",
    }
    kept = same.get(field.type, field.type)
    return f"{kept} to {field.refers_to}" if field.refers_to else kept


def digest_of(data: bytes) -> str:
    """The version of a form: base64url(sha256) of the exact bytes of its file."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


_STUB: dict[str, Any] = {"label": {"zh": "", "en": ""}, "publish": "full"}


def _build(source: Source, text: str, faulty: Collection[At]) -> tuple[Form, frozenset[At]]:
    """A form out of a file; a part that holds a fault is left out, or stands in as a plain text field."""
    value = dict(source.value)
    fields = dict(value["fields"])
    checks = list(value["checks"]) if isinstance(value.get("checks"), list) else []
    unsure: set[At] = set()
    for at in faulty:
        if len(at) > 1 and at[0] == "fields":
            fields[str(at[1])] = _STUB
            unsure.add(at[:2])
        elif len(at) > 1 and at[0] == "checks":
            checks[int(at[1])] = None
        elif at:
            value.pop(str(at[0]), None)
            unsure.add(at[:1])
    form = Form(
        kind=value.get("kind", ""),
        label=value.get("label", {}),
        description=value.get("description", {}),
        code=value.get("code", ""),
        written_by=tuple(value.get("written_by", ())),
        fields=_fields(fields),
        digest=digest_of(text.encode()),
        text=text,
        about=value.get("about"),
        gate=value.get("gate", "none"),
        proof=value.get("proof", False),
        author=value.get("author", "never"),
        publish_when=value.get("publish_when"),
        withheld_with=value.get("withheld_with"),
        basis=value.get("basis"),
        keep_when_withheld=tuple(value.get("keep_when_withheld", ())),
        checks=tuple(_check(each) for each in checks if each),
        page=_page(value["page"]) if "page" in value else None,
    )
    return form, frozenset(unsure)


def _page(written: Mapping[str, Any]) -> Page:
    named: dict[str, Any] = {word: written.get(word) for word in ("group", "group_at")}
    named |= {word: tuple(written.get(word, ())) for word in ("columns", "facets", "search")}
    return Page(title=written["title"], sort=written["sort"], **named)


def _fields(written: Mapping[str, Any]) -> dict[str, Field]:
    return {name: _field(name, each) for name, each in written.items()}


def _field(name: str, written: Mapping[str, Any]) -> Field:
    rest = dict(written)
    if "each" in rest:
        rest["each"] = _fields(rest["each"])
        rest.setdefault("schema", {"type": "array"})
    for word in ("brings", "written_by"):
        rest[word] = tuple(rest.get(word, ()))
    return Field(name=name, **rest)


def _check(written: Mapping[str, Any]) -> Check:
    try:
        names = compile_check(written["that"]).names
    except NotCel:
        names = ()  # said by coherence, with its line
    return Check(written["that"], written["say"], names)


def _text(path: Path, name: str) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Problems(
            [Problem(f"{name}:{line}", "", "is not UTF-8 text. Save the file as UTF-8.")]
        ) from None


def _across(forms: Mapping[str, tuple[Form, Source]], kinds: Collection[str]) -> Iterator[Problem]:
    """What only shows when all forms lie side by side."""
    letters: dict[str, str] = {}
    tables: dict[str, str] = {}
    for form, source in forms.values():
        if form.code in letters:
            yield source.problem(
                ("code",), f"'{form.code}' is already the code of {letters[form.code]}. Choose other letters."
            )
        letters.setdefault(form.code, source.path)
        tables |= {
            f"{form.kind}_{each.name}": source.path
            for each in form.fields.values()
            if each.each or each.type == "photos"
        }
        for at, field in _every(form.fields, ("fields",)):
            if field.refers_to and field.refers_to not in kinds:
                hint = did_you_mean(field.refers_to, kinds)
                yield source.problem(
                    (*at, "refers_to"),
                    f"there is no form '{field.refers_to}'. {hint}There are: {', '.join(sorted(kinds))}.",
                )
            elif field.refers_to and field.refers_to in forms:
                for name, what in coherence.not_brought(field, forms[field.refers_to][0]):
                    yield source.problem((*at, "brings", field.brings.index(name)), what)
    for kind, at, what in ties.faults({kind: form for kind, (form, _) in forms.items()}):
        yield forms[kind][1].problem(at, what)
    for form, source in forms.values():
        if form.kind in tables:
            yield source.problem(
                ("kind",),
                f"'{form.kind}' is the table of a group in {tables[form.kind]}. Choose another name.",
            )


def _every(fields: Mapping[str, Field], at: At) -> Iterator[tuple[At, Field]]:
    for name, each in fields.items():
        yield (*at, name), each
        yield from _every(each.each, (*at, name, "each"))


def _type_changes(
    old: Mapping[str, Field], new: Mapping[str, Field], at: At
) -> Iterator[tuple[At, str, str]]:
    for name in old.keys() & new.keys():
        was, now = kept_as(old[name]), kept_as(new[name])
        if was != now:
            yield (*at, name), was, now
        yield from _type_changes(old[name].each, new[name].each, (*at, name, "each"))
