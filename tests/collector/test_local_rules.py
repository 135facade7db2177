"""What a congress's own rulebook refuses at filing, over the real API, under two rulebooks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from collector import state
from collector.imports import import_path
from collector.local_rules import local_rules
from collector.rehearsal import rehearse
from ledger.congress import load_congress
from ledger.doctor import examine
from ledger.rulebooks import load_rulebook
from ledger.rules.agreements import AGREEMENTS, under
from tests.collector.desk import CONTENT, House, open_house
from tests.collector.phone import Phone
from tests.collector.test_suggestion_refusals import LEAD, SIGNER, WATER, Matter, Told, code_of, file, put

STRICT = """\
name: {zh: 严格规则（虚构）, en: Strict rules (invented)}
based_on: national
suggestion:
  extension_needs_consent:
    value: true
    article: 严格规则（虚构）第一条
  withdrawal_until:
    value: assignment
    article: 严格规则（虚构）第二条
"""
LOOSE = """\
name: {zh: 宽松规则（虚构）, en: Loose rules (invented)}
based_on: national
suggestion:
  late_extension_counts:
    value: true
    article: 宽松规则（虚构）第一条
"""
ALL_AGREE = {"reason": "事情已经办好，不用再办。", "in_writing": True, "all_signers_agree": True}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The sample's content with two rulebooks more."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT / "rulebooks", folder / "rulebooks")
    shutil.copytree(CONTENT / "forms", folder / "forms")
    for name, text in (("strict", STRICT), ("loose", LOOSE)):
        (folder / "rulebooks" / f"{name}.yaml").write_text(text, "utf-8")
    return folder


@contextmanager
def ruled(home: Path, content: Path, rulebook: str) -> Iterator[tuple[House, Phone]]:
    """A house whose congress goes by a rulebook, and its clerk's phone; the ledger is whole in the end."""
    with open_house(home, ("grid", "organ", "deputy"), rulebook=rulebook, content=content) as house:
        yield house, house.phone("clerk")
        assert examine(house.store.home).faults == ()


def extension(house: House, clerk: Phone, matter: Matter, on: str, **more: str) -> Told:
    """Asked for by the water bureau, whose limit of three months from 3 March is up on 3 June."""
    asked = {"assignment": matter.assignment, "asked_on": on, "reason": "要等汛期过了才能开工。", **more}
    return file(house, clerk, "extension", matter.about(**asked))


def test_what_one_rulebook_refuses_in_one_line_another_takes(tmp_path: Path, content: Path) -> None:
    given = {"consent": "given", "consented_on": "2026-06-05"}
    with ruled(tmp_path / "strict", content, "strict") as (house, clerk):
        matter = Matter(house, clerk)
        late = extension(house, clerk, matter, "2026-06-04", **given)
        assert late.pointer == "/asked_on" and "2026-06-03 已过" in late.zh and "2026-06-03" in late.en
        alone = extension(house, clerk, matter, "2026-06-03")
        assert alone.pointer == "/consent" and "要经交办机构同意" in alone.zh
        assert "the assigning office must consent" in alone.en
        assert extension(house, clerk, matter, "2026-06-03", consent="pending").code
        leaves = matter.about(withdrawn_on="2026-03-03", **ALL_AGREE)
        gone = file(house, clerk, "withdrawal", leaves)
        assert gone.pointer == "/withdrawn_on" and "已在 2026-03-03 交办" in gone.zh
        assert file(house, clerk, "withdrawal", {**leaves, "withdrawn_on": "2026-03-02"}).code
    with ruled(tmp_path / "loose", content, "loose") as (house, clerk):
        matter = Matter(house, clerk)
        assert extension(house, clerk, matter, "2026-06-04", **given).code
        assert extension(house, clerk, matter, "2026-06-03").code, "its rules ask for no consent"
        assert file(house, clerk, "withdrawal", matter.about(withdrawn_on="2026-03-03", **ALL_AGREE)).code


def test_an_organ_asks_for_more_time_and_has_it_once_the_office_consents(
    tmp_path: Path, content: Path
) -> None:
    with ruled(tmp_path / "home", content, "zhejiang") as (house, clerk):
        matter, water = Matter(house, clerk), house.phone("handler", "陈工", WATER)
        given = {"consent": "given", "consented_on": "2026-05-25"}
        assert extension(house, water, matter, "2026-05-20", **given).pointer == "/consent"
        assert extension(house, water, matter, "2026-05-20").code
        on = house.on.replace(month=6, day=10)
        assert house.item(water, matter.code, on)["due"] == "2026-06-03"
        assert extension(house, clerk, matter, "2026-05-20", **given).code
        item = house.item(water, matter.code, on)
        assert item["due"] == "2026-09-03" and "已经同意延期" in item["clock"]["zh"]


def test_a_rulebook_that_changes_while_the_collector_runs_is_taken_up(
    tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LOOK_AGAIN", 0.0)
    path = content / "rulebooks" / "strict.yaml"
    with ruled(tmp_path / "home", content, "strict") as (house, clerk):
        matter = Matter(house, clerk)
        assert extension(house, clerk, matter, "2026-05-20").pointer == "/consent"
        path.write_text(STRICT.replace("value: true", "value: maybe"), "utf-8")
        clerk.hello()
        assert extension(house, clerk, matter, "2026-05-20").pointer == "/consent", "a fault changes nothing"
        path.write_text(STRICT.replace("value: true", "value: false"), "utf-8")
        clerk.hello()
        assert extension(house, clerk, matter, "2026-05-20").code


def test_what_was_accepted_is_not_judged_again_under_new_rules(
    tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LOOK_AGAIN", 0.0)
    with ruled(tmp_path / "home", content, "loose") as (house, clerk):
        matter = Matter(house, clerk)
        answers = {"assignment": matter.assignment, "asked_on": "2026-06-04", "reason": "要等汛期过了。"}
        record = clerk.record(house.forms["extension"], matter.about(**answers))
        (first,) = clerk.results([record])
        (content / "rulebooks" / "loose.yaml").write_text(STRICT, "utf-8")
        clerk.hello()
        refused = extension(house, clerk, matter, "2026-06-04", consent="pending")
        assert refused.pointer == "/asked_on"
        (again,) = clerk.results([record])
        assert (first["state"], again["state"], again["code"]) == ("accepted", "replayed", first["code"])


def test_files_are_judged_by_the_rulebook_too_at_import_and_at_a_check(tmp_path: Path, content: Path) -> None:
    records = tmp_path / "records"
    for kind in ("grid", "organ", "deputy"):
        shutil.copytree(CONTENT / "records" / kind, records / kind)
    lamps = {"suggestion": "lamps"}
    subject = {"subject": "关于给石桥装路灯的建议", "confidentiality": "public", "lead_deputy": LEAD}
    put(records, "suggestion", "lamps", {**subject, "co_signers": [SIGNER], "received_on": "2026-03-01"})
    put(records, "admission", "lamps", {**lamps, "decision": "accepted", "decided_on": "2026-03-02"})
    given = {"assigned_on": "2026-03-03", "mode": "lead_with_co", "complex": False, "organ": WATER}
    put(records, "assignment", "lamps", {**lamps, **given})
    asked = {"assignment": "lamps", "asked_on": "2026-05-20", "reason": "要等汛期过了才能开工。"}
    put(records, "extension", "lamps", {**lamps, **asked})
    for rulebook, refused in (("strict", 1), ("loose", 0)):
        with ruled(tmp_path / rulebook, content, rulebook) as (house, _):
            rules = under(load_rulebook(content, rulebook))
            found = [str(each) for each in rehearse(records, house.forms, house.office.words, rules)]
            assert len(found) == refused and all("extension/lamps.yaml" in each for each in found)
            report = import_path(house.store, house.forms, records)
            assert report.counts.get("quarantined", 0) == refused


def test_without_a_readable_rulebook_what_holds_everywhere_is_still_refused(content: Path) -> None:
    congress = replace(load_congress(CONTENT), rulebook="nowhere")
    assert local_rules(content, congress) is AGREEMENTS
    assert local_rules(content, congress, before={}) == {}


def test_the_sample_goes_by_its_own_rulebook(tmp_path: Path) -> None:
    with open_house(tmp_path / "home", ("grid", "organ", "deputy")) as house:
        clerk = house.phone("clerk")
        matter = Matter(house, clerk)
        assert extension(house, clerk, matter, "2026-06-04").pointer == "/asked_on"
        assert code_of(house, clerk, "extension", **matter.about(
            assignment=matter.assignment, asked_on="2026-06-03", reason="要等汛期过了才能开工。"
        ))  # fmt: skip
