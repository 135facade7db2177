"""A record of contact that does not agree with what is kept is told in one line; one that does passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.agreement import Kept, Writer
from ledger.filing import OfficeRecord
from ledger.forms import load_forms
from ledger.rules import agreements
from ledger.rules.contact.agreement import AGREEMENTS, ASKED
from ledger.store import Store
from ledger.strict_yaml import read_yaml
from ledger.words import load_words
from tests.ledger.samples import ROOT

WORDS = load_words(ROOT / "content")
CLERK = Writer(None, "clerk", "pair")
LINK = {"link_kind": "sc_to_deputy", "who": "qin", "target_deputy": "lin", "valid_from": "2026-01-01"}
ASSIGNED = {"deputy": "lin", "grid": "liuhe-03", "assigned_on": "2026-03-03"}
CHECK = {
    "frame": ["lin", "qin", "he"],
    "seed": "0417 2231 0866",
    "sample_size": 1,
    "drawn": [{"number": 3, "deputy": "he", "verdict": "passed"}],
}
LINKED = {
    "levels": ["township", "county"],
    "issues": [{"number": 1, "owner_level": "county"}],
    "escalations": [{"issue": 1, "from_level": "township", "to_level": "county"}],
}


class Others:
    """What is kept: deputies and grids under two names each, and the records given."""

    def __init__(self, **records: Sequence[Mapping[str, Any]]) -> None:
        names = {"deputy": ("lin", "qin", "he"), "grid": ("liuhe-03",)}
        self.records = {
            kind: [Kept(f"{kind}-{name}", {}, None, "clerk", "pair", name) for name in some]
            for kind, some in names.items()
        }
        for kind, some in records.items():
            self.records[kind] = [
                Kept(f"{kind}-{n}", each, None, "clerk", "pair") for n, each in enumerate(some)
            ]

    def kept(self, kind: str, ref: str) -> Kept | None:
        return next((each for each in self.records.get(kind, ()) if each.is_named(ref)), None)

    def answers(self, kind: str, ref: str) -> Mapping[str, Any] | None:
        found = self.kept(kind, ref)
        return found.answers if found else None

    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]:
        mine = self.kept("deputy", ref)
        names = {ref, *((mine.code, mine.name) if mine else ())}
        return [each for each in self.records.get(kind, ()) if each.answers[field] in names]


def told(kind: str, new: Mapping[str, Any], **kept: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found = [each for rule in AGREEMENTS[kind] for each in rule(new, Others(**kept), CLERK, None)]
    assert all("\n" not in WORDS.say(each.key, **each.params) for each in found)
    return [(each.pointer, each.key.rpartition(".")[2]) for each in found]


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        ("contact_link", LINK),
        ("grid_assignment", ASSIGNED),
        ("opinion_report", {"opinions": ["YJ-1"]}),
        ("spot_check", CHECK),
        ("linkage_activity", LINKED),
    ],
)
def test_what_agrees_passes(kind: str, new: Mapping[str, Any]) -> None:
    assert told(kind, new) == []


def test_a_pair_is_linked_once_at_a_time_whatever_names_it() -> None:
    again = {**LINK, "who": "deputy-qin", "target_deputy": "deputy-lin", "valid_from": "2026-05-01"}
    assert told("contact_link", again, contact_link=[LINK]) == [("/who", "link_twice")]
    assert told("contact_link", again, contact_link=[{**LINK, "valid_to": "2026-05-01"}]) == []
    assert told("contact_link", {**again, "target_deputy": "he"}, contact_link=[LINK]) == []
    assert told("contact_link", {**again, "link_kind": "chair_reception"}, contact_link=[LINK]) == []


def test_a_deputy_is_assigned_to_a_grid_once_at_a_time() -> None:
    again = {**ASSIGNED, "grid": "grid-liuhe-03", "assigned_on": "2026-06-01"}
    assert told("grid_assignment", again, grid_assignment=[ASSIGNED]) == [("/grid", "assigned_twice")]
    assert told("grid_assignment", again, grid_assignment=[{**ASSIGNED, "ended_on": "2026-05-01"}]) == []
    assert told("grid_assignment", {**again, "deputy": "he"}, grid_assignment=[ASSIGNED]) == []


def test_a_report_out_of_thin_air_is_kept_aside() -> None:
    assert told("opinion_report", {"subject": "养老"}) == [("/visits", "report_sources")]
    assert told("opinion_report", {"visits": [], "opinions": []}) == [("/visits", "report_sources")]


def test_a_draw_that_cannot_be_repeated_is_kept_aside() -> None:
    row = CHECK["drawn"][0]
    picked = {**CHECK, "drawn": [{**row, "number": 1, "deputy": "lin"}]}
    assert told("spot_check", picked) == [("/drawn", "drawn_otherwise")]
    assert told("spot_check", {**CHECK, "seed": "另一串号码"}) == [("/drawn", "drawn_otherwise")]
    named = {**CHECK, "drawn": [{**row, "deputy": "qin"}]}
    assert told("spot_check", named) == [("/drawn/0/deputy", "drawn_misnamed")]
    assert told("spot_check", {**CHECK, "drawn": [{**row, "deputy": "deputy-he"}]}) == []
    twice = {**CHECK, "frame": ["lin", "qin", "deputy-lin"]}
    assert told("spot_check", twice) == [("/frame/2", "frame_twice")]


def test_what_goes_up_goes_up_and_whoever_owns_an_issue_knows() -> None:
    down = {**LINKED, "escalations": [{"issue": 1, "from_level": "county", "to_level": "township"}]}
    assert told("linkage_activity", down) == [("/escalations/0/to_level", "escalated_down")]
    far = {**LINKED, "issues": [{"number": 1, "owner_level": "national"}]}
    assert told("linkage_activity", far) == [("/issues/0/owner_level", "owner_absent")]
    sent = {"issue": 1, "from_level": "county", "to_level": "national"}
    assert told("linkage_activity", {**far, "escalations": [sent]}) == []


def test_the_ledger_asks_these_rules() -> None:
    assert ASKED <= agreements.ASKED
    for kind, rules in AGREEMENTS.items():
        assert agreements.AGREEMENTS[kind] == rules


def test_the_ledger_keeps_aside_what_disagrees_and_takes_in_the_rest(tmp_path: Path) -> None:
    forms, cases = load_forms(ROOT / "content"), read_yaml(ROOT / "tests/cases/contact.yaml").value
    report = {name: value for name, value in cases["opinion_report"]["valid"].items() if name != "visits"}
    check = {**cases["spot_check"]["valid"], "frame": ["he", "fang", "lin"]}
    who = {"levels": ["county"], "term": "区第五届", "constituency": "第一选区", "mandate": "serving"}
    there = [("deputy", name, {"name": f"代表{name}", **who}) for name in ("fang", "he", "lin")]
    there.append(("grid", "liuhe-03", {"name": "柳河村第三网格", "level": "grid"}))
    filed = [
        ("grid_assignment", "a", cases["grid_assignment"]["valid"]),
        ("grid_assignment", "b", {**cases["grid_assignment"]["valid"], "assigned_on": "2026-03-04"}),
        ("spot_check", "right", cases["spot_check"]["valid"]),
        ("spot_check", "misnamed", {**check, "drawn": [{"number": 3, "deputy": "he", "verdict": "passed"}]}),
        ("opinion_report", "thin", report),
    ]
    records = [
        OfficeRecord(kind, answers, ("records", kind, name)) for kind, name, answers in [*there, *filed]
    ]
    with Store.open(tmp_path / "home", forms) as store:
        states = [each.state for each in store.office_append(records)]
    assert states[: len(there)] == ["accepted"] * len(there)
    assert states[len(there) :] == ["accepted", "quarantined", "accepted", "quarantined", "quarantined"]
