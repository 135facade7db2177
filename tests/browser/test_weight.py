"""What the app weighs, as it was built: a phone with little money and a bad network pays for every byte."""

from __future__ import annotations

import pytest

from collector.app import built
from tests.bench.weight import first_load, packages, precache
from tests.browser.conftest import NO_APP
from tests.browser.office import ROOT, missing

pytestmark = pytest.mark.browser
KB = 1024
FIRST_LOAD = 45 * KB
PACKAGES = 4
# All that the app holds to open with no network. It is fetched after the first screen, and each file is a
# request: one for each part that loads late, its style where it has one, and the icons.
HELD, HELD_FILES = 250 * KB, 40


@pytest.fixture(autouse=True)
def app() -> None:
    if not (built(ROOT) / "index.html").is_file():
        missing(NO_APP)


def test_the_first_screen_is_there_after_45_kilobytes() -> None:
    files = first_load(built(ROOT))
    assert len(files) >= 5, files
    assert sum(files.values()) <= FIRST_LOAD, files


def test_everything_that_is_held_for_later_stays_small() -> None:
    files = precache(built(ROOT))
    assert {"/", *(f"/{name}" for name in first_load(built(ROOT)) if "assets" in name)} <= set(files)
    assert len(files) <= HELD_FILES, files
    assert sum(files.values()) <= HELD, files


def test_browsers_compile_what_the_first_screen_needs_while_they_read_it() -> None:
    scripts = [name for name in first_load(built(ROOT)) if name.endswith(".js") and name != "sw.js"]
    assert len(scripts) == 2
    for name in scripts:
        assert (built(ROOT) / name).read_text("utf-8").startswith("//# allFunctionsCalledOnLoad\n"), name


def test_four_packages_travel_to_the_phone() -> None:
    assert len(packages()) <= PACKAGES, packages()
