"""Which questions are drawn on the page of pictures, and what of their answers a bar says."""

from __future__ import annotations

from typing import Any

from ledger.words import Words

CHARTS: tuple[tuple[str, str, str, str | None], ...] = (
    ("figures_by_year", "year", "replied", "assigned"),
    ("lanes", "track", "open", "suggestions"),
    ("promises_by_organ", "organ", "kept", "promises"),
    ("checks_by_year", "year", "done", "items"),
    ("projects_by_village", "village", "projects", None),
    ("visits_by_village", "village", "visits", None),
)
"""The question, the heading of a bar, its number, and what that is a part of."""


def charts(words: Words) -> list[dict[str, Any]]:
    """The same with the headings that the answers have."""

    def heading(name: str | None) -> str | None:
        return words.say(f"data.heading.{name}") if name else None

    return [
        {"query": name, "label": heading(label), "n": heading(n), "of": heading(of)}
        for name, label, n, of in CHARTS
    ]
