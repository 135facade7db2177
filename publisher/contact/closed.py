"""What of contact is not published: nothing is concluded from a field that has no column."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.words import Words
from publisher.reading.answers import asked, unpublished
from publisher.reading.public import Public
from publisher.reading.shown import together

Needed = Mapping[str, tuple[str, ...]]

GRIDS: Needed = {
    "grid_assignment": ("deputy", "grid", "assigned_on", "registered_on", "ended_on"),
    "visit": ("visited_on", "grid", "visit_kind", "deputies"),
    "deputy": ("mandate",),
}
ONES: Needed = {
    "visit": ("visited_on", "topics", "deputies"),
    "suggestion": ("lead_deputy", "received_on"),
    "assignment": ("suggestion",),
    "opinion": ("received_on", "urgency", "disposition", "visit"),
    "service_deed": ("deputies", "done_on", "evidence_kinds"),
    "opinion_report": ("deputies", "submitted_on", "visits", "opinions"),
    "deputy": ("mandate",),
}
LINKS: Needed = {
    "contact_link": ("link_kind", "role", "who", "target_kind", "target_deputy", "target_community",
                     "target_grid", "target_org", "valid_from", "valid_to"),
    "deputy": ("mandate",),
}  # fmt: skip


def hidden(public: Public, needed: Needed, words: Words, lang: str) -> str:
    """The fields that a page needs and that are not published, in one sentence; nothing where all are."""
    lost = []
    for kind, names in needed.items():
        for name in unpublished(public, kind, *names):
            found = asked(public, kind, name)
            label = public.kinds[kind].label[lang] if kind in public.kinds else kind
            lost.append(f"{label}·{found.label[lang] if found else name}")
    return words.say("site.contact.hidden", lang, fields=together(lost, lang)) if lost else ""
