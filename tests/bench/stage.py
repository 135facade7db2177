"""The site stage alone, in a process of its own: public.db to www/, as a build does it.

`python -m tests.bench.stage fill FOLDER N` makes a public.db with N visits, and the shell. As Markdown a
visit has 1.9 KB. `… run FOLDER OUT` makes the pages; with a third folder, one that a run has left, unchanged
pages are linked to it.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ledger.congress import load_congress
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.pages.making import Site
from publisher.pages.site import pages
from publisher.pages.templates import load_templates
from publisher.pages.writing import cut_shells, stamp_pages, write_files
from publisher.reading.public import read_public
from publisher.stages import Stages
from publisher.stamping.stamp import NAME_TOKENS, Before, Page

CONTENT = Path(__file__).parents[2] / "content"
AS_OF = date(2026, 11, 21)
GRIDS, DEPUTIES = 200, 100
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS = ("道路", "饮水", "路灯", "养老", "就医", "上学", "农资", "河道", "环境", "公交", "物业", "电梯")
DIGESTS = "digests.json"
PEAK = "peak.txt"
DATABASE = {"sha256": "0" * 64, "bytes": 0}


def visits(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """What visits say, a page of text each, the same each time."""
    pick = random.Random(seed)
    for _ in range(count):
        yield {
            "visited_on": f"{pick.randint(2022, 2026)}-{pick.randint(1, 12):02d}-{pick.randint(1, 28):02d}",
            "grid": f"g-{pick.randrange(GRIDS)}",
            "visit_kind": pick.choice(["full_round", "spot"]),
            "people": pick.randint(0, 9),
            "topics": pick.sample(["roads", "water", "health", "elderly", "farming"], 2),
            "next_step": pick.choice(["noted", "suggestion", "referred"]),
            "deputies": [f"d-{n}" for n in pick.sample(range(DEPUTIES), 2)],
            "summary": "\n\n".join(paragraph(pick) for _ in range(2)),
            "contact_phone": f"139{pick.randrange(10**8):08d}",
        }


def paragraph(pick: random.Random) -> str:
    """A paragraph as people write one."""
    return "".join(f"{'、'.join(pick.sample(WORDS, 3))}，说了{pick.randint(2, 9)}次。" for _ in range(8))


def code(n: int) -> str:
    """The code of the nth visit."""
    tail = "".join(CROCKFORD[n // 32**place % 32] for place in (2, 1, 0))
    return f"ZF-2026-{tail}{'AB'[n // 32**3]}"


def fill(folder: Path, count: int, changed: int = 0) -> None:
    """A public.db of this many visits, as it leaves, and the shell; of so many the text is another."""
    from ledger.forms import load_forms  # not needed to make pages, and not part of what is measured
    from publisher import derived
    from publisher.out.public_db import seal, write_public_db
    from publisher.stamping.shell import build_shell
    from tests.publisher.fake import FakeLedger, extracted, stand

    forms, ledger = load_forms(CONTENT), FakeLedger()
    for n in range(GRIDS):
        ledger.file(forms["grid"], {"name": f"第{n}网格", "level": "grid"}, name=f"g-{n}", role="clerk")
    for n in range(DEPUTIES):
        deputy = {"name": f"甲{n}", "level": "county"}
        ledger.file(forms["deputy"], deputy, name=f"d-{n}", role="clerk")
    for n, answers in enumerate(visits(count)):
        answers |= {"summary": f"改过了，{n}。"} if n < changed else {}
        ledger.file(forms["visit"], answers, code=code(n))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "public.db"
    path.unlink(missing_ok=True)
    congress = load_congress(CONTENT)
    write_public_db(path, extracted(ledger, *forms.values()), forms, stand())
    derived.add(path, load_rulebook(CONTENT, congress.rulebook), load_words(CONTENT))
    seal(path)
    built = build_shell(CONTENT, folder / "shell", congress.addresses["www"])
    (folder / "shell.txt").write_text(str(built), "utf-8")
    made_with(folder)[0].templates.faults()  # compiles them, as whoever checks content before a build does


def made_with(folder: Path) -> tuple[Site, Path]:
    """What pages are made with, and the built shell."""
    shell = Path((folder / "shell.txt").read_text("utf-8"))
    public = read_public(folder / "public.db")
    congress, words = load_congress(CONTENT), load_words(CONTENT)
    templates = load_templates(CONTENT, words, "zh", folder / "templates")
    shells = cut_shells(shell, [kind.name for kind in public.shown])
    rulebook = load_rulebook(CONTENT, congress.rulebook)
    return Site(public, shells, templates, congress, words, "code", DATABASE, rulebook), shell


def run(folder: Path, out: Path, before: Path | None = None) -> dict[str, float]:
    """public.db to www/, and how many pages that was."""
    stages = Stages()
    site, shell = made_with(folder)
    stages.done("reading")
    last = None
    if before:
        digests, files = json.loads((before / DIGESTS).read_text("utf-8"))
        last = Before(before / "www", digests, files)
    www = out / "www"
    www.mkdir(parents=True)
    stamped = stamp_pages(www, site, last, stages)
    copied = write_files(www, site, shell, stamped, last)
    stages.done("files")
    (out / DIGESTS).write_text(json.dumps([stamped.digests, copied]), "utf-8")
    (out / PEAK).write_text(f"{peak_mb()}", "utf-8")
    return {"made": len(stamped.digests), "written": len(stamped.written), **stages}


def peak_mb() -> float:
    """The most memory that this process held, and its helper beside it; what they share counts twice."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def records(folder: Path) -> tuple[tuple[str, str], list[Page], list[Page]]:
    """The specimens of a visit's page and of a list; each visit's page, and each list's, with its data."""
    site, shell = made_with(folder)
    made = [each for each in pages(site) if isinstance(each, Page) and each.path.startswith("visit/")]
    own = [each for each in made if each.path.startswith("visit/ZF-")]
    lists = [each for each in made if not each.path.startswith("visit/ZF-")]
    record, listed = ((shell / f"visit/{name}.html").read_text("utf-8") for name in NAME_TOKENS)
    return (record, listed), own, lists


if __name__ == "__main__":
    what, *where = sys.argv[1:]
    if what == "fill":
        fill(Path(where[0]), *map(int, where[1:]))
    else:
        print(json.dumps(run(*map(Path, where))))
