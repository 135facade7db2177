"""Many phones of a few people, and everything that can go wrong between them and the office (R5).

After each step: what was acknowledged is in the ledger, or on a phone that will send it again; no record is
there twice; each device's entries are in order or marked; each receipt names a head of the chain that the
ledger knows; and whatever was sent has exactly the one fate that the rules give it.
"""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from ledger.doctor import examine
from ledger.forms import Form
from ledger.signature import spki
from ledger.store import OfficeRecord, open_ledger
from tests.swarm.deputy import Deputy, Made
from tests.swarm.expected import Expected, Key
from tests.swarm.place import Place, prepare, wording

any_one = st.integers(0, 999)
mostly = st.sampled_from((True, True, True, True, False))
MOST_PHONES = 5
WORDINGS = 4
WAYS = ("well", "well", "well", "answer lost", "request lost", "twice", "early")
SIZES = (
    pytest.param(100, 40, id="100x40"),
    pytest.param(1000, 60, id="1000x60", marks=pytest.mark.full),
)


class Congress(RuleBasedStateMachine):
    """Phones, an office, and the network between them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mingbai-model-"))
        self.place = Place(self.folder)
        self.receipt_key = spki(self.place.store.keys.receipt.public_key())
        self.expected = Expected(versions={form.version for form in self.place.forms.values()})
        self.snapshot: Expected | None = None
        self.phones: list[Deputy] = []
        self.everything: list[Made] = []
        self.on_the_way: list[tuple[dict[str, str], str, list[Made]]] = []
        self.promised: dict[Key, dict[str, Any]] = {}
        self.codes: dict[int, str] = {}
        self.note = self.place.forms["note"]
        self.wordings = 0

    @initialize()
    def first_phones(self) -> None:
        for person in (0, 0, 1):
            self.enrol(person)

    # -- people and phones --

    def enrol(self, person: int) -> None:
        phone = Deputy(person, self.place.store.ledger_id, self.receipt_key)
        self.phones.append(phone)
        self._enter(phone)

    @rule(n=any_one, what=st.sampled_from(("enrol", "enrol", "wipe", "revoke")))
    def a_phone_comes_or_goes(self, n: int, what: str) -> None:
        phone = self._phone(n)
        if what == "enrol" and len(self.phones) < MOST_PHONES:
            self.enrol(n % 3)
        elif what == "wipe":
            phone.renew()
            self._enter(phone)
        elif what == "revoke" and phone.device in self.place.store.devices:
            self.place.revoke(phone.device)
            self.expected.stopped.add(phone.device)

    def _enter(self, phone: Deputy) -> None:
        phone.phone.devices = self.place.enter(phone.phone.spki, phone.person)
        self.expected.people |= {id: phone.person for id in phone.phone.devices.values()}

    # -- what they file --

    @rule(n=any_one, good=mostly, proof=st.booleans())
    def file_and_stay_offline(self, n: int, good: bool, proof: bool) -> None:
        self.file(n, good, proof)

    @rule(n=any_one, good=mostly, proof=st.booleans())
    def file_and_send(self, n: int, good: bool, proof: bool) -> None:
        self.file(n, good, proof)
        self._send(self._phone(n), self._phone(n).waiting())

    def file(self, n: int, good: bool, proof: bool) -> None:
        form = self.place.forms["suggestion"] if proof else self.note
        self.everything.append(self._phone(n).file(form, good))

    @precondition(lambda self: self.everything)
    @rule(n=any_one, which=any_one, good=mostly, own=mostly, online=mostly)
    def correct(self, n: int, which: int, good: bool, own: bool, online: bool) -> None:
        self._correct(self._phone(n), which, good, own, online)

    @precondition(lambda self: self.everything)
    @rule(n=any_one, which=any_one, online=st.booleans())
    def correct_on_two_phones(self, n: int, which: int, online: bool) -> None:
        one = self._phone(n)
        other = next((each for each in self.phones if each.person == one.person and each is not one), one)
        for phone in (one, other):
            self._correct(phone, which, True, True, online)

    def _correct(self, phone: Deputy, which: int, good: bool, own: bool, online: bool) -> None:
        theirs = {id(made) for each in self.phones if each.person == phone.person for made in each.made}
        found = [made for made in self.everything if not own or id(made) in theirs]
        if found:
            before = found[which % len(found)]
            form = self.note if before.form.kind == "note" else before.form
            self.everything.append(phone.file(form, good, before.id))
            if online:
                self._send(phone, phone.waiting())

    @precondition(lambda self: self.everything)
    @rule(n=any_one, which=any_one)
    def file_something_else_under_a_known_id(self, n: int, which: int) -> None:
        twin = self.everything[which % len(self.everything)]
        self.everything.append(self._phone(n).file(self.note, True, id=twin.id))

    # -- the network --

    @rule(n=any_one, way=st.sampled_from(WAYS), order=st.randoms(use_true_random=False), again=st.booleans())
    def send(self, n: int, way: str, order: Any, again: bool) -> None:
        phone = self._phone(n)
        records = phone.waiting()
        if again or way == "early":
            order.shuffle(records)
        if again:
            records += order.sample(phone.made, min(2, len(phone.made)))
        if way == "early":
            records = records[: 1 + len(records) // 2]
        self._send(phone, records, way)

    def _send(self, phone: Deputy, records: list[Made], way: str = "well") -> None:
        self._hello(phone)
        if not records:
            return
        body = phone.batch(records)
        sent = (dict(phone.phone.devices), body, records)
        self.on_the_way.append(sent)
        if way == "request lost":
            return
        answer = self._arrives(*sent)
        if way == "twice":
            answer = self._arrives(*sent)
        if way != "answer lost" and answer is not None:
            self._heard(phone, body, answer)

    @precondition(lambda self: self.on_the_way)
    @rule(which=any_one)
    def an_old_request_arrives_at_last(self, which: int) -> None:
        self._arrives(*self.on_the_way[which % len(self.on_the_way)])

    def _arrives(self, by: dict[str, str], body: str, records: Sequence[Made]) -> dict[str, Any] | None:
        """A request reaches the office; each record has the fate that the rules give it."""
        answer = self.place.push(by["records"], body)
        if answer is None:
            assert by["records"] not in self.expected.people
            return None
        assert len(answer["results"]) == len(records)
        for made, result in zip(records, answer["results"], strict=True):
            fate = self.expected.deliver(made, by)
            assert (result["id"], result["digest"]) == made.key
            assert (result["state"], result["stored"]) == (fate.state, fate.stored), (result, fate)
            self._named(fate.lineage, result["code"])
        return answer

    def _named(self, lineage: int | None, code: str | None) -> None:
        if lineage is None:
            assert code is None
        else:
            assert code is not None and self.codes.setdefault(lineage, code) == code
        assert len(set(self.codes.values())) == len(self.codes)

    def _heard(self, phone: Deputy, body: str, answer: dict[str, Any]) -> None:
        told = phone.believe(body, answer)
        sent = {result["id"] for result in answer["results"] if result["state"] != "retry"}
        assert {made.id for made in told} >= sent, "the receipt does not say what the answer says"
        for made in told:
            self.promised[made.key] = dict(made.delivered or {})

    def _hello(self, phone: Deputy) -> None:
        phone.hear(self.place.store.epoch)
        if phone.device not in self.place.store.devices:
            # The copy that was restored is from before this phone came.
            phone.renew()
            self._enter(phone)

    # -- the office --

    @rule(which=any_one, take=st.booleans(), seen=mostly)
    def decide(self, which: int, take: bool, seen: bool) -> None:
        with open_ledger(self.place.home) as ledger:
            waiting = [kept for kept in ledger.aside() if kept.kind != "resolution"]
            if not waiting:
                return
            kept = waiting[which % len(waiting)]
            current = ledger.record(kept.code) if kept.code else None
        answers = {"record": kept.id, "entry": kept.digest, "decision": "take" if take else "close"}
        digest = None
        if take and current is not None:
            digest = answers["current"] = current.digest if seen else "A" * 43
        if not take:
            answers["reason"] = "看过了"
        before = self.place.store.position
        (outcome,) = self.place.store.office_append([OfficeRecord("resolution", answers)])
        holds, takes = self.expected.decide((kept.id, kept.digest), take, digest)
        assert outcome.state == ("accepted" if holds else "quarantined"), outcome
        assert self.place.store.position == before + 1 + takes

    @rule(what=st.sampled_from(("start again", "back up", "lose", "lose", "word", "word early", "learn")))
    def something_happens_at_the_office(self, what: str) -> None:
        """A new wording may be on phones before the office's server has it (`word early`)."""
        if what == "start again":
            self.place.start_again()
        elif what == "back up":
            self.place.back_up()
            self.snapshot = copy.deepcopy(self.expected)
        elif what == "lose" and self.snapshot is not None:
            self._lose_the_server(self.snapshot)
        elif what.startswith("word"):
            self.wordings += 1
            self.note = wording(self.wordings % WORDINGS)
        if what in ("word", "learn"):
            self._learn(self.note)

    def _learn(self, form: Form) -> None:
        self.place.learn(form)
        self.expected.versions.add(form.version)

    def _lose_the_server(self, snapshot: Expected) -> None:
        self.place.restore()
        self.expected = copy.deepcopy(snapshot)
        self.expected.versions.add(self.place.forms["note"].version)
        # Codes are random: what comes once more after the copy may get another.
        self.codes = {n: code for n, code in self.codes.items() if n <= self.expected.lineages}

    # -- what must be true at all times --

    @invariant()
    def the_ledger_keeps_every_promise(self) -> None:
        with open_ledger(self.place.home) as ledger:
            rows = [row for row in ledger.rows() if row[3] != "resolution"]
            heads = {(row[0], row[13]) for row in ledger.rows()}
        self._each_thing_has_one_fate(rows)
        self._devices_are_in_order_or_marked(rows)
        self._promises_are_kept(rows, heads)

    def _each_thing_has_one_fate(self, rows: Sequence[Any]) -> None:
        kept = [((row[1], row[2]), row[6]) for row in rows]
        assert kept == [(row.key, row.state) for row in self.expected.rows]
        assert not [each for each, number in Counter(kept).items() if number > 1]

    def _devices_are_in_order_or_marked(self, rows: Sequence[Any]) -> None:
        taken: set[Key] = set()
        seen: dict[str, dict[int, str]] = {}
        links = {made.digest: made for made in self.everything}
        for row in rows:
            key, device, seq, mark = (row[1], row[2]), row[4], row[7], row[9]
            if seq is None or key in taken:
                continue
            taken.add(key)
            before = seen.setdefault(device, {})
            prev = read_prev(links[row[2]])
            in_order = seq not in before and (before.get(seq - 1) == prev if seq > 1 else prev is None)
            assert (mark is None) == in_order, (mark, row)
            before.setdefault(seq, row[2])

    def _promises_are_kept(self, rows: Sequence[Any], heads: set[Any]) -> None:
        there = {((row[1], row[2]), row[0], row[5]) for row in rows}
        keys = {key for key, *_ in there}
        for phone in self.phones:
            for made in phone.made:
                if made.delivered is None:
                    continue
                if phone.epoch == self.place.store.epoch:
                    said = made.delivered
                    assert (made.key, said["position"], said["code"]) in there, "acknowledged and lost"
                    assert said["chain"] in heads, "a receipt names a head that the ledger does not know"
        mine = {made.key for phone in self.phones for made in phone.made}
        assert set(self.promised) <= keys | mine

    # -- the end of the day --

    def teardown(self) -> None:
        try:
            if self.phones:
                self._everybody_comes_back()
        finally:
            self.place.close()
            shutil.rmtree(self.folder)

    def _everybody_comes_back(self) -> None:
        """A good line at last: nothing waits any more, and the doctor is content."""
        for n in range(WORDINGS):
            self._learn(wording(n))
        for phone in self.phones:
            self._send(phone, phone.waiting())
            self._send(phone, phone.waiting())
            assert not phone.waiting()
        self.the_ledger_keeps_every_promise()
        with open_ledger(self.place.home) as ledger:
            entries = {(row[1], row[2]) for row in ledger.rows()}
            aside = {(kept.id, kept.digest) for kept in ledger.aside() if kept.kind != "resolution"}
        assert aside == self.expected.aside()
        assert {made.key for made in self.everything} <= entries
        assert set(self.promised) <= entries
        assert examine(self.place.home).faults == ()

    def _phone(self, n: int) -> Deputy:
        return self.phones[n % len(self.phones)]


def read_prev(made: Made) -> str | None:
    """The link of a record to the one before it on its phone."""
    prev: str | None = json.loads(made.record["envelope"])["prev"]
    return prev


def play(examples: int, steps: int, **more: Any) -> None:
    """Play so many days of so many steps each."""
    prepare()
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    run(Congress, settings=how)


@pytest.mark.parametrize(("examples", "steps"), SIZES)
def test_nothing_is_lost_between_many_phones_and_the_office(examples: int, steps: int) -> None:
    play(examples, steps)
