"""Every screen at every size of letters: axe finds nothing, all is large, strong and inside the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.screens import DESK, PEOPLE, SCREENS, Scene, walk, wear
from tests.browser.test_looks import LOOKS

pytestmark = pytest.mark.browser
SIZES = (18, 26, 30)
NARROW = 320
HEIGHT = "() => document.documentElement.scrollHeight"


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(browser, tmp_path_factory.mktemp("access"))
    yield scene
    scene.close()


def look(page: Page, wide: bool) -> list[str]:
    """What is wrong with this screen, at every size of letters and also where it is narrow."""
    faults = list[str]()
    for size in SIZES:
        wear(page, size)
        width, height = (max(DESK[0], 45 * size), DESK[1]) if wide else (360, 740)
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{size} px: {fault}" for fault in page.evaluate(LOOKS)]
        # As high as the page: what is under the bar at the bottom now can be scrolled out from under it.
        page.set_viewport_size({"width": width, "height": page.evaluate(HEIGHT)})
        faults += [f"{size} px: {fault}" for fault in violations(page)]
        if not wide:
            page.set_viewport_size({"width": NARROW, "height": height})
            faults += [f"{size} px, {NARROW} wide: {fault}" for fault in page.evaluate(LOOKS)]
        page.set_viewport_size({"width": width, "height": height})
    wear(page, SIZES[0])
    return faults


@pytest.mark.parametrize("whose", [("stranger",), ("newcomer",), ("deputy",), ("organ",), ("clerk",)])
def test_every_screen_is_open_to_everybody(scene: Scene, whose: tuple[str, ...]) -> None:
    check(scene, whose)


def test_every_screen_of_a_ballot_is_open_to_everybody(scene: Scene) -> None:
    check(scene, ("teller one", "teller two", "scrutineer"))


def check(scene: Scene, whose: tuple[str, ...]) -> None:
    screens = tuple(screen for screen in SCREENS if screen.who in whose)
    faults = [
        f"{screen.name}: {fault}"
        for screen, page in walk(scene, screens)
        for fault in look(page, PEOPLE[screen.who].size == DESK)
    ]
    assert not faults, "\n".join(faults)


def test_nobody_s_screens_are_left_out() -> None:
    names = [screen.name for screen in SCREENS]
    assert len(names) == len(set(names))
    assert {screen.who for screen in SCREENS} == set(PEOPLE)


SPOIL = """() => {
  document.querySelector('label').remove()
  document.querySelector('.lead').style.color = '#999'
  document.querySelector('.pri').style.minHeight = '40px'
  document.querySelector('main').insertAdjacentHTML('beforeend', '<div style="width: 30rem">.</div><img>')
}"""


def test_a_spoilt_screen_is_found_out(scene: Scene) -> None:
    page = scene.stranger()
    assert look(page, wide=False) == []
    page.evaluate(SPOIL)
    said = "\n".join(look(page, wide=False))
    page.close()
    for fault in (
        "axe label",
        "axe image-alt",
        "axe color-contrast",
        "scrolls sideways",
        "too low",
        "contrast 2",
    ):
        assert fault in said, (fault, said)
