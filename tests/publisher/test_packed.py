"""The last look finds what stands inside packed files, and is not misled by their packed bytes."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from publisher.download.files import packing
from publisher.out import selfcheck
from publisher.out.selfcheck import plainly_public, search
from tests.publisher.fake import NOTE, form

SECRET = '他说"不行" & <走了>'


def workbook(text: str) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append([text])
    book.save(out)
    return out.getvalue()


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", text)
    return out.getvalue()


def gzipped(text: str) -> bytes:
    out = io.BytesIO()
    with packing(out) as packed:
        packed.write(text.encode())
    return out.getvalue()


FILES = {"a.xlsx": workbook, "b.zip": zipped, "c.txt.gz": gzipped}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, pack in FILES.items():
        (tmp_path / name).write_bytes(pack(f"前面的话 {SECRET} 后面的话"))
    return tmp_path


def test_a_text_inside_a_packed_file_is_found(folder: Path) -> None:
    assert {each.path for each in search(folder, [SECRET], [])} == set(FILES)


def test_a_last_look_that_does_not_unpack_would_miss_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selfcheck, "PACKED", {})
    monkeypatch.setattr(selfcheck, "ZIPPED", ())
    assert search(folder, [SECRET], []) == []


def test_the_name_of_a_file_in_a_zip_counts(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("不该公开的名字.txt", "")
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    assert search(tmp_path, ["不该公开的名字"], [])


def test_short_words_in_packed_bytes_are_chance(tmp_path: Path) -> None:
    chance = random.Random(1)
    raw = gzip.compress(chance.randbytes(20_000), mtime=0)
    (tmp_path / "a.gz").write_bytes(raw)
    words = {raw[n : n + 4].decode("latin-1") for n in range(100, 19_000)}
    short = [word for word in words if word.isascii() and word.isalnum()]
    assert short and all(each.path != "a.gz" for each in search(tmp_path, short, [gzip.decompress(raw)]))


def test_a_packed_file_that_cannot_be_opened_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"not a zip")
    with pytest.raises(zipfile.BadZipFile):
        search(tmp_path, [SECRET], [])


def test_an_amount_in_yuan_is_as_public_as_the_amount_in_cents(tmp_path: Path) -> None:
    money = "  cost: {label: {zh: 钱, en: Cost}, schema: {type: integer}, shown_as: money, publish: full}\n"
    asked = form(NOTE.replace("  inside:", f"{money}  inside:")).fields
    allowed = [text.encode() for text in plainly_public({"cost": 20_000_000}, asked)]
    (tmp_path / "a.txt").write_text("200000 200000.00")
    assert search(tmp_path, ["200000"], []) and search(tmp_path, ["200000"], allowed) == []


def test_a_quote_is_found_as_csv_doubles_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,"他说""不行"" & <走了>"\n', "utf-8")
    assert search(tmp_path, [SECRET], [])


def test_a_withheld_day_is_looked_for_where_rows_leave_and_not_where_pages_count(tmp_path: Path) -> None:
    for name in ("data/public.db", "www/suggestion/a.html"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("期限 2026-03-02，写了 他说的原话", "utf-8")
    assert [each.path for each in search(tmp_path, ["2026-03-02"], [])] == ["data/public.db"]
    assert search(tmp_path, ["2026-03-02"], [b"2026-03-02"]) == []
    assert len(search(tmp_path, ["他说的原话"], [])) == 2
