"""The page of a ballot says what the rules say of its rows, and its CSV lets anyone compute the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.ballot.recount import recount
from ledger.rules.ballot.verdict import ARTICLES, BASES, CONGRESS_FORMS, QUORUM
from ledger.words import load_words
from publisher.ballot import grounds as ballot_grounds
from publisher.ballot import page as ballots
from publisher.ballot import words as ballot_words
from publisher.chart.bars import Bar, bars, wrapped
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Page, Shell
from tests.publisher.fake import CONTENT, FakeLedger, published, shipped

FORMS = {
    kind: form
    for kind, form in load_forms(CONTENT).items()
    if kind in ("ballot", "ballot_result", "deputy", "grid", "project_candidate", "project_cycle")
}
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
SAMPLE = {path.stem: path for path in sorted(CONTENT.glob("records/ballot/*.yaml"))}
TERMS: dict[str, Any] = {
    "session": "第一次会议",
    "voted_on": "2026-03-02",
    "body_kind": "congress",
    "roster_size": 45,
    "present": 45,
    "method": "paper",
    "ballot_form": "approve_up_to_k",
    "seats": 1,
    "base": "all",
    "threshold": "1/2",
    "strict": True,
    "tie_rule": "revote_tied",
    "list_frozen_on": "2026-03-01",
    "list_digest": "x" * 43,
    "round": 1,
    "sheets_published": False,
}
COUNT = {"issued": 45, "returned": 45, "valid": 45, "invalid": 0, "blank": 0}


class Congress:
    """A ledger with ballots, and the pages they become."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ledger = FakeLedger()

    def ballot(self, *subjects: str, options: str = "", **terms: Any) -> str:
        numbers = options.split() or [str(n) for n in range(1, len(subjects) + 1)]
        lines = [{"option": n, "subject": s} for n, s in zip(numbers, subjects, strict=True)]
        return self.ledger.file(FORMS["ballot"], {**TERMS, "candidates": lines, **terms}).code

    def result(self, ballot: str, votes: dict[str, Any], **counts: Any) -> str:
        totals = [
            {"option": option, **(n if isinstance(n, dict) else {"approve": n})}
            for option, n in votes.items()
        ]
        answers = {"ballot": ballot, "announced_on": "2026-03-02", "totals": totals, **COUNT, **counts}
        return self.ledger.file(FORMS["ballot_result"], answers).code

    def public(self) -> Public:
        self.path.unlink(missing_ok=True)
        return published(self.path, self.ledger, *FORMS.values())

    def page(self, code: str, lang: str = "zh", book: Rulebook = BOOK) -> dict[str, Any]:
        public = self.public()
        return ballots.page(public, public.by_code("ballot")[code], book, WORDS, lang)


@pytest.fixture
def congress(tmp_path: Path) -> Congress:
    return Congress(tmp_path / "public.db")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, dict[str, str]]:
    """The ballots of the sample congress, by the names of their files."""
    ledger, codes = FakeLedger(), dict[str, str]()
    for kind in ("ballot", "ballot_result"):
        for path in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            record = ledger.file(FORMS[kind], read_record(path).answers, name=path.stem)
            if kind == "ballot":
                codes[path.stem] = record.code
    return published(tmp_path_factory.mktemp("sample") / "public.db", ledger, *FORMS.values()), codes


def said(sample: tuple[Public, dict[str, str]], name: str) -> dict[str, Any]:
    public, codes = sample
    return ballots.page(public, public.by_code("ballot")[codes[name]], BOOK, WORDS, "zh")


def site_of(public: Public, book: Rulebook = BOOK) -> Site:
    content = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    database = {"sha256": "0" * 64, "bytes": 0}
    return Site(public, shells, content.templates, content.congress, WORDS, "", database, book)


def rendered(public: Public) -> dict[str, str]:
    made = pages(site_of(public))
    return {page.path: page.bytes().decode() for page in made if page.path.startswith("ballot/")}


def outcomes(page: dict[str, Any]) -> dict[str, str]:
    return {row["subject"]: row["result"] for row in page["chart"]["rows"]}


# -- the sample congress --


def test_an_ordinary_ballot(sample: tuple[Public, dict[str, str]]) -> None:
    page = said(sample, "qingxi-2025")
    assert page["verdict"] == ("7 件候选里选定 5 件", "，结果有效。")
    assert [lamp["icon"] for lamp in page["lamps"]] == ["ok", "ok"] and page["tie"] is None
    assert [(sign, n) for sign, _, n in page["sum"]] == [("", "143"), ("=", "143"), ("=", "142"), ("+", "1")]
    assert "152 人的一半是 76，超过一半要 77 票" in page["denominator"] and "9 人" in page["denominator"]
    assert outcomes(page)["上湾村停车场"] == "没选上：要 77 票，差 46 票"


def test_a_tie_and_its_second_round(sample: tuple[Public, dict[str, str]]) -> None:
    page, second = said(sample, "qingxi-2026"), said(sample, "qingxi-2026-round2")
    assert page["verdict"][0] == "8 件候选里选定 6 件" and "2 件同票，再投一轮选出 1 件" in page["verdict"][1]
    assert page["tie"]["next"] == "选定：竹园村下段水管防冻。"
    assert page["tie"]["link"][1] == f"ballot/{sample[1]['qingxi-2026-round2']}.html"
    assert outcomes(page)["竹园村下段水管防冻"] == "选定（第 2 轮）"
    assert outcomes(page)["农机维修点进村"] == "没选上：同票，第 2 轮 59 票"
    assert second["follows"][1] == f"ballot/{sample[1]['qingxi-2026']}.html"
    assert page["results"][0]["settled"].startswith("第 3 项两位计票人相差 1 票")


def test_too_few_pass(sample: tuple[Public, dict[str, str]]) -> None:
    page = said(sample, "liuhe-2026")
    assert page["verdict"] == ("4 件候选里选定 2 件", "；过半的不够，还空 1 个名额。")
    assert page["tie"]["head"] == "还空 1 个名额。"
    assert page["chart"]["rows"][0]["votes"] == [50, 3, 2] and page["chart"]["rows"][0]["share"] == "80.6%"


def test_a_street_council_recommends(sample: tuple[Public, dict[str, str]]) -> None:
    page = said(sample, "yunxi-2026")
    assert page["verdict"][0] == "3 件候选里推荐 2 件" and "只推荐，不决定" in page["verdict"][1]
    assert page["lamps"][0]["icon"] == "part" and "选定" not in str(page)
    street = next(rule for rule in page["rules"] if rule["name"] == "街道")
    assert street["article"] == "地方组织法第五十九条" and not street["basis"]
    assert all(rule["basis"] for rule in page["rules"] if rule is not street)


@pytest.mark.parametrize("name", SAMPLE)
def test_the_csv_beside_the_page_is_recounted_to_the_same_verdict(
    sample: tuple[Public, dict[str, str]], name: str, tmp_path: Path
) -> None:
    public, codes = sample
    row = public.by_code("ballot")[codes[name]]
    page, path = said(sample, name), tmp_path / f"{codes[name]}.csv"
    path.write_text(ballots.totals_csv(public, row, BOOK) or "", "utf-8", newline="")
    report, verdict = recount(path), ballots.fold(public, row, BOOK).verdict
    assert page["csv"] == path.name and report["status"] == "verdict"
    mine = {
        key: list(getattr(verdict, key)) for key in report["verdict"] if key not in ("outcome", "seats_left")
    }
    assert report["verdict"] == {"outcome": verdict.outcome, "seats_left": verdict.seats_left, **mine}


def test_the_pages_of_the_sample_are_whole(sample: tuple[Public, dict[str, str]]) -> None:
    public, codes = sample
    made = rendered(public)
    for code in codes.values():
        body = made[f"ballot/{code}.html"]
        assert f'href="{code}.csv"' in body and f"ballot/{code}.csv" in made
        assert 'role="img"' in body and "viewBox" not in re.sub(r'<svg class="mb-i".*?</svg>', "", body)
        assert all(f'id="{name}"' in body for name in ("content", "related", "corrections", "data"))
        assert body.count("<figcaption>") == 2 and body.count("<details") == 4


# -- what cannot be computed, or is void --


def test_what_is_not_known_is_said_and_not_guessed(congress: Congress) -> None:
    code = congress.ballot("路灯", "桥面", roster_size=None)
    congress.result(code, {"1": 30, "2": 10})
    page = congress.page(code)
    assert page["verdict"] == ("没法核实，所以这里不下结论", "：全体人数不清楚。")
    assert page["lamps"][0]["icon"] == "none" and page["chart"]["bars"]["limit"] is None
    assert set(outcomes(page).values()) == {"没法核实"}


def test_before_the_result(congress: Congress) -> None:
    page = congress.page(congress.ballot("路灯", "桥面"))
    assert page["verdict"][0] == "结果还没有宣布" and page["chart"] is None and page["csv"] is None
    assert "超过一半要 23 票" in page["denominator"]


@pytest.mark.parametrize(
    ("votes", "counts", "why"),
    [
        ({"1": 30, "2": 10}, {"returned": 46, "valid": 46, "issued": 45}, "收回 46 张，比发出 45 还多"),
        ({"1": 30, "2": 10}, {"invalid": 2}, "有效 45 加无效 2，不等于收回 45"),
        ({"1": 46, "2": 0}, {}, "第 1 项有 46 票，比有效 45 张还多"),
        ({"1": 30, "2": 30}, {}, "赞成一共 60 票"),
        ({"1": 30}, {}, "对不上"),
        ({"1": 30, "2": {"oppose": 3}}, {}, "没有写赞成票数"),
    ],
)
def test_counts_that_cannot_be(congress: Congress, votes: Any, counts: Any, why: str) -> None:
    code = congress.ballot("路灯", "桥面")
    congress.result(code, votes, **counts)
    page = congress.page(code)
    assert why in "".join(page["verdict"]) and ("没法核实" in page["verdict"][0]) != (
        "无效" in page["verdict"][0]
    )


def test_too_few_present_is_void(congress: Congress) -> None:
    code = congress.ballot("路灯", "桥面", present=29)
    congress.result(code, {"1": 28, "2": 1}, issued=29, returned=29, valid=29)
    page = congress.page(code)
    assert "无效" in page["verdict"][0] and "不到要求的 30 人" in page["verdict"][1]
    assert page["lamps"][0]["icon"] == "late" and "不够数" in page["lamps"][0]["what"]


@pytest.mark.parametrize("wrong", [{"threshold": "many"}, {"base": "some"}, {"ballot_form": "cumulative"}])
def test_terms_that_are_none(congress: Congress, wrong: dict[str, Any]) -> None:
    code = congress.ballot("路灯", "桥面", method=None, **wrong)
    congress.result(code, {"1": 30, "2": 10})
    page = congress.page(code)
    assert "规则没有写全" in page["verdict"][1] and page["csv"] is None and page["lamps"][0]["icon"] == "none"
    assert [rule["text"] for rule in page["rules"]] == ["投票方式不清楚。"]


def test_two_results_are_no_result(congress: Congress) -> None:
    code = congress.ballot("路灯", "桥面")
    for votes in (30, 31):
        congress.result(code, {"1": votes, "2": 10})
    page = congress.page(code)
    assert "两份以上结果" in page["verdict"][1] and page["csv"] is None and page["chart"] is None


def test_a_tie_waits_for_its_round_and_a_round_chooses_among_the_tied_only(congress: Congress) -> None:
    code = congress.ballot("甲路", "乙路", "丙路", seats=1, roster_size=30, present=30)
    counts = {"issued": 30, "returned": 30, "valid": 30}
    congress.result(code, {"1": 16, "2": 7, "3": 7}, **counts)
    assert congress.page(code)["tie"] is None
    tied = congress.ballot("甲路", "乙路", "丙路", seats=2)
    congress.result(tied, {"1": 40, "2": 25, "3": 25})
    assert congress.page(tied)["tie"]["next"] == "再投的结果还没有公布。"
    other = congress.ballot("丁路", options="9", revote_of=tied, round=2)
    congress.result(other, {"9": 40})
    page = congress.page(tied)
    assert page["verdict"][0] == "3 件候选里选定 1 件" and "要再投一轮" in page["verdict"][1]


# -- rules and words --


def test_a_rule_without_an_article_says_so_and_a_rulebook_that_differs_is_named(congress: Congress) -> None:
    code = congress.ballot("路灯", "桥面", base="valid")
    congress.result(code, {"1": 30, "2": 10})
    page = congress.page(code)
    rules = {rule["name"]: rule for rule in page["rules"]}
    assert rules["到会"]["article"] == "地方组织法第十四条" and not rules["到会"]["basis"]
    assert rules["票面"]["article"] is None and "没有查到条文" in rules["票面"]["basis"]
    assert "比照" in rules["收回"]["basis"]
    assert page["differs"] == ["过半数按谁算：规则写的是全体人数，这次是有效票。"]
    values = {**BOOK.values, "ballot.base": Value("valid", "办法第一条", unverified=False)}
    page = congress.page(code, book=Rulebook(BOOK.name, values))
    assert not page["differs"] and {rule["article"] for rule in page["rules"]} >= {"办法第一条"}


def test_rules_and_rulebook_cite_the_same_articles_and_what_is_by_analogy_is_unverified() -> None:
    national = load_rulebook(CONTENT, "national")
    for rule, key in ballot_grounds.SOURCES.items():
        value = national[key]
        if rule not in ("street", "B4"):  # the national law, and three provinces at once
            assert (value.article or "unverified default") == ARTICLES[rule]
        assert value.unverified == (rule in ("B4", "B5", "B6", "B7", "B8", "B9", "B10"))
    for body, key in ballots.QUORUM_OF.items():
        if body in QUORUM:
            assert national[key].fraction == QUORUM[body][1]


@pytest.mark.parametrize("form", sorted(CONGRESS_FORMS))
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("body", ["congress", "standing_committee", "presidium", "street_council"])
def test_every_sort_of_ballot_has_its_words_in_both_languages(
    congress: Congress, form: str, base: str, body: str
) -> None:
    terms: dict[str, Any] = {
        "ballot_form": form,
        "base": base,
        "body_kind": body,
        "threshold": "2/3",
        "strict": False,
    }
    codes = [congress.ballot("路灯", "桥面", **terms, present=present) for present in (45, None, 3)]
    for code in codes:
        congress.result(code, {"1": {"approve": 40, "points": 50}, "2": {"approve": 5, "points": 85}})
    for code in codes:
        for lang in ("zh", "en"):
            assert congress.page(code, lang)["verdict"][0]


def test_every_reason_the_rules_give_has_words() -> None:
    told = ballot_words.Said(WORDS, "zh", None, {})
    reasons = [
        "roster unknown", "issued and present unknown", "seats unknown", "sums of places unknown",
        "how many place each option among the first k is unknown", "no option was voted on",
        "valid 3 + invalid 1 is not returned 5", "blank 5 is above returned 4",
        "option 2: 9 votes are above valid 8", "places of all options together are 7: 2 full …",
        "46 returned > 45 issued: void, vote again", "quorum: 29 present < 30 of all 45",
        "approve of all options together is 46, above valid 45 × 1", "seats is zero: nothing can be chosen",
    ]  # fmt: skip
    for reason in reasons:
        assert not re.search("[a-z]{3}", told.reason(reason)), reason
    assert "something new" in told.reason("something new")


# -- what a page depends on --


def test_a_page_changes_with_its_result_its_second_round_and_the_rulebook(congress: Congress) -> None:
    def digests(**book: Any) -> dict[str, str]:
        site = site_of(congress.public(), Rulebook(BOOK.name, {**BOOK.values, **book}))
        return {page.path: page.digest() for page in pages(site)}

    code = congress.ballot("甲路", "乙路", "丙路", seats=2)
    path = f"ballot/{code}.html"
    seen = [digests()[path]]
    congress.result(code, {"1": 40, "2": 25, "3": 25})
    seen.append(digests()[path])
    second = congress.ballot("乙路", "丙路", options="2 3", revote_of=code, round=2)
    congress.result(second, {"2": 30, "3": 10})
    seen.append(digests()[path])
    seen.append(digests(**{"ballot.quorum": Value("2/3", "办法第一条", unverified=False)})[path])
    assert len(set(seen)) == 4 and digests()[path] == seen[2] and digests()[f"ballot/{code}.csv"]


def test_hostile_words_stay_words(congress: Congress, tmp_path: Path) -> None:
    evil = '=HYPERLINK("x")<script>"a,b'
    code = congress.ballot(evil, "桥面")
    congress.result(code, {"1": 30, "2": 10})
    public = congress.public()
    made = rendered(public)
    assert "<script>" not in made[f"ballot/{code}.html"]
    path = tmp_path / "totals.csv"
    path.write_text(made[f"ballot/{code}.csv"], "utf-8", newline="")
    assert "'=HYPERLINK" in made[f"ballot/{code}.csv"] and recount(path)["verdict"]["selected"] == ["1"]


def recounted(congress: Congress, code: str, path: Path, book: Rulebook = BOOK) -> dict[str, Any]:
    public = congress.public()
    table = ballots.totals_csv(public, public.by_code("ballot")[code], book)
    path.write_text(table or "", "utf-8", newline="")
    return recount(path)


def test_a_threshold_that_is_only_to_be_reached_is_recounted_so(congress: Congress, tmp_path: Path) -> None:
    code = congress.ballot("路灯", "桥面", threshold="2/3", strict=False)
    congress.result(code, {"1": 30, "2": 10})
    page = congress.page(code)
    assert page["csv"] == f"{code}.csv" and "达到就算，要 30 票" in page["denominator"]
    report = recounted(congress, code, tmp_path / "totals.csv")
    assert page["verdict"][0] == "2 件候选里选定 1 件" and report["verdict"]["selected"] == ["1"]
    assert report["ballot"]["strict"] is False and report["options"][0]["needed"] == 30


@pytest.mark.parametrize(
    ("body", "key", "share", "present", "said"),
    [
        ("congress", "quorum", "3/4", 33, "规则要求全体的 3/4 以上到会，要 34 人；到会只有 33 人"),
        (
            "standing_committee",
            "standing_committee_quorum",
            "2/3",
            30,
            "规则要求超过全体的 2/3 到会，要 31 人",
        ),
        ("street_council", "street_council_quorum", "2/3", 30, "规则要求超过全体的 2/3 到会，要 31 人"),
    ],
)
def test_the_quorum_of_the_rulebook_is_asked_for_and_recounted(
    congress: Congress, tmp_path: Path, body: str, key: str, share: str, present: int, said: str
) -> None:
    values = {**BOOK.values, f"ballot.{key}": Value(share, "办法第二条", unverified=False)}
    book = Rulebook(BOOK.name, values)
    code = congress.ballot("路灯", "桥面", body_kind=body, present=present)
    counts = dict.fromkeys(("issued", "returned", "valid"), present)
    congress.result(code, {"1": 28, "2": 1}, **counts)
    page = congress.page(code, book=book)
    there = next(rule for rule in page["rules"] if rule["name"] == "到会")
    assert "无效" in page["verdict"][0] and said in there["text"] and there["article"] == "办法第二条"
    assert page["lamps"][0]["icon"] == "late" and not page["differs"]
    report = recounted(congress, code, tmp_path / "totals.csv", book)
    assert (report["verdict"]["outcome"], report["ballot"]["quorum_share"]) == ("void", share)
    if body != "street_council":
        assert congress.page(code)["verdict"][0] == "2 件候选里选定 1 件"


# -- bars --


def test_bars_start_at_zero_end_at_the_base_and_never_break_a_label_off() -> None:
    drawn = bars([Bar("一" * 40, 60), Bar("b", 0, hollow=True)], 120, 61, cut=1)
    first, second = drawn["bars"]
    assert (first["width"], second["width"], drawn["limit"]) == (50.0, 0.0, 50.83)
    assert [len(line) for _, line in first["texts"]] == [15, 15, 10] and second["cut"] is not None
    assert (
        second["y"] > first["y"] + 3
        and drawn["foot"] > second["y"]
        and "".join(wrapped("a" * 99)) == "a" * 99
    )


def test_pages_are_pages_and_csv_is_plain(congress: Congress) -> None:
    code = congress.ballot("路灯", "桥面")
    congress.result(code, {"1": 30, "2": 10})
    kinds = {
        page.path.rpartition(".")[2]: isinstance(page, Page) for page in pages(site_of(congress.public()))
    }
    assert kinds == {kind: kind == "html" for kind in ("html", "csv", "atom", "ics")}
