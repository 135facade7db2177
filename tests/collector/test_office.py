"""The office's commands: on the ledger itself, and at a running server; every failure is one plain line."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from collector import office
from collector.commands import WITHDRAWN, main
from collector.office import COMMANDS, SOCKET
from ledger.forms import load_forms
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.takedowns import Takedowns
from tests.collector.phone import Phone
from tests.collector.siege import Server

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, content: Path) -> Path:
    """A private folder with one deputy and one grid in its ledger, as deep as folders may lie."""
    home = tmp_path / ("a-long-name-" * 8) / "home"
    home.parent.mkdir()
    shutil.copy("content/forms/takedown.yaml", content / "forms")
    with Store.open(home, load_forms(content)) as store:
        store.office_append(
            [
                OfficeRecord("deputy", {"name": "王芳"}, import_key=("records", "deputy", "d1")),
                OfficeRecord("suggestion", {"subject": "修路灯"}),
            ]
        )
    return home


@pytest.fixture
def run(home: Path, content: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: exit code, output, errors."""
    monkeypatch.setenv("MINGBAI_HOME", str(home))
    monkeypatch.setenv("MINGBAI_CONTENT", str(content))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def run(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(words))
        said = capfd.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return run


@pytest.fixture
def server(home: Path, content: Path) -> Iterator[Server]:
    server = Server(content, home)
    server.start()
    yield server
    server.stop()


def enrol(address: str, link: str) -> str:
    """A phone follows an invitation; the six digits that it shows."""
    code = re.findall(r"#e=(\w{13})&k=", link)[0]
    with httpx.Client(base_url=address) as client:
        answer: str = Phone(client).enrol(code).json()["six_digits"]
    return answer


def test_an_invitation_is_a_link_a_code_to_type_and_a_picture(run: Run) -> None:
    code, out, _ = run("invite", "--deputy", "d1")
    assert code == 0 and "王芳" in out and "http://127.0.0.1:8751/#e=" in out
    assert re.search(r"\b[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{5}\b", out) and "█" in out and "confirm" in out


def test_plain_is_the_link_and_nothing_else(run: Run) -> None:
    code, out, _ = run("invite", "--clerk", "李敏", "--plain")
    assert code == 0 and re.fullmatch(r"http://127\.0\.0\.1:8751/#e=[0-9A-Z]{13}&k=[\w-]{16}\n", out)


@pytest.mark.parametrize("words", [[], ["--deputy", "d1", "--clerk", "x"], ["--clerk", " "]])
def test_an_invitation_is_for_one_person(run: Run, words: list[str]) -> None:
    code, _, err = run("invite", *words)
    assert code == 2 and "Say whom to invite" in err


@pytest.mark.parametrize("role", ["clerk", "presidium", "scrutineer", "teller", "observer"])
def test_every_role_of_the_congress_can_be_invited(run: Run, role: str) -> None:
    assert run("invite", f"--{role}", "某人", "--plain")[0] == 0


def test_invite_confirm_devices_and_revoke_at_a_running_server(run: Run, server: Server) -> None:
    _, out, _ = run("invite", "--deputy", "d1")
    assert f"{server.address}/#e=" in out
    digits = enrol(server.address, out)
    assert f"to confirm  deputy  王芳  {digits}" in run("devices")[1]
    assert run("confirm", digits)[0] == 0
    assert "active  deputy  王芳" in run("devices")[1]
    device = run("devices")[1].split()[0]
    code, out, _ = run("revoke", device, "--reason", "lost")
    assert code == 0 and device in out
    assert "stopped  deputy  王芳" in run("devices")[1]
    assert run("revoke", device, "--reason", "lost")[0] == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["invite", "--deputy", "nobody"], 'The roll has no deputy "nobody"'),
        (["confirm", "123456"], "No phone that waits shows 123456"),
        (["confirm", "x"], "No phone that waits shows x"),
        (["revoke", "no-such-device", "--reason", "x"], 'No phone in use is "no-such-device"'),
        (["approve", "JY-2026-ZZZZ"], "The ledger has no JY-2026-ZZZZ"),
    ],
)
@pytest.mark.parametrize("where", ["here", "at the server"])
def test_what_cannot_be_done_is_said_with_exit_code_3(
    run: Run, request: pytest.FixtureRequest, words: list[str], says: str, where: str
) -> None:
    if where != "here":
        request.getfixturevalue("server")
    code, out, err = run(*words)
    assert (code, out) == (3, "") and says in err


def test_chinese_is_spoken_where_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "代表名册里没有" in run("--lang", "zh", "invite", "--deputy", "nobody")[2]
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "代表名册里没有" in run("invite", "--deputy", "nobody")[2]


def test_an_approval_names_the_current_version(run: Run, home: Path) -> None:
    with open_ledger(home) as ledger:
        suggestion = next(ledger.records("suggestion"))
    code, out, _ = run("approve", suggestion.code)
    assert code == 0 and suggestion.code in out
    with open_ledger(home) as ledger:
        answers = ledger.approvals()[suggestion.digest].answers
    assert answers == {
        "record": suggestion.code,
        "entry": suggestion.digest,
        "form": suggestion.form,
        "decision": "approve",
    }


def test_sending_back_needs_a_reason(run: Run, home: Path) -> None:
    with open_ledger(home) as ledger:
        suggestion = next(ledger.records("suggestion"))
    code, _, err = run("approve", suggestion.code, "--return")
    assert code == 3 and err.strip() and "problem." not in err
    assert run("approve", suggestion.code, "--return", "--reason", "请写清地点")[0] == 0
    with open_ledger(home) as ledger:
        assert ledger.approvals()[suggestion.digest].answers["decision"] == "send_back"


def test_records_are_imported_and_exported(run: Run, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / "records"
    (folder / "grid").mkdir(parents=True)
    (folder / "grid/liuhe-03.yaml").write_text("answers: {name: 柳河三格, keeper: d1}\n", "utf-8")
    code, out, _ = run("import", str(folder))
    assert code == 0 and "1 accepted" in out
    request.getfixturevalue("server")
    code, out, _ = run("import", str(folder))
    assert code == 0 and "1 already there" in out
    code, out, _ = run("export", "grid", "--out", str(tmp_path / "out"))
    assert code == 0 and "柳河三格" in next((tmp_path / "out").rglob("*.yaml")).read_text("utf-8")


def test_a_fault_in_content_is_exit_code_5_with_file_and_line(run: Run, content: Path) -> None:
    (content / "forms/note.yaml").write_text("kind: note\nlabel: [\n", "utf-8")
    code, _, err = run("invite", "--deputy", "d1")
    assert code == 5 and "content/forms/note.yaml:" in err


def test_a_busy_ledger_is_exit_code_4_and_says_who_holds_it(
    run: Run, home: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "STARTS_WITHIN", 0.2)
    with Store.open(home, load_forms(content)):
        code, _, err = run("devices")
    assert code == 4 and f"is held by process {os.getpid()}" in err


def test_a_server_that_holds_the_ledger_and_does_not_listen_yet_is_waited_for(
    run: Run, home: Path, content: Path
) -> None:
    def starting() -> None:
        time.sleep(0.5)
        with office._short(home) as path, socket.socket(socket.AF_UNIX) as wire:
            wire.bind(path)
            wire.listen()
            asked, _ = wire.accept()
            with asked, asked.makefile("rb") as lines:
                assert json.loads(lines.readline())["command"] == "devices"
                asked.sendall(b'{"ok": true, "result": {"devices": []}}\n')

    with Store.open(home, load_forms(content)):
        server = threading.Thread(target=starting)
        server.start()
        code, _, err = run("devices")
        server.join()
    assert (code, err) == (0, "")


def test_a_missing_ledger_or_key_is_exit_code_4(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "keys/office.pem").unlink()
    code, _, err = run("devices")
    assert code == 4 and "office.pem is missing" in err
    monkeypatch.setenv("MINGBAI_HOME", str(home / "elsewhere"))
    code, _, err = run("export")
    assert code == 4 and "there is no ledger yet" in err


@pytest.mark.parametrize(
    "words", [["no-such-command"], ["confirm"], ["import", "/no/such"], ["serve", "--port", "x"]]
)
def test_what_is_typed_wrong_is_exit_code_2(run: Run, words: list[str]) -> None:
    assert run(*words)[0] == 2


def test_help_names_every_command_and_the_exit_codes(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0 and "Exit codes" in out
    for command in (
        "invite",
        "confirm",
        "revoke",
        "devices",
        "import",
        "export",
        "approve",
        "doctor",
        "serve",
    ):
        assert f"  {command} " in out
        assert run(command, "--help")[0] == 0


def test_the_socket_is_the_owners_alone_and_answers_nonsense_plainly(server: Server, home: Path) -> None:
    assert stat.S_IMODE((home / SOCKET).stat().st_mode) == 0o600
    folder = os.open(home, os.O_RDONLY)
    for line in (
        b"",
        b"nonsense\n",
        b"{}\n",
        b'{"command":"invite","lang":"zh","args":{}}\n',
        b"[1]\n",
        b"null\n",
        b'{"command":"devices","lang":"xx","args":{}}\n',
        b'{"command":5,"lang":"zh","args":5}\n',
    ):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(f"/proc/self/fd/{folder}/{SOCKET}")
            wire.sendall(line)
            wire.shutdown(socket.SHUT_WR)
            said: Any = json.loads(wire.makefile("rb").readline())
        assert said["ok"] is False and said["exit"] == 3 and said["problem"]
    os.close(folder)


def test_a_server_that_died_leaves_nothing_in_the_way(run: Run, home: Path, content: Path) -> None:
    server = Server(content, home)
    server.start()
    server.kill()
    assert (home / SOCKET).exists()
    assert run("devices")[0] == 0
    server.start()
    server.stop()
    assert run("devices")[0] == 0


def test_a_port_that_is_taken_is_said(run: Run) -> None:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        wire.listen()
        code, _, err = run("serve", "--port", str(wire.getsockname()[1]))
    assert code == 4 and "choose another --port" in err


def test_every_command_of_the_socket_says_what_it_is_for() -> None:
    assert all(command.__doc__ for command in COMMANDS.values())


def test_a_record_is_taken_down_with_a_reason_and_put_back(run: Run, home: Path) -> None:
    with open_ledger(home) as ledger:
        (record,) = ledger.records("suggestion")
    assert run("withdraw", record.code)[0] == 2
    assert run("withdraw", "JY-2026-0000", "--reason", "privacy")[0] == 3
    code, out, _ = run("withdraw", record.code.lower(), "--reason", "privacy", "--text", "涉及住户")
    assert code == 0 and f"{record.code} is taken down" in out
    assert run("withdraw", record.code, "--reason", "duplicate")[0] == 3
    with open_ledger(home) as ledger:
        down = Takedowns.read(ledger.records("takedown"))
    assert down.by_record[record.code].answers["explanation"] == "涉及住户"
    assert run("withdraw", record.code, "--undo")[0] == 0
    assert run("withdraw", record.code, "--undo")[0] == 3
    with open_ledger(home) as ledger:
        assert record.code not in Takedowns.read(ledger.records("takedown"))
        assert len(list(ledger.records("takedown"))) == 2 and ledger.record(record.code) == record


def test_the_reasons_of_the_command_are_those_of_the_form() -> None:
    assert tuple(load_forms(Path("content"))["takedown"].fields["reason"].choices) == WITHDRAWN
