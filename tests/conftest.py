"""What holds for the whole suite."""

from __future__ import annotations

import os
import sys

import pytest

# A hundred servers of tests need no 64 MiB each.
os.environ.setdefault("MINGBAI_BALLAST", "1")
# celpy sets this when it is first used. In the middle of one of Hypothesis's tests that would be a fault.
sys.setrecursionlimit(2500)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: while one is open, no other test can run an event loop of its own.

    What waits most of its time comes first, so that others run beside it to the end.
    """
    items.sort(
        key=lambda item: (bool(item.get_closest_marker("browser")), not item.get_closest_marker("patient"))
    )
