"""Which congress this ledger belongs to, and where its three addresses are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from ledger.contact import Errors, errors_faults, read_errors
from ledger.duties import Duties, duties_faults, read_duties
from ledger.formats import NAME, written_as
from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import Source, read_yaml
from ledger.tiles import Tiles, read_tiles, tiles_faults

LEVELS = ("national", "provincial", "prefecture", "county", "township")
_OPTIONAL = ("timezone", "notice", "oldest_app", "retire_app", "duties", "tiles", "errors")
_KEYS = ("name", "level", "term", "rulebook", "languages", "addresses", *_OPTIONAL)
_ADDRESSES = ("collect", "www", "data")
_LANGUAGES = (["zh"], ["en"], ["zh", "en"], ["en", "zh"])


@dataclass(frozen=True)
class Term:
    """The congress sits for a term (届): its name, its first day and, where known, its last."""

    label: Mapping[str, str]
    begins: date
    ends: date | None = None


@dataclass(frozen=True)
class Congress:
    """content/congress.yaml: all that names this congress."""

    name: Mapping[str, str]
    level: str
    term: Term
    rulebook: str
    languages: tuple[str, ...]
    addresses: Mapping[str, str]
    timezone: str = "Asia/Shanghai"
    notice: Mapping[str, str] | None = None
    oldest_app: int = 1
    """The oldest phone app that may still begin a form. Whatever its number, an app may send what it has."""
    retire_app: bool = False
    """Whether phones let go of the app they hold and open the one on the server."""
    duties: Duties | None = None
    tiles: Tiles | None = None
    """Where townships stand on the public site's tile map; a congress without it has a list."""
    errors: Errors | None = None


def load_congress(content: Path) -> Congress:
    """Read content/congress.yaml, or raise Problems."""
    source = read_yaml(content / "congress.yaml")
    problems = _faults(source)
    if problems:
        raise Problems(problems)
    value = source.value
    term = value["term"]
    ends = date.fromisoformat(term["ends"]) if term.get("ends") else None
    return Congress(
        name=value["name"],
        level=value["level"],
        term=Term(term["label"], date.fromisoformat(term["begins"]), ends),
        rulebook=value["rulebook"],
        languages=tuple(value["languages"]),
        addresses={key: address.rstrip("/") for key, address in value["addresses"].items()},
        timezone=value.get("timezone", "Asia/Shanghai"),
        notice=value.get("notice"),
        oldest_app=value.get("oldest_app", 1),
        retire_app=value.get("retire_app", False),
        duties=read_duties(value["duties"]) if "duties" in value else None,
        tiles=read_tiles(value["tiles"]) if "tiles" in value else None,
        errors=read_errors(value["errors"]) if "errors" in value else None,
    )


def _faults(source: Source) -> list[Problem]:
    value = source.value
    if not isinstance(value, dict):
        return [source.problem((), "must be a mapping. Begin with 'name:'.")]
    problems = [
        source.problem(
            (key,), f"is not known here. {did_you_mean(key, _KEYS)}Use one of: {', '.join(_KEYS)}."
        )
        for key in value
        if key not in _KEYS
    ]
    problems += [
        source.problem((), f"has no {key}. Add it.")
        for key in _KEYS
        if key not in value and key not in _OPTIONAL
    ]
    return problems + [
        source.problem(at, what) for key in _KEYS if key in value for at, what in _key_faults(key, value[key])
    ]


Faults = list[tuple[tuple[str | int, ...], str]]


def _key_faults(key: str, value: Any) -> Faults:
    match key:
        case "name" | "notice":
            return _label((key,), value)
        case "level" if value not in LEVELS:
            return [((key,), f"'{value}' is not a level. Use one of: {', '.join(LEVELS)}.")]
        case "term":
            return _term(value)
        case "rulebook" if not isinstance(value, str) or not re.fullmatch(NAME, value):
            return [((key,), "must be the name of a file in content/rulebooks, such as qingxi.")]
        case "languages" if value not in _LANGUAGES:
            return [((key,), "must be a list of languages out of zh and en, the main one first.")]
        case "addresses":
            return _addresses(value)
        case "timezone" if value not in available_timezones():
            return [((key,), f"'{value}' is not a time zone. Write it as Asia/Shanghai.")]
        case "retire_app" if type(value) is not bool:
            return [((key,), "must be true or false.")]
        case "oldest_app" if type(value) is not int or value < 1:
            return [((key,), "must be the number of an app, 1 or more. Phones show theirs under Help.")]
        case "duties":
            return [((key, *at), what) for at, what in duties_faults(value)]
        case "tiles":
            return [((key, *at), what) for at, what in tiles_faults(value)]
        case "errors":
            return [((key, *at), what) for at, what in errors_faults(value)]
    return []


def _label(at: tuple[str | int, ...], value: Any) -> Faults:
    said = isinstance(value, dict) and set(value) == {"zh", "en"}
    if said and all(isinstance(each, str) and each for each in value.values()):
        return []
    return [(at, "must be said in both languages: {zh: …, en: …}.")]


def _term(value: Any) -> Faults:
    if not isinstance(value, dict) or not {"label", "begins"} <= set(value) <= {"label", "begins", "ends"}:
        return [(("term",), "must say label, begins and, where known, ends.")]
    return _label(("term", "label"), value["label"]) + [
        (("term", key), f"'{value[key]}' is not a date. Write it as 2022-01-08.")
        for key in ("begins", "ends")
        if key in value and not written_as("date", str(value[key]))
    ]


def _addresses(value: Any) -> Faults:
    if not isinstance(value, dict) or set(value) != set(_ADDRESSES):
        return [(("addresses",), "must name three addresses: collect, www and data.")]
    origins = {name: _origin(str(address)) for name, address in value.items()}
    faults: Faults = [
        (("addresses", name), f"'{address}' is not an address. Write it like https://www.example.cn.")
        for name, address in value.items()
        if origins[name] is None
    ]
    known = [origin for origin in origins.values() if origin]
    if len(set(known)) < len(known):
        what = (
            "must be three different origins (host or port), so that a hole in one opens none of the others."
        )
        faults.append((("addresses",), what))
    return faults


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of an address; None where it is none, or nobody can be reached there."""
    try:
        parts = urlsplit(address)
        there = (parts.scheme, parts.hostname or "", parts.port)
    except ValueError:  # a bracket without its other, a port beyond 65535
        return None
    return there if written_as("uri", address) and there[1] else None
