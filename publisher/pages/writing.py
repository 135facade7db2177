"""The site stage: public.db, the shell and the templates become the files of www/."""

from __future__ import annotations

import gc
import hashlib
import html
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from publisher.finding.find import FIND
from publisher.pages.helper import Helper, Pieces, beside, pays
from publisher.pages.making import Site
from publisher.pages.site import OF_KINDS, parts, pieces, records, specimens
from publisher.stages import Stages
from publisher.stamping.stamp import NAME_TOKENS, Before, Page, Plain, Shell, Stamped, link, stamp, write


def stamp_pages(www: Path, site: Site, before: Before | None, stages: Stages) -> Stamped:
    """Every page stamped, and the files that stand beside them."""
    stamped, work, here, helper = Stamped(), pieces(site), os.getpid(), None
    left = Pieces(len(work))

    def taken() -> Iterator[Page | Plain]:
        for n in left:
            yield from records(site, *work[n])

    gc.freeze()  # the rows stay for as long as pages are made: to look through them for waste is waste
    try:
        if pays(sum(len(rows) for _, rows in work)):
            helper = Helper(lambda: stamp(beside(here, taken()), www, before))
        for part, made in parts(site):
            stamp(made, www, before, stamped)
            stages.done(part)
        stamp(taken(), www, before, stamped)
        stages.done("records")
        if helper:
            stamped.add(helper.result())
            stages.done("helper")
    finally:
        gc.unfreeze()
        left.close()
        if helper:
            helper.end()
    return stamped


def write_files(
    www: Path, site: Site, shell: Path, stamped: Stamped, before: Before | None
) -> dict[str, str]:
    """The authored pages and the theme's files beside what is stamped, and the sitemap; their digests."""
    files = _copy_authored(shell, www, stamped, before)
    gone = {each.path for each in site.public.withdrawn.values()}
    addresses = sorted(name for name in {*stamped.digests, *files} - gone if _is_place(name))
    write(f"{www}/sitemap.xml", _sitemap(site.congress.addresses["www"], addresses))
    return files


def _is_place(name: str) -> bool:
    """Whether a file is a page to be found: not a sheet to print, nor what a wrong address gets."""
    return name.endswith(".html") and name != "404.html" and not name.startswith("poster/")


def cut_shells(shell: Path, kinds: list[str]) -> dict[str, Shell]:
    """Every specimen of a built shell, cut once; a page that a kind brings may have been left out."""
    return {
        name: Shell.cut((shell / path).read_text("utf-8"))
        for name, path in specimens(kinds).items()
        if name not in (*OF_KINDS, FIND) or (shell / path).is_file()
    }


def _copy_authored(shell: Path, www: Path, stamped: Stamped, before: Before | None) -> dict[str, str]:
    """The authored pages and the theme's files; one that did not change is linked to the last release's."""
    copied: dict[str, str] = {}
    for path in sorted(each for each in shell.rglob("*") if each.is_file()):
        name = path.relative_to(shell).as_posix()
        if name in stamped.digests or path.stem in NAME_TOKENS or path.name.startswith("sitemap.xml"):
            continue
        copied[name] = digest = sha256(path)
        target = www / name
        target.parent.mkdir(parents=True, exist_ok=True)
        known = before and before.files.get(name) == digest
        if not (before and known and link(f"{before.root}/{name}", str(target))):
            shutil.copyfile(path, target)
    return copied


def _sitemap(www: str, names: list[str]) -> bytes:
    urls = "".join(f"<url><loc>{html.escape(f'{www}/{name}', quote=False)}</loc></url>\n" for name in names)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{urls}</urlset>\n".encode()


def sha256(path: Path) -> str:
    """The digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
