"""Feeds are valid, say no more than the pages, and keep the names of their entries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from publisher.following import atom, which
from tests.publisher.fake import CONTENT, FakeLedger, published
from tests.publisher.feed_faults import entries, faults, links
from tests.publisher.sample import rendered, sample

FORMS = load_forms(CONTENT)
WWW = "http://127.0.0.1:8750/"
HOSTILE = "<script>alert(1)</script> ]]> & \" ' <b>\u200b"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every file of the sample's release but the theme's."""
    public, _ = sample(tmp_path_factory.mktemp("feeds") / "public.db")
    kinds = [kind.name for kind in public.shown]
    pages = ("index.html", "follow.html", "feed", "calendar", "card", "poster")
    return rendered(public, *kinds, *pages)


def is_record(path: str) -> bool:
    """Whether this is the page of a record that is followed."""
    kind, _, name = path.partition("/")
    return kind in which.FEEDS and re.fullmatch(r"[A-Z]{2}-2026-[0-9A-Z]{4}\.html", name) is not None


def feeds(site: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in site.items() if path.endswith(".atom")}


def small(tmp_path: Path, ledger: FakeLedger) -> dict[str, bytes]:
    tmp_path.mkdir(exist_ok=True)
    return feeds(rendered(published(tmp_path / "public.db", ledger, *FORMS.values()), "feed"))


def suggestion(ledger: FakeLedger, **more: Any) -> str:
    given = {
        "subject": "关于装路灯的建议",
        "body": "正文",
        "received_on": "2026-02-03",
        "period": "session",
        "confidentiality": "public",
        **more,
    }
    return ledger.file(FORMS["suggestion"], given, received_at="2026-02-03T16:30:00.000Z").code


def test_each_followed_record_has_a_feed_and_the_site_three(site: dict[str, str]) -> None:
    records = {path.removesuffix(".html") for path in site if is_record(path)}
    wanted = {which.feed_of(*path.split("/")) for path in records}
    wanted |= {which.site_feed(name) for name in which.SITE_FEEDS}
    assert wanted == set(feeds(site)) and len(wanted) > 70


def test_every_feed_is_what_the_standard_asks_for(site: dict[str, str]) -> None:
    assert {path: found for path, data in feeds(site).items() if (found := faults(data))} == {}


def test_every_link_of_a_feed_leads_to_a_file_of_the_release(site: dict[str, str]) -> None:
    for path, data in feeds(site).items():
        for href in links(data):
            assert href.startswith(WWW) and href.removeprefix(WWW).partition("#")[0] in site, (path, href)


def test_feedparser_reads_every_feed_where_it_is_installed(site: dict[str, str]) -> None:
    feedparser = pytest.importorskip("feedparser")
    for path, data in feeds(site).items():
        read = feedparser.parse(data)
        assert not read.bozo and len(read.entries) == len(entries(data)), path


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    def made(name: str) -> dict[str, str]:
        public, _ = sample(tmp_path / name)
        return rendered(public, "feed", "calendar", "card", "poster")

    assert made("a.db") == made("b.db")


def test_a_broken_feed_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = FakeLedger()
    suggestion(ledger, subject=HOSTILE)
    assert not any(faults(data) for data in small(tmp_path, ledger).values())
    monkeypatch.setattr(atom, "text", str)
    assert any(faults(data) for data in small(tmp_path / "again", ledger).values())


@pytest.mark.parametrize(
    "old, new",
    [
        ("<id>tag:", "<id>"),
        ("T00:00:00+08:00", ""),
        ("<author><name>青溪区人民代表大会</name></author>", ""),
        ('href="http://127.0.0.1:8750/', 'href="/'),
        ('rel="self"', 'rel="alternate"'),
        ("<summary>", "<content>x</content><summary>"),
        ("<title>", "<title>x</title><title>"),
    ],
)
def test_the_checker_finds_what_the_standard_forbids(site: dict[str, str], old: str, new: str) -> None:
    text = site["feed/new.atom"]
    assert old in text and faults(text.replace(old, new).encode())


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = suggestion(ledger, subject=HOSTILE)
    found = small(tmp_path, ledger)
    (only,) = entries(found[f"feed/suggestion/{code}.atom"])
    assert HOSTILE in only["title"] and HOSTILE in entries(found["feed/new.atom"])[0]["title"]


def test_a_feed_tells_the_day_and_never_the_hour_of_arrival(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = suggestion(ledger)
    found = small(tmp_path, ledger)
    (only,) = entries(found[f"feed/suggestion/{code}.atom"])
    assert only["updated"] == "2026-02-03T00:00:00+08:00"
    assert only["id"] == f"tag:127.0.0.1,2026-02-03:{code}/filed"
    assert b"16:30" not in b"".join(found.values())


def test_where_only_the_month_is_public_the_entry_says_so(tmp_path: Path) -> None:
    ledger = FakeLedger()
    place = ledger.file(FORMS["grid"], {"name": "柳河村", "level": "village"}).code
    given = {"name": "柳河站", "station_kind": "liaison_station", "level": "village_community", "grid": place}
    station = ledger.file(FORMS["station"], given).code
    ledger.file(
        FORMS["visit"],
        {
            "visited_on": "2026-02-17",
            "visit_kind": "station_duty",
            "people": 3,
            "grid": place,
            "station": station,
        },
    )
    data = small(tmp_path, ledger)[f"feed/station/{station}.atom"]
    (visit,) = [each for each in entries(data) if "走访" in each["title"]]
    assert visit["updated"].startswith("2026-02-01T00:00:00") and "只公开到月份" in visit["summary"]
    assert b"2026-02-17" not in data and not faults(data)


def test_a_withheld_suggestion_tells_no_more_in_its_feed_than_on_its_page(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = suggestion(ledger, subject="不公开的事", confidentiality="privacy")
    organ = ledger.file(FORMS["organ"], {"name": "区水利局", "organ_kind": "government"}).code
    ledger.file(
        FORMS["assignment"],
        {"suggestion": code, "assigned_on": "2026-02-06", "mode": "single", "organ": organ, "complex": False},
    )
    suggestion(ledger)
    found = small(tmp_path, ledger)
    (only,) = entries(found[f"feed/suggestion/{code}.atom"])
    assert code in only["title"] and only["id"].endswith("/filed")
    for data in found.values():
        assert "不公开的事".encode() not in data
    assert "水利局".encode() not in found[f"feed/suggestion/{code}.atom"]


def test_what_has_happened_keeps_its_name_whatever_happens_later(tmp_path: Path) -> None:
    ledger = FakeLedger()
    code = suggestion(ledger)
    path = f"feed/suggestion/{code}.atom"
    before = {each["id"] for each in entries(small(tmp_path, ledger)[path])}
    ledger.file(FORMS["admission"], {"suggestion": code, "decided_on": "2026-02-05", "decision": "admit"})
    again = {
        "subject": "关于装两盏路灯的建议",
        "body": "正文",
        "received_on": "2026-02-03",
        "period": "session",
    }
    for text in ("一", "二"):
        answers = {**again, "confidentiality": "public", "body": text}
        ledger.file(FORMS["suggestion"], answers, code=code, received_at="2026-02-09T01:00:00.000Z")
    found = small(tmp_path / "again", ledger)
    after = entries(found[path])
    assert before < {each["id"] for each in after} and not faults(found[path])
    corrected = [each["id"] for each in after if "/corrected" in each["id"]]
    assert corrected == [f"tag:127.0.0.1,2026-02-09:{code}/corrected{n}" for n in ("/2", "")]
    last = entries(found["feed/corrected.atom"])
    assert [each["id"] for each in last] == corrected
    assert "标题" in last[-1]["summary"] or "正文" in last[0]["summary"]


def test_a_feed_keeps_the_latest_and_no_more(tmp_path: Path) -> None:
    ledger = FakeLedger()
    for n in range(which.MOST + 3):
        ledger.file(
            FORMS["grid"],
            {"name": f"第{n}村", "level": "village"},
            received_at=f"2026-{n // 28 + 3:02d}-{n % 28 + 1:02d}T09:00:00.000Z",
        )
    new = entries(small(tmp_path, ledger)["feed/new.atom"])
    assert len(new) == which.MOST and f"第{which.MOST + 2}村" in new[0]["title"]
    assert "第3村" in new[-1]["title"]


def test_a_site_with_nothing_in_it_has_whole_feeds(tmp_path: Path) -> None:
    found = small(tmp_path, FakeLedger())
    assert set(found) == {which.site_feed(name) for name in which.SITE_FEEDS}
    assert not any(faults(data) for data in found.values())


def test_a_record_page_links_to_what_stands_beside_it_and_to_nothing_else(site: dict[str, str]) -> None:
    beside = {path for path in site if path.partition("/")[0] in ("feed", "calendar", "card", "poster")}
    linked = set()
    for path, text in site.items():
        if is_record(path):
            foot = text.partition('<h2 id="follow">')[2].partition("</nav>")[0]
            hrefs = [part.partition('"')[0] for part in foot.split('href="../')[1:]]
            assert len(hrefs) >= 3 and hrefs[-1] == "follow.html"
            linked |= set(hrefs)
    follow = site["follow.html"]
    linked |= {part.partition('"')[0] for part in follow.split('href="')[1:]}
    assert beside <= linked and linked - beside <= set(site), linked - beside - set(site)
