"""What becomes of records that phones deliver: kept whatever they are, and answered for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from collector.office import Office, revoke
from ledger.doctor import examine
from ledger.envelope import disclosure
from ledger.keys import certified, new_key, read_receipt
from ledger.store import OfficeRecord, Store, open_ledger
from tests.collector.phone import Phone, id_of

VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 3, "phone": "13800138000"}


@pytest.fixture
def visit(phone: Phone, store: Store) -> Callable[..., dict[str, Any]]:
    def make(replaces: str | None = None, **answers: Any) -> dict[str, Any]:
        return phone.record(store.current["visit"], {**VISIT, **answers}, replaces)

    return make


def keys_of(result: Any, store: Store) -> set[str]:
    """The keys of the problems that the ledger keeps for a result."""
    with open_ledger(store.home) as ledger:
        kept = [each for each in ledger.rows() if each[0] == result["position"]]
    return {problem["key"] for problem in json.loads(kept[0][8] or "[]")}


@pytest.fixture(autouse=True)
def _whole(store: Store) -> Any:
    yield
    assert examine(store.home).faults == ()


def test_a_record_is_accepted_with_a_code_and_its_author(
    phone: Phone, store: Store, visit: Any, roll: Any
) -> None:
    record = visit()
    result = phone.results([record])[0]
    assert result["state"] == "accepted" and result["problems"] == [] and result["id"] == id_of(record)
    with open_ledger(store.home) as ledger:
        kept = ledger.record(result["code"])
    assert kept and kept.answers == VISIT and kept.envelope == record["envelope"]
    assert (kept.author, kept.role, kept.device) == (roll["d1"], "deputy", phone.devices["records"])


def test_the_receipt_names_results_and_the_chain_and_is_signed_by_a_certified_key(
    phone: Phone, store: Store, visit: Any
) -> None:
    answer = phone.push([visit(), visit()], batch="my-batch").json()
    said = read_receipt(answer["receipt"])
    assert said is not None and answer["batch"] == said["batch"] == "my-batch"
    assert (said["ledger"], said["epoch"]) == (store.ledger_id, store.epoch)
    assert (said["position"], said["chain"]) == (store.position, store.chain)
    stated = ["id", "digest", "state", "code", "position"]
    assert said["results"] == [{name: each[name] for name in stated} for each in answer["results"]]
    keys = [certified(each, "receipt", store.keys.recovery) for each in store.keys.certificates]
    assert answer["receipt"]["key"] in keys


def test_a_gzip_body_is_the_same(phone: Phone, visit: Any) -> None:
    assert phone.push([visit()], packed=True).json()["results"][0]["state"] == "accepted"


def test_the_same_again_is_replayed_with_the_same_position_and_code(phone: Phone, visit: Any) -> None:
    record = visit()
    first, again = phone.results([record])[0], phone.results([record])[0]
    assert again["state"] == "replayed" and again["stored"] == "accepted"
    assert (again["position"], again["code"]) == (first["position"], first["code"])


def test_the_same_twice_in_one_batch_is_kept_once(phone: Phone, store: Store, visit: Any) -> None:
    record, before = visit(), store.position
    assert [each["state"] for each in phone.results([record, record])] == ["accepted", "replayed"]
    assert store.position == before + 1


def test_what_was_kept_aside_is_replayed_with_its_problems(phone: Phone, visit: Any) -> None:
    record = visit(people=-1)
    first, again = phone.results([record])[0], phone.results([record])[0]
    assert first["state"] == "quarantined" and again["state"] == "replayed"
    assert again["stored"] == "quarantined" and again["problems"] == first["problems"] != []


def test_a_second_digest_under_a_known_id_is_kept_aside_and_says_so(
    phone: Phone, store: Store, visit: Any
) -> None:
    record = visit()
    changed = phone.record(store.current["visit"], {**VISIT, "people": 9}, id=id_of(record))
    first, second = phone.results([record, changed])
    assert (first["state"], second["state"], second["code"]) == ("accepted", "quarantined", None)
    assert keys_of(second, store) == {"problem.same_id"}
    assert phone.results([changed])[0]["state"] == "replayed"


def test_a_correction_takes_the_place_and_keeps_the_code(phone: Phone, store: Store, visit: Any) -> None:
    first = visit()
    second = visit(replaces=id_of(first), people=5)
    one, two = phone.results([first, second])
    assert two["state"] == "accepted" and two["code"] == one["code"]
    with open_ledger(store.home) as ledger:
        assert [each.answers["people"] for each in ledger.records("visit")] == [5]
        assert [each.answers["people"] for each in ledger.history(one["code"])] == [3, 5]


def test_a_correction_says_why_beside_its_answers(phone: Phone, store: Store, visit: Any) -> None:
    first = visit()
    why = {"reason": "wrong_fact", "explanation": "漏了一户"}
    second = visit(replaces=id_of(first), people=5, why_corrected=why)
    one, two = phone.results([first, second])
    assert two["state"] == "accepted"
    with open_ledger(store.home) as ledger:
        (_, last) = ledger.history(one["code"])
    assert last.why == ("wrong_fact", "漏了一户") and "why_corrected" not in last.answers
    (told,) = [each for each in phone.get("/pull").json()["records"] if each["id"] == id_of(second)]
    assert "why_corrected" not in told["answers"]


def test_a_wrong_reason_is_kept_aside_and_a_reason_for_nothing_is_no_answer(
    phone: Phone, store: Store, visit: Any
) -> None:
    first = visit()
    wrong = visit(replaces=id_of(first), why_corrected={"reason": "because"})
    idle = visit(why_corrected={"reason": "typo"})
    _, two, three = phone.results([first, wrong, idle])
    assert (two["state"], three["state"]) == ("quarantined", "quarantined")
    assert keys_of(two, store) == {"problem.why"} and keys_of(three, store) == {"problem.unknown_field"}


def test_a_correction_of_what_is_no_longer_current_is_a_branch_and_kept(
    phone: Phone, store: Store, visit: Any
) -> None:
    first = visit()
    others = [visit(replaces=id_of(first), people=n) for n in (5, 6)]
    results = phone.results([first, *others])
    assert [each["state"] for each in results] == ["accepted", "accepted", "branch"]
    assert len({each["code"] for each in results}) == 1
    with open_ledger(store.home) as ledger:
        assert [each.answers["people"] for each in ledger.records("visit")] == [5]
        assert [each.answers["people"] for each in ledger.branches(results[0]["code"])] == [6]


def test_what_was_kept_aside_is_mended_by_a_new_record(phone: Phone, store: Store, visit: Any) -> None:
    bad = visit(people=-1)
    worse = visit(replaces=id_of(bad), people=-2)
    good = visit(replaces=id_of(worse), people=2)
    late = visit(replaces=id_of(bad), people=4)
    results = phone.results([bad, worse, good, late])
    assert [each["state"] for each in results] == ["quarantined", "quarantined", "accepted", "branch"]
    assert results[2]["code"] == results[3]["code"]


def test_a_bad_correction_is_mended_under_the_old_code(phone: Phone, visit: Any) -> None:
    first = visit()
    bad = visit(replaces=id_of(first), people=-1)
    good = visit(replaces=id_of(bad), people=4)
    one, two, three = phone.results([first, bad, good])
    assert (two["state"], two["code"]) == ("quarantined", None)
    assert (three["state"], three["code"]) == ("accepted", one["code"])


def test_what_is_to_be_replaced_must_be_there(phone: Phone, store: Store, visit: Any) -> None:
    result = phone.results([visit(replaces="01890a5d-ac96-774b-bcce-b302099a8057")])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"problem.replaces_unknown"}


def test_nobody_replaces_the_record_of_another(
    phone: Phone, new_phone: Any, store: Store, visit: Any
) -> None:
    mine = visit()
    phone.results([mine])
    other = new_phone("d2")
    theirs = other.record(store.current["visit"], VISIT, id_of(mine))
    result = other.results([theirs])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"problem.replaces_other"}


def test_a_person_corrects_from_a_new_phone(phone: Phone, new_phone: Any, store: Store, visit: Any) -> None:
    mine = visit()
    code = phone.results([mine])[0]["code"]
    another = new_phone("d1")
    result = another.results([another.record(store.current["visit"], VISIT, id_of(mine))])[0]
    assert (result["state"], result["code"]) == ("accepted", code)


def test_a_correction_by_the_office_does_not_make_it_the_offices(
    phone: Phone, store: Store, visit: Any, roll: Any
) -> None:
    mine = visit()
    code = phone.results([mine])[0]["code"]
    outcome = store.office_append([OfficeRecord("visit", {**VISIT, "people": 4}, replaces=id_of(mine))])[0]
    assert (outcome.state, outcome.code) == ("accepted", code)
    with open_ledger(store.home) as ledger:
        record = ledger.record(code)
    assert record and (record.author, record.role) == (roll["d1"], "clerk")


def test_a_record_of_another_kind_is_no_successor(phone: Phone, store: Store, visit: Any) -> None:
    mine = visit()
    note = phone.record(store.current["note"], {"day": "2026-03-02", "subject": "事"}, id_of(mine))
    results = phone.results([mine, note])
    assert results[1]["state"] == "quarantined" and keys_of(results[1], store) == {"problem.replaces_other"}


def test_answers_that_fail_the_form_are_kept_aside_with_where_and_why(phone: Phone, visit: Any) -> None:
    result = phone.results([visit(people=501, unheard_of=1, households=600)])[0]
    assert result["state"] == "quarantined" and result["code"] is None and result["position"]
    assert {each["pointer"] for each in result["problems"]} >= {"/people", "/unheard_of"}
    for each in result["problems"]:
        assert each["say"]["zh"] and each["say"]["en"] and "problem." not in each["say"]["zh"]


def test_an_unknown_reference_is_kept_aside(phone: Phone, store: Store, visit: Any) -> None:
    result = phone.results([visit(grid="no-such-grid")])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"problem.no_such_record"}
    assert "no-such-grid" in result["problems"][0]["say"]["zh"]


def test_a_code_is_as_good_a_reference_as_a_name(phone: Phone, visit: Any, roll: Any) -> None:
    assert phone.results([visit(grid=roll["liuhe-03"])])[0]["state"] == "accepted"
    assert phone.results([visit(grid=roll["d1"])])[0]["state"] == "quarantined"


def test_an_unknown_form_version_is_to_be_tried_again_and_not_kept(
    phone: Phone, store: Store, visit: Any
) -> None:
    record = phone.record(store.current["visit"], VISIT, form="visit@" + "A" * 43)
    before = store.position
    result = phone.results([record])[0]
    assert result["state"] == "retry" and result["position"] is None
    assert store.position == before


def test_a_kind_of_another_role_is_kept_aside(phone: Phone, store: Store) -> None:
    result = phone.results([phone.record(store.current["deputy"], {"name": "自封"})])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"problem.not_your_form"}


def test_proof_has_its_own_chain_and_only_it(phone: Phone, store: Store, visit: Any) -> None:
    suggestion = store.current["suggestion"]
    right = phone.record(suggestion, {"subject": "修路灯"})
    wrong = phone.record(suggestion, {"subject": "修路灯"}, chain="records")
    other = phone.record(store.current["visit"], VISIT, chain="proof")
    results = phone.results([right, wrong, other])
    assert [each["state"] for each in results] == ["accepted", "quarantined", "quarantined"]
    assert keys_of(results[1], store) == keys_of(results[2], store) == {"push.wrong_chain"}
    with open_ledger(store.home) as ledger:
        assert [each.device for each in ledger.records("suggestion")] == [phone.devices["proof"]]


def test_a_bad_record_signature_inside_a_valid_push_is_kept_aside(phone: Phone, store: Store) -> None:
    record = phone.record(store.current["visit"], VISIT, key=new_key())
    result = phone.results([record])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"problem.signature"}


def test_a_record_signed_for_another_device_is_kept_aside(phone: Phone, new_phone: Any, store: Store) -> None:
    other = new_phone("d2")
    record = other.record(store.current["visit"], VISIT)
    result = phone.results([record])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"push.other_device"}
    assert other.results([record])[0]["state"] == "replayed"


def test_a_record_for_another_ledger_is_kept_aside(phone: Phone, store: Store) -> None:
    record = phone.record(store.current["visit"], VISIT, ledger="another-ledger")
    assert keys_of(phone.results([record])[0], store) == {"push.other_ledger"}


@pytest.mark.parametrize("how", ["missing", "extra", "repeated", "swapped", "none"])
def test_disclosures_that_do_not_fit_are_kept_aside(phone: Phone, store: Store, visit: Any, how: str) -> None:
    record = visit()
    right = record["disclosures"]
    record["disclosures"] = {
        "missing": right[1:],
        "extra": [*right, disclosure("households", 1)],
        "repeated": [*right, right[0]],
        "swapped": [disclosure("people", 400), *right[1:]],
        "none": [],
    }[how]
    result = phone.results([record])[0]
    assert result["state"] == "quarantined" and keys_of(result, store) == {"problem.disclosure"}
    with open_ledger(store.home) as ledger:
        assert ledger.disclosures(result["position"]) == record["disclosures"]


@pytest.mark.parametrize(
    "poison",
    [
        None,
        5,
        "x",
        [],
        {},
        {"envelope": 5},
        {"envelope": "{}", "signature": "x", "disclosures": []},
        {"envelope": "[" * 30, "signature": "x", "disclosures": []},
        {"envelope": "{}"},
        {"envelope": '{"id":"mine"}', "signature": 1, "disclosures": [1]},
        {"envelope": "\u0000", "signature": "é"},
        {"envelope": "{}", "signature": "", "disclosures": {"a": "b"}},
        {"envelope": "", "signature": "x"},
        True,
        1.5,
    ],
)
def test_a_poison_record_never_keeps_the_others_back(
    phone: Phone, store: Store, visit: Any, poison: Any
) -> None:
    before, after = visit(), visit()
    results = phone.results([before, poison, after])
    assert [each["state"] for each in results] == ["accepted", "quarantined", "accepted"]
    assert results[1]["position"] and results[1]["problems"][0]["say"]["zh"]
    again = phone.results([before, poison, after])
    assert [each["state"] for each in again] == ["replayed"] * 3
    assert again[1]["position"] == results[1]["position"]


def test_a_check_that_stumbles_keeps_its_record_and_lets_the_rest_pass(
    phone: Phone, store: Store, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(form: Any, answers: Any) -> list[Any]:
        if answers["people"] == 7:
            raise RuntimeError("on purpose")
        return []

    monkeypatch.setattr("collector.sync.check_answers", stumble)
    results = phone.results([visit(people=7), visit()])
    assert [each["state"] for each in results] == ["quarantined", "accepted"]
    assert keys_of(results[0], store) == {"push.unchecked"}


def test_a_gap_is_marked_and_accepted(phone: Phone, store: Store, visit: Any) -> None:
    one, lost, three = visit(), visit(), visit()
    assert [each["state"] for each in phone.results([one, three])] == ["accepted", "accepted"]
    with open_ledger(store.home) as ledger:
        assert ledger.marks() == {"gap": 1}
    assert phone.results([lost])[0]["state"] == "accepted"
    with open_ledger(store.home) as ledger:
        assert ledger.marks() == {"gap": 1}


def test_a_fork_is_marked_and_accepted(phone: Phone, store: Store, visit: Any) -> None:
    one = visit()
    before = dict(phone.chains)
    two = visit()
    phone.chains = before
    twin = visit()
    stray = phone.record(store.current["visit"], VISIT, prev="A" * 43)
    assert {each["state"] for each in phone.results([one, two, twin, stray])} == {"accepted"}
    with open_ledger(store.home) as ledger:
        assert ledger.marks() == {"fork": 2}


def test_seq_and_prev_are_believed_only_under_a_good_signature(
    phone: Phone, store: Store, visit: Any
) -> None:
    forged = phone.record(store.current["visit"], VISIT, key=new_key(), seq=1000)
    phone.chains["records"] = (0, None)
    assert [each["state"] for each in phone.results([forged, visit()])] == ["quarantined", "accepted"]
    with open_ledger(store.home) as ledger:
        assert ledger.marks() == {}


def test_records_of_a_revoked_phone_are_held_with_a_receipt(
    phone: Phone, store: Store, visit: Any, office: Office
) -> None:
    early, late = visit(), visit()
    phone.results([early])
    revoke(office, "zh", phone.devices["records"], "丢了")
    answer = phone.push([early, late]).json()
    assert [each["state"] for each in answer["results"]] == ["replayed", "held"]
    assert answer["results"][1]["code"] is None and read_receipt(answer["receipt"])
    with open_ledger(store.home) as ledger:
        assert ledger.counts()["held"] == 1 and len(list(ledger.records("visit"))) == 1


def test_a_hundred_records_are_a_batch_and_a_hundred_and_one_are_too_many(phone: Phone, store: Store) -> None:
    form = store.current["note"]
    records = [phone.record(form, {"day": "2026-03-02", "subject": f"第{n}"}) for n in range(101)]
    too_many = phone.push(records)
    assert too_many.status_code == 413 and too_many.json()["errors"][0]["pointer"] == "/records"
    assert {each["state"] for each in phone.results(records[:100])} == {"accepted"}


def test_old_wordings_of_a_form_are_accepted_for_ever(phone: Phone, store: Store, content: Any) -> None:
    from ledger.forms import load_forms

    old = store.current["note"]
    path = content / "forms/note.yaml"
    path.write_text(path.read_text("utf-8").replace("maxLength: 60", "maxLength: 5"), "utf-8")
    store.learn(load_forms(content))
    long = {"day": "2026-03-02", "subject": "六个字的题目呀"}
    results = phone.results([phone.record(old, long), phone.record(store.current["note"], long)])
    assert [each["state"] for each in results] == ["accepted", "quarantined"]
