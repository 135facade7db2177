"""The terms of content/words/glossary.yaml: each with its English, a sentence or two, and its law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.words import Words

PREFIX = "glossary."
Said = Mapping[str, str]


@dataclass(frozen=True)
class Term:
    """One term. `id` is its address on the page of all terms; `also` are other ways a label writes it."""

    id: str
    part: str
    name: Said
    says: Said
    law: Said | None
    also: tuple[str, ...]


def terms(words: Words) -> dict[str, Term]:
    """Every term by its id, in the order of the file."""
    said = {key: text for key, text in words.messages.items() if key.startswith(PREFIX)}
    found: dict[str, Term] = {}
    for key, name in said.items():
        _, part, *rest = key.split(".")
        if len(rest) == 1:
            also = said.get(f"{key}.also", {"zh": ""})["zh"].split("、")
            law = said.get(f"{key}.law")
            found[rest[0]] = Term(
                rest[0], part, name, words.messages[f"{key}.says"], law, tuple(filter(None, also))
            )
    return found


def parts(words: Words) -> dict[str, Said]:
    """The headings that terms stand under."""
    return {key.split(".")[1]: said for key, said in words.messages.items() if _is_part(key)}


def _is_part(key: str) -> bool:
    return key.startswith(PREFIX) and key.count(".") == 1
