from __future__ import annotations

from pathlib import Path
from typing import Any

import celpy
import pytest
from celpy.celparser import CELParser
from lark import Lark

from ledger import cel
from ledger.cel import NotCel, compile_check, holds, withheld
from ledger.cel_types import fits
from ledger.fields import Field
from ledger.forms import Form
from tests.ledger.samples import cases, parsed

LABEL = {"zh": "项", "en": "Item"}


def field(name: str, kind: Any) -> Field:
    if isinstance(kind, dict):
        each = {inner: field(inner, type_) for inner, type_ in kind.items()}
        return Field(name, LABEL, "full", {"type": "array"}, each=each)
    return Field(name, LABEL, "full", {"type": "array" if kind == "strings" else kind})


def form(fields: dict[str, Any]) -> Form:
    asked = {name: field(name, kind) for name, kind in fields.items()}
    return Form("note", LABEL, LABEL, "BT", ("clerk",), asked, "", "")


@pytest.mark.parametrize("case", cases("checks.yaml"), ids=lambda case: case["that"])
def test_a_check_says_what_the_cases_say(case: dict[str, Any]) -> None:
    assert holds(case["that"], case["answers"], form(case["fields"])) is case["holds"]


def test_a_record_is_withheld_when_the_condition_is_false_or_cannot_be_decided() -> None:
    when = "confidentiality == 'public'"
    assert not withheld(when, {"confidentiality": "public"})
    assert withheld(when, {"confidentiality": "privacy"})
    assert withheld(when, {})
    assert withheld("confidentiality > 3", {"confidentiality": "public"})
    assert not withheld(None, {})


def test_the_fields_of_a_check_are_found_and_the_variables_of_its_loops_are_not() -> None:
    assert compile_check("rows.all(row, row.a + b < c) && size(d) > 0").names == ("rows", "b", "c", "d")
    assert compile_check("xs.exists(x, x.ys.all(y, y == x.z && w))").names == ("xs", "w")
    assert compile_check("a.all(b, b) && b").names == ("a", "b")


@pytest.mark.parametrize(
    ("that", "why"),
    [
        ("a = b", "is not CEL near '= b'"),
        ("a and b", "is not CEL near 'and b'"),
        ("", "is not CEL near 'the end'"),
        ("(a", "is not CEL"),
        ("a.matches('^x')", "there is no .matches(…)"),
        ("now() > a", "there is no function now(…)"),
        ("timestamp(a) > b", "there is no function timestamp(…)"),
        ("a[0] == 1", "cannot pick from a list"),
        ("a == 1u", "write numbers without u"),
        ("a == b'x'", "write text without b"),
        ("a != null", "there is no null"),
        ("type == 'x'", "names 'type', which is a word of CEL itself"),
        ("google.protobuf.Any{} == a", "cannot be built"),
        (".a == 1", "cannot begin with a dot"),
    ],
)
def test_what_the_two_interpreters_could_read_differently_is_refused(that: str, why: str) -> None:
    with pytest.raises(NotCel) as caught:
        compile_check(that)
    assert why in str(caught.value)


def mixed() -> dict[str, Field]:
    """A field of every kind."""
    kinds = {"people": "integer", "area": "number", "topic": "string", "topics": "strings", "open": "boolean"}
    fields = dict(form(kinds).fields)
    fields["rows"] = field("rows", {"n": "integer", "share": "number"})
    fields["level"] = Field("level", LABEL, "full", choices={"village": LABEL, "grid": LABEL})
    fields["several"] = Field("several", LABEL, "full", {"type": "array"}, choices={"road": LABEL})
    fields["day"] = Field("day", LABEL, "full", {"type": "string", "format": "date"})
    return fields


@pytest.mark.parametrize(
    "that",
    [
        "people > 1 && area > 1.0 && topic != '' && level == 'grid' && 'road' in several",
        "people / 2 == 1 || people == 0",
        "double(people) * 1.5 >= area - 0.5 && int(area) % 2 == -1",
        "open ? people > 0 : people == 0",
        "rows.all(row, row.n > 1 && row.share <= 0.5 && (!has(row.n) || row.n < people))",
        "size(rows.filter(row, row.n == 1)) == 1 && rows.exists_one(row, row.n == 2)",
        "size(rows.map(row, row.n)) == size(topics) && 3 in rows.map(row, row.n)",
        "day > '2026-01-01' && day.startsWith('2026') && topic.size() < 3 && !(topic in topics)",
        "topic + '村' == '柳河村' && level in ['village', 'grid'] && topics.exists(each, each.contains('x'))",
        "!open || open == false",
    ],
)
def test_an_expression_whose_parts_fit_is_taken(that: str) -> None:
    assert fits(compile_check(that).tree, mixed()) is None


@pytest.mark.parametrize(
    ("that", "why"),
    [
        ("people > 1.0", "puts a whole number beside a number"),
        ("area > 1", "puts a number beside a whole number"),
        ("area + 1 > 2.0", "puts a number beside a whole number"),
        ("area % 2.0 == 1.0", "puts a number beside a number"),
        ("people == topic", "puts a whole number beside text"),
        ("topics == 'a'", "puts a list beside text"),
        ("topics == topics", "puts a list beside a list"),
        ("topic in rows", "looks for text in a list"),
        ("people in topics", "looks for a whole number in a list"),
        ("'n' in level", "looks for text in text"),
        ("people + 1", "gives a whole number and not true or false"),
        ("topic", "gives text and not true or false"),
        ("people && open", "has a whole number where yes or no belongs"),
        ("!people", "has a whole number where yes or no belongs"),
        ("-topic == 'a'", "has - before text"),
        ("topic < 'b'", "text has no order"),
        ("open > false", "yes or no has no order"),
        ("topic + people == 'a1'", "puts text beside a whole number"),
        ("open ? people : topic", "gives a whole number or text"),
        ("topic ? open : open", "before the ? stands what is true or false"),
        ("rows.all(row, row.n > 1.5)", "puts a whole number beside a number"),
        ("rows.all(row, row.m > 1)", "a row has no 'm'. There are: n, share."),
        ("rows.all(row, row.n)", "has a whole number where yes or no belongs"),
        ("rows.all(row)", ".all(…) belongs to a list, and takes a word"),
        ("topic.all(each, each == 'a')", ".all(…) belongs to a list"),
        ("topics.size(1) == 1", ".size(…) belongs to a list, and takes"),
        ("topic.contains(people)", "has a whole number where text belongs"),
        ("people.contains('a')", ".contains(…) belongs to text"),
        ("size(people) == 1", "asks for the size of a whole number"),
        ("size(topic, topic) == 1", "size(…) takes one value"),
        ("int(topic) == 1", "int(…) takes a number, not text"),
        ("has(topic)", "has(…) asks for a field of a row"),
        ("topic.x == 1", "takes .x from text"),
        ("people in [1, 'a']", "holds a list of several kinds"),
        ("people in []", "holds an empty list"),
        (
            "level == 'vilage'",
            "'vilage' is no choice here. Did you mean 'village'? Use one of: village, grid.",
        ),
        ("'rode' in several", "'rode' is no choice here. Did you mean 'road'?"),
        ("level in ['village', 'gird']", "'gird' is no choice here"),
    ],
)
def test_an_expression_that_phone_and_server_could_decide_differently_is_refused(that: str, why: str) -> None:
    assert why in str(fits(compile_check(that).tree, mixed()))


def test_a_form_tells_the_fields_of_its_checks() -> None:
    note = parsed(
        """
        a: {label: {zh: 甲, en: A}, schema: {type: integer}, publish: full}
        b: {label: {zh: 乙, en: B}, schema: {type: integer}, publish: full}
        """,
        head="checks: [{that: b >= a, say: {zh: 乙不小于甲。, en: B is at least A.}}]\n",
    )
    assert note.checks[0].fields == ("b", "a")


GRAMMAR = Path(celpy.__file__).with_name("cel.lark").read_text("utf-8")
WRITTEN = sorted({case["that"] for case in cases("checks.yaml")})


def test_tables_that_were_kept_read_as_celpy_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)

    def taken() -> Lark:
        with monkeypatch.context() as nothing_else:
            nothing_else.setattr(cel, "_keep", lambda *_: pytest.fail("the kept tables were not taken"))
            return cel._read(GRAMMAR, tmp_path)

    first, second = cel._read(GRAMMAR, tmp_path), taken()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    damaged, mended = cel._read(GRAMMAR, tmp_path), taken()
    assert [kept] == list(tmp_path.iterdir())
    monkeypatch.setattr(CELParser, "CEL_PARSER", None)
    CELParser()
    its_own = CELParser.CEL_PARSER
    assert its_own
    for that in WRITTEN:
        tree = its_own.parse(that)
        assert all(tree == each.parse(that) for each in (first, second, damaged, mended))


def test_where_no_bytecode_is_written_no_tables_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert cel._read(GRAMMAR, tmp_path).parse("a == 1")
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_kept_it_reads_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    assert cel._read(GRAMMAR, tmp_path / "is not there").parse("a == 1")
