"""A term marked in what a page itself says, never in a record's text: a link to a sentence at its foot.

No script is needed: whoever follows the link comes to the sentence, and a screen reader reads it at the word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from ledger.words import Words
from publisher.glossary.terms import Term, terms

_OPENING = '<a class="mb-term"'
_MARKED = re.compile(r'<a class="mb-term" href="#word-([a-z_]+)" aria-describedby="says-\1">([^<]*)</a>')


def marker(words: Words) -> Callable[..., str]:
    """The filter `term`: a label that is a term becomes a link to it, any other text stays as it is."""
    known = terms(words)
    by_name = {name: each.id for each in known.values() for name in (each.name["zh"], *each.also)}

    def term(text: str, id: str = "") -> str:
        found = id or by_name.get(text)
        if found is None:
            return text
        if found not in known:
            raise LookupError(f"'{found}' is no term of content/words/glossary.yaml")
        return Markup(f'{_OPENING} href="#word-{found}" aria-describedby="says-{found}">{escape(text)}</a>')

    return term


def explainer(words: Words, lang: str) -> Callable[[str, str], str]:
    """A function that keeps the first mark of each term in a page and says at its foot what they mean."""
    known = terms(words)
    feet: dict[tuple[str, ...], str] = {}  # pages of a kind mark the same few terms
    head = words.messages.get("site.words.here", {}).get(lang, "")

    def explained(body: str, root: str) -> str:
        if _OPENING not in body:
            return body
        used: dict[str, None] = {}

        def once(match: re.Match[str]) -> str:
            if match[1] in used:
                return match[2]
            used[match[1]] = None
            return match[0]

        marked = _MARKED.sub(once, body)
        key = (root, *used)
        if key not in feet:
            feet[key] = _foot(head, [known[id] for id in used], root, lang)
        return f"{marked}\n{feet[key]}"

    return explained


def _foot(head: str, used: list[Term], root: str, lang: str) -> str:
    said = "".join(_entry(each, root, lang) for each in used)
    return (
        f'<section class="mb-words" aria-labelledby="words"><h2 id="words">{escape(head)}</h2>'
        f'<dl class="mb-facts">{said}</dl></section>'
    )


def _entry(term: Term, root: str, lang: str) -> str:
    law = f' <span class="mb-m">{escape(term.law[lang])}</span>' if term.law else ""
    return (
        f'<dt id="word-{term.id}"><a href="{root}glossary.html#{term.id}">{escape(term.name[lang])}</a>'
        f'{english(term.name)}</dt><dd id="says-{term.id}">{escape(term.says[lang])}{law}</dd>'
    )


def english(said: Mapping[str, str]) -> Markup:
    """The English of a Chinese word, in small type beside it."""
    return Markup(f' <small class="mb-en" lang="en">{escape(said["en"])}</small>')
