"""What this congress's rulebook keeps aside at filing, beside what is refused everywhere."""

from __future__ import annotations

import logging
from pathlib import Path

from ledger.congress import Congress
from ledger.problems import Problems
from ledger.rulebooks import load_rulebook
from ledger.rules.agreements import AGREEMENTS, Rules, under

log = logging.getLogger("mingbai.collector")


def local_rules(content: Path, congress: Congress, before: Rules = AGREEMENTS) -> Rules:
    """The rules that records must agree with. While the rulebook has a fault they stay as they were before:
    phones go on delivering, and what holds in every congress is still refused."""
    try:
        return under(load_rulebook(content, congress.rulebook))
    except Problems as faults:
        log.error("what the rulebook refuses stays as it was:\n%s", faults)
        return before
