"""Whatever is edited in ledger.db the doctor finds, given a phone's last receipt; nothing else alarms it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from ledger import doctor
from ledger.doctor import examine
from ledger.witness import Witness
from tests.tamper.edits import CAREFUL, CARELESS, edited, flipped
from tests.tamper.history import Kept, play

EVERY = 8
"""So many edits, each of a fresh copy, to one history."""


@dataclass
class Tried:
    """What came of many edits: by the sort of edit what the doctor said, and which it passed over."""

    edits: int = 0
    caught: dict[str, Counter[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def note(self, sort: str, found: set[str]) -> None:
        self.edits += 1
        if not found:
            self.missed.append(sort)
        self.caught.setdefault(sort, Counter()).update(found)


Sort = tuple[str, Callable[[Path, Random], bool]]


def sorts() -> list[Sort]:
    """Every sort of edit, as often as it should come."""

    def by(edit: object, careful: bool) -> Callable[[Path, Random], bool]:
        return lambda path, pick: edited(path, pick, edit, careful)  # type: ignore[arg-type]

    careless: list[Sort] = [(f"careless {edit.__name__}", by(edit, False)) for edit in CARELESS]
    careful: list[Sort] = [(f"careful {edit.__name__}", by(edit, True)) for edit in CAREFUL]
    return [*careless, *careful, *[("flip", flipped)] * 8]


def copy_of(kept: Kept, folder: Path) -> Path:
    """The home of a history, for somebody to get at."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept.home, folder)
    return folder


def edits(folder: Path, number: int, only: str = "", receipts: bool = True, seed: int = 1) -> Iterator[Tried]:
    """Edit and look, again and again; what has come of it after each edit."""
    tried, pick = Tried(), Random(seed)
    chosen = [each for each in sorts() if each[0].startswith(only)]
    history, n = 0, 0
    while tried.edits < number:
        if n % EVERY == 0:
            history += 1
            kept = play(folder / f"{seed}-{history}", seed * 1000 + history)
            assert not (kept.home / "ledger.db-wal").exists()
        n += 1
        sort, edit = pick.choice(chosen)
        home = copy_of(kept, folder / "edited")
        if edit(home / "ledger.db", pick):
            witnesses: list[Witness] = kept.witnesses() if receipts else []
            tried.note(sort, {each.key for each in examine(home, witnesses).faults})
            yield tried


def all_of(found: Iterator[Tried]) -> Tried:
    """What came of them in the end."""
    *_, last = found
    return last


def told(tried: Tried) -> str:
    """Which sort of edit was caught by what."""
    by = (f"{sort}: {dict(keys.most_common())}" for sort, keys in sorted(tried.caught.items()))
    return "\n".join([f"{tried.edits} edits, {len(tried.missed)} missed", *by])


def test_every_edit_of_the_ledger_is_found_with_the_last_receipt_of_one_phone(tmp_path: Path) -> None:
    tried = all_of(edits(tmp_path, 140))
    assert not tried.missed, told(tried)
    assert len(tried.caught) > 15


@pytest.mark.full
def test_a_thousand_edits_of_the_ledger_are_found(tmp_path: Path) -> None:
    tried = all_of(edits(tmp_path, int(os.environ.get("EDITS", "1000")), seed=2))
    print(told(tried))
    assert not tried.missed, told(tried)


def false_alarms(folder: Path, number: int, first: int = 0) -> list[tuple[int, set[str]]]:
    """The seeds of the honest histories that the doctor finds fault with."""
    found = []
    for seed in range(first, first + number):
        kept = play(folder / str(seed), seed, acts=seed % 25, with_forged=True)
        health = examine(kept.home, kept.witnesses())
        if faults := {each.key for each in health.faults}:
            found.append((seed, faults))
        assert "doctor.witness" in {each.key for each in health.findings}
        shutil.rmtree(folder / str(seed))
    return found


def test_nothing_is_found_in_an_honest_history(tmp_path: Path) -> None:
    assert false_alarms(tmp_path, 100) == []


@pytest.mark.full
def test_nothing_is_found_in_a_thousand_honest_histories(tmp_path: Path) -> None:
    assert false_alarms(tmp_path, 1000, 100_000) == []


# -- doctors who look less --


def without(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """A doctor who leaves one thing out."""
    look = doctor._entry

    def blind(*args: object) -> Iterator[str]:
        return (each for each in look(*args) if each != key)  # type: ignore[arg-type]

    monkeypatch.setattr(doctor, "_entry", blind)


def test_without_a_receipt_a_ledger_written_anew_is_not_noticed(tmp_path: Path) -> None:
    tried = all_of(edits(tmp_path, 12, "careful", receipts=False))
    assert len(tried.missed) > 6, told(tried)


@pytest.mark.parametrize(
    ("key", "sort"),
    [
        ("doctor.chain", "careless column"),
        ("doctor.signature", "careless signature"),
        ("doctor.disclosures", "careless disclosures"),
    ],
)
def test_a_doctor_who_skips_a_check_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, sort: str
) -> None:
    without(monkeypatch, key)
    assert any(tried.missed for tried in edits(tmp_path, 40, sort, seed=3))


def test_a_doctor_who_does_not_look_at_the_bookkeeping_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.reader.Ledger.books", lambda ledger: [])
    assert any(tried.missed for tried in edits(tmp_path, 20, "careless person", seed=4))
