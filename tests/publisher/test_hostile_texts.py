"""Every hostile text, in every text field of every kind, stands on its page as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.pages.site import pages
from publisher.reading.public import Public
from publisher.stamping.stamp import Page
from tests.hostile_texts import needed, texts, words
from tests.publisher.fake import FakeLedger, published
from tests.publisher.test_ballots import site_of
from tests.publisher.test_pages import FORMS, elements, texts_of

NEVER = ("script", "iframe", "object", "embed", "img", "form", "base", "meta", "link", "style")
"""What a record's page has none of (its own script apart)."""


def filed(folder: Path, said: list[str]) -> tuple[Public, dict[str, str]]:
    """A record of each kind for each text; the text by the record's code."""
    ledger, by_code = FakeLedger(), {}
    for form in FORMS.values():
        for text in said:
            by_code[ledger.file(form, texts_of(form, text)).code] = text
    return published(folder / "public.db", ledger, *FORMS.values()), by_code


def faults(public: Public, by_code: dict[str, str]) -> list[str]:
    """Pages on which a text is not what it was, or an element stands that no template makes."""
    found = []
    for page in pages(site_of(public)):
        code = page.path.rpartition("/")[2].removesuffix(".html")
        if not isinstance(page, Page) or page.path.startswith("poster/") or code not in by_code:
            continue
        seen = elements(page.bytes().decode())
        said, shown = words(by_code[code]), words("".join(seen.text))
        if page.data.get("documents") and said not in shown:
            found.append(f"{page.path}: {said!r} is not there as it was written")
        for tag, attributes in seen.seen:
            sources = [value for name, value in attributes if name == "src"]
            if tag in NEVER and not all((value or "").startswith("../assets/") for value in sources or [""]):
                found.append(f"{page.path}: <{tag}>")
            if any(name.startswith("on") for name, _ in attributes):
                found.append(f"{page.path}: <{tag}> with a handler")
            if any("javascript:" in (value or "") and name == "href" for name, value in attributes):
                found.append(f"{page.path}: a link that runs")
    return found


@needed
def test_three_hundred_hostile_texts_stand_as_they_were_written(tmp_path: Path) -> None:
    public, by_code = filed(tmp_path, texts())
    assert len(by_code) > 9000 and faults(public, by_code) == []


@needed
@pytest.mark.full
def test_all_hostile_texts_stand_as_they_were_written(tmp_path: Path) -> None:
    said = texts(None)
    for start in range(0, len(said), 100):
        (tmp_path / str(start)).mkdir()
        assert faults(*filed(tmp_path / str(start), said[start : start + 100])) == []


@needed
def test_a_template_that_lets_markup_through_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, by_code = filed(tmp_path, ["<img src=x onerror=alert(1)> 修路"])
    monkeypatch.setattr("publisher.reading.markup.escape", str)
    assert faults(public, by_code)
