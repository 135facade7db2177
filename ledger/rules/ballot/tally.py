"""Two tellers count blind to each other: the frozen list, the check code they compare, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ledger.signature import b64u

SHEETS = ("issued", "returned", "valid", "invalid", "blank")
VOTES = ("approve", "oppose", "abstain", "points")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Difference:
    """One number on which two counts differ: of an option, or of the sheets (option None)."""

    option: str | None
    field: str
    a: int | str
    b: int | str


def list_digest(candidates: Sequence[tuple[str, str]]) -> str:
    """The digest of a frozen list: `option<TAB>subject` a line, in the list's order.

    >>> list_digest([("1", "村口加装路灯"), ("2", "修复河口桥")])[:8]
    'RowsbeSe'

    The trap: the same projects in another order are another list.
    """
    for pair in candidates:
        if any(letter in part for part in pair for letter in "\t\n"):
            raise ValueError("an option or subject holds a tab or a line break")
    return b64u(sha256("\n".join("\t".join(pair) for pair in candidates).encode()).digest())


def check_code(digest: str, options: Sequence[str], count: Mapping[str, Any]) -> str:
    """Six characters over the frozen list and all the numbers: equal codes mean equal counts.

    >>> count = {"issued": 45, "returned": 45, "valid": 45, "totals": [{"option": "1", "approve": 42}]}
    >>> check_code("x", ["1"], count)
    'YAC QS2'

    Rows of `totals` may come in any order: the list's order counts. What is absent is 0.
    """
    rows = _rows(count)
    unknown = set(rows) - set(options)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is not on the frozen list")
    lines = ["mingbai tally", digest, "\t".join(str(_number(count, name)) for name in SHEETS)]
    for option in options:
        numbers = (str(_number(rows.get(option, {}), name)) for name in VOTES)
        lines.append("\t".join((option, *numbers)))
    bits = int.from_bytes(sha256("\n".join(lines).encode()).digest()[:4]) >> 2
    code = "".join(CROCKFORD[bits >> shift & 31] for shift in range(25, -1, -5))
    return f"{code[:3]} {code[3:]}"


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Where two counts differ, for the tellers to read aloud: the list, the sheets, then option by option.

    >>> a = {"valid": 45, "totals": [{"option": "1", "approve": 42}]}
    >>> compare(a, {"valid": 45, "totals": [{"option": "1", "approve": 41}]})
    (Difference(option='1', field='approve', a=42, b=41),)
    >>> compare(a, a)
    ()
    """
    found = []
    digests = a.get("list_digest", ""), b.get("list_digest", "")
    if digests[0] != digests[1]:
        found.append(Difference(None, "list_digest", *digests))
    rows_a, rows_b = _rows(a), _rows(b)
    for option, fields in (
        (None, SHEETS),
        *((option, VOTES) for option in dict.fromkeys((*rows_a, *rows_b))),
    ):
        left = a if option is None else rows_a.get(option, {})
        right = b if option is None else rows_b.get(option, {})
        for name in fields:
            numbers = _number(left, name), _number(right, name)
            if numbers[0] != numbers[1]:
                found.append(Difference(option, name, *numbers))
    return tuple(found)


def _rows(count: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    rows: dict[str, Mapping[str, Any]] = {}
    for row in count.get("totals", ()):
        if str(row["option"]) in rows:
            raise ValueError(f"option {row['option']} is counted twice")
        rows[str(row["option"])] = row
    return rows


def _number(row: Mapping[str, Any], name: str) -> int:
    return int(row.get(name) or 0)
