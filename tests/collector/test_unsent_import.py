"""What a phone could not send arrives by file as it would have over the network, and never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from collector import unsent
from collector.office import Office, perform, revoke
from collector.state import Collector
from ledger.doctor import examine
from ledger.drafts import MAX_BYTES
from ledger.keys import certified, new_key
from ledger.registry import Refused
from ledger.sealed import MOST, NotSealed, key_name, open_sealed, read_sealed, seal
from ledger.signature import b64u, sign, spki, unb64u
from ledger.store import Store, open_ledger
from ledger.strict_json import read_json, write_json
from ledger.words import Words
from tests.collector.phone import ROOT, Phone, id_of

NewPhone = Callable[..., Phone]
VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 2}
DRAFT = {"id": "0197a3c2-0000-7000-8000-000000000001", "n": 3, "text": "三组的水管又漏了，还没写完"}


def visit(phone: Phone, collector: Collector, **answers: Any) -> dict[str, Any]:
    return phone.record(collector.store.current["visit"], {**VISIT, **answers})


def statement(phone: Phone, records: Sequence[Any], drafts: Sequence[Any] = (), **changed: Any) -> str:
    """What a phone says in its file."""
    said = {
        "ledger": phone.ledger,
        "device": phone.devices["records"],
        "made_at": "2026-11-26T01:00:00.000Z",
        "app": 1,
        "records": list(records),
        "drafts": list(drafts),
    }
    return "mingbai-export-v1\n" + write_json({**said, **changed})


def content(phone: Phone, text: str, key: ec.EllipticCurvePrivateKey | None = None) -> Mapping[str, str]:
    return {"statement": text, "signature": sign(text.encode(), key or phone.keys["records"])}


def written(
    folder: Path, store: Store, phone: Phone, records: Sequence[Any], drafts: Sequence[Any] = ()
) -> Path:
    """A phone's file, in somebody's hands."""
    path = folder / "mingbai-2026-11-26-0197a3c2.mbx"
    public = spki(store.keys.export.public_key())
    path.write_bytes(seal(content(phone, statement(phone, records, drafts)), store.ledger_id, public))
    return path


def count(store: Store) -> int:
    with open_ledger(store.home) as ledger:
        return sum(1 for _ in ledger.rows())


def refused(store: Store, path: Path) -> str:
    """Why a file is refused; and nothing of it was taken."""
    before = count(store)
    with pytest.raises(Refused) as fault:
        unsent.take(store, path)
    assert count(store) == before
    assert not (store.home / "drafts.db").exists()
    return fault.value.key


# -- what arrives --


def test_every_record_of_a_file_arrives_and_the_network_then_replays_them(
    phone: Phone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    records = [visit(phone, collector, people=n) for n in range(250)]
    report = unsent.take(store, written(tmp_path, store, phone, records))
    assert report.counts == {"accepted": 250}
    assert [each["state"] for each in phone.results(records[:100])] == ["replayed"] * 100
    with open_ledger(store.home) as ledger:
        kept = list(ledger.records("visit"))
    assert sorted(each.answers["people"] for each in kept) == list(range(250))
    assert not examine(store.home).faults


def test_what_arrived_over_the_network_first_is_replayed_by_the_file(
    phone: Phone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    records = [visit(phone, collector), visit(phone, collector)]
    path = written(tmp_path, store, phone, records)
    assert [each["state"] for each in phone.results(records)] == ["accepted"] * 2
    assert unsent.take(store, path).counts == {"replayed": 2}
    assert unsent.take(store, path).counts == {"replayed": 2}


def test_a_bad_record_holds_up_none_of_the_others(
    phone: Phone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    good, late = visit(phone, collector), visit(phone, collector)
    forged = {**visit(phone, collector), "signature": b64u(bytes(64))}
    broken = visit(phone, collector, people=1000)
    huge = {**visit(phone, collector), "note": "长" * (1 << 20)}
    records = [good, forged, None, 5, {"envelope": "{}"}, broken, huge, late]
    report = unsent.take(store, written(tmp_path, store, phone, records))
    assert report.counts == {"accepted": 2, "quarantined": 5, "too_large": 1}
    with open_ledger(store.home) as ledger:
        assert {each.id for each in ledger.records("visit")} == {id_of(good), id_of(late)}


def test_the_judging_is_that_of_a_push(
    new_phone: NewPhone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    pushed, carried = new_phone(), new_phone()

    def records(phone: Phone) -> list[dict[str, Any]]:
        form = collector.store.current["visit"]
        return [
            visit(phone, collector),
            visit(phone, collector, grid="nowhere"),
            phone.record(form, VISIT, None, chain="proof"),
            phone.record(form, VISIT, None, ledger="another"),
            phone.record(form, VISIT, None, form="visit@" + "A" * 43),
            phone.record(collector.store.current["approval"], {}),
        ]

    by_network = [each["state"] for each in pushed.results(records(pushed))]
    report = unsent.take(store, written(tmp_path, store, carried, records(carried)))
    assert [each.state for each in report.records] == by_network
    assert set(by_network) == {"accepted", "quarantined", "retry"}


def test_records_of_a_stopped_phone_are_held_for_a_clerk(
    phone: Phone, collector: Collector, office: Office, store: Store, tmp_path: Path
) -> None:
    path = written(tmp_path, store, phone, [visit(phone, collector)], [DRAFT])
    revoke(office, "zh", phone.devices["records"], "手机丢了")
    report = unsent.take(store, path)
    assert report.counts == {"held": 1}
    assert [each.state for each in report.drafts] == ["kept"]


# -- drafts --


def test_drafts_go_to_their_author_and_to_nobody_else(
    new_phone: NewPhone, store: Store, tmp_path: Path
) -> None:
    mine, later, others = new_phone("d1"), new_phone("d1"), new_phone("d2")
    report = unsent.take(store, written(tmp_path, store, mine, [], [DRAFT]))
    assert [each.state for each in report.drafts] == ["kept"]
    assert later.get(f"/draft/{DRAFT['id']}").json()["text"] == DRAFT["text"]
    assert others.get(f"/draft/{DRAFT['id']}").status_code == 404
    assert others.get("/drafts").json() == {"drafts": []}
    assert DRAFT["text"] not in report.text(collected_words(), "zh")


def test_a_draft_that_was_filed_is_gone_and_a_newer_one_stays(
    phone: Phone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    record = visit(phone, collector)
    newer = json.dumps({"n": 9, "text": "新的"}).encode()
    assert phone.signed("PUT", f"/draft/{DRAFT['id']}", newer).status_code == 200
    filed = {**DRAFT, "id": id_of(record)}
    report = unsent.take(store, written(tmp_path, store, phone, [record], [DRAFT, filed]))
    assert [each.state for each in report.drafts] == ["older", "filed"]
    assert phone.get(f"/draft/{DRAFT['id']}").json()["text"] == "新的"


def test_a_draft_of_a_stopped_phone_takes_the_place_of_none(
    new_phone: NewPhone, office: Office, store: Store, tmp_path: Path
) -> None:
    stolen, own = new_phone("d1"), new_phone("d1")
    own.signed("PUT", f"/draft/{DRAFT['id']}", json.dumps({"n": 1, "text": "本人写的"}).encode())
    path = written(tmp_path, store, stolen, [], [DRAFT])
    revoke(office, "zh", stolen.devices["records"], "手机丢了")
    assert [each.state for each in unsent.take(store, path).drafts] == ["older"]
    assert own.get(f"/draft/{DRAFT['id']}").json()["text"] == "本人写的"


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        {},
        {**DRAFT, "id": "x"},
        {**DRAFT, "n": -1},
        {**DRAFT, "text": "长" * MAX_BYTES},
        {**DRAFT, "id": []},
    ],
)
def test_a_draft_that_cannot_be_kept_holds_up_nothing(
    bad: Any, phone: Phone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    report = unsent.take(store, written(tmp_path, store, phone, [visit(phone, collector)], [bad, DRAFT]))
    assert report.counts == {"accepted": 1}
    assert [each.state for each in report.drafts] == ["refused", "kept"]
    assert report.text(collected_words(), "zh")


# -- what is refused --


def test_a_byte_changed_anywhere_is_noticed(
    phone: Phone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    path = written(tmp_path, store, phone, [visit(phone, collector)], [DRAFT])
    whole = path.read_bytes()
    head, _, body = whole.partition(b"\n")
    said = json.loads(head)
    sealed = unb64u(body.decode().strip())

    def file(head: bytes = head, sealed: bytes = sealed) -> bytes:
        return head + b"\n" + b64u(sealed).encode() + b"\n"

    assert file() == whole
    flipped = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in (0, len(sealed) // 2, -17)]
    other = spki(new_key().public_key())
    altered = [file(sealed=each) for each in flipped]
    altered += [file(sealed=sealed[:-1]), file(sealed=b""), whole[: len(whole) // 2], b"", b"\n", b"{}\n"]
    altered += [
        file(head=write_json({**said, name: value}).encode())
        for name, value in {
            "salt": b64u(bytes(16)),
            "nonce": b64u(bytes(12)),
            "ephemeral": other,
            "packed": "none",
            "more": 1,
        }.items()
    ]
    altered += [file(head=head + b" "), head, b"\xff\xfe" + whole, b"PK\x03\x04" + bytes(100)]
    for data in altered:
        path.write_bytes(data)
        assert refused(store, path) == "unsent.damaged", data[:80]
    path.write_bytes(file(head=write_json({**said, "protocol": "mingbai-export/2"}).encode()))
    assert refused(store, path) == "unsent.version"
    path.write_bytes(whole.replace(b"\n", b"\r\n", 1))
    assert refused(store, path) == "unsent.damaged"
    path.write_bytes(bytes(MOST + 1))
    assert refused(store, path) == "unsent.too_large"
    path.write_bytes(whole)
    assert unsent.take(store, path).counts == {"accepted": 1}


def test_a_file_for_another_office_or_another_key_says_so(phone: Phone, store: Store, tmp_path: Path) -> None:
    path, inside = tmp_path / "a.mbx", content(phone, statement(phone, []))
    path.write_bytes(seal(inside, "another-ledger", spki(store.keys.export.public_key())))
    assert refused(store, path) == "unsent.other_office"
    path.write_bytes(seal(inside, store.ledger_id, spki(new_key().public_key())))
    assert refused(store, path) == "unsent.other_key"


def test_only_the_phone_it_names_can_have_written_it(
    new_phone: NewPhone, collector: Collector, store: Store, tmp_path: Path
) -> None:
    phone, other = new_phone("d1"), new_phone("d2")
    path, public = tmp_path / "a.mbx", spki(store.keys.export.public_key())

    def sealed(inside: Any) -> str:
        path.write_bytes(seal(inside, store.ledger_id, public))
        return refused(store, path)

    text = statement(phone, [visit(phone, collector)], [DRAFT])
    assert sealed(content(phone, text, other.keys["records"])) == "unsent.other_phone"
    assert sealed(content(phone, text, phone.keys["proof"])) == "unsent.other_phone"
    assert (
        sealed(
            content(phone, text.replace("水管", "路灯")) | {"signature": content(phone, text)["signature"]}
        )
        == "unsent.other_phone"
    )
    assert sealed(content(phone, statement(phone, [], device="nobody"))) == "unsent.no_such_device"
    assert (
        sealed(content(phone, statement(phone, [], device=phone.devices["proof"]))) == "unsent.no_such_device"
    )
    assert sealed(content(phone, statement(phone, [], ledger="another"))) == "unsent.no_such_device"
    for broken in (None, [], {}, {"statement": 1, "signature": ""}, {"statement": "{}", "signature": ""}):
        assert sealed(broken) == "unsent.damaged"
    assert sealed(content(phone, statement(phone, [], made_at=None))) == "unsent.damaged"
    assert sealed(content(phone, statement(phone, [], device=None))) in (
        "unsent.damaged",
        "unsent.no_such_device",
    )
    waiting = new_phone("d2", confirmed=False)
    assert sealed(content(waiting, statement(waiting, []))) == "unsent.pending"


def test_a_small_file_that_unpacks_to_much_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.sealed.MOST_UNPACKED", 1000)
    key = new_key()
    data = seal({"a": "长" * 10_000}, "l", spki(key.public_key()))
    assert len(data) < 1000
    with pytest.raises(NotSealed):
        open_sealed(read_sealed(data), key)


# -- the command --


def collected_words() -> Words:
    from ledger.words import load_words

    return load_words(ROOT / "content")


def test_the_command_says_a_line_a_record_and_refuses_with_code_3(
    phone: Phone, collector: Collector, office: Office, store: Store, tmp_path: Path
) -> None:
    records = [visit(phone, collector), visit(phone, collector, people=1000)]
    path = written(tmp_path, store, phone, records, [DRAFT])
    line = {"command": "import", "lang": "zh", "args": {"path": str(path), "mapping": None}}
    answer = perform(office, line)
    assert answer["ok"], answer
    text = answer["result"]["text"].splitlines()
    assert "王芳" in text[0]
    assert text[1].startswith("✓ 走访 ZF-") and text[1].endswith("收下。")
    assert text[2].startswith("! 走访 ") and "500" in text[3]
    assert "记录 2 条：收下 1，以前已有 0，版本待定 0，暂存 1" in answer["result"]["text"]
    assert "草稿 1 份：存下 1" in answer["result"]["text"]
    path.write_bytes(path.read_bytes()[:-40])
    again = perform(office, line)
    assert (again["ok"], again["exit"]) == (False, 3)
    assert "已损坏" in again["problem"] and "\n" not in again["problem"]
    english = perform(office, {**line, "lang": "en"})
    assert "nothing was taken" in english["problem"]


def test_every_outcome_and_every_refusal_has_its_words() -> None:
    words = collected_words()
    given = {"path": "a.mbx", "most": 1, "name": "n", "label": "l", "code": "c", "id": "i"}
    keys = [f"unsent.{state}" for state in unsent.STATES if state != "too_large"]
    keys += ["unsent.record_too_large", "unsent.too_large"]
    keys += [f"unsent.draft_{state}" for state in unsent.DRAFT_STATES]
    keys += [
        f"unsent.{why}"
        for why in (
            "other_office",
            "other_key",
            "damaged",
            "version",
            "no_such_device",
            "other_phone",
            "pending",
        )
    ]
    for key in keys:
        for lang in ("zh", "en"):
            assert words.say(key, lang, **given)


def test_hello_tells_phones_the_certified_export_key(phone: Phone, store: Store) -> None:
    told = [certified(each, "export", store.keys.recovery) for each in phone.hello()["certificates"]]
    assert [key for key in told if key] == [spki(store.keys.export.public_key())]


# -- what the phone writes --


def test_files_written_by_the_phone_are_read() -> None:
    path = ROOT / "tests/cases/unsent-phone.json"
    vectors = json.loads(path.read_text("utf-8"))
    private = load_der_private_key(unb64u(vectors["export_key"]), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert len(vectors["vectors"]) >= 3
    assert {read_sealed(each["file"].encode()).packed for each in vectors["vectors"]} == {True, False}
    for vector in vectors["vectors"]:
        sealed = read_sealed(vector["file"].encode())
        assert sealed.ledger == vectors["ledger"]
        assert sealed.key == key_name(spki(private.public_key()))
        assert open_sealed(sealed, private) == vector["content"]
        assert read_json(vector["content"]["statement"].removeprefix("mingbai-export-v1\n"))
