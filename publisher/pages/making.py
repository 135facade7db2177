"""What all pages of one release are made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.congress import Congress
from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.data.questions import asked
from publisher.pages.templates import Templates
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.stamping.specimen import site_name
from publisher.stamping.stamp import Mould, Shell, digest_of

SPOKEN = ("site.", "data.", "problem.", "glossary.")
"""What templates may say; publisher.pages.templates looks for these words in them."""


@dataclass(frozen=True)
class Site:
    """What all pages of one release are made with."""

    public: Public
    shells: Mapping[str, Shell]
    templates: Templates
    congress: Congress
    words: Words
    code_version: str
    database: Mapping[str, Any]
    rulebook: Rulebook
    lang: str = "zh"

    @property
    def links(self) -> DataLinks:
        """Where Datasette is."""
        return DataLinks(self.congress.addresses["data"])

    def queries(self, page: str) -> list[asked.Link]:
        """The canned queries behind a page's figures: `handling`, `organ/record`, `visit/list` …"""
        return asked.linked(page, self.public.tables, self.links, self.words, self.lang)

    @cached_property
    def name(self) -> str:
        """What the site is called."""
        return site_name(self.congress, self.words)

    @cached_property
    def _spoken(self) -> str:
        """Tells one state of the words from another."""
        return digest_of({key: said for key, said in self.words.messages.items() if key.startswith(SPOKEN)})

    def mould(self, shell: str, names: tuple[str, ...], **given: Any) -> Mould:
        """What pages of one sort share; a change to any of it writes them all anew."""
        render = self.templates.render(names, **given)
        return Mould.of(
            self.shells[shell],
            render,
            names,
            self.templates.digest,
            self._spoken,
            self.code_version,
            self.lang,
            given,
        )
