"""The library of rules 制度文件库: which document a rulebook's article stands in, and which clause.

Answers are those of `rule_document`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rulebooks import Rulebook

Answers = Mapping[str, Any]

_CLAUSE = re.compile(r"(?P<document>.+?)(?P<clause>第[一二三四五六七八九十百零〇0-9]+条.*)", re.S)


@dataclass(frozen=True)
class Citation:
    """One value of a rulebook: what it cites, and the document of the library where that stands.

    `document` is the code of the record, None where the library has none; `clause` is '' where no article is
    cited at all.
    """

    key: str
    value: Any
    article: str | None
    unverified: bool
    clause: str
    document: str | None


def cited(article: str) -> tuple[str, str]:
    """The title and the clause of an article as a rulebook writes it.

    >>> cited("代表法（2025 年修正）第五十一条")
    ('代表法（2025 年修正）', '第五十一条')
    >>> cited("没有条")
    ('没有条', '')
    """
    found = _CLAUSE.fullmatch(article.strip())
    return (found["document"].strip(), found["clause"]) if found else (article.strip(), "")


def citations(rulebook: Rulebook, documents: Iterable[Answers]) -> tuple[Citation, ...]:
    """Every value of a rulebook with the document it stands in, by the names it is cited as.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"a.b": Value(1, "代表法第五十一条", unverified=False), "a.c": Value(2)})
    >>> law = {"code": "GZ-1", "name": "代表法全称", "cited_as": ["代表法"]}
    >>> [(each.key, each.document, each.clause) for each in citations(book, [law])]
    [('a.b', 'GZ-1', '第五十一条'), ('a.c', None, '')]
    """
    names = {name: each["code"] for each in documents for name in (each["name"], *each.get("cited_as", ()))}
    found = []
    for key, value in sorted(rulebook.values.items()):
        title, clause = cited(value.article) if value.article else ("", "")
        found.append(Citation(key, value.value, value.article, value.unverified, clause, names.get(title)))
    return tuple(found)
