"""Records that a person has to read before they, or some of their answers, may be public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.cases import local_day, remembering, resolved
from collector.work_item import Shown, fact, joined
from ledger import blobs
from ledger.approvals import GATES, KEYS, KIND, Approvals, policy_of
from ledger.cel import withheld
from ledger.forms import Form, Gate
from ledger.policy import stricter
from ledger.rules.suggestion.case import Case
from ledger.store import Ledger, Record

STAGE = "awaiting_approval"
COUNT = "tally_count"
UNREAD = ("never", "counted")
"""Answers that never leave are not for reading here either."""


@dataclass(frozen=True)
class Version:
    """The current version of a record, as far as it takes to read it and to approve it."""

    kind: str
    code: str
    digest: str
    form: str
    position: int
    role: str
    answers: Mapping[str, Any]
    filed_on: str
    by: str


@dataclass
class Awaiting:
    """What waits, brought up to date by `update`; `waiting` tells it to one role."""

    timezone: str = "Asia/Shanghai"
    position: int = 0
    _read_as: tuple[str, ...] = ()
    _versions: dict[str, Version] = field(default_factory=dict)
    _words: dict[str, Version] = field(default_factory=dict)
    _approvals: Approvals = field(default_factory=lambda: Approvals({}, {}))
    _seen: dict[str, str] = field(default_factory=dict)
    _here: Mapping[str, blobs.Blob] = field(default_factory=dict)

    def update(self, ledger: Ledger, forms: Mapping[str, Form], wordings: Mapping[str, Form]) -> None:
        """Read what has come since. `forms` are those in force, `wordings` every one there ever was."""
        gone = str(ledger.gone.last())  # what was erased must not live on here
        read_as = (ledger.ledger_id, ledger.epoch, gone, *(form.version for form in forms.values()))
        if read_as != self._read_as or ledger.position < self.position:
            self._versions, self._words, self._seen, self.position, self._read_as = {}, {}, {}, 0, read_as
        self._here = ledger.photos()
        if KIND not in forms or ledger.position == self.position:
            return
        known = remembering(ledger.resolve)

        def version(record: Record) -> Version:
            fields = forms[record.kind].fields
            said = {name: resolved(fields.get(name), each, known) for name, each in record.answers.items()}
            return Version(
                record.kind, record.code, record.digest, record.form, record.position, record.role,
                said, local_day(record.received_at, self.timezone), _by(record, ledger),
            )  # fmt: skip

        for kind in (form.kind for form in forms.values() if form.kind != KIND and asks_approval(form)):
            self._versions |= {each.code: version(each) for each in ledger.records(kind, self.position)}
        for each in ledger.records(KIND, self.position):
            self._words[each.code] = version(each)
            self._seen[str(each.answers.get("entry"))] = each.received_at
        self._approvals = Approvals.read(self._words.values(), wordings)
        self.position = ledger.position

    def waiting(
        self, role: str, forms: Mapping[str, Form], wordings: Mapping[str, Form], cases: Mapping[str, Case]
    ) -> Iterator[Version]:
        """What waits for this role's word, the oldest first."""
        for each in sorted(self._versions.values(), key=lambda each: each.position):
            today = forms[each.kind]
            filed = wordings.get(each.form, today)
            gate = min(today.gate, filed.gate, key=GATES.index)
            if gate == "none" and not reviewed(each, today, filed):
                continue
            if not any(role in key for key in KEYS[gate]) or self._is_blind(each):
                continue
            photos = self._photos(each, today, gate)
            if any(photo is None for photo in photos):
                continue  # nobody is asked about what has not arrived
            unseen = any(photo.received_at > self._seen.get(each.digest, "") for photo in photos if photo)
            agreed = self._is_told(each, role, today, wordings) or self._approvals.hold(each, gate, today)
            if self._is_refused(each) or (agreed and not unseen):
                continue
            if not _stays_in(each, today, forms, cases):
                yield each

    def _is_told(self, version: Version, role: str, today: Form, wordings: Mapping[str, Form]) -> bool:
        """Whether this role has agreed already and another key is missing."""
        words = self._approvals.words.get(version.digest, {})
        named = wordings.get(words[role][1]) if role in words else None
        return named is not None and policy_of(named) == policy_of(today)

    def _is_refused(self, version: Version) -> bool:
        """Whether it was sent back."""
        words = self._approvals.words.get(version.digest, {})
        return any(decision != "approve" for decision, _ in words.values())

    def _photos(self, version: Version, today: Form, gate: Gate) -> list[blobs.Blob | None]:
        """The photos that may leave once somebody has looked at them; None for each that is not there."""
        asked = [each for each in today.fields.values() if each.type == "photos" and each.has_column]
        names = [each.name for each in asked if each.publish == "reviewed" or gate != "none"]
        return [self._here.get(digest) for digest in blobs.named(names, version.answers)]

    def _is_blind(self, version: Version) -> bool:
        """A teller's count that nobody may read before a second teller has filed one of the same ballot."""
        if version.kind != COUNT:
            return False
        ballot = version.answers.get("ballot")
        tellers = {
            each.by
            for each in self._versions.values()
            if each.kind == COUNT and each.answers.get("ballot") == ballot
        }
        return len(tellers) < 2


def _by(record: Record, ledger: Ledger) -> str:
    """Whose it is. The office files for many, so that each of its records stands for itself."""
    first = ledger.filed_by(record.code)
    return record.code if first is None or first.is_office else first.pair


def asks_approval(form: Form) -> bool:
    """Whether somebody has to read a record of this kind before it, or a part of it, is public."""
    return form.gate != "none" or any(each.publish == "reviewed" for each in form.fields.values())


def reviewed(version: Version, today: Form, filed: Form) -> list[str]:
    """The answers that are public only once a person has read them."""
    return [
        name
        for name, asked in today.fields.items()
        if name in version.answers
        and name in filed.fields
        and stricter(asked.publish, filed.fields[name].publish) == "reviewed"
    ]


def _stays_in(version: Version, today: Form, forms: Mapping[str, Form], cases: Mapping[str, Case]) -> bool:
    """Whether it would not be public in any case: withheld itself, or with the suggestion it is about."""
    if withheld(today.publish_when, version.answers, today):
        return True
    case = cases.get(str(version.answers.get(today.withheld_with or "")))
    about = forms.get("suggestion")
    return case is not None and about is not None and withheld(about.publish_when, case.suggestion, about)


def approval_item(version: Version, shown: Shown) -> dict[str, Any]:
    """A record to be read, as an entry of the list: what it says, and the approval to be filed."""
    form, approval = shown.forms[version.kind], shown.forms[KIND]
    answers = {"record": version.code, "entry": version.digest, "form": form.version}
    read = {
        name: shown.value(version.kind, name, said)
        for name, said in version.answers.items()
        if name in form.fields and form.fields[name].publish not in UNREAD
    }
    title = {
        lang: form.title({name: said[lang] for name, said in read.items()}) or version.code
        for lang in ("zh", "en")
    }
    named = form.label["zh"] in title["zh"]
    return {
        "code": version.code,
        "kind": version.kind,
        "title": title if named else shown.both("work.title.approval", label=form.label, title=title),
        "stage": STAGE,
        "said": shown.both("work.said.approval"),
        "track": None,
        "due": None,
        "days": None,
        "clock": None,
        "must": True,
        "steps": [
            {
                "kind": KIND,
                "label": dict(approval.label),
                "why": shown.both("work.next.approve"),
                "must": True,
                "answers": answers,
                "replaces": None,
            }
        ],
        "facts": list(_facts(version, form, shown)),
        "timeline": [
            {
                "on": version.filed_on,
                "said": dict(form.label),
                "kind": version.kind,
                "code": version.code,
            }
        ],
    }


def _facts(version: Version, form: Form, shown: Shown) -> Iterator[dict[str, Any]]:
    """All that may ever leave, as it was answered; what is never published is not for reading here."""
    for name, asked in form.fields.items():
        if name not in version.answers or asked.publish in UNREAD:
            continue
        said = version.answers[name]
        if not asked.each:
            photos = {"photos": list(said)} if asked.type == "photos" else {}
            answer = fact(asked.label, shown.value(version.kind, name, said))
            yield {**answer, "publish": asked.publish, **photos}
            continue
        for n, row in enumerate(said, 1):
            parts = [(asked.each[part], row[part]) for part in row if part in asked.each]
            told = [
                shown.both("work.event.told", label=part.label, told=shown.read(part, each))
                for part, each in parts
            ]
            label = {lang: f"{text} {n}" for lang, text in asked.label.items()}
            yield {**fact(label, joined(told)), "publish": asked.publish}
