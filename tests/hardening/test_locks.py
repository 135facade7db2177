"""Every package is named with its digests, and no lock says from which host it comes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.+?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.M
)
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
AT_LEAST = {
    "starlette": "1.3.1",
    "mkdocs-material": "9.7.7",
    "apsw": "3.54.1",
    "pillow": "13",
    "cryptography": "46",
}
"""Below these are known holes, or SQLite's lost write-ahead log."""


def locked(text: str = LOCK) -> dict[str, list[str]]:
    """Versions by name; a name stands twice where platforms differ."""
    found: dict[str, list[str]] = {}
    for name, version, _, _ in ENTRY.findall(text):
        found.setdefault(name, []).append(version)
    return found


def test_every_package_is_named_with_its_digests_and_no_host() -> None:
    rest = ENTRY.sub("", LOCK)
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []
    assert "://" not in LOCK and "--index" not in LOCK and len(locked()) > 40


def test_the_lock_holds_what_the_project_asks_for() -> None:
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    for each in map(Requirement, wanted):
        name = re.sub(r"[-_.]+", "-", each.name).lower()
        assert name in locked(), f"{name}: make requirements.lock anew (docs/decisions/0034-hardening.md)"
        assert all(each.specifier.contains(version) for version in locked()[name]), name


def test_nothing_with_a_known_hole_is_allowed() -> None:
    asked = {each.name: each for each in map(Requirement, PROJECT["project"]["dependencies"])}
    for name, least in AT_LEAST.items():
        assert all(Version(version) >= Version(least) for version in locked()[name])
        assert not asked[name].specifier.contains(str(Version(least).major - 1))
    assert "pysqlite3" not in locked() and "pysqlite3-binary" not in locked()


def test_the_phones_packages_are_named_so_too() -> None:
    lock = json.loads((ROOT / "collector/pwa/package-lock.json").read_text("utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name and not each.get("link")}
    assert packages and all(re.match("sha512-", each["integrity"]) for each in packages.values())
    assert not [name for name, each in packages.items() if "resolved" in each]
    assert "ignore-scripts=true" in (ROOT / "collector/pwa/.npmrc").read_text() or "--ignore-scripts" in (
        ROOT / "collector/app.py"
    ).read_text("utf-8")


def test_a_package_without_a_digest_would_be_seen() -> None:
    bare = LOCK.replace("    --hash=sha256:", "    --nothing:", 1)
    assert len(ENTRY.findall(bare)) < len(ENTRY.findall(LOCK))
