"""Search put into a release: the folders of the index, the names, and `now.js`, which says where they are."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from publisher.pages.making import Site
from publisher.reading.public import Public
from publisher.search import names
from publisher.search.bundles import FOLDER, Bundle, bundles
from publisher.search.entries import entries
from publisher.search.pagefind import ENGINE
from publisher.stamping.stamp import link, write

NOW = f"{FOLDER}/now.js"
WORDS = "site.search."


class Files(Protocol):
    """What is known of the last release: the digest of each of its files."""

    @property
    def files(self) -> Mapping[str, str]: ...


def write_search(www: Path, site: Site, last: tuple[Path, Files] | None) -> dict[str, str]:
    """Everything the search needs, below `www`; the digest of each file by its path there."""
    public = site.public
    labels = labels_of(public, site.lang)
    found = list(entries(public, site.lang))
    made = bundles(found, labels, str(public.release["as_of"]))
    parts = [_script("names", part) for part in names.shards(names.named(public, found))]
    named = [f"{FOLDER}/names-{n}.{_short(data)}.js" for n, data in enumerate(parts)]
    small = dict(zip(named, parts, strict=True))
    small[NOW] = _script("now", _now(site, made, named, labels))
    os.mkdir(www / FOLDER)
    written = {path: _put(www, path, data) for path, data in small.items()}
    for bundle in made:
        written |= _linked(www, bundle, last) or dict(_written(www, bundle))
    return written


def labels_of(public: Public, lang: str) -> dict[str, str]:
    """What each kind is called."""
    return {kind.name: kind.label[lang] for kind in public.shown}


def engine(www: Path) -> Iterator[bytes]:
    """Pagefind's own program as it lies in a release: no record's text stands in it."""
    for name in ENGINE:
        yield from (path.read_bytes() for path in sorted((www / FOLDER).glob(f"*/{name}")))


def _now(site: Site, made: Iterable[Bundle], named: list[str], labels: Mapping[str, str]) -> dict[str, Any]:
    said = {key: dict(text) for key, text in site.words.messages.items() if key.startswith(WORDS)}
    return {
        "bundles": [bundle.folder for bundle in made],
        "names": named,
        "kinds": labels,
        "data": site.links.search("{q}"),
        "as_of": site.public.release["as_of"],
        "words": {key.removeprefix(WORDS): text[site.lang] for key, text in sorted(said.items())},
    }


def _script(name: str, value: object) -> bytes:
    """A value as a script that hands it over: unlike JSON, it also loads from a folder."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=isinstance(value, dict))
    return f"mbSearch.{name}({text})\n".encode()


def _linked(www: Path, bundle: Bundle, last: tuple[Path, Files] | None) -> dict[str, str]:
    """The files of a folder as the last release has them, if it has them all; else none."""
    if last is None:
        return {}
    known = {path: digest for path, digest in last[1].files.items() if path.startswith(f"{bundle.folder}/")}
    for path in known:
        target = www / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not link(f"{last[0]}/www/{path}", str(target)):
            for done in known:
                (www / done).unlink(missing_ok=True)
            return {}
    return known


def _written(www: Path, bundle: Bundle) -> Iterator[tuple[str, str]]:
    for path, data in bundle.files().items():
        yield f"{bundle.folder}/{path}", _put(www, f"{bundle.folder}/{path}", data)


def _put(www: Path, path: str, data: bytes) -> str:
    target = www / path
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True)
    write(str(target), data)
    return hashlib.sha256(data).hexdigest()


def _short(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
