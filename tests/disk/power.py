"""What a disk may hold after a power cut, worked out from what was asked of it.

Only what was synced is sure. Of the rest any part may be there: of data each piece of 512 bytes by itself, in
any order, also the new length without the data; of names each change by itself, unless it builds on one that
is not there. A disk may forget no more than that under POSIX, but for one thing: a rename is never half done.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

PIECE = 512
ROOT = 0
Kind = Literal[
    "write",
    "truncate",
    "sync",
    "create",
    "mkdir",
    "symlink",
    "link",
    "rename",
    "unlink",
    "sync_folder",
    "sync_all",
]
Key = tuple[int, str]
"""A name in a folder."""


class Op(NamedTuple):
    """One call of a program: paths are relative to the folder that is watched.

    `at` is the offset of a write or the length after a truncate; `to` the second path of link and rename, or
    what a symlink says.
    """

    kind: Kind
    path: str = ""
    at: int = 0
    data: bytes = b""
    to: str = ""


@dataclass
class Node:
    """A file, a folder or a symlink: what of it is sure, and what was asked for since."""

    kind: Literal["file", "folder", "symlink"] = "file"
    sure: bytearray = field(default_factory=bytearray)
    asked: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Writes as (offset, bytes), changes of length as (length, None)."""


class Disk:
    """A disk below one folder, as ops reach it."""

    def __init__(self, folder: Path | None = None) -> None:
        """All that lies in `folder` now is sure."""
        self.nodes: dict[int, Node] = {ROOT: Node("folder")}
        self.seen: dict[Key, int] = {}
        self.sure: dict[Key, int] = {}
        self.asked: list[dict[Key, int | None]] = []
        if folder is not None and folder.is_dir():
            self._take(folder)

    def apply(self, op: Op) -> None:
        """Let one call reach the disk; a call to something outside or already gone changes nothing."""
        if op.kind == "sync_all":
            self._sync_all()
        elif op.kind == "sync_folder":
            self._sync_names(self._find(op.path))
        elif op.kind in ("write", "truncate", "sync"):
            self._data(op)
        else:
            self._name(op)

    def image(self, chance: Random, into: Path, share: float | None = None) -> None:
        """Write into an empty folder what may be found after a power cut now: a share of what is not sure."""
        if share is None:
            share = chance.choice((0.0, 0.0, chance.random(), 0.5, 0.9, 1.0))
        names = dict(self.sure)
        missing: set[Key] = set()
        for change in self.asked:
            if missing & change.keys() or chance.random() >= share:
                missing |= change.keys()
            else:
                _change(names, change)
        inside: dict[int, list[tuple[str, int]]] = {}
        for (parent, name), node in names.items():
            inside.setdefault(parent, []).append((name, node))
        self._write(ROOT, into, inside, chance, share, {})

    # -- data --

    def _data(self, op: Op) -> None:
        number = self._find(op.path)
        node = self.nodes[number] if number is not None else None
        if node is None or node.kind != "file":
            if node is not None and op.kind == "sync":
                self._sync_names(number)
            return
        if op.kind == "write":
            node.asked.append((op.at, op.data))
        elif op.kind == "truncate":
            node.asked.append((op.at, None))
        else:
            _settle(node)

    def _left(self, node: Node, chance: Random, share: float) -> bytes:
        """A file's bytes with some of what was asked for."""
        if not node.asked:
            return bytes(node.sure)
        data = bytearray(node.sure)
        for at, written in node.asked:
            if written is None:
                if chance.random() < share:
                    _put(data, at, None)
                continue
            for start, piece in _pieces(at, written):
                if chance.random() < share:
                    _put(data, start, piece)
                elif start + len(piece) > len(data) and chance.random() < share / 4:
                    _put(data, start, bytes(len(piece)))  # the length came, the data did not
        return bytes(data)

    # -- names --

    def _name(self, op: Op) -> None:
        key, to = self._key(op.path), self._key(op.to) if op.kind in ("link", "rename") else None
        there = self.seen.get(key) if key else None
        change: dict[Key, int | None] = {}
        if op.kind in ("create", "mkdir", "symlink") and key and there is None:
            change = {key: self._new(op)}
        elif op.kind == "unlink" and key and there is not None:
            change = {key: None}
        elif op.kind == "link" and to and there is not None:
            change = {to: there}
        elif op.kind == "rename":
            change = ({key: None} if key and there is not None else {}) | ({to: there} if to else {})
        if change:
            self.asked.append(change)
            _change(self.seen, change)

    def _new(self, op: Op) -> int:
        number = len(self.nodes)
        kind = {"create": "file", "mkdir": "folder", "symlink": "symlink"}[op.kind]
        self.nodes[number] = Node(kind, bytearray(op.to.encode()) if kind == "symlink" else bytearray())  # type: ignore[arg-type]
        return number

    def _sync_names(self, folder: int | None) -> None:
        """Every change of names in a folder is sure, and so is what those build on."""
        due: list[dict[Key, int | None]] = []
        keys: set[Key] = set()
        for change in reversed(self.asked):
            if keys & change.keys() or any(parent == folder for parent, _ in change):
                keys |= change.keys()
                due.append(change)
        for change in reversed(due):
            _change(self.sure, change)
        self.asked = [change for change in self.asked if not any(change is each for each in due)]

    def _sync_all(self) -> None:
        for node in self.nodes.values():
            _settle(node)
        for change in self.asked:
            _change(self.sure, change)
        self.asked = []

    def _key(self, path: str) -> Key | None:
        """The folder a path lies in, and its name there; None where that is not below ours."""
        parent, _, name = path.rpartition("/")
        folder = self._find(parent)
        return (folder, name) if folder is not None and name not in ("", ".", "..") else None

    def _find(self, path: str) -> int | None:
        number: int | None = ROOT
        for name in path.split("/"):
            if name and number is not None:
                number = self.seen.get((number, name))
        return number

    # -- from and to real folders --

    def _take(self, folder: Path, at: str = "") -> None:
        for path in sorted(folder.iterdir()):
            name = f"{at}{path.name}"
            if path.is_symlink():
                self._name(Op("symlink", name, to=os.readlink(path)))
            elif path.is_dir():
                self._name(Op("mkdir", name))
                self._take(path, f"{name}/")
            elif path.is_file():
                self._name(Op("create", name))
                self._data(Op("write", name, 0, path.read_bytes()))
        if not at:
            self._sync_all()

    def _write(
        self,
        number: int,
        into: Path,
        inside: dict[int, list[tuple[str, int]]],
        chance: Random,
        share: float,
        written: dict[int, Path],
    ) -> None:
        for name, each in inside.get(number, ()):
            node, path = self.nodes[each], into / name
            if each in written:
                os.link(written[each], path)
            elif node.kind == "folder":
                path.mkdir(mode=0o700)
                self._write(each, path, inside, chance, share, written)
            elif node.kind == "symlink":
                path.symlink_to(node.sure.decode())
            else:
                path.touch(mode=0o600)
                path.write_bytes(self._left(node, chance, share))
                written[each] = path


def images(
    disk: Disk, ops: Iterable[Op], points: Iterable[int], chance: Random, into: Path
) -> Iterator[tuple[int, Path]]:
    """For each point, a number of ops, in order: that number, and a folder with one image of then."""
    rest, done = iter(ops), 0
    for n, point in enumerate(sorted(points)):
        while done < point:
            disk.apply(next(rest))
            done += 1
        folder = into / f"image-{n}"
        folder.mkdir(mode=0o700)
        disk.image(chance, folder)
        yield point, folder


def _settle(node: Node) -> None:
    for at, written in node.asked:
        _put(node.sure, at, written)
    node.asked.clear()


def _put(data: bytearray, at: int, written: bytes | None) -> None:
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    if written is None:
        del data[at:]
    else:
        data[at : at + len(written)] = written


def _pieces(at: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """A write as the pieces that reach the disk one by one."""
    start = 0
    while start < len(data):
        end = min(len(data), start + PIECE - (at + start) % PIECE)
        yield at + start, data[start:end]
        start = end


def _change(names: dict[Key, int], change: dict[Key, int | None]) -> None:
    for key, node in change.items():
        if node is None:
            names.pop(key, None)
        else:
            names[key] = node
