"""Write the cases that need forms as JSON, for the phone's tests, and envelopes: python -m tests.cases.dump

An envelope that stands in envelopes.json is never made again: whoever signed it, it must open for ever.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ledger.envelope import rfc3339, seal, uuid7
from ledger.forms import parse_form
from ledger.keys import new_key
from ledger.signature import spki
from ledger.strict_yaml import read_yaml

HERE = Path(__file__).parent


def answers() -> dict[str, Any]:
    """The cases of answers.yaml, with each form as the phone receives it."""
    source = read_yaml(HERE / "answers.yaml").value
    forms = {
        name: parse_form(text, f"answers.yaml/{name}").for_phone() for name, text in source["forms"].items()
    }
    return {"forms": forms, "cases": [{"form": "visit", **case} for case in source["cases"]]}


WITH_A_REASON = {
    "people": 4,
    "why_corrected": {"reason": "wrong_fact", "explanation": "当天实到四人。"},
}


def envelopes() -> dict[str, Any]:
    """The vectors of envelopes.json, with one of a correction that says why, under a key of its own."""
    cases: dict[str, Any] = json.loads((HERE / "envelopes.json").read_text("utf-8"))
    if not any(each["answers"] == WITH_A_REASON for each in cases["vectors"]):
        first, key = json.loads(cases["vectors"][0]["envelope"]), new_key()
        fields = {name: first[name] for name in ("ledger", "kind", "form", "device")}
        id, at = uuid7(1_772_413_200_900, os.urandom(10)), rfc3339(1_772_413_200_900)
        envelope, signature, disclosures = seal(
            WITH_A_REASON, key, **fields, id=id, seq=3, prev=None, claimed_at=at, replaces=first["id"]
        )
        vector = {"envelope": envelope.text, "digest": envelope.digest, "signature": signature}
        vector |= {"disclosures": disclosures, "answers": WITH_A_REASON, "spki": spki(key.public_key())}
        cases["vectors"].append(vector)
    return cases


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, indent=1) + "\n"


if __name__ == "__main__":
    (HERE / "answers.json").write_text(as_json(answers()), encoding="ascii")
    kept = json.dumps(envelopes(), ensure_ascii=False, indent=1) + "\n"
    (HERE / "envelopes.json").write_text(kept, encoding="utf-8")
