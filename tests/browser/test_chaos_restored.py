"""The office goes back to a backup; and apps that are bad on purpose, which these tests must catch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from playwright.sync_api import BrowserContext, expect

from ledger.backup.restore import new_epoch
from tests.browser import chaos, deputy
from tests.browser.front import Answer, Front, LineCut
from tests.browser.office import Office

pytestmark = pytest.mark.browser
Ask = Callable[[], Answer]


@pytest.fixture
def front(office: Office, tmp_path: Path) -> Iterator[Front]:
    front = Front(office, tmp_path / "front")
    yield front
    front.close()


def restore(office: Office, backup: Path) -> None:
    """Put a backup in the place of the ledger, under a new epoch, as a restore does."""
    shutil.rmtree(office.home)
    shutil.copytree(backup, office.home)
    db = apsw.Connection(str(office.home / "ledger.db"))
    (position,) = db.execute("SELECT coalesce(max(position), 0) FROM entry").fetchone() or (0,)
    with db:
        new_epoch(db, int(position))  # type: ignore[call-overload]
    db.close()


def test_after_a_backup_was_restored_phones_bring_what_it_lacks_and_nothing_twice(
    phone: BrowserContext, office: Office, front: Front, tmp_path: Path
) -> None:
    page = chaos.enrol(phone, office, front)
    before = chaos.queue(page, 10)
    page.reload()
    chaos.all_there(page)
    office.stop()
    shutil.copytree(office.home, tmp_path / "backup", ignore=shutil.ignore_patterns("*.sock"))
    office.start()
    after = chaos.queue(page, 120)
    page.goto("about:blank")
    page.goto(front.address)
    chaos.all_there(page)
    assert len(chaos.in_ledger(office)) == 130
    office.stop()
    restore(office, tmp_path / "backup")
    assert len(chaos.in_ledger(office)) == 10
    office.start()
    chaos.uploads(page, front)
    expect(page.get_by_text("有 130 条还没上传").or_(page.get_by_text("正在上传")).first).to_be_visible()
    chaos.all_there(page)
    chaos.all_arrived(page, office, [*before, *after])
    page.goto(f"{front.address}/#/records")
    deputy.level(page, "✓ 已送达")


ANY_ANSWER_WILL_DO = {
    "send/sync.ts": (
        "(!list || Array.isArray(value[list]))) return value",
        "true) return { results: [], ...value }",
    ),
    "sign/receipt.ts": (
        "  if (answer?.batch !== asked.batch || !asked.receiptKeys.includes(receipt?.key)) return null\n",
        "  if (!receipt) return asked.records.map((each) => ({ ...each, state: 'accepted', code: null,"
        " position: 1 }))\n",
    ),
}
A_NEW_NAME_EACH_TIME = {
    "send/outbox.ts": (
        "  const records = batch.flatMap(({ signed }) => (signed ? [signed] : []))\n",
        "  const records = await Promise.all(batch.map(async (each) => signRecord(identity, {"
        " draft: { ...each, typed: {}, id: crypto.randomUUID() } as never,"
        " form: { version: each.form } as never,"
        " answers: each.answers }, await store.head('records'), now())))\n",
    ),
}


def test_an_app_that_takes_any_answer_for_a_receipt_would_be_caught(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    front = Front(office, tmp_path / "front", chaos.spoiled_app(tmp_path / "spoiled", ANY_ANSWER_WILL_DO))
    page = chaos.enrol(phone, office, front)
    front.line = lambda path, sent, ask: chaos.json_answer({"ok": True}) if path.endswith("/push") else ask()
    deputy.visit(page)
    deputy.file(page)
    assert chaos.until_astray(page, office, "lost") == [each.id for each in chaos.held(page)]
    front.close()


def test_an_app_that_sends_again_under_another_name_would_be_caught(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    front = Front(office, tmp_path / "front", chaos.spoiled_app(tmp_path / "spoiled", A_NEW_NAME_EACH_TIME))
    page = chaos.enrol(phone, office, front)
    lost: list[str] = []

    def line(path: str, sent: bytes, ask: Ask) -> Answer:
        answer = ask()
        if path.endswith("/push"):
            lost.extend(chaos.ids_in(sent))
            raise LineCut
        return answer

    front.line = line
    deputy.visit(page)
    deputy.file(page)
    assert len(chaos.until_astray(page, office, "twice", 2)) >= 2
    front.close()
