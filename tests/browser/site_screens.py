"""The main pages of the public site and of Datasette in one table, for pictures and to look at their width.

`python -m tests.screens FOLDER --site` takes the pictures: phone and desktop, light and dark, some on paper.
A new page is one line in PAGES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

SIZES = {"phone": (360, 740), "desk": (1280, 900)}
SCHEMES = ("light", "dark")
PAPER = (794, 1123)
"""A4 at 96 pixels to the inch."""


@dataclass(frozen=True)
class Site:
    """A release that is served: its folder, and the addresses of pages and of Datasette."""

    www: Path
    at: str
    data: str


class Shown(NamedTuple):
    """A page: its picture's name, its address, what a reader does there; with `paper` it is printed too."""

    name: str
    where: Callable[[Site], str]
    after: Callable[[Page], None] | None = None
    paper: bool = False


def at(path: str) -> Callable[[Site], str]:
    """A page by its address."""
    return lambda site: f"{site.at}/{path}"


def longest(kind: str) -> Callable[[Site], str]:
    """Of a kind the record with most to say."""

    def where(site: Site) -> str:
        found = [each for each in (site.www / kind).glob("*.html") if each.stem.count("-") == 2]
        return f"{site.at}/{kind}/{max(found, key=lambda each: each.stat().st_size).name}"

    return where


def of_data(path: str) -> Callable[[Site], str]:
    """A page of Datasette."""
    return lambda site: f"{site.data}{path}"


def a_row(kind: str) -> Callable[[Site], str]:
    """A row of a table of Datasette."""
    return lambda site: (
        f"{site.data}/public/{kind}/{longest(kind)(site).rpartition('/')[2].removesuffix('.html')}"
    )


def searched(page: Page) -> None:
    """Answers are there."""
    page.locator("article li a[href*='.html']").first.wait_for()
    page.wait_for_load_state("networkidle")


def unfolded(page: Page) -> None:
    """All that is folded open."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


PAGES = (
    Shown("home", at("index.html"), paper=True),
    Shown("find", at("find.html")),
    Shown(
        "year", lambda site: f"{site.at}/year/{max(each.name for each in (site.www / 'year').glob('*.html'))}"
    ),
    Shown("list", at("suggestion/index.html"), unfolded),
    Shown("suggestion", longest("suggestion"), paper=True),
    Shown("ballot", longest("ballot")),
    Shown("project", longest("project_candidate")),
    Shown("deputy", longest("deputy")),
    Shown("station", longest("station")),
    Shown("organ", longest("organ")),
    Shown("search", at("search.html?q=路灯"), searched),
    Shown("corrections", at("corrections.html")),
    Shown("coverage", at("coverage.html"), unfolded),
    Shown("catalogue", at("catalogue.html")),
    Shown("download", at("download.html")),
    Shown("follow", at("follow.html")),
    Shown("data-table", of_data("/public/suggestion_zh")),
    Shown("data-row", a_row("suggestion")),
    Shown("data-question", of_data("/public/late_by_organ?_show_sql=on")),
)


def pictures(browser: Browser, site: Site, folder: Path) -> Iterator[Path]:
    """A picture of every page in every size and scheme, the whole length of it."""
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="zh-CN",
            )
            for each in PAGES:
                page.goto(each.where(site), wait_until="networkidle")
                if each.after:
                    each.after(page)
                path = folder / f"site-{each.name}-{size}-{scheme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")
                yield path
            page.close()
    yield from _printed(browser, site, folder)


def _printed(browser: Browser, site: Site, folder: Path) -> Iterator[Path]:
    page = browser.new_page(viewport={"width": PAPER[0], "height": PAPER[1]}, color_scheme="light")
    page.emulate_media(media="print")
    for each in PAGES:
        if each.paper:
            page.goto(each.where(site), wait_until="networkidle")
            path = folder / f"site-{each.name}-paper.png"
            page.screenshot(path=path, full_page=True)
            yield path
    page.close()


def wide(browser: Browser, site: Site, data: bool = True, only: tuple[str, ...] = ()) -> Iterator[str]:
    """The pages that are wider than a phone of 360 pixels, and by how much: there should be none.

    `data`: Datasette's as well; `only`: none but these.
    """
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for each in PAGES:
        if (each.name.startswith("data-") and not data) or (only and each.name not in only):
            continue
        page.goto(each.where(site), wait_until="networkidle")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            yield f"{each.name}: {over} px"
    page.close()
