"""One question: what it needs, its SQL, and which pages show its figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A canned query by its permanent name.

    `needs`: tables, each with the columns that must be there; without them there is no such question. In the
    SQL `as @name` is a heading (words `data.heading.name`), `said(table.column, value)` a choice in words,
    and `titled(kind, value)` a reference by its title. `shown`: the pages with the figure, a section after
    `#`; `takes`: the parameter that the page of a record fills with its code.
    """

    name: str
    needs: tuple[str, ...]
    sql: str
    shown: tuple[str, ...]
    takes: str | None = None


UP = """with recursive up(place, above) as (
  select code, code from grid
  union
  select up.place, g.within from up join grid g on g.code = up.above where g.within is not null
)"""
"""Every place with all that it lies in, itself first."""
