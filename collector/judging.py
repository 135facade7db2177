"""A second process that judges batches: verifying P-256 holds Python's lock, so threads would not be faster.

It is only ever a helper: while it is busy, starting or gone, batches are judged in the server's process. The
first batch that is worth sending starts it, so that a server that comes back is not kept waiting for it. It
reads its work from its standard input and ends with it, so it never outlives the server, however that dies.
"""

from __future__ import annotations

import logging
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any

from collector.refusal import Refusal
from collector.sync import Judged, Writer, judge_batch
from ledger.forms import Form, recall_form
from ledger.log import one_line_each

WORTH_SENDING = 20_000  # bytes of a body; less is judged sooner than sent
PLACES = 2  # one batch that is judged and one that waits, so that the second process is never idle
GONE = (OSError, EOFError, pickle.UnpicklingError)
log = logging.getLogger("mingbai.collector")


class Judging:
    """The second process, as the server sees it."""

    def __init__(self) -> None:
        self.on_demand = False  # whether the first batch that is worth it starts the second process
        self._process: subprocess.Popen[bytes] | None = None
        self._known: set[str] = set()
        self._places = threading.BoundedSemaphore(PLACES)
        self._turn = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether it is there to be asked."""
        return self._process is not None

    def start(self, forms: Mapping[str, Form]) -> None:
        """Start it, without waiting; it is used once it has said that it is there."""
        threading.Thread(target=self._start, args=(forms,), name="judging-start", daemon=True).start()

    def _start(self, forms: Mapping[str, Form]) -> None:
        with self._turn:
            if self._process is not None:
                return
            process = subprocess.Popen(
                [sys.executable, "-m", "collector.judging"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            try:
                self._teach(process, forms)
            except GONE:
                _end(process)
            else:
                self._process = process

    def judge(self, body: bytes, writer: Writer, forms: Mapping[str, Form], ledger: str) -> Judged:
        """The batch in a body, each record judged, there or here."""
        answer = None
        if self.on_demand and len(body) >= WORTH_SENDING:
            self.on_demand = False
            self.start(forms)
        if self.ready and len(body) >= WORTH_SENDING and self._places.acquire(blocking=False):
            try:
                with self._turn:
                    answer = self._asked(body, writer, forms, ledger)
            finally:
                self._places.release()
        if isinstance(answer, Refusal):
            raise answer
        return answer or judge_batch(body, writer, forms, ledger)

    def _asked(
        self, body: bytes, writer: Writer, forms: Mapping[str, Form], ledger: str
    ) -> Judged | Refusal | None:
        """The second process's answer; None when there is none, or no such process any more."""
        if self._process is None:
            return None
        try:
            if len(forms) > len(self._known):
                self._teach(self._process, forms)
            answer: Judged | Refusal = _exchange(self._process, ("judge", body, writer, ledger))
        except GONE:
            log.warning("the second process is gone; batches are judged here from now on")
            _end(self._process)
            self._process = None
            return None
        return answer

    def _teach(self, process: subprocess.Popen[bytes], forms: Mapping[str, Form]) -> None:
        new = [(version, form.text) for version, form in forms.items() if version not in self._known]
        _exchange(process, ("forms", new))
        self._known |= {version for version, _ in new}

    def stop(self) -> None:
        """Let it end."""
        with self._turn:
            if self._process is not None:
                _end(self._process)
                self._process = None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            assert pipe is not None
            pipe.close()


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
        except (EOFError, pickle.UnpicklingError):
            return  # the server ended, at worst in the middle of a message
        answer: Any = None
        if what == "forms":
            forms |= {version: recall_form(text) for version, text in message[0]}
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
    one_line_each()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    work(sys.stdin.buffer, sys.stdout.buffer)
