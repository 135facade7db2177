"""Serves what is published: the site on one port, Datasette on another, both always the current release.

`python -m publisher.serve SITE --www PORT --data PORT` does only that, for a server where builds run apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from publisher.data.front import DataServerFault, DatasetteFront
from publisher.static_site import Site
from publisher.watch import watch

__all__ = ["DatasetteFront", "PortBusy", "Ports", "run", "serve_site", "watch"]

HOST = "127.0.0.1"
FOLLOW_SECONDS = 0.5
GOODBYE_SECONDS = 3


class PortBusy(Exception):
    """Somebody else listens there; the message says what to do."""


@dataclass(frozen=True)
class Ports:
    """Where site and data are served on loopback; 0 takes any free port."""

    www: int
    data: int


def listen(port: int, host: str = HOST) -> socket.socket:
    """A socket that listens, or PortBusy."""
    try:
        return socket.create_server((host, port), backlog=256)
    except OSError as error:
        raise PortBusy(
            f"Port {port} on {host} cannot be used ({error.strerror}). "
            "Stop what uses it, or choose another port."
        ) from error


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it beside other things."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_site(site: Path, port: int | socket.socket, forms_to: tuple[str, ...] = ()) -> None:
    """Serve a site folder's current release until cancelled."""
    listener = port if isinstance(port, socket.socket) else listen(port)
    config = uvicorn.Config(
        Site(site, forms_to),
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        limit_concurrency=500,
        timeout_keep_alive=5,
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True  # what has begun is finished, for a few seconds
        await asyncio.wait({serving}, timeout=GOODBYE_SECONDS)
        serving.cancel()
        listener.close()


async def follow(site: Path, front: DatasetteFront) -> None:
    """Hand each new release's data folder to the front. Never ends."""
    served: str | None = None
    while True:
        with contextlib.suppress(OSError):
            release = os.readlink(site / "current")
            if release != served:
                served = release
                try:
                    await front.switch(site / release / "data")
                except DataServerFault as fault:
                    print(fault, file=sys.stderr)
        await asyncio.sleep(FOLLOW_SECONDS)


async def run(
    site: Path,
    ports: Ports,
    *,
    ready: Callable[[Ports], object] | None = None,
    jobs: Iterable[Callable[[], Coroutine[Any, Any, None]]] = (),
    until: Awaitable[object] | None = None,
    forms_to: tuple[str, ...] = (),
) -> None:
    """Serve site and data until a signal, until `until` is done, or until something here fails.

    `forms_to` are the origins, Datasette's above all, that a form on a page may ask. `ready` is told the
    ports once both answer. `jobs` run beside, such as `lambda: watch(paths, build)`.
    """
    with listen(ports.www) as www, listen(ports.data) as data:
        async with DatasetteFront(data) as front:
            serving = [serve_site(site, www, forms_to), follow(site, front), *(job() for job in jobs)]
            tasks = {asyncio.ensure_future(each) for each in serving}
            end = asyncio.ensure_future(until) if until is not None else asyncio.ensure_future(_signalled())
            try:
                await _answering(site, front, tasks)
                if ready is not None:
                    ready(Ports(www.getsockname()[1], front.port))
                done, _ = await asyncio.wait({*tasks, end}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {end}:
                    task.result()
            finally:
                for task in {*tasks, end}:
                    task.cancel()
                await asyncio.gather(*tasks, end, return_exceptions=True)


async def _answering(site: Path, front: DatasetteFront, tasks: set[asyncio.Task[None]]) -> None:
    """Wait until data is served, where there is a release, or until something has failed."""
    while (site / "current").exists() and front.backend is None and not any(task.done() for task in tasks):
        await asyncio.sleep(0.05)


async def _signalled() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(each, stop.set)
    await stop.wait()


def main() -> int:
    """Serve a site folder until stopped; exit code 4 when a port is taken."""
    words = argparse.ArgumentParser(
        "python -m publisher.serve", description="Serve a built site and its data."
    )
    words.add_argument("site", type=Path, help="the folder that holds `current`")
    words.add_argument("--www", type=int, default=8750, help="loopback port of the site (8750)")
    words.add_argument("--data", type=int, default=8752, help="loopback port of Datasette (8752)")
    asked = words.parse_args()

    def ready(at: Ports) -> None:
        print(f"http://{HOST}:{at.www}\nhttp://{HOST}:{at.data}", flush=True)

    try:
        asyncio.run(run(asked.site, Ports(asked.www, asked.data), ready=ready))
    except PortBusy as busy:
        print(busy, file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
