"""The one way out: what stands in public.db, and what does not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.policy import leave
from publisher import derived
from publisher.out import tables
from publisher.out.public_db import referred_first, seal, write_public_db
from publisher.out.tables import faults
from tests.publisher.fake import CONTENT, NOTE, FakeLedger, extracted, form, published, stand

FORMS = load_forms(CONTENT)
PLACE = form(NOTE.replace("kind: note", "kind: place").replace("code: BT", "code: DF"))
POINTING = form(
    NOTE.replace(
        "  inside:", "  place: {label: {zh: 地点, en: Place}, refers_to: place, publish: full}\n  inside:"
    )
    .replace("title: '{{ subject }}'", "title: '{{ subject }} {{ place }}'")
    .replace("code: BT", "code: ZX")
)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_a_kind_has_a_table_of_its_published_fields_and_no_more(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    ledger.file(note, {"subject": "题目", "inside": "不给人看"})
    published(tmp_path / "public.db", ledger, note)
    with closing(sqlite3.connect(tmp_path / "public.db")) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(note)")]
    assert columns == ["code", "title", "subject", "filed_on", "corrected", "withheld"]
    assert rows(tmp_path / "public.db", "SELECT * FROM note") == [
        ("BT-2026-001A", "题目", "题目", "2026-03-02", 0, 0)
    ]


def test_tables_that_name_each_other_all_have_their_keys(tmp_path: Path) -> None:
    home = "  home: {label: {zh: 家, en: Home}, refers_to: pointing, publish: full}"
    place = NOTE.replace("kind: note", "kind: place").replace("code: BT", "code: DF")
    there = form(place.replace("  inside:", f"{home}\n  inside:"))
    here = form(POINTING.text.replace("kind: note", "kind: pointing"))
    published(tmp_path / "public.db", FakeLedger(), here, there)
    keys = {
        kind: [row[2:5] for row in rows(tmp_path / "public.db", f"PRAGMA foreign_key_list({kind})")]
        for kind in ("pointing", "place")
    }
    assert ("place", "place", "code") in keys["pointing"] and ("pointing", "home", "code") in keys["place"]


def test_no_table_that_others_name_comes_after_them() -> None:
    made = [*referred_first(tables.tables(FORMS))]
    before = {table.name: at for at, table in enumerate(made)}
    assert sorted(before) == sorted(table.name for table in tables.tables(FORMS))
    late = [
        (table.name, other)
        for table in made
        for other in table.references.values()
        if before[other] > before[table.name]
    ]
    assert len(late) < 3, late  # each makes a table anew


def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("1", "2"):
        ledger = FakeLedger()
        for n in range(300):
            ledger.file(form(), {"subject": f"题目{n % 7}", "inside": "x" * n})
        published(tmp_path / name, ledger, form())
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert rows(tmp_path / "1", "PRAGMA freelist_count") == [(0,)]


def test_a_text_that_looks_personal_holds_back_its_record_and_no_other(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    bad = ledger.file(note, {"subject": "请打 13800138000"})
    ledger.file(note, {"subject": "好的"})
    leaves = extracted(ledger, note)
    assert [row.title for row in leaves.rows["note"]] == ["好的"]
    (held,) = leaves.held
    assert (held.code, held.field, held.reason, held.digest) == (bad.code, "subject", "pii.phone", bad.digest)
    assert "请打 13800138000" in leaves.inside


def test_a_record_that_names_a_held_one_shows_its_code_only(tmp_path: Path) -> None:
    ledger = FakeLedger()
    held = ledger.file(PLACE, {"subject": "找 13800138000 问"})
    open_ = ledger.file(PLACE, {"subject": "柳河村"})
    ledger.file(POINTING, {"subject": "一", "place": held.code})
    ledger.file(POINTING, {"subject": "二", "place": open_.code})
    public = published(tmp_path / "public.db", ledger, PLACE, POINTING)
    assert [row["title"] for row in public.rows["note"]] == [f"一 {held.code}", "二 柳河村"]
    assert public.path(held.code) is None and public.rows["note"][0]["place"] == held.code


def test_a_title_made_of_two_harmless_parts_is_looked_at_as_a_whole() -> None:
    ledger = FakeLedger()
    tail = ledger.file(PLACE, {"subject": "0013 8000"})
    head = ledger.file(POINTING, {"subject": "138", "place": tail.code})
    leaves = extracted(ledger, PLACE, POINTING)
    assert [(held.code, held.field) for held in leaves.held] == [(head.code, "title")]


def test_titles_that_name_each_other_in_a_ring_end_with_a_code() -> None:
    ring = form(
        NOTE.replace(
            "  inside:", "  next: {label: {zh: 下, en: Next}, refers_to: note, publish: full}\n  inside:"
        ).replace("'{{ subject }}'", "'{{ subject }} {{ next }}'")
    )
    ledger = FakeLedger()
    ledger.file(ring, {"subject": "甲", "next": "BT-2026-002A"}, code="BT-2026-001A")
    ledger.file(ring, {"subject": "乙", "next": "BT-2026-001A"}, code="BT-2026-002A")
    titles = [row.title for row in extracted(ledger, ring).rows["note"]]
    assert titles[0] == "甲 乙 BT-2026-001A" and titles[1].startswith("乙")


def test_a_fault_in_one_record_holds_back_that_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(policy: Any, value: Any, **rest: Any) -> Any:
        if value == "坏的":
            raise ZeroDivisionError
        return leave(policy, value, **rest)

    monkeypatch.setattr("publisher.out.leaving.leave", broken)
    ledger = FakeLedger()
    ledger.file(form(), {"subject": "坏的"})
    ledger.file(form(), {"subject": "好的"})
    leaves = extracted(ledger, form())
    assert [row.title for row in leaves.rows["note"]] == ["好的"]
    assert [held.reason for held in leaves.held] == ["fault.ZeroDivisionError"]


def test_references_leave_as_codes_and_names_of_the_office_do_not() -> None:
    ledger = FakeLedger()
    place = ledger.file(PLACE, {"subject": "柳河村"}, name="liuhe-village")
    ledger.file(POINTING, {"subject": "一", "place": "liuhe-village"})
    ledger.file(POINTING, {"subject": "二", "place": "nowhere"})
    values = [row.values.get("place") for row in extracted(ledger, PLACE, POINTING).rows["note"]]
    assert values == [place.code, None]


def test_the_day_of_arrival_is_a_month_where_a_form_hides_its_days() -> None:
    dated = (
        "  seen_on: {{label: {{zh: 日期, en: Date}}, schema: {{type: string, format: date}}, "
        "publish: {}}}\n  inside:"
    )
    for publish, filed_on in (("month", "2026-03"), ("never", "2026-03"), ("full", "2026-03-03")):
        note = form(NOTE.replace("  inside:", dated.format(publish)))
        ledger = FakeLedger()
        ledger.file(note, {"subject": "一"}, received_at="2026-03-02T17:30:00.000Z")  # the 3rd in Shanghai
        (row,) = extracted(ledger, note).rows["note"]
        assert row.filed_on == filed_on


def test_rows_stand_in_the_order_of_codes_which_tells_nothing_of_when_they_came(tmp_path: Path) -> None:
    ledger = FakeLedger()
    for code in ("BT-2026-9ZZZ", "BT-2026-1AAA", "BT-2026-5MMM"):
        ledger.file(form(), {"subject": "一"}, code=code)
    public = published(tmp_path / "public.db", ledger, form())
    assert [row["code"] for row in public.rows["note"]] == ["BT-2026-1AAA", "BT-2026-5MMM", "BT-2026-9ZZZ"]


def test_a_correction_is_counted_and_names_only_public_fields(tmp_path: Path) -> None:
    ledger, note = FakeLedger(), form()
    first = ledger.file(note, {"subject": "一", "inside": "a"})
    ledger.file(
        note, {"subject": "二", "inside": "a"}, code=first.code, received_at="2026-04-01T00:00:00.000Z"
    )
    ledger.file(
        note, {"subject": "二", "inside": "b"}, code=first.code, received_at="2026-05-01T00:00:00.000Z"
    )
    public = published(tmp_path / "public.db", ledger, note)
    assert (public.rows["note"][0]["corrected"], public.rows["note"][0]["title"]) == (2, "二")
    assert [(each.on, each.changed) for each in public.corrections[first.code]] == [
        ("2026-04-01", ("subject",)),
        ("2026-05-01", ()),
    ]


def test_an_envelope_leaves_for_proof_kinds_with_the_disclosures_of_full_fields_only(tmp_path: Path) -> None:
    suggestion, grid = FORMS["suggestion"], FORMS["grid"]
    ledger = FakeLedger()
    answers = {"confidentiality": "public", "body": "修路。", "contact_phone": "不给人看的号码"}
    answers[next(iter(suggestion.fields))] = "修路的建议"
    open_ = ledger.file(suggestion, answers)
    ledger.file(suggestion, {**answers, "confidentiality": "privacy"})
    ledger.file(grid, {"name": "柳河村", "level": "village"})
    published(tmp_path / "public.db", ledger, *FORMS.values())
    ((code, envelope, disclosures),) = rows(
        tmp_path / "public.db", "SELECT code, envelope, disclosures FROM envelope"
    )
    assert (code, envelope) == (open_.code, open_.envelope)
    assert {json.loads(text)[1] for text in json.loads(disclosures)} == answers.keys() - {"contact_phone"}


def test_a_group_that_leaves_in_part_keeps_its_disclosure_inside(tmp_path: Path) -> None:
    group = (
        "  people:\n    label: {zh: 人, en: People}\n    schema: {type: array}\n    publish: full\n"
        "    each:\n"
        "      nick: {label: {zh: 称呼, en: Called}, publish: full}\n"
        "      phone: {label: {zh: 电话, en: Phone}, publish: never}\n  inside:"
    )
    signed = "proof: true\nauthor: full\nfields:\n"
    note = form(NOTE.replace("  inside:", group).replace("fields:\n", signed, 1))
    ledger = FakeLedger()
    ledger.file(note, {"subject": "一", "people": [{"nick": "老张", "phone": "号码"}]})
    published(tmp_path / "public.db", ledger, note)
    assert rows(tmp_path / "public.db", "SELECT code, n, nick FROM note_people") == [
        ("BT-2026-001A", 1, "老张")
    ]
    ((disclosures,),) = rows(tmp_path / "public.db", "SELECT disclosures FROM envelope")
    assert [json.loads(text)[1] for text in json.loads(disclosures)] == ["subject"]


def test_a_kind_without_a_form_today_never_leaves(tmp_path: Path) -> None:
    ledger = FakeLedger()
    ledger.file(form(), {"subject": "没有表格了"})
    leaves = extracted(ledger, PLACE)
    write_public_db(tmp_path / "public.db", leaves, {"place": PLACE}, stand())
    seal(tmp_path / "public.db")
    assert "没有表格了" in leaves.inside
    assert "没有表格了".encode() not in (tmp_path / "public.db").read_bytes()


def test_the_dictionary_names_every_field_of_every_form(tmp_path: Path) -> None:
    published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    named = set(rows(tmp_path / "public.db", "SELECT kind, field FROM field"))
    for kind, each in FORMS.items():
        for name, asked in each.fields.items():
            assert (kind, name) in named
            assert all((kind, f"{name}.{part}") in named for part in asked.each)


@pytest.mark.parametrize("kind", ["envelope", "correction"])
def test_a_kind_cannot_take_the_name_of_a_table_of_public_db(kind: str) -> None:
    taken = replace(form(), kind=kind)
    (problem,) = faults({kind: taken})
    assert "Rename" in problem.what and problem.where == f"content/forms/{kind}.yaml"


def test_a_place_published_to_the_village_leaves_as_the_village_it_lies_in() -> None:
    grid = FORMS["grid"]
    near = form(
        NOTE.replace(
            "  inside:", "  at: {label: {zh: 处, en: At}, refers_to: grid, publish: village}\n  inside:"
        )
    )
    ledger = FakeLedger()
    village = ledger.file(grid, {"name": "柳河村", "level": "village"}, name="liuhe")
    inner = ledger.file(grid, {"name": "第三网格", "level": "grid", "within": "liuhe"}, name="liuhe-03")
    lost = ledger.file(grid, {"name": "无主网格", "level": "grid"})
    for at in (inner.code, "liuhe-03", village.code, lost.code):
        ledger.file(near, {"subject": "一", "at": at})
    left = [row.values.get("at") for row in extracted(ledger, grid, near).rows["note"]]
    assert left == [village.code, village.code, village.code, None]


def test_an_envelope_never_tells_a_day_that_the_form_hides(tmp_path: Path) -> None:
    seen = "  seen_on: {label: {zh: 日期, en: Date}, schema: {type: string, format: date}, publish: month}\n"
    note = form(
        NOTE.replace("  inside:", f"{seen}  inside:").replace(
            "fields:\n", "proof: true\nauthor: full\nfields:\n", 1
        )
    )
    ledger = FakeLedger()
    ledger.file(note, {"subject": "一", "seen_on": "2026-03-02"})
    published(tmp_path / "public.db", ledger, note)
    assert rows(tmp_path / "public.db", "SELECT * FROM envelope") == []


def test_an_envelope_names_its_device_only_where_the_author_is_public(tmp_path: Path) -> None:
    note = form(NOTE.replace("fields:\n", "proof: true\nfields:\n", 1))
    ledger = FakeLedger()
    ledger.file(note, {"subject": "一"}, author="DB-2026-001A")
    published(tmp_path / "public.db", ledger, note)
    assert rows(tmp_path / "public.db", "SELECT * FROM envelope") == []


DAY = "{label: {zh: 日期, en: Date}, schema: {type: string, format: date}, publish: %s}"
HIDDEN_DAYS = {
    "month": f"  seen_on: {DAY % 'month'}\n",
    "condition": f"  seen_on: {DAY % 'full'}\n".replace("full}", "full, publish_when: subject == 'open'}"),
    "part": (
        "  steps:\n    label: {zh: 步骤, en: Steps}\n    schema: {type: array}\n    publish: full\n"
        f"    each:\n      seen_on: {DAY % 'never'}\n"
        "      what: {label: {zh: 事, en: What}, publish: full}\n"
    ),
    "group": (
        "  steps:\n    label: {zh: 步骤, en: Steps}\n    schema: {type: array}\n    publish: reviewed\n"
        f"    each:\n      seen_on: {DAY % 'full'}\n"
    ),
}


@pytest.mark.parametrize("where", HIDDEN_DAYS)
def test_the_day_of_arrival_does_not_give_away_a_day_that_is_hidden(where: str) -> None:
    note = form(NOTE.replace("  inside:", f"{HIDDEN_DAYS[where]}  inside:"))
    ledger = FakeLedger()
    first = ledger.file(note, {"subject": "一"})
    ledger.file(note, {"subject": "二"}, code=first.code, received_at="2026-04-01T00:00:00.000Z")
    (row,) = extracted(ledger, note).rows["note"]
    assert row.filed_on == "2026-03" and [each.on for each in row.corrections] == ["2026-04"]


def test_a_withheld_record_tells_its_day_of_arrival_only_where_it_keeps_its_own() -> None:
    guarded = NOTE.replace("  inside:", f"  seen_on: {DAY % 'full'}\n  inside:").replace(
        "fields:\n", "publish_when: subject == 'open'\nfields:\n", 1
    )
    keeping = form(guarded.replace("fields:\n", "keep_when_withheld: [seen_on]\nfields:\n", 1))
    ledger, silent = FakeLedger(), form(guarded)
    ledger.file(silent, {"subject": "shut", "seen_on": "2026-03-02"})
    ledger.file(silent, {"subject": "open", "seen_on": "2026-03-02"})
    assert [row.filed_on for row in extracted(ledger, silent).rows["note"]] == ["2026-03", "2026-03-02"]
    ledger = FakeLedger()
    ledger.file(keeping, {"subject": "shut", "seen_on": "2026-03-02"})
    assert [row.filed_on for row in extracted(ledger, keeping).rows["note"]] == ["2026-03-02"]


def test_corrections_of_a_withheld_record_name_only_what_it_keeps() -> None:
    suggestion, ledger = FORMS["suggestion"], FakeLedger()
    answers = {"subject": "一", "body": "修路。", "place": "桥头", "received_on": "2026-03-01"}
    first = ledger.file(suggestion, {**answers, "confidentiality": "public"})
    changed = {**answers, "confidentiality": "privacy", "received_on": "2026-03-02"}
    ledger.file(suggestion, changed, code=first.code)
    (row,) = extracted(ledger, suggestion).rows["suggestion"]
    assert row.withheld and [each.changed for each in row.corrections] == [("received_on",)]


def test_a_text_with_personal_data_is_held_when_its_field_has_choices_today() -> None:
    ledger, then = FakeLedger(), form(inside="  inside: {label: {zh: 级别, en: Level}, publish: full}")
    record = ledger.file(then, {"subject": "一", "inside": "13800138000"})
    now = form(
        inside="  inside: {label: {zh: 级别, en: Level}, choices: {low: {zh: 低, en: Low}}, publish: full}"
    )
    leaves = extracted(ledger, now)
    assert [(each.code, each.reason) for each in leaves.held] == [(record.code, "pii.phone")]
    assert leaves.rows["note"] == ()


def test_a_record_whose_field_has_another_type_today_stops_nothing() -> None:
    number = "  subject: {label: {zh: 数, en: N}, schema: {type: integer}, publish: full}"
    ledger, now = FakeLedger(), form(subject=number)
    ledger.file(form(), {"subject": "五个人"})
    ledger.file(now, {"subject": 5})
    assert [row.values for row in extracted(ledger, now).rows["note"]] == [{}, {"subject": 5}]


def test_a_place_finer_than_a_grid_leaves_as_its_village_too() -> None:
    finer = "      grid: {zh: 网格, en: Grid}\n      building: {zh: 楼栋, en: Building}"
    grid = form(FORMS["grid"].text, grid=finer)
    near = form(
        NOTE.replace(
            "  inside:", "  at: {label: {zh: 处, en: At}, refers_to: grid, publish: village}\n  inside:"
        )
    )
    ledger = FakeLedger()
    village = ledger.file(grid, {"name": "柳河村", "level": "village"})
    building = ledger.file(grid, {"name": "三栋", "level": "building", "within": village.code})
    ledger.file(near, {"subject": "一", "at": building.code})
    (row,) = extracted(ledger, grid, near).rows["note"]
    assert row.values["at"] == village.code


def test_the_offices_name_of_a_record_does_not_leave_in_a_disclosure(tmp_path: Path) -> None:
    ledger = FakeLedger()
    pointing = form(POINTING.text.replace("fields:\n", "proof: true\nauthor: full\nfields:\n", 1))
    place = ledger.file(PLACE, {"subject": "桥头"}, name="zhang-jianguo-home")
    ledger.file(pointing, {"subject": "一", "place": "zhang-jianguo-home"})
    ledger.file(pointing, {"subject": "二", "place": place.code})
    published(tmp_path / "public.db", ledger, PLACE, pointing)
    left = [json.loads(text) for (text,) in rows(tmp_path / "public.db", "SELECT disclosures FROM envelope")]
    assert [[json.loads(each)[1] for each in shown] for shown in left] == [["subject"], ["subject", "place"]]
    assert b"zhang-jianguo" not in (tmp_path / "public.db").read_bytes()


def test_a_private_part_that_todays_form_no_longer_asks_stays_out_of_the_disclosure(tmp_path: Path) -> None:
    group = (
        "  people:\n    label: {zh: 人, en: People}\n    schema: {type: array}\n    publish: full\n"
        "    each:\n"
        "      nick: {label: {zh: 称呼, en: Called}, publish: full}\n"
    )
    phone = "      phone: {label: {zh: 电话, en: Phone}, publish: never}\n"
    signed = NOTE.replace("fields:\n", "proof: true\nauthor: full\nfields:\n", 1)
    then, now = (form(signed.replace("  inside:", f"{group}{part}  inside:")) for part in (phone, ""))
    ledger = FakeLedger()
    ledger.file(then, {"subject": "一", "people": [{"nick": "老张", "phone": "5551234"}]})
    published(tmp_path / "public.db", ledger, now)
    assert b"5551234" not in (tmp_path / "public.db").read_bytes()


def test_no_form_may_take_the_name_of_a_table_that_is_computed() -> None:
    assert set(tables.LOGS) == set(derived.LOGS)
    assert set(derived.made()) - set(tables.LOGS) <= {f"{kind}_state" for kind in derived.DERIVED}
