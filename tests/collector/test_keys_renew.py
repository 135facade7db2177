"""Renewed keys at work: receipts, imports and sealed files go on under them, and no secret is ever said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from collector import unsent
from collector.commands import main
from collector.office import Office, devices
from ledger import doctor
from ledger.forms import load_forms
from ledger.keys import TO_PRINT, USES, certified, load_keys, pem, read_keys, read_receipt
from ledger.registry import Refused
from ledger.sealed import seal
from ledger.signature import sign, spki
from ledger.store import OfficeRecord, Store
from ledger.strict_json import write_json
from ledger.succession import read_paper, succeed
from tests.collector.phone import Client, Phone
from tests.collector.siege import Server

NOTE = {"day": "2026-03-02", "subject": "事"}
LATER = "2026-12-01T01:00:00.000Z"
Run = Callable[..., tuple[int, str]]


def renew(store: Store, *uses: str) -> None:
    succeed(store.home, read_paper((store.home / "keys" / TO_PRINT).read_text("utf-8")), LATER, uses or USES)
    store.take_up_keys()


# -- in this process --


def test_a_receipt_is_signed_with_the_new_key_and_its_certificate_comes_along(
    phone: Phone, store: Store
) -> None:
    form = store.current["note"]
    keys = []
    for renewed in (False, True):
        if renewed:
            renew(store, "receipt")
        answer = phone.push([phone.record(form, NOTE)]).json()
        assert read_receipt(answer["receipt"]) is not None
        told = [certified(each, "receipt", store.keys.recovery) for each in answer["certificates"]]
        assert told == [answer["receipt"]["key"]]
        heard = [certified(each, "receipt", store.keys.recovery) for each in phone.hello()["certificates"]]
        assert answer["receipt"]["key"] in heard
        keys.append(answer["receipt"]["key"])
    assert keys[0] != keys[1]


def test_office_records_of_before_still_verify_and_new_ones_are_filed_under_the_new_key(
    store: Store, office: Office
) -> None:
    rows = [OfficeRecord("note", {**NOTE, "subject": f"事{n}"}, ("file", "note", f"n{n}")) for n in range(3)]
    before = dict(store.office)
    assert [each.state for each in store.office_append(rows)] == ["accepted"] * 3
    renew(store, "office")
    assert not set(before.values()) & set(store.office.values())
    assert [each.state for each in store.office_append(rows)] == ["replayed"] * 3
    changed = [
        OfficeRecord("note", {**NOTE, "subject": f"改{n}"}, ("file", "note", f"n{n}")) for n in range(3)
    ]
    assert [each.state for each in store.office_append(changed)] == ["accepted"] * 3
    assert {store.devices[id].state for id in before.values()} == {"revoked"}
    assert [each["name"] for each in devices(office, "zh")["devices"]] == []
    assert doctor.examine(store.home).faults == ()


def test_who_still_holds_the_old_office_key_is_held_like_any_stopped_phone(
    client: Client, store: Store
) -> None:
    stolen = Phone(client)
    stolen.keys = dict.fromkeys(("records", "proof"), store.keys.office)
    stolen.devices, stolen.ledger = dict(store.office), store.ledger_id
    stolen.spki = {chain: spki(key.public_key()) for chain, key in stolen.keys.items()}
    renew(store)
    record = stolen.record(store.current["note"], NOTE)
    assert stolen.results([record])[0]["state"] == "held"
    assert stolen.get("/desk").status_code == 403


def test_a_new_start_takes_up_the_keys_that_were_renewed_while_it_was_down(
    tmp_path: Path, content: Path
) -> None:
    forms = load_forms(content)
    with Store.open(tmp_path / "home", forms) as store:
        old = dict(store.office)
        paper = (store.home / "keys" / TO_PRINT).read_text("utf-8")
    succeed(tmp_path / "home", read_paper(paper), LATER)
    with Store.open(tmp_path / "home", forms) as store:
        assert not set(store.office.values()) & set(old.values())
        assert store.office_append([OfficeRecord("note", NOTE)])[0].state == "accepted"
    with Store.open(tmp_path / "home", forms) as store:
        assert sum(each.is_office and each.state == "active" for each in store.devices.values()) == 2
    assert doctor.examine(tmp_path / "home").faults == ()


def test_a_file_sealed_for_the_key_of_before_is_taken_while_that_key_is_kept(
    phone: Phone, store: Store, tmp_path: Path
) -> None:
    record = phone.record(store.current["note"], NOTE)
    said = {
        "ledger": store.ledger_id, "device": phone.devices["records"], "made_at": LATER, "app": 1,
        "records": [record], "drafts": [],
    }  # fmt: skip
    statement = "mingbai-export-v1\n" + write_json(said)
    signed = {"statement": statement, "signature": sign(statement.encode(), phone.keys["records"])}
    path = tmp_path / "a.mbx"
    path.write_bytes(seal(signed, store.ledger_id, spki(store.keys.export.public_key())))
    renew(store, "export")
    assert unsent.take(store, path).counts == {"accepted": 1}
    assert phone.results([record])[0]["state"] == "replayed"
    for kept in (store.home / "keys/retired").iterdir():
        kept.unlink()
    with pytest.raises(Refused, match="other_key"):
        unsent.take(store, path)


# -- the command --


@pytest.fixture
def home(tmp_path: Path, content: Path) -> Path:
    with Store.open(tmp_path / "office" / "home", load_forms(content)) as store:
        store.office_append([OfficeRecord("deputy", {"name": "王芳"}, ("records", "deputy", "d1"))])
    return tmp_path / "office" / "home"


@pytest.fixture
def server(home: Path, content: Path) -> Iterator[Server]:
    server = Server(content, home)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def run(home: Path, content: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("MINGBAI_HOME", str(home))
    monkeypatch.setenv("MINGBAI_CONTENT", str(content))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def run(*words: str) -> tuple[int, str]:
        capfd.readouterr()
        code = main(list(words))
        said = capfd.readouterr()
        everything = said.out + said.err
        assert "Traceback" not in everything and not secrets_in(everything, home)
        return code, everything

    return run


def secrets_in(text: str, home: Path) -> list[str]:
    """Pieces of any private key of this home that stand in a text."""
    files = [path for path in (home / "keys").rglob("*") if path.suffix in (".pem", ".txt")]
    lines = [
        line for path in files for line in path.read_text("utf-8").splitlines() if line.startswith("MIG")
    ]
    return [line[at : at + 12] for line in lines for at in range(0, 60, 6) if line[at : at + 12] in text]


def test_the_running_server_takes_up_new_keys_at_once(run: Run, server: Server, home: Path) -> None:
    paper = home / "keys" / TO_PRINT
    _, link = run("invite", "--deputy", "d1", "--plain")
    with httpx.Client(base_url=server.address) as client:
        phone = Phone(client)
        digits = phone.enrol(re.findall(r"#e=(\w{13})&k=", link)[0]).json()["six_digits"]
        run("confirm", digits)
        before = read_keys(home)
        code, said = run("keys", "renew", "receipt", "office", "export", "--paper", str(paper))
        assert code == 0 and said.count("in force") == 3 and str(paper) in said
        after = read_keys(home)
        record = phone.record(load_forms(home.parents[1] / "content")["note"], NOTE)
        answer: Any = phone.push([record]).json()
    assert answer["results"][0]["state"] == "accepted"
    assert answer["receipt"]["key"] == spki(after.receipt.public_key()) != spki(before.receipt.public_key())
    _, told = run("keys")
    assert told.count("in force") == 3 and told.count("replaced") == 3 and "delete" in told
    server.stop()
    assert run("doctor")[0] == 0


def test_without_a_server_the_command_does_it_on_the_ledger_itself(run: Run, home: Path) -> None:
    code, said = run("keys", "renew", "office", "--paper", str(home / "keys" / TO_PRINT))
    assert code == 0 and said.count("in force") == 1
    assert run("doctor")[0] == 0


def test_a_paper_that_does_not_serve_is_refused_in_one_line_and_changes_nothing(
    run: Run, home: Path, tmp_path: Path
) -> None:
    whole = (home / "keys" / TO_PRINT).read_text("utf-8")
    load_keys(tmp_path / "other", "2026-03-02")
    papers = {
        "of another ledger": (tmp_path / "other/keys" / TO_PRINT).read_text("utf-8"),
        "not whole": whole[:200],
        "cannot be read": whole.replace("MIGH", "MIGI"),
        "no recovery key on it": "x",
        "larger than a sheet": "x" * 70_000,
        "several keys": whole + whole,
    }
    before = {path.name: path.read_bytes() for path in (home / "keys").iterdir()}
    for why, text in papers.items():
        sheet = tmp_path / "sheet.txt"
        sheet.write_text(text)
        code, said = run("keys", "renew", "receipt", "--paper", str(sheet))
        assert code == 3 and why in said and said.strip().count("\n") == 0, said
        assert not secrets_in(said, tmp_path / "other")
    assert {path.name: path.read_bytes() for path in (home / "keys").iterdir()} == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["keys", "renew", "recovery", "--paper", "PAPER"], 3, "no key called recovery"),
        (["keys", "renew", "--paper", "PAPER"], 2, "Missing argument"),
        (["keys", "renew", "receipt"], 2, "Missing option '--paper'"),
        (["keys", "renew", "receipt", "--paper", "/nowhere"], 2, "does not exist"),
    ],
)
def test_what_is_typed_wrong_is_said(run: Run, home: Path, words: list[str], code: int, says: str) -> None:
    typed = [str(home / "keys" / TO_PRINT) if word == "PAPER" else word for word in words]
    found, said = run(*typed)
    assert found == code and says in said


def test_a_home_without_keys_is_exit_code_4(run: Run, home: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    sheet.write_text((home / "keys" / TO_PRINT).read_text("utf-8"))
    (home / "keys/office.pem").unlink()
    code, said = run("keys", "renew", "receipt", "--paper", str(sheet))
    assert code == 4 and "office.pem is missing" in said
    assert run("keys")[0] == 4


# -- records that leave --


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_sealed_records_come_out_as_the_plain_ones_would(run: Run, home: Path, tmp_path: Path) -> None:
    code, said = run("export", "all", "--out", str(tmp_path / "plain"))
    assert code == 0 and "not sealed" in said and "--sealed" in said
    code, said = run("export", "all", "--sealed", "--out", str(tmp_path / "sealed"))
    assert code == 0 and "not sealed" not in said
    (file,) = (tmp_path / "sealed").iterdir()
    assert "王芳".encode() not in file.read_bytes() and file.stat().st_mode & 0o777 == 0o600
    run("keys", "renew", "export", "--paper", str(home / "keys" / TO_PRINT))
    assert run("open", str(file), "--out", str(tmp_path / "opened"))[0] == 0
    assert tree(tmp_path / "opened") == tree(tmp_path / "plain") != {}
    assert run("export", "all", "--sealed", "--out", str(tmp_path / "sealed"))[0] == 0
    assert len(list((tmp_path / "sealed").iterdir())) == 2


def test_what_is_sealed_for_the_paper_opens_with_the_paper_alone(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "sheet.txt"
    (home / "keys" / TO_PRINT).rename(sheet)
    assert run("export", "deputy", "--for-paper", "--out", str(tmp_path / "sealed"))[0] == 0
    (file,) = (tmp_path / "sealed").iterdir()
    code, said = run("open", str(file), "--out", str(tmp_path / "opened"))
    assert code == 3 and "--paper" in said and not (tmp_path / "opened").exists()
    monkeypatch.setenv("MINGBAI_HOME", str(tmp_path / "elsewhere"))
    assert run("open", str(file), "--paper", str(sheet), "--out", str(tmp_path / "opened"))[0] == 0
    assert list(tree(tmp_path / "opened")) == ["deputy/d1.yaml"]


def test_what_does_not_open_is_said_and_nothing_is_written(run: Run, home: Path, tmp_path: Path) -> None:
    keys = read_keys(home)
    mine, file, out = spki(keys.export.public_key()), tmp_path / "a.mbc", tmp_path / "opened"

    def opened(data: bytes, *more: str) -> str:
        file.write_bytes(data)
        code, said = run("open", str(file), "--out", str(out), *more)
        assert code == 3 and said.strip().count("\n") == 0
        return said

    whole = seal({"copies": {"a/b.yaml": "x"}}, "ledger", mine)
    assert "not whole" in opened(whole[:-9]) and "not whole" in opened(b"")
    assert "newer program" in opened(whole.replace(b"export/1", b"export/2", 1))
    other = tmp_path / "other.pem"
    other.write_text(pem(keys.office))
    assert "another key" in opened(whole, "--key", str(other))
    assert "another key" in opened(seal({}, "ledger", spki(keys.office.public_key())))
    for name in ("../b.yaml", "/etc/b.yaml", "a/../../b.yaml", "b.yaml", "a/.b.yaml", "a/b.sh", "a/b.yaml\n"):
        assert "no exported records" in opened(seal({"copies": {name: "x"}}, "ledger", mine))
    for strange in ({}, {"copies": 3}, {"copies": {"a/b.yaml": 3}}, []):
        assert "no exported records" in opened(seal(strange, "ledger", mine))
    assert not out.exists()
    (out / "a").mkdir(parents=True)
    (out / "a/b.yaml").write_text("mine")
    assert "says something else" in opened(whole)
    assert tree(out) == {"a/b.yaml": b"mine"}
