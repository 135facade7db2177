"""Hostile texts on the site, in Datasette and in the app: nothing runs, nothing breaks their own policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ledger.filing import OfficeRecord
from ledger.forms import load_forms
from ledger.store import Store
from publisher.release import build, read_manifest
from tests.browser import deputy
from tests.browser.test_story import SampleOffice, served
from tests.collector.phone import Phone
from tests.hostile_texts import needed, texts
from tests.publisher.fake import AS_OF, CONTENT, grid, visit

pytestmark = [pytest.mark.browser, needed]
PLANTED = "img:not([src^='http']):not([src^='../']), iframe, object, embed, [onerror], [onload], [onclick]"
DEPUTY = "lin-xiuhe"
IN_APP = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A visit and a suggestion for each text."""
    folder = tmp_path_factory.mktemp("hostile")
    records = [grid("liuhe")]
    for n, text in enumerate(texts()):
        records.append(visit(f"v{n}", summary=text))
        said = {"subject": f"{text[:40]} 建议", "body": text, "confidentiality": "public"}
        records.append(OfficeRecord("suggestion", said, ("records", "suggestion", f"s{n}")))
    with Store.open(folder / "home", load_forms(CONTENT)) as store:
        states = Counter(outcome.state for outcome in store.office_append(records))
    assert states["accepted"] > 590, states  # a few are refused: too many marks on one letter
    build(CONTENT, folder / "home", folder / "site", AS_OF)
    return folder / "site"


@pytest.fixture(scope="module")
def addresses(site: Path) -> Iterator[tuple[str, str]]:
    with served(site) as at:
        yield at


@pytest.fixture
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and all it complained of: dialogs, errors, breaches of its policy."""
    page, said = browser.new_page(), list[str]()
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield page, said
    page.close()


def test_on_the_site(site: Path, addresses: tuple[str, str], watched: tuple[Page, list[str]]) -> None:
    page, said = watched
    records = [path for path in read_manifest(site / "current").records.values() if "grid" not in path]
    assert len(records) > 560
    for path in [*records[::2], "suggestion/index.html", "visit/index.html", "index.html", "find.html"]:
        page.goto(f"{addresses[0]}/{path}", wait_until="domcontentloaded")
        assert page.locator("article").locator(PLANTED).count() == 0, path
    assert said == []


def test_in_datasette(addresses: tuple[str, str], watched: tuple[Page, list[str]]) -> None:
    page, said = watched
    for table in ("suggestion", "suggestion_zh", "visit"):
        for after in range(0, 300, 100):
            page.goto(f"{addresses[1]}/public/{table}?_size=100&_next={after}", wait_until="domcontentloaded")
            assert page.locator("section.content").locator(PLANTED).count() == 0
    for text in texts()[::10]:
        page.goto(f"{addresses[1]}/public/search?{httpx.QueryParams(q=text)}", wait_until="domcontentloaded")
    assert said == []


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[SampleOffice]:
    office = SampleOffice(tmp_path)
    yield office
    office.stop()


def test_in_the_app(
    phone: BrowserContext, sample: SampleOffice, watch: Callable[[Page], Page], complaints: list[str]
) -> None:
    form, said = load_forms(sample.content)["visit"], texts()[::5][:IN_APP]
    with httpx.Client(base_url=sample.address, timeout=30) as wire:
        other = Phone(wire)
        answer = other.enrol(sample.invite(DEPUTY).split("#e=")[1].split("&")[0])
        sample.run("confirm", answer.json()["six_digits"])
        place = other.get("/ref/grid").json()["records"][0]["code"]
        given = {"visited_on": "2026-03-02", "grid": place, "visit_kind": "spot", "people": 3}
        records = [other.record(form, given | {"summary": text, "notes": text}) for text in said]
        assert {each["state"] for each in other.results(records)} == {"accepted"}
    page = watch(phone.new_page())
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    deputy.enrol(phone, sample, page, DEPUTY)
    page.goto(f"{sample.address}/#/records")
    expect(page.locator(".rows li")).to_have_count(min(50, len(said)))
    for n in range(0, 50, 5):
        page.locator(".rows li a").nth(n).click()
        expect(page.get_by_role("heading", name="我的记录")).to_be_hidden()
        assert page.locator("#app").locator(PLANTED).count() == 0
        page.go_back()
        expect(page.locator(".rows li")).to_have_count(min(50, len(said)))
    assert complaints == []
