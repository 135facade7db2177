"""Whatever two people send, in whatever order and however often, the ledger says what a plain model says."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.sync import Writer, judge
from ledger.doctor import examine
from ledger.envelope import rfc3339
from ledger.forms import load_forms
from ledger.registry import Device, add_device, read_devices
from ledger.store import Store, open_ledger
from tests.collector.phone import Phone, id_of, small_congress

GOOD = {"day": "2026-03-02", "subject": "路灯"}
BAD = {"day": "2026-03-02"}


@dataclass
class Model:
    """What should become of what is sent: the rules again, in the plainest way."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    current: dict[int, str] = field(default_factory=dict)
    lineages: int = 0

    def send(
        self, record: dict[str, Any], who: int, good: bool, replaces: str | None
    ) -> tuple[str, int | None]:
        id, text = id_of(record), record["envelope"]
        known = self.kept.setdefault(id, {"texts": {}, "who": who, "lineage": None, "replaces": replaces})
        if text in known["texts"]:
            return "replayed", known["texts"][text]
        state, lineage = self._place(id, who, replaces)
        if known["texts"] or not good:
            state = "quarantined"
        if state == "quarantined":
            lineage = None
        elif lineage is None:
            self.lineages += 1
            lineage = self.lineages
        if state == "accepted":
            assert lineage is not None
            self.current[lineage] = id
            self._mend(replaces, lineage)
        known["texts"][text] = lineage
        known["lineage"] = lineage if known["lineage"] is None else known["lineage"]
        return state, lineage

    def _place(self, id: str, who: int, replaces: str | None) -> tuple[str, int | None]:
        while replaces is not None:
            before = self.kept.get(replaces)
            if before is None or not before["texts"] or before["who"] != who or replaces == id:
                return "quarantined", None
            lineage = before["lineage"]
            if lineage is not None:
                return ("accepted" if self.current.get(lineage) == replaces else "branch"), lineage
            if "mended" in before:
                return "branch", before["mended"]
            replaces = before["replaces"]
        return "accepted", None

    def _mend(self, replaces: str | None, lineage: int) -> None:
        while replaces is not None and self.kept[replaces]["lineage"] is None:
            if "mended" in self.kept[replaces]:
                return
            self.kept[replaces]["mended"] = lineage
            replaces = self.kept[replaces]["replaces"]


acts = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "correct", "correct", "correct", "again", "twin"]),
        st.integers(0, 1),
        st.booleans() | st.just(True),
        st.integers(0, 30),
    ),
    min_size=3,
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(acts)
def test_the_ledger_says_what_the_model_says(history: list[tuple[str, int, bool, int]]) -> None:
    _compare(history)


@pytest.mark.full
@settings(max_examples=1000, deadline=None)
@given(acts)
def test_it_does_so_a_thousand_times(history: list[tuple[str, int, bool, int]]) -> None:
    _compare(history)


def _compare(history: list[tuple[str, int, bool, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = small_congress(Path(folder))
        with Store.open(Path(folder) / "home", load_forms(content)) as store:
            _play(store, history)
            assert examine(store.home).faults == ()
            with open_ledger(store.home) as ledger:
                codes = [record.code for record in ledger.records("note")]
            assert len(codes) == len(set(codes))


def _play(store: Store, history: list[tuple[str, int, bool, int]]) -> None:
    people = [_enter(store, n) for n in range(2)]
    model, form = Model(), store.current["note"]
    sent: list[tuple[dict[str, Any], int, bool, str | None]] = []
    codes: dict[int, str] = {}
    for act, who, good, n in history:
        phone, writer = people[who]
        replaces = id_of(sent[n % len(sent)][0]) if act == "correct" and sent else None
        if act == "again" and sent:
            record, who, good, replaces = sent[n % len(sent)]
            phone, writer = people[who]
        elif act == "twin" and sent:
            record = phone.record(form, {**GOOD, "people": n}, id=id_of(sent[n % len(sent)][0]))
        else:
            record = phone.record(form, GOOD if good else BAD, replaces)
        sent.append((record, who, good, replaces))
        expected, lineage = model.send(record, who, good, replaces)
        (outcome,) = store.append([judge(record, writer, store.forms, store.ledger_id)])
        assert outcome.state == expected
        if lineage is None:
            assert outcome.code is None
        else:
            assert codes.setdefault(lineage, str(outcome.code)) == outcome.code
    assert len(set(codes.values())) == len(codes)


def _enter(store: Store, n: int) -> tuple[Phone, Writer]:
    phone = Phone(client=None)  # type: ignore[arg-type]
    phone.ledger = store.ledger_id
    phone.devices = {chain: store.new_uuid() for chain in phone.spki}
    devices = [
        Device(
            id, f"pair-{n}", chain, phone.spki[chain], "active", "deputy", f"DB-2026-AAA{n}", "某", rfc3339(0)
        )
        for chain, id in phone.devices.items()
    ]

    def enter(store: Store) -> None:
        for device in devices:
            add_device(store.db, device)
        store.devices = read_devices(store.db)

    store.do(enter).result()
    return phone, Writer(*devices)
