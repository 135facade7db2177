"""GET /work: each person sees what is theirs to do, nothing else, and everything it takes to do it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from collector.accounts import revoke
from collector.imports import import_path
from collector.work import MOST
from collector.work_look import Who
from ledger.records import check_answers, not_asked_of, read_record
from ledger.rules.suggestion.agreement import CHECKS
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.stage import ENDED, STAGES, stage
from ledger.store import now_ms
from tests.collector.desk import CONTENT, RECORDS, TODAY, House, Work, completed, open_house
from tests.collector.phone import ROOT, Phone, id_of

ORGANS = sorted(path.stem for path in (CONTENT / "records/organ").glob("*.yaml"))
DEPUTIES = sorted(path.stem for path in (CONTENT / "records/deputy").glob("*.yaml"))
CONFIDENTIAL = ("2025-034", "2026-024")
"""The sample's suggestions that are open and not for everybody."""
DATA = Path(os.environ.get("MINGBAI_DATA", ROOT.parent / "shared" / "data")) / "suggestions-tw.json"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("desk") / "home") as house:
        yield house


@pytest.fixture(scope="module")
def people(house: House) -> dict[str, Phone]:
    """A phone for everybody: by organ, by deputy, by role."""
    phones = {organ: house.phone("handler", "承办员", organ) for organ in ORGANS}
    phones |= {deputy: house.phone("deputy", deputy) for deputy in DEPUTIES}
    roles = ("clerk", "presidium", "scrutineer", "teller", "observer")
    return phones | {role: house.phone(role) for role in roles}


@pytest.fixture(autouse=True)
def _today(house: House) -> None:
    house.on = TODAY


def written(kind: str, *, approved: bool | None = None) -> dict[str, dict[str, Any]]:
    """The sample's records of a kind by name, as they are written; all, or as `approved` says."""
    files = (read_record(path) for path in sorted((CONTENT / "records" / kind).glob("*.yaml")))
    return {str(file.name): file.answers for file in files if approved in (None, file.approved)}


def cases(house: House) -> dict[str, Case]:
    """The cases by the office's name, as the collector reads them."""
    from collector.cases import read_cases

    with house.collector.ledger() as ledger:
        read, names = read_cases(ledger, house.forms), house.names("suggestion")
    return {names[code]: case for code, case in read.items()}


def named(house: House, work: Work) -> set[str]:
    """The suggestions in a list by the office's names."""
    names = house.names("suggestion")
    return {names[each["code"]] for each in work["items"] if each["kind"] == "suggestion"}


# -- who sees what --


def test_the_clerk_and_the_presidium_see_every_suggestion_that_is_not_ended(
    house: House, people: dict[str, Phone]
) -> None:
    open_ = {name for name, case in cases(house).items() if stage(case, TODAY).stage not in ENDED}
    assert len(open_) > 15
    assert named(house, house.work(people["clerk"])) == open_
    assert named(house, house.work(people["presidium"])) == open_


@pytest.mark.parametrize("organ", ORGANS)
def test_an_organ_sees_what_it_was_given_and_nothing_of_others(
    house: House, people: dict[str, Phone], organ: str
) -> None:
    given = [
        each
        for each in written("assignment").values()
        if organ in (each["organ"], *each.get("co_organs", ()))
    ]
    ordered = [each for each in written("rehandling").values() if each["organ"] == organ]
    returned = {each["assignment"] for each in written("assignment_return").values()}
    stays = {
        each["suggestion"]
        for name, each in written("assignment").items()
        if each in given and name not in returned
    }
    seen = named(house, house.work(people[organ]))
    assert seen <= {each["suggestion"] for each in (*given, *ordered)}
    open_ = {name for name, case in cases(house).items() if stage(case, TODAY).stage not in ENDED}
    moved = {each["suggestion"] for each in written("rehandling").values() if each["organ"] != organ}
    assert (stays & open_) - moved <= seen <= open_


@pytest.mark.parametrize("deputy", DEPUTIES)
def test_a_deputy_sees_what_they_signed_and_nothing_of_others(
    house: House, people: dict[str, Phone], deputy: str
) -> None:
    signed = {
        name
        for name, each in written("suggestion").items()
        if deputy in (each["lead_deputy"], *each.get("co_signers", ()))
    }
    seen = named(house, house.work(people[deputy]))
    open_ = {name for name, case in cases(house).items() if stage(case, TODAY).stage not in ENDED}
    assert signed & open_ <= seen <= signed


@pytest.mark.parametrize("role", ["scrutineer", "teller", "observer"])
def test_whoever_has_no_part_in_suggestions_has_an_empty_list(
    house: House, people: dict[str, Phone], role: str
) -> None:
    assert house.work(people[role]) == {"as_of": "2026-11-26", "items": [], "more": 0}


@pytest.mark.parametrize("name", CONFIDENTIAL)
def test_a_confidential_text_is_told_to_its_organ_its_signers_and_the_clerk_only(
    house: House, people: dict[str, Phone], name: str
) -> None:
    text = written("suggestion")[name]
    secret = [text["subject"], text["body"]]
    secret += [each["body"] for each in written("reply").values() if each["suggestion"] == name]
    readers = {text["lead_deputy"], *text.get("co_signers", ()), "clerk"}
    readers |= {
        organ
        for each in written("assignment").values()
        if each["suggestion"] == name
        for organ in (each["organ"], *each.get("co_organs", ()))
    }
    told = {who: json.dumps(house.work(phone), ensure_ascii=False) for who, phone in people.items()}
    assert {who for who, said in told.items() if secret[0] in said} == readers
    for who, said in told.items():
        assert who in readers or not any(part[:30] in said for part in secret)
    case = house.item(people["presidium"], house.code("suggestion", name))
    assert case["title"]["zh"] == f"不公开的建议 {case['code']}" and case["facts"] == []
    assert all(len(each["said"]["zh"]) < 12 for each in case["timeline"])


def test_a_private_contact_is_told_to_the_lead_organ_and_the_clerk_only_while_it_may_be_kept(
    house: House, people: dict[str, Phone]
) -> None:
    ((name, text),) = [each for each in written("suggestion").items() if "contact_phone" in each[1]]
    (given,) = [each for each in written("assignment").values() if each["suggestion"] == name]

    def told(on: date) -> set[str]:
        house.on = on
        said = {who: json.dumps(house.work(phone), ensure_ascii=False) for who, phone in people.items()}
        return {who for who, each in said.items() if text["contact_phone"] in each}

    filed = date.fromisoformat(str(cases(house)[name].suggestion["filed_on"]))
    assert told(TODAY) == told(filed + timedelta(180)) == {given["organ"], "clerk"}
    assert told(filed + timedelta(181)) == set()


def test_why_a_deputy_was_not_satisfied_is_told_to_the_clerk_only(
    house: House, people: dict[str, Phone]
) -> None:
    reasons = [each["result_reason"] for each in written("rating").values() if "result_reason" in each]
    told = {
        who: json.dumps(house.work(phone), ensure_ascii=False)
        for who, phone in people.items()
        if who != "clerk"
    }
    assert reasons and not [who for who, said in told.items() if any(each in said for each in reasons)]
    assert any(each in json.dumps(house.work(people["clerk"]), ensure_ascii=False) for each in reasons)


# -- in which order, by which day --


def turn(entry: dict[str, Any]) -> int:
    """What is only to be read waits for what is to be done and for what is overdue with others."""
    if entry["stage"] == "awaiting_approval":
        return 2
    return 0 if entry["must"] else 1 if (entry["days"] or 0) < 0 else 3


@pytest.mark.parametrize("who", ["clerk", "presidium", "water-bureau", "transport-bureau", "zhou-wenxi"])
def test_what_one_must_do_comes_first_then_what_is_overdue_then_by_its_day(
    house: House, people: dict[str, Phone], who: str
) -> None:
    items = house.work(people[who])["items"]
    order = [(turn(each), (each["days"] or 0) >= 0, each["due"] or "9999") for each in items]
    assert items and order == sorted(order)
    assert all(each["must"] == any(step["must"] for step in each["steps"]) for each in items)


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2026, 9, 1), 29), (date(2026, 9, 30), 0), (date(2026, 10, 1), -1), (date(2026, 11, 26), -57)],
)
def test_a_reply_is_overdue_from_the_day_after_its_limit(
    house: House, people: dict[str, Phone], on: date, days: int
) -> None:
    case = house.item(people["health-bureau"], house.code("suggestion", "2026-029"), on)
    assert (case["due"], case["days"], case["must"]) == ("2026-09-30", days, True)
    assert case["clock"]["zh"].startswith("答复：从 2026-06-30 起 3 个月，当天不计入；到 2026-09-30 为止")
    assert "from 2026-06-30, which is not counted" in case["clock"]["en"]


def test_an_organ_that_is_late_may_no_longer_ask_for_more_time(
    house: House, people: dict[str, Phone]
) -> None:
    code = house.code("suggestion", "2026-029")
    kinds = [
        {step["kind"] for step in house.item(people["health-bureau"], code, on)["steps"]}
        for on in (date(2026, 9, 30), date(2026, 10, 1))
    ]
    assert kinds == [{"reply", "extension"}, {"reply"}]


def test_an_organ_may_return_a_matter_only_within_its_days(house: House, people: dict[str, Phone]) -> None:
    code = house.code("suggestion", "2026-038")
    kinds = [
        {step["kind"] for step in house.item(people["water-bureau"], code, on)["steps"]}
        for on in (date(2026, 10, 14), date(2026, 11, 26))
    ]
    assert kinds == [{"reply", "extension", "assignment_return"}, {"reply", "extension"}]


# -- the steps --

ASKS = {
    "submitted": ("2026-040", "clerk", "admission"),
    "returned_for_revision": ("2026-035", "clerk", "suggestion"),
    "admitted": ("2026-041", "clerk", "assignment"),
    "returned_by_organ": ("2026-039", "clerk", "assignment"),
    "assigned": ("2026-038", "water-bureau", "reply"),
    "replied": ("2026-032", "lin-xiuhe", "rating"),
    "rated": ("2025-034", "clerk", "onsite_check"),
    "rehandling": ("2026-030", "transport-bureau", "reply"),
    "checked": ("2026-009", "transport-bureau", "reply"),
}


@pytest.mark.parametrize("at", ASKS)
def test_at_every_stage_the_one_who_must_act_is_asked_to(
    house: House, people: dict[str, Phone], at: str
) -> None:
    name, who, kind = ASKS[at]
    case = house.item(people[who], house.code("suggestion", name))
    assert case["stage"] == at and case["must"]
    assert kind in {step["kind"] for step in case["steps"] if step["must"]}
    assert case["said"]["zh"].startswith(house.collector.words.say(f"suggestion.stage.{at}"))


def test_the_stages_that_ask_and_those_that_are_over_are_all_there_are() -> None:
    assert set(ASKS) | ENDED == set(STAGES)


def test_every_button_of_everybody_fills_in_only_what_its_form_takes_from_that_role(
    house: House, people: dict[str, Phone]
) -> None:
    read = {case.code: case for case in cases(house).values()}
    kinds = set()
    for who, phone in people.items():
        device = house.store.devices[phone.devices["records"]]
        for each in house.work(phone)["items"]:
            for step in each["steps"]:
                form, answers = house.forms[step["kind"]], completed(step)
                if form.kind == "assignment":
                    answers.setdefault("organ", next(iter(house.names("organ"))))
                assert device.role in form.written_by, (who, step)
                assert not_asked_of(form, step["answers"], device.role) == []
                assert check_answers(form, answers) == [], (who, step)
                if each["kind"] == "suggestion":
                    writer = SimpleNamespace(person=device.code, role=device.role)
                    rater = {"rater": read[each["code"]].suggestion["lead_deputy"]}
                    new = answers | (rater if device.role == "clerk" and form.kind == "rating" else {})
                    found = [
                        fault
                        for rule in CHECKS.get(form.kind, ())
                        for fault in rule(new, read[each["code"]], writer)
                    ]
                    assert found == [], (who, step, found)
                kinds.add(form.kind)
    assert kinds >= {"admission", "assignment", "reply", "extension", "rating", "onsite_check", "reminder"}
    assert kinds >= {"track", "withdrawal", "approval", "suggestion"}


def test_an_entry_holds_what_it_takes_to_act_without_a_signal(house: House, people: dict[str, Phone]) -> None:
    case = house.item(people["transport-bureau"], house.code("suggestion", "2026-009"))
    facts = {fact["label"]["zh"]: fact["value"]["zh"] for fact in case["facts"]}
    asked = written("suggestion")["2026-009"]
    replies = [each for each in written("reply").values() if each["suggestion"] == "2026-009"]
    assert facts["正文"] == asked["body"] and case["title"]["zh"] == asked["subject"]
    assert facts["答复正文（青溪区交通运输局）"] in [each["body"] for each in replies]
    assert facts["领衔代表"] == "林秀禾" and any("查验，没有办成" in label for label in facts)
    english = {fact["label"]["en"]: fact["value"]["en"] for fact in case["facts"]}
    assert "Resolved" in " ".join(english.values()) and not any(
        word in value for value in english.values() for word in ("已经解决", "绿色", "公开")
    )
    assert [each["on"] for each in case["timeline"]] == sorted(each["on"] for each in case["timeline"])
    assert {"suggestion", "admission", "assignment", "reply", "onsite_check"} <= {
        each["kind"] for each in case["timeline"]
    }


# -- what waits to be read --


def test_the_clerk_reads_what_waits_for_approval_and_files_it_from_the_list(house: House) -> None:
    clerk = house.phone("clerk", "审核员")
    waiting = {each["code"]: each for each in house.work(clerk)["items"] if each["kind"] == "opinion"}
    unread = written("opinion", approved=False)
    assert len(waiting) == len(unread) > 1
    contacts = [each["contact_name"] for each in written("opinion").values() if "contact_name" in each]
    said = json.dumps(list(waiting.values()), ensure_ascii=False)
    assert not any(each in said for each in contacts)
    assert all(each["summary"] in said for each in unread.values())
    first, second = list(waiting.values())[:2]
    house.file(clerk, first["steps"][0])
    house.file(clerk, second["steps"][0], decision="send_back", reason="请去掉门牌。")
    left = {each["code"] for each in house.work(clerk)["items"] if each["kind"] == "opinion"}
    assert left == waiting.keys() - {first["code"], second["code"]}


def test_who_filed_what_is_sent_back_hears_why_until_the_reader_agrees(house: House) -> None:
    clerk, deputy = house.phone("clerk", "审核员"), house.phone("deputy", "qin-yuebai")
    said = {"received_on": "2026-11-20", "channel": "letter", "summary": "石桥晚上太黑，盼着装灯。"}
    record = deputy.record(house.forms["opinion"], said)
    (filed,) = deputy.results([record])

    def told() -> tuple[str, list[str]]:
        (receipt,) = deputy.post("/receipts", {"ids": [id_of(record)]}).json()["receipts"]
        (pulled,) = (
            each for each in deputy.get("/pull?cursor=").json()["records"] if each["id"] == id_of(record)
        )
        assert pulled["state"] == receipt["state"] and pulled["problems"] == receipt["problems"]
        return receipt["state"], [each["say"]["zh"] for each in receipt["problems"]]

    (step,) = house.item(clerk, filed["code"])["steps"]
    assert told() == ("accepted", [])
    house.file(clerk, step, decision="send_back", reason="请写清楚是哪座桥。")
    assert told() == ("returned", ["请写清楚是哪座桥。"])
    house.file(clerk, step, decision="approve")
    assert told() == ("accepted", [])


def test_an_entry_to_be_read_calls_what_it_names_by_its_name(house: House, people: dict[str, Phone]) -> None:
    counts = [each for each in house.work(people["clerk"])["items"] if each["kind"] == "tally_count"]
    told = json.dumps([[each["title"], each["facts"]] for each in counts], ensure_ascii=False)
    assert counts and not any(code in told for code in house.names("ballot"))
    opinions = [each for each in house.work(people["clerk"])["items"] if each["kind"] == "opinion"]
    assert len({each["title"]["zh"] for each in opinions}) == len(opinions)


def test_what_is_withheld_anyway_waits_for_nobody(house: House, people: dict[str, Phone]) -> None:
    withheld = {house.code("suggestion", name) for name in CONFIDENTIAL}
    ratings = [each for each in house.work(people["clerk"])["items"] if each["kind"] == "rating"]
    told = json.dumps(ratings)
    assert ratings and not any(code in told for code in withheld)


def test_a_lone_count_of_a_ballot_waits_unseen_until_a_second_teller_has_filed_one(tmp_path: Path) -> None:
    records = tmp_path / "records"
    shutil.copytree(RECORDS, records, ignore=shutil.ignore_patterns("tally_count", "ballot_result"))
    with open_house(tmp_path / "home", records=records) as house:
        clerk, tellers = house.phone("clerk"), [house.phone("teller", name) for name in ("甲", "乙")]
        (name, count) = next(iter(written("tally_count").items()))
        count = {**count, "ballot": house.code("ballot", count["ballot"])}
        for phone, seen in zip(tellers, (0, 2), strict=True):
            (result,) = phone.results([phone.record(house.forms["tally_count"], count)])
            assert result["state"] == "accepted", (name, result)
            assert sum(each["kind"] == "tally_count" for each in house.work(clerk)["items"]) == seen


# -- the call itself --


def test_an_unchanged_list_is_304_until_ledger_day_or_person_is_another(
    house: House, people: dict[str, Phone]
) -> None:
    first = people["clerk"].get("/work").headers["ETag"]
    again = people["clerk"].get("/work", {"If-None-Match": first})
    assert again.status_code == 304 and not again.content and again.headers["ETag"] == first
    assert people["presidium"].get("/work", {"If-None-Match": first}).status_code == 200
    house.on = TODAY + timedelta(1)
    assert people["clerk"].get("/work", {"If-None-Match": first}).status_code == 200
    house.on = TODAY
    assert people["clerk"].get("/work", {"If-None-Match": first}).status_code == 304
    items = house.work(people["clerk"])["items"]
    waiting = next(e for e in items if (e["stage"], e["kind"]) == ("awaiting_approval", "visit"))
    house.file(people["clerk"], waiting["steps"][0])
    assert people["clerk"].get("/work", {"If-None-Match": first}).status_code == 200


def test_a_phone_that_is_stopped_or_not_confirmed_yet_is_told_nothing(house: House) -> None:
    waiting, stopped = house.phone("clerk", "新来的", confirmed=False), house.phone("clerk", "走了的")
    revoke(house.store, stopped.devices["records"], "走了", now_ms())
    for phone, why in ((waiting, "pending"), (stopped, "revoked")):
        answer = phone.get("/work")
        assert answer.status_code == 403 and answer.json()["type"] == f"mingbai:push/{why}"
    assert house.client.request("GET", "/api/v1/work").status_code == 401


def test_without_a_role_for_it_nobody_is_concerned(house: House) -> None:
    from collector.work_look import Look

    look = Look(next(iter(cases(house).values())), TODAY, None)
    assert not any(
        look.concerns(Who(role)) for role in ("observer", "teller", "scrutineer", "handler", "deputy")
    )


@pytest.mark.skipif(not DATA.is_file(), reason="the real data is not there: set MINGBAI_DATA")
def test_of_five_thousand_open_suggestions_the_first_travel_and_the_rest_are_counted(tmp_path: Path) -> None:
    mapping = Path(__file__).parent / "fixtures/suggestions-tw.mapping.yaml"
    with open_house(tmp_path / "home", ("grid", "organ", "deputy")) as house:
        import_path(house.store, house.forms, DATA, mapping)
        clerk, handler = house.phone("clerk"), house.phone("handler", "承办员", "water-bureau")
        first = house.work(clerk)
        assert len(first["items"]) == MOST and first["more"] > 5500
        assert house.work(handler)["items"] == []
        house.file(clerk, first["items"][0]["steps"][0])
        assert house.work(clerk)["more"] == first["more"]
