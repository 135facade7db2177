"""Our Datasette as the public reaches it: behind its front, on a port."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx

from publisher.data.front import DatasetteFront
from publisher.serve import listen
from tests.publisher.small_release import Served


@contextlib.contextmanager
def fronted(data_dir: Path) -> Iterator[Served]:
    """A front with one process behind it; `pid` is that of the process."""
    ready, over = threading.Event(), threading.Event()
    found: list[int] = []

    async def run() -> None:
        async with DatasetteFront(listen(0)) as front:
            await front.switch(data_dir)
            assert front.backend is not None
            found.extend((front.port, front.backend.process.pid))
            ready.set()
            while not over.is_set():
                await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        assert ready.wait(60), "the front did not start"
        with httpx.Client(base_url=f"http://127.0.0.1:{found[0]}", timeout=90) as client:
            yield Served(client, found[1])
    finally:
        over.set()
        thread.join(20)
