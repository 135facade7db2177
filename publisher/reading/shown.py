"""A value in words, as it stands in a title, a list or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.forms import Field

NB = "\u00a0"


def money(cents: int) -> str:
    """Whole cents as yuan with thousands and two decimals; the unit never stands alone on the next line.

    >>> money(123456789), money(-5)
    ('1,234,567.89\\xa0元', '-0.05\\xa0元')
    """
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}{NB}元"


def number(value: int | float, unit: str = "") -> str:
    """A number with its unit kept with it; thousands from ten thousand up, so that a year stays a year.

    >>> number(12345, "户"), number(2013), number(2.50)
    ('12,345\\xa0户', '2013', '2.5')
    """
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")
    text = text if abs(value) >= 10_000 else text.replace(",", "")
    return text + (NB + unit if unit else "")


def in_words(
    kind: str,
    value: Any,
    *,
    choices: Mapping[str, Mapping[str, str]],
    unit: str = "",
    title_of: Callable[[str], str] = str,
    lang: str = "zh",
) -> str:
    """Any value of a field, given the field's type.

    >>> in_words("choices", ["a", "b"], choices={"a": {"zh": "甲"}, "b": {"zh": "乙"}})
    '甲、乙'
    >>> in_words("boolean", True, choices={})
    '是'
    """
    match kind:
        case "choice":
            return label(choices, value, lang)
        case "choices":
            return together((label(choices, each, lang) for each in value), lang)
        case "reference":
            return title_of(value)
        case "references":
            return together(map(title_of, value), lang)
        case "strings":
            return together(value, lang)
        case "money":
            return money(value)
        case "integer" | "number":
            return number(value, unit)
        case "boolean":
            return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][bool(value)]
        case "date-time":
            return str(value).replace("T", " ")
        case "group":
            return ""
    return str(value)


def of_field(field: Field, value: Any, title_of: Callable[[str], str], lang: str = "zh") -> str:
    """A value of a form's field in words."""
    unit = field.unit[lang] if field.unit else ""
    return in_words(field.type, value, choices=field.choices, unit=unit, title_of=title_of, lang=lang)


def label(choices: Mapping[str, Mapping[str, str]], value: str, lang: str = "zh") -> str:
    """A choice by its label; one that the form no longer knows stands as it is."""
    return choices[value][lang] if value in choices else value


def together(parts: Iterable[str], lang: str = "zh") -> str:
    """A list in one line."""
    return ("、" if lang == "zh" else ", ").join(parts)
