"""The process that serves one release's data folder: Datasette with our plugins, on a Unix socket.

`python -m publisher.data.server DATA_FOLDER SOCKET` is started by front.py and ends with it: when its input
closes, nobody is left to serve.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import DEFAULT_PLUGINS, pm
from datasette.utils.sqlite import using_pysqlite3

from ledger.log import one_line_each
from publisher.data.plugins import PLUGINS
from publisher.data.plugins.interface import ASSETS

log = logging.getLogger("mingbai.data")
REPLACED = (
    "datasette.handle_exception",
    "datasette.forbidden",
    "datasette.publish.heroku",
    "datasette.publish.cloudrun",
)
"""Plugins of Datasette's own that ours stand in for, or that serve nothing here."""


class Open(Datasette):  # type: ignore[misc]
    """A Datasette whose tables may all be read."""

    def _table_permission_allows(self, database: str, table: str) -> list[Any]:
        """Nothing in metadata.json forbids a table; to find that out, all of it would be copied each time."""
        return []


def make_app(data_dir: Path) -> Any:
    """The ASGI app over one data folder."""
    if using_pysqlite3:
        raise SystemExit(
            "pysqlite3 is installed and cannot be bounded. Uninstall it: pip uninstall pysqlite3"
        )
    for name, _ in pm.list_name_plugin():
        if name not in (*DEFAULT_PLUGINS, *PLUGINS) or name in REPLACED:  # one that lies about is not served
            pm.unregister(name=name)
    for name in PLUGINS:
        if not pm.has_plugin(name):
            pm.register(importlib.import_module(name), name)
    return Open(config_dir=data_dir, static_mounts=[("assets", str(ASSETS))], cors=True).app()


class Told:
    """Standard error for what Datasette prints: lines of the log, but for the statements of strangers."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Log what is worth a line."""
        if text.strip() and not text.startswith(("ERROR: conn=", "Caught this error:")):
            log.warning("%s", text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until told to stop."""
    data_dir, socket = Path(sys.argv[1]), sys.argv[2]
    one_line_each()
    sys.stderr = Told(sys.stderr)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.run(
        make_app(data_dir),
        uds=socket,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=20,
    )


if __name__ == "__main__":
    main()
