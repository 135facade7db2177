"""New keys, a backup from before a phone came, a lost phone: what is believed, and what comes back."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from ledger import succession
from ledger.envelope import rfc3339
from ledger.keys import TO_PRINT, new_key, read_keys, receipt
from ledger.signature import digest_of, spki
from ledger.store import now_ms
from tests.browser import chaos, deputy
from tests.browser.front import Answer, Front
from tests.browser.office import Office
from tests.browser.test_chaos_restored import restore
from tests.browser.test_health import all_up, visit

pytestmark = pytest.mark.browser
Ask = Callable[[], Answer]
Watch = Callable[[Page], Page]
NewPhone = Callable[..., BrowserContext]

RECEIPTS = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const found = asked.result.transaction('receipts').objectStore('receipts').getAll()
    found.onsuccess = () => { asked.result.close(); done(found.result.map(({ receipt }) => receipt.key)) }
  }
})"""


def paper(office: Office) -> Path:
    return office.home / "keys" / TO_PRINT


def renew(office: Office, *uses: str) -> None:
    office.run("keys", "renew", *uses, "--paper", str(paper(office)))


def receipt_key(office: Office) -> str:
    return spki(read_keys(office.home).receipt.public_key())


def test_a_phone_takes_up_renewed_keys_and_its_older_file_still_opens(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    visit(page, "换密钥以前")
    deputy.level(page, "✓ 已送达")
    old = receipt_key(office)
    phone.set_offline(True)
    visit(page, "没有网的时候")
    page.evaluate("() => { location.hash = '#/phone/export' }")
    file = export_here(page, tmp_path)
    renew(office, "receipt", "office", "export")
    assert "收下 1" in office.run("import", str(file))
    phone.set_offline(False)
    all_up(page, office)
    visit(page, "换密钥以后")
    deputy.level(page, "✓ 已送达")
    assert set(page.evaluate(RECEIPTS)) == {old, receipt_key(office)}
    assert len(chaos.in_ledger(office)) == 3
    assert "✓" in office.run("doctor").splitlines()[0]


def export_here(page: Page, folder: Path) -> Path:
    """The file, with no network to fetch anything over."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出", exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


# -- a receipt that nobody certified --


def forged(sent: bytes, office: Office) -> Answer:
    """What somebody in the middle answers: all is well, signed with a key of their own."""
    body: Any = chaos.read_push(sent)
    results = [
        {
            "id": json.loads(each["envelope"])["id"],
            "digest": digest_of(each["envelope"].encode()),
            "state": "accepted",
            "code": "ZF-2026-7KQ4",
            "position": 1,
        }
        for each in body["records"]
    ]
    key = new_key()
    ledger = json.loads(body["records"][0]["envelope"])["ledger"]
    said = {"batch": body["batch"], "ledger": ledger, "results": results}
    written = receipt(said, key, spki(key.public_key()))
    return chaos.json_answer({"batch": body["batch"], "results": results, "receipt": written})


@pytest.fixture
def forging(office: Office, tmp_path: Path) -> Callable[[Path | None], Front]:
    def make(app: Path | None = None) -> Front:
        front = Front(office, tmp_path / f"front-{app is None}", app)
        front.line = lambda path, sent, ask: forged(sent, office) if path.endswith("/push") else ask()
        return front

    return make


def test_a_receipt_under_a_key_that_nobody_certified_changes_nothing(
    phone: BrowserContext, office: Office, forging: Callable[..., Front]
) -> None:
    front = forging()
    page = chaos.enrol(phone, office, front)
    deputy.visit(page)
    with page.expect_response(lambda answer: answer.url.endswith("/push")):
        deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    assert [each.at for each in chaos.held(page)] == ["waiting"]
    front.line = lambda path, sent, ask: ask()
    chaos.uploads(page, front)
    chaos.all_there(page)
    chaos.all_arrived(page, office)
    front.close()


ANY_KEY_WILL_DO = {"sign/receipt.ts": (" || !asked.receiptKeys.includes(receipt?.key)", "")}


def test_an_app_that_takes_any_key_for_the_offices_would_be_caught(
    phone: BrowserContext, office: Office, forging: Callable[..., Front], tmp_path: Path
) -> None:
    front = forging(chaos.spoiled_app(tmp_path / "spoiled", ANY_KEY_WILL_DO))
    page = chaos.enrol(phone, office, front)
    deputy.visit(page)
    deputy.file(page)
    assert chaos.until_astray(page, office, "lost") == [each.id for each in chaos.held(page)]
    front.close()


# -- a backup from before the phone came --


def test_a_phone_enrolled_after_the_backup_comes_back_with_all_it_has(
    phone: BrowserContext,
    office: Office,
    tmp_path: Path,
    watch: Callable[[Page], Page],
    complaints: list[str],
) -> None:
    office.stop()
    shutil.copytree(office.home, tmp_path / "backup", ignore=shutil.ignore_patterns("*.sock"))
    office.start()
    page = watch(deputy.enrol(phone, office))
    visit(page, "第一家")
    deputy.level(page, "✓ 已送达")
    ids = chaos.queue(page, 12)
    page.reload()
    all_up(page, office)
    deputy.home(page)
    deputy.begin(page, "走访")
    page.get_by_label("见到人数").fill("7")
    deputy.home(page)
    office.stop()
    restore(office, tmp_path / "backup")
    recovery = succession.read_paper(paper(office).read_text("utf-8"))
    succession.succeed(office.home, recovery, rfc3339(now_ms()))
    office.start()
    assert chaos.in_ledger(office) == []

    page.reload()
    expect(page.get_by_text("人大办的服务器不认识这部手机了")).to_be_visible()
    expect(page.get_by_text("有 13 条还没上传")).to_be_visible()
    page.get_by_role("link", name="重新登记这部手机").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("重新登记这部手机")
    page.get_by_label("登记码").fill("7" * 13)
    page.get_by_role("button", name="重新登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("登记码不对")
    code = office.invite().split("#e=")[1].split("&")[0]
    page.get_by_label("登记码").fill(code)
    page.get_by_role("button", name="重新登记", exact=True).click()
    digits = deputy.digits(page)
    page.reload()
    assert deputy.digits(page) == digits
    office.run("confirm", digits)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    all_up(page, office)
    deputy.home(page)
    expect(page.get_by_role("heading", name="没写完的")).to_be_visible()
    chaos.all_arrived(page, office, ids)
    assert {state for _, state in chaos.in_ledger(office)} == {"accepted"}
    assert set(page.evaluate(RECEIPTS)) >= {receipt_key(office)}
    assert "✓" in office.run("doctor").splitlines()[0]
    assert [each for each in complaints if "401" not in each and "403" not in each] == []


# -- a lost phone --


def copied(request: Request) -> str:
    """What a request brings of a draft; nothing where it brings none."""
    if request.method != "PUT" or "/draft/" not in request.url:
        return ""
    data = request.post_data_buffer or b""
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()


def test_what_a_lost_phone_had_brought_is_on_the_new_one_and_what_it_brings_later_waits_for_a_clerk(
    new_phone: NewPhone, office: Office
) -> None:
    lost = new_phone()
    page = deputy.enrol(lost, office)
    visit(page, "丢手机以前")
    deputy.level(page, "✓ 已送达")
    deputy.home(page)
    deputy.begin(page, "走访")
    # The empty draft is copied as well: what counts is the copy with these words.
    with page.expect_response(lambda answer: "还没写完" in copied(answer.request)):
        page.get_by_label("谈的情况").fill("还没写完")
    lost.set_offline(True)
    visit(page, "没送到就丢了")
    deputy.level(page, "↑ 等待上传")
    device = office.run("devices").split()[0]
    office.run("revoke", device, "--reason", "手机丢了")

    new = deputy.enrol(new_phone(), office)
    expect(new.get_by_text("还没写完").first).to_be_visible()
    new.goto(f"{office.address}/#/records")
    expect(new.locator("main .rows li")).to_have_count(1)

    lost.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    deputy.home(page)
    expect(page.get_by_text("这部手机已停用")).to_be_visible()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible()
    assert sorted(state for _, state in chaos.in_ledger(office)) == ["accepted", "held"]
    told = office.run("doctor")
    assert "1" in next(line for line in told.splitlines() if "停用" in line)
    visit(new, "新手机上")
    deputy.level(new, "✓ 已送达")
