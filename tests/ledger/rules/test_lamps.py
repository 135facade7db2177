"""Every reason a rule gives is a message in content/words."""

from __future__ import annotations

import re

from ledger.words import load_words
from tests.ledger.samples import ROOT

MODULES = (
    *(f"project/{name}" for name in ("livelihood", "supervision", "cycle", "ideas")),
    *("activity/haves", "plan/standing", "meeting/notice", "term/seats", "term/structure", "street/council"),
)


def test_every_reason_of_a_rule_is_a_message_and_every_message_a_reason() -> None:
    text = "".join((ROOT / f"ledger/rules/{name}.py").read_text(encoding="utf-8") for name in MODULES)
    given = set(re.findall(r'"(rule\.[a-z_.0-9]+)"', text))
    for stem, pair in re.findall(r"f\"(rule\.[a-z_.0-9]+)\.\{('[a-z_]+' if \w+ else '[a-z_]+')\}", text):
        given |= {f"{stem}.{word}" for word in re.findall("'([a-z_]+)'", pair)}
    said = {key for key in load_words(ROOT / "content").messages if key.startswith("rule.")}
    assert given - said == set()
    assert {key for key in said - given if not key.startswith("rule.state.")} == set()
