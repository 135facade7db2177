"""What Lighthouse says of the sample's main pages: `python -m tests.lighthouse`. Opt-in.

It needs Node and npm's registry: npx fetches the package into a folder that is thrown away. The browser is
Debian's Chromium, and the phone Lighthouse's own slow one (a processor four times slower, 1.6 Mbit/s).
Exit code: 0 all goals kept, 1 one missed, 2 it could not be run.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.middleware.gzip import GZipMiddleware

from publisher.static_site import Site as StaticSite
from tests.browser.chromium import chromium
from tests.browser.site_screens import PAGES, Site
from tests.publisher.whole import sample_release

PACKAGE = "lighthouse@12"
MEASURED = ("home", "list", "suggestion", "ballot")
GOALS: Mapping[str, int] = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 95}


class NotRun(Exception):
    """Lighthouse could not be run; the message says why in one line."""


@contextmanager
def packed(site: Path) -> Iterator[str]:
    """The site's address, its texts packed as nginx packs them (docs/operations/nginx.conf)."""
    app = GZipMiddleware(StaticSite(site), minimum_size=1024, compresslevel=5)  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as here:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{here.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def ask(address: str, home: Path) -> dict[str, Any]:
    """Lighthouse's whole report of one page."""
    out = home / "report.json"
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = [
        *("npx", "--yes", PACKAGE, address, "--quiet", "--output=json", f"--output-path={out}"),
        *(f"--only-categories={','.join(GOALS)}", f"--chrome-flags={flags}"),
    ]
    given = {**os.environ, "npm_config_cache": str(home / "npm"), "CHROME_PATH": chromium("") or ""}
    try:
        ran = subprocess.run(command, cwd=home, env=given, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired as late:
        raise NotRun("没有在十分钟内做完。It took more than ten minutes.") from late
    if ran.returncode or not out.is_file():
        last = (ran.stderr or ran.stdout).strip().splitlines()[-1:] or ["?"]
        raise NotRun(f"没有跑成，多半是网络。It did not run, most often for want of a network: {last[0]}")
    report: dict[str, Any] = json.loads(out.read_text("utf-8"))
    out.unlink()
    return report


def scores(report: Mapping[str, Any]) -> dict[str, int]:
    """The four scores of a report, out of a hundred.

    >>> scores({"categories": {name: {"score": 0.955} for name in GOALS}})["seo"]
    96
    """
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in GOALS}


def lost(report: Mapping[str, Any]) -> list[str]:
    """What keeps a score below its goal, by weight."""
    found = []
    for name in GOALS:
        for each in report["categories"][name]["auditRefs"]:
            audit = report["audits"][each["id"]]
            if each["weight"] and audit.get("score") is not None and audit["score"] < 0.9:
                found.append(f"{name}: {audit['title']} {audit.get('displayValue', '')}".strip())
    return found


def main() -> int:
    """Measure, print a table, name what was lost."""
    if shutil.which("npx") is None:
        print("没有 Node。There is no Node here: apt-get install nodejs npm, then once more.")
        return 2
    where = {each.name: each.where for each in PAGES}
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        release = sample_release(home)
        with packed(release.parents[1]) as www:
            site = Site(release / "www", www, "")
            print("| page |", " | ".join(f"{name} (goal {goal})" for name, goal in GOALS.items()), "|")
            for name in MEASURED:
                try:
                    report = ask(where[name](site), home)
                except NotRun as fault:
                    print(fault)
                    return 2
                found = scores(report)
                missed = missed or any(found[each] < goal for each, goal in GOALS.items())
                print(f"| {name} |", " | ".join(str(found[each]) for each in GOALS), "|", flush=True)
                print(*(f"  - {each}" for each in lost(report)), sep="\n", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
