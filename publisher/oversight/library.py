"""The library of rules 制度文件库: which documents the congress works by, and which rule stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight.library import Citation, citations
from ledger.words import Words
from publisher.oversight.said import Said
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

PAGE = "rules"
KEY = "rule_document"


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the library is given."""
    said = Said(public, links, rulebook, words, lang, PAGE)
    documents = sorted(said.all.records(KEY), key=lambda each: (_LEVELS.index(each["level"]), each["code"]))
    found = citations(rulebook, documents)
    cited = [each for each in found if each.article and not each.unverified]
    placed = [each for each in found if each.document]
    return {
        "as_of": public.release["as_of"],
        "rows": links.table(KEY) if KEY in public.rows else None,
        "verdict": (
            said.say("verdict", n=len(documents), cited=len(cited), of=len(found)),
            said.say("verdict.rest", n=len(found) - len(cited)),
        ),
        "figures": [
            said.figure("confirmed", len(cited), len(found), None, "rules"),
            said.figure(
                "placed", len(placed), sum(each.article is not None for each in found), None, "rules"
            ),
        ],
        "documents": [_document(said, each, placed) for each in documents],
        "lost": [_rule(each, said) for each in found if each.article and not each.document],
        "unset": [_rule(each, said) for each in found if not each.article],
    }


_LEVELS = ("law", "regulation", "upper_rule", "own_rule")


def _document(said: Said, each: Answers, placed: Sequence[Citation]) -> dict[str, Any]:
    day = each.get("revised_on") or each.get("adopted_on", "")
    return {
        "name": each["name"],
        "href": said.public.path(each["code"]),
        "level": said.choice(KEY, "level", each["level"]),
        "standing": said.choice(KEY, "standing", each["standing"]),
        "icon": {"in_force": "ok", "revising": "part"}.get(each["standing"], "none"),
        "day": said.say("revised" if "revised_on" in each else "adopted", day=day),
        "looked": _looked(said, each),
        "rules": [_rule(one, said) for one in placed if one.document == each["code"]],
    }


def _looked(said: Said, each: Answers) -> str:
    if "looked_back_on" not in each:
        return ""
    said_so = said.choice(KEY, "look_back", each["look_back"]) if "look_back" in each else ""
    return said.say("looked", day=each["looked_back_on"], what=said_so)


def _rule(each: Citation, said: Said) -> dict[str, Any]:
    """A value of the rulebook as it is written there, with what it cites."""
    value = "、".join(map(str, each.value)) if isinstance(each.value, list) else str(each.value)
    if isinstance(each.value, bool):
        value = said.say("yes" if each.value else "no")
    return {
        "key": each.key,
        "value": value,
        "article": each.article or "",
        "clause": each.clause,
        "firm": not each.unverified,
    }


def record(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the page of one document is given: the rules of this site that stand in it."""
    said = Said(public, DataLinks(""), rulebook, words, lang, PAGE)
    found = citations(rulebook, said.all.records(KEY))
    return {"cites": [_rule(each, said) for each in found if each.document == row["code"]]}
