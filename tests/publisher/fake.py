"""For the tests of the publisher: a ledger in memory, forms in a line, records for a small real ledger."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

from ledger.envelope import disclosure
from ledger.filing import OfficeRecord
from ledger.forms import Form, load_forms, parse_form
from ledger.reader import Record
from ledger.store import Store
from ledger.why import Why
from publisher.inputs import Content, load_content
from publisher.out.extract import Extract, extract
from publisher.out.public_db import Stand, seal, write_public_db
from publisher.reading.public import Public, read_public

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
AS_OF = date(2026, 11, 21)
FEW = ("approval", "deputy", "grid", "station", "takedown", "visit")
NOTE = """\
kind: note
label: {zh: 便条, en: Note}
description: {zh: 一张便条。, en: A note.}
code: BT
written_by: [deputy, clerk]
fields:
  subject: {label: {zh: 标题, en: Subject}, required: true, publish: full}
  inside: {label: {zh: 内部, en: Inside}, publish: never}
page: {title: '{{ subject }}', columns: [subject], sort: subject}
"""


def form(text: str = NOTE, /, **changed: str) -> Form:
    """A form out of its text, some lines put in the place of others: form(inside='…') changes that field."""
    for name, line in changed.items():
        old = next(each for each in text.splitlines() if each.strip().startswith(f"{name}:"))
        text = text.replace(old, line)
    return parse_form(text, "content/forms/note.yaml")


@dataclass
class FakeLedger:
    """What the publisher asks of the ledger, filled by hand: no keys, no disk."""

    wordings: list[Form] = field(default_factory=list)
    versions: dict[str, list[Record]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    ledger_id: str = "fake-ledger"
    epoch: str = "fake-epoch"
    devices: dict[str, Any] = field(default_factory=dict)
    erasures: dict[int, Any] = field(default_factory=dict)

    def ever_aside(self) -> list[Any]:
        """Nothing was ever kept aside here."""
        return []

    @property
    def gone(self) -> Any:
        """And nothing was erased."""
        return SimpleNamespace(accepted=list)

    def mended(self) -> dict[str, str]:
        """And so nothing was mended."""
        return {}

    def file(
        self,
        form: Form,
        answers: Mapping[str, Any],
        *,
        code: str | None = None,
        name: str | None = None,
        role: str = "deputy",
        author: str | None = None,
        received_at: str = "2026-03-02T09:00:00.000Z",
        why: Why | None = None,
    ) -> Record:
        """Accept a record; under a known code it is a correction."""
        if form not in self.wordings:
            self.wordings.append(form)
        position = self.position + 1
        code = code or f"{form.code}-2026-{position:03d}A"
        earlier = self.versions.setdefault(code, [])
        record = Record(
            code=code,
            kind=form.kind,
            name=name,
            answers=dict(answers),
            form=form.version,
            position=position,
            digest=f"digest-{position}",
            received_at=received_at,
            claimed_at=received_at,
            author=author,
            role=role,
            replaces=earlier[-1].id if earlier else None,
            envelope=f'{{"v":1,"id":"id-{position}"}}',
            signature=f"signature-{position}",
            device=f"device-{position}",
            id=f"id-{position}",
            disclosures=tuple(disclosure(key, value) for key, value in answers.items()),
            why=why,
        )
        earlier.append(record)
        if name:
            self.names[form.kind, name] = code
        return record

    def approve(
        self, record: Record, approval: Form, named: Form, role: str = "clerk", decision: str = "approve"
    ) -> None:
        """File a decision about exactly this version, under the wording that the person had before them."""
        answers = {"record": record.code, "entry": record.digest, "form": named.version, "decision": decision}
        self.file(approval, answers, role=role)

    def take_down(self, record: Record, reason: str = "duplicate", **more: Any) -> Record:
        """The office takes a record off the public pages; decision="restore" puts it back."""
        answers = {"record": record.code, "decision": "withdraw", "reason": reason, **more}
        return self.file(load_forms(CONTENT)["takedown"], answers, role="clerk")

    @property
    def position(self) -> int:
        return sum(map(len, self.versions.values()))

    @property
    def chain_head(self) -> str:
        return f"chain-{self.position}"

    def forms(self) -> dict[str, Form]:
        return {form.version: form for form in self.wordings}

    def kinds(self) -> list[str]:
        return sorted({versions[-1].kind for versions in self.versions.values()})

    def records(self, kind: str) -> list[Record]:
        heads = [versions[-1] for versions in self.versions.values()]
        return sorted((head for head in heads if head.kind == kind), key=lambda head: head.position)

    def history(self, code: str) -> list[Record]:
        return list(self.versions[code])

    def photos(self) -> dict[str, Any]:
        return {}

    def resolve(self, kind: str, ref: str) -> str | None:
        code = self.names.get((kind, ref), ref)
        versions = self.versions.get(code)
        return code if versions and versions[-1].kind == kind else None


def extracted(ledger: FakeLedger, *forms: Form, as_of: date = AS_OF) -> Extract:
    """What leaves of a ledger under today's forms."""
    return extract(ledger, {form.kind: form for form in forms}, "Asia/Shanghai", as_of)


def stand(held: int = 0) -> Stand:
    """What a public.db says it was made from."""
    return Stand("release", 1, AS_OF.isoformat(), "content", "code", held, "ledger", "epoch", "chain")


@cache
def shipped() -> Content:
    """content/ as it ships, read once."""
    return load_content(CONTENT)


def published(path: Path, ledger: FakeLedger, *forms: Form) -> Public:
    """A whole way through: ledger, public.db, and back as the pages read it."""
    leaves = extracted(ledger, *forms)
    write_public_db(path, leaves, {form.kind: form for form in forms}, stand(len(leaves.held)))
    seal(path)
    return read_public(path)


def small_congress(folder: Path, *kinds: str) -> Path:
    """A copy of content/ without its records, to change at will; with the forms of these kinds only."""
    shutil.copytree(CONTENT, folder, ignore=shutil.ignore_patterns("records"))
    assert all((folder / f"forms/{kind}.yaml").is_file() for kind in kinds)
    for path in (folder / "forms").iterdir():
        if kinds and path.stem not in kinds:
            path.unlink()
    return folder


@cache
def few() -> Path:
    """Content of few kinds, for tests of what holds for any: it builds in a fourth of the time."""
    folder = Path(mkdtemp(prefix="mingbai-few-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return small_congress(folder / "content", *FEW)


def file_records(home: Path, content: Path, records: Iterable[OfficeRecord]) -> None:
    """File records under the office's key, as an import does."""
    with Store.open(home, load_forms(content)) as store:
        outcomes = store.office_append(list(records))
    assert {outcome.state for outcome in outcomes} <= {"accepted", "replayed"}, outcomes


def grid(name: str, answers: Mapping[str, Any] | None = None) -> OfficeRecord:
    """A grid for others to lie in."""
    return OfficeRecord(
        "grid", {"name": name, "level": "village", **(answers or {})}, ("records", "grid", name)
    )


def visit(name: str, **answers: Any) -> OfficeRecord:
    """A visit with everything it must have."""
    given = {"visited_on": "2026-03-05", "grid": "liuhe", "visit_kind": "spot", "people": 3, **answers}
    return OfficeRecord("visit", given, ("records", "visit", name))
