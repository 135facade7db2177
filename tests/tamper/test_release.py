"""Whatever is edited of what is served, the release made anew shows it; an honest one equals it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ledger.filing import OfficeRecord
from publisher import recheck as rechecking
from publisher.recheck import recheck
from publisher.release import build, current
from tests.publisher.fake import FEW, file_records, small_congress, visit

DAY = date(2026, 11, 21)
SUGGESTION = {
    "subject": "修路灯的建议",
    "body": "村口三盏灯坏了半年。",
    "topic": "social",
    "grid": "liuhe",
    "confidentiality": "public",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A home, and a site made of it: a village, visits, and a suggestion with its proof."""
    folder = tmp_path_factory.mktemp("served")
    content, home, site = folder / "content", folder / "home", folder / "site"
    small_congress(content, *FEW, "opinion", "organ", "suggestion")
    village = OfficeRecord("grid", {"name": "柳河村", "level": "village"}, ("records", "grid", "liuhe"))
    visits = [visit("a", summary="修路灯。"), visit("b", visited_on="2026-04-06", summary="通自来水。")]
    file_records(home, content, [village, *visits, OfficeRecord("suggestion", SUGGESTION)])
    build(content, home, site, DAY)
    yield home, site


@pytest.fixture
def made(
    served: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path, Path]:
    """Content, home and a site of one's own to get at; what is made anew is made once for all."""
    home, site = served
    mine = tmp_path / "site"
    shutil.copytree(site, mine, symlinks=True)
    return site.with_name("content"), home, mine


@pytest.fixture(autouse=True)
def once(served: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The release that is made anew is the same each time: a test of a hundred edits makes it once."""
    real, known = rechecking.made_anew, served[1].parent / "anew"

    def made_anew(*args: object) -> Path:
        if not known.exists():
            aside = served[1].parent / "making"
            aside.mkdir()
            real(*args[:2], aside, *args[3:]).rename(known)  # type: ignore[arg-type]
        return known

    monkeypatch.setattr(rechecking, "made_anew", made_anew)


def path_of(site: Path) -> Path:
    found = current(site)
    assert found is not None
    return found[0]


def test_an_honest_release_is_made_anew_to_the_byte(made: tuple[Path, Path, Path]) -> None:
    assert recheck(*made) == []
    assert list((path_of(made[2]) / "www/suggestion").glob("*.proof.json"))


# -- edits --


def one_byte(pick: Random, path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
    _write(path, bytes(data))


def one_letter(pick: Random, path: Path) -> None:
    data = path.read_bytes()
    at = pick.randrange(len(data))
    _write(path, data[:at] + b"x" + data[at:])


def shorter(pick: Random, path: Path) -> None:
    data = path.read_bytes()
    _write(path, data[: pick.randrange(len(data))])


def taken_away(pick: Random, path: Path) -> None:
    path.unlink()


def added(pick: Random, path: Path) -> None:
    _write(path.with_name(f"{pick.random()}.html"), b"<p>x</p>")


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)  # the files of a release are links to those of others
    path.write_bytes(data)


def database(pick: Random, path: Path) -> None:
    """A cell, a row or a column of public.db."""
    database = next(each for each in path.parents if each.parent.name == "releases") / "data/public.db"
    with closing(sqlite3.connect(database)) as db, db:
        rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        names = [name for (name,) in rows if "_fts" not in name]
        table = pick.choice([name for name in names if db.execute(f'SELECT 1 FROM "{name}"').fetchone()])
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        at = f"rowid = {pick.choice([row[0] for row in db.execute(_rows(table))])}"
        statement = pick.choice(
            [
                f'UPDATE "{table}" SET "{pick.choice(columns)}" = \'改过{pick.random()}\' WHERE {at}',
                f'DELETE FROM "{table}" WHERE {at}',
                f'ALTER TABLE "{table}" ADD COLUMN "more" TEXT',
            ]
        )
        db.execute(statement)


def _rows(table: str) -> str:
    return f'SELECT rowid FROM "{table}"'


EDITS = (one_byte, one_byte, one_letter, shorter, taken_away, added, database, database, database)


def edits(made: tuple[Path, Path, Path], number: int, seed: int) -> list[str]:
    """Edit a release so many times, each time a fresh one; the edits that were passed over."""
    content, home, site = made
    pick, missed = Random(seed), []
    release = path_of(site)
    files = sorted(path for path in release.rglob("*") if path.is_file() and path.stat().st_size)
    files += [path for path in files if path.suffix in (".json", ".db")] * 4
    for n in range(number):
        path, edit = pick.choice(files), pick.choice(EDITS)
        name = f"{n} {edit.__name__} {path.relative_to(release)}"
        shutil.copytree(release, aside := site / "aside", copy_function=os.link)
        if edit is database:
            shutil.copy(release / "data/public.db", copy := site / "copy.db")
            _write(release / "data/public.db", copy.read_bytes())
        before = (release / "data/public.db").read_bytes()
        edit(pick, path)
        unchanged = edit is database and (release / "data/public.db").read_bytes() == before
        if not unchanged and not recheck(content, home, site):
            missed.append(name)
        shutil.rmtree(release)
        aside.rename(release)
    return missed


def test_every_edit_of_a_release_is_found(made: tuple[Path, Path, Path]) -> None:
    assert edits(made, 60, 1) == []


@pytest.mark.full
def test_three_hundred_edits_of_a_release_are_found(made: tuple[Path, Path, Path]) -> None:
    assert edits(made, int(os.environ.get("EDITS", "300")), 2) == []


def test_a_check_that_does_not_look_at_the_bytes_is_found_out(
    made: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecking, "_anew", lambda *args: ())
    assert edits(made, 20, 3)


# -- once the ledger has moved on --


@pytest.fixture
def moved(made: tuple[Path, Path, Path], tmp_path: Path) -> tuple[Path, Path, Path]:
    """A release whose ledger has gone on since."""
    content, home, site = made
    shutil.copytree(home, tmp_path / "home")
    file_records(tmp_path / "home", content, [visit("c", summary="新桥通了。")])
    return content, tmp_path / "home", site


def said(made: tuple[Path, Path, Path]) -> str:
    return "\n".join(map(str, recheck(*made)))


def test_where_it_cannot_be_made_again_that_is_said_and_nothing_else(moved: tuple[Path, Path, Path]) -> None:
    assert "made from another ledger" in said(moved) and len(recheck(*moved)) == 1


def test_a_proof_that_the_ledger_does_not_hold_is_found_even_then(moved: tuple[Path, Path, Path]) -> None:
    path = path_of(moved[2]) / "data/public.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE envelope SET envelope = replace(envelope, '\"v\":1', '\"v\": 1')")
    assert "is not what the ledger holds" in said(moved)


def test_a_file_of_another_digest_is_found_even_then(moved: tuple[Path, Path, Path]) -> None:
    _write(path_of(moved[2]) / "data/metadata.json", b"{}")
    assert "data/metadata.json: is not the file that was built" in said(moved)


def test_a_ledger_that_was_rewritten_since_is_found(moved: tuple[Path, Path, Path]) -> None:
    path = path_of(moved[2]) / "manifest.json"
    told = json.loads(path.read_text("utf-8"))
    _write(path, json.dumps({**told, "chain": "A" * 43}).encode())
    assert "names a head of the ledger that it never had" in said(moved)


def test_a_manifest_that_cannot_be_read_is_said(made: tuple[Path, Path, Path]) -> None:
    _write(path_of(made[2]) / "manifest.json", b"{")
    assert "manifest.json: cannot be read" in said(made)
    shutil.rmtree(made[2])
    assert recheck(*made) == []
