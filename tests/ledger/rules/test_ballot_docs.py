"""docs/ballots.md cannot rot: its examples are run, and it tells every column, word, option and article."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

import ledger.rules.ballot
from ledger.rules.ballot.files import HEADERS
from ledger.rules.ballot.marks import SHEET_COLUMNS, VOTE_COLUMNS, VOTES
from ledger.rules.ballot.pb import VOTE_TYPES
from ledger.rules.ballot.recount import _parser, main
from ledger.rules.ballot.totals import SAME
from ledger.rules.ballot.totals import VOTES as COUNTED
from ledger.rules.ballot.verdict import ARTICLES, BASES, BODIES, FORMS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/ballots.md").read_text("utf-8")
EXAMPLES = re.findall(
    r'^```csv title="([\w.]+)"\n(.*?)^```\n\n```console\n(.*?)\n```\n\n```text\n(.*?)^```$', TEXT, re.M | re.S
)


@pytest.mark.parametrize(("name", "data", "command", "said"), EXAMPLES, ids=[each[0] for each in EXAMPLES])
def test_every_example_prints_what_the_page_says(
    name: str,
    data: str,
    command: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_text(data, "utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "ledger.rules.ballot"]
    main(words[3:])
    printed = capsys.readouterr()
    assert printed.out + printed.err == said


def test_there_is_an_example_for_each_kind_of_csv() -> None:
    assert len(EXAMPLES) == TEXT.count("```console") >= len(HEADERS)


def test_every_column_form_base_body_and_option_is_told() -> None:
    told = {word for part in re.findall(r"`([^`\n]+)`", TEXT) for word in re.split(r"[\s,|\[\]]+", part)}
    columns = {*SAME, *COUNTED, "points", "subject", *(name for names in HEADERS.values() for name in names)}
    columns |= {each for names in (SHEET_COLUMNS, VOTE_COLUMNS) for own in names.values() for each in own}
    wanted = columns | {*FORMS, *BASES, *BODIES, *VOTE_TYPES}
    wanted |= {option for action in _parser()._actions for option in action.option_strings} - {"-h", "--help"}
    assert wanted - told == set()


def test_every_rule_stands_with_its_article() -> None:
    rows = dict(re.findall(r"^\| (B\d+|street|arithmetic) \| (.*?) \|", TEXT, re.M))
    assert rows == ARTICLES


def test_every_word_that_is_read_as_a_vote_is_told() -> None:
    table = TEXT[TEXT.index("| means | written |") : TEXT.index("The letter `x`")]
    rows = {
        line.split("`")[1]: set(re.split(r"[`|,; ()]+", line)) | set(re.findall(r"`([^`]+)`", line))
        for line in table.splitlines()
        if line.startswith("| `")
    }
    for word, vote in VOTES.items():
        assert word in rows[vote] or (word == "present" and "`present`" in table), word


def test_the_package_lists_its_modules_a_line_each() -> None:
    listed = re.findall(r"^([a-z_]+) {2,}\S", ledger.rules.ballot.__doc__ or "", re.MULTILINE)
    there = {path.stem for path in (ROOT / "ledger/rules/ballot").glob("*.py")} - {"__init__", "__main__"}
    assert sorted(listed) == sorted(there)


def test_the_schema_knows_the_same_forms_bases_and_bodies() -> None:
    schema = json.loads((ROOT / "tests/cases/recount.schema.json").read_text("utf-8"))
    ballot = schema["$defs"]["recount"]["properties"]["ballot"]["properties"]
    assert tuple(ballot["form"]["enum"]) == FORMS
    assert (tuple(ballot["base"]["enum"]), tuple(ballot["body"]["enum"])) == (BASES, BODIES)
