from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.policy import POLICIES, Policy, leave, month, stricter, surname

policies = st.sampled_from(POLICIES)


@pytest.mark.parametrize(
    ("policy", "value", "left"),
    [
        ("never", "13800138000", None),
        ("counted", 3, None),
        ("full", "柳河村", "柳河村"),
        ("full", 0, 0),
        ("full", False, False),
        ("month", "2026-03-02", "2026-03"),
        ("month", "2026-03-02T09:30", "2026-03"),
        ("month", "去年春天", None),
        ("month", 20260302, None),
        ("surname", "张三", "张某某"),
        ("surname", "张三丰", "张某某"),
        ("surname", "欧阳海", "欧阳某某"),
        ("surname", "司马相如", "司马某某"),
        ("surname", " 王 五", "王某某"),
        ("surname", "𠮷田", "𠮷某某"),
        ("surname", "Smith", "某某"),
        ("surname", "阿卜杜拉·买买提", "某某"),
        ("surname", "", None),
        ("surname", ["张三", "李四"], ["张某某", "李某某"]),
        ("surname", [], None),
    ],
)
def test_what_leaves_of_a_value(policy: Policy, value: Any, left: Any) -> None:
    assert leave(policy, value) == left


def test_a_reviewed_value_leaves_whole_once_it_is_approved() -> None:
    assert leave("reviewed", "原话") is None
    assert leave("reviewed", "原话", approved=True) == "原话"
    assert leave("never", "原话", approved=True) is None


def test_a_place_leaves_as_its_village_or_not_at_all() -> None:
    villages = {"liuhe-03": "liuhe", "liuhe": "liuhe"}
    assert leave("village", "liuhe-03", village_of=villages.get) == "liuhe"
    assert leave("village", "elsewhere", village_of=villages.get) is None
    assert leave("village", ["liuhe-03", "elsewhere"], village_of=villages.get) == ["liuhe"]
    assert leave("village", "liuhe-03") is None


def test_a_village_named_by_two_of_its_grids_is_named_once() -> None:
    assert leave("village", ["liuhe-01", "liuhe-02"], village_of=lambda _: "liuhe") == ["liuhe"]


def test_the_stricter_of_two_policies_is_the_one_further_from_full() -> None:
    assert stricter("full", "month") == "month"
    assert stricter("never", "counted") == "never"
    assert stricter("reviewed", "village") == "reviewed"


@given(policies, policies)
def test_the_stricter_policy_is_one_of_the_two_whatever_their_order(a: Policy, b: Policy) -> None:
    assert stricter(a, b) == stricter(b, a)
    assert stricter(a, b) in (a, b)
    assert stricter("never", a) == "never"
    assert stricter("full", a) == a


@given(st.text(min_size=2, max_size=20))
def test_of_a_name_nothing_leaves_but_the_surname(name: str) -> None:
    left = surname(name)
    if left is None:
        assert not name.strip()
        return
    assert left.endswith("某某")
    assert len(left) <= 4
    assert name.strip().startswith(left[:-2])


@given(st.dates())
def test_of_a_date_nothing_leaves_but_the_month(day: Any) -> None:
    assert month(day.isoformat()) == day.isoformat()[:7]
