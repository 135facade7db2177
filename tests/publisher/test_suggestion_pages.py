"""The page of a suggestion: its state in a sentence, who must act, and a check that overrides a reply."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from ledger.rules.suggestion.case import DAYS, OUTCOMES
from ledger.rules.suggestion.stage import STAGES
from publisher.data import fulltext
from publisher.out.public_db import opened
from publisher.reading.public import Public
from tests.publisher.sample import rendered
from tests.publisher.suggestion_sample import (
    ASSIGNED,
    EVIL,
    FORMS,
    RATED,
    REPLIED,
    WORDS,
    Records,
    about,
    checked,
    congress,
    page,
)
from tests.publisher.suggestion_sample import sample as everything

GIVEN = ("assignment", "given", ASSIGNED)
REPLY = ("reply", "reply", REPLIED)
RATING = ("rating", "rating", RATED)
UNDATED = ("reply", "reply", {**REPLIED, "letter": "b", "outcome_class": "planned_undated"})
ADMITTED = about("admission", "a", decided_on="2026-01-26", decision="accepted")
WITHDRAWN = about(
    "withdrawal",
    "w",
    withdrawn_on="2026-03-01",
    reason="已经办了",
    in_writing=True,
    all_signers_agree=True,
)
Sample = tuple[Public, Mapping[str, str]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return everything(tmp_path_factory.mktemp("suggestions") / "public.db")


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f"SELECT * FROM {table}")]


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ")


STATES: Mapping[str, tuple[Records, str, list[str]]] = {
    "submitted": ((), "已经提交，等人大办决定受理不受理。", ["人大办"]),
    "admitted": (
        (ADMITTED,),
        "已经受理，等交给承办单位。",
        ["人大办"],
    ),
    "refused": (
        (about("admission", "a", decided_on="2026-01-26", decision="refused", reason="no_content"),),
        "没有作为代表建议受理。",
        [],
    ),
    "late": ((GIVEN,), "过了期限，区交通运输局还没有答复。", ["区交通运输局"]),
    "replied": ((GIVEN, UNDATED), "答复说列入计划，没有日期。", ["林某"]),
    "rated": ((GIVEN, UNDATED, RATING), "答复说列入计划，没有日期。", []),
    "claimed": ((GIVEN, REPLY, RATING), "答复说已经解决，还没有查验属实。", ["人大办"]),
    "closed": (
        (GIVEN, REPLY, RATING, ("onsite_check", "c", checked("done"))),
        "办成了，2026-05-20 查验属实。",
        [],
    ),
    "contradicted": (
        (GIVEN, REPLY, RATING, ("onsite_check", "c", checked("not_done"))),
        "答复说已经解决，查验没有办成。",
        ["区交通运输局"],
    ),
    "partly": (
        (GIVEN, REPLY, RATING, ("onsite_check", "c", checked("partly"))),
        "答复说已经解决，查验只办成一部分。",
        ["区交通运输局"],
    ),
    "withdrawn": (
        (GIVEN, WITHDRAWN),
        "代表 2026-03-01 撤回，办理到此为止。",
        [],
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_a_page_says_how_it_stands_and_who_must_act(state: str, tmp_path: Path) -> None:
    records, strong, who = STATES[state]
    public, codes = congress(tmp_path / "public.db", records)
    found = page(public, codes["s"])
    assert found["strong"] == strong
    assert [each["who"] for each in found["must"]] == who


def test_a_check_overrides_the_reply_and_both_stand_side_by_side(tmp_path: Path) -> None:
    public, codes = congress(tmp_path / "public.db", STATES["contradicted"][0])
    found = page(public, codes["s"])
    (clash,) = found["clashes"]
    assert (clash["text"], clash["found"]) == (REPLIED["body"], [("路灯", "没有办", "还有三盏没装")])
    assert found["replies"][0]["icon"] == "late" and not clash["settled"]
    body = rendered(public, "suggestion")[f"suggestion/{codes['s']}.html"]
    assert "mb-clash" in body and body.index("mb-clash") < body.index('id="content"')


def test_a_later_check_settles_it_and_the_page_still_tells(tmp_path: Path) -> None:
    later = ("onsite_check", "d", checked("done", "2026-08-01"))
    public, codes = congress(tmp_path / "public.db", (*STATES["contradicted"][0], later))
    found = page(public, codes["s"])
    assert found["strong"] == "办成了，2026-08-01 查验属实。"
    assert found["clashes"][0]["settled"] == "后来 2026-08-01 查验办成了"


def test_every_limit_that_ran_out_is_a_step_of_the_timeline(tmp_path: Path) -> None:
    public, codes = congress(tmp_path / "public.db", (GIVEN,))
    found = page(public, codes["s"])
    assert [(each["on"], each["what"], each["gap"]) for each in found["timeline"]] == [
        ("2026-01-21", "代表提出建议", None),
        ("2026-02-06", "交办", 16),
        ("2026-05-06", "答复期限到了，没有办", 89),
    ]
    (clock,) = found["clocks"]
    assert clock["icon"] == "late" and clock["bar"]["over"]
    said = dict((label, told) for label, told, _ in clock["count"])
    assert said["怎么数"] == "从 2026-02-06 起 3 个月，当天不计入；到 2026-05-06 为止。"
    assert said["依据"] == "代表法（2025 年修正）第五十一条"


def test_a_limit_that_a_notice_of_holidays_moved_says_so(tmp_path: Path) -> None:
    given = ("assignment", "given", {**ASSIGNED, "assigned_on": "2025-10-02"})
    public, codes = congress(tmp_path / "public.db", (given,))
    (clock,) = page(public, codes["s"])["clocks"]
    moved = "2025-11-04 公布放假安排，答复期限从 2026-01-02 改到 2026-01-04"
    assert clock["moved"] == [moved], "01-02 was off after all, and Sunday 01-04 worked"
    seen = text(rendered(public, "suggestion")[f"suggestion/{codes['s']}.html"]).replace(" ", "")
    assert seen.index(moved.replace(" ", "")) < seen.index("怎么算的")
    (row,) = rows(tmp_path / "public.db", "deadline_moved")
    told = ("announced_on", "clock", "was", "now", "organ", "set_by")
    assert [row[name] for name in told] == [
        "2025-11-04", "reply", "2026-01-02", "2026-01-04", codes["organ"], codes["given"],
    ]  # fmt: skip
    first, *_ = rows(tmp_path / "public.db", "field WHERE kind = 'deadline_moved' ORDER BY n")
    assert first["label_zh"] == "放假安排公布日期"


def test_a_limit_without_an_article_says_that_it_is_a_default(tmp_path: Path) -> None:
    public, codes = congress(tmp_path / "public.db", (GIVEN,))
    (other,) = page(public, codes["s"])["other_clocks"]
    assert "没有查到条文" in dict((label, told) for label, told, _ in other["count"])["依据"]
    assert other["bar"]["over"] is None  # a right that ran out is not overdue


def test_a_promise_past_its_day_is_said_first(tmp_path: Path) -> None:
    reply = {**REPLIED, "letter": "b", "outcome_class": "in_progress_dated", "promised_for": "2026-09-30"}
    made = {
        "suggestion": "s",
        "reply": "reply",
        "organ": "organ",
        "what": "装好四十二盏灯",
        "due_on": "2026-09-30",
    }
    records = (GIVEN, ("reply", "reply", reply), RATING, ("promise", "p", made))
    public, codes = congress(tmp_path / "public.db", records)
    found = page(public, codes["s"])
    assert found["strong"] == "承诺 2026-09-30 以前办成，过了 52 天还没有办成。"
    assert [each["state"] for each in found["promises"]] == ["没有兑现"]


def test_the_lanes_are_told_by_word_and_shape_and_colour(tmp_path: Path) -> None:
    lanes = (
        about("track", "t1", track="green", set_on="2026-02-06", reason="换灯泡就行"),
        about("track", "t2", track="yellow", set_on="2026-03-10", due_on="2026-12-31", reason="要立项"),
    )
    public, codes = congress(tmp_path / "public.db", (GIVEN, *lanes))
    track = page(public, codes["s"])["track"]
    assert [(each["name"], each["now"]) for each in track["lanes"]] == [
        ("绿 马上办", False),
        ("黄 限期办", True),
        ("红 兜底办", False),
    ]
    assert [each["days"] for each in track["history"]] == ["在这条轨道 32 天", "在这条轨道 256 天"]
    body = rendered(public, "suggestion")[f"suggestion/{codes['s']}.html"]
    assert body.count('aria-current="true"') == 1 and "mb-yellow" in body


def test_every_page_of_the_sample_is_whole_and_every_record_is_in_its_timeline(sample: Sample) -> None:
    public, _ = sample
    made = rendered(public, "suggestion")
    for row in public.rows["suggestion"]:
        body = made[f"suggestion/{row['code']}.html"]
        assert all(f'id="{part}"' in body for part in ("content", "related", "corrections", "data"))
        if row["withheld"]:
            continue
        for each in public.about.get(row["code"], ()):
            if each.via == "suggestion":
                assert f'href="../{public.path(each.code)}"' in body, (row["code"], each)
        dated = [each["on"] for each in page(public, row["code"])["timeline"]]
        assert dated == sorted(dated)


def test_nothing_is_said_by_colour_alone(sample: Sample) -> None:
    for path, body in rendered(
        sample[0], "suggestion", "board.html", "promises.html", "handling.html"
    ).items():
        body = re.sub(r"<template.*?</template>", "", body, flags=re.S)  # where lists.js takes its icons from
        for icon in re.finditer(r'<svg class="mb-i[^"]*".*?</svg>(.{0,400})', body, re.S):
            assert text(icon[1].split("<svg")[0]).strip(), path
        for picture in re.findall(r'<svg class="mb-svg"[^>]*>', body):
            assert 'role="img" aria-label="' in picture or 'aria-hidden="true"' in picture


def test_every_bar_stays_within_its_drawing(sample: Sample) -> None:
    for row in sample[0].rows["suggestion"]:
        found = page(sample[0], row["code"])
        for each in (*found.get("clocks", ()), *found.get("other_clocks", ())):
            if drawn := each["bar"]:
                assert 0 <= drawn["on"] <= drawn["due"] <= 100 and 0 <= drawn["end"] <= 100
                assert drawn["due"] + (drawn["over"] or 0) <= 100.01


SUPERVISED = {"decided_on": "2026-03-01", "decided_by": "presidium", "leader_post": EVIL[:40]}
SECRET = "只有内部知道的事"
REGISTERS = ("board.html", "promises.html", "supervision.html", "handling.html")


def secret(name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers with a canary in every text."""
    return {
        key: f"{SECRET}{name}{value}" if key in ("body", "reason", "plan") else value
        for key, value in answers.items()
    }


def test_a_suggestion_that_is_not_public_says_number_date_and_state_only(tmp_path: Path) -> None:
    records: Records = [
        ADMITTED,
        GIVEN,
        about("track", "t", track="red", set_on="2026-02-06", reason=SECRET),
        ("reply", "reply", secret("r", REPLIED)),
        RATING,
        ("onsite_check", "c", checked("not_done", evidence=SECRET)),
        about("key_supervision", "k", **SUPERVISED, plan=SECRET),
    ]
    told = {"subject": SECRET, "body": SECRET, "confidentiality": "privacy", "topic": "law"}
    public, codes = congress(tmp_path / "public.db", records, **told)
    code = codes["s"]
    found = page(public, code)
    assert set(found) == {
        "as_of", "strong", "rest", "shut", "related", "corrections", "author",
    }  # fmt: skip
    assert found["strong"] == "不公开的建议，状态：已查验。" and found["rest"] == ""
    body = rendered(public, "suggestion")[f"suggestion/{code}.html"]
    seen = text(body)
    assert code in seen and "2026-01-21" in seen
    for word in (
        SECRET,
        "区交通运输局",
        "林某",
        "2026-04-01",
        "2026-02-06",
        "2026-05-20",
        "红",
        "满意",
        "mb-clash",
    ):
        assert word not in (body if word.startswith("mb") else seen), word
    (row,) = [row for row in public.rows["suggestion"] if row["code"] == code]
    state = {name: row[name] for name in public.kinds["suggestion"].derived if row[name] is not None}
    assert state == {"stage": "checked", "as_of": "2026-11-21"}
    for path in ("board.html", "promises.html", "supervision.html", "handling.html", "organ"):
        for name, other in rendered(public, path).items():
            assert code not in other and SECRET not in other, name


def filled(kind: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to every field that is published, a canary where a text may stand."""
    given: dict[str, Any] = dict(answers)
    for name, field in FORMS[kind].fields.items():
        if name in given or any(given.get(other) != value for other, value in (field.only_if or {}).items()):
            continue
        if field.each:
            parts = {part: each for part, each in field.each.items() if each.type in ("string", "long")}
            given[name] = [dict.fromkeys(parts, SECRET)]
        elif field.type == "reference" and field.refers_to in ("organ", "deputy"):
            given[name] = {"organ": "organ", "deputy": "lin"}[field.refers_to]
        elif field.type == "references" and field.refers_to in ("organ", "deputy"):
            given[name] = [{"organ": "helper", "deputy": "lin"}[field.refers_to]]
        elif field.choices and field.type == "choice":
            given[name] = list(field.choices)[-1]
        else:
            plain = {
                "string": SECRET,
                "long": SECRET,
                "date": "2026-07-07",
                "strings": [SECRET],
                "boolean": True,
            }
            given |= {name: plain[field.type]} if field.type in plain else {}
            given |= {name: 777777} if field.type in ("integer", "money") else {}
    return given


def test_the_records_about_it_say_which_and_on_what_day_and_nothing_more(tmp_path: Path) -> None:
    base: Mapping[str, Mapping[str, Any]] = {
        "assignment": ASSIGNED, "rating": RATED,
        "reply": {**REPLIED, "assignment": "assignment", "body": SECRET},
        "assignment_return": {"assignment": "assignment"}, "rehandling": {"rating": "rating"},
        "promise": {"reply": "reply"}, "extension": {"assignment": "assignment"},
        "onsite_check": {"checked": "suggestion", "promise": "promise"}, "award": {"year": 2026},
    }  # fmt: skip
    kinds = [kind for kind, form in FORMS.items() if form.withheld_with == form.about == "suggestion"]
    assert set(kinds) == set(DAYS) - {"suggestion"} | {"promise"}
    records = [(kind, kind, filled(kind, {"suggestion": "s", **base.get(kind, {})})) for kind in kinds]
    told = filled(
        "suggestion", {"confidentiality": "privacy", "received_on": "2026-01-21", "lead_deputy": "lin"}
    )
    public, codes = congress(tmp_path / "public.db", records, **told)
    always = {"code", "title", "suggestion", "filed_on", "corrected", "withheld"}
    more = {"admission": {"decision"}, "award": {"year", "award_kind"}, "promise": set[str]()}
    for kind in kinds:
        (row,) = public.rows[kind]
        said = {name for name, value in row.items() if value is not None}
        assert said <= always | {DAYS.get(kind, "code")} | more.get(kind, set()), kind
    (own,) = public.rows["suggestion"]
    said = {name for name, value in own.items() if value is not None}
    assert said == (always - {"suggestion"}) | {"received_on", "stage", "as_of"}
    with opened(tmp_path / "public.db") as db:
        fulltext.index(db, FORMS)
    assert rows(tmp_path / "public.db", "deadline_moved") == []
    data = (tmp_path / "public.db").read_bytes()
    assert SECRET.encode() not in data and b"777777" not in data
    organ, deputy = codes["organ"], codes["lin"]
    for name, body in rendered(public, *public.kinds, *REGISTERS).items():
        assert SECRET not in body and "777,777" not in body, name
        if codes["s"] in body:  # its own pages name nobody
            assert organ not in body and deputy not in body, name


def test_what_records_say_never_becomes_markup(tmp_path: Path) -> None:
    reply = {**REPLIED, "body": EVIL * 3}
    check = checked("not_done", evidence=EVIL)
    check["items"] = [{"what": EVIL, "verdict": "not_done", "note": EVIL}]
    records: Records = [
        GIVEN,
        (
            "track",
            "t",
            {
                "suggestion": "s",
                "track": "yellow",
                "set_on": "2026-02-06",
                "due_on": "2026-12-31",
                "reason": EVIL,
            },
        ),
        ("reply", "reply", reply),
        RATING,
        ("onsite_check", "c", check),
        about("key_supervision", "k", **SUPERVISED, plan=EVIL),
    ]
    public, codes = congress(tmp_path / "public.db", records, subject=EVIL, body=EVIL)
    for path in ("suggestion", "board.html", "supervision.html", "handling.html", "organ"):
        for name, body in rendered(public, path).items():
            assert "<script>alert" not in body and "<img src=x" not in body, name
            assert "49" not in text(body).replace("2026", "") or "{{7*7}}" in text(body)
    assert EVIL in unescape(rendered(public, "suggestion")[f"suggestion/{codes['s']}.html"])


def test_a_record_that_lacks_what_the_rules_need_is_told_of_and_breaks_nothing(tmp_path: Path) -> None:
    lost = {**REPLIED, "assignment": "JB-2026-0000"}
    orphan = {**RATED, "reply": "DF-2026-0000"}
    returned = about("assignment_return", "b", assignment="JB-2026-0000", returned_on="2026-02-10")
    records = (GIVEN, ("reply", "reply", lost), ("rating", "r", orphan), returned)
    public, codes = congress(tmp_path / "public.db", records)
    found = page(public, codes["s"])
    assert len(found["timeline"]) >= 5 and found["strong"]


def test_every_word_the_pages_may_say_is_there() -> None:
    for prefix, values in (
        ("site.suggestion.contradicted.reply.", ("not_done", "partly")),
        ("site.suggestion.contradicted.promise.", ("not_done", "partly")),
    ):
        assert all(prefix + value in WORDS.messages for value in values)
    told = {"replied", "rated", "checked"}
    assert all(f"site.suggestion.verdict.{stage}" in WORDS.messages for stage in STAGES if stage not in told)
    assert all(f"site.suggestion.verdict.outcome.{each}" in WORDS.messages for each in OUTCOMES)


# -- records as they should not be --

SEPARATE = {**ASSIGNED, "mode": "separate"}
OTHER = ("assignment", "other", {**SEPARATE, "organ": "helper"})
LOST = ("reply", "reply", {**REPLIED, "assignment": "JB-2026-0000"})
ORPHAN = ("rating", "rating", {**RATED, "reply": "DF-2026-0000"})
SENT_BACK = about(
    "assignment_return", "b", assignment="given", returned_on="2026-02-10", reason="不归本局管。"
)
ANEW = ("assignment", "new", {**ASSIGNED, "organ": "helper", "assigned_on": "2026-02-12"})
NOT_COUNTED = "有 1 条记录没有写明属于哪一次，没有算进来。"
SHAPES: Mapping[str, tuple[Records, str, str, str]] = {
    "a reply without its assignment": ((LOST,), "submitted", "等人大办决定受理不受理", NOT_COUNTED),
    "a rating without its reply": ((GIVEN, ORPHAN), "assigned", "区交通运输局还没有答复", NOT_COUNTED),
    "two leads": (
        (GIVEN, ("assignment", "other", {**ASSIGNED, "organ": "helper"})),
        "assigned",
        "区交通运输局、镇人民政府还没有答复",
        "已超",
    ),
    "separate, one of two replied": (
        (("assignment", "given", SEPARATE), OTHER, REPLY),
        "assigned",
        "过了期限，镇人民政府还没有答复",
        "已超",
    ),
    "assigned anew": ((GIVEN, SENT_BACK, ANEW), "assigned", "过了期限，镇人民政府还没有答复", "2026-05-12"),
    "withdrawn after the reply": (
        (GIVEN, REPLY, about("withdrawal", "w", withdrawn_on="2026-05-01", reason="办了", in_writing=True)),
        "withdrawn",
        "代表 2026-05-01 撤回",
        "",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_record_in_a_bad_shape_breaks_no_page_and_none_says_what_is_not_so(
    shape: str, tmp_path: Path
) -> None:
    records, stage, strong, rest = SHAPES[shape]
    public, codes = congress(tmp_path / "public.db", records)
    found = page(public, codes["s"])
    assert strong in found["strong"] and rest in found["rest"]
    assert public.by_code("suggestion")[codes["s"]]["stage"] == stage
    made = rendered(public, "suggestion", "organ", *REGISTERS)
    seen = text(made[f"suggestion/{codes['s']}.html"])
    for kind, none in (("reply", "还没有答复。"), ("rating", "代表还没有评价。")):
        assert (f"暂无。{none}" in seen) == (not any(each[0] == kind for each in records)), kind


def test_sixty_signers_and_texts_of_any_length_stand_on_the_page(tmp_path: Path) -> None:
    deputies: Records = [("deputy", f"d{n}", {"name": f"代表{n:02}"}) for n in range(60)]
    long = "很长的正文，没有空格。" * 500
    records = (*deputies, GIVEN, ("reply", "reply", {**REPLIED, "body": long}), RATING)
    signers = [name for _, name, _ in deputies]
    public, codes = congress(tmp_path / "public.db", records, body=long, co_signers=signers)
    body = rendered(public, "suggestion")[f"suggestion/{codes['s']}.html"]
    assert all(f"代表{n:02}" in body for n in range(60))
    assert body.count(long) >= 2, "the suggestion's text and the reply's"


def test_whoever_reminds_is_the_office_and_a_right_that_ran_out_is_not_offered(tmp_path: Path) -> None:
    public, codes = congress(tmp_path / "public.db", (GIVEN,))
    assert page(public, codes["s"])["may"] == ["人大办：催办", "林某：书面撤回"]


def test_a_deadline_says_from_what_it_counts_by_its_rule(tmp_path: Path) -> None:
    bad = ("rating", "rating", {**RATED, "result": "not_satisfied", "result_reason": "灯没亮"})
    again = about("rehandling", "h", rating="rating", opened_on="2026-04-20", organ="organ")
    public, codes = congress(tmp_path / "public.db", (GIVEN, REPLY, bad, again))
    first, *_ = page(public, codes["s"])["clocks"]
    assert first["start"] == "评价不满意 2026-04-10", "not the day on which it was sent back"


def test_a_right_that_was_not_used_was_not_done_on_the_day_of_the_reply(tmp_path: Path) -> None:
    early = ("reply", "reply", {**REPLIED, "replied_on": "2026-02-09"})
    public, codes = congress(tmp_path / "public.db", (GIVEN, early))
    (back,) = page(public, codes["s"])["other_clocks"]
    assert "完成" not in back["finding"] + back["end"] and "没有退办" in back["finding"]
    running, codes = congress(tmp_path / "running.db", (("assignment", "given", {**ASSIGNED, **LATELY}),))
    (back,) = page(running, codes["s"])["other_clocks"]
    assert ("用哪个期限", "按规定期限", None) in back["count"], "its time is not over yet"


LATELY = {"assigned_on": "2026-11-18"}
