"""An office of the sample district for tests: a collector over its own content, and phones for its people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

from collector import accounts
from collector.imports import import_path
from collector.office import Office, confirm, invite
from collector.server import application
from collector.state import Collector
from ledger.congress import load_congress
from ledger.forms import Form, load_forms
from ledger.rulebooks import load_rulebook
from ledger.rules.agreements import under
from ledger.store import Store
from ledger.words import load_words
from tests.collector.phone import ROOT, InProcess, Phone

CONTENT = ROOT / "content"
RECORDS = CONTENT / "records"
TODAY = date(2026, 11, 26)
Work = Mapping[str, Any]

FILLED: Mapping[str, Mapping[str, Any]] = {
    "suggestion": {},
    "admission": {"decision": "accepted"},
    "assignment": {"mode": "lead_with_co", "complex": False},
    "assignment_return": {"reason": "道路归交通运输局管，请转给他们。"},
    "extension": {"reason": "要等汛期过了才能开工。"},
    "reply": {"outcome_class": "resolved", "body": "已经全部办好，请代表到现场查看。"},
    "reminder": {},
    "rating": {"attitude": "satisfied", "result": "satisfied"},
    "rehandling": {"requirement": "缺的三盏要补上，亮了才算完。"},
    "promise": {"what": "再装三盏路灯"},
    "onsite_check": {"deputy_present": True, "evidence": "晚上八点到现场数了，十盏都亮。"},
    "withdrawal": {"reason": "事情已经办好，不用再办。", "all_signers_agree": True},
    "track": {"track": "green", "reason": "换灯泡，马上可以办。"},
    "key_supervision": {
        "decided_by": "chairpersons_council",
        "leader_post": "常委会副主任",
        "plan": "每月去看一次。",
    },
    "approval": {"decision": "approve"},
}
"""What a person still has to answer after a button was pressed."""


class House:
    """One running collector. The day is whatever a test says it is."""

    def __init__(
        self, store: Store, portal: BlockingPortal, site: Path, rulebook: str, content: Path
    ) -> None:
        self.on = TODAY
        self.forms: dict[str, Form] = load_forms(CONTENT)
        words, congress = load_words(CONTENT), replace(load_congress(CONTENT), rulebook=rulebook)
        self.collector = Collector(store, words, congress, content, congress.addresses, site, site)
        self.collector.desk.today = lambda timezone: self.on
        self.office = Office(store, words, congress, congress.addresses["collect"])
        self.client = InProcess(application(self.collector), portal)
        self.store = store

    def code(self, kind: str, name: str) -> str:
        """The code of a record that the office calls by a name."""
        with self.collector.ledger() as ledger:
            return str(ledger.resolve(kind, name))

    def names(self, kind: str) -> dict[str, str]:
        """The office's name of each record by its code."""
        with self.collector.ledger() as ledger:
            return {record.code: str(record.name) for record in ledger.records(kind)}

    def phone(self, role: str, who: str = "某人", organ: str | None = None, confirmed: bool = True) -> Phone:
        """Somebody's phone: a deputy by name in the roll, a handler with an organ."""
        code = invite(self.office, "zh", role, who, 3, organ)["code"].replace(" ", "")
        phone = Phone(self.client)
        answer = phone.enrol(code)
        assert answer.status_code == 200, answer.content
        if confirmed:
            digits = accounts.six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger)
            confirm(self.office, "zh", digits)
        return phone

    def work(self, phone: Phone, on: date | None = None) -> Work:
        """A person's list, on a day."""
        self.on = on or self.on
        answer = phone.get("/work")
        assert answer.status_code == 200, answer.content
        work: Work = answer.json()
        assert work["as_of"] == self.on.isoformat()
        return work

    def item(self, phone: Phone, code: str, on: date | None = None) -> Work:
        """One case in a person's list."""
        return next(each for each in self.work(phone, on)["items"] if each["code"] == code)

    def file(self, phone: Phone, step: Work, **more: Any) -> str:
        """Press a step's button, answer the rest, and file it: the code it got."""
        record = phone.record(self.forms[step["kind"]], completed(step, **more), step["replaces"])
        (result,) = phone.results([record])
        assert result["state"] == "accepted", result
        return str(result["code"])


@contextmanager
def open_house(
    home: Path,
    kinds: Sequence[str] = (),
    records: Path = RECORDS,
    rulebook: str = "qingxi",
    content: Path = CONTENT,
) -> Iterator[House]:
    """A house with the sample's records, or with other ones: of some kinds, or all of them.

    Its congress may go by another rulebook, and that may stand in another content folder.
    """
    forms, rules = load_forms(CONTENT), under(load_rulebook(content, rulebook))
    with Store.open(home, forms, rules=rules) as store, start_blocking_portal() as portal:
        for folder in [records / kind for kind in kinds] or [records]:
            report = import_path(store, forms, folder)
            assert not report.set_aside, report.set_aside
        yield House(store, portal, home / "site", rulebook, content)


def completed(step: Work, **more: Any) -> dict[str, Any]:
    """A step's answers with what a person adds to them."""
    answers = {**FILLED[step["kind"]], **step["answers"], **more}
    if step["kind"] == "track" and answers["track"] == "yellow":
        answers.setdefault("due_on", "2099-12-31")
    if step["kind"] == "onsite_check" and "items" not in more:
        rows = answers.get("items") or [{"what": "路灯"}]
        answers["items"] = [{**row, "verdict": "done"} for row in rows]
    return answers
