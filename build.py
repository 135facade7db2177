#!/usr/bin/env python3
"""ledger -> public.db -> site/: builds, checks, serves and tests this congress from nothing but Python 3.11.

    python3 build.py              build once into site/current
    python3 build.py demo         build the sample congress, serve it, print an invitation
    python3 build.py serve        build, serve, rebuild when the ledger or the content changes
    python3 build.py check        every problem in content and ledger, nothing written
    python3 build.py test         every test
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# --- The environment: the standard library only, until .venv stands and holds the project. -------------------------


def stand_in_environment(extra: str = "") -> None:
    """Return inside an environment that holds the project; make .venv and start again in it where this is not one."""
    sys.path.insert(0, str(ROOT))
    from collector import app

    home = ROOT / ".venv"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_from = (ROOT / "pyproject.toml").read_bytes() + app.fingerprint(ROOT).encode()
    want = hashlib.sha256(made_from).hexdigest()
    stamp = home / ".made-from"
    has = stamp.read_text().split() if stamp.is_file() else []
    inside = Path(sys.prefix) == home
    if not inside and find_spec("apsw") and find_spec("datasette") and (not extra or find_spec("pytest")):
        return  # an environment of the reader's own: uv run, or a venv with `pip install -e .`
    if has[:1] != [want] or (extra and extra not in has):
        _install(home, python, extra)
        stamp.write_text(" ".join([want, *{*has[1:], extra} - {""}]))
    if not inside:
        sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def _install(home: Path, python: Path, extra: str) -> None:
    print("正在准备环境，第一次约一分钟。Preparing .venv, about a minute the first time …", flush=True)
    try:
        if not python.exists():
            import venv

            venv.create(home, with_pip=True, clear=True)
    except Exception:
        sys.exit("缺少 python3-venv，请先装：sudo apt-get install python3-venv。Python cannot make a .venv: install it.")
    what = f"{ROOT}[{extra}]" if extra else str(ROOT)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-e", what],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{done.stderr[-3000:]}\npip 没有装成：看上面最后几行，多半是网络。pip failed: see above.")


# --- The steps. ----------------------------------------------------------------------------------------------------
