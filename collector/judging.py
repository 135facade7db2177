"""A second process that judges batches. Verifying P-256 holds Python's lock, so threads would not do it faster.

It is only ever a helper: while it is busy, starting or gone, batches are judged in the server's own process. It
reads its work from its standard input and ends with it, so that it never outlives the server, however that dies.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any

from collector.refusal import Refusal
from collector.sync import Judged, Writer, judge_batch
from ledger.forms import Form, parse_form

WORTH_SENDING = 20_000  # bytes of a body; less is judged sooner than sent


class Judging:
    """The second process, as the server sees it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._known: set[str] = set()
        self._free = threading.Lock()

    def start(self, forms: Mapping[str, Form]) -> None:
        """Start it, without waiting; it is used once it has said that it is there."""
        threading.Thread(target=self._start, args=(forms,), name="judging-start", daemon=True).start()

    def _start(self, forms: Mapping[str, Form]) -> None:
        with self._free:
            process = subprocess.Popen(
                [sys.executable, "-m", "collector.judging"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            try:
                self._teach(process, forms)
                self._process = process
            except (OSError, EOFError, pickle.UnpicklingError):
                process.kill()

    def judge(self, body: bytes, writer: Writer, forms: Mapping[str, Form], ledger: str) -> Judged:
        """The batch in a body, each record judged, there or here."""
        if self._process is None or len(body) < WORTH_SENDING or not self._free.acquire(blocking=False):
            return judge_batch(body, writer, forms, ledger)
        try:
            answer = self._asked(self._process, body, writer, forms, ledger)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process.kill()
            self._process = None
            return judge_batch(body, writer, forms, ledger)
        finally:
            self._free.release()
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def _asked(
        self,
        process: subprocess.Popen[bytes],
        body: bytes,
        writer: Writer,
        forms: Mapping[str, Form],
        ledger: str,
    ) -> Judged | Refusal:
        if len(forms) > len(self._known):
            self._teach(process, forms)
        answer: Judged | Refusal = _exchange(process, ("judge", body, writer, ledger))
        return answer

    def _teach(self, process: subprocess.Popen[bytes], forms: Mapping[str, Form]) -> None:
        new = [(version, form.text) for version, form in forms.items() if version not in self._known]
        _exchange(process, ("forms", new))
        self._known |= {version for version, _ in new}

    def stop(self) -> None:
        """Let it end."""
        with self._free:
            if self._process is not None:
                self._process.communicate()
                self._process = None


def _exchange(process: subprocess.Popen[bytes], message: Any) -> Any:
    assert process.stdin is not None and process.stdout is not None
    pickle.dump(message, process.stdin, pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    return pickle.load(process.stdout)


def work(read: IO[bytes], write: IO[bytes]) -> None:
    """The second process's life: one answer to each message, until there are no more."""
    forms: dict[str, Form] = {}
    while True:
        try:
            what, *message = pickle.load(read)
        except EOFError:
            return
        answer: Any = None
        if what == "forms":
            forms |= {version: parse_form(text, version) for version, text in message[0]}
        else:
            try:
                answer = judge_batch(message[0], message[1], forms, message[2])
            except Refusal as refusal:
                answer = refusal
        try:
            pickle.dump(answer, write, pickle.HIGHEST_PROTOCOL)
            write.flush()
        except BrokenPipeError:
            return


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    work(sys.stdin.buffer, sys.stdout.buffer)
