"""The office's commands, done by the running server over its socket, or on the ledger itself when it is down.

The socket lies in the private folder with mode 0600: whoever may read the ledger may command it. One JSON
line goes in, one comes out.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector import accounts, copies, erasing, handover, reports, unsent
from collector.lists import heading
from ledger import letters, takedowns
from ledger.backup.copying import SecondCopy
from ledger.congress import Congress
from ledger.envelope import rfc3339
from ledger.problems import Problems
from ledger.registry import ROLES, Refused
from ledger.store import OfficeRecord, Store, StoreFault, now_ms, open_ledger
from ledger.words import Words

SOCKET = "collector.sock"
MAX_LINE = 1 << 20
STARTS_WITHIN = 20.0
"""Seconds for which a command waits for a server that has the ledger already and does not listen yet."""
log = logging.getLogger("mingbai.collector")


@dataclass(frozen=True)
class Office:
    """What a command works on."""

    store: Store
    words: Words
    congress: Congress
    collect: str  # the address that invitations point to
    second: SecondCopy | None = None


class CommandFailed(Exception):
    """A command that could not be done; the text says why, `code` is the exit code."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


# -- the commands --


def invite(
    office: Office, lang: str, role: str, who: str, days: int, organ: str | None = None
) -> dict[str, Any]:
    """A single-use invitation for a deputy of the roll, or for a person of the office or an organ by name."""
    if role not in ROLES:
        raise Refused("office.no_such_role", role=role)
    if (role == "handler") != (organ is not None):
        raise Refused("office.no_organ" if organ is None else "office.organ_of_others", role=role)
    if unfit := letters.fault(who):
        raise Refused(f"problem.{unfit}", label=office.words.both("office.name"))
    code, name = (None, who) if role != "deputy" else _listed(office, "deputy", who)
    of, called = (None, "") if organ is None else _listed(office, "organ", organ)
    now = now_ms()
    typed = accounts.invite(office.store, role, code, name, now, days, of)
    return {
        "link": handover.link(office.collect, typed, office.store),
        "code": accounts.spaced(typed),
        "name": f"{name}（{called}）" if called else name,
        "expires_at": rfc3339(now + days * 24 * 3600 * 1000),
    }


def _listed(office: Office, kind: str, ref: str) -> tuple[str, str]:
    """A deputy of the roll, or an organ of the list, by code, by the office's name or as it is called.

    Returns its code and what it is called. Raises Refused where nothing has this name, or more than one has.
    """
    forms = office.store.current
    with open_ledger(office.store.home) as ledger:
        if kind not in forms:
            raise Refused(f"office.no_such_{kind}", name=ref)
        named = ledger.record(ledger.resolve(kind, ref) or "")
        every = [named] if named else ledger.records(kind)
        found = [(each.code, heading(each, forms[kind], ledger, forms)) for each in every]
    if named is None:
        found = [(code, called) for code, called in found if called == ref]
    if len(found) > 1:
        codes = "、".join(sorted(code for code, _ in found))
        raise Refused("office.several_so_called", name=ref, codes=codes)
    if not found:
        raise Refused(f"office.no_such_{kind}", name=ref)
    ((code, called),) = found
    return code, called or code


def confirm(office: Office, lang: str, digits: str) -> dict[str, Any]:
    """The six digits were the same on the phone: let it write."""
    device = accounts.confirm(office.store, digits, now_ms())
    return {"name": device.name, "role": device.role, "device": device.id}


def revoke(office: Office, lang: str, name: str, reason: str) -> dict[str, Any]:
    """Stop a device, or all devices of a person; and say which that came from it are still in use."""
    stopped = accounts.revoke(office.store, name, reason, now_ms())
    ids = {each.id for each in stopped}
    left = [
        each
        for each in office.store.devices.values()
        if each.came_from in ids and each.chain == "records" and each.state != "revoked"
    ]
    told = [[{"device": each.id, "name": each.name} for each in some] for some in (stopped, left)]
    return {"devices": told[0], "left": told[1]}


def devices(office: Office, lang: str) -> dict[str, Any]:
    """Every enrolment, and how it stands."""
    store = office.store
    return {
        "devices": [
            {
                "device": records.id,
                "state": records.state,
                "role": records.role,
                "code": records.code,
                "organ": records.organ,
                "name": records.name,
                "came_from": records.came_from,
                "enrolled_at": records.enrolled_at,
                "revoked_at": records.revoked_at,
                "reason": records.reason,
                "digits": accounts.six_digits(records.key, proof.key, store.ledger_id)
                if records.state == "pending"
                else None,
                "report": reports.last(store.home, records.id),
            }
            for records, proof in accounts.pairs(store.devices)
            if not records.is_office
        ]
    }


def import_(office: Office, lang: str, path: str, mapping: str | None) -> dict[str, Any]:
    """Bring files in, under the office's key."""
    from collector import imports

    if Path(path).suffix.lower() == unsent.SUFFIX:
        brought = unsent.take(office.store, Path(path), lang)
        text = brought.text(office.words, lang)
        return {"text": text, "read": len(brought.records), "counts": brought.counts}
    report = imports.import_path(
        office.store, office.store.current, Path(path), Path(mapping) if mapping else None
    )
    return {"text": report.text(office.words, lang), "read": report.read, "counts": dict(report.counts)}


def approve(office: Office, lang: str, code: str, decision: str, reason: str | None) -> dict[str, Any]:
    """Agree to publish the current version of a record, or send it back."""
    with open_ledger(office.store.home) as ledger:
        record = ledger.record(code)
    if record is None:
        raise Refused("office.no_such_record", code=code)
    form = office.store.current.get(record.kind)
    if form is None:
        raise Refused("office.no_such_kind", kind=record.kind)
    answers = {"record": code, "entry": record.digest, "form": form.version, "decision": decision}
    if reason is not None:
        answers["reason"] = reason
    outcome = office.store.office_append([OfficeRecord("approval", answers)])[0]
    if outcome.state != "accepted":
        said = [office.words.say(each.key, lang, **each.params) for each in outcome.problems]
        raise CommandFailed("\n".join(said), 3)
    return {"code": outcome.code, "record": code, "decision": decision}


def withdraw(
    office: Office, lang: str, code: str, reason: str | None, explanation: str | None, undo: bool
) -> dict[str, Any]:
    """Take a record off the public pages, or put it back: an entry of its own, signed by the office."""
    code = code.strip().upper()
    with open_ledger(office.store.home) as ledger:
        record = ledger.record(code)
        kept = ledger.records(takedowns.KIND)
        down = code in takedowns.Takedowns.read(kept)
    if record is None or record.kind == takedowns.KIND:
        raise Refused("office.no_such_record", code=code)
    if down != undo:
        raise Refused("office.not_withdrawn" if undo else "office.withdrawn_already", code=code)
    answers = {"record": code, "decision": takedowns.RESTORE if undo else takedowns.WITHDRAW}
    answers |= {} if undo or reason is None else {"reason": reason}
    answers |= {} if undo or explanation is None else {"explanation": explanation}
    outcome = office.store.office_append([OfficeRecord(takedowns.KIND, answers)])[0]
    if outcome.state != "accepted":
        said = [office.words.say(each.key, lang, **each.params) for each in outcome.problems]
        raise CommandFailed("\n".join(said), 3)
    return {"code": outcome.code, "record": code}


def take_up_keys(office: Office, lang: str) -> dict[str, Any]:
    """Go on with the keys as they lie there now, after some were renewed."""
    office.store.take_up_keys()
    return {}


def erase(office: Office, lang: str, again: bool = False, **args: Any) -> dict[str, Any]:
    """Erase answers of a record for good, or do every erasure once more."""
    if again:
        return erasing.again(office.store)
    done = erasing.erase(office.store, office.congress, **args)
    if said := done.get("problems"):
        raise CommandFailed("\n".join(office.words.say(key, lang, **params) for key, params in said), 3)
    return done


COMMANDS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "invite": invite,
    "confirm": confirm,
    "revoke": revoke,
    "devices": devices,
    "import": import_,
    "approve": approve,
    "withdraw": withdraw,
    "take_up_keys": take_up_keys,
    "erase": erase,
    "backup": copies.backup,
}


def perform(office: Office, line: Any) -> dict[str, Any]:
    """Do one command, whatever it is: {"ok": true, "result": …} or {"ok": false, "problem": …, "exit": n}."""
    try:
        command, lang = COMMANDS[line["command"]], line["lang"]
        if lang not in ("zh", "en"):
            raise KeyError(lang)
        return {"ok": True, "result": command(office, lang, **line["args"])}
    except Refused as refused:
        return _failed(office.words.say(refused.key, line["lang"], **refused.params), 3)
    except CommandFailed as failed:
        return _failed(str(failed), failed.code)
    except Problems as problems:
        return _failed(str(problems), 5)
    except StoreFault as fault:
        return _failed(str(fault), 4)
    except (KeyError, TypeError, AttributeError):
        log.exception("a command that is not one of ours")
        return _failed("Not a command of this version: is the running server older? Start it again.", 3)
    except Exception as fault:
        log.exception("a command failed")
        return _failed(f"{type(fault).__name__}: {fault}. The server's log says more.", 70)


def _failed(problem: str, code: int) -> dict[str, Any]:
    return {"ok": False, "problem": problem, "exit": code}


# -- over the socket --


async def listen(office: Office) -> asyncio.Server:
    """Take commands at home/collector.sock for as long as the server runs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            try:
                line = json.loads(await reader.readline())
            except ValueError:
                line = None
            answer = await asyncio.get_running_loop().run_in_executor(None, perform, office, line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
            writer.close()

    with _short(office.store.home) as path:
        Path(path).unlink(missing_ok=True)  # we hold the ledger's lock, so nobody listens there
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(serve, path, limit=MAX_LINE)
        finally:
            os.umask(before)


def ask(
    home: Path, command: str, lang: str, args: Mapping[str, Any], patience: float = 0
) -> dict[str, Any] | None:
    """What the running server answers to a command; None when none listens within so many seconds."""
    until = time.monotonic() + patience
    with _short(home) as path, socket.socket(socket.AF_UNIX) as wire:
        while True:
            try:
                wire.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() >= until:
                    return None
                time.sleep(0.1)
        wire.sendall(json.dumps({"command": command, "lang": lang, "args": args}).encode() + b"\n")
        with wire.makefile("rb") as answers:
            line = answers.readline()
    if not line:
        raise CommandFailed("The server stopped before it answered. Look whether it runs, then ask again.", 4)
    answer: dict[str, Any] = json.loads(line)
    return answer


@contextmanager
def _short(home: Path) -> Iterator[str]:
    """The socket's path, short enough for the system's 107 bytes wherever the private folder lies."""
    try:
        folder = os.open(home, os.O_RDONLY)
    except FileNotFoundError:
        yield str(home / SOCKET)
        return
    try:
        short = f"/proc/self/fd/{folder}/{SOCKET}"
        yield short if Path("/proc/self/fd").is_dir() else str(home / SOCKET)
    finally:
        os.close(folder)
