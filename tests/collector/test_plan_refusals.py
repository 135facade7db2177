"""Activities, plans, meetings, terms and councils that cannot be: one line each, over a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.imports import import_path
from ledger.filing import OfficeRecord
from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.agreements import under
from ledger.store import Store
from ledger.strict_yaml import read_yaml
from ledger.words import load_words

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
FORMS, WORDS = load_forms(CONTENT), load_words(CONTENT)
CASES = read_yaml(ROOT / "tests" / "cases" / "refused_plans.yaml").value
KINDS = (
    "activity", "annual_plan", "plan_amendment", "open_meeting", "observer_seat", "term_transition",
    "street_council", "street_meeting",
)  # fmt: skip
ASKED = ("grid", "organ", "deputy", "project_idea", "project_cycle", "project_candidate", "ballot")
"""What they refer to."""

Problems = list[tuple[str, str]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample's records of these kinds, all of them accepted."""
    folder = tmp_path_factory.mktemp("plans")
    for kind in (*ASKED, *KINDS):
        (folder / "records" / kind).mkdir(parents=True)
        for path in (CONTENT / "records" / kind).glob("*.yaml"):
            (folder / "records" / kind / path.name).write_bytes(path.read_bytes())
    rules = under(load_rulebook(CONTENT, "qingxi"))
    with Store.open(folder / "home", FORMS, rules=rules) as store:
        assert set(import_path(store, FORMS, folder / "records").counts) == {"accepted"}
        yield store


def filed(store: Store, kind: str, answers: dict[str, Any], name: str) -> tuple[str, Problems]:
    """What became of a record, and what is said of it."""
    (outcome,) = store.office_append([OfficeRecord(kind, answers, ("records", kind, name))])
    return outcome.state, [(each.pointer, _said(each)) for each in outcome.problems]


def _said(each: Any) -> str:
    return WORDS.say(each.key, "zh", **each.params)


def changed(case: dict[str, Any]) -> dict[str, Any]:
    """A sample's answers as a case has them."""
    answers = dict(read_record(CONTENT / "records" / case["kind"] / f"{case['of']}.yaml").answers)
    answers |= case.get("with", {})
    return {name: value for name, value in answers.items() if name not in case.get("without", ())}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}-{case['at']}")
def test_what_cannot_be_is_kept_aside_with_one_line_that_says_what_to_do(
    store: Store, case: dict[str, Any]
) -> None:
    state, problems = filed(store, case["kind"], changed(case), f"case-{CASES.index(case)}")
    if case["at"] is None:
        assert (state, problems) == ("accepted", [])
        return
    assert state == "quarantined", problems
    assert any(at == case["at"] and case["says"] in say for at, say in problems), problems
    assert len(problems) == 1 or case.get("more"), problems


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_sample_and_three_refusals_at_least(kind: str) -> None:
    assert list((CONTENT / "records" / kind).glob("*.yaml"))
    assert sum(case["kind"] == kind and case["at"] is not None for case in CASES) >= 3


def test_an_activity_without_authority_is_not_approved_and_one_with_it_is(store: Store) -> None:
    for name, state in (("2026-10-road-duty", "quarantined"), ("2026-08-parking", "accepted")):
        kept = current(store, "activity", name)
        answers = {
            "record": kept.code,
            "entry": kept.digest,
            "form": FORMS["activity"].version,
            "decision": "approve",
        }
        became, problems = filed(store, "approval", answers, f"of-{name}")
        assert became == state, problems
        if state == "quarantined":
            assert problems == [
                ("/decision", f"活动 {kept.code} 没有写明法律依据，不能批准。请退回，补上哪部法律第几条。")
            ]
    kept = current(store, "activity", "2026-10-road-duty")
    sent_back = {
        "record": kept.code, "entry": kept.digest, "form": FORMS["activity"].version,
        "decision": "send_back", "reason": "没有法律依据",
    }  # fmt: skip
    assert filed(store, "approval", sent_back, "sent-back") == ("accepted", [])


def current(store: Store, kind: str, name: str) -> Any:
    """A record as it stands, by the office's own name."""
    from ledger.store import open_ledger

    with open_ledger(store.home) as ledger:
        code = ledger.resolve(kind, name)
        return next(each for each in ledger.records(kind) if each.code == code)


def test_no_more_seats_are_given_than_there_are(store: Store) -> None:
    seat = dict(read_record(CONTENT / "records" / "observer_seat" / "2026-12-sc-1.yaml").answers)
    given = [filed(store, "observer_seat", seat, f"seat-{n}") for n in range(12)]
    assert [state for state, _ in given] == ["accepted"] * 10 + ["quarantined"] * 2
    assert given[-1][1][0][0] == "/granted" and "12 个旁听席位已经给完" in given[-1][1][0][1]


def test_a_later_amendment_may_change_what_an_earlier_one_added(store: Store) -> None:
    answers = changed({"kind": "plan_amendment", "of": "qingxi-2026-september"})
    dropped = {**answers, "decided_on": "2026-09-09", "changes": [{"item": "8", "change": "dropped"}]}
    assert filed(store, "plan_amendment", dropped, "later") == ("accepted", [])
    early = {**dropped, "decided_on": "2026-05-17"}
    state, problems = filed(store, "plan_amendment", early, "early")
    assert state == "quarantined" and "计划里没有第 8 项" in problems[0][1]
