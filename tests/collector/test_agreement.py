"""Records that must agree, over the real API: a bad one is told in one line, all the rest is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from collector.imports import import_path
from collector.office import Office, approve
from collector.rehearsal import rehearse
from ledger.doctor import examine
from ledger.records import read_record, record_yaml
from ledger.rules.ballot.tally import check_code
from ledger.store import Store, open_ledger
from tests.collector.phone import ROOT, Phone, id_of

RECORDS = ROOT / "content/records"
COUNTED = ("tally_count", "ballot_result")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The forms that ship, and the sample's records but for what was counted."""
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content/forms", content / "forms")
    shutil.copytree(RECORDS, content / "records", ignore=lambda _, names: set(names) & set(COUNTED))
    shutil.copy(ROOT / "content/congress.yaml", content)
    (content / "words").mkdir()
    for name in ("problems", "office", "import"):
        shutil.copy(ROOT / f"content/words/{name}.yaml", content / "words")
    return content


@pytest.fixture
def roll(store: Store, content: Path) -> dict[str, str]:
    import_path(store, store.current, content / "records")
    with open_ledger(store.home) as ledger:
        return {each.name: each.code for each in ledger.records("ballot") if each.name}


@pytest.fixture(autouse=True)
def _whole(store: Store) -> Any:
    yield
    assert examine(store.home).faults == ()


def sample(kind: str, name: str) -> dict[str, Any]:
    return dict(read_record(RECORDS / kind / f"{name}.yaml").answers)


def count(name: str, row: Mapping[str, Any] | None = None, at: int = 0, **changed: Any) -> dict[str, Any]:
    """The first count of a ballot of the sample, changed, and one of its rows with it."""
    answers = {**sample("tally_count", f"{name}-a"), **changed}
    answers["totals"] = [
        {**each, **(row or {})} if n == at else each for n, each in enumerate(answers["totals"])
    ]
    return answers


class Sent(NamedTuple):
    """A record of a batch, and the one line that is to be said of it; None where it is accepted."""

    kind: str
    answers: Mapping[str, Any]
    pointer: str | None = None
    zh: Sequence[str] = ()
    en: Sequence[str] = ()


FURTHER = {**sample("ballot", "liuhe-2026"), "round": 2, "revote_of": "liuhe-2026", "seats": 1}
BATCH = [
    Sent("ballot", FURTHER),
    Sent(
        "ballot",
        {**sample("ballot", "qingxi-2025"), "list_frozen_on": "2025-01-17"},
        "/voted_on",
        ("名单要在投票以前定下",),
        ("frozen before the vote",),
    ),
    Sent("tally_count", count("liuhe-2026")),
    Sent(
        "tally_count",
        count("qingxi-2025", returned=144, invalid=2),
        "/returned",
        ("收回多于发出", "选举法第四十四条"),
        ("More sheets were returned than issued", "选举法第四十四条"),
    ),
    Sent(
        "tally_count",
        count("qingxi-2025", {"approve": 143}),
        "/totals",
        ("票数多于有效票",),
        ("more votes than there are valid sheets",),
    ),
    Sent(
        "tally_count",
        count("qingxi-2025", {"option": "99"}),
        "/totals/0/option",
        ("各项得票", "99 号不在定下的名单上"),
        ("Totals", "Option 99", "not on the frozen list"),
    ),
    Sent(
        "tally_count",
        count("qingxi-2025", {"option": "1"}, at=1),
        "/totals/1/option",
        ("各项得票第2行票面序号", "“1”", "第1行已经是了"),
        ("Totals, row 2: Option", '"1"', "so is row 1"),
    ),
    Sent(
        "tally_count",
        count("liuhe-2026"),
        "/ballot",
        ("哪一次票决", "一位计票人只数一遍", "JP-"),
        ("Ballot", "each teller counts once", "JP-"),
    ),
    Sent("tally_count", count("qingxi-2025")),
]
"""One batch: what is accepted, and each of the five faults, the last in both its shapes."""


def refused_each_in_one_line(phone: Phone, store: Store) -> None:
    """Deliver the batch: every fault is told once, at its field, with its rule, and all else is accepted."""
    records = [phone.record(store.current[each.kind], each.answers) for each in BATCH]
    results = phone.results(records)
    assert [each["id"] for each in results] == [id_of(each) for each in records]
    for sent, result in zip(BATCH, results, strict=True):
        told = [(each["pointer"], each["say"]) for each in result["problems"]]
        if sent.pointer is None:
            assert (result["state"], told) == ("accepted", []), result
            continue
        assert (result["state"], result["code"]) == ("quarantined", None), sent
        ((pointer, say),) = told
        assert pointer == sent.pointer, sent
        assert all(part in say["zh"] and "\n" not in say["zh"] for part in sent.zh), say
        assert all(part in say["en"] and "\n" not in say["en"] for part in sent.en), say


@pytest.fixture
def clerk(new_phone: Callable[..., Phone]) -> Phone:
    """A clerk may file all three kinds, so that one batch can hold everything."""
    return new_phone("李文", "clerk")


def test_every_fault_of_a_batch_is_told_in_one_line_and_the_rest_is_accepted(
    clerk: Phone, store: Store
) -> None:
    refused_each_in_one_line(clerk, store)


@pytest.mark.parametrize("table", [{}, {"tally_count": ()}])
def test_a_table_without_rules_would_be_noticed(clerk: Phone, store: Store, table: Any) -> None:
    store.rules = table
    with pytest.raises(AssertionError):
        refused_each_in_one_line(clerk, store)


def test_a_rule_that_stumbles_keeps_only_its_record_aside(clerk: Phone, store: Store) -> None:
    def stumble(*_: Any) -> Any:
        raise ZeroDivisionError

    store.rules = {"tally_count": (stumble,)}
    records = [clerk.record(store.current[each.kind], each.answers) for each in (BATCH[2], BATCH[0])]
    assert [each["state"] for each in clerk.results(records)] == ["quarantined", "accepted"]


def test_a_count_that_was_set_aside_is_mended_by_a_new_one(clerk: Phone, store: Store) -> None:
    form = store.current["tally_count"]
    bad = clerk.record(form, count("qingxi-2025", {"option": "99"}))
    good = clerk.record(form, count("qingxi-2025"), id_of(bad))
    assert [each["state"] for each in clerk.results([bad, good])] == ["quarantined", "accepted"]


def test_a_teller_corrects_a_count_and_may_not_file_another(
    new_phone: Callable[..., Phone], store: Store
) -> None:
    teller, form = new_phone("周计票", "teller"), store.current["tally_count"]
    first = teller.record(form, count("qingxi-2026"))
    other = sample("tally_count", "qingxi-2026-b")
    again = teller.record(form, other, id_of(first))
    assert [each["state"] for each in teller.results([first, again])] == ["accepted", "accepted"]
    assert teller.results([teller.record(form, count("qingxi-2026"))])[0]["state"] == "quarantined"
    same_teller = new_phone("周计票", "teller")
    assert same_teller.results([same_teller.record(form, count("qingxi-2026"))])[0]["state"] == "quarantined"


def test_a_clerk_and_a_teller_of_the_same_name_are_two_people(
    new_phone: Callable[..., Phone], store: Store, roll: dict[str, str]
) -> None:
    form, two = store.current["tally_count"], [new_phone("周计票", role) for role in ("teller", "clerk")]
    told = [each.results([each.record(form, count("qingxi-2025"))])[0] for each in two]
    assert [each["state"] for each in told] == ["accepted", "accepted"]
    result = {**sample("ballot_result", "qingxi-2025"), "counts": [each["code"] for each in told]}
    scrutineer = new_phone("郑监票", "scrutineer")
    code_of(scrutineer, store, "ballot_result", result)


def test_a_counted_ballot_keeps_its_rules_and_a_declared_one_its_numbers(
    new_phone: Callable[..., Phone], clerk: Phone, store: Store
) -> None:
    forms, whole = store.current, sample("ballot", "qingxi-2025")
    filed = clerk.record(forms["ballot"], whole)
    ballot = clerk.results([filed])[0]["code"]

    def corrected(**changed: Any) -> list[str]:
        record = clerk.record(forms["ballot"], {**whole, **changed}, id_of(filed))
        result = clerk.results([record])[0]
        assert (result["state"] == "accepted") == (not result["problems"])
        return [f"{each['pointer']} {each['say']['zh']}" for each in result["problems"]]

    tellers = [new_phone(name, "teller") for name in ("周计票", "吴计票")]
    codes = [
        code_of(each, store, "tally_count", {**count("qingxi-2025"), "ballot": ballot}) for each in tellers
    ]
    told = corrected(seats=4, threshold="2/3")
    assert [each.split("：")[0] for each in told] == [
        "/seats “选几项”不能再改",
        "/threshold “要达到几分之几”不能再改",
    ]
    result = {**sample("ballot_result", "qingxi-2025"), "ballot": ballot, "counts": codes}
    scrutineer = new_phone("郑监票", "scrutineer")
    declared = scrutineer.record(forms["ballot_result"], result)
    assert scrutineer.results([declared])[0]["state"] == "accepted"
    (line,) = corrected(present=149)
    assert line.startswith("/present “到会人数”不能再改")
    assert corrected(session="区九届人大四次会议") == []
    void = {name: value for name, value in result.items() if name not in ("counts", "totals")}
    void |= {"declared_void": True, "returned": 144, "valid": 0, "invalid": 144, "blank": 0}
    wiped = scrutineer.record(forms["ballot_result"], void, id_of(declared))
    told_of = scrutineer.results([wiped])[0]
    assert (told_of["state"], [each["pointer"] for each in told_of["problems"]]) == (
        "quarantined",
        ["/declared_void"],
    )


# -- two tellers and a scrutineer --


def code_of(phone: Phone, store: Store, kind: str, answers: Mapping[str, Any]) -> str:
    result = phone.results([phone.record(store.current[kind], answers)])[0]
    assert result["state"] == "accepted", result
    code: str = result["code"]
    return code


def test_counts_are_told_once_two_phones_have_filed_and_to_nobody_but_those_who_declare(
    new_phone: Callable[..., Phone], clerk: Phone, store: Store, roll: dict[str, str]
) -> None:
    tellers = [new_phone(name, "teller") for name in ("周计票", "吴计票")]
    scrutineer, ballot = new_phone("郑监票", "scrutineer"), roll["qingxi-2025"]
    where = f"/counts?ballot={ballot}"
    assert scrutineer.get(where).json() == {"ballot": ballot, "arrived": 0, "counts": None}
    first = code_of(tellers[0], store, "tally_count", count("qingxi-2025"))
    assert scrutineer.get(where).json() == {"ballot": ballot, "arrived": 1, "counts": None}
    with open_ledger(store.home) as ledger:
        kept = ledger.record(first)
    assert kept is not None
    mended = clerk.record(store.current["tally_count"], count("qingxi-2025"), kept.id)
    assert clerk.results([mended])[0]["state"] == "accepted"
    assert scrutineer.get(where).json()["counts"] is None
    second = code_of(tellers[1], store, "tally_count", {**count("qingxi-2025"), "ballot": ballot})
    for phone in (scrutineer, clerk, new_phone("王主席", "presidium")):
        told = phone.get(f"/counts?ballot={ballot}").json()
        assert (told["arrived"], {each["code"] for each in told["counts"]}) == (2, {first, second})
        assert told["counts"][0]["answers"]["valid"] == 142
    for phone in (*tellers, new_phone("lin-xiuhe")):
        refused = phone.get(where)
        assert refused.status_code == 403 and refused.json()["type"] == "mingbai:push/not_your_question"
    assert scrutineer.get("/counts?ballot=PJ-2026-0000").status_code == 404
    assert scrutineer.get("/counts").status_code == 404
    result = {**sample("ballot_result", "qingxi-2025"), "counts": [first, second]}
    code_of(scrutineer, store, "ballot_result", result)


def test_a_count_that_a_result_cites_is_corrected_once_the_result_says_why(
    new_phone: Callable[..., Phone], store: Store, roll: dict[str, str]
) -> None:
    tellers = [new_phone(name, "teller") for name in ("周计票", "吴计票")]
    scrutineer, forms = new_phone("郑监票", "scrutineer"), store.current
    filed = [each.record(forms["tally_count"], count("qingxi-2025")) for each in tellers]
    codes = [each.results([record])[0]["code"] for each, record in zip(tellers, filed, strict=True)]
    whole = {**sample("ballot_result", "qingxi-2025"), "counts": codes}
    result = scrutineer.record(forms["ballot_result"], whole)
    assert scrutineer.results([result])[0]["state"] == "accepted"
    ballot = sample("ballot", "qingxi-2025")
    fewer = count("qingxi-2025", {"approve": 1})
    options = [row["option"] for row in ballot["candidates"]]
    fewer["check_code"] = check_code(ballot["list_digest"], options, fewer)
    told = tellers[0].results([tellers[0].record(forms["tally_count"], fewer, id_of(filed[0]))])[0]
    assert (told["state"], [each["pointer"] for each in told["problems"]]) == ("quarantined", ["/ballot"])
    why = scrutineer.record(
        forms["ballot_result"], {**whole, "resolution": "逐张重读，照结果。"}, id_of(result)
    )
    assert scrutineer.results([why])[0]["state"] == "accepted"
    mended = tellers[0].record(forms["tally_count"], fewer, id_of(filed[0]))
    assert tellers[0].results([mended])[0]["state"] == "accepted"


def test_counts_that_the_office_brings_in_are_two(
    new_phone: Callable[..., Phone], store: Store, roll: dict[str, str]
) -> None:
    import_path(store, store.current, RECORDS / "tally_count")
    told = new_phone("郑监票", "scrutineer").get(f"/counts?ballot={roll['liuhe-2026']}").json()
    assert told["arrived"] == len(told["counts"]) == 2


def test_a_void_ballot_is_declared_without_counts(
    new_phone: Callable[..., Phone], store: Store, roll: dict[str, str]
) -> None:
    scrutineer, form = new_phone("郑监票", "scrutineer"), store.current["ballot_result"]
    whole = sample("ballot_result", "qingxi-2025")
    void = {name: value for name, value in whole.items() if name not in ("counts", "totals")}
    void |= {"declared_void": True, "returned": 144, "valid": 0, "invalid": 144, "blank": 0}
    wrong = [{**void, "declared_void": False}, {**void, "returned": 143, "invalid": 143}, {**void, **whole}]
    results = scrutineer.results([scrutineer.record(form, each) for each in (*wrong, void)])
    assert [each["state"] for each in results] == ["quarantined"] * 3 + ["accepted"]


# -- lists --


def test_what_waits_for_approval_is_listed_to_the_office_alone(
    new_phone: Callable[..., Phone], clerk: Phone, store: Store, office: Office
) -> None:
    teller, other = (new_phone(name, "teller") for name in ("周计票", "吴计票"))
    code = code_of(teller, store, "tally_count", count("qingxi-2025"))

    def listed(phone: Phone) -> list[str]:
        answer = phone.get("/ref/tally_count")
        assert answer.headers["etag"] == f'"{phone.hello()["refs"]["tally_count"]}"'
        assert answer.headers["vary"] == "Mingbai-Device"
        return [each["code"] for each in answer.json()["records"]]

    scrutineer = new_phone("郑监票", "scrutineer")
    assert [listed(phone) for phone in (other, teller, scrutineer, new_phone("lin-xiuhe"))] == [
        [],
        [],
        [],
        [],
    ]
    assert listed(clerk) == listed(new_phone("王主席", "presidium")) == [code]
    before = other.hello()["refs"]["tally_count"]
    approve(office, "zh", code, "approve", None)
    assert listed(other) == [code] and other.hello()["refs"]["tally_count"] != before
    approve(office, "zh", code, "send_back", "数字要重看")
    assert listed(other) == []


def test_a_list_brings_what_forms_ask_of_it(new_phone: Callable[..., Phone], roll: dict[str, str]) -> None:
    records = new_phone("周计票", "teller").get("/ref/ballot").json()["records"]
    brought = {each["code"]: each["brings"] for each in records}[roll["qingxi-2025"]]
    whole = sample("ballot", "qingxi-2025")
    names = ("candidates", "list_digest", "seats", "ballot_form", "roster_size", "present", "voted_on")
    assert brought == {name: whole[name] for name in names}
    options = [row["option"] for row in brought["candidates"]]
    assert check_code(brought["list_digest"], options, count("qingxi-2025")) == "FM2 S4G"


# -- files --


def put(content: Path, kind: str, name: str, answers: Mapping[str, Any]) -> None:
    path = content / "records" / kind / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(record_yaml(kind, answers), encoding="utf-8")


@pytest.fixture
def bad_folder(content: Path) -> Path:
    """The whole sample, with the five faults in files of their own beside it."""
    for kind in COUNTED:
        shutil.copytree(RECORDS / kind, content / "records" / kind)
    put(content, "ballot", "late", BATCH[1].answers)
    for n, name in ((3, "void"), (4, "votes"), (5, "stranger"), (6, "twice")):
        put(content, "tally_count", name, BATCH[n].answers)
    put(content, "ballot_result", "zz-again", sample("ballot_result", "liuhe-2026"))
    return content


FOUND = {
    "records/ballot/late.yaml:5: voted_on: The list is frozen before the vote",
    "records/tally_count/void.yaml:6: returned: More sheets were returned than issued",
    "records/tally_count/votes.yaml:10: totals: An option has more votes than there are valid sheets",
    "records/tally_count/stranger.yaml:11: totals[0].option: Option 99 in",
    'records/tally_count/twice.yaml:13: totals[1].option: "Totals, row 2: Option" is "1", and so is row 1',
    'records/ballot_result/zz-again.yaml:3: ballot: This "Ballot" has a result already',
}


def test_a_check_of_the_files_names_file_line_and_field(
    bad_folder: Path, store: Store, office: Office
) -> None:
    found = [str(each) for each in rehearse(bad_folder / "records", store.current, office.words)]
    assert len(found) == len(FOUND), found
    for line in FOUND:
        assert [each for each in found if each[each.index("records/") :].startswith(line)], (line, found)


def test_an_import_says_the_same_and_keeps_all_the_rest(
    bad_folder: Path, store: Store, office: Office
) -> None:
    before = store.position
    report = import_path(store, store.current, bad_folder / "records")
    assert report.counts["quarantined"] == len(FOUND) and before == 0
    assert report.counts["accepted"] == report.read - len(FOUND)
    text = report.text(office.words)
    for line in FOUND:
        assert line.split(": ")[0] + ": " in text
    again = import_path(store, store.current, bad_folder / "records")
    assert dict(again.counts) == {"replayed": again.read} and len(again.set_aside) == len(FOUND)
    files = [read_record(path) for path in (bad_folder / "records").glob("*/*.yaml")]
    assert again.read == sum(1 + file.approved + (file.taken_down is not None) for file in files)


def test_a_file_is_taken_again_once_what_it_contradicts_is_mended(
    bad_folder: Path, store: Store, office: Office
) -> None:
    put(bad_folder, "ballot", "qingxi-2026", {**sample("ballot", "qingxi-2026"), "list_digest": "x" * 43})
    first = import_path(store, store.current, bad_folder / "records")
    # its two counts, its further round and those of that, and both results hang on it
    assert first.counts["quarantined"] > len(FOUND) + 3
    put(bad_folder, "ballot", "qingxi-2026", sample("ballot", "qingxi-2026"))
    second = import_path(store, store.current, bad_folder / "records")
    assert len(second.set_aside) == len(FOUND)


def test_files_are_filed_after_what_they_name(content: Path, store: Store) -> None:
    for kind in COUNTED:
        shutil.copytree(RECORDS / kind, content / "records" / kind)
    report = import_path(store, store.current, content / "records")
    assert dict(report.counts) == {"accepted": report.read}
    with open_ledger(store.home) as ledger:
        place = {(k, r.name): r.position for k in ("ballot", *COUNTED) for r in ledger.records(k)}
    assert place["ballot", "qingxi-2026"] < place["ballot", "qingxi-2026-round2"]
    for name in ("liuhe-2026", "qingxi-2026"):
        counts = [place["tally_count", f"{name}-{letter}"] for letter in "ab"]
        assert place["ballot", name] < min(counts) and max(counts) < place["ballot_result", name]


def test_records_that_name_each_other_in_a_ring_are_imported_all_the_same(
    content: Path, store: Store
) -> None:
    grid = sample("grid", sorted(path.stem for path in RECORDS.glob("grid/*.yaml"))[0])
    for name, within in (("ring-a", "ring-b"), ("ring-b", "ring-a"), ("ring-c", "ring-a")):
        put(content, "grid", name, {**grid, "within": within})
    report = import_path(store, store.current, content / "records")
    assert dict(report.counts) == {"accepted": report.read}
