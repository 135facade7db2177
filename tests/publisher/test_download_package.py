"""datapackage.json is true of every file and every row, and the readmes name every table and column."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from tests.publisher.fake import CONTENT, FakeLedger
from tests.publisher.taken_home import package, put, written
from tests.publisher.test_download_tables import hostile, sample

FORMS = load_forms(CONTENT)
NAME = re.compile(r"[a-z0-9._-]+")
NUMBERS = {"integer": int, "number": float}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "release"
    put(path, sample(), FORMS, id="2026-11-21-000001-0123456789")
    written(path)
    return path


def faults(descriptor: dict[str, Any], folder: Path) -> list[str]:
    """Everything in a descriptor that the standard does not allow, or that is not so."""
    found = [f"no {name}" for name in ("name", "created", "version", "licenses") if not descriptor.get(name)]
    if not NAME.fullmatch(descriptor["name"]) or not re.match(
        r"\d{4}-\d\d-\d\dT.*[+Z]", descriptor["created"]
    ):
        found.append("name or created")
    named = [each["name"] for each in descriptor["resources"]]
    found += [f"{name} is no name" for name in named if not NAME.fullmatch(name)]
    if len(set(named)) != len(named):
        found.append("a name twice")
    tables = {
        each["name"]: read(folder / each["path"]) for each in descriptor["resources"] if "schema" in each
    }
    for resource in descriptor["resources"]:
        for file in (resource, *resource.get("alternatives", ())):
            found += file_faults(file, folder)
        if "schema" in resource:
            found += schema_faults(resource, tables)
    return found


def file_faults(file: dict[str, Any], folder: Path) -> list[str]:
    data = (folder / file["path"]).read_bytes()
    wrong = len(data) != file["bytes"] or file["hash"] != f"sha256:{hashlib.sha256(data).hexdigest()}"
    return [f"{file['path']}: size or digest"] if wrong else []


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def schema_faults(resource: dict[str, Any], tables: dict[str, list[dict[str, str]]]) -> list[str]:
    schema, rows, name = resource["schema"], tables[resource["name"]], resource["name"]
    fields = {field["name"]: field for field in schema["fields"]}
    found = [f"{name}: columns"] if rows and list(fields) != list(rows[0]) else []
    for row in rows:
        for column, text in row.items():
            if text not in schema["missingValues"] and not fits(fields[column], text):
                found.append(f"{name}.{column}: {text[:40]!r} is not {fields[column]['type']}")
            if text == "" and fields[column].get("constraints", {}).get("required"):
                found.append(f"{name}.{column}: nothing there")
    key = schema.get("primaryKey", [])
    if key and len({tuple(row[each] for each in key) for row in rows}) != len(rows):
        found.append(f"{name}: a key twice")
    for foreign in schema.get("foreignKeys", ()):
        (column,), target = foreign["fields"], foreign["reference"].get("resource") or name
        there = {row["code"] for row in tables[target]}
        found += [
            f"{name}.{column}: {row[column]} is not there"
            for row in rows
            if row[column] and row[column] not in there
        ]
    return found


def fits(field: dict[str, Any], text: str) -> bool:
    constraints = field.get("constraints", {})
    if "enum" in constraints and text not in constraints["enum"]:
        return False
    if "pattern" in constraints and not re.match(constraints["pattern"], text):
        return False
    try:
        match field["type"]:
            case "integer" | "number":
                NUMBERS[field["type"]](text)
            case "boolean":
                return text in (*field["trueValues"], *field["falseValues"])
            case "date":
                date.fromisoformat(text)
            case "yearmonth":
                date.fromisoformat(f"{text}-01")
            case "array":
                return isinstance(json.loads(text), list)
            case "string" | "any":
                pass
            case other:
                raise ValueError(other)
    except ValueError:
        return False
    return True


def test_the_descriptor_is_true_of_every_file_and_row(release: Path) -> None:
    assert faults(package(release), release / "www/download") == []


def test_it_is_true_of_records_that_do_not_fit_their_fields_too(tmp_path: Path) -> None:
    put(tmp_path / "release", hostile(), FORMS)
    written(tmp_path / "release")
    assert faults(package(tmp_path / "release"), tmp_path / "release/www/download") == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: made["resources"][0].update(bytes=1),
        lambda made: table(made, "visit")["alternatives"][0].update(hash="sha256:0"),
        lambda made: field(made, "visit", "visit_kind")["constraints"].update(enum=["other"]),
        lambda made: field(made, "visit", "visited_on").update(type="date"),
        lambda made: table(made, "suggestion")["schema"].update(primaryKey=["confidentiality"]),
        lambda made: table(made, "visit")["schema"]["fields"].pop(),
    ],
)
def test_a_descriptor_that_is_not_true_is_noticed(release: Path, spoil: Callable[[Any], Any]) -> None:
    made = copy.deepcopy(package(release))
    spoil(made)
    with suppress(KeyError):  # a column that nobody described
        assert faults(made, release / "www/download")


def table(made: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in made["resources"] if each["name"] == name)


def field(made: dict[str, Any], name: str, column: str) -> dict[str, Any]:
    return next(each for each in table(made, name)["schema"]["fields"] if each["name"] == column)


def test_a_column_says_type_codes_unit_and_policy_in_both_languages(release: Path) -> None:
    made = package(release)
    topic = field(made, "suggestion", "topic")
    assert {"value": "social", "label": "社会建设"} in topic["categories"]
    assert "social" in topic["constraints"]["enum"]
    assert "Social affairs" in topic["description"] and "公开：全部" in topic["description"]
    money = field(made, "suggestion", "money_asked")
    assert (money["type"], money["unit"]) == ("integer", "0.01 CNY") and "分" in money["description"]
    assert field(made, "visit", "visited_on")["type"] in ("yearmonth", "date")
    assert field(made, "suggestion", "origin_visits")["type"] == "array"
    assert table(made, "ballot_candidates")["schema"]["primaryKey"] == ["code", "n"]
    assert {"fields": ["code"], "reference": {"resource": "ballot", "fields": ["code"]}} in (
        table(made, "ballot_candidates")["schema"]["foreignKeys"]
    )
    assert made["version"] == "2026-11-21-000001-0123456789"
    assert made["created"] == "2026-11-21T00:00:00+08:00"


def test_a_reference_to_what_is_not_public_is_no_foreign_key(tmp_path: Path) -> None:
    forms = {kind: FORMS[kind] for kind in ("visit", "grid", "takedown")}
    ledger = FakeLedger()
    grid = ledger.file(forms["grid"], {"name": "柳河村", "level": "village"})
    visit = {"visited_on": "2026-03-02", "visit_kind": "spot", "people": 3}
    ledger.file(forms["visit"], {**visit, "grid": grid.code})
    put(tmp_path / "one", ledger, forms)
    written(tmp_path / "one")
    keys = table(package(tmp_path / "one"), "visit")["schema"]["foreignKeys"]
    assert [key["fields"] for key in keys] == [["grid"]]
    gone = ledger.file(forms["grid"], {"name": "石桥村", "level": "village"})
    ledger.file(forms["visit"], {**visit, "grid": gone.code})
    ledger.take_down(gone)
    put(tmp_path / "two", ledger, forms)
    written(tmp_path / "two")
    there = table(package(tmp_path / "two"), "visit")["schema"]
    assert (
        "foreignKeys" not in there and faults(package(tmp_path / "two"), tmp_path / "two/www/download") == []
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_readme_names_every_table_and_column(release: Path, lang: str) -> None:
    text = (release / f"www/download/README.{lang}.txt").read_text("utf-8")
    for resource in package(release)["resources"]:
        for each in resource.get("schema", {}).get("fields", ()):
            assert f"  - {each['name']} (" in text
        if "schema" in resource:
            assert f"\n{resource['name']}  " in text
    assert ("注明来源" if lang == "zh" else "attribution") in text


@pytest.mark.full
def test_frictionless_finds_nothing_to_mend(release: Path, tmp_path: Path) -> None:
    program = os.environ.get("MINGBAI_FRICTIONLESS") or shutil.which("frictionless")
    if program is None:
        pytest.skip(
            "no frictionless: pip install frictionless in a place of its own, name it in MINGBAI_FRICTIONLESS"
        )
    there = release / "www/download"
    asked = [program, "validate", "datapackage.json", "--json"]
    told = subprocess.run(asked, cwd=there, capture_output=True, text=True)
    report = json.loads(told.stdout)
    assert told.returncode == 0 and report["valid"], [
        task["errors"][:2] for task in report["tasks"] if task["errors"]
    ]
    shutil.copytree(there, tmp_path / "spoilt")
    with (tmp_path / "spoilt/visit.csv").open("a", encoding="utf-8") as file:
        file.write("x\r\n")
    assert subprocess.run(asked, cwd=tmp_path / "spoilt", capture_output=True).returncode != 0
