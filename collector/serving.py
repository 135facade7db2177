"""Running the collector: one process with ledger, web door and office socket, and a line when ready."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import uvicorn

from collector import app, copies, drafts, erasing, office
from collector.door import SECURITY
from collector.local_rules import local_rules
from collector.server import application
from collector.state import LOOPBACK, Collector
from collector.wire import more_files, wire
from ledger.congress import Congress, load_congress
from ledger.forms import load_forms
from ledger.log import one_line_each
from ledger.store import Store, now_ms
from ledger.words import load_words

ROOT = Path(__file__).resolve().parents[1]
DISK_FAILED = 4
DAY = 24 * 3600.0


def serve(
    content: Path,
    home: Path,
    site: Path,
    lang: str,
    host: str = "127.0.0.1",
    port: int | None = None,
    announce: Path | None = None,
    collect: str | None = None,
    www: str | None = None,
    data: str | None = None,
    second_copy: copies.Where | None = None,
) -> int:
    """Serve until stopped; the exit code."""
    one_line_each()
    more_files()
    words, congress, forms = load_words(content), load_congress(content), load_forms(content)
    rules = local_rules(content, congress)
    with (
        Store.open(home, forms, congress.timezone, rules) as store,
        _bound(host, port, congress) as wire,
        copies.beside(store, second_copy or copies.Where()) as second,
    ):
        bound = f"http://{host}:{wire.getsockname()[1]}"
        addresses = {
            "collect": collect or _collect_address(congress, bound),
            "www": www or congress.addresses["www"],
            "data": data or congress.addresses["data"],
        }
        collector = Collector(store, words, congress, content, addresses, app.built(ROOT), site)
        collector.second = second
        server = _Server(collector, words.say("office.ready", lang, address=bound), bound, announce)
        store.on_broken = server.stop
        collector.judging.on_demand = (os.cpu_count() or 1) > 1
        server.run(sockets=[wire])
        collector.judging.stop()
        collector.drafts.close()
    return DISK_FAILED if store.broken else 0


def _bound(host: str, port: int | None, congress: Congress) -> socket.socket:
    configured = urlsplit(congress.addresses["collect"]).port or 8751
    # asyncio turns Nagle off (40 ms an answer) only for sockets that say they are TCP.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wire = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        wire.bind((host, configured if port is None else port))
    except OSError as fault:
        wire.close()
        raise OSError(fault.errno, f"{fault.strerror}: choose another --port", f"{host}:{port}") from None
    return wire


def _collect_address(congress: Congress, bound: str) -> str:
    """Invitations on one machine lead to where this server really listens."""
    address = congress.addresses["collect"]
    return bound if (urlsplit(address).hostname or "") in LOOPBACK else address


class _Server(uvicorn.Server):
    """uvicorn, with the office's socket beside it, and one plain line when both are there."""

    def __init__(self, collector: Collector, ready: str, address: str, announce: Path | None) -> None:
        super().__init__(
            uvicorn.Config(
                application(collector),
                http=wire(collector.words, SECURITY),
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=10,
            )
        )
        self._office = office.Office(
            collector.store,
            collector.words,
            collector.congress,
            collector.addresses["collect"],
            collector.second,
        )
        self._collector = collector
        self._ready, self._address, self._announce = ready, address, announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._commands = await office.listen(self._office)
        self._daily = asyncio.create_task(_daily(self._collector))
        if self._announce:
            unfinished = self._announce.with_name(self._announce.name + ".new")
            unfinished.write_text(self._address + "\n", "utf-8")
            unfinished.rename(self._announce)
        print(self._ready, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._commands.close()
        self._daily.cancel()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Asked to end: finish what is under way. (uvicorn would raise the signal again, closing nothing.)"""
        self.should_exit = True

    def stop(self, reason: str) -> None:
        """Stop because nothing can be promised any more."""
        logging.getLogger("mingbai.collector").error("%s", reason)
        self.should_exit = True


async def _daily(collector: Collector) -> None:
    """What is to be done when the server starts, and once a day from then on."""
    while True:
        await asyncio.to_thread(drafts.purge, collector, now_ms())
        await asyncio.to_thread(collector.store.room.keep)
        await asyncio.to_thread(erasing.forget, collector)
        await asyncio.to_thread(collector.photos.tidy, collector.store.home)
        await asyncio.to_thread(copies.daily, collector.second)
        await asyncio.sleep(DAY)
