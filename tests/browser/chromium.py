"""Where this machine's Chromium is, and how it is started."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium(own: str) -> str | None:
    """The program: the one named in MINGBAI_CHROMIUM, one on PATH, or Playwright's own where it is there."""
    named = os.environ.get("MINGBAI_CHROMIUM")
    found = [shutil.which(name) for name in ([named] if named else NAMES)]
    return next((path for path in found if path), own if not named and Path(own).exists() else None)
