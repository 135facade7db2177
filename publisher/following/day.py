"""A day that stands in a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Day:
    """A whole day, or several: what it is, which page says more, and in whose calendars it stands.

    `revised` is the day this was last written, `sequence` how often it was written anew, as calendars ask.
    `skips` are days on which what repeats does not take place, or stands by itself.
    """

    name: str
    sort: str
    starts: date
    title: str
    text: str
    path: str
    owners: tuple[str, ...]
    revised: date
    sequence: int = 0
    last: date | None = None
    repeats: str = ""
    skips: tuple[date, ...] = ()

    @property
    def ends(self) -> date:
        """The day after the last one."""
        return (self.last or self.starts) + timedelta(days=1)


def day_in(text: object) -> date | None:
    """A day that a row names; a month is not one.

    >>> day_in("2026-03-02"), day_in("2026-03"), day_in(None)
    (datetime.date(2026, 3, 2), None, None)
    """
    try:
        return date.fromisoformat(str(text)) if len(str(text)) == len("2026-03-02") else None
    except ValueError:
        return None
