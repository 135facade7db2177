"""What the phone app weighs: what the first page loads, all that it keeps, and what it stands on."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from collector.app import built

ROOT = Path(__file__).parents[2]
PWA = ROOT / "collector/pwa"
PACKED = {".html", ".js", ".css", ".svg", ".webmanifest", ".json"}
_LOADED = re.compile(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"')
_HELD = re.compile(r'\["(/[^"]*)","[0-9a-f]{64}"\]')


def travels(path: Path) -> int:
    """Bytes of a file on its way: text is packed by the server, pictures are packed already."""
    data = path.read_bytes()
    return len(gzip.compress(data, mtime=0)) if path.suffix in PACKED else len(data)


def first_load(dist: Path) -> dict[str, int]:
    """What stands between the link and the first screen, and the worker; bytes as they travel."""
    page = (dist / "index.html").read_text("utf-8")
    names = ["index.html", *(name.lstrip("/") for name in _LOADED.findall(page)), "sw.js"]
    return {name: travels(dist / name) for name in names}


def precache(dist: Path) -> dict[str, int]:
    """Every file that the worker keeps, so that the app opens with no network; bytes as they travel."""
    held = _HELD.findall((dist / "sw.js").read_text("utf-8"))
    return {
        address: travels(dist / ("index.html" if address == "/" else address.lstrip("/"))) for address in held
    }


def packages() -> list[str]:
    """The npm packages that travel to the phone, with all that these ask for."""
    lock = json.loads((PWA / "package-lock.json").read_text("utf-8"))["packages"]
    return sorted(
        name.removeprefix("node_modules/")
        for name, entry in lock.items()
        if name and not entry.get("dev") and not entry.get("optional")
    )


def measure() -> dict[str, float]:
    """Kilobytes and counts."""
    dist = built(ROOT)
    first, held = first_load(dist), precache(dist)
    return {
        "first_load_kb": sum(first.values()) / 1024,
        "precache_kb": sum(held.values()) / 1024,
        "precache_files": float(len(held)),
        "runtime_packages": float(len(packages())),
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.4g}")
