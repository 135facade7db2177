"""The photos of a release: which may leave, under which names, and their files.

What leaves is the copy that `ledger.photos` makes of the pixels, under a name made of the record's code: it
tells nothing of the file that was sent. One that is not there, or cannot be opened, is left out until it can.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.blobs import Blob
from ledger.photos import Copy, Undeveloped, developed, only_pixels
from ledger.photos import Photo as Developed
from publisher.out.photo_names import path_of, small_of
from publisher.out.selfcheck import Found, Leak
from publisher.stamping.stamp import link

if TYPE_CHECKING:
    from publisher.out.extract import Row
    from publisher.release import Manifest

"""Where they stand below the site's root."""


@dataclass(frozen=True)
class Named:
    """A photo that a record names and that may leave; one to be looked at, if it was there by then."""

    field: str
    digest: str
    seen_at: str | None


@dataclass(frozen=True)
class Photo:
    """One photo that leaves: the nth of its record."""

    kind: str
    field: str
    code: str
    n: int
    large: Copy
    small: Copy

    @property
    def path(self) -> str:
        """Where it stands below the site's root."""
        return path_of(self.code, self.n)


def gather(home: Path, rows: Mapping[str, Iterable[Row]], here: Mapping[str, Blob]) -> tuple[Photo, ...]:
    """The photos that may leave and are there, in the order of kinds and codes.

    The number counts those that may leave, there or not, so that a name never changes when one arrives.
    """
    return tuple(
        Photo(kind, named.field, row.record.code, n, photo.large, photo.small)
        for kind, several in rows.items()
        for row in several
        for n, named in enumerate(row.photos, 1)
        if _may(named, here.get(named.digest)) and (photo := _developed(home, named.digest))
    )


def _may(named: Named, blob: Blob | None) -> bool:
    """Whether a photo is there, and was when the person looked who let it out."""
    return blob is not None and (named.seen_at is None or blob.received_at <= named.seen_at)


def _developed(home: Path, digest: str) -> Developed | None:
    try:
        return developed(home, digest)
    except (Undeveloped, OSError):
        return None


def write(www: Path, photos: Iterable[Photo], last: tuple[Path, Manifest] | None) -> dict[str, str]:
    """The files of all photos; one that did not change is linked to the last release's.

    A file that is more than pixels stops everything: nobody could say what it tells.
    """
    written: dict[str, str] = {}
    for photo in photos:
        for name, copy in ((photo.path, photo.large), (small_of(photo.path), photo.small)):
            written[name] = copy.digest
            target = www / name
            target.parent.mkdir(exist_ok=True)
            known = last and last[1].files.get(name) == copy.digest
            if last and known and link(f"{last[0]}/www/{name}", str(target)):
                continue
            shutil.copyfile(copy.path, target)
            data = target.read_bytes()
            if hashlib.sha256(data).hexdigest() != copy.digest or not only_pixels(data):
                raise Leak([Found(f"www/{name}", 0, len(data))])
    return written


def digest_over(here: Iterable[str]) -> str:
    """One digest over the photos that are there: with one more, a release may be another."""
    names = "\n".join(sorted(here))
    return hashlib.sha256(names.encode()).hexdigest() if names else ""
