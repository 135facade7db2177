"""Training on the public site: who was there, of how many, and the hours of each deputy, unranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.outreach.training import attendance, hours_of
from ledger.words import Words
from publisher.chart.bars import share
from publisher.finding.places import by_name
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.public import Public

KIND = "training"
Row = Mapping[str, Any]


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page of all trainings is given."""

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.trained.{key}", lang, **params)

    rows = [row for row in public.rows[KIND] if _whole(row)]
    found = hours_of(rows)
    names = {row["code"]: row["title"] for row in public.rows.get("deputy", ())}
    serving = [
        row["code"] for row in public.rows.get("deputy", ()) if row.get("mandate") in (None, "serving")
    ]
    there = sum(bool(found[code].attended) for code in serving if code in found)
    in_order = sorted(found, key=lambda code: (by_name(names.get(code) or code), code))
    return {
        "as_of": public.release["as_of"],
        "verdict": say("verdict", n=len(rows), there=there, of=len(serving)) if rows else "",
        "deputies": [
            {
                "deputy": link(public, code),
                "left": code not in serving,
                "hours": hours(found[code].hours),
                "there": f"{found[code].attended} / {found[code].invited}",
                "rows": links.table(KIND, attendees__arraycontains=code),
            }
            for code in in_order
        ],
        "never": [link(public, code) for code in serving if code not in found],
        "rows": links.table(KIND),
    }


def record(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of one training is given beside what every record's is."""
    if row["withheld"] or not _whole(row):
        return {"took_part": None}
    found = attendance(row)
    return {
        "took_part": {
            "said": words.say("site.trained.took_part", lang, n=found.attended, of=found.invited),
            "hours": words.say("site.trained.hours", lang, n=hours(row["hours"])),
            "width": share(found.attended, found.invited),
        }
    }


def hours(n: float) -> str:
    """Hours without a needless fraction.

    >>> hours(14.0), hours(3.5)
    ('14', '3.5')
    """
    return f"{n:g}"


def _whole(row: Row) -> bool:
    """Whether a training says in public what its figures are made of."""
    return bool(row.get("invited")) and row.get("hours") is not None and not row["withheld"]
