"""What leaves of a photo is its pixels, once it may; of one that may not, no byte."""

from __future__ import annotations

import io
import os
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ledger import blobs
from ledger.filing import OfficeRecord
from ledger.forms import Form, load_forms, parse_form
from ledger.photos import developed
from ledger.store import Store, open_ledger
from publisher.out.public_db import read_position
from publisher.out.selfcheck import Leak, plainly_inside, plainly_public
from publisher.release import Release, build
from tests.ledger.pictures import GOOD, MARKER, jpeg, png, saved, scene
from tests.publisher.fake import AS_OF, FEW, FakeLedger, extracted, small_congress
from tests.publisher.test_serve import ask

SCENE = """\
kind: scene
label: {zh: 现场, en: Scene}
description: {zh: 现场一处记一条。, en: One for each scene.}
code: XC
written_by: [clerk, deputy]
publish_when: open
keep_when_withheld: [what]
fields:
  what: {label: {zh: 哪里, en: Where}, required: true, publish: full}
  open: {label: {zh: 能不能公开, en: Open}, schema: {type: boolean}, required: true, publish: full}
  plan: {label: {zh: 规划图, en: Plans}, schema: {type: array}, shown_as: photos, publish: full}
  shots: {label: {zh: 现场照片, en: Photos}, schema: {type: array}, shown_as: photos, publish: reviewed}
  private: {label: {zh: 内部照片, en: Private}, schema: {type: array}, shown_as: photos, publish: never}
page: {title: '{{ what }}', columns: [what], sort: what}
"""


def names(*photos: bytes) -> list[str]:
    return [f"sha256-{sha256(each).hexdigest()}" for each in photos]


@dataclass
class Home:
    """A ledger to file scenes in, photos beside it, and the releases made of it."""

    content: Path
    path: Path
    site: Path
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def forms(self) -> Mapping[str, Form]:
        return load_forms(self.content)

    def file(self, what: str, is_open: bool = True, **photos: list[str]) -> str:
        answers = {"what": what, "open": is_open, **photos}
        with Store.open(self.path, self.forms) as store:
            (outcome,) = store.office_append([OfficeRecord("scene", answers, ("test", "scene", what))])
        assert outcome.state == "accepted", outcome
        self.codes[what] = str(outcome.code)
        return self.codes[what]

    def send(self, *photos: bytes, at: str = "2026-11-01T00:00:00.000Z") -> None:
        with Store.open(self.path, self.forms) as store:
            for data in photos:
                digest = sha256(data).hexdigest()
                part = blobs.part(self.path, "DB-2026-7KQ4", digest)
                blobs.write_part(part, 0, data)
                blobs.settle(part, blobs.place(self.path, digest))
                row = blobs.Blob(digest, len(data), "image/jpeg", "DB-2026-7KQ4", at)
                store.do(lambda store, row=row: blobs.add(store.db, row)).result()

    def approve(self, what: str) -> None:
        with open_ledger(self.path) as ledger:
            record = ledger.record(self.codes[what])
        assert record is not None
        form = self.forms["scene"].version
        answers = {"record": record.code, "entry": record.digest, "form": form, "decision": "approve"}
        with Store.open(self.path, self.forms) as store:
            (outcome,) = store.office_append([OfficeRecord("approval", answers)])
        assert outcome.state == "accepted", outcome

    def build(self, clean: bool = False) -> Release:
        return build(self.content, self.path, self.site, AS_OF, clean)

    def photos(self) -> dict[str, bytes]:
        folder = self.site / "current/www/photos"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))} if folder.is_dir() else {}

    def page(self, what: str) -> str:
        return (self.site / f"current/www/scene/{self.codes[what]}.html").read_text("utf-8")

    def rows(self, table: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.site / "current/data/public.db")) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY code, n")]


@pytest.fixture(scope="session")
def content(place: Path) -> Path:
    content = small_congress(place / "photo-content", *FEW)
    (content / "forms/scene.yaml").write_text(SCENE, "utf-8")
    return content


@pytest.fixture
def home(content: Path, tmp_path: Path, place: Path, request: pytest.FixtureRequest) -> Home:
    return Home(content, tmp_path / "home", place / f"photos-{request.node.name[:60]}")


def different(n: int) -> bytes:
    """A photo like no other, that tells all it can."""
    return jpeg(300 + 10 * n, 200)


def test_no_byte_of_a_photo_that_may_not_leave_stands_anywhere_and_none_of_what_the_others_told(
    home: Home,
) -> None:
    sent = {name: different(n) for n, name in enumerate(
        ("plan", "shot", "private", "unread", "shut plan", "shut shot", "held", "far", "png")
    )}  # fmt: skip
    sent["png"] = png()
    cut = different(20)[:2500]
    home.send(*(data for name, data in sent.items() if name != "far"), cut)
    home.file(
        "桥头",
        plan=names(sent["plan"], sent["png"]),
        shots=names(sent["shot"]),
        private=names(sent["private"]),
    )
    home.file("没有人看过", shots=names(sent["unread"]))
    home.file("不公开", False, plan=names(sent["shut plan"]), shots=names(sent["shut shot"]))
    home.file("电话 13800138000", plan=names(sent["held"]))
    home.file("没有传到", plan=names(sent["far"], cut))
    for what in ("桥头", "不公开", "电话 13800138000"):
        home.approve(what)
    home.build()
    code = home.codes["桥头"]
    shown = home.photos()
    assert set(shown) == {f"{code}-{n}{tail}.jpg" for n in (1, 2, 3) for tail in ("", "-small")}
    every = [path for path in home.site.rglob("*") if path.is_file()]
    secrets = [
        MARKER,
        b"CANARY",
        *(text.encode() for name in names(*sent.values(), cut) for text in (name, name[7:])),
    ]
    for path in every:
        data = path.read_bytes()
        assert not [secret for secret in secrets if secret in data], path
    for data in shown.values():
        image = Image.open(io.BytesIO(data))
        image.load()
        assert image.format == "JPEG" and not dict(image.getexif()) and "icc_profile" not in image.info
    private = {
        developed(home.path, sha256(sent[name]).hexdigest()).large.digest for name in ("private", "unread")
    }
    assert not private & {sha256(path.read_bytes()).hexdigest() for path in every}
    assert {
        stat.st_mode & 0o777 for name in shown if (stat := os.stat(home.site / "current/www/photos" / name))
    } == {0o644}


def test_a_page_shows_its_photos_with_size_and_words_and_public_db_has_a_row_for_each(home: Home) -> None:
    wide, tall = jpeg(2000, 1000), jpeg(500, 1000)
    home.send(wide, tall)
    code = home.file("桥头", plan=names(wide), shots=names(tall))
    home.approve("桥头")
    home.build()
    assert home.rows("scene_plan") == [
        {"code": code, "n": 1, "path": f"photos/{code}-1.jpg", "width": 1600, "height": 800}
    ]
    assert home.rows("scene_shots") == [
        {"code": code, "n": 2, "path": f"photos/{code}-2.jpg", "width": 500, "height": 1000}
    ]
    with closing(sqlite3.connect(home.site / "current/data/public.db")) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        columns = {row[1] for row in db.execute("PRAGMA table_info(scene)")}
    assert "scene_private" not in tables and not {"plan", "shots", "private"} & columns
    page = home.page("桥头")
    image = r'<a href="\.\./([^"]+)"><img src="\.\./([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"'
    images = re.findall(image, page)
    assert images == [
        (f"photos/{code}-1.jpg", f"photos/{code}-1-small.jpg", "1600", "800", "规划图（第1张，共2张）：桥头"),
        (
            f"photos/{code}-2.jpg",
            f"photos/{code}-2-small.jpg",
            "500",
            "1000",
            "现场照片（第2张，共2张）：桥头",
        ),
    ]
    with Image.open(home.site / f"current/www/photos/{code}-1-small.jpg") as small:
        assert small.size == (400, 200)
    assert "规划图" not in home.page("桥头").split('id="related"')[0].split("</ul>")[-1]


def test_a_photo_that_arrives_makes_a_release_though_no_record_came(home: Home) -> None:
    first, second = different(1), different(2)
    code = home.file("桥头", plan=names(first, second))
    home.build()
    before = read_position(home.path)
    assert home.photos() == {} and "mb-photos" not in home.page("桥头")
    home.send(second)
    after = read_position(home.path)
    assert before and after and before.position == after.position and before != after
    made = home.build()
    assert made.pages_written >= 1 and set(home.photos()) == {f"{code}-2.jpg", f"{code}-2-small.jpg"}
    assert home.build().id == made.id
    home.send(first)
    home.build()
    assert len(home.photos()) == 4 and [row["n"] for row in home.rows("scene_plan")] == [1, 2]


def test_a_photo_that_nobody_has_seen_stays_in_even_after_an_approval(home: Home) -> None:
    """Who approves sees what is there; what comes later under the same name was not seen."""
    there, later = different(1), different(2)
    code = home.file("桥头", shots=names(there, later))
    home.send(there)
    home.approve("桥头")
    home.send(later, at="2999-01-01T00:00:00.000Z")
    home.build()
    assert set(home.photos()) == {f"{code}-1.jpg", f"{code}-1-small.jpg"}


def test_an_unchanged_photo_is_the_same_file_and_a_clean_build_gives_the_same_bytes(home: Home) -> None:
    kept, old, new = different(1), different(2), different(3)
    home.send(kept, old, new)
    home.file("桥头", plan=names(kept))
    home.file("桥尾", plan=names(old))
    first = home.build()
    home.file("桥尾", plan=names(new))
    second = home.build()
    assert first.path != second.path

    def inode(made: Release, what: str) -> int:
        return (made.path / f"www/photos/{home.codes[what]}-1.jpg").stat().st_ino

    assert inode(first, "桥头") == inode(second, "桥头") and inode(first, "桥尾") != inode(second, "桥尾")
    incremental = home.photos()
    clean = home.build(clean=True)
    assert home.photos() == incremental and inode(clean, "桥头") != inode(second, "桥头")
    for path in blobs.kept(home.path):
        for copy in path.parent.glob(f"{path.name}.*"):
            copy.unlink()
    home.build(clean=True)
    assert home.photos() == incremental


def test_a_copy_that_is_more_than_pixels_stops_the_release(home: Home) -> None:
    data = different(1)
    home.send(data)
    home.file("石桥")
    home.build()
    served = (home.site / "current").resolve()
    home.file("桥头", plan=names(data))
    copy = developed(home.path, sha256(data).hexdigest()).large
    altered = jpeg(300, 200)
    copy.path.write_bytes(altered)
    note = copy.path.parent / f"{sha256(data).hexdigest()}.json"
    note.write_text(
        note.read_text()
        .replace(copy.digest, sha256(altered).hexdigest())
        .replace(f'"bytes": {copy.bytes}', f'"bytes": {len(altered)}', 1)
    )
    with pytest.raises(Leak):
        home.build()
    assert (home.site / "current").resolve() == served and home.photos() == {}


def test_the_static_site_serves_photos_as_what_they_are_and_its_policy_lets_pages_show_them(
    home: Home,
) -> None:
    data = different(1)
    home.send(data)
    code = home.file("桥头", plan=names(data))
    home.build()
    page, shown, folder = ask(home.site, f"/scene/{code}.html", f"/photos/{code}-1.jpg", "/photos/")
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert "'self'" in policy["img-src"].split()
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert folder.status_code == 404


# -- what is decided, without a build --

FORM = parse_form(SCENE, "content/forms/scene.yaml")


def test_a_correction_tells_that_photos_changed_but_not_those_that_are_read_first() -> None:
    ledger = FakeLedger()
    answers = {"what": "桥头", "open": True, "plan": names(b"1"), "shots": names(b"2")}
    code = ledger.file(FORM, answers).code
    ledger.file(FORM, answers | {"plan": names(b"3"), "shots": names(b"4")}, code=code)
    (row,) = extracted(ledger, FORM).rows["scene"]
    assert [each.changed for each in row.corrections] == [("plan",)]


def test_a_published_envelope_discloses_no_photo() -> None:
    form = parse_form(
        SCENE.replace("publish_when: open\nkeep_when_withheld: [what]\n", "proof: true\nauthor: full\n"),
        "scene.yaml",
    )
    ledger = FakeLedger()
    ledger.file(form, {"what": "桥头", "open": True, "plan": names(b"1")}, author="DB-2026-001A")
    (row,) = extracted(ledger, form).rows["scene"]
    assert (
        row.envelope
        and "桥头" in row.envelope["disclosures"]
        and "sha256-" not in row.envelope["disclosures"]
    )
    assert [each.field for each in row.photos] == ["plan"]


@pytest.mark.parametrize("policy", ["never", "reviewed", "full"])
def test_what_names_a_photo_stays_inside_under_every_policy(policy: str) -> None:
    form = parse_form(
        SCENE.replace("shown_as: photos, publish: full", f"shown_as: photos, publish: {policy}"), "scene.yaml"
    )
    (name,) = names(b"1")
    answers = {"what": "桥头", "open": True, "plan": [name]}
    assert {name, name[7:]} <= set(plainly_inside(answers, [form]))
    assert name not in set(plainly_public(answers, form.fields))


def test_what_is_no_name_of_a_photo_leads_nowhere() -> None:
    ledger = FakeLedger()
    for odd in ("../../etc/passwd", "sha256-../../../../keys/receipt.pem", "sha256-" + 63 * "a", 3, None):
        ledger.file(FORM, {"what": "桥头", "open": True, "plan": [odd]})
    assert [row.photos for row in extracted(ledger, FORM).rows["scene"]] == [()] * 5


def test_every_good_photo_of_the_corpus_can_be_published(home: Home) -> None:
    sent = [GOOD[name]() for name in GOOD] + [saved(scene(33, 44))]
    home.send(*sent)
    for n, data in enumerate(sent):
        home.file(f"第{n}处", plan=names(data))
    home.build()
    assert len(home.photos()) == 2 * len(set(sent))
