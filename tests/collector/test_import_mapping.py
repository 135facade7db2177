"""How a mapping reads a row: every cell either becomes an exact answer or is left for the form to refuse."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.cells import MONEY, as_date, as_field_wants, cents, storable
from collector.mapping import answers_of, fit, mapping_of
from collector.tables import Row, Table
from ledger.forms import Form, parse_form
from ledger.problems import Problems
from ledger.records import check_answers
from ledger.strict_json import read_json, write_json
from ledger.strict_yaml import parse_yaml

FORM = parse_form(
    """
kind: works
label: {zh: 工程, en: Works}
description: {zh: 一处工程一条。, en: One record for each.}
code: GC
written_by: [clerk]
fields:
  name: {label: {zh: 名称, en: Name}, schema: {type: string}, publish: full}
  done_on: {label: {zh: 完工日期, en: Done on}, schema: {type: string, format: date}, publish: full}
  lamps: {label: {zh: 灯数, en: Lamps}, schema: {type: integer}, publish: full}
  length: {label: {zh: 长度, en: Length}, schema: {type: number}, publish: full}
  open: {label: {zh: 是否开放, en: Open}, schema: {type: boolean}, publish: full}
  cost: {label: {zh: 造价, en: Cost}, schema: {type: integer}, shown_as: money, publish: full}
  stage:
    label: {zh: 阶段, en: Stage}
    schema: {type: string}
    choices: {plan: {zh: 计划, en: Planned}, done: {zh: 完工, en: Finished}}
    publish: full
  lit:
    label: {zh: 照明, en: Lighting}
    schema: {type: array}
    choices: {sun: {zh: 太阳能, en: Solar}, grid: {zh: 市电, en: Mains}}
    publish: full
  rows:
    label: {zh: 明细, en: Rows}
    each: {day: {label: {zh: 日, en: Day}, schema: {type: string}, publish: full}}
    publish: full
page: {title: '{{ name }}', columns: [name], sort: name}
""",
    "works.yaml",
)


def answers(fields: str, cells: dict[str, Any], form: Form = FORM, more: str = "") -> dict[str, Any]:
    text = f"kind: {form.kind}\nsource: test\n{more}fields:\n  {fields}\n"
    mapping = mapping_of(parse_yaml(text, "m.yaml"), {form.kind: form})
    return answers_of(mapping, form, Row(1, cells))[0]


def faults_of(text: str) -> str:
    with pytest.raises(Problems) as error:
        mapping_of(parse_yaml(text, "m.yaml"), {"works": FORM})
    return str(error.value)


@pytest.mark.parametrize(
    ("fields", "cell", "expected"),
    [
        ("name: a", " 桥　", "桥"),
        ("name: {column: a, strip: false}", " 桥", " 桥"),
        ("name: a", 3, "3"),
        ("name: a", Decimal("3.10"), "3.10"),
        ("lamps: a", "06", 6),
        ("lamps: a", "４２", 42),
        ("lamps: a", Decimal("42.0"), 42),
        ("lamps: a", "约四十", "约四十"),
        ("lamps: a", "1.5", "1.5"),
        ("length: a", "1.20", 1.2),
        ("length: a", Decimal("417000.00000000000001"), "417000.00000000000001"),
        ("open: {column: a, values: {是: true, 否: false}}", "否", False),
        ("open: a", True, True),
        ("stage: a", "完工", "done"),
        ("stage: a", "Finished", "done"),
        ("stage: a", "done", "done"),
        ("stage: {column: a, values: {好了: done}}", "好了", "done"),
        ("stage: a", "烂尾", "烂尾"),
        ("lit: {column: a, split: '、|/'}", "太阳能、市电/", ["sun", "grid"]),
        ("lit: a", "市电", ["grid"]),
        ("lit: a", ["sun", "市电"], ["sun", "grid"]),
        ("done_on: {column: a, date: '%Y年%m月%d日'}", "2026年3月2日", "2026-03-02"),
        ("done_on: {column: a, date: '%Y/%m/%d'}", "2026/2/30", "2026/2/30"),
        ("cost: {column: a, money: yuan}", "¥1,234.50", 123450),
        ("cost: {column: a, money: wan}", "3.5万元", 3500000),
        ("cost: {column: a, money: cents}", 7, 7),
        ("cost: {column: a, money: yuan}", Decimal("0.0"), 0),
    ],
)
def test_a_cell_becomes_an_exact_answer_or_stays_as_it_is(fields: str, cell: Any, expected: Any) -> None:
    said = list(answers(fields, {"a": cell}).values())
    assert said == [expected] and type(said[0]) is type(expected)


@pytest.mark.parametrize("cell", [None, "", "  ", "-", " - ", 0, Decimal("0.00"), "0"])
def test_what_stands_for_nothing_is_not_answered(cell: Any) -> None:
    assert (
        answers("cost: {column: a, money: yuan, unanswered: [0]}", {"a": cell}, more="unanswered: ['-']\n")
        == {}
    )


def test_a_value_may_be_mapped_to_nothing() -> None:
    assert answers("stage: {column: a, values: {不详: null}}", {"a": "不详"}) == {}


@pytest.mark.parametrize(
    ("fields", "cell", "key"),
    [
        ("cost: {column: a, money: yuan}", Decimal("417000.0000000001"), "import.not_cents"),
        ("cost: {column: a, money: yuan}", "约三万", "import.not_cents"),
        ("cost: {column: a, money: yuan}", "3万元", "import.not_cents"),
        ("cost: {column: a, money: yuan}", True, "import.not_cents"),
    ],
)
def test_an_amount_that_is_not_exact_is_a_fault_and_its_form_refuses_it(
    fields: str, cell: Any, key: str
) -> None:
    mapping = mapping_of(
        parse_yaml(f"kind: works\nsource: t\nfields: {{{fields}}}", "m.yaml"), {"works": FORM}
    )
    said, faults = answers_of(mapping, FORM, Row(1, {"a": cell}))
    assert [fault.key for fault in faults] == [key] and faults[0].field == "cost"
    assert [each.pointer for each in check_answers(FORM, said)] == ["/cost"]


def test_a_cell_beyond_the_last_column_is_kept_and_refused() -> None:
    mapping = mapping_of(parse_yaml("kind: works\nsource: t\nfields: {name: a}", "m.yaml"), {"works": FORM})
    said, faults = answers_of(mapping, FORM, Row(1, {"a": "桥"}, ("多",)))
    assert said == {"name": "桥", "surplus_cells": "多"} and faults[0].key == "import.surplus_cells"
    assert check_answers(FORM, said)


@given(
    st.decimals(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30),
    st.sampled_from(list(MONEY)),
)
def test_money_is_exact_or_nothing(amount: Decimal | int, unit: str) -> None:
    whole = cents(amount, unit)
    if whole is not None:
        assert Fraction(whole) == Fraction(amount) * MONEY[unit][0]


@given(st.integers(0, 10**12))
def test_cents_written_as_yuan_come_back(amount: int) -> None:
    yuan, rest = divmod(amount, 100)
    assert cents(f"{yuan:,}.{rest:02}", "yuan") == amount


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values, st.sampled_from(sorted(FORM.fields)))
def test_any_cell_can_be_stored(cell: Any, name: str) -> None:
    value = storable(as_field_wants(FORM.fields[name], cell))
    assert read_json(write_json([value])) == [value]


@given(st.dates())
def test_a_day_written_in_chinese_comes_back(day: Any) -> None:
    if day.year >= 1000:
        assert as_date(f"{day.year}年{day.month}月{day.day}日", "%Y年%m月%d日") == day.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1]", "must be a mapping"),
        ("kind: works", "has no source"),
        ("kind: work\nsource: t\nfields: {}", "no form 'work'"),
        ("kind: works\nsource: t\nfeilds: {}\nfields: {}", "Did you mean 'fields'?"),
        ("kind: works\nsource: records\nfields: {}", "stands for record files"),
        ("kind: works\nsource: t\nfields: {nmae: a}", "Did you mean 'name'?"),
        ("kind: works\nsource: t\nfields: {cost: a}", "Say in which unit"),
        ("kind: works\nsource: t\nfields: {cost: {column: a, money: 元}}", "must be the unit"),
        (
            "kind: works\nsource: t\nfields: {lamps: {column: a, money: yuan, colum: a}}",
            "Did you mean 'column'?",
        ),
        ("kind: works\nsource: t\nfields: {name: {column: a, split: ','}}", "takes one answer only"),
        ("kind: works\nsource: t\nfields: {lit: {column: a, split: '('}}", "not a regular expression"),
        ("kind: works\nsource: t\nfields: {rows: a}", "repeat group"),
        ("kind: works\nsource: t\nfields: {name: {}}", "names no column"),
        ("kind: works\nsource: t\nconstants: {name: a}\nfields: {name: a}", "is also under 'fields:'"),
        ("kind: works\nsource: t\nfields: {name: a}\nleft_out: {b: ''}", "has no reason"),
        ("kind: works\nsource: t\nfields: {name: a}\ndelimiter: ';;'", "one character"),
        ("kind: works\nsource: t\nfields: {name: a}\nstrip: 1", "true or false"),
        ("kind: works\nsource: t\nfields: {name: a}\nunanswered: '-'", "must be a list"),
        ("kind: works\nsource: t\nfields: {name: {column: a, values: [1]}}", "what the file says"),
        ("kind: works\nsource: t\nfields: {name: {column: a, date: 1}}", "how dates are written"),
        ("kind: works\nsource: t\nfields: []", "one line for each name"),
        ("kind: works\nsource: 7\nfields: {}", "must be text"),
    ],
)
def test_a_fault_of_a_mapping_is_said_with_its_line(text: str, expected: str) -> None:
    said = faults_of(text)
    assert expected in said and all(line.startswith("m.yaml:") for line in said.splitlines())


def test_every_column_of_the_file_is_mapped_or_left_out_by_name() -> None:
    text = "kind: works\nsource: t\nfields: {name: a}\nleft_out: {b: 内部用}"
    mapping = mapping_of(parse_yaml(text, "m.yaml"), {"works": FORM})
    fit(mapping, Table(("a", "b"), ()))
    with pytest.raises(Problems) as error:
        fit(mapping, Table(("c",), ()))
    assert str(error.value).count("m.yaml:") == 3
    assert "has no column 'a'" in str(error.value) and "says nothing of the column 'c'" in str(error.value)


def test_a_row_is_known_by_its_mapped_columns_only() -> None:
    text = "kind: works\nsource: t\nfields: {name: a}\nleft_out: {b: 内部用}"
    mapping = mapping_of(parse_yaml(text, "m.yaml"), {"works": FORM})
    assert mapping.digest(Row(1, {"a": "桥", "b": "1"})) == mapping.digest(Row(9, {"b": "2", "a": "桥"}))
    assert mapping.digest(Row(1, {"a": "桥"})) != mapping.digest(Row(1, {"a": "桥 "}))
    assert mapping.digest(Row(1, {"a": "1"})) != mapping.digest(Row(1, {"a": 1}))
