"""Pictures of every screen: `python -m tests.screens FOLDER`; with `--docs` those of docs/screens.md.

`python -m tests.screens FOLDER --site` takes those of the sample's public site and of its Datasette instead.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.screens import DESK, PEOPLE, SCREENS, Scene, walk, wear
from tests.browser.site_screens import Site, pictures, wide
from tests.browser.test_story import served
from tests.publisher.whole import sample_release

DOCS = Path(__file__).parents[1] / "docs"
MOST_EACH, MOST_ALL = 40 * 1024, 400 * 1024
TALLEST, WIDEST = 1500, 900  # pixels in the docs: what is longer is cut, what is wider is made smaller

SHAPES: Mapping[str, tuple[int, int, int]] = {
    "phone": (360, 740, 18),
    "large": (360, 740, 30),
    "desk": (1280, 900, 18),
}

SHOWN: Sequence[tuple[str, str, str, str]] = (
    ("enrol-digits", "phone", "登记", "Enrolling: the clerk compares six digits, face to face."),
    ("home-todo", "phone", "首页", "Home: what is to be done, then what one can record."),
    ("visit-begun", "phone", "走访第一步", "A visit, first step: the date is filled in."),
    ("uploads-waiting", "phone", "上传情况", "No network: what has not gone up, and when it is tried again."),
    ("visit-filed", "phone", "一条记录", "A record with its level in words and its receipt number."),
    ("record-returned", "phone", "被退回", "Sent back, with the reason."),
    ("records", "large", "我的记录（30 号字）", "My records, in the largest letters."),
    ("home-waiting", "large", "首页（30 号字）", "Home in the largest letters, with something that waits."),
    ("case-deputy", "phone", "一件建议", "A suggestion: where it stands, what comes next, from whom."),
    ("tally-strokes", "phone", "计票", "Counting ballots by strokes, as on paper."),
    ("tally-aloud", "phone", "唱票核对", "Two counts that differ, read aloud."),
    ("desk-case", "desk", "人大办的桌面", "The clerk's desk: the list beside the case."),
)


def picture(page: Page, shape: str, whole: bool) -> bytes:
    """The screen in this shape, as PNG; the whole length of it where asked."""
    width, height, size = SHAPES[shape]
    wear(page, size)
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => scrollTo(0, 0)")
    if whole:
        # As high as the page, so that the bar at the bottom stands at its end and not in its middle.
        tall = int(page.evaluate("() => document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": width, "height": max(height, tall)})
    taken = page.screenshot(animations="disabled")
    page.set_viewport_size({"width": width, "height": height})
    wear(page, 18)
    return taken


def small(png: bytes) -> bytes:
    """For the docs: WebP of few bytes."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    if picture.width > WIDEST:
        picture = picture.resize((WIDEST, picture.height * WIDEST // picture.width), Image.Resampling.LANCZOS)
    for quality in (70, 55, 40, 25):
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_EACH:
            return out.getvalue()
    raise ValueError(f"a picture of {picture.size} does not fit into {MOST_EACH} bytes")


def shapes_of(who: str) -> tuple[str, ...]:
    return ("desk",) if PEOPLE[who].size == DESK else ("phone", "large")


def take(folder: Path, docs: bool) -> list[Path]:
    """Walk every screen and keep its pictures; those for the docs are of one screenful or little more."""
    wanted = {(name, shape) for name, shape, _, _ in SHOWN}
    made = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        path = chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        scene = Scene(browser, Path(home), everything=not docs)
        try:
            for screen, page in walk(scene, [each for each in SCREENS if not (docs and each.test_form)]):
                for shape in shapes_of(screen.who):
                    if docs and (screen.name, shape) not in wanted:
                        continue
                    taken = picture(page, shape, whole=not docs)
                    to = folder / f"{screen.name}-{shape}.{'webp' if docs else 'png'}"
                    to.write_bytes(small(taken) if docs else taken)
                    made.append(to)
        finally:
            scene.close()
            browser.close()
    return made


def take_site(folder: Path) -> list[Path]:
    """The main pages of the sample's site, phone and desktop, light and dark; what is too wide is said."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        release = sample_release(Path(home))
        with served(release.parents[1]) as (www, data):
            path = chromium(playwright.chromium.executable_path)
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            site = Site(release / "www", www, data)
            made = list(pictures(browser, site, folder))
            print(*(f"too wide: {each}" for each in wide(browser, site)), sep="\n")
            browser.close()
    return made


def page_of_pictures() -> str:
    """docs/screens.md."""
    lines = [
        "# Screens",
        "",
        "The sample congress, 360 pixels wide unless it says otherwise; by `python -m tests.screens --docs`.",
        "`python -m tests.screens FOLDER` makes pictures of every screen in every shape, from the table in",
        "`tests/browser/screens.py`, which the checks of access walk too.",
        "",
    ]
    for name, shape, zh, en in SHOWN:
        lines += [f"## {zh}", "", en, "", f"![{zh}](screens/{name}-{shape}.webp)", ""]
    return "\n".join(lines)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path, help="where the pictures go")
    asked.add_argument("--docs", action="store_true", help="only those of docs/screens.md, into docs/screens")
    asked.add_argument("--site", action="store_true", help="the public site and Datasette, not the app")
    given = asked.parse_args()
    if bool(given.folder) == given.docs or (given.docs and given.site):
        asked.error("either a folder or --docs")
    folder = DOCS / "screens" if given.docs else given.folder
    folder.mkdir(parents=True, exist_ok=True)
    made = take_site(folder) if given.site else take(folder, given.docs)
    total = sum(path.stat().st_size for path in made)
    print(f"{len(made)} pictures, {total / 1024:.0f} KB, in {folder}")
    if given.docs:
        (DOCS / "screens.md").write_text(page_of_pictures(), "utf-8")
        return 1 if total > MOST_ALL or len(made) != len(SHOWN) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
