"""Photos come in piece by piece, and count once they are whole, what they say they are, and on disk."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from collector import photos
from collector.state import Collector
from ledger import blobs
from ledger.doctor import examine
from ledger.forms import parse_form
from ledger.registry import read_devices, revoke
from ledger.store import DiskFull, Store, open_ledger
from ledger.strict_yaml import parse_yaml
from tests.collector.phone import API, Phone, Response, id_of
from tests.ledger.pictures import GOOD, MARKER, NO_PHOTO, UNFIT, jpeg, png

SCENE = """\
kind: scene
label: {zh: 现场, en: Scene}
description: {zh: 现场一处记一条。, en: One for each scene.}
code: XC
written_by: [deputy, clerk]
fields:
  what: {label: {zh: 什么, en: What}, required: true, publish: full}
  shots: {label: {zh: 照片, en: Photos}, schema: {type: array}, shown_as: photos, publish: reviewed}
page: {title: '{{ what }}', columns: [what], sort: what}
"""


@pytest.fixture(autouse=True)
def _photos_are_asked_for(content: Path) -> None:
    (content / "forms/scene.yaml").write_text(SCENE, "utf-8")


@pytest.fixture
def home(store: Store) -> Path:
    return store.home


def name_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def put(
    phone: Phone, data: bytes, offset: int = 0, of: int | None = None, name: str | None = None, **headers: str
) -> Response:
    target = f"/blob/{name or name_of(data)}?offset={offset}" + (f"&of={of}" if of is not None else "")
    return phone.signed("PUT", target, data, {"Content-Type": "application/octet-stream", **headers})


def head(phone: Phone, name: str) -> tuple[int, str]:
    answer = phone.signed("HEAD", f"/blob/{name}")
    assert answer.status_code == 200 and answer.content == b""
    return int(answer.headers["Upload-Offset"]), answer.headers["Upload-Complete"]


def files(home: Path) -> list[Path]:
    return [path for path in (home / "blobs").rglob("*") if path.is_file()]


def said(answer: Response) -> str:
    return str(answer.json()["type"]).removeprefix("mingbai:push/photo_")


def scene(phone: Phone, store: Store, *shots: bytes) -> Any:
    form = next(each for each in store.forms.values() if each.kind == "scene")
    record = phone.record(form, {"what": "路灯", "shots": [f"sha256-{name_of(each)}" for each in shots]})
    (result,) = phone.results([record])
    assert result["state"] == "accepted", result
    return record


def receipt(phone: Phone, record: Any) -> Any:
    (told,) = phone.post("/receipts", {"ids": [id_of(record)]}).json()["receipts"]
    return told


# -- how they come --


def test_a_photo_in_one_piece_is_kept_to_the_byte_for_its_owner_only(phone: Phone, home: Path) -> None:
    data = jpeg(1600, 1200)
    assert head(phone, name_of(data)) == (0, "?0")
    answer = put(phone, data)
    assert (answer.status_code, answer.json()) == (
        200,
        {"sha256": name_of(data), "offset": len(data), "complete": True, "problem": None},
    )
    assert head(phone, name_of(data)) == (len(data), "?1")
    place = home / "blobs" / name_of(data)[:2] / name_of(data)
    assert place.read_bytes() == data
    assert {path.stat().st_mode & 0o777 for path in files(home)} == {0o600}
    assert {p.stat().st_mode & 0o777 for p in (home / "blobs").rglob("*") if p.is_dir()} == {0o700}


def test_a_photo_in_pieces_goes_on_where_it_broke_off(phone: Phone, home: Path) -> None:
    data, step = jpeg(2000, 1500), 10_000
    name = name_of(data)
    for at in range(0, len(data), step):
        assert head(phone, name) == (at, "?0")
        piece = data[at : at + step]
        answer = put(phone, piece, at, len(data), name)
        assert answer.status_code == 200
        assert answer.headers["Upload-Offset"] == str(at + len(piece))
        assert answer.json()["complete"] == (at + step >= len(data))
    assert blobs.place(home, name).read_bytes() == data


def test_a_piece_or_a_photo_sent_again_changes_nothing(phone: Phone, home: Path) -> None:
    data = jpeg()
    name = name_of(data)
    for _ in range(2):
        assert put(phone, data[:1000], 0, len(data), name).json()["offset"] == 1000
    for _ in range(2):
        assert put(phone, data[1000:], 1000, len(data), name).json()["complete"]
    before = {path: path.stat().st_mtime_ns for path in files(home)}
    assert put(phone, data).json()["complete"]
    assert put(phone, b"something else", 0, None, name).json()["complete"]
    assert {path: path.stat().st_mtime_ns for path in files(home)} == before
    with open_ledger(home) as ledger:
        assert list(ledger.photos()) == [name]


def test_the_rest_may_come_without_saying_how_long_the_whole_is(phone: Phone) -> None:
    data = png()
    assert put(phone, data[:100], 0, len(data), name_of(data)).json()["offset"] == 100
    assert put(phone, data[100:], 100, None, name_of(data)).json()["complete"]


def test_a_piece_that_would_leave_a_gap_is_told_where_to_go_on(phone: Phone) -> None:
    data = jpeg()
    put(phone, data[:1000], 0, len(data), name_of(data))
    answer = put(phone, data[2000:], 2000, len(data), name_of(data))
    assert (answer.status_code, said(answer), answer.headers["Upload-Offset"]) == (409, "offset", "1000")


def test_bytes_that_are_not_the_photo_are_dropped_and_it_may_begin_again(phone: Phone, home: Path) -> None:
    data, other = jpeg(), png()
    answer = put(phone, other, name=name_of(data))
    assert (answer.status_code, said(answer)) == (422, "digest")
    assert files(home) == [] and head(phone, name_of(data)) == (0, "?0")
    assert put(phone, data).json()["complete"]


def test_two_people_send_the_same_photo_without_touching_each_other(
    new_phone: Callable[..., Phone], home: Path
) -> None:
    one, other, data = new_phone("d1"), new_phone("d2"), jpeg()
    name = name_of(data)
    put(one, b"\xff\xd8\xff" + b"x" * 997, 0, len(data), name)
    assert head(other, name) == (0, "?0")
    assert put(other, data).json()["complete"]
    assert head(one, name) == (len(data), "?1")


def test_many_at_once_keep_one(phone: Phone, collector: Collector, home: Path) -> None:
    data = jpeg(800, 600)
    device = next(each for each in collector.store.devices.values() if each.chain == "records" and each.code)
    told: list[photos.Come] = []

    def send() -> None:
        told.append(photos.take(collector, device, photos.Sending(name_of(data), 0, None), data))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.complete for each in told] == [True] * 6
    assert sorted(path.name for path in files(home)) == sorted(
        f"{name_of(data)}{tail}" for tail in ("", ".json", ".1600.jpg", ".400.jpg")
    )


# -- what is not taken --


@pytest.mark.parametrize("name", NO_PHOTO)
def test_what_is_no_photo_is_refused_by_its_first_bytes_and_leaves_nothing(
    name: str, phone: Phone, home: Path
) -> None:
    data = NO_PHOTO[name]
    answer = put(phone, data)
    assert (answer.status_code, said(answer)) in ((415, "type"), (400, "length")), answer.content
    assert answer.json()["detail"].count("\n") == 0
    assert files(home) == []


def test_a_type_cannot_be_smuggled_in_by_a_first_piece_that_is_too_short(phone: Phone, home: Path) -> None:
    data = jpeg()
    for first in (b"", data[:3], data[:15]):
        assert said(put(phone, first, 0, len(data), name_of(data))) == "type"
    assert files(home) == []


def test_more_than_8_mib_is_refused_before_and_while_it_comes(phone: Phone, home: Path) -> None:
    large = jpeg() + bytes(8 << 20)
    answer = put(phone, large)
    assert (answer.status_code, said(answer)) == (413, "large")
    for offset, of in ((9 << 20, None), (0, 9 << 20), (8 << 20, None)):
        assert put(phone, jpeg(), offset, of).status_code in (413, 409)
    assert put(phone, jpeg(), 0, (8 << 20) + 1).status_code == 413
    assert files(home) == []


def test_a_length_that_is_not_said_is_counted_all_the_same(phone: Phone, home: Path, client: Any) -> None:
    """Chunked, as a client sends that wants to hide how much there is."""
    seen = 0

    async def body() -> Any:
        nonlocal seen
        for _ in range(40):
            seen += 1
            yield bytes(1 << 20)

    phone.hello()
    headers = {
        "Mingbai-Device": phone.devices["records"],
        "Mingbai-Nonce": phone._nonce,
        "Mingbai-Signature": "x",
    }
    answer = client.request("PUT", f"{API}/blob/{64 * 'a'}?offset=0", content=body(), headers=headers)
    assert answer.status_code == 413
    assert files(home) == []


@pytest.mark.parametrize("name", ["abc", 64 * "A", 63 * "a", 65 * "a", "..%2F..%2Fetc%2Fpasswd", 64 * "０"])
def test_an_address_is_a_digest_and_nothing_else(name: str, phone: Phone, home: Path) -> None:
    for method in ("PUT", "HEAD", "GET"):
        assert phone.signed(
            method, f"/blob/{name}?offset=0", jpeg() if method == "PUT" else b""
        ).status_code in (404, 401)
    assert files(home) == []


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=x", "offset=1e3", "offset=0&of=-5", "offset=٣", "offset=" + "9" * 30]
)
def test_numbers_are_numbers(query: str, phone: Phone) -> None:
    answer = phone.signed("PUT", f"/blob/{name_of(jpeg())}?{query}", jpeg())
    assert answer.status_code in (400, 401)  # 401: an address that no client sends so


def test_a_packed_photo_is_refused(phone: Phone) -> None:
    assert said(put(phone, jpeg(), **{"Content-Encoding": "gzip"})) == "packed"


def test_only_who_is_enrolled_and_signs_every_byte_gets_in(
    phone: Phone, new_phone: Callable[..., Phone], home: Path
) -> None:
    data = jpeg()
    pending = new_phone("d2", confirmed=False)
    assert put(pending, data).status_code == 403
    name = name_of(data)
    target = f"{API}/blob/{name}?offset=0"
    phone.hello()
    mine = {"Mingbai-Device": phone.devices["records"], "Mingbai-Nonce": phone._nonce}
    for headers in ({}, mine, {**mine, "Mingbai-Signature": "AAAA"}):
        assert phone.client.request("PUT", target, content=data, headers=headers).status_code == 401
    answer = phone.signed("PUT", f"/blob/{name}?offset=0", data, {"Mingbai-Nonce": "old"})
    assert answer.status_code == 401 and answer.headers["Mingbai-Nonce"]
    assert phone.client.request("HEAD", target).status_code == 401
    assert files(home) == []


def test_a_stopped_phone_may_still_deliver_but_look_at_nothing(
    phone: Phone, store: Store, home: Path
) -> None:
    pair = next(each.pair for each in store.devices.values() if each.id == phone.devices["records"])

    def stop(store: Store) -> None:
        revoke(store.db, pair, "lost", "2026-11-26T00:00:00.000Z")
        store.devices = read_devices(store.db)

    store.do(stop).result()
    data = jpeg()
    assert put(phone, data).json()["complete"]
    assert phone.get(f"/blob/{name_of(data)}").status_code == 403


# -- hostile ones --


@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_opened_is_kept_and_told_in_one_line(
    name: str, phone: Phone, store: Store, home: Path
) -> None:
    data = UNFIT[name][1]()
    answer = put(phone, data)
    assert answer.status_code == 200 and answer.json()["complete"]
    told = answer.json()["problem"]["say"]
    assert all(told[lang] and "\n" not in told[lang] and "photo_" not in told[lang] for lang in ("zh", "en"))
    assert blobs.place(home, name_of(data)).read_bytes() == data
    assert phone.get(f"/blob/{name_of(data)}").status_code == 422
    record = scene(phone, store, data)
    (unreadable,) = receipt(phone, record)["photos"]["unreadable"]
    assert unreadable == {"photo": f"sha256-{name_of(data)}", "say": told}
    assert phone.hello()["protocol"] == ["mingbai/1"]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_one_may_be_looked_at_without_what_it_told_besides(name: str, phone: Phone) -> None:
    data = GOOD[name]()
    assert put(phone, data).json()["problem"] is None
    for size in ("", "?size=small"):
        seen = phone.get(f"/blob/{name_of(data)}{size}")
        assert seen.status_code == 200 and seen.headers["content-type"] == "image/jpeg"
        assert seen.headers["Cache-Control"] == "no-store" and MARKER not in seen.content


@pytest.mark.parametrize("span", ["bytes=0-1", "bytes=9-", "bytes=9999999-", "nonsense"])
def test_what_may_be_looked_at_is_given_whole_whatever_part_is_asked_for(span: str, phone: Phone) -> None:
    data = jpeg()
    put(phone, data)
    whole, part = (phone.get(f"/blob/{name_of(data)}", how) for how in ({}, {"Range": span}))
    assert (part.status_code, part.content) == (200, whole.content)


def test_only_who_sent_it_and_the_clerk_look_at_a_photo(new_phone: Callable[..., Phone]) -> None:
    mine, clerk, data = new_phone("d1"), new_phone("何清", role="clerk"), jpeg()
    put(mine, data)
    assert mine.get(f"/blob/{name_of(data)}").status_code == 200
    assert clerk.get(f"/blob/{name_of(data)}").status_code == 200
    for other in (new_phone("d2"), new_phone("贺明", role="presidium"), new_phone("白杨", role="observer")):
        assert other.get(f"/blob/{name_of(data)}").status_code == 404


# -- when things fail --


def fails_with(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_full_disk_is_503_and_leaves_what_was_there_before(
    phone: Phone, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg(1600, 1200)
    name, half = name_of(data), 20_000
    put(phone, data[:half], 0, len(data), name)
    real, left = os.pwrite, 5_000

    def nearly_full(file: int, rest: Any, offset: int) -> int:
        nonlocal left
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = real(file, rest[:left], offset)
        left -= taken
        return taken

    monkeypatch.setattr(os, "pwrite", nearly_full)
    answer = put(phone, data[half:], half, len(data), name)
    assert (answer.status_code, said(answer), answer.headers["Retry-After"]) == (503, "disk_full", "60")
    assert [path.stat().st_size for path in files(home)] == [half]
    assert said(put(phone, png())) == "disk_full"
    assert len(files(home)) == 1
    monkeypatch.undo()
    assert head(phone, name) == (half, "?0")
    assert put(phone, data[half:], half, len(data), name).json()["complete"]


def test_a_disk_that_is_full_at_the_very_end_keeps_the_photo_to_be_finished(
    phone: Phone, store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg()

    def full(db: object, blob: object) -> None:
        raise DiskFull("full")

    monkeypatch.setattr(blobs, "add", full)
    assert said(put(phone, data)) == "disk_full"
    assert not blobs.place(home, name_of(data)).exists() and head(phone, name_of(data)) == (len(data), "?0")
    monkeypatch.undo()
    assert put(phone, b"", len(data), len(data), name_of(data)).json()["complete"]


def test_a_photo_is_on_disk_before_it_counts(
    phone: Phone, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, real=real, name=name: (steps.append(name), real(*a))[1])
    add = blobs.add
    monkeypatch.setattr(blobs, "add", lambda *a: (steps.append("count"), add(*a))[1])
    put(phone, jpeg())
    counted = steps.index("count")
    assert "replace" in steps[:counted]
    moved = steps.index("replace")
    assert "fsync" in steps[:moved] and "fsync" in steps[moved:counted]


def test_copies_that_do_not_fit_the_disk_are_made_when_there_is_room(
    phone: Phone, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg()
    monkeypatch.setattr("ledger.files.write_whole", fails_with(errno.ENOSPC))
    assert put(phone, data).json()["complete"]
    monkeypatch.undo()
    assert put(phone, data).json() == {
        "sha256": name_of(data), "offset": len(data), "complete": True, "problem": None,
    }  # fmt: skip
    assert phone.get(f"/blob/{name_of(data)}").status_code == 200


def test_a_person_may_send_so_much_and_no_more(
    phone: Phone, new_phone: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = jpeg(), png()
    monkeypatch.setattr(photos, "QUOTA", len(one) + 10)
    assert put(phone, one).status_code == 200
    answer = put(phone, two)
    assert (answer.status_code, said(answer)) == (429, "quota") and int(answer.headers["Retry-After"]) > 0
    assert put(phone, one).json()["complete"]
    assert put(new_phone("d2"), two[:100], 0, len(two), name_of(two)).status_code in (200, 429)
    monkeypatch.setattr(photos, "QUOTA", 1 << 30)
    monkeypatch.setattr(photos, "MOST_UNFINISHED", 5_000)
    for n in range(5):
        last = put(phone, jpeg() + bytes([n]), 0, 6_000, sha256(bytes([n])).hexdigest())
    assert said(last) == "quota"


def test_too_many_bytes_at_once_are_asked_to_come_later(
    phone: Phone, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "IN_MEMORY", 1000)
    answer = put(phone, jpeg())
    assert (answer.status_code, said(answer), collector.photos.in_memory) == (503, "busy", 0)


def test_what_nobody_goes_on_with_is_forgotten_after_two_weeks(
    phone: Phone, collector: Collector, home: Path
) -> None:
    old, young = jpeg(), png()
    put(phone, old[:500], 0, len(old), name_of(old))
    put(phone, young[:500], 0, len(young), name_of(young))
    (path,) = [each for each in files(home) if each.name.endswith(name_of(old))]
    two_weeks_ago = time.time() - 14 * 24 * 3600 - 1
    os.utime(path, (two_weeks_ago, two_weeks_ago))
    assert head(phone, name_of(old)) == (500, "?0")  # looked an hour ago at the earliest
    collector.photos.swept = 0.0
    assert head(phone, name_of(old)) == (0, "?0")
    assert head(phone, name_of(young)) == (500, "?0")


# -- records that name them --


def test_a_record_counts_at_once_and_is_complete_when_its_last_photo_is_there(
    phone: Phone, store: Store
) -> None:
    one, two = jpeg(), png()
    record = scene(phone, store, one, two)
    names = [f"sha256-{name_of(each)}" for each in (one, two)]
    assert receipt(phone, record)["state"] == "accepted"
    assert receipt(phone, record)["photos"] == {"missing": names, "unreadable": []}
    put(phone, two)
    assert receipt(phone, record)["photos"]["missing"] == names[:1]
    put(phone, one)
    assert receipt(phone, record)["photos"] == {"missing": [], "unreadable": []}
    form = next(each for each in store.forms.values() if each.kind == "note")
    plain = phone.record(form, {"day": "2026-03-02", "subject": "路灯"})
    phone.results([plain])
    assert receipt(phone, plain)["photos"] is None


@pytest.mark.parametrize(
    "shots",
    [["a.jpg"], ["sha256-" + 64 * "A"], ["sha256-" + 63 * "a"], [64 * "a"], ["../" * 20], [3],
     ["sha256-" + 64 * "a"] * 2, [f"sha256-{n:064x}" for n in range(10)], "sha256-" + 64 * "a", []],
)  # fmt: skip
def test_what_names_no_photo_is_kept_aside(shots: Any, phone: Phone, store: Store) -> None:
    form = next(each for each in store.forms.values() if each.kind == "scene")
    (result,) = phone.results([phone.record(form, {"what": "路灯", "shots": shots})])
    assert result["state"] == "quarantined"
    assert result["problems"][0]["pointer"].startswith("/shots")


def test_a_photo_that_the_disk_lost_may_be_sent_again(phone: Phone, home: Path, store: Store) -> None:
    data = jpeg()
    record = scene(phone, store, data)
    put(phone, data)
    blobs.place(home, name_of(data)).unlink()
    assert head(phone, name_of(data)) == (0, "?0")
    assert put(phone, data).json()["complete"]
    assert receipt(phone, record)["photos"]["missing"] == []


def asked(clerk: Phone) -> dict[str, Any]:
    """What waits for the clerk's word, by code."""
    return {each["code"]: each for each in clerk.get("/work").json()["items"]}


def test_the_clerk_is_asked_once_the_photos_are_there_and_again_for_one_that_came_after(
    new_phone: Callable[..., Phone], store: Store
) -> None:
    phone, clerk = new_phone("d1"), new_phone("何清", role="clerk")
    one, two = jpeg(), png()
    record = scene(phone, store, one, two)
    code = receipt(phone, record)["code"]
    put(phone, one)
    assert code not in asked(clerk)
    put(phone, two)
    item = asked(clerk)[code]
    (fact,) = [each for each in item["facts"] if "photos" in each]
    assert fact["value"]["zh"] == "2 张"
    assert fact["photos"] == [f"sha256-{name_of(each)}" for each in (one, two)]
    agree(clerk, store, item["steps"][0]["answers"])
    assert code not in asked(clerk)

    def came_later(store: Store) -> None:
        store.db.execute("DELETE FROM blob WHERE digest = ?", (name_of(two),))

    store.do(came_later).result()
    time.sleep(0.01)
    put(phone, two)
    assert code in asked(clerk)


def test_what_was_agreed_to_before_its_last_photo_is_asked_about_again(
    new_phone: Callable[..., Phone], store: Store
) -> None:
    phone, clerk = new_phone("d1"), new_phone("何清", role="clerk")
    one, two = jpeg(), png()
    record = scene(phone, store, one, two)
    said = receipt(phone, record)
    put(phone, one)
    version = json.loads(record["envelope"])["form"]
    agree(clerk, store, {"record": said["code"], "entry": said["digest"], "form": version})
    assert said["code"] not in asked(clerk)
    time.sleep(0.01)
    put(phone, two)
    item = asked(clerk)[said["code"]]
    agree(clerk, store, item["steps"][0]["answers"])
    assert said["code"] not in asked(clerk)


def agree(clerk: Phone, store: Store, answers: dict[str, Any]) -> None:
    form = next(each for each in store.forms.values() if each.kind == "approval")
    (result,) = clerk.results([clerk.record(form, {**answers, "decision": "approve"})])
    assert result["state"] == "accepted", result


# -- the doctor --


def told_by_doctor(home: Path) -> dict[str, Any]:
    return {each.key: each.params for each in examine(home).findings if each.key.startswith("doctor.photo")}


def test_the_doctor_reads_every_photo_again(phone: Phone, store: Store, home: Path) -> None:
    one, two, cut = jpeg(), png(), jpeg()[:2500]
    scene(phone, store, one, two, cut)
    for each in (one, cut):
        put(phone, each)
    assert told_by_doctor(home) == {
        "doctor.photos": {"number": 2},
        "doctor.photo_missing": {"number": 1},
        "doctor.photo_unreadable": {"number": 1},
    }
    place = blobs.place(home, name_of(one))
    altered = bytearray(one)
    altered[-5] ^= 1
    place.write_bytes(altered)
    place.chmod(0o644)
    blobs.place(home, name_of(two)).parent.mkdir(exist_ok=True)
    blobs.place(home, name_of(two)).write_bytes(two)
    told = told_by_doctor(home)
    assert told["doctor.photo_lost"] == {"number": 1, "photo": name_of(one)}
    assert told["doctor.photo_stray"] == {"number": 1} and "doctor.photo_open" in told


def test_every_word_of_the_photos_is_there(collector: Collector) -> None:
    root = Path(__file__).parents[2]
    words = parse_yaml((root / "content/words/photos.yaml").read_text("utf-8"), "photos.yaml").value
    code = "".join(
        (root / path).read_text("utf-8")
        for path in ("collector/photos.py", "ledger/photo_check.py", "ledger/photos.py")
    )
    for key in words:
        assert f'"{key}"' in code or f'"{key.removeprefix("push.photo_")}"' in code, key


def test_the_form_of_these_tests_is_one(store: Store) -> None:
    assert parse_form(SCENE, "scene.yaml").fields["shots"].type == "photos"
