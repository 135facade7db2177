"""Photos made fit to be seen: what their bytes are, and the copies of their pixels that may be shown.

The bytes a phone sends are kept as they came and never shown. They are unpacked in a process of its own that
is short of memory, time and rights (`photo_child`), and what comes back is looked at once more here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from ledger import blobs, files

CHILD = Path(__file__).with_name("photo_child.py")
SIDES = (1600, 400)
"""The longest side of each copy: for a page, and for a list."""
RECIPE = 1
"""Which way the copies are made; a new number has them all made again."""
PATIENCE = 15.0
MOST_OUT = 8 << 20
FAULTS = ("truncated", "broken", "animated", "pixels", "memory", "slow")
"""Why a photo cannot be shown; `push.photo_<fault>` in content/words says it."""
Fault = Literal["truncated", "broken", "animated", "pixels", "memory", "slow"]

_room = threading.BoundedSemaphore(2)


class Undeveloped(Exception):
    """A photo that cannot be shown; `fault` is one of FAULTS."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Copy:
    """One copy of a photo's pixels: a JPEG and nothing besides."""

    path: Path
    width: int
    height: int
    bytes: int
    digest: str


@dataclass(frozen=True)
class Photo:
    """A photo that can be shown: one copy for the page, one for lists."""

    large: Copy
    small: Copy


def sniff(head: bytes) -> str | None:
    """The type that the first bytes say, whatever the file is called; None for all but three.

    >>> sniff(bytes.fromhex("ffd8ffe0")), sniff(b"GIF89a"), sniff(b"RIFF....WEBPVP8 ")
    ('image/jpeg', None, 'image/webp')
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def developed(home: Path, digest: str) -> Photo:
    """The copies of a photo that is there, made now where they are not; raises Undeveloped."""
    told = _read(home, digest)
    if told is None:
        try:
            told = _told(home, digest)
        except OSError as fault:
            raise Undeveloped("broken") from fault
    if "fault" in told:
        raise Undeveloped(told["fault"])
    copies = [
        Copy(_copy(home, digest, side), each["width"], each["height"], each["bytes"], each["sha256"])
        for side, each in zip(SIDES, told["sizes"], strict=True)
    ]
    return Photo(*copies)


def known_fault(home: Path, digest: str) -> str | None:
    """What was wrong with a photo when its copies were to be made."""
    told = _read(home, digest)
    return str(told["fault"]) if told and "fault" in told else None


def develop(path: Path) -> list[tuple[int, int, bytes]]:
    """Unpack a photo in a child process: width, height and JPEG of each size; raises Undeveloped."""
    with path.open("rb", buffering=0) as file:
        kind = sniff(os.pread(file.fileno(), 16, 0))  # the child reads from where the file stands
        if kind is None:
            raise Undeveloped("broken")
        with _room:
            out = _run(file.fileno(), kind)
    line, _, rest = out.partition(b"\n")
    try:
        told = json.loads(line)
        if told.get("fault") in FAULTS:
            raise Undeveloped(told["fault"])
        sizes: list[tuple[int, int, bytes]] = []
        for side, each in zip(SIDES, told["sizes"], strict=True):
            data, rest = rest[: each["bytes"]], rest[each["bytes"] :]
            fits = 0 < each["width"] <= side and 0 < each["height"] <= side
            if not fits or len(data) != each["bytes"] or not only_pixels(data):
                raise Undeveloped("broken")
            sizes.append((each["width"], each["height"], data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Undeveloped("broken") from None
    return sizes


def _run(photo: int, kind: str) -> bytes:
    """The child's answer; of one that was killed or fell, a line that says so."""
    command = [sys.executable, "-I", str(CHILD), kind, *map(str, SIDES)]
    late = threading.Event()
    with subprocess.Popen(
        command,
        stdin=photo,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
        start_new_session=True,
    ) as child:

        def stop() -> None:
            late.set()
            child.kill()

        patience = threading.Timer(PATIENCE, stop)
        patience.start()
        try:
            assert child.stdout is not None
            out = child.stdout.read(MOST_OUT)
            if len(out) == MOST_OUT:
                child.kill()  # one that says so much says nothing we want to hear
            child.wait()
        finally:
            patience.cancel()
    return out or json.dumps({"fault": _ended_by(child.returncode, late.is_set())}).encode()


def _ended_by(code: int, late: bool) -> Fault:
    """Why a child ended without a word: the kernel ends one that is out of processor time."""
    if late or code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "slow"
    return "broken" if code < 0 else "memory"


_ALLOWED = frozenset({0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD})


def only_pixels(data: bytes) -> bool:
    """Whether a JPEG holds what a picture needs and nothing else: no EXIF, profile, comment or tail."""
    if data[:2] != b"\xff\xd8" or data[-2:] != b"\xff\xd9":
        return False
    at = 2
    while at < len(data) - 2:
        marker = data[at + 1]
        if data[at] != 0xFF or marker not in _ALLOWED:
            return False
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _after_scan(data, at)
    return at == len(data) - 2


def _after_scan(data: bytes, at: int) -> int:
    """Where the packed pixels end and the next marker stands."""
    while (at := data.find(b"\xff", at)) >= 0:
        if data[at + 1 : at + 2] != b"\0" and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


# -- the copies beside the photo: made of it, and made again where they are gone --


def _copy(home: Path, digest: str, side: int) -> Path:
    path = blobs.place(home, digest)
    return path.with_name(f"{digest}.{side}.jpg")


def _note(home: Path, digest: str) -> Path:
    return blobs.place(home, digest).with_name(f"{digest}.json")


def _read(home: Path, digest: str) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(_note(home, digest).read_text("utf-8"))
        whole = "fault" in told or all(
            _copy(home, digest, side).stat().st_size == each["bytes"]
            for side, each in zip(SIDES, told["sizes"], strict=True)
        )
        return told if whole and told["recipe"] == RECIPE else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _told(home: Path, digest: str) -> dict[str, Any]:
    told: dict[str, Any] = {"recipe": RECIPE}
    try:
        sizes = develop(blobs.place(home, digest))
    except Undeveloped as fault:
        told["fault"] = fault.fault
    else:
        for side, (_, _, data) in zip(SIDES, sizes, strict=True):
            files.write_whole(_copy(home, digest, side), data)
        told["sizes"] = [
            {"width": width, "height": height, "bytes": len(data), "sha256": sha256(data).hexdigest()}
            for width, height, data in sizes
        ]
    files.write_whole(_note(home, digest), json.dumps(told).encode())
    return told
