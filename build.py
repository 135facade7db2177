#!/usr/bin/env python3
"""ledger -> public.db -> site/: builds, checks, serves and tests this congress from nothing but Python 3.11.

python3 build.py              build once into site/current
python3 build.py demo         build the sample congress, serve it, print an invitation
python3 build.py serve        build, serve, build again when the ledger, the content or the day changes
python3 build.py check        every problem in content, its records and the ledger, nothing written
python3 build.py test         every test; what follows goes to pytest
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ledger.congress import Congress

ROOT = Path(__file__).resolve().parent
CONTENT = Path(os.environ.get("MINGBAI_CONTENT", ROOT / "content")).absolute()
HOME = Path(os.environ.get("MINGBAI_HOME", ROOT / "var")).absolute()
SITE = Path(os.environ.get("MINGBAI_SITE", ROOT / "site")).absolute()
PORTS = {"www": 8750, "collect": 8751, "data": 8752}  # behind a proxy, where an address names no port
COLLECTOR = [sys.executable, "-m", "collector"]

# --- The environment: the standard library only, until .venv stands and holds the project. ---


def stand_in_environment(extra: str = "") -> None:
    """Return where the environment holds the project; elsewhere make .venv and start again in it."""
    sys.path.insert(0, str(ROOT))
    from collector import app

    if sys.version_info < (3, 11):
        sys.exit("需要 Python 3.11 或更新的版本。Python 3.11 or newer is needed.")
    home = ROOT / ".venv"
    inside = Path(sys.prefix).resolve() == home
    if not inside and all(find_spec(name) for name in ("apsw", "datasette", *(["pytest"] if extra else []))):
        return  # an environment of the reader's own: uv run, or a venv with `pip install -e .`
    made_from = (ROOT / "pyproject.toml").read_bytes() + app.fingerprint(ROOT).encode()
    want, stamp = hashlib.sha256(made_from).hexdigest(), home / ".made-from"
    has = stamp.read_text().split() if stamp.is_file() else []
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if has[:1] != [want] or extra not in ["", *has]:
        _install(home, python, extra)
        stamp.write_text(" ".join(dict.fromkeys([want, *has[1:], *filter(None, [extra])])))
    if not inside:
        again = [str(python), __file__, *sys.argv[1:]]
        if os.name == "nt":
            sys.exit(_run(again))
        os.execv(python, again)  # the same process from here on, so that signals reach the one that serves


def _install(home: Path, python: Path, extra: str) -> None:
    print("正在准备环境，第一次约一分钟。Preparing .venv, about a minute the first time …", flush=True)
    try:
        import venv

        if not python.exists():
            venv.create(home, with_pip=True, clear=True)
    except (ImportError, subprocess.CalledProcessError):
        sys.exit("缺少 python3-venv。python3-venv is missing: sudo apt-get install python3-venv")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run(
        [*pip, "-e", f"{ROOT}[{extra}]" if extra else str(ROOT)], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{done.stderr[-3000:]}\n没有装成，多半是网络。Not installed: most often the network.")


def _run(command: list[str]) -> int:
    """Run a command to its end; an interrupt is left to it."""
    process = subprocess.Popen(command, cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


# --- The steps. ---


def main() -> int:
    """Read the command line and do what is asked. Exit codes: docs/operations.md."""
    raw = argparse.RawDescriptionHelpFormatter
    words = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    words.add_argument("command", nargs="?", default="build", choices=[*STEPS, "test"])
    words.add_argument("--port", type=int, help="serve at this loopback port and the next two")
    words.add_argument("--clean", action="store_true", help="make every page anew")
    words.add_argument("--public", action="store_true", help="check: compare what is served with a new build")
    words.add_argument("--verbose", action="store_true", help="say how long each stage of a build took")
    asked, rest = words.parse_known_args()
    if rest and asked.command != "test":
        words.error(f"not known: {' '.join(rest)}")
    stand_in_environment("test" if asked.command == "test" else "")
    if asked.command == "test":
        return _test(rest)
    return plainly(STEPS[asked.command], asked)


def _test(rest: list[str]) -> int:
    """What is asked for; else every test on all cores, those that drive a browser after the others."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of programs start: none need compile all anew
    if rest:
        return _run([sys.executable, "-m", "pytest", *rest])
    spread = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile"]
    ended = _run([*spread, "--ignore=tests/browser"])
    seen = _run([*spread, "tests/browser"])
    if seen == 1:
        print(
            "看一遍没过的，一个一个再来一次。Once more, one after the other, those that failed.", flush=True
        )
        seen = _run(
            [
                sys.executable,
                "-m",
                "pytest",
                "--last-failed",
                "--last-failed-no-failures=none",
                "tests/browser",
            ]
        )
    return max(ended, seen)


def build(asked: argparse.Namespace) -> int:
    """ledger -> public.db -> pages -> site/current, all or nothing."""
    from publisher import release
    from publisher.watch import local_day

    here = _congress(asked)
    made = release.build(CONTENT, HOME, SITE, local_day(here.timezone), asked.clean, here.addresses)
    print(
        f"{made.id} 共 {made.pages_total} 页，写了 {made.pages_written} 页，{made.held} 条暂不公开，"
        f"用时 {made.seconds:.1f} 秒。{made.pages_written} pages written, {made.held} records held back.",
        flush=True,
    )
    if release.read_manifest(made.path).pictures == release.NO_FONT:
        print(
            "没有找到中文字体，转发用的图片只有 SVG；装上 fonts-noto-cjk，或者把字体放进 content/fonts。"
            "No Chinese font was found, so pictures to pass on are SVG only: install fonts-noto-cjk.",
            flush=True,
        )
    if getattr(asked, "verbose", False):
        print(*(f"{seconds:8.2f}  {stage}" for stage, seconds in made.stages.items()), sep="\n", flush=True)
    return 0


def check(asked: argparse.Namespace) -> int:
    """Every problem in content and ledger; nothing is written."""
    from collector.rehearsal import rehearse_content
    from publisher import release

    found = [*release.check(CONTENT, HOME), *rehearse_content(CONTENT)]
    if getattr(asked, "public", False):
        from publisher.recheck import recheck

        found += recheck(CONTENT, HOME, SITE, _congress(asked).addresses)
    print(*found, f"{len(found)} 处要看。{len(found)} problems.", sep="\n")
    return 5 if found else 0


def demo(asked: argparse.Namespace) -> int:
    """The sample records into the ledger, then all that serve does, and an invitation."""
    os.environ.setdefault("MINGBAI_BACKUP_SAME_DISK", "1")  # a demo's second copy may lie anywhere
    if code := _run([*COLLECTOR, "import", str(CONTENT / "records")]):
        return code
    return serve(asked, invite=min((CONTENT / "records/deputy").glob("*.yaml")).stem)


def serve(asked: argparse.Namespace, invite: str = "") -> int:
    """Build and serve; build again when the ledger, the content or the day changes."""
    from ledger.log import one_line_each
    from publisher.out.public_db import read_position
    from publisher.serve import Ports, run
    from publisher.watch import watch

    one_line_each()
    build(asked)
    at = _congress(asked).addresses
    port = {name: urlsplit(address).port or PORTS[name] for name, address in at.items()}
    told = [word for name in at for word in (f"--{name}", at[name])]
    collector = subprocess.Popen([*COLLECTOR, "serve", "--port", str(port["collect"]), *told], cwd=ROOT)

    def ready(_: Ports) -> None:
        print(f"网站 site       {at['www']}\n数据 Datasette  {at['data']}", flush=True)
        if invite:
            _run([*COLLECTOR, "invite", "--deputy", invite])

    def again() -> None:
        plainly(build, asked)

    async def ended() -> None:
        while collector.poll() is None:
            await asyncio.sleep(0.2)

    async def watching() -> None:
        await watch([CONTENT], again, position=lambda: read_position(HOME))

    try:
        ports, to = Ports(port["www"], port["data"]), (at["data"],)
        asyncio.run(run(SITE, ports, ready=ready, jobs=[watching, ended], forms_to=to))
    finally:
        stopped_itself = collector.poll() is not None
        collector.terminate()
        code = collector.wait()
    return code if stopped_itself else 0


STEPS: dict[str, Callable[[argparse.Namespace], int]] = {
    "build": build,
    "check": check,
    "demo": demo,
    "serve": serve,
}


def plainly(step: Callable[[argparse.Namespace], int], asked: argparse.Namespace) -> int:
    """Run a step; a failure is said in plain words, and the site stays as it was."""
    import sqlite3

    from ledger.problems import Problems
    from publisher.out.selfcheck import Leak
    from publisher.serve import PortBusy

    try:
        return step(asked)
    except Problems as problems:
        print(f"{problems}\n内容要改，网站没有动。Mend the content; the site is as it was.", file=sys.stderr)
        return 5
    except Leak as leak:
        print(leak, file=sys.stderr)
        return 6
    except (PortBusy, OSError, sqlite3.OperationalError) as fault:
        print(fault, file=sys.stderr)
        return 4


def _congress(asked: argparse.Namespace) -> Congress:
    """The congress, at the ports asked for."""
    from ledger.congress import load_congress

    here = load_congress(CONTENT)
    if asked.port is None:
        return here
    ports = enumerate(("www", "collect", "data"), start=asked.port)
    return replace(here, addresses={name: f"http://127.0.0.1:{port}" for port, name in ports})


if __name__ == "__main__":
    sys.exit(main())
