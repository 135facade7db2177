"""Where photos stand below the site's root: by their record's code, never by what a phone called them."""

from __future__ import annotations

FOLDER = "photos"


def path_of(code: str, n: int) -> str:
    """The name of a record's nth photo."""
    return f"{FOLDER}/{code}-{n}.jpg"


def small_of(path: str) -> str:
    """The name of the small copy beside a photo.

    >>> small_of(path_of("CY-2026-7KQ4", 2))
    'photos/CY-2026-7KQ4-2-small.jpg'
    """
    return f"{path.removesuffix('.jpg')}-small.jpg"
