"""The one way a YAML file is read: what a person sees in it is what the program gets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from pathlib import Path
from typing import Any

import yaml

from ledger.problems import Problem, Problems, dotted

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_INTEGER = 2**53 - 1
MAX_FAULTS = 200

At = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
          "null": None, "Null": None, "NULL": None, "~": None, "": None}  # fmt: skip
_SWITCHES = frozenset(
    form for word in ("yes", "no", "on", "off") for form in (word, word.title(), word.upper())
)
_NUMBERLIKE = re.compile(
    r"[-+]?([0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|\.(inf|Inf|INF))\Z|\.(nan|NaN|NAN)\Z"
)

_OTHER_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")


class _Misread(ValueError):
    """A plain scalar that other programs read as something else."""


@dataclass(frozen=True)
class Source:
    """A file as it was written: its value, and the line on which each part of it stands."""

    path: str
    value: Any
    lines: Mapping[At, int]

    def line(self, at: Sequence[str | int]) -> int:
        """The line of a place in the file, or of the nearest place around it that is there."""
        place = tuple(at)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, at: Sequence[str | int], what: str) -> Problem:
        """A fault at a place in this file."""
        return Problem(f"{self.path}:{self.line(at)}", dotted(at), what)


def read_yaml(path: Path) -> Source:
    """Read a file, or raise Problems that name file and line."""
    name = shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Problems(
            [Problem(name, "", f"cannot be read ({error.strerror}). Check that it is there.")]
        ) from None
    return parse_yaml(data, name)


def shown(path: Path) -> str:
    """A path as problems name it: short where it lies under the folder we stand in."""
    full = path.absolute()
    try:
        return str(full.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def parse_yaml(text: str | bytes, name: str) -> Source:
    """Read a text, or raise Problems that name it and the line."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        raise Problems(
            [Problem(name, "", f"is larger than {MAX_BYTES // 1024} KiB. Split it into several files.")]
        )
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Problems(
            [Problem(f"{name}:{line}", "", "is not UTF-8 text. Save the file as UTF-8.")]
        ) from None
    reading = _Reading(name)
    try:
        value = reading.document(decoded)
    except yaml.YAMLError as error:
        reading.problems.append(_syntax(name, decoded, error))
    if reading.problems:
        raise Problems(reading.problems)
    return Source(name, value, reading.lines)


def plain(text: str) -> Any:
    """What a scalar without quotes means (YAML 1.2 core); raises ValueError where readers disagree.

    >>> plain("12:30"), plain("2026-03-02"), plain("3.10"), plain("true")
    ('12:30', '2026-03-02', 3.1, True)
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
            raise _Misread(f"'{text[:20]}' has more digits than a number keeps. Put it in quotes.")
        return int(text)
    if _DECIMAL.match(text):
        if isinf(float(text)):
            raise _Misread(f"'{text[:20]}' is too large for a number. Put it in quotes.")
        return float(text)
    if text in _SWITCHES:
        raise _Misread(
            f"'{text}' reads as {'true' if text.lower() in ('yes', 'on') else 'false'}. Put it in quotes."
        )
    if _NUMBERLIKE.match(text):
        raise _Misread(
            f"'{_short(text)}' reads as a different number elsewhere. Put it in quotes, or write it plainly."
        )
    return text


class _Reading:
    """One pass over a text: builds the value, remembers lines, and collects what is wrong."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[At, int] = {}
        self.problems: list[Problem] = []

    def document(self, text: str) -> Any:
        events: Iterator[Any] = iter(yaml.parse(text, Loader=_Loader))
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fault(
                        event, (), "a second document begins here ('---'). Put it into a file of its own."
                    )
                    break
            elif isinstance(event, yaml.NodeEvent):
                value = self._node(event, events, ())
        return value

    def _node(self, event: Any, events: Iterator[Any], at: At) -> Any:
        self.lines.setdefault(at, event.start_mark.line + 1)
        if len(at) >= MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            self._fault(event, at[:3], f"is nested deeper than {MAX_DEPTH} levels. Make it flatter.")
            raise Problems(self.problems)
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, at, f"'*{_short(event.anchor)}' is an alias. Write the value out.")
            return None
        if event.anchor is not None:
            self._fault(event, at, f"'&{_short(event.anchor)}' is an anchor. Take it out.")
        if event.tag is not None:
            self._fault(event, at, f"'{_short(event.tag)}' is a tag. Take it out.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, at, bool(event.flow_style))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, at)
        return self._scalar(event, at)

    def _mapping(self, events: Iterator[Any], at: At, inline: bool) -> dict[str, Any]:
        value: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event, events, at)
            here = (*at, key)
            if key in value:
                self._fault(event, here, f"is already there on line {self.lines[here]}. Keep one of the two.")
            else:
                self.lines[here] = event.start_mark.line + 1
            following = next(events)
            if (
                inline
                and isinstance(following, yaml.ScalarEvent)
                and not following.style
                and not following.value
            ):
                self._fault(
                    event, at, f"'{_short(key)}' has no value. Put a text that holds a comma in quotes."
                )
            child = self._node(following, events, here)
            value.setdefault(key, child)
        return value

    def _sequence(self, events: Iterator[Any], at: At) -> list[Any]:
        value: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            value.append(self._node(event, events, (*at, len(value))))
        return value

    def _key(self, event: Any, events: Iterator[Any], at: At) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, events, (*at, "?"))
            self._fault(event, at, "a key must be a plain word. Did you forget quotes round a '{' or '['?")
            return "?"
        if event.anchor is not None or event.tag is not None:
            self._fault(event, at, "a key has an anchor or a tag. Take it out.")
        written = str(event.value)
        if not event.style:
            if written == "<<":
                self._fault(event, at, "'<<' merges another mapping. Write the keys out.")
                return written
            try:
                meaning = plain(written)
            except _Misread as error:
                self._fault(event, at, str(error))
                return written
            if not isinstance(meaning, str):
                self._fault(
                    event, at, f"the key '{_short(written)}' reads as {_name(meaning)}. Put it in quotes."
                )
        return written

    def _scalar(self, event: Any, at: At) -> Any:
        if event.style:
            return event.value
        try:
            return plain(event.value)
        except _Misread as error:
            self._fault(event, at, str(error))
            return event.value

    def _fault(self, event: Any, at: At, what: str) -> None:
        here = f"{self.name}:{event.start_mark.line + 1}"
        self.problems.append(Problem(here, dotted(tuple(map(_short, at))), what))
        if len(self.problems) == MAX_FAULTS:
            self.problems.append(Problem(here, "", "and perhaps more behind this. Mend these first."))
            raise Problems(self.problems)


def _short(part: Any) -> Any:
    return f"{part[:60]}…" if isinstance(part, str) and len(part) > 60 else part


def _name(value: Any) -> str:
    return (
        "nothing"
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else f"the number {value}"
    )


def _syntax(name: str, text: str, error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        control = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, control.start() if control else 0) + 1
        return Problem(
            f"{name}:{line}", "", "holds a control character. Delete it, or write it as \\n or \\t in quotes."
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{name}:{mark.line + 1}" if mark else name
    said = getattr(error, "problem", None) or "cannot be read"
    return Problem(
        where, "", f"is not YAML here ({said}). Look for a lost comma, quote, colon or space just before."
    )


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if _OTHER_BREAKS.search(text):
        return '"'  # the only style in which these come back as they are
    if "\n" in text or len(text) > 80:
        return "|"
    try:
        return None if isinstance(plain(text), str) else "'"
    except _Misread:
        return "'"


_Dumper.add_representer(str, _text)


def write_yaml(value: Any) -> str:
    """The text of a value, in the order given, which reads back as the same value."""
    written: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return written
