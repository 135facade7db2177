"""A lamp: what one rule says of a record, with its reason as a message of content/words/rules.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["pass", "warn", "fail", "unknown"]
"""`warn`: as a rule not so (一般不宜). `fail`: not allowed. `unknown`: cannot be verified, never guessed."""

WORST_LAST: tuple[State, ...] = ("pass", "unknown", "warn", "fail")


@dataclass(frozen=True)
class Lamp:
    """One rule's verdict. `why` is a key in words, `params` fill its places; amounts are whole cents."""

    rule: str
    state: State
    why: str
    params: Mapping[str, Any] = field(default_factory=dict)


def worst(lamps: Iterable[Lamp]) -> State:
    """The gravest state among several lamps; nothing to say is a pass.

    >>> worst([Lamp("E1", "pass", "rule.e1.pass"), Lamp("E4", "warn", "rule.e4.pending")])
    'warn'
    """
    return max((lamp.state for lamp in lamps), key=WORST_LAST.index, default="pass")
