"""Every reason a rule gives is a message in content/words."""

from __future__ import annotations

import re

from ledger.words import load_words
from tests.ledger.samples import ROOT


def test_every_reason_of_a_rule_is_a_message_and_every_message_a_reason() -> None:
    modules = sorted((ROOT / "ledger/rules").rglob("*.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in modules)
    given = set(re.findall(r'"(rule\.[a-z_.0-9]+)"', text))
    for stem, pair in re.findall(r"f\"(rule\.[a-z_.0-9]+)\.\{('[a-z_]+' if \w+ else '[a-z_]+')\}", text):
        given |= {f"{stem}.{word}" for word in re.findall("'([a-z_]+)'", pair)}
    said = {key for key in load_words(ROOT / "content").messages if key.startswith("rule.")}
    stems = set(
        re.findall(r'f"(rule\.[a-z_.0-9]+)\.\{state\}"', text)
    )  # what a lamp says for each of its states
    of_states = {key for key in said if key.rpartition(".")[0] in stems}
    assert stems == {key.rpartition(".")[0] for key in of_states}
    assert given - said == set()
    assert {key for key in said - given - of_states if not key.startswith("rule.state.")} == set()
