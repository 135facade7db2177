"""A second reader of JSON, written from the grammar of RFC 8259 alone, to compare ours with.

It knows nothing of Python's json. Beside the grammar it holds what we promise: no name twice in an object, at
most 20 levels, whole numbers up to 2^53, no number beyond a double, no half character, UTF-8 without a mark.
"""

from __future__ import annotations

import re
from typing import Any

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
SPACE = re.compile(r"[\x20\x09\x0a\x0d]*")
ESCAPED = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": True, "false": False, "null": None}
DEEPEST = 20


class No(Exception):
    """Not JSON, or not JSON that we take."""


def read(data: bytes) -> Any:
    """The value, or No."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise No from None
    value, at = _value(text, _skip(text, 0), 0)
    if _skip(text, at) != len(text):
        raise No
    return value


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    assert found
    return found.end()


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if at >= len(text):
        raise No
    match text[at]:
        case "{" | "[" if depth >= DEEPEST:
            raise No
        case "{":
            return _object(text, at + 1, depth + 1)
        case "[":
            return _array(text, at + 1, depth + 1)
        case '"':
            return _string(text, at + 1)
    for word, value in WORDS.items():
        if text.startswith(word, at):
            return value, at + len(word)
    return _number(text, at)


def _number(text: str, at: int) -> tuple[Any, int]:
    found = NUMBER.match(text, at)
    if not found:
        raise No
    if found[1] or found[2]:
        value: Any = float(found[0])
        if value in (float("inf"), float("-inf")):
            raise No
        return value, found.end()
    if len(found[0].lstrip("-")) > 16 or abs(int(found[0])) > 2**53:
        raise No
    return int(found[0]), found.end()


def _string(text: str, at: int) -> tuple[str, int]:
    letters: list[str] = []
    while True:
        if at >= len(text) or text[at] < " ":
            raise No
        if text[at] == '"':
            break
        if text[at] != "\\":
            letters.append(text[at])
            at += 1
        elif text[at + 1 : at + 2] in ESCAPED and text[at + 1 : at + 2]:
            letters.append(ESCAPED[text[at + 1]])
            at += 2
        elif re.match(r"\\u[0-9a-fA-F]{4}", text[at : at + 6]):
            letters.append(chr(int(text[at + 2 : at + 6], 16)))
            at += 6
        else:
            raise No
    try:
        return "".join(letters).encode("utf-16-be", "surrogatepass").decode("utf-16-be"), at + 1
    except UnicodeDecodeError:
        raise No from None


def _array(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    values: list[Any] = []
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        return values, at + 1
    while True:
        value, at = _value(text, _skip(text, at), depth)
        values.append(value)
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return values, at + 1
        if text[at : at + 1] != ",":
            raise No
        at += 1


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    at = _skip(text, at)
    if text[at : at + 1] == "}":
        return values, at + 1
    while True:
        at = _skip(text, at)
        if text[at : at + 1] != '"':
            raise No
        name, at = _string(text, at + 1)
        at = _skip(text, at)
        if text[at : at + 1] != ":" or name in values:
            raise No
        values[name], at = _value(text, _skip(text, at + 1), depth)
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return values, at + 1
        if text[at : at + 1] != ",":
            raise No
        at += 1
