"""A collector in its own process, as an office runs it, and the office's commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.commands import cli

ROOT = Path(__file__).resolve().parents[2]
CONGRESS = Path(__file__).parent / "congress"


def missing(what: str) -> None:
    """What is not there is skipped on a person's machine and fails where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


class Office:
    """One congress in a folder of its own. The server keeps its port when it is stopped and started again."""

    def __init__(self, folder: Path, congress: Path = CONGRESS) -> None:
        self.content, self.home, self.site = folder / "content", folder / "home", folder / "site"
        shutil.copytree(congress, self.content)
        shutil.copytree(ROOT / "content/words", self.content / "words", dirs_exist_ok=True)
        self._announced = folder / "address"
        self._server: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.start()
        self.run("import", str(self.content / "records"))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _environment(self) -> dict[str, str]:
        places = {"MINGBAI_CONTENT": self.content, "MINGBAI_HOME": self.home, "MINGBAI_SITE": self.site}
        return {**os.environ, **{name: str(path) for name, path in places.items()}, "LANG": "zh_CN.UTF-8"}

    def start(self) -> None:
        """Start the server, on the port it had before."""
        self._announced.unlink(missing_ok=True)
        command = [sys.executable, "-m", "collector", "serve", "--port", str(self.port)]
        self._server = subprocess.Popen(
            [*command, "--announce", str(self._announced)], cwd=ROOT, env=self._environment
        )
        for _ in range(1200):
            if self._announced.exists() and (said := self._announced.read_text().strip()):
                self.port = int(said.rsplit(":", 1)[1])
                return
            assert self._server.poll() is None, "the collector did not start"
            time.sleep(0.05)
        raise AssertionError("the collector did not say where it listens")

    def stop(self) -> None:
        """Stop the server, as when the machine is switched off."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
            self._server = None

    def run(self, *command: str) -> str:
        """One command of the office, beside the running server; what it printed.

        In this process: a Python of its own for each takes half a second, a thousand times.
        """
        done = CliRunner(env=self._environment).invoke(cli, command)
        assert done.exit_code == 0, done.exception or done.output
        return done.stdout.strip()

    def invite(self, deputy: str = "d1") -> str:
        """A link that enrols a phone of this deputy, once."""
        return self.run("invite", "--deputy", deputy, "--plain")

    def exported(self, kind: str, folder: Path) -> list[Path]:
        """Every record of a kind, copied out of the ledger as YAML."""
        shutil.rmtree(folder, ignore_errors=True)
        self.run("export", kind, "--out", str(folder))
        return sorted(folder.rglob("*.yaml"))
