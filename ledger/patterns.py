"""Which regular expressions a form may use: those that Python, JavaScript and Rust read alike.

Characters, sets, groups, alternatives and repeats. Left out are shorthands such as \\d (ASCII here, the
digits of any script there), look-around, named groups, back-references, and repeats in repeats, which can
take for ever.
"""

from __future__ import annotations

import re

_SIGNS = "^$\\.*+?()[]{}|/"
_PIECE = re.compile(
    r"""
      (?P<escape>\\.)
    | (?P<set>\[\^?(?:\\.|[^\]\\\[])+\])
    | (?P<open>\((?:\?:)?(?!\?))
    | (?P<close>\))
    | (?P<repeat>\{(?P<least>[0-9]+)(?P<comma>,(?P<most>[0-9]*))?\}|[*+?])
    | (?P<plain>[^\\\[\](){}*+?])
    """,
    re.VERBOSE | re.DOTALL,
)
_SET_RANGE = re.compile(r"\\.|[^\\]", re.DOTALL)
_SHORTHANDS = {"d": "[0-9]", "w": "[A-Za-z0-9_]", "s": "a space"}


def fault(pattern: str) -> str | None:
    """Why a pattern cannot be used, with what to do; None when it can.

    >>> fault("^[A-Z]{2}-[0-9]+$")
    >>> fault(r"^\\d+$")
    "'\\\\d' is read differently by phone and server. Write [0-9]."
    """
    if not (pattern.startswith("^") and pattern.endswith("$")) or pattern.endswith("\\$"):
        return "must begin with ^ and end with $, so that the whole answer is meant."
    if "|" in _top_level(pattern):
        return "has a | outside of brackets. Put the alternatives into ( ), as in ^(a|b)$."
    said = _pieces(pattern[1:-1])
    if said:
        return said
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is not a regular expression ({error.msg})."
    return None


def _pieces(body: str) -> str | None:
    place, repeatable, depth = 0, False, [False]
    while place < len(body):
        piece = _PIECE.match(body, place)
        if not piece:
            return (
                f"cannot be used from '{body[place : place + 10]}' on. docs/forms.md lists what it may hold."
            )
        place = piece.end()
        match piece.lastgroup if piece.lastgroup not in ("least", "comma", "most") else "repeat":
            case "escape" if said := _escape(piece[0]):
                return said
            case "set" if said := _set(piece[0]):
                return said
            case "plain" if piece[0] in "^$":
                return f"has '{piece[0]}' inside. Write \\{piece[0]} where the sign itself is meant."
            case "open":
                depth.append(False)
                repeatable, inner = False, False
                continue
            case "close":
                if len(depth) == 1:
                    return "closes a bracket that was not opened."
                inner = depth.pop()
                depth[-1] = depth[-1] or inner
                repeatable = True
                continue
            case "repeat":
                if not repeatable:
                    return f"has '{piece[0]}' with nothing to repeat. Write \\{piece[0]} for the sign itself."
                endless = piece[0] in "*+" or (piece["comma"] is not None and not piece["most"])
                if endless and inner:
                    return (
                        "repeats a group that itself repeats, which can take for ever. Limit the inner one."
                    )
                depth[-1] = depth[-1] or endless
                repeatable = False
                continue
        repeatable, inner = piece[0] != "|", False
    return "opens a bracket that is not closed." if len(depth) > 1 else None


def _escape(piece: str, signs: str = _SIGNS) -> str | None:
    letter = piece[1]
    if letter in signs:
        return None
    if letter in _SHORTHANDS:
        return f"'{piece}' is read differently by phone and server. Write {_SHORTHANDS[letter]}."
    return f"'{piece}' cannot be used. Write the letter itself."


def _set(piece: str) -> str | None:
    body = piece[2:-1] if piece.startswith("[^") else piece[1:-1]
    letters = _SET_RANGE.findall(body)
    for letter in letters:
        if letter[0] == "\\" and (said := _escape(letter, _SIGNS + "-")):
            return said
    if any(pair in body for pair in ("--", "&&", "~~", "||")):
        return f"has a doubled sign in {piece}. Write it once."
    return None


def _top_level(pattern: str) -> str:
    """The pattern without its groups and sets."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern)
    while (shorter := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = shorter
    return bare
