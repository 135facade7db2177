"""Records that a person has to read before they, or some of their answers, may be public."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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

Find = Callable[[str], "blobs.Blob | None"]
"""A photo that is there, by its digest."""


@dataclass(frozen=True, slots=True)
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
    """What waits, brought up to date by `update`; `waiting` tells it to one role.

    Only what somebody may still be asked about is held: of many thousand records nearly all are done with.
    """

    timezone: str = "Asia/Shanghai"
    position: int = 0
    _read_as: tuple[str, ...] = ()
    _open: dict[str, Version] = field(default_factory=dict)
    _words: dict[str, Version] = field(default_factory=dict)
    _approvals: Approvals = field(default_factory=lambda: Approvals({}, {}))
    _seen: dict[str, str] = field(default_factory=dict)
    _here: Mapping[str, blobs.Blob] = field(default_factory=dict)

    def update(self, ledger: Ledger, forms: Mapping[str, Form], wordings: Mapping[str, Form]) -> None:
        """Read what has come since. `forms` are those in force, `wordings` every one there ever was."""
        gone = str(ledger.gone.last())  # what was erased must not live on here
        read_as = (ledger.ledger_id, ledger.epoch, gone, *(form.version for form in forms.values()))
        if read_as != self._read_as or ledger.position < self.position:
            self._begin_anew()
            self._read_as = read_as
        if KIND in forms and ledger.position != self.position:
            if self.position and self._is_about_what_is_done(ledger, forms):
                self._begin_anew()
            self._read(ledger, forms, wordings)
        self._here = {
            digest: photo
            for each in self._open.values()
            for digest in blobs.named(_photo_fields(forms[each.kind]), each.answers)
            if (photo := ledger.photo(digest))
        }

    def _begin_anew(self) -> None:
        self._open, self._words, self._seen, self.position = {}, {}, {}, 0

    def _is_about_what_is_done(self, ledger: Ledger, forms: Mapping[str, Form]) -> bool:
        """Whether a new word is, or was, about a version that was let go: rare, and all is read once more."""
        words = list(ledger.records(KIND, self.position))
        if any(each.replaces and each.code not in self._words for each in words):
            return True
        held = {each.digest for each in self._open.values()}
        said = [each.answers for each in words]
        about = {each["entry"]: each["record"] for each in said if {"entry", "record"} <= each.keys()}
        current = ledger.current(about[entry] for entry in about.keys() - held)
        return any(
            each.digest in about and each.position <= self.position and asks_approval(forms[each.kind])
            for each in current.values()
            if each.kind in forms
        )

    def _read(self, ledger: Ledger, forms: Mapping[str, Form], wordings: Mapping[str, Form]) -> None:
        known = remembering(ledger.resolve)

        def version(record: Record) -> Version:
            fields = forms[record.kind].fields
            said = {name: resolved(fields.get(name), each, known) for name, each in record.answers.items()}
            return Version(
                record.kind, record.code, record.digest, record.form, record.position, record.role,
                said, local_day(record.received_at, self.timezone), _by(record, ledger),
            )  # fmt: skip

        def asks(each: Version) -> bool:
            return self._may_be_asked(each, forms, wordings, ledger.photo)

        for each in ledger.records(KIND, self.position):
            self._words[each.code] = version(each)
            self._seen[str(each.answers.get("entry"))] = each.received_at
        self._approvals = Approvals.read(self._words.values(), wordings)
        for kind in (form.kind for form in forms.values() if form.kind != KIND and asks_approval(form)):
            for record in ledger.records(kind, self.position):
                self._open.pop(record.code, None)
                if asks(new := version(record)):
                    self._open[new.code] = new
        self._open = {code: each for code, each in self._open.items() if asks(each)}
        held = {each.digest for each in self._open.values()}
        self._seen = {digest: seen for digest, seen in self._seen.items() if digest in held}
        self._words = {code: each for code, each in self._words.items() if each.answers.get("entry") in held}
        self.position = ledger.position

    def _may_be_asked(
        self, each: Version, forms: Mapping[str, Form], wordings: Mapping[str, Form], find: Find
    ) -> bool:
        """A count may be read once there are others; a photo may be lost and come again: both stay."""
        photos = _named(each, *_gate(each, forms, wordings))
        return each.kind == COUNT or bool(photos) or not self._is_done(each, forms, wordings, find)

    def _is_done(
        self, each: Version, forms: Mapping[str, Form], wordings: Mapping[str, Form], find: Find
    ) -> bool:
        """Whether nobody is asked about it, until another word comes."""
        today, gate = _gate(each, forms, wordings)
        if self._is_refused(each):
            return True
        if gate == "none" and not reviewed(each, today, wordings.get(each.form, today)):
            return True
        photos = _photos(each, today, gate, find)
        if self._approvals.hold(each, gate, today) and all(photos) and not self._unseen(each, photos):
            return True
        return withheld(today.publish_when, each.answers, today)

    def waiting(
        self, role: str, forms: Mapping[str, Form], wordings: Mapping[str, Form], cases: Mapping[str, Case]
    ) -> Iterator[Version]:
        """What waits for this role's word, the oldest first."""
        for each in sorted(self._open.values(), key=lambda each: each.position):
            today, gate = _gate(each, forms, wordings)
            if not any(role in key for key in KEYS[gate]) or self._is_blind(each):
                continue
            photos = _photos(each, today, gate, self._here.get)
            if not all(photos):
                continue  # nobody is asked about what has not arrived
            if self._is_told(each, role, today, wordings) and not self._unseen(each, photos):
                continue
            if self._is_done(each, forms, wordings, self._here.get):
                continue  # the photos that were missing when it was read have come
            if not _stays_in(each, today, forms, cases):
                yield each

    def _unseen(self, version: Version, photos: Iterable[blobs.Blob | None]) -> bool:
        """Whether a photo came after the last word on a version."""
        seen = self._seen.get(version.digest, "")
        return any(photo.received_at > seen for photo in photos if photo)

    def _is_told(self, version: Version, role: str, today: Form, wordings: Mapping[str, Form]) -> bool:
        """Whether this role has agreed already and another key is missing."""
        words = self._approvals.words.get(version.digest, {})
        named = wordings.get(words[role][1]) if role in words else None
        return named is not None and policy_of(named) == policy_of(today)

    def _is_refused(self, version: Version) -> bool:
        """Whether it was sent back."""
        words = self._approvals.words.get(version.digest, {})
        return any(decision != "approve" for decision, _ in words.values())

    def _is_blind(self, version: Version) -> bool:
        """A teller's count that nobody may read before a second teller has filed one of the same ballot."""
        if version.kind != COUNT:
            return False
        ballot = version.answers.get("ballot")
        tellers = {
            each.by
            for each in self._open.values()
            if each.kind == COUNT and each.answers.get("ballot") == ballot
        }
        return len(tellers) < 2


def _gate(version: Version, forms: Mapping[str, Form], wordings: Mapping[str, Form]) -> tuple[Form, Gate]:
    """The form in force, and the stricter of its gate and that under which the version was filed."""
    today = forms[version.kind]
    filed = wordings.get(version.form, today)
    return today, min(today.gate, filed.gate, key=GATES.index)


def _photo_fields(form: Form) -> list[str]:
    """The fields whose photos may leave."""
    return [each.name for each in form.fields.values() if each.type == "photos" and each.has_column]


def _named(version: Version, today: Form, gate: Gate) -> list[str]:
    """The digests of the photos that may leave once somebody has looked at them."""
    names = [
        name for name in _photo_fields(today) if today.fields[name].publish == "reviewed" or gate != "none"
    ]
    return list(blobs.named(names, version.answers))


def _photos(version: Version, today: Form, gate: Gate, find: Find) -> list[blobs.Blob | None]:
    """These photos; None for each that is not there."""
    return [find(digest) for digest in _named(version, today, gate)]


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
