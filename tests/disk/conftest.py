"""Where the disks of these tests lie."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where that can be: thousands of images are written, and no disk is asked to sync them."""
    memory = Path("/dev/shm")
    folder = (
        memory / f"mingbai-{os.getpid()}-{tmp_path.name}" if os.access(memory, os.W_OK) else tmp_path / "x"
    )
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)
