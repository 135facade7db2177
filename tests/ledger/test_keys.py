"""The office's keys: made once, certified, and never replaced in silence."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ledger.keys import (
    TO_PRINT,
    USES,
    KeysMissing,
    certificate,
    certified,
    load_keys,
    new_key,
    read_receipt,
    receipt,
)
from ledger.signature import spki


def test_the_first_start_makes_keys_that_the_recovery_key_certifies(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, "2026-03-02")
    for use, key in zip(USES, (keys.receipt, keys.office, keys.export), strict=True):
        found = [certified(each, use, keys.recovery) for each in keys.certificates]
        assert spki(key.public_key()) in found


def test_the_next_start_has_the_same_keys(tmp_path: Path) -> None:
    first, second = load_keys(tmp_path, "2026-03-02"), load_keys(tmp_path, "2026-03-03")
    assert spki(first.receipt.public_key()) == spki(second.receipt.public_key())
    assert first.certificates == second.certificates


def test_the_recovery_key_is_only_on_the_sheet_to_print(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, "2026-03-02")
    sheet = (tmp_path / "keys" / TO_PRINT).read_text()
    assert "BEGIN PRIVATE KEY" in sheet and keys.recovery in sheet
    secret = sheet.split("-----")[2].strip()
    others = [path for path in (tmp_path / "keys").iterdir() if path.name != TO_PRINT]
    assert others and all(secret not in path.read_text() for path in others)


def test_only_their_owner_can_read_them(tmp_path: Path) -> None:
    load_keys(tmp_path, "2026-03-02")
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["receipt.pem", "office.pem", "export.pem", "certificates.json"])
def test_a_missing_key_is_said_and_not_replaced(tmp_path: Path, name: str) -> None:
    load_keys(tmp_path, "2026-03-02")
    (tmp_path / "keys" / name).unlink()
    with pytest.raises(KeysMissing, match=f"{name} is missing. Put it back"):
        load_keys(tmp_path, "2026-03-02")
    assert not (tmp_path / "keys" / name).exists()


def test_what_is_no_key_is_said(tmp_path: Path) -> None:
    load_keys(tmp_path, "2026-03-02")
    (tmp_path / "keys/office.pem").write_text("nonsense")
    with pytest.raises(KeysMissing, match="is not a key"):
        load_keys(tmp_path, "2026-03-02")


def test_a_first_start_that_was_cut_short_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "keys.unfinished").mkdir()
    (tmp_path / "keys.unfinished/receipt.pem").write_text("half")
    assert load_keys(tmp_path, "2026-03-02").recovery


def test_a_certificate_is_for_one_use_and_of_one_recovery_key() -> None:
    recovery, other, key = new_key(), new_key(), spki(new_key().public_key())
    written = certificate("receipt", key, "2026-03-02", recovery)
    assert certified(written, "receipt", spki(recovery.public_key())) == key
    assert certified(written, "office", spki(recovery.public_key())) is None
    assert certified(written, "receipt", spki(other.public_key())) is None
    assert (
        certified(
            {**written, "statement": written["statement"] + " "}, "receipt", spki(recovery.public_key())
        )
        is None
    )


def test_a_receipt_says_what_was_signed_or_nothing() -> None:
    key = new_key()
    written = receipt({"batch": "b", "position": 3}, key, spki(key.public_key()))
    assert written["statement"] == 'mingbai-receipt-v1\n{"batch":"b","position":3}'
    assert read_receipt(written) == {"batch": "b", "position": 3}
    assert read_receipt({**written, "statement": written["statement"].replace("3", "4")}) is None
    assert read_receipt({**written, "key": spki(new_key().public_key())}) is None
