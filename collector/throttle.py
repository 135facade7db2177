"""Wrong tries of a code, counted, so that nobody guesses for long."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

from collector.refusal import Refusal
from ledger.registry import Refused

TRIES = 5
TRIES_IN_ALL = 50
TRY_MS = 15 * 60 * 1000


@dataclass
class Throttle:
    """Wrong tries of an invitation code, counted an address and in all."""

    tries: dict[str, deque[int]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def check(self, address: str, now_ms: int) -> None:
        """Raise 429 while an address, or everyone together, has guessed too often."""
        with self._turn:
            self._forget(now_ms)
            self._check(neighbours(address), now_ms)

    def wrong(self, address: str, now_ms: int) -> None:
        """Count a wrong try."""
        with self._turn:
            self._count(address, now_ms)

    @contextmanager
    def trying(self, address: str, now_ms: int) -> Iterator[None]:
        """One try, which counts as wrong while it lasts, so that many at once are no more than one by one."""
        with self._turn:
            self._forget(now_ms)
            self._check(neighbours(address), now_ms)
            self._count(address, now_ms)
        try:
            yield
        except Refused:
            raise
        except BaseException:  # our own fault, or no guess at all
            self._right(address, now_ms)
            raise
        self._right(address, now_ms)

    def _count(self, address: str, now_ms: int) -> None:
        for key in (neighbours(address), ""):
            self.tries.setdefault(key, deque()).append(now_ms)

    def _right(self, address: str, now_ms: int) -> None:
        with self._turn:
            for key in (neighbours(address), ""):
                with suppress(KeyError, ValueError):
                    self.tries[key].remove(now_ms)

    def _forget(self, now_ms: int) -> None:
        for key, recent in list(self.tries.items()):
            while recent and recent[0] <= now_ms - TRY_MS:
                recent.popleft()
            if not recent:
                del self.tries[key]

    def _check(self, key: str, now_ms: int) -> None:
        for each, most in ((key, TRIES), ("", TRIES_IN_ALL)):
            recent = self.tries.get(each, deque[int]())
            if len(recent) >= most:
                wait = math.ceil((recent[0] + TRY_MS - now_ms) / 1000)
                raise Refusal(
                    429,
                    "push.enrol_throttled",
                    headers={"Retry-After": str(wait)},
                    minutes=math.ceil(wait / 60),
                )


def neighbours(address: str) -> str:
    """Whom an address is counted with: of IPv6 the whole network of 64 bits, which one caller has to himself.

    >>> neighbours("192.0.2.7"), neighbours("2001:db8:0:1::7"), neighbours("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8:0:1::', '192.0.2.7')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))
