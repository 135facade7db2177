"""A release can be cited for good, until something in it is taken down: then it is closed, and says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import Form
from publisher import release as releases
from publisher.download import snapshots
from tests.publisher.fake import NOTE, FakeLedger, form
from tests.publisher.taken_home import put
from tests.publisher.test_serve import ask, publish, raw

ONE, TWO, THREE = (f"2026-11-{20 + n}-00000{n}-0123456789" for n in (1, 2, 3))
DAY = "  seen_on: {label: {zh: 日期, en: Day}, schema: {type: string, format: date}, publish: %s}"
ASKED = """  confidential:
    label: {zh: 保密, en: Confidential}
    schema: {type: boolean}
    required: true
    publish: full
  inside:"""
OPEN = form(NOTE.replace("  inside:", f"{DAY % 'full'}\n{ASKED}"))
SHUT = form(OPEN.text.replace("fields:", "publish_when: '!confidential'\nfields:", 1))


def release(site: Path, id: str, **pages: str) -> Path:
    """A release in place, with what snapshots ask of it."""
    publish(site, id, {"index.html": id, "404.html": "没有", "visit/index.html": "走访", **pages})
    made = site / "releases" / id
    folder = made / "www/download"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  visit.csv\n{'1' * 64}  public.db\n")
    (folder / "datapackage.json").write_text("{}")
    (folder / "visit.csv").write_text("a")
    said = dict.fromkeys(snapshots.SAID, "x") | {"id": id, "as_of": id[:10], "position": int(id[11:17])}
    (made / "manifest.json").write_text(json.dumps(said))
    return made


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for id in (ONE, TWO):
        release(tmp_path / "site", id)
    return tmp_path / "site"


def test_a_kept_release_is_served_as_it_was_beside_the_current_one(site: Path) -> None:
    now, then, page, bare, folder = ask(
        site, "/", f"/release/{ONE}/", f"/release/{ONE}/visit/", f"/release/{ONE}", f"/release/{ONE}/visit"
    )
    assert (now.text, then.text, page.text) == (TWO, ONE, "走访")
    assert "content-security-policy" in then.headers and then.headers["x-frame-options"] == "DENY"
    assert (bare.status_code, bare.headers["location"]) == (308, f"/release/{ONE}/")
    assert (folder.status_code, folder.headers["location"]) == (308, f"/release/{ONE}/visit/")


def test_what_is_known_of_every_release_is_one_list(site: Path) -> None:
    (listed,) = ask(site, "/release/index.json")
    assert [(each["id"], each["state"]) for each in listed.json()] == [(TWO, "open"), (ONE, "open")]
    assert "files" not in listed.json()[0]
    (one,) = ask(site, f"/release/{ONE}.json")
    assert one.json()["files"]["public.db"] == "1" * 64


def test_a_closed_release_says_so_and_keeps_its_digests(site: Path) -> None:
    (site / "releases" / ONE / snapshots.CLOSED).touch()
    page, table, sums, package, about = ask(
        site,
        *(f"/release/{ONE}/{name}" for name in ("", "download/visit.csv", *snapshots.STAYS)),
        f"/release/{ONE}.json",
    )
    assert (page.status_code, table.status_code) == (410, 410) and page.json()["state"] == "closed"
    assert (sums.status_code, package.status_code, about.status_code) == (200, 200, 200)
    assert about.json()["files"]["visit.csv"] == "0" * 64


def test_the_release_that_is_served_is_never_closed(site: Path) -> None:
    (site / "releases" / TWO / snapshots.CLOSED).touch()
    assert [each.status_code for each in ask(site, "/", f"/release/{TWO}/")] == [200, 200]


def test_a_pruned_release_stays_known_the_last_of_its_day(site: Path) -> None:
    same_day = f"{ONE[:10]}-000009-0123456789"
    release(site, same_day)
    release(site, THREE)
    snapshots.forget(site, site / "releases" / ONE)
    snapshots.forget(site, site / "releases" / same_day)
    gone, page, about = ask(site, f"/release/{ONE}/", f"/release/{same_day}/", f"/release/{same_day}.json")
    assert gone.status_code == 404 and page.status_code == 410
    assert (about.json()["state"], about.json()["files"]["public.db"]) == ("pruned", "1" * 64)
    assert sorted(path.stem for path in (site / snapshots.PAST).iterdir()) == [same_day]


def test_releases_are_pruned_into_what_stays_of_them(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "KEEP", 1)
    os.utime(site / "releases" / ONE, (1, 1))
    releases._prune(site)
    assert [path.name for path in (site / "releases").iterdir()] == [TWO]
    assert snapshots.about(site, ONE) and ask(site, f"/release/{ONE}/")[0].status_code == 410


@pytest.mark.parametrize(
    "path",
    [
        "/release/", "/release", "/release/x", "/release/..", "/release/../", "/release/.new-x/",
        f"/release/{ONE}.json/", f"/release/{ONE}/../{TWO}/", f"/release/{ONE}/../../manifest.json",
        f"/release/{ONE}/../data/public.db", f"/release/{ONE}/%2e%2e/manifest.json",
        f"/release/{ONE}/.hidden", f"/release/{ONE}//etc/passwd", f"/release/{ONE}\\x", f"/release/{ONE}\0",
        "/release/index.json/",
        f"/release/{ONE[:-1]}/", f"/release/{ONE}.2/", "/past/", f"/past/{ONE}.json",
        f"/releases/{ONE}/www/index.html",
    ],
)  # fmt: skip
def test_nothing_else_is_reached_this_way(site: Path, path: str) -> None:
    (site / "releases" / ONE / "data").mkdir()
    (site / "releases" / ONE / "data/public.db").write_text("rows")
    (site / "releases" / ONE / "www/.hidden").write_text("x")
    assert raw(site, path) == 404


def test_a_release_made_before_there_were_downloads_is_just_pruned(site: Path) -> None:
    (site / "releases" / ONE / "www/download/SHA256SUMS").unlink()
    snapshots.forget(site, site / "releases" / ONE)
    assert not (site / "releases" / ONE).exists() and snapshots.about(site, ONE) is None


Change = Callable[[FakeLedger, Any], Form]


def two(tmp_path: Path, change: Change, first: Form = OPEN) -> bool:
    """Whether something was taken down between a release and the next."""
    ledger = FakeLedger()
    given = {"subject": "一", "seen_on": "2026-03-02", "confidential": False}
    record = ledger.file(first, given)
    ledger.file(first, {**given, "subject": "二"})
    put(tmp_path / "one", ledger, {"note": first})
    put(tmp_path / "two", ledger, {"note": change(ledger, record)})
    return snapshots.taken_down(tmp_path / "one/data/public.db", tmp_path / "two/data/public.db")


def added(ledger: FakeLedger, record: Any) -> Form:
    ledger.file(OPEN, {"subject": "三", "seen_on": "2026-03-04"})
    return OPEN


def corrected(ledger: FakeLedger, record: Any) -> Form:
    ledger.file(OPEN, {**record.answers, "subject": "改过"}, code=record.code)
    return OPEN


def emptied(ledger: FakeLedger, record: Any) -> Form:
    ledger.file(OPEN, {"subject": "一", "confidential": False}, code=record.code)
    return OPEN


def gone(ledger: FakeLedger, record: Any) -> Form:
    del ledger.versions[record.code]
    return OPEN


def held(ledger: FakeLedger, record: Any) -> Form:
    ledger.file(OPEN, {**record.answers, "subject": "打 13800138000"}, code=record.code)
    return OPEN


def closed_field(ledger: FakeLedger, record: Any) -> Form:
    return form(OPEN.text, seen_on=DAY % "never")


def coarser(ledger: FakeLedger, record: Any) -> Form:
    return form(OPEN.text, seen_on=DAY % "month")


@pytest.mark.parametrize("change", [added, corrected])
def test_what_is_added_or_corrected_closes_nothing(tmp_path: Path, change: Change) -> None:
    assert not two(tmp_path, change)


@pytest.mark.parametrize("change", [emptied, gone, held, closed_field, coarser])
def test_what_is_taken_down_is_noticed(tmp_path: Path, change: Change) -> None:
    assert two(tmp_path, change)


def test_a_record_that_is_withheld_now_is_taken_down(tmp_path: Path) -> None:
    def withheld(ledger: FakeLedger, record: Any) -> Form:
        ledger.file(SHUT, {**record.answers, "confidential": True}, code=record.code)
        return SHUT

    assert two(tmp_path, withheld, SHUT)


def test_a_release_that_lacks_something_closes_all_before_it(tmp_path: Path, site: Path) -> None:
    assert two(tmp_path, gone)
    before, now = tmp_path / "one", tmp_path / "two"
    assert snapshots.close(site, None, now) is False and snapshots.close(site, now, now) is False
    assert snapshots.close(site, before, now) is True
    release(site, THREE)
    states = {each["id"]: each["state"] for each in ask(site, "/release/index.json")[0].json()}
    assert states == {ONE: "closed", TWO: "closed", THREE: "open"}
