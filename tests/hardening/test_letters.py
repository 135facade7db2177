"""What cannot be seen changes nothing that is read: a text comes back as it was, or kept aside, with why."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest

from collector.office import Office, perform
from collector.state import Collector
from ledger.letters import fault
from ledger.store import Store
from tests.collector.phone import Phone
from tests.hostile_texts import FILE

KEPT = {
    "Chinese": "柳河村三组，修路。", "rare letters": "𠮷野家 㐂 䶮 𡈼 𰻞", "a line end": "一行\n两行",
    "wide space": "一\u3000二", "emoji": "👍 👩‍👩‍👧 🇨🇳 ☺️",
    "letters of other scripts": "Ωμέγα Привет हिन्दी ไทย 한국어 日本語",
    "right to left without controls": "السلام عليكم שלום", "Uyghur and Tibetan": "ئۇيغۇرچە བོད་ཡིག",
    "Kangxi radical": "⾔⼯", "letters that look alike": "раураl Ⅽ ａ ᗅ",
    "private use": "\ue000\uf8ff\U000f0000", "markup": "<script>alert(1)</script>&amp;<!--",
    "ten marks": "e" + "\u0323" * 10, "composed": "é ǘ", "a rule of SQL": "'; DROP TABLE entry; --",
    "a template": "{{ 7*7 }} ${7*7} #{7*7} <%= 7 %>", "formats": "%s %n {0} {} \\u0000 \\x00",
    "unassigned": "\u0378\U000e0fff"[:1],
    "noncharacter": "\uffff\ufdd0", "variation": "葛\U000e0100 ☎\ufe0e", "joiners": "क्\u200dष ک\u200cه",
    "soft hyphen": "a\u00adb", "object": "\ufffc\ufffd", "old Hangul fillers": "\u3164\u115f",
    "quotes": "“”‘’\"'`", "a path": "../../../etc/passwd\\..",
    "an address": "javascript:alert(1)//http://evil", "a header": "Set-Cookie: a=b",
    "numbers": "９９９ ٣ ४ Ⅷ ½", "a long word": "长" * 3000, "spaces": "a\u00a0\u2003\u202f\u205fb",
    "zalgo of nine": "Z\u0341\u0342\u0344".replace("\u0341", "").replace("\u0344", "") + "\u0316" * 8,
}  # fmt: skip
REFUSED = {
    "text_control": ["\0", "a\0b", "\x01", "\x08", "\t", "\r", "a\r\nb", "\x0b", "\x0c", "\x1b[2J", "\x7f",
    "\x80", "\x85", "\x9b", "\u2028", "\u2029"],
    "text_hidden": ["\u202e", "a\u202eb", "\u202a", "\u202c", "\u202d", "\u2066x\u2069", "\u2067", "\u2068",
    "\u200b", "\u200e", "\u200f", "\u2060", "\u2061", "\u2064", "\ufeff", "\ufeff开头", "\u061c", "\ufff9",
    "\U000e0001", "\U000e0041\U000e007f", "\u206a", "/*\u202e } \u2066if (admin)\u2069 \u2066 begin*/"],
    "text_marks": ["e" + "\u0323" * 11, "Z" + "\u0316" * 500, "ก" + "\u0e49" * 12, "\u0316" * 20_0,
    "a" + "\u20dd" * 11],
    "text_not_nfc": ["e\u0301", "A\u030a", "\u212b", "\uf900", "\u1100\u1161", "\u0344", "q\u0307\u0323",
    "\u2126", "\ufb1d"],
}  # fmt: skip
"""By the reason that a person is told. Half a character never gets so far: it is no JSON."""


def filed(phone: Phone, store: Store, texts: Sequence[str]) -> list[Any]:
    """What became of records that hold these texts, each with its answers as they are read back."""
    form = store.current["note"]
    done: list[Any] = []
    for at in range(0, len(texts), 50):
        some = [
            phone.record(form, {"day": "2026-03-02", "subject": "事", "text": text})
            for text in texts[at : at + 50]
        ]
        answer = phone.push(some)
        assert answer.status_code == 200, answer.content
        done += answer.json()["results"]
    there, cursor, more = {}, "", True
    while more:
        page = phone.get(f"/pull?cursor={cursor}").json()
        there |= {each["id"]: each["answers"] for each in page["records"]}
        cursor, more = page["cursor"], page["more"]
    return [{**each, "answers": there[each["id"]]} for each in done]


def test_what_people_write_comes_back_letter_for_letter(phone: Phone, store: Store) -> None:
    texts = [unicodedata.normalize("NFC", text)[:2000] for text in KEPT.values()]
    for name, text, done in zip(KEPT, texts, filed(phone, store, texts), strict=True):
        assert (done["state"], done["answers"]["text"]) == ("accepted", text), name


@pytest.mark.parametrize("reason", REFUSED)
def test_what_misleads_the_eye_is_kept_aside_with_its_reason(
    phone: Phone, store: Store, collector: Collector, reason: str
) -> None:
    said = collector.words.both(f"problem.{reason}", label=store.current["note"].fields["text"].label)
    texts = REFUSED[reason]
    for text, done in zip(texts, filed(phone, store, texts), strict=True):
        assert done["state"] == "quarantined" and done["answers"]["text"] == text
        assert {"pointer": "/text", "say": said} in done["problems"], repr(text)


def test_every_letter_of_unicode_is_taken_or_refused_and_never_a_fault(phone: Phone, store: Store) -> None:
    form = store.current["note"]
    every = [chr(n) for n in range(0x110000) if not 0xD800 <= n <= 0xDFFF]
    for letter in every:
        assert fault(letter) in (None, *REFUSED)
    blocks = ["".join(every[at : at + 1500]) for at in range(0, len(every), 75_000)]
    records = [phone.record(form, {"day": "2026-03-02", "subject": "事", "text": block}) for block in blocks]
    for record in records:
        assert phone.push([record]).status_code == 200


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff\\ud800", "a\\udc00b"])
def test_half_a_letter_is_no_json_and_never_a_fault(phone: Phone, store: Store, half: str) -> None:
    before = store.position
    body = '{"batch":"b","records":[{"envelope":"HALF","signature":"","disclosures":[]}]}'.replace(
        "HALF", half
    )
    assert phone.signed("POST", "/push", body.encode()).status_code == 400
    assert store.position == before


@pytest.mark.parametrize("name", ["\u202e芳王", "王\u200b芳", "王\x1b[31m芳", "王\n芳\0", "e\u0301"])
def test_a_persons_name_holds_nothing_that_cannot_be_seen(office: Office, name: str) -> None:
    asked = {"role": "clerk", "who": name, "days": 3}
    answer = perform(office, {"command": "invite", "lang": "zh", "args": asked})
    assert not answer["ok"] and answer["exit"] == 3 and "姓名" in answer["problem"]
    assert name not in answer["problem"]


def test_names_that_only_look_the_same_are_two(office: Office, store: Store) -> None:
    for name in ("⾔小明", "言小明"):
        assert perform(
            office, {"command": "invite", "lang": "zh", "args": {"role": "clerk", "who": name, "days": 3}}
        )["ok"]
    assert fault("⾔") is None and unicodedata.normalize("NFKC", "⾔") == "言"


@pytest.mark.skipif(not FILE.is_file(), reason=f"no hostile-texts.json at {FILE}")
@pytest.mark.parametrize("number", [150, pytest.param(None, marks=pytest.mark.full)])
def test_texts_that_broke_other_peoples_programs_do_not_break_this_one(
    phone: Phone, store: Store, number: int | None
) -> None:
    texts = [each["text"] for each in json.loads(FILE.read_text("utf-8"))]
    some = [text for text in texts if _is_utf_8(text)]
    some = some if number is None else some[:: max(1, len(some) // number)]
    for text, done in zip(some, filed(phone, store, some), strict=True):
        clean = fault(text) is None and 0 < len(text) <= 2000
        assert done["state"] == ("accepted" if clean else "quarantined"), repr(text)
        assert clean or done["problems"][0]["say"]["zh"]
        assert done["answers"]["text"] == text


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
