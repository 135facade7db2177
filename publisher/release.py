"""A release: built aside with hard links to the last, looked over, synced once, put in place by a rename."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ledger.files import sync
from publisher import derived
from publisher.check import check
from publisher.data import config as datasette
from publisher.data import fulltext, views
from publisher.download import erasing, snapshots
from publisher.download import files as downloads
from publisher.following.font import NO_FONT, font_named
from publisher.inputs import Content, code_version, content_digest, load_content, release_id
from publisher.out import photos
from publisher.out.extract import Extract
from publisher.out.held import read_release, write_held
from publisher.out.public_db import (
    Position,
    Stand,
    opened,
    public_texts,
    read_ledger,
    read_nothing,
    read_position,
    seal,
    write_public_db,
)
from publisher.out.selfcheck import Leak, search, unpacked
from publisher.pages.making import Site
from publisher.pages.writing import cut_shells, sha256, stamp_pages, write_files
from publisher.reading.public import read_public
from publisher.search.written import engine, write_search
from publisher.stages import Stages
from publisher.stamping.shell import build_shell
from publisher.stamping.stamp import Before, Stamped, write

__all__ = ["NO_FONT", "Release", "build", "check"]

KEEP = 20
MANIFEST = "manifest.json"
DATABASE = "public.db"


@dataclass(frozen=True)
class Release:
    """What a build made, or found already made."""

    id: str
    path: Path
    pages_written: int
    pages_total: int
    held: int
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage of what was done."""


@dataclass(frozen=True)
class Manifest:
    """manifest.json of a release: what it was made from, where each record is, the digest of every file."""

    id: str
    position: int
    as_of: str
    content: str
    code_version: str
    held: int
    ledger: str
    epoch: str
    chain: str
    photos: str = ""
    pictures: str = ""
    """The font of the pictures of kinds; without one there are none but those as SVG."""
    erased: int = 0
    """The last erasure of something public, by its position: no release from before it may stay."""
    records: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def build(
    content: Path,
    home: Path,
    site: Path,
    as_of: date,
    clean: bool = False,
    addresses: Mapping[str, str] | None = None,
) -> Release:
    """Ledger and content as they stand, as a release that is served from now on.

    Nothing changed: nothing is done. `clean` makes every page anew. Raises Problems for a fault in content,
    and Leak where something withheld would leave; the old release then stays. `addresses`
    stand in for those of congress.yaml.
    """
    started, stages = time.perf_counter(), Stages()
    with _alone(site):
        last = current(site)
        digests = content_digest(content), code_version()
        id = release_id(read_position(home) or _nowhere(), *digests, as_of, addresses)
        if last and last[1].id == id and not clean and read_release(home) == id:
            erasing.clear(site, last[0])
            return Release(id, last[0], 0, len(last[1].pages), last[1].held, time.perf_counter() - started)
        stages.done("digests")
        kept = site.parent / ".build"
        loaded = load_content(content, addresses, kept / "templates", digests[1])
        stages.done("content")
        with ThreadPoolExecutor(1) as beside:  # MkDocs is a process of its own: the ledger is read meanwhile
            building = beside.submit(build_shell, content, kept / "shell", loaded.congress.addresses["www"])
            position, extracted = _read(home, loaded, as_of)
            stages.done("ledger")
            shell = building.result()
        stages.done("shell")
        id = release_id(position, *digests, as_of, addresses)
        stand = _stand(id, position, as_of, digests, extracted)
        aside = _aside(site, id)
        try:
            stamped = _assemble(aside, loaded, shell, extracted, stand, None if clean else last, stages)
            snapshots.close(site, last and last[0], aside)
            path = _put_in_place(aside, site, id)
            stages.done("in place")
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        erasing.clear(site, path)
        write_held(home, id, extracted.held)
        _prune(site)
        stages.done("pruning")
    seconds = time.perf_counter() - started
    return Release(id, path, len(stamped.written), len(stamped.digests), stand.held, seconds, stages)


def made_anew(
    content: Path, home: Path, folder: Path, as_of: date, addresses: Mapping[str, str] | None, id: str
) -> Path:
    """The release that ledger and content make, from nothing and for nobody, in a folder of its own."""
    loaded = load_content(content, addresses)
    shell = build_shell(content, folder / "shell", loaded.congress.addresses["www"])
    position, extracted = _read(home, loaded, as_of)
    aside = folder / id
    aside.mkdir()
    stand = _stand(id, position, as_of, (content_digest(content), code_version()), extracted)
    _assemble(aside, loaded, shell, extracted, stand, None, Stages())
    return aside


def current(site: Path) -> tuple[Path, Manifest] | None:
    """The release that is served now, if there is one."""
    link = site / "current"
    try:
        path = link.parent / os.readlink(link)
        return path, read_manifest(path)
    except (OSError, ValueError, TypeError):
        return None


def read_manifest(path: Path) -> Manifest:
    """The manifest of a release."""
    return Manifest(**json.loads((path / MANIFEST).read_text("utf-8")))


def _read(home: Path, content: Content, as_of: date) -> tuple[Position, Extract]:
    if read_position(home) is None:
        return read_nothing(content.forms, as_of)
    return read_ledger(home, content.forms, content.congress.timezone, as_of)


def _nowhere() -> Position:
    return Position("", "", 0, "")


def _stand(id: str, position: Position, as_of: date, digests: tuple[str, str], extracted: Extract) -> Stand:
    return Stand(
        id=id,
        position=position.position,
        as_of=as_of.isoformat(),
        content=digests[0],
        code_version=digests[1],
        held=len(extracted.held),
        ledger=position.ledger,
        epoch=position.epoch,
        chain=position.chain,
        photos=position.photos,
    )


def _assemble(
    aside: Path,
    content: Content,
    shell: Path,
    extracted: Extract,
    stand: Stand,
    last: tuple[Path, Manifest] | None,
    stages: Stages,
) -> Stamped:
    """The whole release in a folder beside the others: data, pages, manifest, and the last look over it."""
    data, www = aside / "data", aside / "www"
    data.mkdir(parents=True)
    www.mkdir()
    database = write_data(data, content, extracted, stand, stages)
    public = read_public(data / DATABASE)
    stages.done("reading")
    site = Site(
        public,
        cut_shells(shell, [kind.name for kind in public.shown]),
        content.templates,
        content.congress,
        content.words,
        stand.code_version,
        database,
        content.rulebook,
    )
    before = Before(last[0] / "www", last[1].pages, last[1].files) if last else None
    stamped = stamp_pages(www, site, before, stages)
    stamped.add(downloads.write(site, aside, before))
    stages.done("download")
    files = write_files(www, site, shell, stamped, before)
    stages.done("files")
    files |= photos.write(www, extracted.photos, last)
    stages.done("photos")
    files |= write_search(www, site, last)
    stages.done("search")
    manifest = Manifest(
        **asdict(stand),
        pictures=font_named(content.folder),
        erased=extracted.erased_at,
        records={code: path for code in sorted(public.titles) if (path := public.path(code))},
        pages=dict(sorted(stamped.digests.items())),
        files={**files, **{f"data/{each.name}": sha256(each) for each in sorted(data.iterdir())}},
    )
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=0)
    write(f"{aside}/{MANIFEST}", text.encode())
    stages.done("manifest")
    if found := search(aside, extracted.inside, _allowed(content, shell, extracted, stand, www)):
        raise Leak(found)
    stages.done("last look")
    return stamped


def write_data(
    data: Path, content: Content, extracted: Extract, stand: Stand, stages: Stages | None = None
) -> dict[str, Any]:
    """public.db and what Datasette is told about it; the size and digest of public.db."""
    path, stages = data / DATABASE, stages if stages is not None else Stages()
    write_public_db(path, extracted, content.forms, stand)
    stages.done("rows")
    derived.add(path, content.rulebook, content.words)
    stages.done("computed")
    with opened(path) as db:
        fulltext.index(db, content.forms)
        assert db.conn is not None
        stages.done("full text")
        views.add(db.conn, content.forms, content.words)
    stages.done("views")
    digest = seal(path)
    stages.done("sealing")
    datasette.write_config(data, content.forms, content.congress, content.words)
    stages.done("datasette")
    return {"sha256": digest, "bytes": path.stat().st_size}


def _allowed(content: Content, shell: Path, extracted: Extract, stand: Stand, www: Path) -> Iterator[bytes]:
    """All that may stand in a release without having been in a record, and what the forms let out."""
    yield from public_texts(extracted, content.forms)
    for folder in (shell, content.templates.folder, content.folder / "words", content.folder / "rulebooks"):
        yield from (path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    yield from (str(value).encode() for value in asdict(stand).values())
    yield from map(unpacked, engine(www))
    yield from (day.encode() for day in derived.days(www.parent / "data" / DATABASE))
    yield repr(content.congress).encode()


def _aside(site: Path, id: str) -> Path:
    """A fresh folder beside the releases; what a killed build left is cleared away."""
    releases = site / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for left in releases.glob(".new-*"):
        shutil.rmtree(left)
    aside = releases / f".new-{id}"
    aside.mkdir()
    return aside


def _put_in_place(aside: Path, site: Path, id: str) -> Path:
    """Sync everything once, name the release, and point `current` at it in one step."""
    path, n = aside.parent / id, 1
    while path.exists():  # the same release made anew: the old one stays whole until `current` has moved
        n += 1
        path = aside.parent / f"{id}.{n}"
    _same_time(aside)
    os.sync()
    aside.rename(path)
    sync(path.parent)  # before anything leads there
    swap(site, path)
    return path


def _same_time(folder: Path) -> None:
    """One time for all files: that of the build which first wrote a page tells when its record came."""
    now = time.time_ns()
    for path in folder.rglob("*"):
        os.utime(path, ns=(now, now))


def swap(site: Path, path: Path) -> None:
    """Point site/current at a release; readers see the old one or the new one."""
    link = site / ".current-new"
    link.unlink(missing_ok=True)
    link.symlink_to(path.relative_to(site))
    os.replace(link, site / "current")
    sync(site)


def _prune(site: Path) -> None:
    """Keep the last releases, and always the one that is served."""
    served = (site / "current").resolve()
    releases = [
        each for each in (site / "releases").iterdir() if each.is_dir() and not each.name.startswith(".")
    ]
    releases.sort(key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True)
    for old in releases[KEEP:]:
        if old.resolve() != served:
            snapshots.forget(site, old)


@contextmanager
def _alone(site: Path) -> Iterator[None]:
    """One build at a time; a second one waits for the first."""
    site.mkdir(parents=True, exist_ok=True)
    lock = os.open(site / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
