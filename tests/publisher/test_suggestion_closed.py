"""A form may publish less than it did: then nothing is said of how suggestions stand, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import Field, Form
from publisher.reading.public import Public
from publisher.suggestion.cases import CONCLUDED, closed
from publisher.suggestion.state import states
from tests.publisher.sample import rendered
from tests.publisher.suggestion_sample import BOOK, FORMS, page, sample
from tests.publisher.test_unpublished import closed as without

REGISTERS = ("board.html", "promises.html", "supervision.html", "handling.html")
GUESSES = ("还没有答复", "没有办成", "没有兑现", "超期", "已超", "还没有交办过", "没有定轨道的")


def publishing(name: str, **changed: Any) -> Mapping[str, Form]:
    """The sample's forms, one field `kind.field` of which is published otherwise: not at all, unless told."""
    kind, _, field = name.partition(".")
    form, given = FORMS[kind], FORMS[kind].page
    fields: Mapping[str, Field] = (
        {**form.fields, field: replace(form.fields[field], **changed)}
        if changed
        else without(form.fields, field)
    )
    shown = given and replace(
        given,
        columns=tuple(each for each in given.columns if each != field),
        facets=tuple(each for each in given.facets if each != field),
        sort="filed_on" if given.sort.lstrip("-") == field else given.sort,
    )
    return {**FORMS, kind: replace(form, fields=fields, page=shown)}


def seen(body: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", body)).replace("\u00a0", " ")


def test_the_sample_publishes_all_that_is_concluded_from(tmp_path: Path) -> None:
    public, _ = sample(tmp_path / "public.db")
    assert closed(public) == ()
    assert all(
        part in FORMS[kind].fields
        for kind, names in CONCLUDED.items()
        for part in (n.split(".")[0] for n in names)
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("reply.outcome_class", "答复的“办理结果”"),
        ("promise.claimed_done_on", "承诺事项的“"),
        ("assignment.complex", "交办的“"),
        ("onsite_check.items.verdict", "上门查验的“办成没有”"),
        ("extension.consent", "延期的“"),
    ],
)
def test_what_is_not_published_is_named_and_nothing_is_guessed(name: str, said: str, tmp_path: Path) -> None:
    public, codes = sample(tmp_path / "public.db", publishing(name))
    assert said in page(public, codes["suggestion/2026-029"])["strong"]
    assert {row["stage"] for row in public.rows["suggestion"]} == {None}
    made = rendered(public, "suggestion", "organ", *REGISTERS)
    for path, body in made.items():
        text = seen(body).partition('<h2 id="related"')[0]
        if path in REGISTERS or path == f"suggestion/{codes['suggestion/2026-029']}.html":
            assert "没有公开，这里说不出建议办到了哪一步" in text, path
            assert not [guess for guess in GUESSES if guess in text.replace("没有公开", "")], path


def test_a_day_told_as_a_month_is_no_day_to_count_from(tmp_path: Path) -> None:
    public, _ = sample(tmp_path / "public.db", publishing("reply.replied_on", publish="month"))
    assert closed(public) == (("reply", "replied_on"),)
    assert rendered(public, "suggestion", *REGISTERS)


def test_of_a_suggestion_that_is_not_public_not_even_the_state_is_told_then(tmp_path: Path) -> None:
    public, codes = sample(tmp_path / "public.db", publishing("assignment.organ"))
    assert page(public, codes["suggestion/2025-034"])["strong"] == "不公开的建议。"


def test_a_post_that_is_not_published_is_not_called_missing(tmp_path: Path) -> None:
    public, codes = sample(tmp_path / "public.db", publishing("track.supervising_leader"))
    track = page(public, codes["suggestion/2026-029"])["track"]
    assert not any("督办领导" in lamp["why"] for lamp in track["lamps"])
    assert "没有写督办领导" not in seen(rendered(public, "supervision.html")["supervision.html"])


def test_any_one_field_may_go_and_every_page_still_stands(tmp_path: Path) -> None:
    for n, name in enumerate(
        ("rating.stage", "reply.body", "promise.what", "key_supervision.leader_post", "track.reason")
    ):
        public: Public = sample(tmp_path / f"{n}.db", publishing(name))[0]
        assert rendered(public, "suggestion", "organ", *REGISTERS)
        assert all(each.silent == bool(closed(public)) for each in states(public, BOOK))
