"""Cycle, coverage, balance and ideas in a real browser, served with the site's own headers."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from publisher.release import build
from publisher.serve import listen, serve_site
from tests.browser.office import ROOT
from tests.publisher.fake import AS_OF, CONTENT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample congress, imported and built."""
    folder = tmp_path_factory.mktemp("cycles")
    home = folder / "home"
    subprocess.run(
        [sys.executable, "-m", "collector", "import", str(CONTENT / "records")],
        cwd=ROOT,
        env={**os.environ, "MINGBAI_HOME": str(home)},
        check=True,
        capture_output=True,
    )
    return build(CONTENT, home, folder / "site", AS_OF).path


@pytest.fixture(scope="module")
def address(release: Path) -> Iterator[str]:
    """The site as it is served, with its Content-Security-Policy."""
    listener = listen(0)
    port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    serving = loop.create_task(serve_site(release.parents[1], listener))

    def run() -> None:
        loop.run_until_complete(asyncio.wait([serving]))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(serving.cancel)
    thread.join(timeout=20)


def codes(release: Path, kind: str) -> list[str]:
    with closing(sqlite3.connect(release / "data/public.db")) as db:
        return [code for (code,) in db.execute(f"SELECT code FROM {kind}")]


@pytest.fixture
def site(browser: Browser, watch: Callable[[Page], Page]) -> Iterator[Page]:
    page = watch(browser.new_page(viewport={"width": 360, "height": 740}))
    yield page
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_hold_at_every_width_and_ask_no_other_host(
    width: int,
    scheme: str,
    release: Path,
    address: str,
    browser: Browser,
    watch: Callable[[Page], Page],
    complaints: list[str],
) -> None:
    page = watch(browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme))
    paths = ["coverage.html", "balance.html", "project_idea/index.html", "project_cycle/index.html"]
    paths += [f"project_cycle/{code}.html" for code in codes(release, "project_cycle")]
    paths += [f"project_idea/{code}.html" for code in codes(release, "project_idea")]
    for path in paths:
        page.goto(f"{address}/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    page.close()
    assert complaints == []


SLIPS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "lower case": str.lower,
    "without dashes": lambda code: code.replace("-", ""),
    "with spaces": lambda code: f" {code.replace('-', ' ')} ",
    "O for 0": lambda code: code[:3] + code[3:].replace("0", "O"),
    "o and l": lambda code: (code[:3] + code[3:].replace("0", "o").replace("1", "l")).lower(),
    "without the letters": lambda code: code[3:],
    "full width": lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code),
    "the whole address": lambda code: f"https://www.example/project_idea/{code}.html",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_code_written_carelessly_still_finds_its_idea(
    slip: str, release: Path, address: str, site: Page, complaints: list[str]
) -> None:
    known = codes(release, "project_idea")
    code = next((each for each in known if each[-4:].count("0") or each[-4:].count("1")), known[0])
    site.goto(f"{address}/project_cycle/index.html")
    site.get_by_label("回执上的编号").fill(SLIPS[slip](code))
    site.get_by_role("button", name="查").click()
    site.wait_for_url(f"{address}/project_idea/{code}.html")
    expect(site.locator(".mb-verdict strong")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("XS-2026-ZZZZ", "没有找到 XS-2026-ZZZZ。"),
        ("七月那条", "“七月那条”不像编号。"),
        ("<img src=x onerror=alert(1)> $& $1", "“<img src=x onerror=alert(1)> $& $1”不像编号。"),
        ("", "请写编号"),
    ],
)
def test_a_code_that_is_not_there_gets_one_clear_sentence(
    text: str, says: str, address: str, site: Page
) -> None:
    site.goto(f"{address}/project_idea/index.html")
    site.get_by_label("回执上的编号").fill(text)
    site.get_by_label("回执上的编号").press("Enter")
    expect(site.locator("output")).to_contain_text(says)
    assert site.url == f"{address}/project_idea/index.html"


def test_without_scripts_the_page_says_the_way_by_hand(release: Path, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/project_idea/index.html")
    expect(page.locator("form.mb-find")).to_be_hidden()
    expect(page.locator(".mb-lookup")).to_contain_text("编号就在网址里：")
    expect(page.locator(".mb-lookup")).to_contain_text("/project_idea/XS-2026-7KQ4.html")
    code = codes(release, "project_idea")[0]
    answer = page.goto(f"{address}/project_idea/{code}.html")
    assert answer is not None and answer.status == 200
    context.close()


def test_opened_from_a_folder_the_field_goes_straight_to_the_page(release: Path, browser: Browser) -> None:
    page = browser.new_page()
    code = codes(release, "project_idea")[0]
    page.goto((release / "www/project_idea/index.html").as_uri())
    page.get_by_label("回执上的编号").fill(code.lower())
    page.get_by_role("button", name="查").click()
    page.wait_for_url(f"**/project_idea/{code}.html")
    page.close()


def test_a_finger_hits_the_field_and_its_button(address: str, site: Page) -> None:
    site.goto(f"{address}/project_idea/index.html")
    for target in (site.get_by_label("回执上的编号"), site.get_by_role("button", name="查")):
        box = target.bounding_box()
        assert box is not None and box["height"] >= 44


def test_the_current_step_has_a_frame_and_a_state_reads_without_colour(
    release: Path, address: str, site: Page
) -> None:
    for code in codes(release, "project_cycle"):
        site.goto(f"{address}/project_cycle/{code}.html")
        steps = site.locator(".mb-steps > li")
        assert steps.count() == 6
        assert all(text.strip() for text in steps.locator(".w").all_inner_texts())
        assert steps.locator("svg").count() == 6 and site.locator("[aria-current=step]").count() <= 1
    site.goto(f"{address}/coverage.html")
    trap = site.locator(".mb-matrix .mb-tag.is-never_voted").first
    assert trap.inner_text() == "有办法未票决" and trap.locator("svg").count() == 1
    look = trap.evaluate("it => [getComputedStyle(it).backgroundImage, getComputedStyle(it).borderTopStyle]")
    assert "repeating-linear-gradient" in look[0] and look[1] == "dashed"
