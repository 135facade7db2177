"""A form may publish less than it did: then a page says so, and concludes nothing from what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import Field, Form, load_forms
from ledger.records import read_record
from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.words import load_words
from publisher.ballot import page as ballots
from publisher.project import balance, coverage, cycle_words, ideas
from publisher.project import page as projects
from publisher.reading.answers import unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT, FakeLedger, published
from tests.publisher.sample import rendered

FORMS = {
    kind: form
    for kind, form in load_forms(CONTENT).items()
    if kind.partition("_")[0]
    in ("ballot", "deputy", "grid", "organ", "plan", "project", "rollout", "suggestion")
}
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
LINKS = DataLinks("")
KINDS = ("ballot", "project_candidate", "project_cycle", "project_idea", "coverage.html", "balance.html")
Sample = tuple[Public, Mapping[str, str]]


def closed(fields: Mapping[str, Field], name: str) -> dict[str, Field]:
    """Fields of which one is published no more; a dot leads into a group."""
    outer, dot, inner = name.partition(".")
    field = fields[outer]
    less = replace(field, each=closed(field.each, inner)) if dot else replace(field, publish="never")
    return {**fields, outer: less}


def without(folder: Path, *names: str, drop: str = "") -> Sample:
    """The sample, some fields `kind.field` not published, and the kinds that begin with `drop` left out."""
    forms: dict[str, Form] = {
        kind: form for kind, form in FORMS.items() if not drop or not kind.startswith(drop)
    }
    for name in names:
        kind, _, field = name.partition(".")
        page = forms[kind].page
        shown = page and replace(
            page,
            columns=tuple(each for each in page.columns if each != field),
            facets=tuple(each for each in page.facets if each != field),
            search=tuple(each for each in page.search if each != field),
            sort="filed_on" if page.sort.lstrip("-") == field else page.sort,
        )
        forms[kind] = replace(forms[kind], fields=closed(forms[kind].fields, field), page=shown)
    folder.mkdir(exist_ok=True)
    ledger, codes = FakeLedger(), dict[str, str]()
    for kind, form in forms.items():
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            codes[f"{kind}/{file.stem}"] = ledger.file(form, read_record(file).answers, name=file.stem).code
    return published(folder / "public.db", ledger, *forms.values()), codes


def page(sample: Sample, kind: str, name: str) -> dict[str, Any]:
    public, codes = sample
    make = {
        "ballot": ballots.page,
        "project_candidate": projects.page,
        "project_cycle": cycle_words.page,
        "project_idea": ideas.page,
    }
    return make[kind](public, public.by_code(kind)[codes[f"{kind}/{name}"]], BOOK, WORDS, "zh")


def test_a_column_that_is_not_there_holds_nothing_and_is_known_to_be_missing(tmp_path: Path) -> None:
    public, _ = without(tmp_path, "ballot.tie_rule", "ballot_result.totals.oppose")
    assert public.rows["ballot"][0]["tie_rule"] is None
    assert unpublished(public, "ballot", "tie_rule", "seats", "candidates.option") == ("tie_rule",)
    assert unpublished(public, "ballot_result", "totals.oppose", "totals.approve") == ("totals.oppose",)
    assert unpublished(public, "no_such_kind", "anything") == ("anything",)


# -- ballots --


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ballot.threshold", "规则没有写全，或者没有公开"),
        ("ballot.base", "规则没有写全，或者没有公开"),
        ("ballot.body_kind", "规则没有写全，或者没有公开"),
        ("ballot.roster_size", "全体人数不清楚"),
        ("ballot.candidates", "候选名单没有公开"),
        ("ballot.candidates.option", "候选名单没有公开"),
        ("ballot_result.totals", "各项票数没有公开"),
        ("ballot_result.totals.option", "各项票数没有公开"),
        ("ballot_result.totals.approve", "各项票数没有公开"),
        ("ballot_result.ballot", "票决结果没有公开"),
    ],
)
def test_a_ballot_that_hides_what_its_verdict_needs_has_none_and_says_why(
    tmp_path: Path, name: str, why: str
) -> None:
    told = page(without(tmp_path, name), "ballot", "qingxi-2025")
    assert "没法核实" in told["verdict"][0] and why in told["verdict"][1]


@pytest.mark.parametrize(
    "name",
    [
        "method",
        "present",
        "session",
        "voted_on",
        "round",
        "revote_of",
        "tie_rule",
        "seats",
        "cycle",
        "sheets_published",
    ],
)
def test_no_field_of_a_ballot_is_needed_for_its_page_to_stand(tmp_path: Path, name: str) -> None:
    public, _ = sample = without(tmp_path, f"ballot.{name}")
    made = rendered(public, *KINDS)
    assert not any(">None<" in each or "None 年" in each for each in made.values())
    assert page(sample, "ballot", "qingxi-2026")["verdict"]


def test_votes_against_that_nobody_published_are_not_zero(tmp_path: Path) -> None:
    public, codes = sample = without(tmp_path, "ballot_result.totals.oppose")
    assert page(sample, "ballot", "liuhe-2026")["chart"]["rows"][0]["votes"] == [50, "?", 2]
    row = public.by_code("ballot")[codes["ballot/liuhe-2026"]]
    assert ballots.totals_csv(public, row, BOOK)


# -- projects --


def test_without_ballots_nobody_says_that_there_was_no_vote(tmp_path: Path) -> None:
    for n, sample in enumerate(
        (without(tmp_path / "a", "ballot.candidates.candidate"), without(tmp_path / "b", drop="ballot"))
    ):
        told = page(sample, "project_candidate", "qingxi-2026-02")
        assert told["verdict"]["strong"] == "票决没有公开，这里看不出选定没有。", n
        cycle = page(sample, "project_cycle", "qingxi-2026")
        assert {each["word"] for each in cycle["candidates"]} == {"票决没有公开"}
        assert [each["head"] for each in cycle["stages"]] == ["列入初定的线索", "写进候选项目的线索"]
        assert cycle["stale_head"] == "票决没有公开，看不出哪些选定了。"
        assert "票决没有公开" in page(sample, "project_idea", "2026-02")["verdict"][0]
        assert rendered(sample[0], *KINDS)


@pytest.mark.parametrize(
    "name", ["project_progress.percent", "project_progress.stage", "project_progress.candidate"]
)
def test_progress_that_is_not_published_is_not_called_silence(tmp_path: Path, name: str) -> None:
    sample = without(tmp_path, name)
    told = page(sample, "project_candidate", "qingxi-2026-02")
    assert told["fresh"] is None and told["experts"] == [] and told["progress"] is None
    assert told["nothing"]["progress"] == "“进度”没有公开，或者没有公开全，这里看不出来。"
    assert told["now"][0] == told["nothing"]["progress"]
    cycle = page(sample, "project_cycle", "qingxi-2026")
    assert "看不出投入使用几件" in cycle["verdict"][1] and "投入使用 0 件" not in cycle["verdict"][1]
    assert "投入使用的项目" not in [each["head"] for each in cycle["stages"]]
    assert cycle["stale"] == [] and "看不出多久没有更新" in cycle["stale_head"]


def test_inspections_that_are_not_published_do_not_forbid_a_test(tmp_path: Path) -> None:
    told = page(without(tmp_path, "project_inspection.severity"), "project_candidate", "qingxi-2026-02")
    assert told["inspections"] == [] and "没有公开" in told["nothing"]["inspections"]
    assert not any("督查" in each["why"] for each in told["watched"])
    dates = ("project_inspection.rectified_on", "project_inspection.due_on")
    told = page(without(tmp_path / "dates", *dates), "project_candidate", "qingxi-2025-01")
    assert [each["state"] for each in told["inspections"]] == [
        "没有要整改的",
        "改好没有，这里没有公开。",
        "没有要整改的",
    ]


def test_an_approval_that_is_not_published_is_not_missing(tmp_path: Path) -> None:
    (change,) = page(without(tmp_path, "project_change.approved_on"), "project_candidate", "qingxi-2026-02")[
        "changes"
    ]
    assert change["icon"] == "none" and "没有公开，无法核对" in change["why"]


@pytest.mark.parametrize("name", ["funding", "funding.secured", "funding.amount", "total_budget"])
def test_money_that_is_not_published_is_neither_secured_nor_missing(tmp_path: Path, name: str) -> None:
    sample = without(tmp_path, f"project_candidate.{name}")
    told = page(sample, "project_candidate", "qingxi-2026-02")
    if name == "total_budget":
        assert told["money"] is None
    else:
        assert (
            told["money"]["finding"] == "计划 3,200,000.00\xa0元；落实了多少没有公开。"
            and not told["money"]["gap"]
        )
    e3 = next(each for each in told["eligibility"]["lamps"] if each["rule"] == "E3")
    assert e3["icon"] == "none" and "没有公开，无法核对" in e3["why"]
    cycle = page(sample, "project_cycle", "qingxi-2026")
    assert cycle["money"] is None and "没有公开" in cycle["nothing"]["money"]


def test_flags_that_are_not_published_are_not_a_pass(tmp_path: Path) -> None:
    told = page(without(tmp_path, "project_candidate.flags"), "project_candidate", "qingxi-2026-08")
    lamps = {each["rule"]: each["icon"] for each in told["eligibility"]["lamps"]}
    assert lamps["E5"] == lamps["E6"] == "none"


def test_a_clarity_that_is_not_published_is_not_called_missing(tmp_path: Path) -> None:
    names = ("project_candidate.named_post", "project_candidate.lead_organ")
    sample = without(tmp_path, *names)
    told = page(sample, "project_candidate", "qingxi-2026-02")
    assert told["clear"] == "四个清：4 项里清了 3 项；1 项没有公开，看不出清不清"
    assert told["clarities"][1] == {
        "icon": "none",
        "what": "职责没有公开全",
        "why": "缺：牵头单位（没有公开）、责任岗位（没有公开）。",
    }
    missing = page(sample, "project_cycle", "qingxi-2026")["clear"]["each"][1]["missing"]
    assert {what for _, _, what in missing} == {"牵头单位（没有公开）、责任岗位（没有公开）"}


# -- cycles, ideas, coverage, balance --


def test_steps_that_are_not_published_are_not_late(tmp_path: Path) -> None:
    told = page(without(tmp_path, "project_cycle.steps.actual_to"), "project_cycle", "qingxi-2026")
    assert told["verdict"][0] == "到了哪一步没有公开"
    assert {each["word"] for each in told["steps"]} == {"没有公开"}


def test_reviews_and_organs_that_are_not_published_are_not_missing(tmp_path: Path) -> None:
    names = (
        "project_cycle.party_review_on",
        "project_cycle.steps.organ",
        "project_cycle.steps.organ_as_written",
    )
    lamps = page(without(tmp_path, *names), "project_cycle", "qingxi-2026")["lamps"]
    assert lamps[0]["icon"] == "none" and "没有公开，无法核对" in lamps[0]["why"]
    assert lamps[-1]["icon"] == "none" and "没有公开，无法核对" in lamps[-1]["why"]
    assert not any(each["icon"] == "late" for each in lamps)


def test_a_decision_or_a_reason_that_is_not_published_is_not_missing(tmp_path: Path) -> None:
    sample = without(tmp_path, "project_idea.decision")
    assert page(sample, "project_idea", "2026-11")["verdict"][0] == "结果没有公开"
    cycle = page(sample, "project_cycle", "qingxi-2026")
    assert cycle["sum"] == [] and "没有公开" in cycle["nothing"]["funnel"]
    sample = without(tmp_path / "reason", "project_idea.decision_reason")
    told = [
        page(sample, "project_idea", name.partition("/")[2])
        for name in sample[1]
        if name.startswith("project_idea/")
    ]
    assert not any("不合规定" in "".join(each["verdict"]) for each in told)
    assert page(sample, "project_cycle", "qingxi-2026")["idea_lamps"] == []


@pytest.mark.parametrize(
    "name", ["project_candidate.places", "project_candidate.total_budget", "project_cycle.year", "grid.level"]
)
def test_without_places_or_money_no_village_is_said_to_have_none(tmp_path: Path, name: str) -> None:
    public, _ = without(tmp_path, name)
    told = balance.page(public, LINKS, BOOK, WORDS, "zh")
    assert told["untold"].startswith("没有公开：") and told["verdict"] is None
    assert told["rows"] == told["without"] == told["charts"] == []
    assert told["untold"] in rendered(public, "balance.html")["balance.html"]


@pytest.mark.parametrize(
    ("name", "said"), [("rollout_status.stage", "没有公开全"), ("project_cycle.body", "没有公开全")]
)
def test_coverage_says_which_of_its_sources_is_not_published(tmp_path: Path, name: str, said: str) -> None:
    public, _ = without(tmp_path, name)
    told = coverage.page(public, LINKS, BOOK, WORDS, "zh")
    assert said in told["caveat"] and told["caveat"] in rendered(public, "coverage.html")["coverage.html"]


# -- the rulebook's quorum counts on every page --


def test_the_quorum_of_the_rulebook_counts_for_projects_cycles_and_coverage(tmp_path: Path) -> None:
    public, codes = without(tmp_path)
    book = Rulebook(
        BOOK.name, {**BOOK.values, "ballot.quorum": Value("99/100", "办法第二条", unverified=False)}
    )
    row = public.by_code("project_candidate")[codes["project_candidate/qingxi-2026-02"]]
    assert projects.page(public, row, book, WORDS, "zh")["verdict"]["strong"] == "投票无效，要重新投。"
    cycle = public.by_code("project_cycle")[codes["project_cycle/qingxi-2026"]]
    told = cycle_words.page(public, cycle, book, WORDS, "zh")
    assert {each["word"] for each in told["candidates"]} == {"投票无效"}
    assert "无效" in told["ballots"][0]["verdict"][0]
    cells = coverage.page(public, LINKS, book, WORDS, "zh")["rows"][0]["cells"]
    assert not any(text == "票决" for each in cells for text, _ in each["links"])
