"""A record that the office took down: no row, no page, no text; a tombstone at its address."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.words import load_words
from publisher import release
from publisher.reading.facts import link
from tests.publisher.fake import (
    AS_OF,
    CONTENT,
    FEW,
    FakeLedger,
    extracted,
    form,
    grid,
    published,
    small_congress,
    visit,
)

TAKEDOWN = load_forms(CONTENT)["takedown"]
APPROVAL = load_forms(CONTENT)["approval"]


def gone(ledger: FakeLedger, *forms: Any) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.reason, each.explanation) for each in extracted(ledger, *forms).withdrawn]


def test_a_record_that_is_taken_down_has_no_row_and_leaves_a_tombstone(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    record = ledger.file(note, {"subject": "撤下的话"})
    ledger.take_down(record, "other_grounds", explanation="依据某条。")
    public = published(tmp_path / "public.db", ledger, note, TAKEDOWN)
    assert not public.rows["note"] and not public.corrections
    told = public.withdrawn[record.code]
    assert (told.kind, told.reason, told.explanation, told.on) == (
        "note",
        "other_grounds",
        "依据某条。",
        "2026-03-02",
    )
    assert "撤下的话".encode() not in (tmp_path / "public.db").read_bytes()
    assert "撤下的话" in extracted(ledger, note, TAKEDOWN).inside


def test_what_names_it_shows_its_code_and_that_it_was_taken_down(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    record = ledger.file(note, {"subject": "撤下的话"})
    ledger.take_down(record)
    public = published(tmp_path / "public.db", ledger, note, TAKEDOWN)
    assert link(public, record.code) == (f"{record.code}（已撤下）", f"note/{record.code}.html")


def test_the_last_word_counts_and_only_a_clerk_has_it() -> None:
    ledger, note = FakeLedger(), form()
    record = ledger.file(note, {"subject": "一"})
    ledger.take_down(record)
    ledger.take_down(record, decision="restore")
    assert gone(ledger, note, TAKEDOWN) == [] and extracted(ledger, note, TAKEDOWN).rows["note"]
    answers = {"record": record.code, "decision": "withdraw", "reason": "privacy"}
    ledger.file(TAKEDOWN, answers, role="deputy")
    assert gone(ledger, note, TAKEDOWN) == []
    ledger.file(TAKEDOWN, answers, role="clerk")
    assert gone(ledger, note, TAKEDOWN) == [(record.code, "privacy", None)]


def test_a_later_version_stays_down_too() -> None:
    ledger, note = FakeLedger(), form()
    record = ledger.file(note, {"subject": "一"})
    ledger.take_down(record)
    ledger.file(note, {"subject": "二"}, code=record.code)
    assert extracted(ledger, note, TAKEDOWN).rows["note"] == ()


def test_what_was_never_public_leaves_no_trace() -> None:
    ledger, note = FakeLedger(), form()
    gated = form(form().text.replace("kind: note", "kind: note\ngate: review"))
    ledger.take_down(ledger.file(gated, {"subject": "没有人看过"}))
    ledger.take_down(ledger.file(gated, {"subject": "电话 13800138000"}))
    assert gone(ledger, gated, TAKEDOWN) == []
    ledger.take_down(ledger.file(note, {"subject": "电话 13800138000"}))
    assert gone(ledger, note, TAKEDOWN) == []


def test_a_sentence_that_looks_like_personal_data_waits_for_the_clerk() -> None:
    ledger, note = FakeLedger(), form()
    record = ledger.file(note, {"subject": "一"})
    down = ledger.take_down(record, explanation="问 13800138000")
    leaves = extracted(ledger, note, TAKEDOWN)
    assert gone(ledger, note, TAKEDOWN) == [(record.code, "duplicate", None)]
    assert [(each.code, each.reason) for each in leaves.held] == [(down.code, "pii.phone")]


def test_what_is_withheld_together_with_it_is_withheld() -> None:
    forms, ledger = load_forms(CONTENT), FakeLedger()
    suggestion = ledger.file(forms["suggestion"], {"subject": "修路", "confidentiality": "public"})
    ledger.file(forms["reply"], {"suggestion": suggestion.code, "text": "已经修好"})
    ledger.take_down(suggestion, "by_author")
    (reply,) = extracted(ledger, *forms.values()).rows["reply"]
    assert reply.withheld


def test_every_reason_of_the_form_has_its_words() -> None:
    words = load_words(CONTENT)
    for reason in TAKEDOWN.fields["reason"].choices:
        assert words.both(f"site.withdrawn.reason.{reason}")


def test_the_old_address_says_when_and_why_and_no_list_or_map_names_it(place: Path) -> None:
    content, home, site = small_congress(place / "content", *FEW), place / "home", place / "site"
    with Store.open(home, load_forms(content)) as store:
        store.office_append(
            [grid("liuhe"), visit("v1", summary="要撤下的小结"), visit("v2", summary="留下的小结")]
        )
        with open_ledger(home) as ledger:
            record = next(each for each in ledger.records("visit") if each.name == "v1")
    release.build(content, home, site, AS_OF)
    page = f"visit/{record.code}.html"
    assert "要撤下的小结" in (site / "current" / "www" / page).read_text("utf-8")
    with Store.open(home, load_forms(content)) as store:
        answers = {"record": record.code, "decision": "withdraw", "reason": "privacy"}
        (outcome,) = store.office_append([OfficeRecord("takedown", answers)])
        assert outcome.state == "accepted"
    release.build(content, home, site, AS_OF)
    www = site / "current" / "www"
    stone = (www / page).read_text("utf-8")
    assert "这一条已经撤下" in stone and "涉及隐私" in stone and record.code in stone
    files = [each for each in (site / "current").resolve().rglob("*") if each.is_file()]
    assert [each.name for each in files if "要撤下的小结".encode() in each.read_bytes()] == []
    named = {each.relative_to(www.resolve()).as_posix() for each in files
             if each.suffix in (".html", ".xml") and record.code.encode() in each.read_bytes()}  # fmt: skip
    assert named == {page}
    manifest = json.loads((site / "current" / "manifest.json").read_text("utf-8"))
    assert record.code not in manifest["records"]
    with closing(sqlite3.connect(site / "current" / "data" / "public.db")) as db:
        assert db.execute("SELECT code, kind, reason FROM withdrawn").fetchall() == [
            (record.code, "visit", "privacy")
        ]


@pytest.mark.parametrize("text", ["withdrawn", "correction_field"])
def test_no_form_takes_the_name_of_these_tables(text: str) -> None:
    from ledger.coherence import RESERVED_KINDS

    assert text in RESERVED_KINDS
