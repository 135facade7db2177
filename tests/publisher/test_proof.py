"""A stranger with a record's two files and Python finds out whether one character was altered."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.certified import digest_over, read_certified
from ledger.envelope import read_disclosure, seal
from ledger.filing import OfficeRecord
from ledger.keys import certificate, load_keys, new_key, read_keys, receipt
from ledger.signature import b64u, sign, spki
from ledger.store import open_ledger
from publisher.download import verify
from publisher.download.verify import Wrong, check
from tests.publisher.fake import CONTENT, ROOT, grid
from tests.publisher.taken_home import put_real, written

KEY = new_key()
PUBLIC = spki(KEY.public_key())
PHONE = "没有人该看见的电话一二三"
BODY = "从村委会到河埠头的村道\n到了晚上没有一盏灯。"


def suggestion(name: str, **answers: Any) -> OfficeRecord:
    given = {
        "subject": "修路灯的建议", "body": BODY, "confidentiality": "public", "topic": "social",
        "grid": "liuhe", "money_asked": 1_200_000, "contact_phone": PHONE, **answers,
    }  # fmt: skip
    return OfficeRecord("suggestion", given, ("records", "suggestion", name))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A release with an open suggestion, one that is private, and a visit, which is not signed for proof."""
    place = tmp_path_factory.mktemp("proof")
    records = [grid("liuhe"), suggestion("open"), suggestion("shut", confidentiality="privacy")]
    put_real(place / "release", place / "home", *records)
    written(place / "release")
    www = place / "release/www"
    proofs = list(www.glob("suggestion/*.proof.json"))
    assert len(proofs) == 1  # the private one has none
    code = proofs[0].name.removesuffix(".proof.json")
    return {"proof": proofs[0], "page": www / f"suggestion/{code}.json", "www": www, "home": place / "home"}


def texts(files: dict[str, Path]) -> tuple[str, str]:
    return files["proof"].read_text("utf-8"), files["page"].read_text("utf-8")


def another(character: str) -> str:
    """Any other character of its sort."""
    one, two = ("一", "二") if character > "\x7f" else ("a", "b")
    return two if character == one else one


def test_the_files_as_they_were_published_hold(files: dict[str, Path]) -> None:
    envelope, proved, rest = check(*texts(files))
    assert envelope["kind"] == "suggestion"
    assert proved == ["body", "confidentiality", "money_asked", "subject", "topic"]
    assert rest == ["grid"]  # signed by the office's name for it, and published as a code


def test_the_command_says_so_and_its_exit_code_too(files: dict[str, Path], tmp_path: Path) -> None:
    program = files["www"] / "download/verify.py"
    assert program.read_bytes() == Path(verify.__file__).read_bytes()
    asked = [sys.executable, "-I", program, files["proof"], files["page"]]
    told = subprocess.run(asked, capture_output=True, text=True, cwd=tmp_path)
    assert told.returncode == 0 and "✓" in told.stdout and "subject" in told.stdout
    (tmp_path / "page.json").write_text(texts(files)[1].replace("修路灯", "拆路灯"), "utf-8")
    told = subprocess.run([*asked[:-1], tmp_path / "page.json"], capture_output=True, text=True)
    assert told.returncode == 1 and "✗" in told.stdout and "subject" in told.stdout
    assert subprocess.run([*asked[:-1], tmp_path / "nowhere"], capture_output=True).returncode == 2
    assert subprocess.run([*asked, PUBLIC], capture_output=True).returncode == 1


def test_a_proof_needs_nothing_of_ours_to_be_checked() -> None:
    lines = Path(verify.__file__).read_text("utf-8").splitlines()
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= {"__future__", "base64", "hashlib", "json", "sys", "typing"}


@pytest.mark.parametrize("which", ["proof", "page"])
def test_no_character_of_either_file_can_be_altered(files: dict[str, Path], which: str) -> None:
    proof, page = texts(files)
    text = proof if which == "proof" else page
    for at in range(0, len(text), 7 if which == "page" else 3):
        spoilt = text[:at] + another(text[at]) + text[at + 1 :]
        with pytest.raises((Wrong, KeyError, TypeError, ValueError, AttributeError, IndexError)):
            check(*((spoilt, page) if which == "proof" else (proof, spoilt)))


@pytest.mark.parametrize("part", ["envelope", "signature", "public_key", "disclosures"])
def test_no_character_of_what_was_signed_can_be_altered(files: dict[str, Path], part: str) -> None:
    proof, page = json.loads(texts(files)[0]), texts(files)[1]
    whole = proof[part] if part != "disclosures" else proof[part][1]
    for at in range(len(whole)):
        spoilt = whole[:at] + another(whole[at]) + whole[at + 1 :]
        given = spoilt if part != "disclosures" else [proof[part][0], spoilt, *proof[part][2:]]
        with pytest.raises(Wrong):
            check(json.dumps({**proof, part: given}, ensure_ascii=False), page)


def test_an_altered_value_is_found_even_with_the_page_s_digest_made_to_fit(files: dict[str, Path]) -> None:
    proof, page = texts(files)
    spoilt = page.replace(":1200000", ":1200001")
    made = json.loads(proof) | {"page_sha256": hashlib.sha256(spoilt.encode()).hexdigest()}
    with pytest.raises(Wrong, match="money_asked"):
        check(json.dumps(made, ensure_ascii=False), spoilt)


def test_a_proof_of_another_record_proves_nothing_of_this_one(files: dict[str, Path]) -> None:
    proof, page = texts(files)
    other = json.loads(page) | {"code": "JY-2026-AAAA"}
    with pytest.raises(Wrong, match="same record"):
        check(proof, json.dumps(other))


def test_no_salt_and_no_value_of_any_other_field_stands_in_the_files(files: dict[str, Path]) -> None:
    published = texts(files)[0] + texts(files)[1]
    everything = b"".join(path.read_bytes() for path in files["www"].rglob("*.json")).decode()
    with open_ledger(files["home"]) as ledger:
        records = list(ledger.records("suggestion"))
    shown = json.loads(texts(files)[0])["disclosures"]
    inside = [text for record in records for text in record.disclosures if text not in shown]
    assert {read_disclosure(text)[0] for text in inside} >= {"contact_phone", "grid", "body"}
    for text in inside:
        salt = json.loads(text)[0]
        assert salt not in published and salt not in everything
    assert PHONE not in everything
    assert all(read_disclosure(text)[0] != "contact_phone" for text in shown)


def test_the_key_is_that_of_the_device_that_signed(files: dict[str, Path]) -> None:
    proof = json.loads(texts(files)[0])
    with open_ledger(files["home"]) as ledger:
        assert proof["public_key"] == ledger.devices[json.loads(proof["envelope"])["device"]].key


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200))
def test_the_plain_arithmetic_agrees_with_a_library(data: bytes) -> None:
    signature = sign(data, KEY)
    assert verify.signed(data, signature, PUBLIC)
    assert not verify.signed(data + b"x", signature, PUBLIC)
    assert not verify.signed(data, sign(data + b"x", KEY), PUBLIC)
    assert not verify.signed(data, signature, spki(new_key().public_key()))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (verify.N, 1), (1, verify.N), (0, 0), (2**256 - 1, 1)])
def test_numbers_outside_the_group_sign_nothing(r: int, s: int) -> None:
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert not verify.signed(b"x", b64u(raw), PUBLIC)


def test_points_that_are_not_on_the_curve_are_refused() -> None:
    raw = bytearray(verify.unb64u(PUBLIC))
    raw[-1] ^= 1
    with pytest.raises(Wrong):
        verify.signed(b"x", b64u(b"\x01" * 64), b64u(bytes(raw)))
    with pytest.raises(Wrong):
        verify.point(b64u(bytes(raw[:-1])))


def test_the_arithmetic_holds_at_the_edges_of_the_group() -> None:
    g = (*verify.G, 1)
    back = (verify.G[0], verify.P - verify.G[1], 1)
    assert verify.add(g, back)[2] == 0 and verify.add((0, 1, 0), g) == g == verify.add(g, (0, 1, 0))
    twice, also = verify.double(g), verify.add(g, g)
    assert affine(twice) == affine(also)
    assert verify.double((0, 1, 0))[2] == 0


def affine(point: tuple[int, int, int]) -> tuple[int, int]:
    z = pow(point[2], -1, verify.P)
    return point[0] * z * z % verify.P, point[1] * z**3 % verify.P


def test_json_that_says_a_thing_twice_or_is_no_json_is_refused() -> None:
    for text in ('{"a": 1, "a": 2}', "NaN", '{"a": Infinity}', "{", "[" * 100_000):
        with pytest.raises(Wrong):
            verify.read(text, "this")


def test_true_is_not_one_and_what_was_not_answered_is_nothing() -> None:
    assert not verify.same(True, 1) and verify.same(1, 1.0) and verify.same(True, True)
    assert verify.same(verify.bare([{"a": 1, "b": None}]), [{"a": 1}])


def test_a_signed_text_that_is_not_an_envelope_is_refused(files: dict[str, Path]) -> None:
    proof, page = json.loads(texts(files)[0]), texts(files)[1]
    text = "mingbai-receipt-v1\n{}"
    made = {**proof, "envelope": text, "signature": sign(text.encode(), KEY), "public_key": PUBLIC}
    with pytest.raises(Wrong):
        check(json.dumps(made), page)
    # An envelope of another kind, signed by a good key, with nothing disclosed.
    fields = dict(
        ledger="x", kind="visit", form="visit@" + "A" * 43, id="0" * 8 + "-0000-8000-8000-" + "0" * 12,
        device="d", seq=1, prev=None, claimed_at="2026-03-02T00:00:00.000Z", replaces=None,
    )  # fmt: skip
    envelope, signature, _ = seal({"people": 3}, KEY, **fields)
    made = {
        **proof,
        "envelope": envelope.text,
        "signature": signature,
        "public_key": PUBLIC,
        "disclosures": [],
    }
    with pytest.raises(Wrong, match="kind"):
        check(json.dumps(made, ensure_ascii=False), page)


def test_the_docs_name_what_is_there() -> None:
    told = (ROOT / "docs/verify.md").read_text("utf-8")
    assert "download/verify.py" in told and "page_sha256" in told and "public_key" in told
    assert (CONTENT / "pages/data.md").read_text("utf-8").count("verify.py") >= 1


# -- whose key it is --


@pytest.fixture(scope="module")
def keys(files: dict[str, Path]) -> str:
    return (files["www"] / "download/keys.json").read_text("utf-8")


def recovery_of(keys: str) -> str:
    key: str = json.loads(keys)["recovery_key"]
    return key


def receipt_of(files: dict[str, Path]) -> str:
    """A receipt as the collector hands it out."""
    held = read_keys(files["home"])
    stated = {
        "ledger": "l",
        "epoch": "e",
        "position": 4711,
        "chain": "c",
        "server_time": "2026-03-02T09:00:00Z",
    }
    return json.dumps(receipt(stated, held.receipt, spki(held.receipt.public_key())), ensure_ascii=False)


def test_the_recovery_key_s_certificates_tell_that_a_key_is_the_office_s(
    files: dict[str, Path], keys: str
) -> None:
    root = recovery_of(keys)
    assert root == read_keys(files["home"]).recovery
    assert sorted(use for use, _ in verify.certified(keys, root).values()) == ["office", "receipt"]
    since = verify.whose(texts(files)[0], keys, root)
    assert since and since.startswith("20")
    assert verify.check_receipt(receipt_of(files), keys, root)["position"] == 4711


def test_no_private_key_and_no_key_for_files_leaves(files: dict[str, Path], keys: str) -> None:
    told = keys + (files["www"] / "download/public.db").read_bytes().decode("latin-1")
    for path in (files["home"] / "keys").glob("*.pem"):
        body = "".join(path.read_text().splitlines()[1:-1])
        assert body[40:80] not in told and path.read_text().splitlines()[1] not in told
    export = spki(read_keys(files["home"]).export.public_key())
    assert export not in told and "export" not in keys


def test_no_character_of_the_keys_can_be_altered(files: dict[str, Path], keys: str) -> None:
    root, whole = recovery_of(keys), json.loads(keys)
    for n, each in enumerate(whole["certificates"]):
        for part, text in each.items():
            for at in range(0, len(text), 5):
                spoilt = text[:at] + another(text[at]) + text[at + 1 :]
                changed = [*whole["certificates"]]
                changed[n] = {**each, part: spoilt}
                with pytest.raises((Wrong, KeyError, ValueError)):
                    verify.certified(json.dumps({**whole, "certificates": changed}), root)


def test_certificates_of_another_recovery_key_are_not_believed(files: dict[str, Path], keys: str) -> None:
    other = new_key()
    mine = spki(other.public_key())
    forged = {
        "format": "mingbai-keys/1",
        "recovery_key": mine,
        "certificates": [
            {"use": use, "key": PUBLIC, "from": "2026-01-01", **certificate(use, PUBLIC, "2026-01-01", other)}
            for use in ("office", "receipt")
        ],
    }
    assert verify.certified(json.dumps(forged))  # whole in itself: only who knows the true key can tell
    with pytest.raises(Wrong, match="another recovery key"):
        verify.certified(json.dumps(forged), recovery_of(keys))
    borrowed = json.dumps({**forged, "recovery_key": recovery_of(keys)})
    with pytest.raises(Wrong, match="has not certified"):
        verify.certified(borrowed, recovery_of(keys))


def test_a_key_is_believed_for_its_own_use_alone(files: dict[str, Path], keys: str) -> None:
    held = read_keys(files["home"])
    office = spki(held.office.public_key())
    with pytest.raises(Wrong, match="not certified for receipts"):
        verify.check_receipt(json.dumps(receipt({"position": 1}, held.office, office)), keys)
    proof = json.loads(texts(files)[0]) | {"public_key": spki(held.receipt.public_key())}
    with pytest.raises(Wrong, match="certified for something else"):
        verify.whose(json.dumps(proof), keys)
    phone = json.loads(texts(files)[0]) | {"public_key": PUBLIC}
    assert verify.whose(json.dumps(phone), keys) is None


def test_the_command_checks_the_whole_chain(files: dict[str, Path], keys: str, tmp_path: Path) -> None:
    (tmp_path / "receipt.json").write_text(receipt_of(files), "utf-8")
    at = files["www"] / "download/keys.json"
    program = [sys.executable, "-I", files["www"] / "download/verify.py"]
    root = recovery_of(keys)

    def told(*arguments: Any) -> tuple[int, str]:
        ran = subprocess.run([*program, *arguments], capture_output=True, text=True, cwd=tmp_path)
        return ran.returncode, ran.stdout

    for ending in ((), (root,)):
        code, said = told(files["proof"], files["page"], at, *ending)
        assert code == 0 and "人大办签的" in said
        code, said = told("receipt.json", at, *ending)
        assert code == 0 and "4711" in said
    for asked in ((files["proof"], files["page"], at, PUBLIC), ("receipt.json", at, PUBLIC)):
        code, said = told(*asked)
        assert code == 1 and "another recovery key" in said
    (tmp_path / "spoilt.json").write_text(receipt_of(files).replace("4711", "4712"), "utf-8")
    assert told("spoilt.json", at)[0] == 1
    assert told("receipt.json", files["page"], at)[0] == 1 and told()[0] == 2


def test_successors_of_a_key_are_published_beside_it_and_make_another_release(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load_keys(home, "2026-01-01")
    before = read_certified(home)
    path = home / "keys/certificates.json"
    assert [each.use for each in before] == ["receipt", "office"]
    assert not (home / "ledger.db").exists() and digest_over(before) != digest_over(before[:1])
    forged = json.loads(path.read_text())
    forged["certificates"].append(certificate("office", PUBLIC, "2026-02-01", new_key()))
    path.write_text(json.dumps(forged))
    assert read_certified(home) == before  # what the recovery key never said is not told
    path.write_text("{}")
    assert read_certified(home) == () and digest_over(()) == ""
