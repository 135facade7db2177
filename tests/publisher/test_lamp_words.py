"""A lamp reads the same on every page: labels, amounts and titles, never our own names."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from ledger.rulebooks import load_rulebook
from ledger.rules.lamps import Lamp
from ledger.words import load_words
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT
from tests.publisher.sample import sample

WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
Sample = tuple[Public, Mapping[str, str]]


@pytest.fixture(scope="module")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("lamps") / "public.db")


LAMPS = [
    Lamp("E1", "warn", "rule.e1.warn", {"percent": 40}),
    Lamp("E2", "warn", "rule.e2.warn", {"day": "2027-01-01", "year": 2026}),
    Lamp("E3", "warn", "rule.e3.sum", {"named": 100, "total": 250_000}),
    Lamp("E5", "warn", "rule.e5.warn", {"flags": ("continuation", "ancillary")}),
    Lamp("funding", "fail", "rule.funding.order", {"less": "received", "more": "spent", "over": 100}),
    Lamp("funding", "unknown", "rule.funding.unknown", {"missing": ("appropriated", "spent")}),
    Lamp("progress", "warn", "rule.progress.fell",
         {"month": "2026-03", "field": "spent", "was": 5, "now": 3}),
    Lamp("stale", "warn", "rule.stale.warn", {"days": 50}),
    Lamp("change", "fail", "rule.change.unapproved", {"what": "site"}),
    Lamp("expert", "warn", "rule.expert.warn", {"step": "acceptance"}),
    Lamp("finding", "warn", "rule.finding.open", {"day": "", "found": "2026-03-01"}),
    Lamp("organ", "warn", "rule.step.no_organ", {"step": "solicitation"}),
    Lamp("order", "fail", "rule.step.early", {"step": "ballot", "before": "deliberation"}),
    Lamp("review", "fail", "rule.review.absent", {"which": "party_review_on"}),
    Lamp("descriptions", "fail", "rule.descriptions.late", {"days": 3, "needed": 10}),
    Lamp("margin", "warn", "rule.margin.small", {"candidates": 11, "seats": 10}),
    Lamp("idea", "fail", "rule.idea.no_reason", {"decision": "deferred"}),
    Lamp("selected", "fail", "rule.selected.recommended"),
    Lamp("rectification", "fail", "rule.rectification.overdue", {"day": "2026-03-01"}),
    Lamp("returned", "fail", "rule.returned.fail", {"over": 2}),
    Lamp("evaluated", "fail", "rule.evaluated.fail", {"n": 0}),
]  # fmt: skip


@pytest.mark.parametrize("lamp", LAMPS, ids=lambda lamp: lamp.why)
def test_a_lamp_is_said_in_words_and_never_in_our_names(congress: Sample, lamp: Lamp) -> None:
    shown = LampWords(congress[0], WORDS, BOOK, "zh").shown(lamp)
    assert not re.search("[A-Za-z_]{2}", "".join(shown[key] for key in ("name", "state", "why", "basis")))
    assert LampWords(congress[0], WORDS, BOOK, "en").shown(lamp)["why"]


def test_amounts_labels_and_records_stand_in_a_lamp_as_people_say_them(congress: Sample) -> None:
    public, codes = congress
    said = LampWords(public, WORDS, BOOK, "zh")
    assert said.reason(LAMPS[2]) == "来源合计 1.00\u00a0元，和总投资 2,500.00\u00a0元 对不上"
    assert said.reason(LAMPS[3]) == "属于续建项目、配套辅助项目，一般不宜列入"
    assert said.reason(LAMPS[6]) == "2026-03 的已支付资金从 0.05\u00a0元 减到 0.03\u00a0元，没有更正说明"
    idea = codes["project_idea/2026-01"]
    assert idea not in said.reason(Lamp("merge", "fail", "rule.merge.nowhere", {"idea": idea}))


def test_a_rule_names_its_article_or_says_that_none_was_found(congress: Sample) -> None:
    said = LampWords(congress[0], WORDS, BOOK, "zh")
    assert said.basis(LAMPS[17]) == "地方组织法第五十九条"
    assert said.basis(LAMPS[14]) == "青溪区民生实事项目人大代表票决制办法（虚构）第九条"
    assert "没有查到条文" in said.basis(LAMPS[7]) and "没有查到条文" in said.basis(
        Lamp("E4", "pass", "rule.e4.pass")
    )
    assert said.basis(LAMPS[19]).startswith("选举法第四十四条（条文没有直接规定")
    assert "没有查到条文" in said.basis(
        LAMPS[8]
    )  # another site always needs approval: no article of the district
    assert "第十八条" in said.basis(Lamp("change", "pass", "rule.change.within"))
