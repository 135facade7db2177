"""A file of what a phone could not send: opened with the office's export key, then judged as a push is.

Whoever carries it can neither read nor change it. What arrives over the network later as well is replayed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector import drafts, sync
from collector.refusal import Refusal
from ledger import keyring
from ledger.drafts import Drafts
from ledger.entries import Incoming, Outcome
from ledger.registry import Device, Refused
from ledger.sealed import MOST, STATEMENT, NotSealed, open_sealed, read_sealed
from ledger.signature import read_spki, verified
from ledger.store import Ledger, Store, now_ms, open_ledger
from ledger.strict_json import read_json, write_json
from ledger.words import Words

SUFFIX = ".mbx"
STATES = ("accepted", "replayed", "branch", "quarantined", "held", "retry", "too_large")
DRAFT_STATES = ("kept", "older", "filed", "refused")


@dataclass(frozen=True)
class Unsent:
    """What a phone wrote into a file, and which phone."""

    device: Device
    made_at: str
    records: Sequence[Any]
    drafts: Sequence[Any]


@dataclass(frozen=True)
class Told:
    """What became of one thing in the file: `key` is its sentence, `problems` the reasons."""

    key: str
    state: str
    params: Mapping[str, object]
    problems: tuple[tuple[str, Mapping[str, object]], ...] = ()

    def lines(self, words: Words, lang: str) -> list[str]:
        """One line for it, and one for each reason."""
        reasons = [f"  {words.say(key, lang, **params)}" for key, params in self.problems]
        return [words.say(self.key, lang, **self.params), *reasons]


@dataclass(frozen=True)
class Report:
    """What became of everything in a file."""

    device: Device
    made_at: str
    records: tuple[Told, ...]
    drafts: tuple[Told, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many records ended as what."""
        return dict(Counter(each.state for each in self.records))

    def text(self, words: Words, lang: str = "zh") -> str:
        """The whole report as lines for a person."""
        said = {"name": self.device.name, "device": self.device.id[:8], "day": self.made_at[:10]}
        lines = [words.say("unsent.from", lang, **said)]
        lines += [line for each in (*self.records, *self.drafts) for line in each.lines(words, lang)]
        counts = {state: self.counts.get(state, 0) for state in STATES}
        left = counts["retry"] + counts["too_large"]
        lines.append(words.say("unsent.summary", lang, read=len(self.records), left=left, **counts))
        if self.drafts:
            kept = sum(each.state == "kept" for each in self.drafts)
            lines.append(words.say("unsent.drafts", lang, read=len(self.drafts), kept=kept))
        if left:
            lines.append(words.say("unsent.keep_file", lang))
        return "\n".join(lines)


@dataclass
class _Here:
    """The ledger and the drafts of one home, as the calls of drafts ask for them."""

    store: Store
    drafts: Drafts

    def ledger(self) -> AbstractContextManager[Ledger]:
        return open_ledger(self.store.home)


def take(store: Store, path: Path, lang: str = "zh") -> Report:
    """Bring in what a phone wrote; Refused where the file is not ours or not whole: then nothing is taken."""
    found = read(store, path)
    here = _Here(store, Drafts(store.home))
    try:
        records = tuple(_records(here, found, lang))
        return Report(found.device, found.made_at, records, tuple(_drafts(here, found)))
    finally:
        here.drafts.close()


def read(store: Store, path: Path) -> Unsent:
    """The content of a file, after all that may be said against the file as a whole."""
    if path.stat().st_size > MOST:
        raise Refused("unsent.too_large", path=path.name, most=MOST >> 20)
    try:
        sealed = read_sealed(path.read_bytes())
        if sealed.ledger != store.ledger_id:
            raise Refused("unsent.other_office", path=path.name)
        key = keyring.opening(store.home, store.keys).get(sealed.key)
        if key is None:
            raise Refused("unsent.other_key", path=path.name, name=sealed.key)
        return _signed(store, open_sealed(sealed, key), path)
    except NotSealed as fault:
        raise Refused(f"unsent.{fault.why}", path=path.name) from None


def _signed(store: Store, content: Any, path: Path) -> Unsent:
    """What was sealed, with the signature of the phone that it says it is of: anybody may seal for us."""
    try:
        statement, signature = content["statement"], content["signature"]
        said = read_json(statement.removeprefix(STATEMENT))
        device = store.devices.get(said["device"])
        if device is None or device.chain != "records" or said["ledger"] != store.ledger_id:
            raise Refused("unsent.no_such_device", path=path.name)
        if not statement.startswith(STATEMENT) or not verified(
            statement.encode(), signature, read_spki(device.key)
        ):
            raise Refused("unsent.other_phone", path=path.name)
        records, kept, made_at = said["records"], said["drafts"], said["made_at"]
        if not (isinstance(records, list) and isinstance(kept, list) and isinstance(made_at, str)):
            raise TypeError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("unsent.damaged", path=path.name) from None
    if device.state == "pending":
        raise Refused("unsent.pending", path=path.name, name=device.name)
    return Unsent(device, made_at, records, kept)


# -- records --


def _records(here: _Here, found: Unsent, lang: str) -> Iterator[Told]:
    """Each record, judged and kept as a push would."""
    pair = {each.chain: each for each in here.store.devices.values() if each.pair == found.device.pair}
    writer = sync.Writer(pair["records"], pair["proof"])
    for start in range(0, len(found.records), sync.MAX_RECORDS):
        lot = found.records[start : start + sync.MAX_RECORDS]
        fits = [raw for raw in lot if len(write_json(raw).encode()) <= sync.MAX_BYTES]
        incoming = [sync.judge(raw, writer, here.store.forms, here.store.ledger_id) for raw in fits]
        outcomes = here.store.append(incoming) if incoming else []
        drafts.forget_filed(here, found.device, outcomes)
        for each, outcome in zip(incoming, outcomes, strict=True):
            yield _told(here.store, each, outcome, lang)
        for _ in range(len(lot) - len(fits)):
            yield Told("unsent.record_too_large", "too_large", {"most": sync.MAX_BYTES >> 10})


def _told(store: Store, incoming: Incoming, outcome: Outcome, lang: str) -> Told:
    form = store.current.get(incoming.kind)
    label = form.label[lang] if form else incoming.kind
    params = {"label": label, "code": outcome.code or outcome.id[:13]}
    problems = tuple((each.key, each.params) for each in outcome.problems)
    return Told(f"unsent.{outcome.state}", outcome.state, params, problems)


# -- drafts --


def _drafts(here: _Here, found: Unsent) -> Iterator[Told]:
    for raw in found.drafts:
        id = raw.get("id") if isinstance(raw, dict) else None
        name = {"id": id[:13] if isinstance(id, str) else "?"}
        try:
            state = _save(here, found.device, id, raw)
        except Refusal as refusal:
            yield Told("unsent.draft_refused", "refused", name, ((refusal.key, refusal.params),))
        else:
            yield Told(f"unsent.draft_{state}", state, name)


def _save(here: _Here, device: Device, id: Any, raw: Any) -> str:
    """Put a draft with its person's others. One of a stopped phone takes the place of none."""
    if not isinstance(id, str):
        raise Refusal(404, "draft.none")
    if device.state == "revoked" and here.drafts.find(device.person, id) is not None:
        return "older"
    state: str = drafts.save(here, device, id, raw, now_ms())["state"]
    return state
