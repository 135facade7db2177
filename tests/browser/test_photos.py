"""Photos on the phone: small, without their place, kept before they are shown, sent until they are there."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, Route, expect

from ledger import blobs
from ledger.records import read_record
from publisher import release
from tests.browser import deputy
from tests.browser.office import CONGRESS, ROOT, Office
from tests.ledger.pictures import MARKER, exif, scene

pytestmark = pytest.mark.browser
Watch = Callable[[Page], Page]

SCENE = """\
kind: scene
label: {zh: 现场, en: Scene}
description: {zh: 现场一处记一条。, en: One for each scene.}
code: XC
written_by: [deputy]
gate: review
fields:
  what: {label: {zh: 什么事, en: What}, required: true, publish: full}
  where: {label: {zh: 什么地方, en: Where}, publish: full}
  since: {label: {zh: 多久了, en: Since when}, publish: full}
  note: {label: {zh: 补充, en: Note}, publish: full}
  told: {label: {zh: 告诉过谁, en: Told}, publish: full}
  shots:
    label: {zh: 照片, en: Photos}
    schema: {type: array, maxItems: 3}
    shown_as: photos
    publish: reviewed
page: {title: '{{ what }}', columns: [what], sort: what}
"""

PICTURES = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const all = asked.result.transaction('pictures').objectStore('pictures').getAll()
    const text = (held) => {
      let binary = ''
      for (const byte of new Uint8Array(held)) binary += String.fromCharCode(byte)
      return btoa(binary)
    }
    all.onsuccess = () => {
      asked.result.close()
      done(all.result.map(({ id, bytes, thumb }) => [id, text(bytes), text(thumb)]))
    }
  }
})"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office that also asks for scenes with up to three photos."""
    not_asked = shutil.ignore_patterns("suggestion.yaml", "everything.yaml")
    shutil.copytree(CONGRESS, tmp_path / "congress", ignore=not_asked)
    (tmp_path / "congress/forms/scene.yaml").write_text(SCENE, "utf-8")
    shutil.copy(ROOT / "content/forms/approval.yaml", tmp_path / "congress/forms")
    for part in ("rulebooks", "pages", "templates"):
        shutil.copytree(ROOT / "content" / part, tmp_path / "congress" / part)
    office = Office(tmp_path / "office", tmp_path / "congress")
    yield office
    office.stop()


@cache
def camera(width: int, height: int, number: int = 0) -> bytes:
    """A photo as a telephone takes it, lying on its side, with the place in it."""
    coarse = Image.effect_noise((width // 4, height // 4), 60 + number)
    grain = coarse.resize((width, height), Image.Resampling.BICUBIC)
    fine = Image.effect_noise((width, height), 60)
    image = Image.blend(scene(width, height), Image.merge("RGB", (grain, fine, grain)), 0.4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, exif=exif(orientation=6), comment=MARKER)
    assert MARKER in out.getvalue() and b"Exif" in out.getvalue()
    return out.getvalue()


@pytest.fixture(scope="session")
def large() -> bytes:
    """Twelve megapixels."""
    return camera(4000, 3000)


def payload(data: bytes, name: str = "IMG_2026.jpg") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def small(number: int) -> FilePayload:
    return payload(camera(640, 480, number), f"IMG_{number}.jpg")


def to_photos(page: Page, what: str = "路灯不亮") -> None:
    """Begin a scene and go to the step that asks for photos."""
    deputy.home(page)
    page.get_by_role("button", name="现场", exact=True).click()
    page.get_by_label("什么事").fill(what)
    deputy.onward(page)
    expect(page.get_by_text("从相册选")).to_be_visible()


def choose(page: Page, *files: FilePayload, by: str = "从相册选") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_text(by, exact=True).click()
    chooser.value.set_files(list(files), timeout=60_000)


def thumbs(page: Page) -> Locator:
    return page.locator("ul.photos img")


def file(page: Page) -> None:
    deputy.to_check(page)
    deputy.file(page)


def pictures(page: Page) -> dict[str, tuple[bytes, bytes]]:
    """What the phone keeps of photos: by name, the bytes that go up and the small picture."""
    told: list[list[str]] = page.evaluate(PICTURES)
    return {name: (base64.b64decode(whole), base64.b64decode(thumb)) for name, whole, thumb in told}


def blobs_of(office: Office) -> dict[str, bytes]:
    """The photos that the office has, whole, by their digest."""
    return {path.name: path.read_bytes() for path in blobs.kept(office.home)}


def tells_nothing(data: bytes) -> bool:
    """Whether nothing of a photo's place, camera or remarks is in these bytes."""
    told = (b"Exif", b"GPS", MARKER, b"http://ns.adobe.com")
    return not any(each in data for each in told)


def kept_well(page: Page) -> None:
    """What the phone keeps of every photo is small, upright and tells nothing."""
    held = pictures(page)
    assert held
    for whole, thumb in held.values():
        with Image.open(io.BytesIO(whole)) as image:
            assert max(image.size) <= 1600 and not image.getexif(), (image.size, len(whole))
            assert image.height > image.width, "it lay on its side"
        assert len(whole) <= 700_000 and tells_nothing(whole) and tells_nothing(thumb)


def has_what_it_says(page: Page, office: Office, count: int) -> None:
    """The record on the screen says that its photos are there, and they are, to the byte."""
    expect(page.get_by_text("照片已传完")).to_have_count(count, timeout=30_000)
    held = {name.removeprefix("sha256-"): whole for name, (whole, _) in pictures(page).items()}
    assert blobs_of(office) == held


def published(office: Office, folder: Path) -> dict[str, bytes]:
    """Every file of the public site after the office has agreed to the one scene."""
    [copy] = office.exported("scene", folder)
    code = read_record(copy).code
    assert code
    office.run("approve", code)
    release.build(office.content, office.home, office.site, date(2026, 11, 26))
    www = office.site / "current/www"
    page = (www / f"scene/{code}.html").read_text("utf-8")
    assert f"photos/{code}-1" in page
    return {str(path.relative_to(www)): path.read_bytes() for path in www.rglob("*") if path.is_file()}


def test_a_photo_of_twelve_megapixels_goes_up_small_and_nothing_tells_where_it_was_taken(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str], large: bytes, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    to_photos(page)
    choose(page, payload(large))
    expect(thumbs(page)).to_have_count(1, timeout=60_000)
    expect(page.get_by_text("位置等信息已从照片里去掉")).to_be_visible()
    kept_well(page)
    file(page)
    has_what_it_says(page, office, 1)
    deputy.level(page, "✓ 已送达")
    expect(page.get_by_text("没传完")).to_have_count(0)
    assert all(tells_nothing(data) for data in blobs_of(office).values())
    site = published(office, tmp_path / "out")
    assert {name for name in site if name.startswith("photos/")}
    assert [name for name, data in site.items() if MARKER in data] == []
    assert [name for name, data in site.items() if name.endswith(".jpg") and not tells_nothing(data)] == []
    assert complaints == []


def test_the_clerk_sees_the_photos_of_what_waits_to_be_read(
    new_phone: Callable[..., BrowserContext], office: Office, watch: Watch, complaints: list[str]
) -> None:
    page = deputy.enrol(new_phone(), office)
    to_photos(page)
    choose(page, payload(camera(1200, 900)))
    expect(thumbs(page)).to_have_count(1, timeout=60_000)
    file(page)
    has_what_it_says(page, office, 1)
    clerk = watch(new_phone().new_page())
    clerk.goto(office.run("invite", "--clerk", "张干事", "--plain"))
    clerk.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(clerk))
    clerk.locator("main a[href^='#/case/']").first.click()
    shown = clerk.locator(".case img")
    expect(shown).to_have_count(1)
    assert shown.evaluate("each => each.decode().then(() => each.naturalWidth)") > 100
    assert complaints == []


def test_photos_taken_with_no_network_go_up_when_it_is_back(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str]
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    page.close()
    office.stop()
    page = watch(phone.new_page())
    page.goto(office.address)
    to_photos(page)
    choose(page, small(1), by="拍照")
    expect(thumbs(page)).to_have_count(1)
    choose(page, small(2), by="拍照")
    expect(thumbs(page)).to_have_count(2)
    kept_well(page)
    file(page)
    deputy.level(page, "↑ 等待上传")
    expect(page.get_by_text("照片还剩 2 张没传完")).to_be_visible()
    page.reload()
    expect(page.get_by_text("照片还剩 2 张没传完")).to_be_visible()
    expect(thumbs(page)).to_have_count(2)
    here = page.url
    office.start()
    page.goto(f"{office.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)
    page.goto(here)
    deputy.level(page, "✓ 已送达")
    has_what_it_says(page, office, 2)
    assert complaints == []


def test_a_connection_that_breaks_within_a_photo_goes_on_where_it_broke(
    phone: BrowserContext, office: Office, large: bytes
) -> None:
    page = deputy.enrol(phone, office)
    sent: list[int] = []
    broken = True

    def put(route: Route) -> None:
        if route.request.method != "PUT":
            return route.fallback()
        offset = int(route.request.url.split("offset=")[1].split("&")[0])
        if broken and offset:
            return route.abort()
        sent.append(offset)
        return route.fallback()

    page.route("**/api/v1/blob/**", put)
    to_photos(page)
    choose(page, payload(large))
    expect(thumbs(page)).to_have_count(1, timeout=60_000)
    file(page)
    deputy.level(page, "✓ 已送达")
    expect(page.get_by_text("照片还剩 1 张没传完")).to_be_visible()
    expect(page.get_by_text("还没传完，传了")).to_be_visible()
    assert blobs_of(office) == {} and set(sent) == {0}
    deputy.home(page)
    expect(page.get_by_text("照片还剩 1 张没传完")).to_be_visible()
    expect(page.get_by_text("都已交到单位系统")).to_have_count(0)
    broken = False
    before = len(sent)
    page.goto(f"{office.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)
    assert 0 not in sent[before:], "it began again"
    page.goto(f"{office.address}/#/records")
    page.get_by_role("link", name="路灯不亮").click()
    has_what_it_says(page, office, 1)


def test_a_page_killed_behind_the_camera_has_lost_nothing(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    to_photos(page, "桥栏杆断了")
    choose(page, small(1))
    expect(thumbs(page)).to_have_count(1)
    page.get_by_label("告诉过谁").fill("村里说过两次")
    with page.expect_file_chooser():
        page.get_by_text("拍照", exact=True).click()
    here = page.url
    page.close()
    page = phone.new_page()
    page.goto(here)
    expect(page.get_by_label("告诉过谁")).to_have_value("村里说过两次")
    expect(thumbs(page)).to_have_count(1)
    choose(page, small(2), by="拍照")
    expect(thumbs(page)).to_have_count(2)
    file(page)
    has_what_it_says(page, office, 2)


def test_three_photos_of_which_one_is_removed_and_put_back(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    to_photos(page)
    expect(page.get_by_text("最多 3 张。")).to_be_visible()
    choose(page, small(1), small(2), small(3), small(4))
    expect(page.get_by_role("alert")).to_contain_text("只加了前 3 张")
    expect(thumbs(page)).to_have_count(3)
    expect(page.get_by_text("最多 3 张，已经满了")).to_be_visible()
    expect(page.get_by_text("从相册选")).to_have_count(0)
    before = list(pictures(page))
    assert len(before) == 3
    names = named(page)
    page.get_by_role("button", name="拿掉：照片，第 2 张").click()
    expect(thumbs(page)).to_have_count(2)
    expect(page.get_by_text("还能加 1 张")).to_be_visible()
    assert named(page) == [names[0], names[2]]
    page.get_by_role("button", name="放回来").click()
    expect(thumbs(page)).to_have_count(3)
    assert named(page) == names
    page.get_by_role("button", name="拿掉：照片，第 1 张").click()
    expect(thumbs(page)).to_have_count(2)
    choose(page, small(2))
    expect(page.get_by_role("alert")).to_contain_text("已经加过了")
    expect(thumbs(page)).to_have_count(2)
    file(page)
    expect(page.get_by_text("照片已传完")).to_have_count(2, timeout=30_000)
    assert set(blobs_of(office)) == {name.removeprefix("sha256-") for name in names[1:]}


NAMED = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const all = asked.result.transaction('drafts').objectStore('drafts').getAll()
    all.onsuccess = () => { asked.result.close(); done(all.result[0]?.typed.shots ?? []) }
  }
})"""


def named(page: Page) -> list[str]:
    """The photos that the draft names, as the phone keeps it: written at once."""
    count = thumbs(page).count()
    for _ in range(100):
        told: list[str] = page.evaluate(NAMED)
        if len(told) == count:
            return told
        page.wait_for_timeout(20)
    raise AssertionError(f"the draft names {told}")


def test_a_file_that_is_no_photo_is_said_in_words_and_the_others_are_taken(
    phone: BrowserContext, office: Office
) -> None:
    page = deputy.enrol(phone, office)
    to_photos(page)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
    choose(page, payload(heic, "IMG_7.HEIC"), small(1), payload(camera(640, 480)[:300], "半张.jpg"))
    expect(page.get_by_role("alert").first).to_contain_text("“IMG_7.HEIC”打不开，不是这部手机认得的照片")
    expect(thumbs(page)).to_have_count(1)
    assert len(pictures(page)) == 1
    expect(page.get_by_text("从相册选")).to_be_visible()


def test_a_correction_keeps_the_photos_and_another_phone_sees_the_offices_copy(
    new_phone: Callable[..., BrowserContext], office: Office
) -> None:
    first = deputy.enrol(new_phone(), office)
    to_photos(first)
    choose(first, small(1))
    expect(thumbs(first)).to_have_count(1)
    file(first)
    has_what_it_says(first, office, 1)
    deputy.level(first, "✓ 已送达")
    second = deputy.enrol(new_phone(), office)
    second.goto(f"{office.address}/#/records")
    second.get_by_role("link", name="路灯不亮").click()
    expect(thumbs(second)).to_have_count(1)
    expect(second.get_by_text("照片已传完")).to_be_visible()
    assert pictures(second) == {}
    second.get_by_role("button", name="更正这条记录").click()
    second.get_by_label("什么事").fill("路灯还是不亮")
    deputy.onward(second)
    expect(thumbs(second)).to_have_count(1)
    choose(second, small(2))
    expect(thumbs(second)).to_have_count(2)
    second.route("**/api/v1/blob/**", lambda route: route.abort())
    file(second)
    deputy.level(second, "✓ 已送达")
    expect(second.get_by_text("照片还剩 1 张没传完")).to_be_visible()
    first.goto(f"{office.address}/#/uploads")
    first.get_by_role("button", name="现在上传").click()
    first.goto(f"{office.address}/#/records")
    first.get_by_role("link", name="路灯还是不亮").click()
    expect(first.get_by_text("这张照片在另一部手机上")).to_be_visible()
    first.reload()
    expect(first.get_by_text("还有 1 张照片在另一部手机上")).to_be_visible(timeout=30_000)
    expect(thumbs(first)).to_have_count(1)
    second.unroute("**/api/v1/blob/**")
    second.reload()
    has(second, office, 2)


def has(page: Page, office: Office, count: int) -> None:
    """Wait until the office has so many photos."""
    for _ in range(600):
        if len(blobs_of(office)) == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the office has {len(blobs_of(office))} photos")


# -- the same looks at an app that is built wrong --


LEAKY = """
onmessage = async ({ data }) => {
  const bytes = await data.arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const id = 'sha256-' + [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  postMessage({ id, bytes, thumb: bytes.slice(0) })
}
"""
BOASTING = """
export async function afterRound({ store, state, set }) {
  const done = '2026-03-01T00:00:00.000Z'
  const photos = state().photos.map((photo) => ({ ...photo, sent: photo.size, done }))
  await store.using((db) => Promise.all(photos.map((photo) => db.put('photos', photo))))
  set({ photos })
}
"""


@pytest.fixture
def altered(browser: Browser, office: Office) -> Iterator[Callable[[str, str], Page]]:
    """A phone whose app has another file in one place; without the worker, which would refuse it."""
    phone = browser.new_context(
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        service_workers="block",
    )
    phone.set_default_timeout(10_000)

    def make(file: str, code: str) -> Page:
        page = phone.new_page()
        phone.route(
            f"**/assets/{file}-*.js", lambda route: route.fulfill(body=code, content_type="text/javascript")
        )
        page.goto(office.invite())
        page.get_by_role("button", name="开始登记").click()
        office.run("confirm", deputy.digits(page))
        expect(page.get_by_role("button", name="现场", exact=True)).to_be_visible()
        return page

    yield make
    phone.close()


def test_an_app_that_keeps_photos_as_they_came_is_found_out(
    altered: Callable[[str, str], Page], office: Office, large: bytes, tmp_path: Path
) -> None:
    page = altered("photo_worker", LEAKY)
    to_photos(page)
    choose(page, payload(large))
    expect(thumbs(page)).to_have_count(1)
    with pytest.raises(AssertionError):
        kept_well(page)
    file(page)
    has_what_it_says(page, office, 1)
    assert not any(tells_nothing(data) for data in blobs_of(office).values())
    site = published(office, tmp_path / "out")  # and even then nobody outside is told
    assert [name for name, data in site.items() if MARKER in data] == []


def test_an_app_that_calls_photos_sent_without_the_office_is_found_out(
    altered: Callable[[str, str], Page], office: Office
) -> None:
    page = altered("photo_upload", BOASTING)
    to_photos(page)
    choose(page, small(1))
    expect(thumbs(page)).to_have_count(1)
    kept_well(page)
    file(page)
    with pytest.raises(AssertionError):
        has_what_it_says(page, office, 1)
