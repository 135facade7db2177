"""What happened to a record, one thing after the other, out of what its page says and no more.

A suggestion and a project have a timeline on their page, and their feeds say the same. Of any other record it
is that it came, was corrected, and what came to refer to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from publisher.reading.public import Change, Correction, Kind, Public, Withdrawn
from publisher.reading.shown import together

Row = Mapping[str, Any]
Say = Callable[..., str]
LONGEST = 300  # characters of a text that an entry repeats: the page has all of it


@dataclass(frozen=True)
class Happening:
    """Something that happened on a day, or in a month where no more is public.

    `of` is the record it happened to and `what` one word for it: with the day they name it for good.
    """

    of: str
    what: str
    on: str
    title: str
    text: str
    path: str
    n: int = 1
    """Which of several that have all this in common."""

    @property
    def day(self) -> str:
        """The day; the first of the month where no more is public.

        >>> Happening("ZF-2026-7KQ4", "filed", "2026-03", "", "", "").day
        '2026-03-01'
        """
        return self.on if len(self.on) > len("2026-03") else f"{self.on}-01"

    @property
    def code(self) -> str:
        """The record whose page says more.

        >>> Happening("a", "filed", "2026-03", "", "", "visit/ZF-2026-7KQ4.html#corrections").code
        'ZF-2026-7KQ4'
        """
        return self.path.rpartition("/")[2].partition(".")[0]

    @property
    def only_month(self) -> bool:
        """Whether no more than the month is public."""
        return len(self.on) <= len("2026-03")


def latest(found: Iterable[Happening], most: int) -> list[Happening]:
    """The last of them, the latest first; several of one name and day are told apart by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    named = []
    for each in found:
        key = each.of, each.what, each.on
        seen[key] += 1
        named.append(each if seen[key] == 1 else replace(each, n=seen[key]))
    order = sorted(enumerate(named), key=lambda pair: (pair[1].day, pair[0]), reverse=True)
    return [each for _, each in order[:most]]


def happened(
    public: Public, kind: Kind, row: Row, data: Mapping[str, Any], say: Say, lang: str
) -> Iterator[Happening]:
    """All that happened to a record, given what its page is given."""
    if kind.name == "suggestion" and data.get("timeline"):
        yield from _of_suggestion(row, data, say)
    else:
        yield from _of_record(public, kind, row, data, say, lang)


def entitled(kind: Kind, row: Row, say: Say, lang: str) -> str:
    """A record's title with its kind before it, unless the title says that already."""
    title, label = str(row["title"]), kind.label[lang]
    return title if label in title else say("entry", what=label, title=title)


def filed(kind: Kind, row: Row, title: str, text: str = "") -> Happening:
    """That a record came: on the day it speaks of, but never later than the day it came."""
    on, came = kind.date(row), str(row["filed_on"])
    on = min(on, came) if _is_day(on) else came
    return Happening(row["code"], "filed", on, title, text, f"{kind.name}/{row['code']}.html")


def corrected(public: Public, kind: Kind, row: Row, each: Correction, say: Say, lang: str) -> Happening:
    """That it was corrected: why, and each public field before and after."""
    names = [kind.fields[name].label[lang] for name in each.changed if name in kind.fields]
    if row["withheld"] or not names:
        text = say("corrected.inside")
    else:
        said = [_change(public, change, kind, say, lang) for change in each.changes]
        why = say("corrected.why", reason=say(f"site.correction.reason.{each.reason or 'none'}"))
        text = "\n".join([why, *(said or [say("corrected.fields", fields=together(names, lang))])])
    title = say("corrected", title=row["title"], kind=kind.label[lang])
    return Happening(
        row["code"], "corrected", each.on, title, text, f"{kind.name}/{row['code']}.html#corrections"
    )


def _change(public: Public, change: Change, kind: Kind, say: Say, lang: str) -> str:
    """One field before and after; a long text is cut, a group or a photo only named."""
    asked = kind.fields[change.field]

    def side(value: Any, withheld: bool) -> str:
        if withheld:
            return say("site.correction.gone")
        return (
            say("site.correction.empty") if value is None else _short(asked.say(value, public.titles, lang))
        )

    if asked.each or asked.type == "photos":
        return say("corrected.fields", fields=asked.label[lang])
    was, became = side(change.was, change.was_withheld), side(change.became, change.became_withheld)
    return say("corrected.change", field=asked.label[lang], was=was, became=became)


def taken_down(each: Withdrawn, say: Say) -> Happening:
    """That a record was taken down, and on what grounds; never what it said."""
    text = say(f"site.withdrawn.reason.{each.reason}")
    return Happening(each.code, "withdrawn", each.on, say("withdrawn", code=each.code), text, each.path)


def _of_suggestion(row: Row, data: Mapping[str, Any], say: Say) -> Iterator[Happening]:
    """What the timeline on its page says; a limit that ran out is such a thing as well."""
    own = f"suggestion/{row['code']}.html"
    for each in data["timeline"]:
        who = "、".join(name for name, _ in each["who"])
        text = "\n".join(part for part in (each["told"], *map(_short, each["long"]), who) if part)
        title = say("entry", what=each["what"], title=row["title"])
        yield Happening(
            each["code"] or row["code"],
            each["is_"],
            each["on"] or str(row["filed_on"]),
            title,
            text,
            each["href"] or own,
        )


def _of_record(
    public: Public, kind: Kind, row: Row, data: Mapping[str, Any], say: Say, lang: str
) -> Iterator[Happening]:
    """That it came, and what followed; of a record that is not public in full, what its page says of it."""
    state = data["strong"] if data.get("shut") else ""
    own = filed(kind, row, say("filed", title=row["title"], kind=kind.label[lang]), state)
    found = [
        own,
        *(corrected(public, kind, row, each, say, lang) for each in public.corrections.get(row["code"], ())),
    ]
    if not row["withheld"]:
        found += _told(data, say) if data.get("timeline") else _about(public, row["code"], say, lang)
    yield from sorted(found, key=lambda each: (each.day, each is not own, each.what, each.of))


def _told(data: Mapping[str, Any], say: Say) -> Iterator[Happening]:
    """The timeline of a project."""
    for each in data["timeline"]:
        if path := each["href"]:
            code = path.rpartition("/")[2].removesuffix(".html")
            title = say("entry", what=each["kind"], title=data["title"])
            who = each["who"][0] if each["who"] else ""
            yield Happening(
                code, "filed", each["on"], title, "\n".join(filter(None, (each["text"], who))), path
            )


def _about(public: Public, code: str, say: Say, lang: str) -> Iterator[Happening]:
    """Records that came to refer to it, and how they were corrected."""
    named = {(each.kind, each.code) for each in public.about.get(code, ())}
    for name, other in sorted(named):
        kind, row = public.kinds[name], public.by_code(name)[other]
        yield filed(kind, row, entitled(kind, row, say, lang))
        yield from (
            corrected(public, kind, row, each, say, lang) for each in public.corrections.get(other, ())
        )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _is_day(text: str) -> bool:
    return len(text) in (7, 10) and text[:4].isdigit() and text[4] == "-"
