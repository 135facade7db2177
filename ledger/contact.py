"""Where a congress hears of errors on its pages, and how soon it answers: `errors` of congress.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.formats import written_as

WITHIN = 10
"""Working days, where a congress has not decided: a default, and pages say so."""

_KEYS = ("email", "phone", "address", "link", "answer_within")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+").fullmatch
Faults = list[tuple[tuple[str | int, ...], str]]


@dataclass(frozen=True)
class Errors:
    """The ways to report an error. `answer_within` is working days, `promised` where the congress set it."""

    email: str | None = None
    phone: str | None = None
    address: Mapping[str, str] | None = None
    link: str | None = None
    answer_within: int = WITHIN
    promised: bool = False


def read_errors(value: Mapping[str, Any]) -> Errors:
    """What congress.yaml says, already found right."""
    return Errors(**value, promised="answer_within" in value)


def errors_faults(value: Any) -> Faults:
    """What is wrong with it."""
    if not isinstance(value, dict) or not value or set(value) - set(_KEYS):
        return [((), f"must name one or more of {', '.join(_KEYS)}.")]
    return [((key,), what) for key, each in value.items() if (what := _fault(key, each))]


def _fault(key: str, value: Any) -> str | None:
    match key:
        case "email" if not isinstance(value, str) or not _EMAIL(value):
            return f"'{value}' is not an address for mail. Write it as office@example.gov.cn."
        case "phone" if not isinstance(value, str) or not re.fullmatch(r"[0-9+() -]{5,30}", value):
            return f"'{value}' is not a telephone number. Put it in quotes: '0532-1234567'."
        case "link" if not isinstance(value, str) or not written_as("uri", value.replace("{code}", "A")):
            return "must be an address that begins with https://; {code} in it becomes the record's code."
        case "address" if (
            not isinstance(value, dict)
            or set(value) != {"zh", "en"}
            or not all(isinstance(each, str) and each for each in value.values())
        ):
            return "must be said in both languages: {zh: …, en: …}."
        case "answer_within" if type(value) is not int or not 1 <= value <= 90:
            return "must be a number of working days between 1 and 90."
    return None
