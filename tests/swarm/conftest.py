"""The small congress of tests/collector, with its collector in this process."""

from tests.collector.conftest import client, collector, content, new_phone, office, phone, roll, store

__all__ = ["client", "collector", "content", "new_phone", "office", "phone", "roll", "store"]
