"""The small pieces of HTML that templates share: plain text goes in, escaped HTML comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from ledger.formats import written_as
from publisher.reading.shown import NB

UNITS = "%人件票盏天项条次万个张年行名月日元位户处份级席案学季"
_SPACE = re.compile(rf"\d(?: (?=[{UNITS}])| / (?=\d))")
_WHOLE = re.compile(
    r"(?<![\w-])(?:\d{4}-\d\d(?:-\d\d)?(?:（周\w）)?|[A-Z]{2,4}-\d{4}-[0-9A-Z]{4})(?![\w-])"
    r"|(?<!\d)\d\d:\d\d ?– ?\d\d:\d\d(?!\d)"
)
ABREAST = 3
"""So many columns stand side by side on a phone of 360 px; with more, a row is a card."""
NAME = 5  # characters of a name that is not broken over two lines
SHORT = 40  # characters of a text that is likely to be said again
_LENGTHS = {"days": "天", "months": "个月", "years": "年"}


def escaped(value: Any) -> str:
    """A value as it stands in a page; one that is markup already stands as it is.

    >>> escaped("<"), escaped(Markup("<b>")), escaped(3)
    ('&lt;', Markup('<b>'), Markup('3'))
    """
    kind = type(value)
    return value if kind is Markup else _safe(value) if kind is str and len(value) <= SHORT else escape(value)


_safe = lru_cache(8192)(lambda text: str(escape(text)))  # codes, days and labels stand in page after page


def nb(text: str) -> Markup:
    """Keep a date with its weekday, hours, a code, and a number with its unit in one piece.

    >>> str(nb("2026-03-02 <b> 12 条"))
    '<span class="mb-nb">2026-03-02</span> &lt;b&gt; 12\\xa0条'
    >>> str(nb("每月 20 日 09:00–11:00"))
    '每月 20\\xa0日 <span class="mb-nb">09:00–11:00</span>'
    """
    return _kept(text) if len(text) <= SHORT else _whole(text)


def _whole(text: str) -> Markup:
    safe = str(escape(text))
    if " " in safe:
        safe = _SPACE.sub(lambda match: match[0].replace(" ", NB), safe)
    if "-" in safe or "–" in safe:
        safe = _WHOLE.sub(lambda match: f'<span class="mb-nb">{match[0]}</span>', safe)
    return Markup(safe)


_kept = lru_cache(8192)(_whole)  # the names of places, people and choices stand in thousands of pages


def facts(told: Iterable[tuple[str, str, Any]], labelled: Callable[[str], str], root: str) -> Markup:
    """The values of a record one after the other: of each its label, how it is set, and what it says."""
    return Markup(
        "".join([f"<dt>{labelled(label)}</dt><dd>{_set(what, how, root)}</dd>" for label, how, what in told])
    )


def value(what: Any, how: str, root: str = "") -> Markup:
    """One value of a record, as publisher.reading.facts hands it out.

    >>> str(value([("柳河村", "grid/WG-2026-7KQ4.html"), ("石桥村", None)], "links", "../"))
    '<a class="mb-nb" href="../grid/WG-2026-7KQ4.html">柳河村</a>、石桥村'
    """
    return Markup(_set(what, how, root))


def _set(what: Any, how: str, root: str) -> str:
    match how:
        case "number":
            return f'<span class="mb-nb">{escaped(what)}</span>'
        case "links":
            return "、".join([_link(text, href, root) for text, href in what])
        case "uri" if written_as("uri", what):  # what was filed before a field asked for links is any text
            return f'<a href="{escape(what)}" rel="noopener nofollow">{escape(what)}</a>'
        case "text" | "uri":
            return nb(what)
        case "group":
            return _table(what, root)
    return "—"


def paragraphs(text: str) -> Markup:
    """A long text as paragraphs and lines: all the form it ever gets.

    >>> str(paragraphs("一\\n<二>\\n\\n\\n三"))
    '<p>一<br>&lt;二&gt;</p><p>三</p>'
    """
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(nb(line.strip()))
        elif blocks[-1]:
            blocks.append([])
    return Markup("".join(f"<p>{'<br>'.join(block)}</p>" for block in blocks if block))


def duration(text: str) -> str:
    """A length of time as a form writes it, in Chinese.

    >>> duration("180 days")
    '180\\xa0天'
    """
    number, unit = text.split()
    return f"{number}{NB}{_LENGTHS[unit]}"


@lru_cache(8192)
def _link(text: str, href: str | None, root: str) -> str:
    if not href:
        return nb(text)
    whole = ' class="mb-nb"' if len(text) <= NAME else ""
    return f'<a{whole} href="{root}{escape(href)}">{nb(text)}</a>'


def _table(group: Mapping[str, Any], root: str) -> str:
    if len(group["columns"]) > ABREAST:
        return _stacking(group, root)
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in group["columns"])
    body = "".join(f"<tr>{_cells(line, root)}</tr>" for line in group["rows"])
    return f'<table class="mb-num"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(line: Iterable[tuple[str, Any]], root: str) -> str:
    return "".join(f"<td>{_set(what, how, root)}</td>" for how, what in line)


def _stacking(group: Mapping[str, Any], root: str) -> str:
    """A wide table: its cells say their column, so that on a phone each row is a card; roles survive that."""
    labels = [escape(label) for label in group["columns"]]
    head = "".join(f'<th role="columnheader" scope="col">{label}</th>' for label in labels)
    body = "".join(f'<tr role="row">{_labelled(labels, line, root)}</tr>' for line in group["rows"])
    return (
        '<table class="mb-num mb-stack" role="table"><thead role="rowgroup">'
        f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _labelled(labels: Iterable[str], line: Iterable[tuple[str, Any]], root: str) -> str:
    return "".join(
        f'<td role="cell" data-l="{label}">{_set(what, how, root)}</td>'
        for label, (how, what) in zip(labels, line, strict=True)
    )
