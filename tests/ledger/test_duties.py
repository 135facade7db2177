"""What a congress asks of each deputy in a year, as congress.yaml says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.congress import load_congress
from ledger.forms import load_forms
from ledger.problems import Problems
from ledger.strict_yaml import read_yaml, write_yaml

ROOT = Path(__file__).resolve().parents[2]


def written(tmp_path: Path, duties: object) -> Path:
    value = read_yaml(ROOT / "content/congress.yaml").value
    (tmp_path / "congress.yaml").write_text(write_yaml({**value, "duties": duties}), encoding="utf-8")
    return tmp_path


def test_the_five_ones_of_the_sample_name_kinds_and_answers_that_exist() -> None:
    duties = load_congress(ROOT / "content").duties
    assert duties and len(duties.items) == 5 and not duties.confirmed
    forms = load_forms(ROOT / "content")
    for duty in duties.items:
        for kind in duty.kinds:
            assert "deputy" in forms[kind].written_by
            for name, value in duty.where.items():
                assert value in forms[kind].fields[name].choices


def test_the_phone_is_given_them_whole() -> None:
    duties = load_congress(ROOT / "content").duties
    assert duties
    said = duties.for_phone()
    assert said["label"]["zh"] == "我的五个一"
    assert said["items"][2] == {
        "label": {"zh": "反映一个急难问题", "en": "Report one urgent problem"},
        "kinds": ["opinion"],
        "where": {"urgency": "urgent"},
        "at_least": 1,
    }


def test_a_congress_that_asks_for_nothing_has_none(tmp_path: Path) -> None:
    value = read_yaml(ROOT / "content/congress.yaml").value
    del value["duties"]
    (tmp_path / "congress.yaml").write_text(write_yaml(value), encoding="utf-8")
    assert load_congress(tmp_path).duties is None


LABEL = {"zh": "听", "en": "Hear"}


@pytest.mark.parametrize(
    ("duties", "at"),
    [
        ([], "duties"),
        ({"label": LABEL, "confirmed": "yes", "items": [{"label": LABEL, "kinds": []}]}, "duties.confirmed"),
        (
            {"label": {"zh": "听"}, "confirmed": False, "items": [{"label": LABEL, "kinds": []}]},
            "duties.label",
        ),
        ({"label": LABEL, "confirmed": False, "items": []}, "duties.items"),
        ({"label": LABEL, "confirmed": False, "items": [{"label": LABEL}]}, "duties.items.0"),
        (
            {"label": LABEL, "confirmed": False, "items": [{"label": LABEL, "kinds": "visit"}]},
            "duties.items.0.kinds",
        ),
        (
            {"label": LABEL, "confirmed": False, "items": [{"label": LABEL, "kinds": [], "at_least": 0}]},
            "duties.items.0.at_least",
        ),
        (
            {"label": LABEL, "confirmed": False, "items": [{"label": LABEL, "kinds": [], "where": {"a": 1}}]},
            "duties.items.0.where",
        ),
    ],
)
def test_a_fault_in_them_is_told_with_its_place(tmp_path: Path, duties: object, at: str) -> None:
    with pytest.raises(Problems) as told:
        load_congress(written(tmp_path, duties))
    assert at in {each.at.replace("[", ".").replace("]", "") for each in told.value.problems}
