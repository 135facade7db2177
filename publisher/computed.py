"""A column of public.db that no form declares, as its rows are computed (publisher.derived)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One computed value: its type as fields have types, and where its choices are said."""

    name: str
    type: str
    said: str = ""
    values: tuple[str, ...] = ()
    refers_to: str | None = None
    unit: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether SQLite keeps it as a number."""
        return self.type in ("integer", "boolean", "money")
