"""What holds for the whole suite."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: while one is open, no other test can run an event loop of its own."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
