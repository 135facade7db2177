"""The sample congress in content/ is complete, sound and invented: every page has something true to show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.imports import export, import_path
from ledger.congress import load_congress
from ledger.entries import references
from ledger.forms import Form, load_forms
from ledger.pii import find_pii
from ledger.records import RecordFile, check_answers, read_record
from ledger.rules.ballot.tally import check_code, compare, list_digest
from ledger.store import Store, open_ledger
from ledger.strict_yaml import read_yaml

CONTENT = Path(__file__).parents[1] / "content"
FORMS = load_forms(CONTENT)
FILES = [read_record(path) for path in sorted(CONTENT.glob("records/*/*.yaml"))]
GLOSSARY = CONTENT.parent / "docs" / "glossary.md"
LAST_DAY = "2026-11-20"


def of(kind: str) -> list[RecordFile]:
    return [file for file in FILES if file.kind == kind]


def named(file: RecordFile) -> str:
    return f"{file.kind}/{file.name}"


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_sample_record_fits_its_form(file: RecordFile) -> None:
    assert check_answers(FORMS[file.kind], file.answers) == []


def test_every_name_a_sample_record_refers_to_is_there() -> None:
    there = {(file.kind, file.name) for file in FILES}
    wanted = {(each.kind, each.name) for file in FILES for each in references(FORMS[file.kind], file.answers)}
    assert wanted - there == set()


def test_the_sample_fills_every_page() -> None:
    sizes = {kind: len(of(kind)) for kind in FORMS if kind != "approval"}
    assert sizes["deputy"] == 12 and sizes["organ"] == 7 and sizes["station"] == 6
    assert min(sizes["grid"], sizes["visit"], sizes["suggestion"]) >= 8 and sizes["visit"] >= 20


@pytest.mark.parametrize("form", [form for form in FORMS.values() if form.page], ids=lambda form: form.kind)
def test_every_field_and_choice_people_see_is_used_somewhere(form: Form) -> None:
    seldom = {
        "source", "source_id", "contractor_as_written", "councillors_as_written", "area_as_written",
        "term_as_written", "year_as_written", "month_as_written",
    }  # fmt: skip  # what only an import of a foreign register fills
    used = {name for file in of(form.kind) for name in file.answers}
    # Photos come from phones, and a sample's would be of somebody.
    asked = {field.name for field in form.published if field.shown_as != "photos"}
    assert asked - used - seldom == set()


def test_days_of_the_sample_lie_in_its_two_years() -> None:
    for file in FILES:
        for name in ("visited_on", "received_on"):
            if name in file.answers:
                assert "2025-01-01" <= date.fromisoformat(file.answers[name]).isoformat() <= LAST_DAY, named(
                    file
                )


def test_some_suggestions_are_withheld_and_each_for_another_reason() -> None:
    reasons = [file.answers["confidentiality"] for file in of("suggestion")]
    assert {"deputy_requested", "privacy", "trade_secret"} <= set(reasons) and reasons.count("public") >= 15


def published(form: Form) -> list[Any]:
    return [field for field in form.fields.values() if field.publish not in ("never", "counted")]


@pytest.mark.parametrize(
    "form", [form for form in FORMS.values() if published(form)], ids=lambda form: form.kind
)
def test_a_form_that_publishes_something_says_on_what_basis_and_whether_that_is_confirmed(form: Form) -> None:
    bases = [field.basis or form.basis for field in published(form)]
    assert all(bases)
    for basis in bases:
        assert re.search("第[一二三四五六七八九十百]+条", basis) or ("默认" in basis and "待确认" in basis), (
            basis
        )


@pytest.mark.parametrize("file", of("ballot"), ids=named)
def test_a_ballot_of_the_sample_is_arithmetically_true(file: RecordFile) -> None:
    ballot, options = file.answers, [row["option"] for row in file.answers["candidates"]]
    assert ballot["list_digest"] == list_digest(
        [(row["option"], row["subject"]) for row in ballot["candidates"]]
    )
    counts = {each.name: each.answers for each in of("tally_count") if each.answers["ballot"] == file.name}
    (result,) = [each.answers for each in of("ballot_result") if each.answers["ballot"] == file.name]
    assert len(counts) == 2 and sorted(result["counts"]) == sorted(counts)
    for count in counts.values():
        assert count["list_digest"] == ballot["list_digest"]
        assert count["check_code"] == check_code(ballot["list_digest"], options, count)
    one, other = counts.values()
    assert bool(compare(one, other)) == ("resolution" in result)
    for each in (one, other, result):
        assert [row["option"] for row in each["totals"]] == options
        assert each["valid"] + each["invalid"] == each["returned"] <= each["issued"] <= ballot["present"]
        approved = sum(row["approve"] for row in each["totals"])
        if ballot["ballot_form"] == "approve_oppose_abstain":
            assert all(
                sum(v for k, v in row.items() if k != "option") == each["valid"] for row in each["totals"]
            )
        elif ballot["ballot_form"] == "choose_one":
            assert approved == each["valid"] - each["blank"]
        else:
            assert approved <= (each["valid"] - each["blank"]) * ballot["seats"]


def test_a_record_waits_for_approval_and_one_holds_a_private_number() -> None:
    assert any("residents_said" in file.answers for file in of("visit"))
    assert any("contact_phone" in file.answers for file in of("visit"))


def private(form: Form) -> set[str]:
    return {field.name for field in form.fields.values() if field.publish == "never"}


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in texts(part)]


def test_nothing_public_in_the_sample_looks_like_personal_data() -> None:
    for file in FILES:
        said = {name: value for name, value in file.answers.items() if name not in private(FORMS[file.kind])}
        assert [hit for text in texts(said) for hit in find_pii(text)] == [], named(file)


def test_private_numbers_of_the_sample_say_that_they_are_invented() -> None:
    numbers = [v for f in FILES for name, v in f.answers.items() if re.search("phone|mobile", name)]
    assert numbers and all(number.startswith("虚构") for number in numbers)


def test_a_telephone_is_never_published_by_any_form() -> None:
    phones = [
        field
        for form in FORMS.values()
        for field in form.fields.values()
        if re.search("phone|mobile", field.name)
    ]
    assert phones and {field.publish for field in phones} == {"never"}
    residents = [FORMS["visit"].fields[name] for name in ("contact_name", "contact_phone")]
    assert all(field.forget_after == "180 days" for field in residents)


def test_what_a_visit_says_of_a_household_stays_inside() -> None:
    form = FORMS["visit"]
    assert form.fields["visited_on"].publish == "month" and not form.proof
    assert {form.fields[name].publish for name in ("households", "people")} == {"counted"}
    for name in ("topics", "summary", "residents_said"):
        assert form.fields[name].publish_when == "visit_kind != 'key_household'"


def test_of_a_withheld_suggestion_only_the_date_remains() -> None:
    form = FORMS["suggestion"]
    assert form.proof and form.publish_when == "confidentiality == 'public'"
    assert set(form.keep_when_withheld) == {"received_on"}


def test_hints_and_labels_are_short_enough_for_a_phone() -> None:
    for form in FORMS.values():
        for field in form.fields.values():
            assert len(field.label["zh"]) <= 12, f"{form.kind}.{field.name}"
            assert len((field.hint or {}).get("zh", "")) <= 60, f"{form.kind}.{field.name}"


def test_the_sample_imports_and_copies_out_and_replays(tmp_path: Path) -> None:
    versions = sum(len(file.earlier) for file in FILES)
    said = sum(file.approved + (file.taken_down is not None) for file in FILES)
    assert versions and said > 2
    with Store.open(tmp_path / "home", FORMS) as store:
        assert dict(import_path(store, FORMS, CONTENT / "records").counts) == {
            "accepted": len(FILES) + versions + said
        }
        with open_ledger(store.home) as ledger:
            written = export(ledger, FORMS, "all", tmp_path / "records")
        assert dict(import_path(store, FORMS, tmp_path / "records").counts) == {"replayed": len(FILES) + said}
    told = ("approval", "takedown")
    copied = {named(file): file.answers for file in map(read_record, written) if file.kind not in told}
    assert copied == {named(file): file.answers for file in FILES}


@pytest.mark.parametrize("path", sorted(CONTENT.glob("rulebooks/*.yaml")), ids=lambda path: path.stem)
def test_every_value_of_a_rulebook_cites_its_article_or_says_that_it_does_not(path: Path) -> None:
    book = read_yaml(path).value
    based_on = book.pop("based_on", None)
    assert set(book.pop("name")) == {"zh", "en"}
    assert based_on is None or (path.parent / f"{based_on}.yaml").is_file()
    for subject in book.values():
        for name, entry in subject.items():
            assert "value" in entry, name
            assert (
                re.search("第.+条", entry.get("article", "")) or entry.get("basis") == "unverified default"
            ), name


def test_the_congress_names_a_rulebook_that_is_there() -> None:
    assert (CONTENT / "rulebooks" / f"{load_congress(CONTENT).rulebook}.yaml").is_file()


def test_every_kind_stands_in_the_glossary_under_its_names() -> None:
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for form in FORMS.values():
        assert any(
            f"`{form.kind}`" in row and form.label["zh"] in row and form.label["en"].lower() in row.lower()
            for row in rows
        ), form.kind


def test_every_choice_that_names_a_term_of_the_field_is_in_the_glossary() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    terms = (
        ("suggestion", "confidentiality"),
        ("suggestion", "period"),
        ("visit", "visit_kind"),
        ("project_idea", "decision"),
        ("ballot", "body_kind"),
        ("ballot", "ballot_form"),
        ("candidate_review", "review_kind"),
        ("project_change", "what"),
    )
    for kind, name in terms:
        assert [each for each in FORMS[kind].fields[name].choices if f"`{each}`" not in text] in (
            [],
            ["public"],
        )
