"""What was erased stands nowhere in the site: no page, row, index, earlier release or note of one."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger import traces
from ledger.forms import load_forms
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.words import load_words
from publisher import release
from publisher.download import erasing, snapshots
from tests.publisher.fake import AS_OF, CONTENT, FEW, FakeLedger, extracted, form, grid, small_congress, visit
from tests.publisher.test_serve import ask

LATER = AS_OF.replace(day=AS_OF.day + 1)
GONE = [f"金丝雀{n}{word}" for n in range(6) for word in ("甲", "乙", "丙", "丁", "戊")]


def memo(n: int) -> OfficeRecord:
    """A visit with five canaries, of which one is never published."""
    a, b, c, d, e = GONE[n * 5 : n * 5 + 5]
    return visit(
        f"v{n}",
        summary=f"{a}。第二句{b}。\n又一行{c}。",
        notes=d,
        contact_phone=e,
        visited_on=f"202{n}-03-05",
    )


def wipe(home: Path, content: Path, name: str, *fields: str, **more: Any) -> str:
    """Erase fields of the visit of this name; its code."""
    with Store.open(home, load_forms(content)) as store:
        with open_ledger(home) as ledger:
            code = str(ledger.resolve("visit", name))
        answers = {"record": code, "fields": list(fields), "reason": "asked", **more}
        (outcome,) = store.office_append([OfficeRecord("erasure", answers)])
        assert outcome.state == "accepted", outcome
        assert traces.clear(store)
    return code


def left(*folders: Path) -> set[str]:
    """Which canaries stand anywhere below these folders, as raw bytes in any encoding a file here has."""
    found = set()
    for folder in folders:
        for path in (each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
            data = path.read_bytes()
            for text in GONE:
                spelt = (text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"))
                found |= {f"{text} in {path.name}" for each in spelt if each in data}
    return found


@pytest.fixture(scope="module")
def built(place: Path) -> Path:
    """A congress with six visits, published twice: two releases that share their unchanged files."""
    content, home, site = (
        small_congress(place / "erased", *FEW, "erasure"),
        place / "erased-home",
        place / "erased-site",
    )
    with Store.open(home, load_forms(content)) as store:
        store.office_append(
            [grid("liuhe"), *(memo(n) for n in range(6)), visit("stays", summary="留下的小结")]
        )
    release.build(content, home, site, AS_OF)
    release.build(content, home, site, LATER)
    found = {each.split(" ")[0] for each in left(site)}
    assert found == {each for n, each in enumerate(GONE) if n % 5 in (0, 1, 2)}
    return place


@pytest.fixture
def house(built: Path) -> Iterator[tuple[Path, Path, Path]]:
    """The same, each time anew: content, home and site, beside the one shell that was built for them."""
    home, site = built / "erased-home-now", built / "erased-site-now"
    for folder in (home, site):
        pristine = folder.with_name(folder.name.removesuffix("-now"))
        subprocess.run(["cp", "-a", str(pristine), str(folder)], check=True)  # keeps links among the files
    yield built / "erased", home, site
    for folder in (home, site):
        shutil.rmtree(folder)


def erase_all(content: Path, home: Path) -> list[str]:
    return [wipe(home, content, f"v{n}", "summary", "notes", "contact_phone") for n in range(6)]


def test_thirty_canaries_are_nowhere_after_the_next_build(house: tuple[Path, Path, Path]) -> None:
    content, home, site = house
    old = sorted(each.name for each in (site / "releases").iterdir())
    snapshots.forget(site, site / "releases" / old[0])  # pruned: its note still holds digests of its files
    assert "files" in (snapshots.about(site, old[0]) or {})
    codes = erase_all(content, home)
    assert left(home) == set()
    release.build(content, home, site, LATER)
    assert left(home, site, site.parent / ".build") == set()
    stayed = "留下的小结".encode()
    assert any(stayed in path.read_bytes() for path in (site / "current" / "www/visit").glob("*.html"))
    page = (site / "current/www/visit" / f"{codes[0]}.html").read_text("utf-8")
    assert "已经删除" in page and "本人要求删除" in page and "联系电话”" not in page
    with closing(sqlite3.connect(site / "current/data/public.db")) as db:
        rows = db.execute("SELECT code, field, reason FROM erased ORDER BY code").fetchall()
        assert rows == [(code, "summary", "asked") for code in sorted(codes)]
    for id in old:
        page, about = ask(site, f"/release/{id}/", f"/release/{id}.json")
        assert page.status_code == 410
        assert (about.json()["state"], about.json()["files"], about.json()["id"]) == ("erased", {}, id)


def test_a_field_that_never_left_removes_no_release_and_is_not_told(house: tuple[Path, Path, Path]) -> None:
    content, home, site = house
    before = sorted(each.name for each in (site / "releases").iterdir())
    wipe(home, content, "v0", "contact_phone", "notes")
    release.build(content, home, site, LATER)
    assert set(before) < {each.name for each in (site / "releases").iterdir()}
    with closing(sqlite3.connect(site / "current/data/public.db")) as db:
        assert db.execute("SELECT count(*) FROM erased").fetchone() == (0,)


def test_a_build_killed_before_it_had_removed_them_does_so_the_next_time(
    house: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, home, site = house
    erase_all(content, home)
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "clear", lambda site, now: 0)
        release.build(content, home, site, LATER)
    left_behind = site / "releases" / ".new-2026-11-21-000001-aaaaaaaaaa"
    left_behind.mkdir()
    (left_behind / "page.html").write_text(GONE[0])
    assert left(site)
    release.build(content, home, site, LATER)
    assert left(site, home, site.parent / ".build") == set()


def old_release_stays(monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    """Nothing is removed."""
    monkeypatch.setattr(erasing, "clear", lambda site, now: 0)


def written_through(monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    """The pages are linked whatever they say."""
    monkeypatch.setattr("publisher.stamping.stamp.Page.digest", lambda self: self.path)
    for release_ in (site / "releases").iterdir():
        manifest = json.loads((release_ / "manifest.json").read_text("utf-8"))
        manifest["pages"] = {path: path for path in manifest["pages"]}
        (release_ / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("sabotage", [old_release_stays, written_through])
def test_a_sabotaged_build_is_found_by_the_same_search(
    house: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, sabotage: Callable[..., None]
) -> None:
    content, home, site = house
    erase_all(content, home)
    sabotage(monkeypatch, site)
    release.build(content, home, site, LATER)
    assert left(site)


def test_a_release_of_another_epoch_or_none_that_can_be_read_goes_too(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name, said in (
        ("2026-11-20-000009-aaaaaaaaaa", {"epoch": "before", "position": 9}),
        ("2026-11-21-000003-bbbbbbbbbb", None),
        ("2026-11-21-000008-cccccccccc", {"epoch": "now", "position": 8}),
        ("2026-11-22-000009-dddddddddd", {"epoch": "now", "position": 9, "erased": 7}),
    ):
        (site / "releases" / name).mkdir(parents=True)
        if said:
            (site / "releases" / name / "manifest.json").write_text(json.dumps(said))
    assert erasing.clear(site, site / "releases/2026-11-22-000009-dddddddddd") == 2
    assert [each.name[-1] for each in sorted((site / "releases").iterdir())] == ["c", "d"]
    os.symlink("releases/2026-11-22-000009-dddddddddd", site / "current")
    assert snapshots.about(site, "2026-11-21-000003-bbbbbbbbbb") == {
        "id": "2026-11-21-000003-bbbbbbbbbb",
        "as_of": "2026-11-21",
        "position": 3,
        "files": {},
        "erased": True,
        "state": "erased",
    }


# -- what is told of it --

ERASURE = load_forms(CONTENT)["erasure"]


def erased(ledger: FakeLedger, record: Any, *fields: str, explanation: str | None = None) -> None:
    """The same in the ledger in memory: the answers go, the erasure says so."""
    answers: dict[str, Any] = {"record": record.code, "fields": list(fields), "reason": "authority"}
    done = ledger.file(ERASURE, answers | ({"explanation": explanation} if explanation else {}), role="clerk")
    ledger.erasures[done.position] = done
    for n, each in enumerate(versions := ledger.versions[record.code]):
        rest = {name: value for name, value in each.answers.items() if name not in fields}
        gone = {name: done.position for name in each.answers.keys() & set(fields)}
        versions[n] = replace(each, answers=rest, erased=gone)


def told(ledger: FakeLedger, *forms: Any) -> list[tuple[str, str, str | None]]:
    (row,) = extracted(ledger, *forms).rows["note"]
    return [(each.field, each.reason, each.explanation) for each in row.erased]


def test_of_a_public_answer_the_day_and_the_reason_are_told_and_of_others_nothing() -> None:
    ledger, note = FakeLedger(), form()
    erased(ledger, ledger.file(note, {"subject": "一", "inside": "二"}), "subject", "inside")
    assert told(ledger, note, ERASURE) == [("subject", "authority", None)]


def test_an_explanation_that_looks_like_personal_data_waits_for_the_clerk() -> None:
    ledger, note = FakeLedger(), form()
    erased(ledger, ledger.file(note, {"subject": "一"}), "subject", explanation="问 13800138000")
    assert told(ledger, note, ERASURE) == [("subject", "authority", None)]
    assert [each.reason for each in extracted(ledger, note, ERASURE).held] == ["pii.text"]


def test_what_is_answered_again_is_shown_again() -> None:
    ledger, note = FakeLedger(), form()
    record = ledger.file(note, {"subject": "一"})
    erased(ledger, record, "subject")
    ledger.file(note, {"subject": "二"}, code=record.code)
    (row,) = extracted(ledger, note, ERASURE).rows["note"]
    assert row.values == {"subject": "二"} and row.erased == ()
    (change,) = row.corrections[0].changes
    assert (change.was, change.was_gone, change.became) == (None, True, "二")


def test_a_month_that_lost_a_counted_answer_counts_no_more() -> None:
    counted = form(inside="  inside: {label: {zh: 人, en: P}, schema: {type: integer}, publish: counted}")
    ledger = FakeLedger()
    records = [ledger.file(counted, {"subject": str(n), "inside": 7}) for n in range(9)]
    (cell, *_) = extracted(ledger, counted, ERASURE).counted
    assert cell.n == 63
    erased(ledger, records[0], "inside")
    assert {(each.period, each.n) for each in extracted(ledger, counted, ERASURE).counted[:1]} == {
        (cell.period, None)
    }


def test_every_reason_has_its_words() -> None:
    for reason in ERASURE.fields["reason"].choices:
        assert load_words(CONTENT).both(f"site.erased.reason.{reason}")
