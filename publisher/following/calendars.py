"""The calendars of a release: about everything, and for each record of some kinds that has a day."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from publisher.following import reception, which
from publisher.following.dated import DATED, ROTAS, Dated, Rota
from publisher.following.day import Day, day_in
from publisher.following.feeds import say_of
from publisher.following.happening import Row
from publisher.following.ical import calendar
from publisher.pages.making import Site
from publisher.project.page import CANDIDATE as PROJECT
from publisher.project.standing import standings
from publisher.reading.public import REFERENCES, Kind, Public, listed
from publisher.stamping.stamp import Plain
from publisher.suggestion.state import states

PAST = timedelta(days=366)  # how far back a calendar reaches: what is over longer is on the pages
MILESTONES = "milestones"
KEY: Hashable = "following.days"


def days(site: Site) -> list[Day]:
    """Every day that stands in a calendar, in their order; worked out once for a release."""
    kept = site.public.computed
    if KEY not in kept:
        since = date.fromisoformat(site.public.release["as_of"]) - PAST
        found = [
            each
            for several in (_dated(site), _counted(site), _projects(site), _rotas(site))
            for each in several
            if each.repeats or each.ends > since
        ]
        kept[KEY] = sorted(found, key=lambda each: (each.starts, each.name))
    listed: list[Day] = kept[KEY]
    return listed


def owners(site: Site) -> Mapping[str, list[Day]]:
    """By the code of a record that has a calendar of its own the days that concern it."""
    kept = site.public.computed
    if "following.owners" not in kept:
        found: dict[str, list[Day]] = {}
        for each in days(site):
            for code in each.owners:
                if site.public.kind_of.get(code) in which.CALENDARS:
                    found.setdefault(code, []).append(each)
        kept["following.owners"] = found
    named: dict[str, list[Day]] = kept["following.owners"]
    return named


def has(site: Site, name: str) -> bool:
    """Whether a calendar about everything has a day: an empty one is no calendar."""
    return any(name in ("all", each.sort) for each in days(site))


def of_record(site: Site, kind: Kind, row: Row) -> Iterator[Plain]:
    """The calendar of one record, where there is a day to put into it."""
    if kind.name in which.CALENDARS and (found := owners(site).get(row["code"])):
        say = say_of(site)
        name = say("calendar.record", title=row["title"])
        yield _plain(site, which.calendar_of(kind.name, row["code"]), name, found)


def of_site(site: Site) -> Iterator[Plain]:
    """The calendars about everything."""
    say = say_of(site)
    for name in which.SITE_CALENDARS:
        if found := [each for each in days(site) if name in ("all", each.sort)]:
            called = say("calendar.site", what=say(f"calendar.{name}"), congress=site.congress.name)
            yield _plain(site, which.site_calendar(name), called, found)


def _plain(site: Site, path: str, name: str, found: Iterable[Day]) -> Plain:
    www, language = site.congress.addresses["www"], "zh-CN" if site.lang == "zh" else site.lang
    text = say_of(site)("calendar.text", congress=site.congress.name)
    some = list(found)
    made_from = [site.code_version, www, name, text, language, [_exact(each) for each in some]]
    return Plain(path, made_from, lambda: calendar(name, text, some, www, which.authority(www), language))


def _exact(each: Day) -> list[Any]:
    return [str(value) for value in vars(each).values()]


def _dated(site: Site) -> Iterator[Day]:
    public, say = site.public, say_of(site)
    for each in DATED:
        if each.kind not in public.rows:
            continue
        kind = public.kinds[each.kind]
        for row in public.rows[each.kind]:
            if not any(name and row.get(name) for name in (each.done, each.off)):
                yield from _of_row(site, kind, each, row, say)


def _of_row(site: Site, kind: Kind, each: Dated, row: Row, say: Any) -> Iterator[Day]:
    group, dot, field = each.field.rpartition(".")
    lines = site.public.groups.get((kind.name, group), {}).get(row["code"], ()) if dot else (row,)
    for line in lines:
        if (starts := day_in(line[field])) is None:
            continue
        last = day_in(line[each.until.rpartition(".")[2]]) if each.until else None
        of = _said(site, kind, each.of, line) if each.of else ""
        number = f"-{line['n']}" if dot else ""
        yield Day(
            name=f"{row['code']}-{field}{number}",
            sort=each.sort,
            starts=starts,
            last=last if last and last >= starts else None,
            title=say(f"day.{each.says}", title=row["title"], of=of),
            text=say("day.text", kind=kind.label[site.lang], code=row["code"]),
            path=f"{kind.name}/{row['code']}.html",
            owners=_named(kind, row, line, group),
            revised=_revised(site.public, row),
            sequence=row["corrected"],
        )


def _said(site: Site, kind: Kind, name: str, line: Row) -> str:
    group, _, field = name.rpartition(".")
    fields = {part.name: part for part in kind.fields[group].each} if group else kind.fields
    return fields[field].say(line[field], site.public.titles, site.lang) if line[field] is not None else ""


def _named(kind: Kind, row: Row, line: Row, group: str) -> tuple[str, ...]:
    """Whoever a record refers to, and a line of its group; a calendar is kept for some of them."""
    asked = [(each, row) for each in kind.fields.values()]
    asked += [(each, line) for each in kind.fields[group].each] if group else []
    return tuple(
        dict.fromkeys(
            str(code)
            for each, values in asked
            if each.public and each.type in REFERENCES
            for code in listed(values[each.name])
        )
    )


def _counted(site: Site) -> Iterator[Day]:
    """The deadlines that run now for each suggestion: what the rules count, and the day its lane asks for."""
    public, say = site.public, say_of(site)
    if "suggestion" not in public.rows:
        return
    for each in states(public, site.rulebook):
        if not (each.due and each.clock) and not (each.lane_due and each.lane):
            continue  # how often its clocks were moved is asked only of what still has a day
        row = public.by_code("suggestion")[each.code]
        signed = (row.get("lead_deputy") or row.get("author"), *(row.get("co_signers") or ()))
        concerned = tuple(dict.fromkeys(str(code) for code in (*each.organs, *signed) if code))
        again = len(each.case.records.get("extension", ()))
        shared = {
            "sort": "deadlines",
            "text": say("day.text", kind=public.kinds["suggestion"].label[site.lang], code=each.code),
            "path": f"suggestion/{each.code}.html",
            "owners": concerned,
            "revised": _revised(public, row),
            "sequence": row["corrected"] + len(each.moves) + again,
        }
        if each.due and each.clock:
            clock = site.words.say(f"clock.{each.clock.name}", site.lang)
            title = say("day.deadline", title=row["title"], clock=clock)
            yield Day(f"{each.code}-{each.clock.name}", starts=each.due, title=title, **shared)
        if each.lane_due and each.lane:
            title = say("day.lane", title=row["title"])
            yield Day(f"{each.code}-lane", starts=each.lane_due, title=title, **shared)


def _projects(site: Site) -> Iterator[Day]:
    """Of each project that a congress selected and that is not finished: its last day, and its milestones."""
    public, say = site.public, say_of(site)
    for each in standings(public, site.rulebook).values():
        if each.due is None:
            continue
        kind, row = public.kinds[PROJECT], public.by_code(PROJECT)[each.code]
        lines = public.groups.get((PROJECT, MILESTONES), {}).get(each.code, ())
        steps = [(f"-{MILESTONES}-{line['n']}", day_in(line["due_on"]), line["what"]) for line in lines]
        for name, starts, what in (("-finish_on", each.due, None), *steps):
            if starts is None:
                continue
            yield Day(
                name=f"{each.code}{name}",
                sort="deadlines",
                starts=starts,
                title=say("day.milestone" if what else "day.finish", title=row["title"], what=what or ""),
                text=say("day.text", kind=kind.label[site.lang], code=each.code),
                path=f"{PROJECT}/{each.code}.html",
                owners=(each.code, *_named(kind, row, row, "")),
                revised=_revised(public, row),
                sequence=row["corrected"],
            )


def _rotas(site: Site) -> Iterator[Day]:
    public, say = site.public, say_of(site)
    for rota in ROTAS:
        for row in public.rows.get(rota.kind, ()):
            if rota.done and row.get(rota.done):
                continue
            for line in public.groups.get((rota.kind, rota.group), {}).get(row["code"], ()):
                if repeats := reception.rule(str(line[rota.day] or "")):
                    yield _reception(site, rota, row, line, repeats, say)


def _reception(site: Site, rota: Rota, row: Row, line: Row, repeats: str, say: Any) -> Day:
    hours = " – ".join(str(line[name]) for name in (rota.opens, rota.closes) if line[name])
    revised = _revised(site.public, row)
    return Day(
        name=f"{row['code']}-{rota.group}-{line['n']}",
        sort=rota.sort,
        starts=reception.first(repeats, revised),
        repeats=repeats,
        skips=_own_days(site.public, rota, row),
        title=say(f"day.{rota.says}", title=row["title"], hours=hours).strip(),
        text=say(
            "day.reception.text",
            day=line[rota.day],
            place=row.get("address") or row.get("place") or row["title"],
        ),
        path=f"{rota.kind}/{row['code']}.html",
        owners=(row["code"], *map(str, listed(row.get("deputies")))),
        revised=revised,
        sequence=row["corrected"],
    )


def _own_days(public: Public, rota: Rota, row: Row) -> tuple[date, ...]:
    """Days of a rota that have a record of their own: held by other people, or called off."""
    kind, via, field = rota.instead or ("", "", "")
    named = {each.code for each in public.about.get(row["code"], ()) if (each.kind, each.via) == (kind, via)}
    rows = public.by_code(kind) if named else {}
    return tuple(sorted({day for code in named if (day := day_in(rows[code].get(field)))}))


def _revised(public: Public, row: Row) -> date:
    """The day a record was last written, as far as it is public."""
    corrections = public.corrections.get(row["code"], ())
    on = corrections[-1].on if corrections else str(row["filed_on"])
    return day_in(on) or date.fromisoformat(f"{on[:7]}-01")
