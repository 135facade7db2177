"""What one cell of a foreign table says, read as a form's field wants it; exact, or left as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger.forms import Field

# How many cents one of each unit is, and how a cell may name it.
MONEY = {"cents": (1, "分"), "yuan": (100, "元"), "wan": (1_000_000, "万元")}

_AMOUNT = re.compile(r"(-?)[¥￥]?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(\.[0-9]{1,30})?\s*(分|元|万元)?\Z")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?\Z")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")


def stripped(cell: Any, strip: bool) -> Any:
    """A text without the space round it (Chinese full-width space too).

    >>> stripped("　工務處 \\n", True)
    '工務處'
    """
    return cell.strip() if strip and isinstance(cell, str) else cell


def is_blank(cell: Any) -> bool:
    """Whether a cell says nothing at all."""
    return cell is None or cell == ""


def same(cell: Any, listed: Sequence[Any]) -> bool:
    """Whether a cell is one of the values listed; a number also matches the text of that number.

    >>> same(Decimal("0.0"), [0, "-"]), same("0", [0]), same("-", [0, "-"]), same("", [0])
    (True, True, True, False)
    """
    return any(
        cell == each or (_number(each) is not None and _number(each) == _number(cell)) for each in listed
    )


def cents(cell: Any, unit: str) -> int | None:
    """An amount in whole cents, or None when it is not one; nothing is ever rounded.

    >>> cents("¥1,234.50", "yuan"), cents(Decimal("3.5"), "wan"), cents("１２元", "yuan")
    (123450, 3500000, 1200)
    >>> cents(Decimal("417000.0000000001"), "yuan"), cents("约三万", "yuan"), cents("1,23", "yuan")
    (None, None, None)

    A text that names the unit itself must name the one the mapping says.

    >>> cents("3万元", "yuan"), cents("3万元", "wan")
    (None, 3000000)
    """
    size, word = MONEY[unit]
    if isinstance(cell, str):
        match = _AMOUNT.match(cell.translate(_FULL_WIDTH).strip())
        if not match or match[4] not in (None, word):
            return None
        cell = Decimal(match[1] + match[2].replace(",", "") + (match[3] or ""))
    number = _number(cell)
    if number is None:
        return None
    exact = Fraction(number) * size
    return int(exact) if exact.denominator == 1 else None


def as_date(cell: Any, written: str) -> str | None:
    """A day, as a form holds it, out of the file's own way of writing days; None when it is not one.

    >>> as_date("2026年3月2日", "%Y年%m月%d日"), as_date("2026/2/30", "%Y/%m/%d")
    ('2026-03-02', None)
    """
    try:
        return datetime.strptime(str(cell), written).date().isoformat()
    except ValueError:
        return None


def as_field_wants(field: Field, cell: Any) -> Any:
    """A cell as the kind of value its field takes, if nothing is lost by it; else as it is, for the form."""
    kind = field.schema["type"]
    if field.choices:
        return _choice(field, cell)
    number = _number(cell)
    if kind in ("string", "array") and number is not None and not isinstance(cell, str):
        return format(number, "f")
    if kind == "integer" and number is not None and number == number.to_integral_value():
        return int(number)
    if kind == "number" and number is not None and Decimal(repr(float(number))) == number:
        return float(number)
    return cell


def _choice(field: Field, cell: Any) -> Any:
    """A choice may be written as its value or as either of its labels."""
    by_label = {text: value for value, label in field.choices.items() for text in label.values()}
    text = str(cell)
    return text if text in field.choices else by_label.get(text, text)


def storable(value: Any, depth: int = 0) -> Any:
    """An answer as the ledger can hold it. What has no exact JSON takes a shape that every form refuses.

    >>> storable(Decimal("2.5")), storable(2**60), storable("half \\ud800")
    (2.5, '1152921504606846976', {'not_unicode': 'half \\\\ud800'})
    """
    if isinstance(value, Decimal):
        exact = value.is_finite() and Decimal(repr(float(value))) == value
        return float(value) if exact else str(value)
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    if isinstance(value, str):
        return value if (ascii_only := _spelt_out(value)) is None else {"not_unicode": ascii_only}
    if isinstance(value, (list, dict)) and depth > 8:
        return storable(str(value))
    if isinstance(value, list):
        return [storable(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {_spelt_out(key) or key: storable(each, depth + 1) for key, each in value.items()}
    return value


def _spelt_out(text: str) -> str | None:
    """A text that holds half a character (a lone surrogate), spelt out in ASCII; None for any other text."""
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        return None
    return text.encode("ascii", "backslashreplace").decode()


def _number(cell: Any) -> Decimal | None:
    """The number a cell is or writes, if it is one of a size that anything is counted in."""
    if isinstance(cell, str):
        text = cell.translate(_FULL_WIDTH).strip()
        return Decimal(text) if _NUMBER.match(text) else None
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return None
    number = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    return (
        number
        if number.is_finite() and -40 < number.adjusted() < 40 and len(number.as_tuple().digits) < 40
        else None
    )
