"""What problems quote: what fills their sentences may repeat an answer, so it can be erased like one.

An entry keeps for good where something is wrong with it, which sentence says so, and the form's own words in
it. What else fills the sentence stands in the table `quote`, salted like a disclosure: the bookkeeping has a
digest of each row, and nobody guesses from it what is gone. After an erasure the sentence has … in its place.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import AhoCorasick

from ledger.envelope import Forged, read_disclosure
from ledger.records import AnswerProblem
from ledger.signature import b64u
from ledger.strict_json import read_json, write_json

if TYPE_CHECKING:
    from apsw import Connection

TABLE = """
CREATE TABLE IF NOT EXISTS quote (          -- what fills the sentences of an entry's problems
  entry INTEGER NOT NULL REFERENCES entry (position),
  n     INTEGER NOT NULL,                   -- which of its problems
  text  TEXT NOT NULL,                      -- ["salt",{parameters}]
  PRIMARY KEY (entry, n)
) STRICT, WITHOUT ROWID;
"""
OF_ENTRY = "(SELECT json_group_object(n, text) FROM quote WHERE quote.entry = position)"
"""A column for `read_problems`, in a query over entries."""
GONE = "…"
"""Stands in a sentence for what was erased."""

Row = tuple[int, int, str]


def write_problems(problems: Sequence[AnswerProblem], position: int) -> tuple[str | None, list[Row]]:
    """Problems as the entry at a position keeps them, and what its table `quote` holds of them."""
    kept, rows = [], []
    for n, each in enumerate(problems):
        labels = {name: value for name, value in each.params.items() if isinstance(value, Mapping)}
        filling = {name: _plain(value) for name, value in each.params.items() if name not in labels}
        said = {"pointer": each.pointer, "key": each.key, "params": _plain(labels), "quotes": sorted(filling)}
        kept.append(said)
        if filling:
            rows.append((position, n, write_json([b64u(os.urandom(16)), filling])))
    return (write_json(kept) if kept else None), rows


def read_problems(kept: str | None, quotes: str | None) -> list[AnswerProblem]:
    """The problems of an entry, to be said in any language; `quotes` is as OF_ENTRY gives it."""
    said = read_json(quotes) if quotes else {}
    found = []
    for n, each in enumerate(read_json(kept) if kept else ()):
        pointer, key, text = each["pointer"], each["key"], said.get(str(n))
        filling = read_json(text)[1] if text else dict.fromkeys(each.get("quotes", ()), GONE)
        found.append(AnswerProblem(pointer, key, {**each["params"], **filling}))
    return found


def same(found: Sequence[AnswerProblem], kept: Sequence[AnswerProblem]) -> bool:
    """Whether these are the problems that are kept, as far as they still say it."""
    return len(found) == len(kept) and all(
        (one.pointer, one.key) == (other.pointer, other.key)
        and all(
            value == GONE or _plain(one.params.get(name)) == value for name, value in other.params.items()
        )
        for one, other in zip(found, kept, strict=True)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, str):
        # A problem may quote the very text that is broken; half a character cannot be stored.
        return value.encode("utf-8", "replace").decode()
    return value if isinstance(value, int | float | None) else str(value)


def forget(db: Connection, entries: Collection[int], disclosures: Iterable[str]) -> list[str]:
    """Drop what the problems of these entries quote, and whatever others quote of these answers; the texts.

    A text of one character is found only where it is quoted alone: it stands in too many others.
    """
    answers = {said for text in disclosures for said in _answers(text)}
    parts = AhoCorasick([each for each in answers if len(each) > 1])
    rows: list[Any] = db.execute("SELECT entry, n, text FROM quote").fetchall()
    doomed = [
        row
        for row in rows
        if row[0] in entries
        or any(
            said in answers or parts.find_matches_as_indexes(said) for said in _leaves(read_json(row[2])[1])
        )
    ]
    db.executemany("DELETE FROM quote WHERE entry = ? AND n = ?", [row[:2] for row in doomed])
    return [text for _, _, text in doomed]


def _answers(text: str) -> Iterator[str]:
    try:
        yield from _leaves(read_disclosure(text)[1])
    except Forged:
        return


def _leaves(value: Any) -> Iterator[str]:
    """Every text and number of a value, as it would be read in a sentence."""
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value not in ("", None) and not isinstance(value, bool):
        yield str(value)
