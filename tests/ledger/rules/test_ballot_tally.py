"""Two blind counts: the frozen list, the check code and what differs, as the phone has them too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.ballot.tally import CROCKFORD, SHEETS, VOTES, check_code, compare, list_digest

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/tally.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_digest_code_and_differences_are_those_of_the_shared_cases(case: dict[str, Any]) -> None:
    pairs = [(option, subject) for option, subject in case["list"]]
    options = [option for option, _ in pairs]
    digest = list_digest(pairs)
    assert digest == case["list_digest"]
    assert check_code(digest, options, case["count"]) == case["check_code"]
    if "other" in case:
        assert check_code(digest, options, case["other"]) == case["other_code"]
        differences = compare(case["count"], case["other"])
        assert [[each.option, each.field] for each in differences] == case["differs"]


def test_there_are_at_least_twelve_shared_cases() -> None:
    assert len(CASES) >= 12


numbers = st.integers(0, 3000)
counts = st.fixed_dictionaries(
    {name: numbers for name in SHEETS}
    | {
        "totals": st.tuples(
            *(
                st.fixed_dictionaries({"option": st.just(option), **{name: numbers for name in VOTES}})
                for option in "12"
            )
        )
    }
)


@given(counts, counts)
def test_equal_codes_are_shown_for_equal_counts_and_no_others(a: dict[str, Any], b: dict[str, Any]) -> None:
    codes = [check_code("digest", ["1", "2"], count) for count in (a, b)]
    assert (codes[0] == codes[1]) == (compare(a, b) == ())
    assert all(len(code) == 7 and code[3] == " " for code in codes)
    assert set("".join(codes)) <= set(CROCKFORD + " ")


def test_a_count_of_another_list_differs_first_of_all() -> None:
    difference = compare({"list_digest": "a"}, {"list_digest": "b"})[0]
    assert (difference.field, difference.a, difference.b) == ("list_digest", "a", "b")


def test_what_is_not_on_the_list_or_counted_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="9 is not on the frozen list"):
        check_code("digest", ["1"], {"totals": [{"option": "9"}]})
    with pytest.raises(ValueError, match="counted twice"):
        check_code("digest", ["1"], {"totals": [{"option": "1"}, {"option": "1"}]})
    with pytest.raises(ValueError, match="a tab or a line break"):
        list_digest([("1", "a\tb")])
