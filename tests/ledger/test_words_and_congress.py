from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from ledger.congress import load_congress
from ledger.problems import Problems
from ledger.words import Words, load_words
from tests.ledger.samples import ROOT


def words(tmp_path: Path, **files: str) -> Words:
    (tmp_path / "words").mkdir(exist_ok=True)
    for name, text in files.items():
        (tmp_path / "words" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_words(tmp_path)


def test_a_message_is_said_in_the_language_asked_for_with_its_places_filled(tmp_path: Path) -> None:
    said = words(tmp_path, app="a.greet: {zh: '{who}，{label}已到', en: '{label} of {who} is here'}\n")
    label = {"zh": "走访", "en": "Visit"}
    assert said.say("a.greet", who="王代表", label=label) == "王代表，走访已到"
    assert said.both("a.greet", who="D017", label=label) == {
        "zh": "D017，走访已到",
        "en": "Visit of D017 is here",
    }


def test_a_missing_key_or_parameter_is_a_problem_that_helps(tmp_path: Path) -> None:
    said = words(tmp_path, app="a.greet: {zh: '{who}', en: '{who}'}\n")
    with pytest.raises(Problems, match=r"a\.gret: is not there\. Did you mean 'a\.greet'"):
        said.say("a.gret")
    with pytest.raises(Problems, match=r"a\.greet: needs who\."):
        said.say("a.greet")


def test_text_that_fills_a_place_is_never_read_as_a_place(tmp_path: Path) -> None:
    said = words(tmp_path, app="a.b: {zh: '{x}{y}', en: '{x}{y}'}\n")
    assert said.say("a.b", x="{y}", y="1") == "{y}1"


def test_faults_of_all_word_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        words(
            tmp_path,
            app="a.b: {zh: '{x}', en: y}\nBad: {zh: a, en: b}\n",
            site="a.b: {zh: a, en: b}\nc.d: {zh: a}\ne.f: {zh: a, en: ' '}\n",
        )
    lines = str(caught.value).splitlines()
    assert [line.partition("words/")[2] for line in lines] == [
        "app.yaml:1: a.b: names different {places} in zh and en. Use the same in both.",
        "app.yaml:2: Bad: is not a key. Use dotted lower case: problem.required.",
        "site.yaml:2: c.d: must be said in both languages: {zh: …, en: …}.",
        "site.yaml:3: e.f: must be text in both languages.",
        f"site.yaml:1: a.b: is already in {tmp_path / 'words/app.yaml'}. Keep one of the two.",
    ]


def test_the_words_that_ship_are_whole() -> None:
    assert (
        load_words(ROOT / "content").say("problem.required", label={"zh": "日期", "en": "Date"})
        == "请填写“日期”。"
    )


CONGRESS = """\
name: {zh: 青溪区人民代表大会, en: Qingxi}
level: county
term: {label: {zh: 第五届, en: Fifth}, begins: 2022-01-08}
rulebook: qingxi
languages: [zh, en]
addresses: {collect: 'http://127.0.0.1:8751/', www: 'http://127.0.0.1:8750', data: 'http://127.0.0.1:8752'}
"""


def test_a_congress_is_read_with_its_term_and_addresses(tmp_path: Path) -> None:
    (tmp_path / "congress.yaml").write_text(CONGRESS, encoding="utf-8")
    congress = load_congress(tmp_path)
    assert congress.term.begins == date(2022, 1, 8)
    assert congress.term.ends is None
    assert congress.addresses["collect"] == "http://127.0.0.1:8751"
    assert congress.timezone == "Asia/Shanghai"


def test_every_fault_of_a_congress_is_told_with_what_to_do(tmp_path: Path) -> None:
    text = (
        "nam: x\nlevel: village\nterm: {label: {zh: a, en: b}, begins: 2022-13-01}\n"
        "languages: [zh, fr]\naddresses: {collect: 'localhost', www: 'http://a', data: 'http://a'}\n"
        "timezone: Mars/Base\n"
    )
    (tmp_path / "congress.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_congress(tmp_path)
    said = str(caught.value)
    for what in (
        ":1: nam: is not known here. Did you mean 'name'?",
        "has no name. Add it.",
        "has no rulebook. Add it.",
        ":2: level: 'village' is not a level. Use one of: national",
        ":3: term.begins: '2022-13-01' is not a date.",
        ":4: languages: must be a list of languages",
        ":5: addresses.collect: 'localhost' is not an address.",
        ":5: addresses: must be three different origins",
        ":6: timezone: 'Mars/Base' is not a time zone",
    ):
        assert what in said


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://a.example:70000", "https://:8751", "ftp://a.example", "http://", "a b"]
)
def test_an_address_at_which_nobody_can_be_reached_is_named(tmp_path: Path, address: str) -> None:
    shutil.copy(ROOT / "content/congress.yaml", tmp_path)
    written = (tmp_path / "congress.yaml").read_text("utf-8")
    www = load_congress(ROOT / "content").addresses["www"]
    assert written.count(www) == 1
    (tmp_path / "congress.yaml").write_text(written.replace(www, f"'{address}'"), "utf-8")
    with pytest.raises(Problems, match=re.escape(f"addresses.www: '{address}' is not an address.")):
        load_congress(tmp_path)


def test_the_sample_congress_is_in_order() -> None:
    congress = load_congress(ROOT / "content")
    assert congress.name["zh"] == "青溪区人民代表大会"
    assert congress.level == "county"
    assert congress.addresses == {
        "www": "http://127.0.0.1:8750",
        "collect": "http://127.0.0.1:8751",
        "data": "http://127.0.0.1:8752",
    }
