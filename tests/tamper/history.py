"""Random and honest: what phones, a clerk and the office do in a small congress, and the last receipt of it.

One seed gives one history. Nothing here breaks a rule of the ledger; whatever the doctor says against one of
these is a false alarm.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from collector.sync import Writer, answer, judge
from ledger import blobs
from ledger.envelope import rfc3339
from ledger.filing import OfficeRecord
from ledger.forms import Form, load_forms, parse_form
from ledger.registry import Invite, add_invite, confirm, read_devices, revoke
from ledger.store import Store, now_ms, open_ledger
from ledger.witness import Witness, gather
from ledger.words import Words, load_words
from tests.collector.phone import Phone, id_of, small_congress
from tests.collector.test_histories import BAD, GOOD, _enter

SUBJECTS = ("路灯", "水管", "垃圾清运", "桥面", "菜场")


@dataclass
class History:
    """A congress while it works."""

    store: Store
    content: Path
    words: Words
    pick: Random
    people: list[tuple[Phone, Writer]] = field(default_factory=list)
    sent: list[tuple[dict[str, Any], int]] = field(default_factory=list)
    receipt: Mapping[str, Any] = field(default_factory=dict)

    def push(self, record: Any, who: int) -> None:
        """A record goes up, and a receipt comes back."""
        _, writer = self.people[who]
        devices = self.store.devices
        now = Writer(devices[writer.records.id], devices[writer.proof.id])
        done = self.store.submit([judge(record, now, self.store.forms, self.store.ledger_id)]).result()
        told = answer("b", done, self.store.ledger_id, self.store.epoch, self.store.keys, self.words)
        self.receipt = told["receipt"]


def enrol(made: History) -> None:
    """Another deputy's phone."""
    n = len(made.people)
    now = rfc3339(now_ms())
    invite = Invite(f"hash-{n}", "deputy", f"DB-2026-AAA{n}", "某", now, now)
    made.store.do(lambda store: add_invite(store.db, invite)).result()
    made.people.append(_enter(made.store, n))


def answers(made: History) -> dict[str, Any]:
    """What a good record says."""
    return {**GOOD, "subject": made.pick.choice(SUBJECTS), "people": made.pick.randrange(90)}


def new(made: History) -> None:
    """A record of a phone."""
    _file(made, answers(made))


def bad(made: History) -> None:
    """One that does not fit its form: kept aside."""
    _file(made, BAD)


def correct(made: History) -> None:
    """A correction of anything sent before: a successor, a branch, or kept aside."""
    if made.sent:
        _file(made, answers(made), id_of(made.pick.choice(made.sent)[0]))


def _file(made: History, said: Mapping[str, Any], replaces: str | None = None) -> None:
    who = made.pick.randrange(len(made.people))
    record = made.people[who][0].record(made.store.current["note"], said, replaces)
    made.sent.append((record, who))
    made.push(record, who)


def again(made: History) -> None:
    """What was sent before, once more."""
    if made.sent:
        made.push(*made.pick.choice(made.sent))


def twin(made: History) -> None:
    """Other content under an id that is known."""
    if made.sent:
        record, who = made.pick.choice(made.sent)
        made.push(
            made.people[who][0].record(made.store.current["note"], answers(made), id=id_of(record)), who
        )


def forged(made: History) -> None:
    """A record whose signature or whose answers do not hold: kept, with its faults."""
    who = made.pick.randrange(len(made.people))
    record = made.people[who][0].record(made.store.current["note"], answers(made))
    spoilt = (
        {"signature": "A" * 86} if made.pick.random() < 0.5 else {"disclosures": record["disclosures"][1:]}
    )
    made.push({**record, **spoilt}, who)


def imported(made: History) -> None:
    """A grid of the office's files, new or changed or as before."""
    n = made.pick.randrange(4)
    name = made.pick.choice(("甲格", "乙格", "丙格"))
    made.store.office_append([OfficeRecord("grid", {"name": name}, ("records", "grid", f"g-{n}"))])


def decide(made: History) -> None:
    """A clerk decides about one of those that wait."""
    with open_ledger(made.store.home) as ledger:
        waiting = ledger.aside()
        if not waiting:
            return
        kept = made.pick.choice(waiting)
        current = ledger.record(kept.code) if kept.code else None
    said = {"record": kept.id, "entry": kept.digest, "decision": made.pick.choice(("take", "close"))}
    if said["decision"] == "close":
        said["reason"] = "看过了"
    elif current is not None:
        said["current"] = current.digest
    made.store.office_append([OfficeRecord("resolution", said)])


def stop(made: History) -> None:
    """A phone is stopped; what it sends from now on is held."""
    pair = f"pair-{made.pick.randrange(len(made.people))}"

    def run(store: Store) -> None:
        revoke(store.db, pair, "丢了", store.tail.received_at)
        confirm(store.db, pair, store.tail.received_at)
        store.devices = read_devices(store.db)

    made.store.do(run).result()


def reword(made: History) -> None:
    """A form gets another wording, or its former one back."""
    text = load_forms(made.content)["note"].text
    other = text.replace("en: Subject", "en: Headline") if made.pick.random() < 0.7 else text
    forms: dict[str, Form] = {**made.store.current, "note": parse_form(other, "note.yaml")}
    made.store.learn(forms)


def photo(made: History) -> None:
    """A photo is there, whole."""
    data = made.pick.randbytes(40)
    digest = sha256(data).hexdigest()
    path = blobs.place(made.store.home, digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(data)
    path.chmod(0o600)
    row = blobs.Blob(digest, len(data), "image/jpeg", "DB-2026-AAA0", rfc3339(now_ms()))
    made.store.do(lambda store: blobs.add(store.db, row)).result()


ACTS: Mapping[Callable[[History], None], int] = {
    **{new: 6, bad: 2, correct: 5, again: 1, twin: 1, imported: 4},
    **{decide: 3, stop: 1, reword: 1, photo: 1, enrol: 1},
}
"""What happens, and how often."""


@dataclass(frozen=True)
class Kept:
    """What is left of a history once the collector has stopped: the folder, and a receipt of its end."""

    home: Path
    receipt: Path

    def witnesses(self, home: Path | None = None) -> list[Witness]:
        """What the phone's receipt says."""
        found, unusable = gather(home or self.home, [self.receipt])
        assert not unusable
        return found


def play(folder: Path, seed: int, acts: int = 14, with_forged: bool = False) -> Kept:
    """Live through a history; at its end a phone sends once more, so that its receipt names all of it."""
    pick, home = Random(seed), folder / "home"
    content = small_congress(folder)
    chosen = {**ACTS, forged: 2} if with_forged else ACTS
    with Store.open(home, load_forms(content)) as store:
        made = History(store, content, load_words(content), pick)
        enrol(made)
        new(made)
        imported(made)
        for act in pick.choices([*chosen], [*chosen.values()], k=acts):
            act(made)
        new(made)
        again(made)
    receipt = folder / "receipt.json"
    receipt.write_text(json.dumps(made.receipt), "utf-8")
    return Kept(home, receipt)
