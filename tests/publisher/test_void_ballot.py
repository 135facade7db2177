"""A ballot that its scrutineers declared void has no totals, and its page says why it is void."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.forms import load_forms
from ledger.records import check_answers, read_record
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.ballot import page as ballots
from tests.publisher.fake import CONTENT, FakeLedger, published

FORMS = load_forms(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")


def sample(kind: str) -> dict[str, Any]:
    return dict(read_record(CONTENT / "records" / kind / "qingxi-2025.yaml").answers)


def test_a_void_result_is_a_verdict_and_no_doubt(tmp_path: Path) -> None:
    ledger = FakeLedger()
    ballot = ledger.file(FORMS["ballot"], sample("ballot")).code
    whole = {**sample("ballot_result"), "ballot": ballot}
    void = {name: value for name, value in whole.items() if name not in ("counts", "totals")}
    void |= {"declared_void": True, "returned": 144, "valid": 0, "invalid": 144, "blank": 0}
    assert check_answers(FORMS["ballot_result"], void) == []
    ledger.file(FORMS["ballot_result"], void)
    public = published(tmp_path / "public.db", ledger, *FORMS.values())
    row = public.by_code("ballot")[ballot]
    done = ballots.fold(public, row, BOOK)
    assert (done.verdict.outcome, done.doubts, done.totals.options) == ("void", (), ())
    assert "144 returned > 143 issued" in done.verdict.reasons[0]
    assert not ballots.offered(done) and ballots.totals_csv(public, row, BOOK) is None
    for lang in ("zh", "en"):
        page = ballots.page(public, row, BOOK, load_words(CONTENT), lang)
        assert page["chart"] is None and page["csv"] is None and page["verdict"]
