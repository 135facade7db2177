"""Erasing at the office's word: which answers of which record, what else held them, and what still does."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ledger import blobs, erasure, forgetting, traces
from ledger.backup import BACKUP_DAYS
from ledger.congress import Congress
from ledger.drafts import FILE, Drafts
from ledger.forms import Form
from ledger.registry import Refused
from ledger.store import Ledger, OfficeRecord, Store, StoreFault, now_ms, open_ledger
from ledger.why import NAME as WHY

if TYPE_CHECKING:
    from collector.state import Collector
    from ledger.reader import Kept

log = logging.getLogger("mingbai.collector")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


@dataclass(frozen=True)
class Target:
    """What is to be erased: of a record in all its versions, or of one version; and what holds it now."""

    code: str | None
    entry: str | None
    kind: str
    positions: tuple[int, ...]
    ids: frozenset[str]
    fields: tuple[str, ...]
    there: frozenset[str]
    photos: frozenset[str]

    @property
    def answers(self) -> dict[str, Any]:
        """It in the words of an erasure."""
        named = {"record": self.code, "entry": self.entry}
        return {**{name: value for name, value in named.items() if value}, "fields": list(self.fields)}


def erase(
    store: Store,
    congress: Congress,
    what: str,
    fields: Sequence[str],
    reason: str,
    note: str | None = None,
    version: str | None = None,
    all_photos: bool = False,
) -> dict[str, Any]:
    """Erase, and say what was done and where else to look. Done already: nothing more is done."""
    if erasure.KIND not in store.current:
        raise Refused("office.no_erasure_form")
    with open_ledger(store.home) as ledger:
        target = _target(store, ledger, what, fields, version, all_photos)
        before = ledger.photos()
    if not target.there:
        return {**_again(store, target), **_still(store, congress, target)}
    answers = {**target.answers, "reason": reason, **({"explanation": note} if note else {})}
    outcome = store.office_append([OfficeRecord(erasure.KIND, answers)])[0]
    if outcome.state != "accepted":
        return {"problems": [[each.key, dict(each.params)] for each in outcome.problems]}
    cleared = traces.clear(store)
    with open_ledger(store.home) as ledger:
        here = ledger.photos()
    return {
        "state": "accepted",
        "code": outcome.code,
        "photos": len((before.keys() - here.keys()) & target.photos),
        "photos_kept": len(target.photos & here.keys()),
        "drafts": forget_drafts(store.home, {*target.ids, *([target.code] if target.code else [])}),
        "cleared": cleared,
        **_still(store, congress, target),
    }


def again(store: Store) -> dict[str, Any]:
    """Do every erasure of the ledger once more, for one that was killed on its way."""

    def replayed(store: Store) -> int:
        texts = erasure.replay(store.db)
        store.tail.gone += texts
        return len(texts)

    number = store.do(replayed).result()
    return {"number": number, "cleared": traces.clear(store)}


def forget(c: Collector) -> None:
    """Erase what was to be kept for a time only; for the server to do when it starts and once a day."""
    try:
        forgetting.run(c.store, now_ms(), c.congress.timezone)
    except (StoreFault, Refused) as fault:
        log.error("what was to be erased by now is still here: %s", fault)


def forget_drafts(home: Path, names: set[str]) -> int:
    """Drop the copies of drafts that are about these records; how many. No trace of older ones is left."""
    if not (home / FILE).exists():
        return 0
    drafts = Drafts(home)
    try:
        return drafts.drop_about(names)
    finally:
        drafts.close()


def _target(
    store: Store, ledger: Ledger, what: str, fields: Sequence[str], version: str | None, all_photos: bool
) -> Target:
    what = what.strip()
    code, entry = (None, what.lower()) if _ID(what.lower()) else (what.upper(), version)
    if code is None and (kept := ledger.version(entry or "")):
        code, entry = kept.code, None if kept.code else kept.digest
    positions = ledger.gone.covered(erasure.Erasure(frozenset(), code, entry))
    if not positions:
        raise Refused("office.no_such_record", code=what)
    entries = ledger.at(positions)
    kind = entries[-1].kind
    names = _names(store.forms.values(), store.current.get(kind), kind, fields, all_photos)
    said = {name: value for each in entries for name, value in ledger.answers(each.position).items()}
    gone = {name for each in entries for name in ledger.gone.fields(each.position)}
    texts = [text for each in entries for text in ledger.disclosures(each.position)]
    why = {WHY} if any(f'","{WHY}",' in text for text in texts) else set()
    there = set(names) & (said.keys() | why)
    unknown = [name for name in names if name not in there | gone]
    if unknown or not names:
        known = "、".join(sorted(said)) or "-"
        raise Refused("office.erase_no_field", code=what, name=(unknown or ["photos"])[0], names=known)
    return Target(
        code, entry, kind, tuple(positions), frozenset(each.id for each in entries), tuple(names),
        frozenset(there), _photos(ledger, entries, names),
    )  # fmt: skip


def _names(
    versions: Iterable[Form], today: Form | None, kind: str, fields: Sequence[str], all_photos: bool
) -> list[str]:
    """Fields by their names; one may also be called by its Chinese or English label."""
    asked = (today.fields if today else {}).values()
    labels = {text: each.name for each in asked for text in each.label.values()}
    names = [labels.get(name, name) for name in fields]
    if all_photos:
        names += blobs.photo_fields(versions).get(kind, [])
    return list(dict.fromkeys(names))


def _photos(ledger: Ledger, entries: Sequence[Kept], names: Sequence[str]) -> frozenset[str]:
    return frozenset(
        digest for each in entries for digest in blobs.named(names, ledger.answers(each.position))
    )


def _again(store: Store, target: Target) -> dict[str, Any]:
    """The erasure by which all of it is gone already."""
    with open_ledger(store.home) as ledger:
        by = max(by for each in target.positions for by in ledger.gone.fields(each).values())
        (code,) = [each.code for each in ledger.at([by])]
    return {"state": "replayed", "code": code, "cleared": traces.clear(store)}


def _still(store: Store, congress: Congress, target: Target) -> dict[str, Any]:
    """What still holds it, so that it can be told."""
    today = datetime.fromtimestamp(now_ms() / 1000, ZoneInfo(congress.timezone)).date()
    with open_ledger(store.home) as ledger:
        sources = ledger.imported(target.code) if target.code else []
    form = store.current.get(target.kind)
    labels = {name: asked.label for name, asked in form.fields.items()} if form else {}
    return {
        "record": target.code or target.entry,
        "fields": [labels.get(name, {"zh": name, "en": name}) for name in target.fields],
        "versions": len(target.positions),
        "day": (today + timedelta(BACKUP_DAYS)).isoformat(),
        "sources": sources,
        "home": str(store.home),
    }


def told(done: dict[str, Any], lang: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was done and what is left to do, as messages."""
    if "number" in done:
        yield "office.erase_again", {"number": done["number"]}
    else:
        key = "office.erased" if done["state"] == "accepted" else "office.erased_already"
        fields = ("、" if lang == "zh" else ", ").join(label[lang] for label in done["fields"])
        yield key, {**{name: done[name] for name in ("record", "versions", "code")}, "fields": fields}
        if done.get("photos") or done.get("photos_kept"):
            yield "office.erased_photos", {"number": done["photos"], "kept": done["photos_kept"]}
        if done.get("drafts"):
            yield "office.erased_drafts", {"number": done["drafts"]}
    if not done["cleared"]:
        yield "office.erased_waiting", {}
    if "number" not in done:
        yield "office.erased_still", {"day": done["day"]}
        for source in done["sources"]:
            yield "office.erased_imported", {"source": source}
        yield "office.erased_check", {"home": done["home"]}
