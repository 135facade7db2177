"""Pictures and sheets with QR codes: whole, escaped, readable, and the same from the same rows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import html5lib
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ledger.congress import load_congress
from ledger.forms import load_forms
from ledger.words import load_words
from publisher.following import font, kind_cards, picture, which
from publisher.following.card import HIGH, WIDE, Card, laid_out, svg
from publisher.following.qr import QUIET, qr
from publisher.following.width import lines, width
from tests.publisher.fake import CONTENT, FakeLedger, published
from tests.publisher.sample import rendered, sample

FORMS = load_forms(CONTENT)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    public, _ = sample(tmp_path_factory.mktemp("posters") / "public.db")
    return rendered(public, *(kind.name for kind in public.shown), "card", "poster")


def dark(drawn: str) -> set[tuple[int, int]]:
    """The dark modules of a drawn code, without its quiet border."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawn)
    return {(int(x) + n - QUIET, int(y) - QUIET) for x, y, run in runs for n in range(int(run))}


def modules(address: str) -> list[set[tuple[int, int]]]:
    """The code under each of the eight masks: every one of them is read alike."""
    made = [segno.make(address, error="m", micro=False, mask=mask).matrix for mask in range(8)]
    return [{(x, y) for y, row in enumerate(matrix) for x, each in enumerate(row) if each} for matrix in made]


def test_every_sheet_is_whole_and_its_code_leads_to_a_page_that_is_there(site: dict[str, str]) -> None:
    sheets = {path: text for path, text in site.items() if path.startswith("poster/")}
    records = [path for path in site if re.fullmatch(r"[a-z_]+/[A-Z]{2}-2026-[0-9A-Z]{4}\.html", path)]
    wanted = {f"poster/{path}" for path in records if path.partition("/")[0] in which.POSTERS}
    assert sheets.keys() == {which.site_poster(), *wanted} and len(wanted) > 30
    parser = html5lib.HTMLParser(strict=True)
    for path, text in sheets.items():
        parser.parse(text)
        address = re.findall(r'aria-label="二维码，打开 ([^"]+)"', text)[0]
        to = address.removeprefix("http://127.0.0.1:8750/")
        assert to == "" if path == which.site_poster() else to in site
        assert dark(text) in modules(address), path


def test_a_wrong_code_is_noticed() -> None:
    drawn = str(qr("https://www.example/station/ZD-2026-14EM.html", "x"))
    assert dark(drawn) not in modules("https://www.example/station/ZD-2026-14EN.html")


def test_hostile_titles_stay_texts_in_pictures_and_sheets(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = ledger.file(FORMS["deputy"], {"name": HOSTILE, "levels": ["county"], "mandate": "serving"}).code
    made = rendered(published(tmp_path / "public.db", ledger, *FORMS.values()), "card", "poster")
    sheet, card = made[which.poster_of("deputy", code)], made[which.card_of("deputy", code)]
    assert "<script" not in sheet and "<img" not in sheet
    assert {each.tag for each in ET.fromstring(card).iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "rect", "path", "g", "text", "circle")
    }
    assert "onerror" not in {name for each in ET.fromstring(card).iter() for name in each.attrib}


def test_the_picture_of_a_suggestion_shows_its_state_as_shape_and_word(site: dict[str, str]) -> None:
    cards = [text for path, text in site.items() if path.startswith("card/suggestion/")]
    assert len(cards) == 28
    for text in cards:
        root = ET.fromstring(text)
        assert (root.get("width"), root.get("height")) == (str(WIDE), str(HIGH))
        assert len(root.findall(f"{SVG}text")) >= 4 and len(root.findall(f"{SVG}g")) == 2, text
    assert any("办结并查验属实" in text for text in cards) and not any("还剩" in text for text in cards)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_a_title_of_any_length_keeps_inside_the_picture(title: str) -> None:
    drawn = list(laid_out(Card("代表建议", title, "JY-2026-7KQ4", "青溪区人民代表大会")))
    for each in drawn:
        assert each.x + each.size * (width(each.text) - 1.1) <= WIDE - 80 and each.y < HIGH
    ET.fromstring(svg(Card("", title, title, title, title)))


@given(st.text(st.sampled_from("路灯，。abc 12-"), max_size=80), st.integers(4, 20))
def test_a_title_in_lines_loses_nothing_but_spaces(text: str, room: int) -> None:
    broken = lines(text, room, 99)
    assert "".join(broken).replace(" ", "") == "".join(text.split())


def test_dots_are_drawn_only_where_there_is_a_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font, "PLACES", ())
    assert font.font_of(CONTENT) is None and font.font_named(CONTENT) == font.NO_FONT
    forms = {"visit": FORMS["visit"]}
    kind_cards.write(CONTENT, tmp_path, load_congress(CONTENT), forms, load_words(CONTENT))
    assert sorted(each.name for each in (tmp_path / "card").iterdir()) == ["site.svg", "visit.svg"]


def test_a_font_of_the_congress_goes_first(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    own = tmp_path / "fonts" / "own.otf"
    own.write_bytes(b"font")
    assert font.font_of(tmp_path) == own and font.font_named(tmp_path) == "own.otf 4"


@pytest.mark.skipif(font.font_of(CONTENT) is None, reason="no font with Chinese characters is installed")
def test_the_picture_as_dots_is_of_the_size_that_is_shown_and_always_the_same(tmp_path: Path) -> None:
    own = font.font_of(CONTENT)
    assert own is not None
    card = Card("明白账", "代表建议", "谁提的，谁来办", "青溪区人民代表大会")
    data = picture.png(card, own)
    assert data == picture.png(card, own) and len(data) < 40_000
    (tmp_path / "card.png").write_bytes(data)
    with Image.open(tmp_path / "card.png") as image:
        assert image.size == (WIDE, HIGH) and not image.info
    assert data != picture.png(Card("明白账", "走访", "谁提的，谁来办", "青溪区人民代表大会"), own)
