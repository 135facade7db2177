from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.coherence import RESERVED_NAMES
from ledger.forms import Form, digest_of, load_forms, parse_form, recall_form, type_changes
from ledger.policy import POLICIES
from ledger.problems import Problems
from ledger.records import check_answers, not_asked_of
from ledger.strict_yaml import parse_yaml, write_yaml
from tests.ledger.samples import ROOT, VISIT, cases, data, form_of, parsed, said


def test_a_form_is_read_whole() -> None:
    form = parse_form(VISIT, "visit.yaml")
    assert form.kind == "visit"
    assert form.written_by == ("deputy",)
    assert (form.gate, form.proof, form.author) == ("none", False, "never")
    assert list(form.fields) == ["visited_on", "grid", "topic", "other", "people", "households", "phone"]
    assert [field.name for field in form.published] == ["visited_on", "grid", "topic", "other"]
    assert form.checks[0].fields == ("people", "households")
    assert form.fields["phone"].forget_after == "180 days"
    assert form.page is not None
    assert form.page.sort == "-visited_on"


def test_the_version_is_the_digest_of_the_exact_file() -> None:
    form = parse_form(VISIT, "visit.yaml")
    digest = base64.urlsafe_b64encode(hashlib.sha256(VISIT.encode()).digest()).decode().rstrip("=")
    assert form.version == f"visit@{digest}"
    assert form.text == VISIT
    assert parse_form(VISIT + "\n", "visit.yaml").digest != digest
    assert parse_form(VISIT + "# a remark\n", "visit.yaml").digest != digest


def test_a_file_with_dos_line_ends_keeps_its_bytes_in_the_digest(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "visit.yaml").write_bytes(
        VISIT.replace("refers_to: grid", "schema: {type: string}")
        .replace("about: grid\n", "")
        .replace("\n", "\r\n")
        .encode()
    )
    form = load_forms(tmp_path)["visit"]
    assert form.digest == base64.urlsafe_b64encode(
        hashlib.sha256((folder / "visit.yaml").read_bytes()).digest()
    ).decode().rstrip("=")


def test_the_compiled_schema_is_plain_json_schema_2020_12() -> None:
    schema = parse_form(VISIT, "visit.yaml").json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["visited_on", "grid"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["topic"] == {"title": "话题", "type": "string", "enum": ["road", "other"]}
    assert schema["properties"]["visited_on"]["format"] == "date"
    assert schema["allOf"] == [
        {
            "if": {"properties": {"topic": {"const": "other"}}, "required": ["topic"]},
            "then": {"required": ["other"]},
            "else": {"properties": {"other": False}},
        }
    ]


EVERYTHING = """
day: {label: {zh: 日, en: Day}, schema: {type: string, format: date}, publish: month}
time: {label: {zh: 时, en: Time}, schema: {type: string, format: time}, publish: full}
when: {label: {zh: 起, en: When}, schema: {type: string, format: date-time}, publish: full}
link: {label: {zh: 址, en: Link}, schema: {type: string, format: uri}, publish: full}
text: {label: {zh: 文, en: Text}, schema: {type: string, maxLength: 9}, shown_as: long, publish: reviewed}
who: {label: {zh: 人, en: Who}, schema: {type: string, pattern: '^[一-龥]{2,4}$'}, publish: surname}
money:
  label: {zh: 钱, en: Money}
  schema: {type: integer, minimum: 0}
  shown_as: money
  unit: {zh: 元, en: yuan}
  publish: full
share: {label: {zh: 率, en: Share}, schema: {type: number, minimum: 0, maximum: 1}, publish: full}
open: {label: {zh: 公开, en: Open}, schema: {type: boolean}, publish: full}
one: {label: {zh: 选, en: One}, choices: {a: {zh: 甲, en: A}, 'no': {zh: 否, en: 'No'}}, publish: full}
some: {label: {zh: 多选, en: Some}, schema: {type: array}, choices: {a: {zh: 甲, en: A}}, publish: counted}
home: {label: {zh: 村, en: Home}, refers_to: grid, publish: village}
homes: {label: {zh: 村们, en: Homes}, schema: {type: array}, refers_to: grid, publish: village}
names: {label: {zh: 名, en: Names}, schema: {type: array, items: {type: string}}, publish: surname}
rows:
  label: {zh: 行, en: Rows}
  schema: {type: array, maxItems: 3}
  each:
    what: {label: {zh: 事, en: What}, required: true, publish: full}
    until:
      label: {zh: 期, en: Until}
      schema: {type: string, format: date}
      only_if: {what: x}
      publish: full
  publish: full
secret: {label: {zh: 密, en: Secret}, publish: never, forget_after: 2 years}
"""


def test_the_phone_is_told_under_which_words_a_kind_stands() -> None:
    forms = load_forms(ROOT / "content")
    told = {kind: form.for_phone() for kind, form in forms.items()}
    assert told["visit"]["group"] == {"zh": "联系群众", "en": "Contact with residents"}
    assert (told["visit"]["group_at"], told["opinion"]["group_at"]) == (3, None)
    assert (told["grid"]["group"], told["approval"]["group"]) == (None, None)


def test_every_kind_of_field_reaches_the_phone_under_its_own_type() -> None:
    phone = parsed(EVERYTHING).for_phone()
    assert {field["name"]: field["type"] for field in phone["fields"]} == {
        "day": "date",
        "time": "time",
        "when": "date-time",
        "link": "uri",
        "text": "long",
        "who": "string",
        "money": "money",
        "share": "number",
        "open": "boolean",
        "one": "choice",
        "some": "choices",
        "home": "reference",
        "homes": "references",
        "names": "strings",
        "rows": "group",
        "secret": "string",
    }
    rows = next(field for field in phone["fields"] if field["name"] == "rows")
    assert [field["name"] for field in rows["fields"]] == ["what", "until"]
    assert rows["fields"][1]["only_if"] == {"what": "x"}
    assert phone["fields"][9]["choices"][1] == {"value": "no", "label": {"zh": "否", "en": "No"}}
    assert json.loads(json.dumps(phone)) == phone


def test_a_compiled_schema_is_valid_under_a_strict_validator_and_has_no_words_of_ours() -> None:
    strict = jsonschema_rs.Draft202012Validator(
        {"$ref": "https://json-schema.org/draft/2020-12/schema", "unevaluatedProperties": False}
    )
    for form in [parsed(EVERYTHING), parse_form(VISIT, "visit.yaml"), *load_forms(ROOT / "content").values()]:
        schema = form.json_schema()
        assert list(strict.iter_errors(schema)) == []
        for part in parts(schema):
            assert set(part) <= KEYWORDS | names_of(schema), part


KEYWORDS = {
    *("$schema", "title", "description", "type", "properties", "required", "additionalProperties", "allOf"),
    *(
        "if",
        "then",
        "else",
        "const",
        "enum",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
    ),
    *("minItems", "maxItems", "uniqueItems", "items"),
}


def parts(schema: Any) -> list[dict[str, Any]]:
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    return [each for part in inner for each in parts(part)] + ([schema] if isinstance(schema, dict) else [])


def names_of(schema: dict[str, Any]) -> set[str]:
    return {
        name
        for part in parts(schema)
        for name in part.get("properties", {})
        if isinstance(part.get("properties"), dict)
    }


def test_the_test_suite_of_json_schema_finds_our_validator_in_order() -> None:
    """The keywords that a compiled form uses mean what the standard says."""
    suite = data("json-schema-2020-12.json")
    used = [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "allOf",
        "if-then-else",
        "const",
        "enum",
    ]
    used += ["pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems"]
    checked = 0
    for group in (group for name in used for group in suite[f"{name}.json"]):
        validator = jsonschema_rs.Draft202012Validator(
            group["schema"], pattern_options=jsonschema_rs.RegexOptions()
        )
        for test in group["tests"]:
            assert validator.is_valid(test["data"]) is test["valid"], (
                group["description"],
                test["description"],
            )
            checked += 1
    assert checked > 250


def test_a_title_fills_its_places_and_leaves_no_gap() -> None:
    form = parse_form(VISIT, "visit.yaml")
    assert form.title({"visited_on": "2026-03", "grid": "柳河村"}) == "2026-03 柳河村"
    assert form.title({"grid": "柳河村"}) == "柳河村"
    assert form.title({"visited_on": "{{ grid }}", "grid": "柳河村"}) == "{{ grid }} 柳河村"


def test_a_kind_that_publishes_nothing_needs_no_page() -> None:
    text = form_of("a: {label: {zh: 甲, en: A}, publish: never}", foot="# no page\n")
    assert parse_form(text, "note.yaml").page is None
    assert "note.yaml:1: publishes 'a' but has no page." in said(text.replace("never", "full"))[0]


# what is wrong, and what to do


def test_a_field_without_publish_is_named_with_file_line_and_field() -> None:
    text = VISIT.replace("    publish: never\n", "")
    assert said(text) == [
        "note.yaml:38: fields.phone: has no 'publish'. Add it. Who may see it: never, counted, reviewed, "
        "village, surname, month or full."
    ]


FAULTS = cases("form_faults.yaml")


@pytest.mark.parametrize("case", FAULTS["slips"], ids=lambda case: case["now"])
def test_a_slip_is_told_with_its_line_and_what_to_do(case: dict[str, Any]) -> None:
    assert case["was"] in VISIT
    assert said(VISIT.replace(case["was"], case["now"], 1)) == named(case["says"])


@pytest.mark.parametrize("case", FAULTS["fields"], ids=lambda case: case["fields"][:60])
def test_parts_of_a_field_that_contradict_each_other_are_told(case: dict[str, Any]) -> None:
    assert said(form_of(case["fields"], foot="" if "page" in case else "# no page\n")) == named(case["says"])


@pytest.mark.parametrize("case", FAULTS["across"], ids=lambda case: case.get("head") or case["page"])
def test_a_fault_across_the_form_is_told_at_its_place(case: dict[str, Any]) -> None:
    fields = FAULTS["two"] + case.get("two", "")
    text = form_of(fields, f"{case['head']}\n" if "head" in case else "", case.get("page", ""))
    assert said(text) == named(case["says"])


def named(lines: list[str]) -> list[str]:
    return [f"note.yaml:{line}" for line in lines]


def test_counted_fields_are_kept_off_the_page_too() -> None:
    assert "page.facets: names 'people', which is publish: counted. Take it out" in said(
        VISIT.replace("facets: [topic]", "facets: [people]")
    )[0]  # fmt: skip


def test_all_faults_of_a_form_are_told_at_once_in_the_order_of_the_file() -> None:
    text = VISIT.replace("about: grid", "about: gird").replace("publish: never", "pubish: never")
    text = text.replace("people >= households", "people >= 1.5").replace(
        "columns: [visited_on", "columns: [phone, x"
    )
    lines = [line.split(": ")[1] for line in said(text)]
    assert lines == ["about", "fields.phone.pubish", "checks[0].that", "page.columns"]


def test_nothing_is_concluded_from_a_part_that_is_wrong_already() -> None:
    """A page may name a field whose policy is misspelt; that is one fault and not two."""
    assert len(said(VISIT.replace("publish: full", "publish: ful", 1))) == 1
    assert len(said(VISIT.replace("{type: integer, minimum: 0, maximum: 500}", "{type: int}"))) == 1
    assert len(said(VISIT.replace("refers_to: grid", "refer_to: grid"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]\n",
        "5\n",
        "kind: visit\n",
        "fields: 5\n",
        "fields: {a: 5}\nkind: [x]\n",
        "page: []\nfields: {}\n",
    ],
)
def test_a_file_that_is_no_form_at_all_is_told_without_a_traceback(text: str) -> None:
    assert said(text)


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES - {"_rowid_"}))
def test_names_that_public_db_needs_are_refused_for_fields(name: str) -> None:
    assert (
        f"'{name}' is taken"
        in said(form_of(f"{name}: {{label: {{zh: 甲, en: A}}, publish: never}}", foot="#\n"))[0]
    )


@given(st.text(max_size=50))
def test_a_field_has_a_plain_name_or_is_refused(name: str) -> None:
    text = form_of("a: {label: {zh: 甲, en: A}, publish: never}", foot="#\n")
    try:
        form = parse_form(text.replace("  a:", f"  {json.dumps(name)}:"), "note.yaml")
    except Problems:
        return
    (field,) = form.fields
    assert field.isascii()
    assert field.replace("_", "a").isalnum()
    assert field not in RESERVED_NAMES
    assert len(field) <= 40


def test_every_policy_of_the_grammar_is_one_that_is_carried_out() -> None:
    grammar = json.loads((ROOT / "ledger/form.schema.json").read_text(encoding="utf-8"))
    assert tuple(grammar["$defs"]["field"]["properties"]["publish"]["enum"]) == POLICIES


def test_the_grammar_is_itself_a_valid_schema_in_which_every_keyword_is_described() -> None:
    grammar = json.loads((ROOT / "ledger/form.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(grammar)
    for part in parts(grammar["properties"]) + parts(grammar["$defs"]["field"]["properties"]):
        assert (
            "$ref" not in part
            or "description" in part
            or part["$ref"].endswith(("label", "name", "field", "check", "count", "item", "role"))
        )


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "a", "full", "x.y", "^a"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["zh", "en", "a", "type"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.data())
def test_whatever_stands_in_a_form_file_there_is_never_a_traceback(chosen: st.DataObject) -> None:
    value = parse_yaml(chosen.draw(st.sampled_from([VISIT, form_of(EVERYTHING)])), "a.yaml").value
    for _ in range(chosen.draw(st.integers(1, 3))):
        place, key = value, None
        while isinstance(place, (dict, list)) and place and (key is None or chosen.draw(st.booleans())):
            key = chosen.draw(
                st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place))))
            )
            if not isinstance(place[key], (dict, list)) or not place[key] or chosen.draw(st.booleans()):
                place[key] = chosen.draw(anything)
                break
            place, key = place[key], None
    text = write_yaml(value)
    try:
        form = parse_form(text, "note.yaml")
    except Problems as caught:
        assert all(each.where.startswith("note.yaml:") for each in caught.problems)
    else:
        assert form.json_schema()


def test_a_form_that_the_ledger_kept_stays_readable_whatever_is_asked_of_new_ones() -> None:
    text = VISIT.replace("people >= households", "people.matches(households)").replace("code: ZF", "code: Z")
    assert len(said(text)) == 2
    form = recall_form(text)
    assert form.version == f"visit@{digest_of(text.encode())}"
    answers = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 3, "households": 2}
    assert [problem.key for problem in check_answers(form, answers)] == ["problem.check"]
    assert recall_form(VISIT) == parse_form(VISIT, "visit.yaml")


# all forms of a folder


def folder(tmp_path: Path, **texts: str) -> Path:
    (tmp_path / "forms").mkdir(exist_ok=True)
    for kind, text in texts.items():
        (tmp_path / "forms" / f"{kind}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


GRID = (
    form_of("name: {label: {zh: 名称, en: Name}, publish: full}")
    .replace("kind: note", "kind: grid")
    .replace("code: BT", "code: WG")
)


def test_adding_a_kind_is_adding_one_file(tmp_path: Path) -> None:
    assert list(load_forms(folder(tmp_path, visit=VISIT, grid=GRID))) == ["grid", "visit"]
    deed = GRID.replace("kind: grid", "kind: deed").replace("code: WG", "code: SS")
    assert list(load_forms(folder(tmp_path, deed=deed))) == ["deed", "grid", "visit"]


def test_faults_that_show_only_side_by_side_are_told_with_those_of_every_file(tmp_path: Path) -> None:
    group = """
    name: {label: {zh: 名称, en: Name}, publish: never}
    row:
      label: {zh: 行, en: Row}
      each: {b: {label: {zh: 乙, en: B}, refers_to: gird, publish: never}}
      publish: never
    """
    with pytest.raises(Problems) as caught:
        load_forms(
            folder(
                tmp_path,
                visit=VISIT.replace("refers_to: grid", "refers_to: gird"),
                grid=GRID.replace("code: WG", "code: ZF"),
                place=GRID.replace("code: WG", "code: DD"),
                list=form_of(group, foot="#\n")
                .replace("kind: note", "kind: list")
                .replace("code: BT", "code: LB"),
                list_row=GRID.replace("kind: grid", "kind: list_row").replace("code: WG", "code: LR"),
                broken="kind: [\n",
            )
        )
    text = str(caught.value).replace(f"{tmp_path}/", "")
    for what in (
        "forms/broken.yaml:2: is not YAML here",
        "forms/place.yaml:1: kind: is 'grid' in a file named place.yaml. Make them the same.",
        "forms/visit.yaml:15: fields.grid.refers_to: there is no form 'gird'. Did you mean 'grid'?",
        "fields.row.each.b.refers_to: there is no form 'gird'",
        "forms/visit.yaml:4: code: 'ZF' is already the code of forms/grid.yaml",
        "forms/list_row.yaml:1: kind: 'list_row' is the table of a group in forms/list.yaml",
    ):
        assert what in text


def test_a_field_never_changes_type_under_the_same_name() -> None:
    old = parsed(EVERYTHING)

    def changed(was: str, now: str) -> list[str]:
        assert was in EVERYTHING
        return [str(problem) for problem in type_changes(old, parsed(EVERYTHING.replace(was, now, 1)))]

    assert changed("shown_as: long, ", "") == []
    assert changed("maxLength: 9", "maxLength: 20") == []
    assert changed("share:", "rate:") == []
    assert changed("{type: number, minimum: 0, maximum: 1}", "{type: integer}") == [
        "content/forms/note.yaml:19: fields.share: was number and is now integer. "
        "Records filed before would not fit; give it a new name."
    ]
    assert "was money and is now integer" in changed("  shown_as: money\n", "")[0]
    assert (
        "was reference to grid and is now text"
        in changed("refers_to: grid, publish: village", "publish: full")[0]
    )
    assert "fields.rows.each.until: was date and is now text" in changed(
        "{type: string, format: date}\n      only_if", "{type: string}\n      only_if"
    )[0]  # fmt: skip


def test_the_forms_that_ship_are_in_order() -> None:
    forms = load_forms(ROOT / "content")
    assert {"deputy", "organ", "grid", "station", "visit", "suggestion"} <= set(forms)
    assert all(isinstance(form, Form) for form in forms.values())


TWO_ROLES = VISIT.replace("written_by: [deputy]", "written_by: [deputy, clerk]")
FOR_THE_CLERK = "    written_by: [clerk]\n"


def test_a_question_may_be_for_some_of_those_who_file_the_kind() -> None:
    form = parse_form(
        TWO_ROLES.replace("    publish: never", FOR_THE_CLERK + "    publish: never", 1), "visit.yaml"
    )
    (name,) = [field.name for field in form.fields.values() if field.written_by]
    assert form.fields[name].asked_of("clerk") and not form.fields[name].asked_of("deputy")
    (fault,) = not_asked_of(form, {name: "x"}, "deputy")
    assert (fault.pointer, fault.key) == (f"/{name}", "problem.not_asked_of_you")
    assert not_asked_of(form, {name: "x"}, "clerk") == []


def test_a_question_that_not_all_are_asked_is_not_required_of_all() -> None:
    required = TWO_ROLES.replace("    required: true\n", "    required: true\n" + FOR_THE_CLERK, 1)
    with pytest.raises(Problems, match="written_by: cannot stand beside required"):
        parse_form(required, "visit.yaml")
    with pytest.raises(Problems, match="'clerk' may not file this kind"):
        parse_form(VISIT.replace("    publish: never", FOR_THE_CLERK + "    publish: never", 1), "visit.yaml")


def test_counts_are_of_plain_answers() -> None:
    with pytest.raises(Problems, match="counted is for numbers, choices and yes or no"):
        parse_form(
            VISIT.replace("publish: full", "publish: counted", 2).replace("full", "counted", 1), "visit.yaml"
        )
