"""Run a program where no network is but this machine itself: `python -m tests.hardening.walled COMMAND …`.

As root in a network namespace of its own (unshare -n), where the kernel holds the wall for every child too.
Where that is not allowed, by a guard in each Python process, which ends one that asks for another machine.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BROKE_OUT = 97
GUARD = f"""
import os, socket
def here(address):
    near = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "None")
    return not isinstance(address, tuple) or str(address[0]) in near
def wall(name):
    real = getattr(socket.socket, name)
    def tried(self, *args):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not here(args[-1]):
            os.write(2, b"asked another machine\\n")
            os._exit({BROKE_OUT})
        return real(self, *args)
    setattr(socket.socket, name, tried)
for name in ("connect", "connect_ex", "sendto"):
    wall(name)
resolve = socket.getaddrinfo
def getaddrinfo(host, *args, **kwargs):
    if host is not None and not here((host.decode() if isinstance(host, bytes) else host,)):
        os.write(2, b"asked for a name\\n")
        os._exit({BROKE_OUT})
    return resolve(host, *args, **kwargs)
socket.getaddrinfo = getaddrinfo
"""


@cache
def by_the_kernel() -> bool:
    """Whether this machine lets us make a network of our own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


def run(command: Sequence[str], folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A command behind the wall; `folder` holds the guard where the kernel does not."""
    environment = {**os.environ, **env, "PYTHONPATH": str(ROOT)}
    if by_the_kernel():
        command = ["unshare", "-n", sys.executable, "-m", "tests.hardening.walled", *command]
    else:
        (folder / "sitecustomize.py").write_text(GUARD)
        environment["PYTHONPATH"] = os.pathsep.join((str(folder), str(ROOT)))
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def loopback_up() -> None:
    """A new network has only a loopback, and that is down."""
    request = struct.pack("16sh14x", b"lo", 1)  # IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        fcntl.ioctl(line, 0x8914, request)  # SIOCSIFFLAGS


if __name__ == "__main__":
    loopback_up()
    os.execvp(sys.argv[1], sys.argv[1:])
