"""One case as a person sees it in their list: a sentence, a deadline with its count, facts, what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from collector.refusal import say_both
from collector.work_look import Look, Who
from collector.work_steps import Next, fitting, steps_for
from ledger.cel import withheld
from ledger.fields import Field, Label
from ledger.forms import Form
from ledger.rules.deadline_words import in_words, moved_in_words
from ledger.rules.suggestion.case import DAYS, Answers, Case, day_of, verdict_of
from ledger.rules.suggestion.clock import Clock
from ledger.rules.suggestion.outcome import contradictions
from ledger.words import Words

_COMMAS = {"zh": "、", "en": ", "}
_SEMICOLONS = {"zh": "；", "en": "; "}
SHORT = 400
"""A text in a timeline is cut here; it stands in full among the facts."""

_OF_THE_SUGGESTION = (
    "body", "topic", "grid", "place", "lead_deputy", "co_signers", "period", "session", "received_on",
    "organ", "organ_as_written", "councillors_as_written", "confidentiality",
)  # fmt: skip
_REASONS = ("attitude", "attitude_reason", "result", "result_reason", "comment")
_TELLING = {
    "admission": "decision",
    "assignment": "organ",
    "reply": "outcome_class",
    "rating": "result",
    "rehandling": "organ",
    "promise": "what",
    "track": "track",
    "extension": "consent",
    "reminder": "organ",
    "key_supervision": "leader_post",
    "leader_undertaking": "leader_post",
    "award": "award_kind",
}
"""The answer that says, in a word, what a record of each kind came to."""


@dataclass(frozen=True)
class Shown:
    """What it takes to show a case: the forms in force, the words, and what organs and people are called."""

    forms: Mapping[str, Form]
    words: Words
    labels: Mapping[str, str]
    ids: Mapping[str, str]
    other: Callable[[str], str | None] = lambda code: None
    """What any other record is called, by its code."""

    def both(self, key: str, **params: object) -> dict[str, str]:
        """A message in both languages."""
        return say_both(self.words, key, params)

    def called(self, code: object) -> str:
        """What an organ, a deputy, a place or another record is called."""
        return self.labels.get(str(code)) or self.other(str(code)) or str(code)

    def field(self, kind: str, name: str) -> Field | None:
        """One question of a form in force."""
        return self.forms[kind].fields.get(name) if kind in self.forms else None

    def value(self, kind: str, name: str, said: Any) -> Label:
        """An answer as one reads it."""
        return self.read(self.field(kind, name), said)

    def read(self, asked: Field | None, said: Any) -> Label:
        """An answer to a question as one reads it."""
        if asked and asked.type == "photos":
            return {"zh": f"{len(said)} 张", "en": str(len(said))}
        if isinstance(said, list | tuple):
            parts = [self.read(asked, each) for each in said]
            return joined(parts, _COMMAS)
        if asked and asked.choices:
            return asked.choices.get(str(said), same(said))
        if isinstance(said, bool):
            return {"zh": "是" if said else "否", "en": "yes" if said else "no"}
        return same(self.called(said) if asked and asked.refers_to else str(said))


def same(text: object) -> Label:
    """What people wrote themselves stands as it is in every language."""
    return {"zh": str(text), "en": str(text)}


def joined(parts: Sequence[Label], between: Mapping[str, str] = _SEMICOLONS) -> Label:
    """Several things said in a row, in each language."""
    return {lang: sign.join(each[lang] for each in parts) for lang, sign in between.items()}


def item(look: Look, who: Who, shown: Shown) -> dict[str, Any]:
    """One entry of a person's list."""
    case = look.case
    reads = may_read(case, look, who, shown.forms)
    own = steps_for(look, who)
    clock = look.clock(who)
    due = clock.deadline.due if clock and clock.deadline else None
    subject = str(case.suggestion.get("subject", case.code))
    title = same(subject) if reads else shown.both("work.title.confidential", code=case.code)
    return {
        "code": case.code,
        "kind": "suggestion",
        "title": title,
        "stage": look.standing.stage,
        "said": _said(look, own, shown),
        "track": look.lane.track if look.lane else None,
        "due": due.isoformat() if due else None,
        "days": (due - look.on).days if due else None,
        "clock": _count(clock, shown) if clock else None,
        "must": any(each.must for each in own),
        "steps": [_step(each, look, who, shown) for each in own if each.kind in shown.forms],
        "facts": list(_facts(look, who, shown)) if reads else [],
        "timeline": list(_timeline(look, reads, shown)),
    }


def may_read(case: Case, look: Look, who: Who, forms: Mapping[str, Form]) -> bool:
    """Whether the text is for this person: of a confidential one, its organs, its signers and the clerk."""
    form = forms.get("suggestion")
    if who.role != "presidium" or form is None:
        return look.concerns(who)
    return not withheld(form.publish_when, dict(case.suggestion), form)


# -- its sentence, its deadline, its steps --


def _said(look: Look, own: Sequence[Next], shown: Shown) -> dict[str, str]:
    """Where it stands, and what comes next: from this person, else from whom it waits."""
    stage = shown.both(f"suggestion.stage.{look.standing.stage}")
    mine = next((each for each in own if each.must), None)
    if mine:
        return shown.both("work.said.mine", stage=stage, why=shown.both(mine.why))
    other = next((each for each in look.steps if each.must), None)
    if other is None:
        return shown.both("work.said.nobody", stage=stage)
    role = shown.both(f"suggestion.role.{other.role}")
    organs = [same(shown.called(each)) for each in other.who] if other.role == "organ" else []
    by = joined(organs, _COMMAS) if organs else role
    return shown.both("work.said.waiting", stage=stage, role=by, why=shown.both(other.why))


def _count(clock: Clock, shown: Shown) -> dict[str, str]:
    """What is due, and how it was counted."""
    assert clock.deadline is not None
    name, why = shown.both(f"clock.{clock.name}"), shown.both(clock.why)
    parts = {lang: in_words(clock.deadline, shown.words, lang) for lang in ("zh", "en")}
    return shown.both("work.clock", name=name, why=why, count=parts)


def _step(each: Next, look: Look, who: Who, shown: Shown) -> dict[str, Any]:
    form = shown.forms[each.kind]
    several = len({one.organ for one in look.handled}) > 1 and each.organ is not None
    why = shown.both(each.why)
    return {
        "kind": each.kind,
        "label": dict(form.label),
        "why": shown.both("work.why_organ", why=why, organ=shown.called(each.organ)) if several else why,
        "must": each.must,
        "answers": fitting(each, form, who),
        "replaces": shown.ids.get(look.case.code) if each.revises else None,
    }


# -- its facts --


def _facts(look: Look, who: Who, shown: Shown) -> Iterator[dict[str, Any]]:
    """All that it takes to act without a signal, the newest words of the organ before the background."""
    yield from _open_contradictions(look, shown)
    for handling in look.handled:
        organ = same(shown.called(handling.organ))
        if handling.rehandling and handling.reply is None:
            yield from _answers("rehandling", handling.rehandling, ("requirement", "opened_on"), shown, organ)
        elif not handling.replies:
            asked = ("requirement", "assigned_on", "co_organs")
            yield from _answers("assignment", handling.assignment, asked, shown, organ)
        if handling.replies:
            said = ("body", "outcome_class", "promised_for", "replied_on")
            yield from _answers("reply", handling.replies[-1], said, shown, organ)
        if who.role == "clerk":
            for rating in handling.ratings or _sent_back(look, handling.rehandling):
                for name in _REASONS:
                    yield from _answers("rating", rating, (name,), shown, shown.forms["rating"].label)
    for promise in look.promises:
        state = shown.both(f"suggestion.promise.{promise.state}")
        if promise.code != promise.reply:
            told = shown.both("work.fact.promised", what=promise.what, due=promise.due_on, state=state)
            yield fact(shown.both("work.fact.promise"), told)
    for move in look.moves:
        if any(move.is_of(each) for each in look.running):
            told = {lang: moved_in_words(move, shown.words, lang) for lang in ("zh", "en")}
            yield fact(shown.both("clock.moved"), told)
    for lamp in look.lamps:
        yield fact(shown.both("work.fact.track"), shown.both(lamp.why, **lamp.params))
    yield from _filed_by(look, shown)
    yield from _answers("suggestion", look.case.suggestion, _OF_THE_SUGGESTION, shown)
    yield from _contact(look, who, shown)


def _filed_by(look: Look, shown: Shown) -> Iterator[dict[str, Any]]:
    """Who leads it by having filed it on their own phone is asked for no name there."""
    asked, author = shown.field("suggestion", "lead_deputy"), look.case.suggestion.get("author")
    if asked and author and not look.case.suggestion.get("lead_deputy"):
        yield fact(asked.label, same(shown.called(author)))


def _open_contradictions(look: Look, shown: Shown) -> Iterator[dict[str, Any]]:
    for each in contradictions(look.case, look.on):
        if each.settled_on is None:
            found = joined([_found(one.what, one.note, one.verdict, shown) for one in each.found])
            yield fact(shown.both("work.fact.contradiction", day=each.checked_on), found)


def _found(what: str, note: str | None, verdict: str, shown: Shown) -> Label:
    """What was looked at and what was seen, in the looker's own words where there are some."""
    told = same(note) if note else shown.both(f"suggestion.verdict.{verdict}")
    return shown.both("work.event.told", label=what, told=told)


def _sent_back(look: Look, order: Answers | None) -> list[Answers]:
    """The rating that a re-handling answers."""
    wanted = order.get("rating") if order else None
    return [each for each in look.case.until("rating", look.on) if each["code"] == wanted]


def _answers(
    kind: str, record: Answers, names: Sequence[str], shown: Shown, of: Label | None = None
) -> Iterator[dict[str, Any]]:
    """The answers that are there; the first of them says of which organ they are."""
    for name in names:
        asked = shown.field(kind, name)
        if asked is None or name not in record or record[name] == "":
            continue
        label = shown.both("work.fact.of", label=asked.label, organ=of) if of else asked.label
        yield fact(label, shown.value(kind, name, record[name]))
        of = None


def _contact(look: Look, who: Who, shown: Shown) -> Iterator[dict[str, Any]]:
    """只供承办单位联系: for the organ that answers for it and the clerk, and only while it may be kept."""
    asked = shown.field("suggestion", "contact_phone")
    phone = look.case.suggestion.get("contact_phone")
    if not asked or not phone or not (who.role == "clerk" or (who.organ or "") in look.leads):
        return
    days = int((asked.forget_after or "0").split()[0])
    filed = date.fromisoformat(str(look.case.suggestion["filed_on"]))
    if not days or look.on <= filed + timedelta(days):
        yield fact(asked.label, same(phone))


def fact(label: Label, value: Label) -> dict[str, Any]:
    """One thing to know, in both languages."""
    return {"label": dict(label), "value": dict(value)}


# -- what happened --


def _timeline(look: Look, reads: bool, shown: Shown) -> Iterator[dict[str, Any]]:
    """Every record of the case by its day; who may not read a confidential one learns only that it was."""
    case, today = look.case, look.on.isoformat()
    happened = [("suggestion", case.suggestion)]
    for kind, records in case.records.items():
        happened += [(kind, each) for each in records if day_of(kind, each) <= today]
    order = list(DAYS)
    place = {kind: order.index(kind) if kind in order else len(order) for kind, _ in happened}
    for kind, each in sorted(happened, key=lambda one: (day_of(*one), place[one[0]], str(one[1]["code"]))):
        yield {
            "on": day_of(kind, each),
            "said": _event(kind, each, reads, shown),
            "kind": kind,
            "code": str(each["code"]),
        }


def _event(kind: str, record: Answers, reads: bool, shown: Shown) -> dict[str, str]:
    """A record in a few words: its kind, whose it was, and what it came to."""
    form = shown.forms.get(kind)
    label: Label = form.label if form else {"zh": kind, "en": kind}
    if not reads:
        return dict(label)
    name = _TELLING.get(kind, "")
    told: Label | None = shown.value(kind, name, record[name]) if name in record else None
    if kind == "onsite_check":
        told = shown.both(f"suggestion.verdict.{verdict_of(record)}")
    if told is None:
        return dict(label)
    if told["zh"] == label["zh"]:
        return dict(told)
    told = {lang: text if len(text) <= SHORT else text[:SHORT] + "…" for lang, text in told.items()}
    if kind == "reply":
        return shown.both("work.event.by", label=label, who=shown.called(record.get("organ")), told=told)
    return shown.both("work.event.told", label=label, told=told)
