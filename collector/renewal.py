"""New keys for the office, certified by the paper: made here, on the disk, then taken up by whoever runs.

The recovery key never comes near the server that answers the network: it is read by the command alone, and
the server is only told that there are new keys.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ledger import keyring
from ledger.envelope import rfc3339
from ledger.keys import USES, KeysMissing, read_keys
from ledger.registry import Refused
from ledger.sealed import key_name
from ledger.succession import NotThePaper, read_paper, succeed
from ledger.words import Words

MOST = 1 << 16
"""Bytes of a sheet: what is larger is no paper."""


def renew(home: Path, uses: Sequence[str], paper: Path, now_ms: int) -> list[keyring.Held]:
    """Make successors for these uses; the keys in force now. Refused where the paper does not serve."""
    if unknown := [use for use in uses if use not in USES]:
        raise Refused("keys.no_such_use", name=unknown[0], known="、".join(USES))
    with _alone(home):
        read_keys(home)  # a home whose keys are missing is mended from the backup, not renewed over
        try:
            recovery = read_paper(_text(paper))
            keys = succeed(home, recovery, rfc3339(now_ms), uses)
        except NotThePaper as fault:
            raise Refused("keys.not_the_paper", path=paper.name, why=str(fault)) from None
    return [each for each in keyring.held(home, keys) if each.state == "now" and each.use in uses]


def _text(paper: Path) -> str:
    with paper.open("rb") as file:
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise NotThePaper("It is larger than a sheet of paper.")
    return data.decode("utf-8", "replace")


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One renewal at a time, by the user whose keys they are: the server could not read another's."""
    folder = home / "keys"
    if not folder.is_dir():
        raise KeysMissing(f"{folder}: there are no keys yet. Start the collector or import something first.")
    if (owner := folder.stat().st_uid) != os.geteuid():
        raise Refused("keys.other_user", owner=owner)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def line(key: keyring.Held, words: Words, lang: str) -> str:
    """One key in words."""
    return words.say(
        "keys.line",
        lang,
        label=words.say(f"keys.use_{key.use}", lang),
        use=key.use,
        name=key.name,
        since=(key.since or "—").replace("T", " ")[:16],
        state=words.say(f"keys.state_{key.state}", lang),
    )


def lines(home: Path, words: Words, lang: str) -> list[str]:
    """Every key, who has certified them, and whether the paper still lies there as a file."""
    keys = read_keys(home)
    told = [line(each, words, lang) for each in keyring.held(home, keys)]
    told.append(words.say("keys.certified_by", lang, name=key_name(keys.recovery)))
    path = keyring.paper(home)
    return [*told, words.say("doctor.paper", lang, path=path) if path else words.say("keys.paper_away", lang)]
