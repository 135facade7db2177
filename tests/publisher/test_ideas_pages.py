"""The page of an idea says its outcome first, and the field finds it by the code on its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.project import ideas
from publisher.project.cycles import OUTCOMES
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT, FakeLedger, published
from tests.publisher.sample import sample
from tests.publisher.test_cycles import rendered

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, Mapping[str, str]]:
    return sample(tmp_path_factory.mktemp("ideas") / "public.db")


def page(whole: tuple[Public, Mapping[str, str]], name: str, lang: str = "zh") -> dict[str, Any]:
    public, codes = whole
    row = public.by_code("project_idea")[codes[f"project_idea/{name}"]]
    return ideas.page(public, row, BOOK, WORDS, lang)


def heads(found: dict[str, Any]) -> list[str]:
    return [each["head"] for each in found["chain"]]


# -- the outcome first --


def test_an_idea_that_became_a_project_leads_to_the_end(whole: Any) -> None:
    found = page(whole, "2026-01")
    assert found["verdict"] == ("选上了，已经投入使用", "：第 1 号候选“公交延伸到上湾村”。")
    assert heads(found) == ["收到", "结果", "候选项目", "票决", "实施"]
    assert found["chain"][3]["href"].startswith("ballot/") and found["chain"][4]["what"] == "投入使用"
    assert [each["icon"] for each in found["chain"]] == ["ok"] * 5


def test_a_merged_idea_says_why_into_which_and_what_became_of_that(whole: Any) -> None:
    strong, rest = page(whole, "2026-05")["verdict"]
    assert strong == "并入“竹园村下段水管防冻”，一起办"
    assert (
        rest
        == "：说的是同一段水管，合并办理。那一条选上了，正在办：第 4 号候选“竹园村下段水管防冻”。完成 100%。"
    )
    found = page(whole, "2026-05")
    assert heads(found) == ["收到", "并入", "结果", "候选项目", "票决", "实施"]
    into = found["chain"][1]
    assert into["href"] == whole[0].path(whole[1]["project_idea/2026-04"])
    assert found["chain"][4]["href"] == whole[0].path(whole[1]["ballot/qingxi-2026-round2"])
    assert [title for title, _ in page(whole, "2026-04")["merged"]] == ["公共设施 竹园村水管包扎"]


@pytest.mark.parametrize(
    ("name", "strong", "why"),
    [
        ("2026-10", "没有采纳", "属于重大投资项目"),
        ("2026-11", "以后再议", "集镇规划"),
        ("2026-12", "进了储备库", "资金排不下"),
        ("2026-14", "还没有结果", "2025-09 收到"),
    ],
)
def test_any_other_decision_stands_with_its_reason(whole: Any, name: str, strong: str, why: str) -> None:
    found = page(whole, name)
    assert found["verdict"][0] == strong and why in found["verdict"][1]
    assert heads(found) == ["收到", "结果"]


def test_an_idea_whose_project_lost_says_so(whole: Any) -> None:
    public, codes = whole
    told = {ideas.page(public, row, BOOK, WORDS, "zh")["verdict"][0] for row in public.rows["project_idea"]}
    assert {"成了候选项目，票决没选上", "街道议政代表会推荐了，等上一级决定"} <= told
    assert len(codes) > 20


def with_decision(
    path: Path, name: str, answers: Mapping[str, Any], drop: tuple[str, ...] = ()
) -> dict[str, Any]:
    def change(kind: str, each: str, given: dict[str, Any]) -> dict[str, Any]:
        if (kind, each) == ("project_idea", name):
            return {key: value for key, value in {**given, **answers}.items() if key not in drop}
        if kind == "project_candidate" and "origin" in given:
            return {**given, "origin": [one for one in given["origin"] if one != name]}
        return given

    return page(sample(path / "public.db", change), name)


def test_a_decision_without_a_reason_says_that_too(tmp_path: Path) -> None:
    found = with_decision(tmp_path, "2026-10", {}, drop=("decision_reason",))
    assert found["verdict"] == ("没有采纳", "。没有写理由，这不合规定。")


def test_shortlisted_is_not_the_end(tmp_path: Path) -> None:
    found = with_decision(tmp_path, "2026-01", {})
    assert found["verdict"][0] == "列入初定，没有写进候选名单"
    assert found["chain"][-1]["what"] == "没有写进名单" and found["chain"][-1]["icon"] == "none"


def test_merges_that_go_round_are_said_and_end(tmp_path: Path) -> None:
    found = with_decision(tmp_path, "2026-04", {"decision": "merged", "merged_into": "2026-05"})
    assert found["verdict"][0] == "查不到结果" and len(found["chain"]) < 9


def test_a_merge_into_what_is_held_back_names_the_code(tmp_path: Path) -> None:
    def held(kind: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
        return (
            {**answers, "subject": "打 13800138000"}
            if (kind, name) == ("project_idea", "2026-04")
            else answers
        )

    public, codes = sample(tmp_path / "public.db", held)
    code = codes["project_idea/2026-04"]
    assert code not in public.titles
    found = page((public, codes), "2026-05")
    assert found["verdict"] == (f"并入 {code}，一起办", "，那一条没有公开。")


def test_a_merge_that_names_no_other_gives_its_reason(tmp_path: Path) -> None:
    found = with_decision(tmp_path, "2026-10", {"decision": "merged"})
    assert found["verdict"] == ("并入另一条", "：属于重大投资项目，不属于民生实事项目的范围。")


def test_everything_that_can_be_said_is_there_in_both_languages(whole: Any) -> None:
    for outcome in {*OUTCOMES.values(), "unvoted", "done"}:
        assert WORDS.say(f"site.idea.project.{outcome}", "en")
    for decision in FORMS["project_idea"].fields["decision"].choices:
        assert decision == "shortlisted" or WORDS.say(f"site.idea.decided.{decision}", "en")
    public, _ = whole
    for row in public.rows["project_idea"]:
        assert ideas.page(public, row, BOOK, WORDS, "en")["verdict"][0]


# -- looking one up --


def test_the_field_knows_the_letters_the_address_and_what_to_say(whole: Any) -> None:
    found = ideas.lookup(whole[0], WORDS, "zh", "https://www.example")
    assert found is not None
    assert (found["letters"], found["example"]) == ("XS", "XS-2026-7KQ4")
    assert found["folder"] == "https://www.example/project_idea/"
    assert found["unknown"].startswith("没有找到 {code}。") and "2026-11-21 以后收到的" in found["unknown"]


def test_the_field_stands_on_both_lists_hidden_until_it_can_answer_and_says_the_way_by_hand(
    whole: Any,
) -> None:
    made = rendered(whole[0])
    for path in ("project_idea/index.html", "project_cycle/index.html"):
        body = made[path]
        assert '<form class="mb-find" hidden' in body and 'data-path="../project_idea/"' in body
        assert "/project_idea/<wbr>" in body and '<script src="../assets/lookup.js" defer></script>' in body
    assert "mb-find" not in made["visit/index.html"]
    facets = [path for path in made if path.startswith("project_idea/decision.")]
    assert facets and not any("mb-find" in made[path] for path in facets)


def test_without_any_idea_there_is_no_field(tmp_path: Path) -> None:
    public = published(tmp_path / "public.db", FakeLedger(), *FORMS.values())
    assert ideas.lookup(public, WORDS, "zh", "https://www.example") is None
    assert "mb-find" not in rendered(public)["project_idea/index.html"]
