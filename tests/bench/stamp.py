"""How fast record pages are stamped, against plainly writing the same bytes; and what a rebuild costs."""

from __future__ import annotations

import gc
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from ledger.filing import OfficeRecord
from ledger.store import Store
from publisher import release
from publisher.inputs import Content, load_content
from publisher.pages.making import Site
from publisher.pages.site import pages
from publisher.pages.writing import cut_shells
from publisher.reading.public import read_public
from publisher.stamping.shell import build_shell
from publisher.stamping.stamp import Page, stamp

CONTENT = Path(__file__).parents[2] / "content"
RECORDS = 10_000
GRIDS = 200
AS_OF = date(2026, 11, 21)
TMPFS = Path("/dev/shm")


def measure(records: int = RECORDS) -> dict[str, float]:
    """Every figure in one run, on tmpfs where there is one."""
    with _folder() as folder:
        home, site = folder / "home", folder / "site"
        content = load_content(CONTENT)
        filing = _timed(lambda: _file(home, content, records))
        cold = release.build(CONTENT, home, site, AS_OF)
        unchanged = min(release.build(CONTENT, home, site, AS_OF).seconds for _ in range(3))
        with Store.open(home, content.forms) as store:
            store.office_append(list(_visits(records, records // 100, seed=2)))
        changed = release.build(CONTENT, home, site, AS_OF)
        prepared = _pages(content, cold.path, folder)
        stamping, writing = _stamp_against_write(prepared, folder)
    return {
        "stamp_to_write": stamping / writing,
        "rebuild_unchanged_seconds": unchanged,
        "stamp_ms_per_page": 1000 * stamping / len(prepared),
        "write_ms_per_page": 1000 * writing / len(prepared),
        "build_cold_seconds": cold.seconds,
        "build_one_percent_new_seconds": changed.seconds,
        "pages": float(cold.pages_total),
        "filing_seconds": filing,
    }


def _stamp_against_write(prepared: list[Page], folder: Path) -> tuple[float, float]:
    """Seconds to stamp all pages, and to write files of the same sizes: the best of five, taking turns."""
    sizes = [len(page.bytes()) for page in prepared]
    stamping, writing = [], []
    blob = os.urandom(max(sizes))
    for n in range(5):
        stamped, written = folder / f"stamped{n}", folder / f"written{n}"
        stamping.append(_timed(partial(stamp, prepared, stamped)))
        written.mkdir()
        writing.append(_timed(partial(_write_all, written, sizes, blob)))
        shutil.rmtree(stamped)
        shutil.rmtree(written)
    return min(stamping), min(writing)


def _write_all(out: Path, sizes: list[int], blob: bytes) -> None:
    for n, size in enumerate(sizes):
        with open(f"{out}/{n}.html", "wb") as file:
            file.write(blob[:size])


def _pages(content: Content, path: Path, folder: Path) -> list[Page]:
    """The record pages of a release, with the data their templates are given."""
    public = read_public(path / "data" / "public.db")
    shell = build_shell(CONTENT, folder / ".build" / "shell", content.congress.addresses["www"])
    shells = cut_shells(shell, [kind.name for kind in public.shown])
    database: Mapping[str, object] = {"sha256": "", "bytes": 0}
    site = Site(
        public, shells, content.templates, content.congress, content.words, "", database, content.rulebook
    )
    return [page for page in pages(site) if isinstance(page, Page) and page.path.startswith("visit/ZF-")]


def _file(home: Path, content: Content, records: int) -> None:
    grids = [
        OfficeRecord("grid", {"name": f"第{n}网格", "level": "grid"}, ("records", "grid", f"g-{n}"))
        for n in range(GRIDS)
    ]
    with Store.open(home, content.forms) as store:
        store.office_append(grids)
        store.office_append(list(_visits(0, records)))


def _visits(start: int, count: int, seed: int = 1) -> Iterator[OfficeRecord]:
    pick = random.Random(seed)
    words = ["道路", "饮水", "路灯", "养老", "就医", "上学", "农资", "河道", "环境", "公交", "物业"]
    for n in range(start, start + count):
        answers = {
            "visited_on": f"{pick.randint(2022, 2026)}-{pick.randint(1, 12):02d}-{pick.randint(1, 28):02d}",
            "grid": f"g-{pick.randrange(GRIDS)}",
            "visit_kind": pick.choice(["full_round", "spot"]),
            "people": pick.randint(0, 9),
            "topics": pick.sample(["roads", "water", "health", "elderly", "farming"], 2),
            "summary": "。".join("、".join(pick.sample(words, 4)) for _ in range(12)) + "。",
            "contact_phone": f"139{pick.randrange(10**8):08d}",
        }
        yield OfficeRecord("visit", answers, ("bench", "visit", f"v-{n}"))


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=TMPFS if TMPFS.is_dir() else None) as name:
        yield Path(name)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.4g}")
