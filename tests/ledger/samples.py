"""Forms and files that the tests of this folder share."""

from __future__ import annotations

import json
import os
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from ledger.forms import Form, parse_form
from ledger.problems import Problems
from ledger.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"

VISIT = """\
kind: visit
label: {zh: 走访, en: Visit}
description: {zh: 代表每走访一次，记一条。, en: One record for each call a deputy makes.}
code: ZF
written_by: [deputy]
about: grid
fields:
  visited_on:
    label: {zh: 走访日期, en: Date of visit}
    schema: {type: string, format: date}
    required: true
    publish: full
  grid:
    label: {zh: 网格, en: Grid}
    refers_to: grid
    required: true
    publish: full
  topic:
    label: {zh: 话题, en: Topic}
    choices:
      road: {zh: 道路, en: Road}
      other: {zh: 其他, en: Other}
    publish: full
  other:
    label: {zh: 其他话题, en: Other topic}
    schema: {type: string, maxLength: 5}
    only_if: {topic: other}
    required: true
    publish: full
  people:
    label: {zh: 见到人数, en: People met}
    schema: {type: integer, minimum: 0, maximum: 500}
    publish: counted
  households:
    label: {zh: 走访户数, en: Households}
    schema: {type: integer, minimum: 0}
    publish: counted
  phone:
    label: {zh: 联系电话, en: Telephone}
    schema: {type: string, maxLength: 20}
    publish: never
    forget_after: 180 days
checks:
  - that: people >= households
    say: {zh: 人数不会少于户数。, en: There cannot be fewer people than households.}
page:
  title: '{{ visited_on }} {{ grid }}'
  columns: [visited_on, grid, topic]
  sort: -visited_on
  facets: [topic]
"""


def form_of(fields: str, head: str = "", foot: str = "") -> str:
    """The text of a form around some fields; without a foot it gets a page that shows the first of them."""
    fields = dedent(fields).strip("\n")
    first = fields.split(":", 1)[0]
    return (
        "kind: note\nlabel: {zh: 便条, en: Note}\ndescription: {zh: 记一条。, en: A note.}\ncode: BT\n"
        + "written_by: [clerk]\n"
        + dedent(head)
        + "fields:\n"
        + "".join(f"  {line}\n" for line in fields.splitlines())
        + (
            dedent(foot)
            if foot
            else f"page: {{title: '{{{{ {first} }}}}', columns: [{first}], sort: {first}}}\n"
        )
    )


def parsed(fields: str, head: str = "", foot: str = "") -> Form:
    return parse_form(form_of(fields, head, foot), "note.yaml")


def said(text: str) -> list[str]:
    """The problems of a form's text, one line each."""
    with pytest.raises(Problems) as caught:
        parse_form(text, "note.yaml")
    return str(caught.value).splitlines()


def cases(name: str) -> Any:
    return read_yaml(CASES / name).value


def data(name: str) -> Any:
    """Test data from outside the repository; a test that needs it is skipped where it is not."""
    folder = Path(os.environ.get("MINGBAI_DATA", ROOT.parent / "shared" / "data"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"{name} is not in {folder}; set MINGBAI_DATA to the folder that holds it")
    return json.loads(path.read_text(encoding="utf-8"))
