"""Whole programs under strace: what they ask of the disk, read into `power`'s ops; or struck at a call.

All that reaches the kernel is seen, whoever writes: Python, SQLite, a program they start. A program says that
it has promised something by `promise`, which strace sees as well. Run as a program, this is a collector that
is struck: python -m tests.disk.traced CALLS WHAT, then as for the collector.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.disk.power import Op

PROMISES = "/this-is-promised/"
CALLS = (
    "openat,open,creat,write,pwrite64,ftruncate,truncate,fsync,fdatasync,sync,rename,renameat,renameat2,unlink,"
    "unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat"
)
UNSEEN = (
    "sendfile,copy_file_range"  # copies inside the kernel: refused, so that programs write what we can read
)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BROKEN = re.compile(r"(\d+) +(.*) <unfinished \.\.\.>$")
_GOES_ON = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)$")
_NAMED = re.compile(r"(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@cache
def there() -> bool:
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def promise(text: str) -> None:
    """Say, in a traced program, that something is promised from now on."""
    with suppress(FileNotFoundError):
        os.open(f"{PROMISES}{text}", os.O_RDONLY)


@dataclass
class Trace:
    """The ops of a program below one folder; its promises: the number of ops before each, and its text."""

    folder: str
    ops: list[Op] = field(default_factory=list)
    promises: list[tuple[int, str]] = field(default_factory=list)
    _ends: dict[str, int] = field(default_factory=dict)

    def take(self, call: str, arguments: str, result: int) -> None:
        """One call that has returned."""
        if call in ("openat", "open", "creat"):
            self._open(arguments, result)
        elif result >= 0 and call in _READ:
            _READ[call](self, arguments, result)

    def _open(self, arguments: str, result: int) -> None:
        path = _texts(arguments)[0].decode()
        if path.startswith(PROMISES):
            self.promises.append((len(self.ops), path.removeprefix(PROMISES)))
        elif result >= 0 and (inside := self._inside(arguments, path)) is not None:
            if "O_CREAT" in arguments:
                self.ops.append(Op("create", inside))  # of what is there already it changes nothing
            if "O_TRUNC" in arguments:
                self.ops.append(Op("truncate", inside, 0))
            if "O_WRONLY" in arguments or "O_RDWR" in arguments:
                self._ends[inside] = 0

    def write(self, arguments: str, result: int) -> None:
        if (inside := self._file(arguments)) is not None:
            at = self._ends.get(inside, 0)
            self.ops.append(Op("write", inside, at, _texts(arguments)[0][:result]))
            self._ends[inside] = at + result

    def write_at(self, arguments: str, result: int) -> None:
        if (inside := self._file(arguments)) is not None:
            at = int(arguments.rsplit(", ", 1)[1])
            self.ops.append(Op("write", inside, at, _texts(arguments)[0][:result]))

    def truncate(self, arguments: str, result: int) -> None:
        if (inside := self._file(arguments)) is not None:
            self.ops.append(Op("truncate", inside, int(arguments.rsplit(", ", 1)[1])))

    def sync(self, arguments: str, result: int) -> None:
        if (inside := self._file(arguments)) is not None:
            self.ops.append(Op("sync", inside))

    def sync_all(self, arguments: str, result: int) -> None:
        self.ops.append(Op("sync_all"))

    def one(self, kind: str, arguments: str) -> None:
        if (inside := self._inside(arguments, _texts(arguments)[0].decode())) is not None:
            self.ops.append(Op(kind, inside))  # type: ignore[arg-type]

    def two(self, kind: str, arguments: str) -> None:
        first, second = (_absolute(each) for each in _places(arguments))
        inside, to = self._below(first), self._below(second)
        if inside is not None or to is not None:
            self.ops.append(Op(kind, inside or "", to=to or ""))  # type: ignore[arg-type]

    def symlink(self, arguments: str, result: int) -> None:
        says, path = (each.decode() for each in _texts(arguments))
        if (inside := self._inside(arguments, path)) is not None:
            self.ops.append(Op("symlink", inside, to=says))

    def _file(self, arguments: str) -> str | None:
        named = _NAMED.match(arguments)
        return self._below(_plain(named[1]).decode()) if named else None

    def _inside(self, arguments: str, path: str) -> str | None:
        named = _NAMED.search(arguments)
        return self._below(os.path.join(_plain(named[1]).decode(), path) if named else path)

    def _below(self, path: str) -> str | None:
        path = os.path.normpath(path)
        if path == self.folder:
            return ""
        return path.removeprefix(f"{self.folder}/") if path.startswith(f"{self.folder}/") else None


def _one(kind: str) -> Callable[[Trace, str, int], None]:
    return lambda trace, arguments, result: trace.one(kind, arguments)


def _two(kind: str) -> Callable[[Trace, str, int], None]:
    return lambda trace, arguments, result: trace.two(kind, arguments)


_READ: Mapping[str, Callable[[Trace, str, int], None]] = {
    "write": Trace.write,
    "pwrite64": Trace.write_at,
    "ftruncate": Trace.truncate,
    "fsync": Trace.sync,
    "fdatasync": Trace.sync,
    "sync": Trace.sync_all,
    "symlink": Trace.symlink,
    "symlinkat": Trace.symlink,
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), _one("unlink")),
    **dict.fromkeys(("mkdir", "mkdirat"), _one("mkdir")),
    **dict.fromkeys(("rename", "renameat", "renameat2"), _two("rename")),
    **dict.fromkeys(("link", "linkat"), _two("link")),
}


def trace(command: Sequence[str | Path], folder: Path, log: Path, cwd: Path) -> Trace:
    """Run a program to its end, and read what it asked of the disk below a folder."""
    strace = ["strace", "-f", "-y", "-qq", "-xx", "-s", "100000000", "--seccomp-bpf", "-o", log]
    which = ["-e", f"trace={CALLS},{UNSEEN}", "-e", f"inject={UNSEEN}:error=ENOSYS"]
    subprocess.run([*strace, *which, *command], cwd=cwd, check=True, capture_output=True)
    found = Trace(str(folder))
    with log.open(encoding="ascii") as lines:
        for line in _whole(lines):
            if said := _LINE.match(line):
                found.take(said[2], said[3], int(said[4]))
    return found


def collector(calls: str, what: str) -> list[str]:
    """A collector as a program for `siege`, to whose calls something happens in each of its threads.

    `what` is as strace says it: signal=SIGKILL:when=7, error=EIO:when=12.
    """
    return ["-m", "tests.disk.traced", calls, what]


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """Lines with the halves put together of calls that another thread came between."""
    halves: dict[str, str] = {}
    for line in lines:
        if half := _BROKEN.match(line):
            halves[half[1]] = line[: half.end(2)]
        elif rest := _GOES_ON.match(line):
            yield halves.pop(rest[1]) + rest[2]
        else:
            yield line


def _texts(arguments: str) -> list[bytes]:
    return [_plain(each) for each in _TEXT.findall(arguments)]


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _places(arguments: str) -> list[str]:
    """The two paths of a call, each below the folder that was given with it, if one was."""
    found, folder = [], ""
    for each in re.finditer(f"{_NAMED.pattern}|{_TEXT.pattern}", arguments):
        if each[1] is not None:
            folder = _plain(each[1]).decode()
        else:
            found.append(os.path.join(folder, _plain(each[2]).decode()))
            folder = ""
    return found


def _absolute(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


if __name__ == "__main__":
    calls, what, *rest = sys.argv[1:]
    strace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={calls}:{what}",
    ]
    os.execvp("strace", [*strace, sys.executable, "-m", "collector", *rest])
