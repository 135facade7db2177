"""How fast the phone app is on a slow phone: CPU slowed down and network throttled by Chromium's own tools.

The sample congress, an office in its own process, a browser started anew for each run. What is timed is what
a person sees: each time ends with the frame in which it stands. The times of keys are Chromium's own, in
steps of 8 ms.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from ledger.forms import load_forms
from tests.bench import bare, weight
from tests.browser import deputy
from tests.browser.chromium import FLAGS, chromium
from tests.browser.test_story import SampleOffice
from tests.collector.phone import Phone

RUNS = 5
RECORDS = 500
SUMMARY = "村口到学校的路灯坏了三盏，晚上接孩子看不清路。"
SLOWER = 6
SEEN = Path(__file__).with_name("seen.js").read_text("utf-8")
SAYS = f"""\
Medians of {RUNS} runs, each in a browser started anew, its CPU slowed {SLOWER}x (4x on slow 4G), its network
throttled by Chromium; app and office run beside each other on the same cores, so that whatever else runs
there counts {SLOWER}-fold. Seconds until the frame stands on the screen. Cold: the browser was closed and the
server is gone, {RECORDS} records are on the phone. The form is a visit of the sample congress.
Bare is a page that is no app (`tests/bench/bare.py`): what the browser takes by itself."""
COUNT = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const count = asked.result.transaction('records').objectStore('records').count()
    count.onsuccess = () => { asked.result.close(); done(count.result) }
  }
})"""


@dataclass(frozen=True)
class Network:
    """What the developer tools of Chromium call by such a name."""

    kbps: float
    latency_ms: float


SLOW_3G = Network(400, 2000)
FAST_3G = Network(1440, 562.5)
SLOW_4G = Network(1600, 150)
FIRST_LOADS = {
    "ready_3g_seconds": (FAST_3G, SLOWER),
    "ready_slow_3g_seconds": (SLOW_3G, SLOWER),
    "ready_slow_4g_seconds": (SLOW_4G, 4),
}


def measure(runs: int = RUNS) -> dict[str, float]:
    """Medians of every figure, with the least and the most of each beside it, and the weight."""
    took: dict[str, list[float]] = defaultdict(list)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        office = SampleOffice(Path(folder))
        try:
            for name, (network, slower) in FIRST_LOADS.items():
                link = office.invite("lin-xiuhe")
                for _ in range(runs):
                    took[name].append(_first_load(playwright, link, network, slower))
            profile = Path(folder) / "profile"
            _phone_with_records(playwright, office, profile)
        finally:
            office.stop()
        records = [{"id": f"{n:036}", "filedAt": f"{n:09}", **_answers(n, "g-1")} for n in range(RECORDS)]
        bare_at = bare.prepare(Path(folder), partial(_device, playwright), records)
        for _ in range(runs):
            for name, seconds in _with_no_network(playwright, office.address, profile):
                took[name].append(seconds)
            took["bare_list_seconds"].append(_bare(playwright, *bare_at))
    return {**weight.measure(), **_told(took)}


def _told(took: Mapping[str, Sequence[float]]) -> dict[str, float]:
    medians = {name: statistics.median(times) for name, times in took.items()}
    least = {f"{name}_least": min(times) for name, times in took.items()}
    return {**medians, **least, **{f"{name}_most": max(times) for name, times in took.items()}}


@contextmanager
def _device(playwright: Playwright, profile: Path | str) -> Iterator[BrowserContext]:
    """A phone whose browser has just been started; it remembers what lies in the profile."""
    device = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(playwright.chromium.executable_path),
        args=FLAGS,
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    device.set_default_timeout(60_000)
    try:
        yield device
    finally:
        device.close()


def _slowed(device: BrowserContext, slower: int, network: Network | None, watched: str) -> Page:
    """A page that counts the time until something is seen, on a slow phone."""
    page = device.new_page()
    page.add_init_script(SEEN + watched)
    tools = device.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    if network:
        rate = network.kbps * 1000 / 8
        tools.send("Network.enable")
        tools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": network.latency_ms,
                "downloadThroughput": rate,
                "uploadThroughput": rate,
            },
        )
    return page


def _seen(page: Page, name: str) -> float:
    """When it was seen, in milliseconds of the page; asked for seldom, since asking takes the page's time."""
    for _ in range(150):
        found = page.evaluate("name => window.__times[name] ?? null", name)
        if found is not None:
            return float(found)
        page.wait_for_timeout(400)
    raise AssertionError(f"{name} was never seen")


def _first_load(playwright: Playwright, link: str, network: Network, slower: int) -> float:
    """From the link to a page that says what to do and answers, on a phone that was never here."""
    with tempfile.TemporaryDirectory() as profile, _device(playwright, profile) as device:
        page = _slowed(device, slower, network, "window.__when('ready', '.pri');")
        page.goto(link, wait_until="commit")
        seen = _seen(page, "ready")
        return max(seen, _busy_until(page, seen)) / 1000


def _busy_until(page: Page, seen: float) -> float:
    """The end of a long task that was under way or followed at once when it was seen."""
    end = float(page.evaluate("() => window.__longEnd"))
    return end if end < seen + 300 else seen


def _phone_with_records(playwright: Playwright, office: SampleOffice, profile: Path) -> None:
    """A phone that has this person's records of years, all filed from another phone and fetched again."""
    with httpx.Client(base_url=office.address, timeout=30) as wire:
        other = Phone(wire)
        code = office.invite("lin-xiuhe").split("#e=")[1].split("&")[0]
        answer = other.enrol(code)
        assert answer.status_code == 200, answer.content
        office.run("confirm", answer.json()["six_digits"])
        form = load_forms(office.content)["visit"]
        grids = [record["code"] for record in other.get("/ref/grid").json()["records"]]
        for start in range(0, RECORDS, 100):
            records = [
                other.record(form, _answers(n, grids[n % len(grids)])) for n in range(start, start + 100)
            ]
            states = {result["state"] for result in other.results(records)}
            assert states == {"accepted"}, states
    with _device(playwright, profile) as device:
        page = deputy.enrol(device, office, device.new_page(), "lin-xiuhe")
        for _ in range(600):
            if page.evaluate(COUNT) >= RECORDS:
                break
            page.wait_for_timeout(100)
        assert page.evaluate(COUNT) >= RECORDS, "the records did not come"
        page.wait_for_timeout(1000)


def _answers(n: int, grid: str) -> dict[str, object]:
    return {
        "visited_on": f"202{n % 6}-{n % 9 + 1:02d}-{n % 27 + 1:02d}",
        "grid": grid,
        "visit_kind": "spot",
        "people": n % 7,
        "summary": f"第{n}次：{SUMMARY}" * 3,
    }


def _with_no_network(playwright: Playwright, address: str, profile: Path) -> Iterator[tuple[str, float]]:
    """The app opened with no server at all, then a form on it."""
    with _device(playwright, profile) as device:
        page = _slowed(device, SLOWER, None, "window.__when('list', '.rows li');")
        page.goto(f"{address}/#/records", wait_until="commit")
        yield "cold_list_seconds", _seen(page, "list") / 1000
        yield "cold_paint_seconds", _first_paint(page) / 1000
        page.close()
    with _device(playwright, profile) as device:
        page = _slowed(device, SLOWER, None, "window.__when('home', '.tiles button');")
        page.goto(address, wait_until="commit")
        yield "cold_home_seconds", _seen(page, "home") / 1000
        page.wait_for_timeout(1500)
        yield "form_seconds", _between(page, "走访", "form", "main .field, main fieldset")
        page.wait_for_timeout(1000)
        yield "fault_seconds", _between(page, "下一步", "fault", "#faults")
        page.get_by_role("button", name="换一个").click()  # the place of last time
        page.get_by_label("网格").first.press_sequentially("第三网格", delay=120)
        page.locator(".picks").get_by_role("button", name="柳河村第三网格").click()
        page.get_by_label("随机走访").check()
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("见到人数").press_sequentially("12", delay=120)
        while not page.get_by_label("小结（公开）").is_visible():
            before = page.url
            page.get_by_role("button", name="下一步").click()
            expect(page).not_to_have_url(before)
            page.wait_for_timeout(300)
        page.get_by_label("小结（公开）").press_sequentially(SUMMARY, delay=60)
        page.wait_for_timeout(500)
        yield "key_seconds", float(page.evaluate("() => window.__slowest.ms")) / 1000


def _bare(playwright: Playwright, address: str, profile: Path) -> float:
    """The same cold start of a page that is no app, in a browser of its own."""
    with _device(playwright, profile) as device:
        page = _slowed(device, SLOWER, None, "window.__when('list', '.rows li');")
        page.goto(address, wait_until="commit")
        return _seen(page, "list") / 1000


def _first_paint(page: Page) -> float:
    return float(
        page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    )


def _between(page: Page, button: str, name: str, selector: str) -> float:
    """Seconds from the tap on a button to the frame that shows what it brings."""
    page.evaluate(
        "([name, selector]) => window.__after(name, 'pointerup', selector)",
        [name, selector],
    )
    page.get_by_role("button", name=button, exact=True).first.click()
    seen = _seen(page, name)
    return (seen - _seen(page, f"{name}-began")) / 1000


if __name__ == "__main__":
    for name, value in measure(int(sys.argv[1]) if sys.argv[1:] else RUNS).items():
        print(f"{name}: {value:,.4g}")
