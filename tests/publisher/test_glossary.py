"""Each term is marked once in what a page says itself and explained at its foot; a record's text never is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.forms import load_forms
from ledger.words import Words, load_words
from publisher.glossary.mark import explainer, marker
from publisher.glossary.page import page
from publisher.glossary.terms import parts, terms
from tests.publisher.fake import CONTENT
from tests.publisher.sample import rendered, sample

WORDS = load_words(CONTENT)
MARK = re.compile(r'<a class="mb-term" href="#word-([a-z_]+)"')
FOOT = re.compile(r'<dt id="word-([a-z_]+)">')


def test_every_term_says_what_it_means_in_both_languages_and_ids_are_used_once() -> None:
    keys = [key.split(".")[2] for key in WORDS.messages if re.fullmatch(r"glossary\.[a-z_]+\.[a-z_]+", key)]
    assert len(keys) == len(set(keys)) == len(terms(WORDS)) > 50
    for each in terms(WORDS).values():
        assert each.says["zh"].endswith("。") and each.says["en"].endswith("."), each.id
        assert len(each.says["zh"]) <= 60, each.id
        assert each.part in parts(WORDS)


def test_no_label_means_two_terms() -> None:
    names = [name for each in terms(WORDS).values() for name in (each.name["zh"], *each.also)]
    assert [name for name in names if names.count(name) > 1] == []


def test_the_headings_of_the_page_of_terms_are_those_of_its_shell() -> None:
    shell = (CONTENT / "pages/glossary.md").read_text("utf-8")
    told = {f"{each['name']['zh']} {{#about-{each['id']}}}" for each in page(WORDS)["parts"]}
    assert told == set(re.findall(r"^## (.*)$", shell, re.M))


def test_the_first_mark_of_a_term_stays_and_the_others_are_plain_words() -> None:
    term, explain = marker(WORDS), explainer(WORDS, "zh")
    body = f"<h3>{term('法定人数')}</h3><h3>{term('到会的人', 'quorum')}</h3><p>{term('没有这个词')}</p>"
    said = explain(body, "../")
    assert MARK.findall(said) == ["quorum"] == FOOT.findall(said)
    assert "<h3>到会的人</h3>" in said and "<p>没有这个词</p>" in said
    assert 'href="../glossary.html#quorum"' in said and 'id="says-quorum"' in said


def test_a_page_without_a_term_has_no_list_of_them() -> None:
    assert explainer(WORDS, "zh")("<p>法定人数</p>", "") == "<p>法定人数</p>"


def test_a_term_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(LookupError, match="no_such"):
        marker(WORDS)("词", "no_such")


def test_a_records_text_that_looks_like_a_mark_marks_nothing() -> None:
    words = Words({key: said for key, said in WORDS.messages.items()})
    evil = '<a class="mb-term" href="#word-quorum" aria-describedby="says-quorum">x</a>'
    assert "<a" not in str(marker(words)(evil)).replace(evil, "")
    assert str(marker(words)(evil, "quorum")).count("<a ") == 1


def test_on_the_pages_of_the_sample_every_mark_has_its_sentence_and_stands_once(tmp_path: Path) -> None:
    public, _ = sample(tmp_path / "p.db")
    made = rendered(public, *load_forms(CONTENT))
    marked = 0
    for path, body in made.items():
        if path.endswith(".html"):
            used = MARK.findall(body)
            assert used == FOOT.findall(body), path
            assert len(used) == len(set(used)), path
            marked += len(used)
    assert marked > 500
    ballot = next(body for path, body in made.items() if path.startswith("ballot/PJ"))
    assert "quorum" in MARK.findall(ballot)


def test_labels_carry_their_english(tmp_path: Path) -> None:
    public, codes = sample(tmp_path / "p.db")
    body = rendered(public, "visit")[
        f"visit/{next(code for key, code in codes.items() if key.startswith('visit/'))}.html"
    ]
    assert '<small class="mb-en" lang="en">What it says</small>' in body
    assert '<span class="mb-en" lang="en">Visit</span>' in body
    labels = re.findall(r"<dt>(.*?)</dt>", body.partition('<dl class="mb-facts">')[2].partition("</dl>")[0])
    assert labels and all('lang="en"' in each for each in labels)
