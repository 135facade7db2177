"""Write the cases that need forms as JSON, for the phone's tests: python -m tests.cases.dump"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ledger.forms import parse_form
from ledger.strict_yaml import read_yaml

HERE = Path(__file__).parent


def answers() -> dict[str, Any]:
    """The cases of answers.yaml, with each form as the phone receives it."""
    source = read_yaml(HERE / "answers.yaml").value
    forms = {
        name: parse_form(text, f"answers.yaml/{name}").for_phone() for name, text in source["forms"].items()
    }
    return {"forms": forms, "cases": [{"form": "visit", **case} for case in source["cases"]]}


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, indent=1) + "\n"


if __name__ == "__main__":
    (HERE / "answers.json").write_text(as_json(answers()), encoding="ascii")
