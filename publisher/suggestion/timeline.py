"""The complete timeline of a suggestion: every change, by whom as published, when, and the days between.

Limits that ran out stand in it as well: a day on which nothing was done is a fact like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ledger.rules.suggestion.case import DAYS, day_of, verdict_of
from publisher.reading.answers import Answers
from publisher.reading.facts import cell, link
from publisher.reading.public import Asked
from publisher.suggestion.cases import KIND, about
from publisher.suggestion.state import CALM
from publisher.suggestion.words import Said

TOLD: Mapping[str, tuple[str, ...]] = {
    "admission": ("decision", "reason"),
    "assignment": ("organ", "co_organs"),
    "assignment_return": (),
    "track": ("track", "due_on", "supervising_leader", "backstop_organ"),
    "reply": ("outcome_class", "letter", "promised_for"),
    "rating": ("stage", "attitude", "result"),
    "rehandling": ("organ",),
    "promise": ("what", "due_on"),
    "key_supervision": ("leader_post", "committee", "report_on"),
    "leader_undertaking": ("leader_post", "organ"),
    "extension": ("consent", "consented_on"),
    "reminder": ("organ",),
    "withdrawal": (),
    "award": ("award_kind",),
}
"""What is told of each kind in short."""
NAMED = ("due_on", "promised_for", "report_on", "consented_on", "supervising_leader", "backstop_organ")
"""Of these a value alone does not say what it is."""
LONG = ("reason", "reason_text", "requirement", "plan", "note", "comment", "result_reason", "attitude_reason")
"""Texts that are told in full; a reply and a check have their own sections."""
WHO = ("organ", "rater", "decided_by", "leader_post", "team")
"""Fields that say in whose name a record speaks, where nobody is named who filed it."""
ORDER = (KIND, *(kind for kind in DAYS if kind != KIND))
ICONS = {"withdrawal": "stop", "rehandling": "part", "award": "ok"}


@dataclass(frozen=True)
class Event:
    """Something that happened on a day."""

    on: str
    place: int
    icon: str
    what: str
    code: str = ""
    told: str = ""
    long: tuple[str, ...] = ()
    who: tuple[tuple[str, str | None], ...] = ()
    href: str | None = None
    corrected: int = 0
    is_: str = "filed"
    """What sort of thing it is, in one word that stays."""
    day: int | None = field(default=None, compare=False)
    gap: int | None = field(default=None, compare=False)


def timeline(said: Said) -> list[dict[str, Any]]:
    """All events in their order, each with its day since the first and the days since the last."""
    events = sorted(
        (*_filed(said), *_promised(said), *_corrected(said), *_lapsed(said)),
        key=lambda each: (each.on, each.place, each.code),
    )
    return [vars(each) for each in _counted(events)]


def _counted(events: Iterable[Event]) -> Iterator[Event]:
    first = last = None
    for each in events:
        try:
            on = date.fromisoformat(each.on)
        except ValueError:
            yield each
            continue
        first = first or on
        yield replace(each, day=(on - first).days, gap=(on - last).days if last else None)
        last = on


def _filed(said: Said) -> Iterator[Event]:
    """The suggestion itself and every record that names it."""
    public, case = said.public, said.suggestion.case
    row = public.by_code(KIND)[case.code]
    yield Event(
        on=day_of(KIND, case.suggestion),
        place=0,
        icon="dot",
        what=said.say("time.suggestion"),
        told=said.choice(KIND, "period", row["period"]) if row["period"] else "",
        who=_signers(said, row),
        corrected=row["corrected"],
    )
    for kind, each in about(public, case.code):
        if kind != "promise":
            yield _event(said, kind, each)


def _event(said: Said, kind: str, row: Mapping[str, Any]) -> Event:
    public = said.public
    form = public.kinds[kind]
    names = [name for name in TOLD.get(kind, ()) if name in form.fields and row.get(name) is not None]
    told = [_told(said, form.fields[name], row[name]) for name in names]
    long = [row[name] for name in LONG if name in form.fields and name not in names and row.get(name)]
    icon = ICONS.get(kind, "dot")
    if kind == "onsite_check":
        lines = public.groups.get((kind, "items"), {}).get(row["code"], ())
        verdict = verdict_of({"items": lines})
        told.append(said.rule(f"suggestion.verdict.{verdict}"))
        icon = {"done": "ok", "cannot_verify": "part"}.get(verdict, "late")
    if kind == "rating" and len(told) == len(TOLD[kind]):
        grades = (row.get("attitude"), row.get("result"))
        icon = "late" if "not_satisfied" in grades else "part" if "basically" in grades else "ok"
        told = [said.say("time.rating", stage=told[0], attitude=told[1], result=told[2])]
    return Event(
        on=day_of(kind, {**row, DAYS.get(kind, ""): row.get(DAYS.get(kind, ""))}),
        place=ORDER.index(kind) if kind in ORDER else len(ORDER),
        icon=icon,
        what=form.label[said.lang],
        code=row["code"],
        told=said.say("time.comma").join(each for each in told if each != form.label[said.lang]),
        long=tuple(long),
        who=_who(said, kind, row, names),
        href=public.path(row["code"]),
        corrected=row["corrected"],
    )


def _told(said: Said, asked: Asked, value: Any) -> str:
    """A value in words, with its label where it needs one."""
    text = asked.say(value, said.public.titles, said.lang)
    return f"{asked.label[said.lang]} {text}" if asked.name in NAMED else text


def _signers(said: Said, row: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    lead = row.get("lead_deputy") or row.get("author")
    codes = dict.fromkeys(filter(None, (lead, *(row.get("co_signers") or ()))))
    written = [(name, None) for name in row.get("councillors_as_written") or ()]
    return (*(link(said.public, code) for code in codes), *written)


def _who(
    said: Said, kind: str, row: Mapping[str, Any], told: Iterable[str]
) -> tuple[tuple[str, str | None], ...]:
    """In whose name it speaks, unless that was said already; else who filed it, where that is public."""
    fields = said.public.kinds[kind].fields
    for name in WHO:
        if name in fields and row.get(name) and name not in told:
            how, what = cell(said.public, fields[name], row[name], said.lang)
            return tuple(what) if how == "links" else ((str(what), None),)
    return (link(said.public, row["author"]),) if row.get("author") else ()


def _promised(said: Said) -> Iterator[Event]:
    """A promise is made with its reply, and later reported as kept."""
    case = said.suggestion.case
    replies = {each["code"]: each for each in case.records.get("reply", ())}
    for each in case.records.get("promise", ()):
        told = {"what": each.get("what", ""), "due": each["due_on"]}
        who = (link(said.public, each["organ"]),) if "organ" in each else ()
        href = said.public.path(each["code"])
        made = Event("", ORDER.index("reply") + 1, "dot", "", each["code"], who=who, href=href)
        if (reply := replies.get(each["reply"])) is not None:
            what, on = said.say("time.promise"), day_of("reply", reply)
            yield replace(made, on=on, what=what, told=said.say("time.promise.told", **told), is_="promised")
        if "claimed_done_on" in each:
            what = said.say("time.claimed")
            yield replace(made, on=each["claimed_done_on"], what=what, told=str(told["what"]), is_="claimed")


def _corrected(said: Said) -> Iterator[Event]:
    """Every later version of the suggestion and of its records."""
    public, code = said.public, said.suggestion.code
    versions: list[tuple[str, Answers | Mapping[str, Any]]] = [(KIND, public.by_code(KIND)[code])]
    for kind, row in (*versions, *about(public, code)):
        form = public.kinds[kind]
        for each in public.corrections.get(row["code"], ()):
            names = [form.fields[name].label[said.lang] for name in each.changed if name in form.fields]
            key = "time.corrected" if names else "time.corrected.inside"
            yield Event(
                on=each.on,
                place=len(ORDER) + 1,
                icon="mark",
                what=said.say(key, kind=form.label[said.lang], fields=said.say("time.comma").join(names)),
                code=row["code"],
                href=public.path(row["code"]) if kind != KIND else None,
                is_="corrected",
            )


def _lapsed(said: Said) -> Iterator[Event]:
    """Limits that ran out with nothing done on the day."""
    found = said.suggestion
    for clock in found.clocks:
        if clock.name in CALM or clock.deadline is None or not clock.deadline.passed(found.on):
            continue
        over = clock.done_on or clock.stopped_on
        if clock.lapses or (over and over <= clock.deadline.due):
            continue
        organ = (link(said.public, clock.organ),) if clock.organ else ()
        yield Event(
            on=clock.deadline.due.isoformat(),
            place=len(ORDER),
            icon="late",
            what=said.say("time.lapsed.promise")
            if clock.name == "promise"
            else said.say("time.lapsed", name=said.rule(f"clock.{clock.name}")),
            code=f"{clock.name}{clock.of or ''}",
            told=said.say("time.lapsed.told"),
            who=organ,
            is_="lapsed",
        )
