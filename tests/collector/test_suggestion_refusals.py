"""Records of a suggestion that cannot be, over the real API: each told in one line, all the rest is kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from collector.imports import import_path
from collector.rehearsal import rehearse
from ledger.doctor import examine
from ledger.records import record_yaml
from ledger.store import open_ledger
from tests.collector.desk import CONTENT, House, open_house
from tests.collector.phone import Phone, id_of

WATER, ROADS, HEALTH = "water-bureau", "transport-bureau", "health-bureau"
LEAD, SIGNER, STRANGER = "zhou-wenxi", "lin-xiuhe", "qin-yuebai"

Answers = Mapping[str, Any]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The sample's organs and deputies; whatever a test does, the ledger is whole in the end."""
    with open_house(tmp_path / "home", ("grid", "organ", "deputy")) as house:
        yield house
        assert examine(house.store.home).faults == ()


@pytest.fixture
def clerk(house: House) -> Phone:
    return house.phone("clerk")


class Told(NamedTuple):
    """What became of a record: its code, or the one line that is said of it."""

    code: str | None
    pointer: str | None = None
    zh: str = ""
    en: str = ""


def told(result: Mapping[str, Any]) -> Told:
    if result["state"] == "accepted":
        assert result["problems"] == []
        return Told(result["code"])
    assert (result["state"], result["code"]) == ("quarantined", None), result
    ((pointer, say),) = [(each["pointer"], each["say"]) for each in result["problems"]]
    assert "\n" not in say["zh"] + say["en"]
    return Told(None, pointer, say["zh"], say["en"])


def file(house: House, phone: Phone, kind: str, answers: Answers) -> Told:
    return told(*phone.results([phone.record(house.forms[kind], answers)]))


def code_of(house: House, phone: Phone, kind: str, **answers: Any) -> str:
    found = file(house, phone, kind, answers)
    assert found.code, found
    return found.code


class Matter:
    """A suggestion of the lead and one more signer, with the water bureau; and what is said of it."""

    def __init__(self, house: House, clerk: Phone, *, replied: bool = False) -> None:
        deputy = house.phone("deputy", LEAD)
        asked = {"subject": "关于给石桥装路灯的建议", "confidentiality": "public", "co_signers": [SIGNER]}
        self.code = code_of(house, deputy, "suggestion", **asked)
        code_of(house, clerk, "admission", **self.about(decision="accepted", decided_on="2026-03-02"))
        self.assignment = code_of(house, clerk, "assignment", **self.assigned(co_organs=[ROADS]))
        self.reply = code_of(house, clerk, "reply", **self.replied()) if replied else ""

    def about(self, **answers: Any) -> dict[str, Any]:
        return {"suggestion": self.code, **answers}

    def assigned(self, on: str = "2026-03-03", organ: str = WATER, **more: Any) -> dict[str, Any]:
        mode = {"mode": "lead_with_co", "complex": False}
        return self.about(assigned_on=on, organ=organ, **{**mode, **more})

    def replied(self, on: str = "2026-04-01", organ: str = WATER, **more: Any) -> dict[str, Any]:
        said = {"outcome_class": "resolved", "body": "十盏路灯都已经装好，请代表到现场查看。"}
        return self.about(replied_on=on, organ=organ, **{"assignment": self.assignment, **said, **more})

    def rated(self, on: str = "2026-04-10", **more: Any) -> dict[str, Any]:
        grades = {"stage": "reply", "attitude": "satisfied", "result": "satisfied"}
        return self.about(reply=self.reply, rated_on=on, **{**grades, **more})

    def tracked(self, **more: Any) -> dict[str, Any]:
        return self.about(set_on="2026-03-05", reason="限期装好，月底查验。", **more)


@pytest.fixture
def matter(house: House, clerk: Phone) -> Matter:
    return Matter(house, clerk, replied=True)


class Sent(NamedTuple):
    """A record of a batch, and where and how the one line about it is to be; None where it is accepted."""

    kind: str
    answers: Answers
    pointer: str | None = None
    zh: Sequence[str] = ()
    en: Sequence[str] = ()


def batch(house: House, matter: Matter) -> list[Sent]:
    """Each of the five faults between records that are sound; the clerk may file all of them."""
    water = house.code("organ", WATER)
    fresh = {"subject": "关于疏通下游排水沟的建议", "confidentiality": "public"}
    return [
        Sent("suggestion", fresh),
        # a reply before its assignment: by its day, and of one that is not there
        Sent("reply", matter.replied("2026-03-02"), "/replied_on",
             ("2026-03-02", "早于交办日期 2026-03-03"), ("before the assignment of 2026-03-03",)),
        Sent("reply", matter.replied(assignment="JB-2026-ZZZZ"), "/assignment",
             ("JB-2026-ZZZZ",), ("JB-2026-ZZZZ",)),
        Sent("track", matter.tracked(track="yellow", due_on="2026-04-05")),
        # a rating by who did not sign
        Sent("rating", matter.rated(rater=STRANGER), "/rater",
             (house.code("deputy", STRANGER), "没有在这件建议上署名"), ("did not sign this suggestion",)),
        Sent("rating", matter.rated(rater=SIGNER)),
        # lead equal to co-handler: as the form sees it, and by code and name, as only the ledger does
        Sent("assignment", matter.assigned("2026-03-04", co_organs=[WATER]), "/organ",
             ("主办单位不能同时是会办单位",), ("cannot be a co-handling organ",)),
        Sent("admission", matter.about(decision="accepted", decided_on="2026-03-03")),
        # a second assignment without a return
        Sent("assignment", matter.assigned("2026-03-20", ROADS), "/suggestion",
             (matter.assignment, "2026-03-03", "先登记退办"), (matter.assignment, "Enter the return first")),
        # a track without its due date
        Sent("track", matter.tracked(track="yellow"), "/due_on", ("限期",), ("due",)),
        Sent("track", matter.tracked(track="red", supervising_leader="副区长", backstop_organ=water)),
    ]  # fmt: skip


def refused_each_in_one_line(house: House, phone: Phone, sent: Sequence[Sent]) -> None:
    """Deliver a batch: every fault is told once, at its field, and all else is accepted."""
    records = [phone.record(house.forms[each.kind], each.answers) for each in sent]
    results = phone.results(records)
    assert [each["id"] for each in results] == [id_of(each) for each in records]
    for each, result in zip(sent, results, strict=True):
        found = told(result)
        assert found.pointer == each.pointer, (each, found)
        assert all(part in found.zh for part in each.zh), found
        assert all(part.lower() in found.en.lower() for part in each.en), found


def filed(house: House, kind: str) -> list[Answers]:
    with open_ledger(house.store.home) as ledger:
        return [each.answers for each in ledger.records(kind)]


# -- a whole batch --


def test_each_fault_of_a_batch_is_told_in_one_line_and_the_rest_is_accepted(
    house: House, clerk: Phone, matter: Matter
) -> None:
    sent = batch(house, matter)
    before = {kind: len(filed(house, kind)) for kind in house.forms}
    refused_each_in_one_line(house, clerk, sent)
    for kind in house.forms:
        kept = sum(each.kind == kind and each.pointer is None for each in sent)
        assert len(filed(house, kind)) == before[kind] + kept, kind
    with open_ledger(house.store.home) as ledger:
        assert ledger.counts()["quarantined"] == sum(each.pointer is not None for each in sent) == 6


@pytest.mark.parametrize("kind", ["reply", "rating", "assignment"])
def test_a_kind_whose_rules_were_lost_would_be_noticed(
    house: House, clerk: Phone, matter: Matter, kind: str
) -> None:
    house.store.rules = {name: rules for name, rules in house.store.rules.items() if name != kind}
    with pytest.raises(AssertionError):
        refused_each_in_one_line(house, clerk, batch(house, matter))


def test_the_same_batch_again_changes_nothing(house: House, clerk: Phone, matter: Matter) -> None:
    records = [clerk.record(house.forms[each.kind], each.answers) for each in batch(house, matter)]
    first = clerk.results(records)
    position = house.store.position
    again = clerk.results(records)
    assert {each["state"] for each in again} == {"replayed"} and house.store.position == position
    assert [each["problems"] for each in again] == [each["problems"] for each in first]


def test_what_was_refused_moves_nothing_in_anybodys_work(house: House, clerk: Phone) -> None:
    matter = Matter(house, clerk)
    water = house.phone("handler", "陈工", WATER)
    phones = (clerk, water)
    before = [house.item(phone, matter.code) for phone in phones]
    faults = [
        ("reply", matter.replied("2026-03-02")),
        ("assignment", matter.assigned("2026-03-20", ROADS)),
        ("track", matter.tracked(track="yellow")),
    ]
    for kind, answers in faults:
        assert file(house, clerk, kind, answers).code is None
    assert [house.item(phone, matter.code) for phone in phones] == before


# -- each by the person who would do it --


def test_an_organ_cannot_reply_before_it_was_given_the_matter(house: House, clerk: Phone) -> None:
    matter, water = Matter(house, clerk), house.phone("handler", "陈工", WATER)
    early = file(house, water, "reply", matter.replied("2026-03-02"))
    assert early.pointer == "/replied_on" and "早于交办日期" in early.zh
    other = file(house, house.phone("handler", "李工", HEALTH), "reply", matter.replied(organ=HEALTH))
    assert other.pointer == "/organ" and "不是交办" in other.zh
    assert file(house, water, "reply", matter.replied("2026-03-03")).code, "on the day itself it may"


def test_a_reply_that_overtakes_its_assignment_is_kept_aside_and_mended_by_a_new_one(
    house: House, clerk: Phone
) -> None:
    """Phones deliver in their own order: what names a record that is not there yet is not lost."""
    matter = Matter(house, clerk)
    form = house.forms["reply"]
    early = clerk.record(form, matter.replied(assignment="JB-2026-ZZZZ"))
    late = clerk.record(form, matter.replied(), id_of(early))
    assert [each["state"] for each in clerk.results([early, late])] == ["quarantined", "accepted"]


def test_only_those_who_signed_rate_and_in_their_own_name(house: House, clerk: Phone, matter: Matter) -> None:
    stranger = house.phone("deputy", STRANGER)
    for answers in (matter.rated(), matter.rated(comment="替领衔代表评的。")):
        refused = file(house, stranger, "rating", answers)
        assert refused.pointer == "/suggestion" and "您没有在这件建议上署名" in refused.zh
    for who in (LEAD, SIGNER):
        assert file(house, house.phone("deputy", who), "rating", matter.rated()).code
    assert file(house, clerk, "rating", matter.rated()).pointer == "/rater", "the office says whose it is"
    assert file(house, clerk, "rating", matter.rated(rater=SIGNER)).code
    assert len(filed(house, "rating")) == 3


@pytest.mark.parametrize("by_code", ["organ", "co_organs", "both", "neither"])
def test_the_lead_organ_is_never_a_co_organ_whatever_it_is_called(
    house: House, clerk: Phone, by_code: str
) -> None:
    code = house.code("organ", WATER)
    asked = {"subject": "关于给学校门口画斑马线的建议", "confidentiality": "public"}
    about = {"suggestion": code_of(house, clerk, "suggestion", **asked)}
    code_of(house, clerk, "admission", **about, decision="accepted", decided_on="2026-03-02")
    answers = {
        **about, "assigned_on": "2026-03-03", "mode": "lead_with_co", "complex": False,
        "organ": code if by_code in ("organ", "both") else WATER,
        "co_organs": [ROADS, code if by_code in ("co_organs", "both") else WATER],
    }  # fmt: skip
    refused = file(house, clerk, "assignment", answers)
    assert refused.code is None and "主办单位" in refused.zh and "会办单位" in refused.zh
    assert refused.pointer == ("/co_organs/1" if by_code in ("organ", "co_organs") else "/organ")
    assert file(house, clerk, "assignment", {**answers, "co_organs": [ROADS]}).code


def test_a_second_assignment_waits_for_the_return(house: House, clerk: Phone) -> None:
    matter, water = Matter(house, clerk), house.phone("handler", "陈工", WATER)
    second = matter.assigned("2026-03-10", ROADS)
    assert file(house, clerk, "assignment", second).pointer == "/suggestion"
    back = matter.about(assignment=matter.assignment, returned_on="2026-03-09", reason="道路归交通运输局管。")
    assert file(house, water, "assignment_return", back).code
    assert file(house, clerk, "assignment", second).code
    assert file(house, clerk, "assignment", matter.assigned("2026-03-11", HEALTH)).pointer == "/suggestion"
    assert [each["organ"] for each in filed(house, "assignment")] == [WATER, ROADS]


def test_an_assignment_is_corrected_in_its_place_and_not_taken_for_a_second(
    house: House, clerk: Phone
) -> None:
    matter = Matter(house, clerk)
    with open_ledger(house.store.home) as ledger:
        kept = ledger.record(matter.assignment)
    assert kept is not None
    mended = clerk.record(house.forms["assignment"], matter.assigned(organ=HEALTH), kept.id)
    assert told(*clerk.results([mended])).code == matter.assignment


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"track": "yellow"}, "/due_on"),
        ({"track": "yellow", "due_on": "2026-03-05"}, "/due_on"),
        ({"track": "green", "due_on": "2026-04-05"}, "/due_on"),
        ({"track": "red", "supervising_leader": "副区长"}, "/backstop_organ"),
        ({"track": "yellow", "due_on": "2026-03-06"}, None),
    ],
)
def test_a_track_says_what_its_colour_asks_for(
    house: House, clerk: Phone, matter: Matter, answers: Answers, pointer: str | None
) -> None:
    assert file(house, clerk, "track", matter.tracked(**answers)).pointer == pointer


# -- files --


def put(folder: Path, kind: str, name: str, answers: Answers) -> None:
    path = folder / kind / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record_yaml(kind, answers), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample's registers, one suggestion on its way, and the five faults in files of their own."""
    records = tmp_path / "records"
    for kind in ("grid", "organ", "deputy"):
        shutil.copytree(CONTENT / "records" / kind, records / kind)
    lamps = {"suggestion": "lamps"}
    given = {**lamps, "mode": "lead_with_co", "complex": False, "organ": WATER}
    reply = {**lamps, "assignment": "lamps-1", "organ": WATER, "outcome_class": "resolved",
             "body": "十盏路灯都已经装好，请代表到现场查看。"}  # fmt: skip
    rating = {**lamps, "reply": "lamps-1", "stage": "reply", "attitude": "satisfied",
              "result": "satisfied", "rated_on": "2026-04-10"}  # fmt: skip
    subject = {"subject": "关于给石桥装路灯的建议", "confidentiality": "public"}
    put(records, "suggestion", "lamps", {**subject, "lead_deputy": LEAD, "received_on": "2026-03-01"})
    put(records, "admission", "lamps", {**lamps, "decision": "accepted", "decided_on": "2026-03-02"})
    put(records, "assignment", "lamps-1", {**given, "assigned_on": "2026-03-03"})
    put(records, "reply", "lamps-1", {**reply, "replied_on": "2026-04-01"})
    put(records, "rating", "lamps-1", {**rating, "rater": LEAD})
    put(records, "assignment", "again", {**given, "assigned_on": "2026-03-20", "organ": ROADS})
    put(records, "assignment", "twice", {**given, "assigned_on": "2026-03-20", "co_organs": [WATER]})
    put(records, "reply", "early", {**reply, "replied_on": "2026-03-02"})
    put(records, "rating", "stranger", {**rating, "rater": STRANGER})
    put(
        records,
        "track",
        "yellow",
        {**lamps, "track": "yellow", "set_on": "2026-03-05", "reason": "限期装好，月底查验。"},
    )
    return records


FOUND = {
    "assignment/again.yaml", "assignment/twice.yaml", "reply/early.yaml", "rating/stranger.yaml",
    "track/yellow.yaml",
}  # fmt: skip


def at(line: str) -> str:
    """The file that a line of a report is about."""
    return "/".join(line.partition(".yaml:")[0].split("/")[-2:]) + ".yaml"


def test_a_folder_with_the_five_faults_loses_them_and_nothing_else(house: House, folder: Path) -> None:
    report = import_path(house.store, house.forms, folder)
    assert report.counts["quarantined"] == len(FOUND)
    assert report.counts["accepted"] + report.counts["replayed"] == report.read - len(FOUND)
    lines = [line for each in report.set_aside for line in each.lines(house.office.words)]
    assert sorted(map(at, lines)) == sorted(FOUND), "one line each"
    again = import_path(house.store, house.forms, folder)
    assert dict(again.counts) == {"replayed": report.read} and len(again.set_aside) == len(FOUND)


def test_a_check_of_the_files_says_the_same_with_file_line_and_field(house: House, folder: Path) -> None:
    found = [str(each) for each in rehearse(folder, house.forms, house.office.words)]
    assert sorted(map(at, found)) == sorted(FOUND)
    assert all(line.partition(".yaml:")[2][0].isdigit() for line in found)
    assert any("yellow.yaml" in line and "due_on" in line for line in found)
