"""JSON read without mercy, since a second reading of the same bytes would be a second truth."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

MAX_DEPTH = 20
MAX_INT = 2**53


def read_json(text: str) -> Any:
    """The value of a JSON text; ValueError for repeated keys, NaN, lone surrogates, deep or huge ones.

    >>> read_json('{"people": 3}')
    {'people': 3}
    >>> read_json('{"people": 3, "people": 4}')
    Traceback (most recent call last):
    ValueError: a key is given twice
    """
    try:
        value = _read(text)
    except RecursionError as fault:
        raise ValueError(f"nested deeper than {MAX_DEPTH}") from fault
    # Brackets inside texts are counted too, so the walk is needless only where there are few.
    if text.count("[") + text.count("{") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if (not text.isascii() and _unspeakable(text)) or ("\\u" in text and _unspeakable(write_json(value))):
        raise ValueError("half a character (a lone surrogate)")
    return value


def _unspeakable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _read(text: str) -> Any:
    try:
        value, end = _scan(text, 0)
        if end == len(text):
            return value
    except StopIteration:
        pass
    # Space round the value, or a fault: the slower way knows both, and says what is wrong.
    return _decode(text)


def write_json(value: Any) -> str:
    """JSON as we write it: no spaces, characters as they are.

    >>> write_json({"grid": "柳河村", "people": [1, 2]})
    '{"grid":"柳河村","people":[1,2]}'
    """
    return _encode(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is given twice")
    return value


def _integer(digits: str) -> int:
    # Seen before it is read: int() of a very long text is slow and complains in its own words.
    if len(digits) > 17 or abs(value := int(digits)) > MAX_INT:
        raise ValueError("a whole number is beyond 2^53")
    return value


def _float(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise ValueError("a number is too large")
    return value


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most + 1):
        inside = [
            item.values() if type(item) is dict else item for item in level if type(item) in (dict, list)
        ]
        if not inside:
            return False
        level = [child for children in inside for child in children if type(child) in (dict, list)]
    return True


# Built once: json.loads with hooks builds a decoder for every call.
_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_decode = _decoder.decode
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
