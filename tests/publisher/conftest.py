"""Homes and sites for the tests of the publisher."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.filing import OfficeRecord
from tests.publisher.fake import few, file_records, visit


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all sites of a run, so that the theme's shell is built once for each content."""
    return tmp_path_factory.mktemp("sites")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A ledger with one village and two visits."""
    home = tmp_path / "home"
    village = OfficeRecord("grid", {"name": "柳河村", "level": "village"}, ("records", "grid", "liuhe"))
    visits = [
        visit("a", summary="修路灯。", contact_phone="13800138000", notes="自己的备忘一二三"),
        visit("b", visited_on="2026-04-06", summary="通自来水。"),
    ]
    file_records(home, few(), [village, *visits])
    yield home
