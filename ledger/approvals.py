"""Which records a person has agreed to publish: signed approvals that name one version and one policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ledger.forms import Field, Form, Gate

KIND = "approval"
ROLES = ("clerk", "presidium")
KEYS: Mapping[Gate, tuple[tuple[str, ...], ...]] = {
    "none": (("clerk",),),  # for fields that say `reviewed`
    "review": (("clerk",),),
    "two_keys": (("clerk",), ("presidium",)),
}
"""For each gate, the keys it needs: one of the roles named, for each."""

GATES: tuple[Gate, ...] = ("two_keys", "review", "none")
"""From strict to open."""


class Version(Protocol):
    """One version of a record, as far as an approval looks at it."""

    @property
    def answers(self) -> Mapping[str, Any]: ...
    @property
    def position(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True)
class Approvals:
    """The last word of each role on each version of a record."""

    words: Mapping[str, Mapping[str, tuple[str, str]]]
    forms: Mapping[str, Form]

    @classmethod
    def read(cls, records: Iterable[Version], forms: Mapping[str, Form]) -> Approvals:
        """`forms` by version: every wording the ledger ever used."""
        words: dict[str, dict[str, tuple[str, str]]] = {}
        for record in sorted(records, key=lambda each: each.position):
            answers = record.answers
            if record.role in ROLES and {"entry", "form", "decision"} <= answers.keys():
                words.setdefault(answers["entry"], {})[record.role] = (answers["decision"], answers["form"])
        return cls(words, forms)

    def hold(self, record: Version, gate: Gate, today: Form) -> bool:
        """Whether every key this gate needs was given for exactly this version, under today's policy."""
        words = self.words.get(record.digest, {})
        if any(decision != "approve" for decision, _ in words.values()):
            return False
        return all(any(self._counts(words.get(role), today) for role in key) for key in KEYS[gate])

    def _counts(self, word: tuple[str, str] | None, today: Form) -> bool:
        named = self.forms.get(word[1]) if word else None
        return named is not None and named.kind == today.kind and policy_of(named) == policy_of(today)


def policy_of(form: Form) -> tuple[object, ...]:
    """All a form says about what leaves: a changed label does not void an approval, a changed policy does."""
    return (
        form.gate,
        form.author,
        form.proof,
        form.publish_when,
        form.withheld_with,
        form.keep_when_withheld,
        tuple(_field_policy(each) for each in form.fields.values()),
    )


def _field_policy(field: Field) -> tuple[object, ...]:
    return (
        field.name,
        field.publish,
        field.publish_when,
        tuple(_field_policy(each) for each in field.each.values()),
    )
