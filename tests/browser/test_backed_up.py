"""✓✓ 已备份 on the screen: where there is a second copy, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import deputy
from tests.browser.office import Office

pytestmark = pytest.mark.browser


def test_a_record_becomes_backed_up_while_one_looks(
    phone: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    monkeypatch.setenv("MINGBAI_BACKUP", str(second))
    monkeypatch.setenv("MINGBAI_BACKUP_SAME_DISK", "1")
    office = Office(tmp_path / "office")
    try:
        page = deputy.enrol(phone, office)
        deputy.visit(page)
        deputy.file(page)
        page.goto(f"{office.address}/#/records")
        deputy.level(page, "✓✓ 已备份")
    finally:
        office.stop()


def test_without_a_second_copy_nothing_is_ever_called_backed_up(
    phone: BrowserContext, office: Office
) -> None:
    page = deputy.enrol(phone, office)
    deputy.visit(page)
    deputy.file(page)
    page.goto(f"{office.address}/#/records")
    deputy.level(page, "✓ 已送达")
    page.reload()
    deputy.level(page, "✓ 已送达")
    expect(page.get_by_text("已备份")).to_have_count(0)
