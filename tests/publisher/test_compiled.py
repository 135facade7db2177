"""What templates compile to is kept: the pages are the same with it, without it, and where it is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jinja2 import Environment
from markupsafe import Markup, escape

from ledger.words import Words
from publisher.pages.templates import Templates, load_templates
from publisher.reading.markup import escaped

WORDS = Words({"site.hello": {"zh": "你好", "en": "Hello"}})
OTHERS = Words({"site.hello": {"zh": "您好", "en": "Hello"}})
SAYS = '<p>{{ "site.hello"|say }} {{ text }}</p>'


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/a.html").write_text(SAYS, "utf-8")
    return folder


def said(templates: Templates, **data: Any) -> str:
    return templates.render(("a.html",))({"text": "<b>", **data})


def kept(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def never(*_: object, **__: object) -> None:
    raise AssertionError("It was compiled.")


def test_a_template_is_compiled_once_for_all_builds(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = said(load_templates(content, WORDS, "zh", cache))
    monkeypatch.setattr(Environment, "compile", never)
    assert said(load_templates(content, WORDS, "zh", cache)) == first == "<p>你好 &lt;b&gt;</p>"


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 500])
def test_what_is_damaged_is_made_again(content: Path, tmp_path: Path, damage: bytes) -> None:
    cache = tmp_path / "cache"
    first = said(load_templates(content, WORDS, "zh", cache))
    (path,) = kept(cache)
    whole = path.read_bytes()
    for data in (damage, whole[:-1], whole[:30] + damage + whole[30 + len(damage) :]):
        path.write_bytes(data)
        assert said(load_templates(content, WORDS, "zh", cache)) == first
        assert path.read_bytes() == whole


def test_what_was_made_of_other_words_or_by_another_program_is_let_go(content: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert "你好" in said(load_templates(content, WORDS, "zh", cache, "one"))
    (first,) = kept(cache)
    assert "您好" in said(load_templates(content, OTHERS, "zh", cache, "one"))
    (second,) = kept(cache)
    assert "您好" in said(load_templates(content, OTHERS, "zh", cache, "two"))
    (third,) = kept(cache)
    assert len({first, second, third}) == 3


def test_an_icon_that_changed_is_in_the_page(content: Path, tmp_path: Path) -> None:
    cache, icons = tmp_path / "cache", content / "templates/icons"
    icons.mkdir()
    (content / "templates/a.html").write_text('{{ "dot"|icon }}', "utf-8")
    for drawn in ("<svg>1</svg>", "<svg>2</svg>"):
        (icons / "dot.svg").write_text(drawn, "utf-8")
        assert said(load_templates(content, WORDS, "zh", cache)) == drawn


def test_a_build_goes_on_where_nothing_can_be_kept(content: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "你好" in said(load_templates(content, WORDS, "zh", tmp_path / "file" / "cache"))


@given(some.text(max_size=60) | some.integers() | some.text(max_size=9).map(Markup) | some.none())
def test_what_is_looked_up_is_escaped_as_ever(value: Any) -> None:
    assert escaped(value) == escape(value)


def test_what_is_filled_in_is_what_the_macro_says(content: Path) -> None:
    macro = "{% macro m(at, x, y) %}50% {{ at.label }}: {{ y }} {{ x }} {{ y }}{% endmacro %}"
    for call in ("{{ m(at, x, y) }}", "{{ m|filled(at, x=x, y=y) }}"):
        (content / "templates/a.html").write_text(macro + call, "utf-8")
        templates, at = load_templates(content, WORDS, "zh"), {"label": "%s<"}
        for x, y in (("<a>", Markup("<b>")), ("QQ-0000-0001", "%s"), ("", "{}")):
            assert said(templates, at=at, x=x, y=y) == f"50% %s&lt;: {escape(y)} {escape(x)} {escape(y)}"


def test_a_text_that_looks_like_a_place_to_fill_in_is_a_text(content: Path) -> None:
    macro = "{% macro m(at) %}{{ at.label }}{% endmacro %}{{ m|filled(at) }}"
    (content / "templates/a.html").write_text(macro, "utf-8")
    assert said(load_templates(content, WORDS, "zh"), at={"label": "QQ-0000-0003"}) == "QQ-0000-0003"
