"""What metadata.json tells our plugins: addresses, labels, and words in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MEMORY = "mingbai-memory"
"""A header by which the error page tells the door that SQLite had no memory left."""


# Asked for every cell; Datasette itself would merge all its metadata anew each time.
@lru_cache(maxsize=2)
def told(datasette: Any) -> Mapping[str, Any]:
    """The part of metadata.json that is ours: site, kinds by letters, columns by table, and what to say."""
    found: Mapping[str, Any] = datasette.plugin_config("mingbai") or {}
    return found


def said(words: Mapping[str, Mapping[str, str]], key: str) -> Mapping[str, str]:
    """A message in both languages; its key where a data folder was written without words."""
    return words.get(key) or {"zh": key, "en": key}
