"""A congress in parts: six dimensions, each of which adds up to all who were elected, and the five gates.

Nothing here names a person: what is kept of an election are totals (个人考察情况从不入账).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "gender": ("men", "women"),
    "age": ("age_to_35", "age_36_to_55", "age_over_55"),
    "ethnicity": ("han", "minorities"),
    "occupation": (
        "workers", "farmers", "professionals", "officials", "entrepreneurs", "other_occupations",
    ),
    "party": ("party_members", "other_parties", "no_party"),
    "renewal": ("newly_elected", "re_elected"),
}  # fmt: skip
"""Each dimension with the fields that are its parts."""
GATES = ("political", "quality", "structure", "identity", "inspection")
"""政治关、素质关、结构关、身份关、考察关."""


def parts(term: Answers, dimension: str) -> dict[str, int]:
    """The parts of a dimension that are told."""
    return {name: int(term[name]) for name in DIMENSIONS[dimension] if name in term}


def sums(term: Answers) -> Iterator[Lamp]:
    """C14: the parts of each dimension add up to all who were elected.

    >>> [lamp.state for lamp in sums({"elected": 3, "men": 2, "women": 1, "han": 2, "minorities": 0})
    ...     if lamp.params["dimension"] in ("gender", "ethnicity", "age")]
    ['pass', 'unknown', 'fail']

    The trap: a dimension of which a part is missing cannot be added up, and is not guessed.
    """
    for dimension, names in DIMENSIONS.items():
        told = parts(term, dimension)
        params = {"dimension": dimension, "sum": sum(told.values()), "elected": term["elected"]}
        if len(told) < len(names):
            yield Lamp("structure", "unknown", "rule.structure.unknown", params)
        elif params["sum"] == params["elected"]:
            yield Lamp("structure", "pass", "rule.structure.pass", params)
        else:
            yield Lamp("structure", "fail", "rule.structure.fail", params)


def five_gates(term: Answers) -> tuple[Lamp, ...]:
    """入口五关: which were done, by which organ; of nobody in particular.

    >>> [lamp.state for lamp in five_gates({"gates": [{"gate": "quality", "organ": "选委会", "done": True}]})]
    ['unknown', 'pass', 'unknown', 'unknown', 'unknown']
    """
    rows = {row["gate"]: row for row in term.get("gates", ())}
    return tuple(_gate(name, rows.get(name)) for name in GATES)


def _gate(name: str, row: Answers | None) -> Lamp:
    if row is None:
        return Lamp("gate", "unknown", "rule.gate.absent", {"gate": name})
    done = bool(row.get("done"))
    why = f"rule.gate.{'done' if done else 'open'}"
    params = {"gate": name, "organ": row["organ"], "day": row.get("done_on", "")}
    return Lamp("gate", "pass" if done else "warn", why, params)
