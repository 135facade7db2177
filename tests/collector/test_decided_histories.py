"""Whatever is sent and whatever a clerk decides, the entries alone say which versions are current."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.sync import Writer, judge
from ledger.doctor import examine
from ledger.forms import load_forms
from ledger.store import OfficeRecord, Store, open_ledger
from tests.collector.phone import id_of, small_congress
from tests.collector.test_histories import BAD, GOOD, _enter

History = list[tuple[str, int, int]]

acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["new", "bad", "correct", "correct", "late", "late correct", "take", "take", "close"]
        ),
        st.integers(0, 1),
        st.integers(0, 30),
    ),
    min_size=4,
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(acts)
def test_the_doctor_comes_to_the_same_versions(history: History) -> None:
    _compare(history)


@pytest.mark.full
@settings(max_examples=1000, deadline=None)
@given(acts)
def test_it_does_so_a_thousand_times(history: History) -> None:
    _compare(history)


def _compare(history: History) -> None:
    with tempfile.TemporaryDirectory() as folder:
        forms = load_forms(small_congress(Path(folder)))
        with Store.open(Path(folder) / "home", forms) as store:
            _play(store, history)
            assert examine(store.home).faults == ()
            with open_ledger(store.home) as ledger:
                current = [record.code for record in ledger.records("note")]
                assert len(current) == len(set(current))
                for code in current:
                    record = ledger.record(code)
                    assert record is not None and record.digest == ledger.history(code)[-1].digest


def _play(store: Store, history: History) -> None:
    people = [_enter(store, n) for n in range(2)]
    form, sent = store.current["note"], [[""], [""]]
    for act, who, n in history:
        phone, writer = people[who]
        if act in ("take", "close"):
            _decide(store, act, n)
            continue
        replaces = sent[who][n % len(sent[who])] if "correct" in act else None
        if act.startswith("late"):
            writer = Writer(replace(writer.records, state="revoked"), writer.proof)
        record = phone.record(form, BAD if act == "bad" else GOOD, replaces or None)
        sent[who].append(id_of(record))
        store.append([judge(record, writer, store.forms, store.ledger_id)])


def _decide(store: Store, act: str, n: int) -> None:
    """A decision about one of those that wait: it is carried out, or it says why not and changes nothing."""
    with open_ledger(store.home) as ledger:
        waiting = ledger.aside()
        if not waiting:
            return
        kept = waiting[n % len(waiting)]
        current = ledger.record(kept.code) if kept.code else None
    answers = {"record": kept.id, "entry": kept.digest, "decision": act}
    if act == "close":
        answers["reason"] = "看过了"
    elif current is not None:
        answers["current"] = current.digest
    before = store.position
    (outcome,) = store.office_append([OfficeRecord("resolution", answers)])
    taken = act == "take" and outcome.state == "accepted"
    assert store.position == before + 1 + taken
    with open_ledger(store.home) as ledger:
        now = {(each.id, each.digest, each.state) for each in ledger.aside()}
        assert ((kept.id, kept.digest, kept.state) not in now) == (outcome.state == "accepted")
        if taken and kept.state == "branch":
            record = ledger.record(str(kept.code))
            assert record is not None and record.digest == kept.digest
