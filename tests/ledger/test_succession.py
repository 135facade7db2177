"""New keys in the place of old ones: certified by the paper alone, all or none; old files still open."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import doctor, keyring, keys
from ledger.keys import CERTIFICATES, TO_PRINT, USES, Keys, KeysMissing, load_keys, new_key, pem
from ledger.sealed import key_name, open_sealed, read_sealed, seal
from ledger.signature import spki
from ledger.succession import NotThePaper, read_paper, retired_exports, succeed

DAY = "2026-03-02"


def paper_of(home: Path) -> str:
    return (home / "keys" / TO_PRINT).read_text("utf-8")


def publics(found: Keys) -> dict[str, str]:
    return {use: spki(getattr(found, use).public_key()) for use in USES}


def faults(home: Path) -> list[str]:
    return [each.key for each in doctor.examine(home).faults]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    load_keys(tmp_path / "home", DAY)
    return tmp_path / "home"


@pytest.mark.parametrize("uses", [("receipt",), ("office", "export"), USES])
def test_a_successor_is_certified_and_the_certificates_of_before_stay(
    home: Path, uses: tuple[str, ...]
) -> None:
    before = load_keys(home, DAY)
    after = succeed(home, read_paper(paper_of(home)), "2026-04-01", uses)
    changed = {use for use in USES if publics(before)[use] != publics(after)[use]}
    assert changed == set(uses)
    assert after.certificates[: len(before.certificates)] == before.certificates
    certified = {use: keys.statements(after.certificates, use, after.recovery)[-1]["key"] for use in USES}
    assert certified == publics(after) == publics(load_keys(home, DAY))
    assert faults(home) == []


def test_a_successor_never_counts_from_before_the_one_it_follows(home: Path) -> None:
    recovery = read_paper(paper_of(home))
    succeed(home, recovery, "2026-04-01T09:00:00.000Z", ["receipt"])
    after = succeed(home, recovery, "2026-04-01", ["receipt"])
    said = keys.statements(after.certificates, "receipt", after.recovery)
    assert [each["from"] for each in said] == [DAY, *["2026-04-01T09:00:00.000Z"] * 2]
    assert faults(home) == []


def test_what_was_sealed_for_the_key_of_before_is_still_opened(home: Path) -> None:
    before = load_keys(home, DAY)
    file = seal({"a": 1}, "ledger", publics(before)["export"])
    recovery = read_paper(paper_of(home))
    for _ in range(3):
        after = succeed(home, recovery, DAY, ["export"])
    found = keyring.opening(home, after)
    assert len(found) == 4 and open_sealed(read_sealed(file), found[read_sealed(file).key]) == {"a": 1}
    assert sorted(retired_exports(home)) == sorted(set(found) - {key_name(publics(after)["export"])})


def test_the_keyring_says_which_key_is_in_force_and_which_only_opens(home: Path) -> None:
    after = succeed(home, read_paper(paper_of(home)), "2026-04-01", ["receipt", "export"])
    told = [(each.use, each.since, each.state) for each in keyring.held(home, after)]
    assert told == [
        ("receipt", DAY, "before"),
        ("receipt", "2026-04-01", "now"),
        ("office", DAY, "now"),
        ("export", DAY, "opens"),
        ("export", "2026-04-01", "now"),
    ]
    certificates = keyring.in_force(after, "receipt", "export")
    assert [after.certificates.index(each) for each in certificates] == [3, 4]


def test_the_paper_of_another_ledger_certifies_nothing(home: Path, tmp_path: Path) -> None:
    load_keys(tmp_path / "other", DAY)
    with pytest.raises(NotThePaper, match="of another ledger"):
        succeed(home, read_paper(paper_of(tmp_path / "other")), DAY)
    assert faults(home) == [] and not (home / "keys.unfinished").exists()


TORN = {
    "nothing": "",
    "a list": "shopping list",
    "the end is missing": "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49",
    "a letter is missing": pem(new_key()).replace("A", "", 1),
    "two keys": pem(new_key()) + pem(new_key()),
}


@pytest.mark.parametrize("text", TORN.values(), ids=TORN.keys())
def test_a_torn_paper_is_said_in_one_line_and_nothing_of_it(text: str) -> None:
    with pytest.raises(NotThePaper) as refused:
        read_paper(text)
    said = str(refused.value)
    assert "\n" not in said and said.endswith(".") and "MIG" not in said


@given(st.integers(0, 200), st.integers(0, 255))
def test_whatever_is_wrong_on_a_paper_is_told_and_never_a_letter_of_it(at: int, letter: int) -> None:
    whole = pem(_KEY).encode()
    text = (whole[:at] + bytes([letter]) + whole[at + 1 :]).decode("latin-1")
    try:
        read_paper(text)
    except NotThePaper as refused:
        secret = pem(_KEY).splitlines()[1]
        assert not any(secret[n : n + 8] in str(refused) for n in range(len(secret) - 8))


_KEY = new_key()


class _Killed(BaseException):
    pass


def cut_short(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The process dies at the n-th thing that it does to the disk."""
    left = iter(range(after))

    def or_die(run: object) -> object:
        def act(*args: object, **kwargs: object) -> object:
            if next(left, None) is None:
                raise _Killed
            return run(*args, **kwargs)  # type: ignore[operator]

        return act

    for name in ("rename", "mkdir", "rmdir"):
        monkeypatch.setattr(Path, name, or_die(getattr(Path, name)))
    for name in ("replace", "fsync", "open"):
        monkeypatch.setattr(f"os.{name}", or_die(getattr(keys.os, name)))


def survives(home: Path, after: int, uses: Iterable[str]) -> bool:
    """Whether all keys are those of before or all are new, and old files open, after a death there."""
    before = publics(load_keys(home, DAY))
    recovery = read_paper(paper_of(home))
    with pytest.MonkeyPatch.context() as patch:
        cut_short(patch, after)
        with suppress(_Killed):
            succeed(home, recovery, "2026-04-01", uses)
    now = publics(load_keys(home, DAY))
    changed = {use for use in USES if now[use] != before[use]}
    opens = now["export"] == before["export"] or key_name(before["export"]) in retired_exports(home)
    again = publics(succeed(home, recovery, "2026-05-01", uses))
    renewed = {use for use in USES if again[use] != now[use]} == set(uses)
    return changed in (set(), set(uses)) and opens and renewed and faults(home) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after=st.integers(0, 60), uses=st.sets(st.sampled_from(USES), min_size=1))
def test_cut_short_anywhere_the_next_start_has_all_the_keys_of_before_or_all_the_new_ones(
    tmp_path_factory: pytest.TempPathFactory, after: int, uses: Iterable[str]
) -> None:
    assert survives(tmp_path_factory.mktemp("cut") / "home", after, uses)


def keep_no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.succession.keep_export", lambda *_: None)


def never_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that does not finish what was cut short after its one rename."""
    whole = keys.settle
    monkeypatch.setattr("ledger.keys.settle", lambda _: None)
    monkeypatch.setattr("ledger.succession.settle", whole)


@pytest.mark.parametrize("sabotage", [keep_no_export, never_settle])
def test_a_build_that_renews_half_would_be_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sabotage: Callable[[pytest.MonkeyPatch], None]
) -> None:
    sabotage(monkeypatch)
    assert not all(survives(tmp_path / f"{after}", after, USES) for after in range(60))


def test_a_key_put_back_from_before_the_renewal_is_a_fault(home: Path) -> None:
    kept = home / "keys/receipt.pem"
    old = kept.read_bytes()
    succeed(home, read_paper(paper_of(home)), "2026-04-01", ["receipt"])
    kept.write_bytes(old)
    assert faults(home) == ["doctor.key_before"]


def test_a_key_that_nobody_certified_is_a_fault_and_so_said_by_the_keyring(home: Path) -> None:
    (home / "keys/receipt.pem").write_text(pem(new_key()))
    assert faults(home) == ["doctor.certificate"]
    found = keyring.held(home, load_keys(home, DAY))
    assert [each.state for each in found if each.use == "receipt"] == ["before", "uncertified"]


def test_the_paper_that_lies_there_and_a_damaged_old_key_are_told(home: Path) -> None:
    succeed(home, read_paper(paper_of(home)), DAY, ["export"])
    path = next((home / "keys/retired").iterdir())
    path.write_text("torn")
    found = [each.key for each in doctor.examine(home).findings if each.level == "warning"]
    assert {"doctor.paper", "doctor.key_retired"} <= set(found) and retired_exports(home) == {}
    (home / "keys" / TO_PRINT).unlink()
    assert keyring.paper(home) is None
    assert "doctor.paper" not in [each.key for each in doctor.examine(home).findings]


def test_without_certificates_there_is_nothing_to_succeed_to(home: Path) -> None:
    recovery = read_paper(paper_of(home))
    (home / "keys" / CERTIFICATES).unlink()
    with pytest.raises(KeysMissing, match="Put it back"):
        succeed(home, recovery, DAY)
    shutil.rmtree(home / "keys")
    with pytest.raises(KeysMissing):
        succeed(home, recovery, DAY)
