"""The theme's shell: a specimen for each sort of page, nothing from elsewhere, built only when it must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs.commands import build
from mkdocs.config import load_config

from ledger import words
from ledger.forms import load_forms
from publisher.kinds import public
from publisher.pages.site import specimens
from publisher.stamping import shell
from publisher.stamping.shell import build_shell, complaints
from publisher.stamping.stamp import BEGIN, END, NAME_TOKENS, TITLE_TOKEN, Shell
from tests.publisher.fake import CONTENT, NOTE, small_congress

WWW = "https://www.example"


@pytest.fixture(scope="module")
def built(place: Path) -> Path:
    return build_shell(CONTENT, place / ".build/shell-alone", WWW)


def test_every_specimen_can_be_cut_and_has_its_slots(built: Path) -> None:
    for name, path in specimens([form.kind for form in public(load_forms(CONTENT))]).items():
        cut = Shell.cut((built / path).read_text("utf-8"))
        if "/" in name:
            assert cut.slots.count("title") >= 2 and {"name", "description", "body"} <= set(cut.slots), name


def test_the_words_are_read_once_for_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    honest = words.load_words
    monkeypatch.setattr(words, "load_words", lambda content: read.append(content) or honest(content))
    config = load_config(str(shell.CONFIG), site_dir=str(tmp_path / "www"))
    build.build(config)
    assert (tmp_path / "www/about.html").is_file() and len(read) == 1


def test_a_specimen_lights_the_tab_of_its_kind(built: Path) -> None:
    for path in (f"visit/{NAME_TOKENS[0]}.html", f"visit/{NAME_TOKENS[1]}.html"):
        text = (built / path).read_text("utf-8")
        (active,) = re.findall(r'md-tabs__item--active">\s*<a[^>]*>\s*(\S+)\s*</a>', text)
        assert active == "联系群众"
    text = (built / f"organ/{NAME_TOKENS[0]}.html").read_text("utf-8")
    (active,) = re.findall(r'md-tabs__item--active">\s*<a[^>]*>\s*(\S+)\s*</a>', text)
    assert active == "名册"


def test_the_contents_list_is_the_themes_own(built: Path) -> None:
    text = (built / f"visit/{NAME_TOKENS[0]}.html").read_text("utf-8")
    assert [
        name
        for name in re.findall(
            r'class="md-nav__link"[^>]*href="#(\w+)"|href="#(\w+)" class="md-nav__link"', text
        )
    ]
    for name in ("content", "related", "corrections", "data"):
        assert f'href="#{name}"' in text


def test_nothing_is_fetched_from_another_host(built: Path) -> None:
    for path in built.rglob("*.html"):
        text = path.read_text("utf-8")
        fetched = re.findall(
            r'<(?:script|img|iframe|link(?! rel="canonical"))[^>]*(?:src|href)="(https?:)?//', text
        )
        assert not fetched, path
    for path in (built / "assets").rglob("*.css"):
        assert not re.findall(r"url\(['\"]?(?:https?:)?//", path.read_text("utf-8")), path


def test_specimens_are_listed_nowhere(built: Path) -> None:
    for path in built.rglob("*.html"):
        text = path.read_text("utf-8")
        inside = path.stem in NAME_TOKENS
        assert inside or not any(token in text for token in (*NAME_TOKENS, TITLE_TOKEN)), path


def test_the_page_for_a_wrong_address_works_at_any_depth(built: Path) -> None:
    assert '<head><base href="/">' in (built / "404.html").read_text("utf-8").replace("\n", "")
    assert "没有这一页" in (built / "404.html").read_text("utf-8")


def test_mkdocs_runs_only_when_its_inputs_change(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Path] = []

    def noted(content: Path, into: Path, www: str) -> None:
        ran.append(into)
        into.mkdir()

    monkeypatch.setattr(shell, "run_mkdocs", noted)
    content, cache = small_congress(place / "shelled"), place / ".build/shell-counted"
    for _ in range(2):
        build_shell(content, cache, WWW)
    assert len(ran) == 1
    (content / "templates/list.html").write_text("x", "utf-8")
    build_shell(content, cache, WWW)
    assert len(ran) == 1
    (content / "forms/note.yaml").write_text(NOTE, "utf-8")
    build_shell(content, cache, WWW)
    build_shell(content, cache, "https://elsewhere.example")
    assert len(ran) == 3 and len([path for path in cache.iterdir() if path.is_dir()]) == 1


def test_what_mkdocs_says_becomes_problems() -> None:
    said = (
        "INFO    -  Cleaning\n"
        "WARNING -  Doc file 'about.md' contains a link 'x.md', but the target is not found.\n"
        "WARNING -  Doc file 'sub/data.md' contains a link '#y', but there is no such anchor.\n"
        "Aborted with 2 warnings in strict mode!\n"
    )
    found = complaints(said)
    assert [problem.where for problem in found] == ["content/pages/about.md", "content/pages/sub/data.md"]
    assert complaints("Traceback\nValueError: x")[0].where == "mkdocs.yml"


def test_markers_survive_the_theme(built: Path) -> None:
    for path in specimens(["visit"]).values():
        text = (built / path).read_text("utf-8")
        assert text.count(BEGIN) == text.count(END) == 1


def test_the_sample_says_at_the_foot_of_its_pages_that_it_is_invented(built: Path) -> None:
    assert "地名、人名和数字都是虚构的" in (built / "about.html").read_text("utf-8")
