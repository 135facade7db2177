"""The theme's shell: MkDocs run over authored pages and specimens, and kept until its inputs change."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ledger.files import sync_tree
from ledger.problems import Problem, Problems
from publisher.inputs import ROOT, shell_digest

CONFIG = ROOT / "mkdocs.yml"
_SAID = re.compile(r"^(WARNING|ERROR)\s+-\s+(.*)$")
_ABOUT = re.compile(r"'([^']+\.md)'")
_NOISE = ("Aborted with", "MkDocs 2.0")


def build_shell(content: Path, cache: Path, www: str) -> Path:
    """The folder with the built shell of this content; MkDocs runs only when its inputs have changed."""
    digest = shell_digest(content, www)[:24]
    built = cache / digest
    if not built.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        aside = cache / f"{digest}.{os.getpid()}"
        try:
            run_mkdocs(content, aside, www)
            sync_tree(aside)  # the name says what is in it, and would be believed after a power cut
            aside.rename(built)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        _forget_others(cache, built)
    return built


def run_mkdocs(content: Path, into: Path, www: str) -> None:
    """Build authored pages and specimens into a folder; what MkDocs complains of is a Problem."""
    into.parent.mkdir(parents=True, exist_ok=True)
    config = into.with_name(f"{into.name}.yml")
    hooks = [str(ROOT / "publisher/stamping/specimen.py")]
    given: dict[str, Any] = {
        "INHERIT": str(CONFIG),
        "docs_dir": str((content / "pages").resolve()),
        "site_dir": str(into.resolve()),
        "hooks": hooks,
        "theme": {"custom_dir": str(theme_of(content).resolve())},
        "site_url": f"{www}/",
    }
    config.write_text(json.dumps(given, ensure_ascii=False), "utf-8")
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)],
            cwd=ROOT,
            env={
                **os.environ,
                "NO_MKDOCS_2_WARNING": "1",
                "SOURCE_DATE_EPOCH": "0",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        config.unlink()
    if ran.returncode:
        raise Problems(complaints(ran.stderr + ran.stdout))


def theme_of(content: Path) -> Path:
    """What is changed of the theme: the congress's own, else what ships."""
    own = content / "theme"
    return own if own.is_dir() else ROOT / "content/theme"


def complaints(said: str) -> list[Problem]:
    """What MkDocs said, as problems of the pages it said it about.

    >>> str(complaints("WARNING -  Doc file 'about.md' contains a link 'x.md', but it is not found.")[0])
    "content/pages/about.md: Doc file 'about.md' contains a link 'x.md', but it is not found. Mend the page."
    """
    found = []
    for line in said.splitlines():
        if (match := _SAID.match(line)) and not any(noise in match[2] for noise in _NOISE):
            about = _ABOUT.search(match[2])
            where = f"content/pages/{about[1]}" if about else "mkdocs.yml"
            found.append(
                Problem(where, "", f"{match[2].strip()} Mend the {'page' if about else 'settings'}.")
            )
    if not found:
        found.append(
            Problem("mkdocs.yml", "", "MkDocs failed:\n" + "\n".join(said.strip().splitlines()[-8:]))
        )
    return found


def _forget_others(cache: Path, built: Path) -> None:
    """Shells of older content are of no use; one that another build is still making is left alone."""
    for other in cache.iterdir():
        if other.is_dir() and other != built and "." not in other.name:
            shutil.rmtree(other, ignore_errors=True)
