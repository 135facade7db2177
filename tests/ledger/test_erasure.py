"""What is erased is gone to the last byte, and everything else verifies as before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import blobs, erasure, forgetting, quotes, traces
from ledger.doctor import examine
from ledger.forms import Form, load_forms
from ledger.store import OfficeRecord, Store, now_ms, open_ledger
from ledger.strict_json import write_json
from tests.collector.phone import ROOT, small_congress

NOTE = """\
kind: memo
label: {zh: 备忘, en: Memo}
description: {zh: 一条。, en: One.}
code: MO
written_by: [deputy, clerk]
fields:
  subject: {label: {zh: 标题, en: Subject}, required: true, publish: full}
  body: {label: {zh: 正文, en: Text}, schema: {type: string}, shown_as: long, publish: never}
  phone: {label: {zh: 电话, en: Telephone}, publish: never, forget_after: 180 days}
  people: {label: {zh: 人数, en: People}, schema: {type: integer}, publish: counted}
  tags: {label: {zh: 词, en: Words}, schema: {type: array, items: {type: string}}, publish: full}
  grid: {label: {zh: 网格, en: Grid}, refers_to: grid, publish: full}
  rows:
    label: {zh: 逐行, en: Rows}
    each: {what: {label: {zh: 什么, en: What}, required: true, publish: full}}
    publish: full
  pictures:
    label: {zh: 照片, en: Photos}
    schema: {type: array}
    shown_as: photos
    publish: full
page: {title: '{{ subject }}', columns: [subject], sort: subject}
"""
SAYING = ("subject", "body", "phone", "grid")
"""Fields whose texts are looked for whatever is erased."""
FIELDS = ("subject", "body", "phone", "people", "tags", "grid", "rows")
DAY = 24 * 3600 * 1000


class Forms(dict[str, Form]):
    """The forms of a small congress with a memo; short where hypothesis says what it tried."""

    def __repr__(self) -> str:
        return "forms"


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Forms:
    content = small_congress(tmp_path_factory.mktemp("forms"))
    (content / "forms/memo.yaml").write_text(NOTE, "utf-8")
    shutil.copy(ROOT / "content/forms/erasure.yaml", content / "forms")
    return Forms(load_forms(content))


@contextmanager
def opened(home: Path, forms: Forms) -> Iterator[Store]:
    with Store.open(home, forms) as store:
        store.office_append([OfficeRecord("grid", {"name": "甲格"}, ("records", "grid", "g-1"))])
        yield store


@pytest.fixture
def store(tmp_path: Path, forms: Forms) -> Iterator[Store]:
    with opened(tmp_path / "home", forms) as store:
        yield store


def memo(n: int | str, **more: Any) -> OfficeRecord:
    """A record whose every answer is a canary, of each kind of field."""
    answers = {
        "subject": f"CANARY-subject-{n}",
        "body": f"CANARY-body-{n} " + "长" * 900,
        "phone": f"CANARY-phone-{n}",
        "tags": [f"CANARY-tag-{n}", "平"],
        "rows": [{"what": f"CANARY-row-{n}"}, {"what": f"CANARY-row2-{n}"}],
        **more,
    }
    return OfficeRecord("memo", {name: value for name, value in answers.items() if value is not None})


def filed(store: Store, *records: OfficeRecord) -> list[Any]:
    outcomes = store.office_append(records)
    assert {each.state for each in outcomes} == {"accepted"}, outcomes
    return outcomes


def wipe(store: Store, record: str, *fields: str, **more: Any) -> Any:
    """The office erases, as its command does."""
    answers = {"record": record, "fields": list(fields), "reason": "asked", **more}
    outcome = store.office_append([OfficeRecord("erasure", answers)])[0]
    assert traces.clear(store)
    return outcome


def in_bytes(home: Path, *texts: str) -> set[str]:
    """Which of these texts stand anywhere below a folder, as raw bytes."""
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return {
        f"{text} in {path.name}" for text in texts for path, data in files.items() if text.encode() in data
    }


def faults(home: Path) -> list[str]:
    return [each.key for each in examine(home).faults]


def test_thirty_erased_answers_of_every_sort_leave_no_byte_and_the_rest_verifies(store: Store) -> None:
    outcomes = filed(store, *(memo(n) for n in range(40)))
    for n in range(6):
        wipe(store, str(outcomes[n].code), "subject", "body", "phone", "tags", "rows")
    gone = [
        f"CANARY-{name}-{n}" for n in range(6) for name in ("subject", "body", "phone", "tag", "row", "row2")
    ]
    assert len(gone) == 36
    assert in_bytes(store.home, *(each + end for each in gone for end in ('"', " "))) == set()
    assert in_bytes(store.home, "CANARY-body-7", "CANARY-row2-39")  # the search itself does find
    assert faults(store.home) == []
    assert {"doctor.erased", "doctor.whole"} <= {each.key for each in examine(store.home).findings}
    with open_ledger(store.home) as ledger:
        record = ledger.record(str(outcomes[0].code))
        assert record is not None and record.answers == {} and set(record.erased) == {
            "subject", "body", "phone", "tags", "rows",
        }  # fmt: skip


def test_every_version_is_covered_and_what_was_kept_aside_with_it(store: Store) -> None:
    first = filed(store, memo("v1"))[0]
    bad = OfficeRecord("memo", {"subject": "二", "phone": "CANARY-aside", "people": "三"}, replaces=first.id)
    assert store.office_append([bad])[0].state == "quarantined"
    filed(store, OfficeRecord("memo", {"subject": "三", "phone": "CANARY-phone-v3"}, replaces=first.id))
    wipe(store, str(first.code), "phone")
    assert in_bytes(store.home, "CANARY-phone-v1", "CANARY-aside", "CANARY-phone-v3") == set()
    assert faults(store.home) == []


def test_one_version_alone_can_be_meant(store: Store) -> None:
    first = filed(store, memo("v1"))[0]
    filed(store, OfficeRecord("memo", {"subject": "二", "phone": "CANARY-phone-v2"}, replaces=first.id))
    wipe(store, str(first.code), "phone", entry=first.digest)
    assert in_bytes(store.home, "CANARY-phone-v1") == set() and in_bytes(store.home, "CANARY-phone-v2")
    assert faults(store.home) == []


def test_what_a_record_named_is_named_no_more(store: Store) -> None:
    filed(store, memo("a", grid="g-1"))
    (outcome,) = filed(store, memo("b", grid="g-1"))
    wipe(store, str(outcome.code), "grid")
    with open_ledger(store.home) as ledger:
        record = ledger.record(str(outcome.code))
        assert record is not None and "grid" not in record.answers
    assert faults(store.home) == []


def test_a_second_erasure_of_the_same_finds_nothing_and_changes_nothing(store: Store) -> None:
    (outcome,) = filed(store, memo("a"))
    wipe(store, str(outcome.code), "phone")
    again = wipe(store, str(outcome.code), "phone")
    assert again.state == "quarantined" and again.problems[0].key == "problem.erasure_nothing"
    assert store.do(lambda store: erasure.replay(store.db)).result() == []
    assert faults(store.home) == []


def test_what_a_killed_process_left_is_cleared_at_the_next_start(store: Store, forms: Forms) -> None:
    (outcome,) = filed(store, memo("a"))
    with open_ledger(store.home) as reading:  # a build that began before: the log cannot be emptied
        store.office_append(
            [OfficeRecord("erasure", {"record": outcome.code, "fields": ["phone"], "reason": "asked"})]
        )
        assert not traces.clear(store, patience=0.3)
        assert reading.record(str(outcome.code)) and in_bytes(store.home, "CANARY-phone-a")
        assert "doctor.erasing" in {each.key for each in examine(store.home).findings}
    store.close()
    with Store.open(store.home, forms) as again:
        forgetting.run(again, now_ms())
        assert in_bytes(store.home, "CANARY-phone-a") == set()
        assert "doctor.erased" in {each.key for each in examine(store.home).findings}


def test_what_a_problem_quotes_goes_with_the_answer_and_the_rest_is_still_said(store: Store) -> None:
    record, stays = store.office_append([memo("a", grid="canary-grid"), memo("b", grid="canary-another")])
    assert (record.state, record.problems[0].params["value"]) == ("quarantined", "canary-grid")
    assert in_bytes(store.home, "canary-grid")
    wipe_aside(store, record, "grid")
    assert in_bytes(store.home, "canary-grid") == set() and faults(store.home) == []
    assert said_of(store, record) == [("网格", "…")] and said_of(store, stays) == [("网格", "canary-another")]


def test_what_others_quote_of_an_answer_goes_with_it(store: Store) -> None:
    (source,) = filed(store, memo("a", tags=["2026-03-02", "张"], people=7))
    (aside,) = store.office_append([memo("b", grid="canary-x")])
    quoting = ["早于 2026-03-02", "张", 7, "张三、李四", "2026-03-03", 17]
    store.do(
        lambda store: store.db.executemany(
            "INSERT INTO quote VALUES (?, ?, ?)",
            [
                (aside.position, n, f'["salt{n}",{{"value":{write_json(each)}}}]')
                for n, each in enumerate(quoting, 1)
            ],
        )
    ).result()
    wipe(store, str(source.code), "tags", "people")
    with open_ledger(store.home) as ledger:
        left = ledger.connection.execute("SELECT n FROM quote ORDER BY n").fetchall()
    assert left == [(0,), (4,), (5,), (6,)] and faults(store.home) == []


def test_a_quote_that_somebody_edits_or_takes_out_is_found(store: Store) -> None:
    for n, statement in enumerate(("UPDATE quote SET text = '[\"salt\",{}]'", "DELETE FROM quote")):
        store.office_append([memo(n, grid=f"nowhere-{n}")])
        assert faults(store.home) == ["doctor.book_quote"] * n
        apsw.Connection(str(store.home / "ledger.db")).execute(statement)
        assert faults(store.home) == ["doctor.book_quote"]


def wipe_aside(store: Store, record: Any, *fields: str) -> None:
    """Erase of what was kept aside: it has no code."""
    answers = {"entry": record.digest, "fields": list(fields), "reason": "asked"}
    assert store.office_append([OfficeRecord("erasure", answers)])[0].state == "accepted"
    assert traces.clear(store)


def said_of(store: Store, record: Any) -> list[tuple[str, Any]]:
    """The labels in its problems as they are read back, and the values they quote."""
    with open_ledger(store.home) as ledger:
        (kept,) = ledger.under(record.id)
    told = (each.params for each in quotes.read_problems(kept.problems, kept.quotes))
    return [(params["label"]["zh"], params["value"]) for params in told]


def test_only_the_named_places_may_go(store: Store) -> None:
    (outcome,) = filed(store, memo("a"))
    db = apsw.Connection(str(store.home / "ledger.db"))
    with pytest.raises(apsw.ConstraintError, match="is never deleted"):
        db.execute("DELETE FROM disclosure WHERE entry = ?", (outcome.position,))
    wipe(store, str(outcome.code), "phone")
    for statement in ("DELETE FROM erased", "UPDATE erased SET field = 'x'"):
        with pytest.raises(apsw.ConstraintError, match="stays erased"):
            db.execute(statement)
    with pytest.raises(apsw.ConstraintError, match="is never deleted"):
        db.execute("DELETE FROM disclosure WHERE entry = ?", (outcome.position,))


def test_the_doctor_finds_what_is_gone_without_a_decision(store: Store) -> None:
    one, two = filed(store, memo("a"), memo("b"))
    wipe(store, str(one.code), "phone")
    db = apsw.Connection(str(store.home / "ledger.db"))
    text = db.execute("SELECT text FROM disclosure WHERE entry = ? AND n = 0", (two.position,)).fetchone()
    digest = erasure.disclosure_digest(str(text[0])) if text else ""
    db.execute("INSERT INTO erased VALUES (?, 0, ?, 'phone', ?)", (two.position, digest, store.position))
    db.execute("DELETE FROM disclosure WHERE entry = ? AND n = 0", (two.position,))
    assert faults(store.home) == ["doctor.unfounded"]


def test_an_erasure_that_a_restore_undid_is_done_again(store: Store, tmp_path: Path, forms: Forms) -> None:
    (outcome,) = filed(store, memo("a"))
    with open_ledger(store.home) as ledger:
        texts = ledger.disclosures(outcome.position)
    wipe(store, str(outcome.code), "phone", "rows")
    store.close()
    db = apsw.Connection(str(store.home / "ledger.db"))
    db.execute("DROP TABLE erased")
    db.executemany(
        "INSERT OR IGNORE INTO disclosure VALUES (?, ?, ?)",
        [(outcome.position, n, text) for n, text in enumerate(texts)],
    )
    db.close()
    with Store.open(store.home, forms) as again:
        assert faults(store.home) == ["doctor.unerased"]
        assert len(again.do(lambda store: erasure.replay(store.db)).result()) == 2
        assert traces.clear(again)
        assert again.do(lambda store: erasure.replay(store.db)).result() == []
        assert in_bytes(store.home, "CANARY-phone-a", "CANARY-row-a") == set() and faults(store.home) == []


def test_only_the_offices_own_key_erases(store: Store) -> None:
    (outcome,) = filed(store, memo("a"))
    office = store.devices[store.office["records"]]
    somebody = {office.id: office.__class__(**{**vars(office), "name": "某办事员"})}
    incoming = erasure_of(store, str(outcome.code))
    found = store.do(lambda store: erasure.faults(store.db, incoming, somebody, 99)).result()
    assert [each.key for each in found] == ["problem.erasure_office"]


def erasure_of(store: Store, code: str) -> Any:
    class Incoming:
        device = store.office["records"]
        disclosures = (
            f'["AAAAAAAAAAAAAAAAAAAAAA","record","{code}"]',
            '["AAAAAAAAAAAAAAAAAAAAAA","fields",["phone"]]',
        )

    return Incoming()


def test_what_decides_over_others_keeps_its_decision(store: Store) -> None:
    (outcome,) = filed(store, memo("a"))
    erased = wipe(store, str(outcome.code), "phone")
    assert wipe(store, str(erased.code), "reason").problems[0].key == "problem.erasure_steers"


def test_a_photo_goes_with_its_copies_unless_another_record_names_it(store: Store) -> None:
    one_photo, two_photo = (sha256(text.encode()).hexdigest() for text in ("CANARY-one", "CANARY-two"))
    for digest, text in ((one_photo, "CANARY-one"), (two_photo, "CANARY-two")):
        place = blobs.place(store.home, digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        for name in (digest, f"{digest}.400.jpg", f"{digest}.1600.jpg", f"{digest}.json"):
            place.with_name(name).write_text(text)
            place.with_name(name).chmod(0o600)
        blob = blobs.Blob(digest, 71, "image/jpeg", "p", "2026-01-01T00:00:00.000Z")
        store.do(lambda store, blob=blob: blobs.add(store.db, blob)).result()
    one, _ = filed(
        store,
        memo("a", pictures=[f"sha256-{one_photo}", f"sha256-{two_photo}"]),
        memo("b", pictures=[f"sha256-{two_photo}"]),
    )
    wipe(store, str(one.code), "pictures")
    assert in_bytes(store.home, "CANARY-one", one_photo) == set()
    assert len(in_bytes(store.home, "CANARY-two")) == 4
    assert faults(store.home) == []


# -- what is kept for a time only --


def test_what_a_form_keeps_for_a_time_goes_when_that_is_over_and_not_before(store: Store) -> None:
    filed(store, memo("a"), memo("b"))
    with open_ledger(store.home) as ledger:
        received = next(ledger.records("memo")).received_at
    start = int(datetime.fromisoformat(received.replace("Z", "+00:00")).timestamp() * 1000)
    assert forgetting.run(store, start + 180 * DAY) == 0
    assert in_bytes(store.home, "CANARY-phone-a")
    assert forgetting.run(store, start + 181 * DAY) == 1
    assert in_bytes(store.home, "CANARY-phone-a", "CANARY-phone-b") == set()
    assert in_bytes(store.home, "CANARY-subject-a") and faults(store.home) == []
    position = store.position
    assert forgetting.run(store, start + 190 * DAY) == 0 and store.position == position


def test_a_long_arrear_goes_in_slices_of_whole_entries(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "SLICE", 4)
    filed(store, *(memo(n) for n in range(10)))
    assert forgetting.run(store, now_ms() + 400 * DAY) == 3
    assert in_bytes(store.home, *(f"CANARY-phone-{n}" for n in range(10))) == set()
    assert faults(store.home) == []


# -- the harness finds a build that does not keep its word --


def no_secure_delete(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """Neither zeros nor a file written anew."""
    store.do(lambda store: store.db.execute("PRAGMA secure_delete = 0")).result()
    alone = store.alone

    def without_vacuum(run: Callable[[Store], Any]) -> Any:
        return alone(run if run is traces._truncated else lambda store: None)

    monkeypatch.setattr(store, "alone", without_vacuum)


def log_not_emptied(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """What SQLite's log holds stays."""
    monkeypatch.setattr(traces, "_truncated", lambda store: True)
    store.do(lambda store: None).result()


def only_hidden(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """The place is noted and the text stays."""
    perform = erasure.perform

    def noted(db: apsw.Connection, position: int, disclosures: Any) -> list[str]:
        kept = db.execute("SELECT * FROM disclosure").fetchall()
        perform(db, position, disclosures)
        db.executemany("INSERT OR IGNORE INTO disclosure VALUES (?, ?, ?)", kept)
        return []

    monkeypatch.setattr("ledger.entries.erasure.perform", noted)


@pytest.mark.parametrize("sabotage", [no_secure_delete, log_not_emptied, only_hidden])
def test_a_sabotaged_erasure_is_found_by_the_same_search(
    store: Store, monkeypatch: pytest.MonkeyPatch, sabotage: Callable[..., None]
) -> None:
    outcomes = filed(store, *(memo(n) for n in range(40)))
    sabotage(monkeypatch, store)
    caught = False
    try:
        for n in range(6):
            wipe(store, str(outcomes[n].code), "body", "phone", "rows")
    except Exception as fault:
        caught = "erased answers still stand" in str(fault)
    left = in_bytes(store.home, *(f'CANARY-phone-{n}"' for n in range(6)))
    assert caught or left or faults(store.home)
    assert left


# -- whatever is erased in whatever order --

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["correct", "amiss"]), st.integers(0, 5)),
        st.tuples(
            st.just("erase"), st.integers(0, 5), st.sets(st.sampled_from(FIELDS), min_size=1, max_size=3)
        ),
    ),
    min_size=2,
    max_size=8,
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_after_any_erasures_the_doctor_is_content_and_nothing_erased_is_left(
    tmp_path_factory: pytest.TempPathFactory, forms: Forms, steps: list[Any]
) -> None:
    invariants(tmp_path_factory.mktemp("any") / "home", forms, steps)


@pytest.mark.full
@given(steps=STEPS)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_after_very_many_erasures_too(
    tmp_path_factory: pytest.TempPathFactory, forms: Forms, steps: list[Any]
) -> None:
    invariants(tmp_path_factory.mktemp("many") / "home", forms, steps)


def invariants(home: Path, forms: Forms, steps: list[Any]) -> None:
    """Each record's canaries are numbered by the step that filed them; what is amiss is kept aside."""
    with opened(home, forms) as store:
        records: list[tuple[str, str]] = []
        holds: dict[tuple[str, str], set[str]] = {}
        for n, step in enumerate(steps):
            if step[0] == "erase" and records:
                code, _ = records[step[1] % len(records)]
                outcome = wipe(store, code, *step[2])
                said = any([holds.pop((code, name), None) for name in step[2]])
                assert (outcome.state == "accepted") == said
            elif step[0] != "erase":
                before = records[step[1] % len(records)] if step[0] != "file" and records else None
                grid = f"CANARY-grid-step{n}x" if step[0] == "amiss" and before else "g-1" if n % 2 else None
                each = memo(f"step{n}x", grid=grid)
                each = OfficeRecord(each.kind, each.answers, replaces=before[1] if before else None)
                (outcome,) = store.office_append([each])
                code = outcome.code or before[0]
                if outcome.code:
                    records = [one for one in records if one != before] + [(code, outcome.id)]
                for name, value in each.answers.items():
                    holds.setdefault((code, name), set()).add(canary(name, value))
        kept = {text for some in holds.values() for text in some if text}
        ever = {f"CANARY-{name}-step{n}x" for n in range(len(steps)) for name in SAYING}
        assert in_bytes(home, *(ever - kept)) == set()
        assert all(in_bytes(home, text) for text in kept & ever)
        assert faults(home) == []
        assert store.do(lambda store: erasure.replay(store.db)).result() == []


def canary(name: str, value: Any) -> str:
    return str(value).split(" ")[0] if name in SAYING and value != "g-1" else ""


def test_problems_that_go_on_quoting_are_found_out(
    tmp_path: Path, forms: Forms, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [("file", 0), ("amiss", 0), ("erase", 0, {"grid"})]
    invariants(tmp_path / "honest", forms, steps)
    monkeypatch.setattr(quotes, "forget", lambda *_: [])
    with pytest.raises(AssertionError, match="CANARY-grid-step1x"):
        invariants(tmp_path / "sabotaged", forms, steps)
