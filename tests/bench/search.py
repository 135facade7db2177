"""Search over 10,000 records: what a browser fetches for a word, what is found, what the index costs.

The texts are those of `suggestions-tw.json` where the real data is (MINGBAI_DATA), and
sentences put together here for the rest. Words are drawn from them with a fixed seed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import resource
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Page, sync_playwright

from ledger.congress import load_congress
from ledger.forms import load_forms
from ledger.words import load_words
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.search.entries import entries
from publisher.search.tokens import plain
from publisher.search.written import write_search
from publisher.serve import listen, serve_site
from tests.bench.stamp import CONTENT
from tests.browser.chromium import FLAGS, chromium
from tests.publisher.fake import FakeLedger, published
from tests.publisher.small_release import code

SAYS = (
    "300 deputies, 400 grids and suggestions of five years, in Chromium over the site's own server. Bytes "
    "are of answers with their headers. A word is the beginning or the end of a run of Chinese characters, "
    "of two to four."
)
RECORDS = 10_000
PEOPLE, GRIDS = 300, 400
WORDS = 200
DATA = Path(__file__).parents[3] / "shared/data"
TEXTS = Path(os.environ.get("MINGBAI_DATA", DATA)) / "suggestions-tw.json"
PLACES = [
    "柳河",
    "石桥",
    "云溪",
    "东关",
    "望江",
    "城根",
    "南湖",
    "青松",
    "北坳",
    "白沙",
    "红旗",
    "稻香",
    "桃园",
    "沙堤",
    "玉泉",
    "竹园",
    "水磨",
    "长坡",
]
MATTERS = [
    "道路积水",
    "路灯不亮",
    "老旧小区加装电梯",
    "养老助餐点饭菜太贵",
    "学校门口没有红绿灯",
    "饮水管网停水",
    "冷链仓库用电",
    "托育机构收费",
    "垃圾分类没人管",
    "公交末班车太早",
    "河道清淤",
    "幼儿园入学难",
    "卫生室缺药",
    "充电桩太少",
    "快递进村",
    "夜里施工噪声",
    "违章搭建",
    "绿化带枯死",
    "井盖松动",
    "燃气管道改造",
    "灌溉渠破损",
    "山塘水库加固",
    "残疾人坡道",
    "健身器材损坏",
]
REASONS = [
    "雨天过不去人",
    "老人上下楼不方便",
    "接送孩子很危险",
    "反映过三次没有下文",
    "夜里看不清",
    "影响几十户人家",
    "去年就说要修",
    "农忙时最要紧",
]
REQUESTS = [
    "建议尽快修好",
    "请水利局派人看",
    "请住建局牵头",
    "希望列入民生实事",
    "请街道当面答复",
    "建议增加补贴",
    "希望三个月内有结果",
    "希望公开经费",
]
SURNAMES, GIVEN = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "秀禾守一亦农建国春梅明远志强晓燕文博丽华"


def measure() -> dict[str, float]:
    """Every figure of the search in one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        public = _public(folder / "public.db")
        www = folder / "site" / "releases" / "one" / "www"
        www.mkdir(parents=True)
        (folder / "site" / "current").symlink_to("releases/one")
        started, spent = time.perf_counter(), _children()
        files = write_search(www, _site(public), None)
        seconds, cpu = time.perf_counter() - started, _children() - spent
        started = time.perf_counter()
        again = folder / "again"
        again.mkdir()
        write_search(again, _site(public), (www.parent, SimpleNamespace(files=files)))
        linked = time.perf_counter() - started
        size = sum(path.stat().st_size for path in (www / "search").rglob("*") if path.is_file())
        _page(www)
        with _served(folder / "site") as address, _browser() as page:
            found = _searched(page, address, public)
    return {
        **found,
        "index_seconds": seconds,
        "index_cpu_seconds": cpu,
        "relinked_seconds": linked,
        "index_mb": size / 1e6,
        "index_files": float(len(files)),
    }


def _public(path: Path) -> Public:
    """A district: people, places, and suggestions with texts as unlike each other as can be had."""
    forms, ledger, chance = load_forms(CONTENT), FakeLedger(), random.Random(11)
    deputies = [_name(chance, n) for n in range(PEOPLE)]
    for n, name in enumerate(deputies):
        ledger.file(forms["deputy"], {"name": name}, name=f"d-{n}", role="clerk")
    for n in range(GRIDS):
        name = f"{chance.choice(PLACES)}{'上下东西南北'[n % 6]}村第{n}网格"
        ledger.file(forms["grid"], {"name": name, "level": "grid"}, name=f"g-{n}", role="clerk")
    given = json.loads(TEXTS.read_text("utf-8")) if TEXTS.is_file() else []
    if not given:
        print(f"search: {TEXTS} is not there; all texts are put together here.")
    codes = [code("JY", n) for n in chance.sample(range(32**3), RECORDS)]
    for n in range(RECORDS - PEOPLE - GRIDS):
        answers = _real(given[n]) if n < len(given) else _made(chance)
        year = 2022 + n % 5
        answers |= {"lead_deputy": f"d-{n % PEOPLE}", "grid": f"g-{n % GRIDS}", "confidentiality": "public"}
        ledger.file(
            forms["suggestion"],
            {**answers, "received_on": f"{year}-{n % 11 + 1:02d}-05"},
            received_at=f"{year}-{n % 11 + 1:02d}-05T09:00:00.000Z",
            code=codes[n],
        )
    return published(path, ledger, *forms.values())


def _real(given: Mapping[str, Any]) -> dict[str, str]:
    said = [given.get(key) for key in ("suggestion", "position", "brought_by", "bid_by", "councilor")]
    texts = [str(each).strip() for each in said if each]
    return {"subject": (texts[0] if texts else "无题")[:100], "body": "，".join(texts) + "。"}


def _made(chance: random.Random) -> dict[str, str]:
    places, matters = chance.sample(PLACES, 2), chance.sample(MATTERS, 2)
    body = "。".join(
        f"{place}村{matter}，{chance.choice(REASONS)}，{chance.choice(REQUESTS)}"
        for place, matter in zip(places, matters, strict=True)
    )
    return {"subject": f"关于{places[0]}村{matters[0]}的建议", "body": f"{body}。"}


def _name(chance: random.Random, n: int) -> str:
    return f"{SURNAMES[n % 20]}{GIVEN[n // 20 % 20]}{chance.choice(GIVEN)}"


def _site(public: Public) -> Any:
    congress = load_congress(CONTENT)
    links = DataLinks(congress.addresses["data"])
    return SimpleNamespace(public=public, lang="zh", words=load_words(CONTENT), links=links)


def _page(www: Path) -> None:
    """A page with nothing on it but the search."""
    (www / "assets").mkdir()
    for name in ("search.js", "searching.js"):
        (www / "assets" / name).write_bytes((CONTENT / "pages/assets" / name).read_bytes())
    page = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>search</title>
<link rel="icon" href="data:,">
<div class="mb-search-page"><form><input name="q"></form><p class="md-search-result__meta"></p>
<ol class="md-search-result__list"></ol><div class="mb-search-after"></div></div>
<script src="assets/search.js"></script>"""
    (www / "search.html").write_text(page, "utf-8")


COUNT = """() => Number(/\\d+/.exec(document.querySelector("p").textContent)?.[0] ?? 0)"""
SEARCH = """async word => {
  const list = document.querySelector("ol"), input = document.querySelector("input")
  if (!list.hasAttribute('aria-busy')) input.focus()
  while (list.getAttribute('aria-busy') !== 'false') await new Promise(done => setTimeout(done, 5))
  input.value = word
  document.querySelector("form").requestSubmit()
  while (list.getAttribute('aria-busy') !== 'false') await new Promise(done => setTimeout(done, 5))
  return [...list.querySelectorAll("a")].slice(0, 10).map(a => a.pathname.slice(1))
}"""
CODES = """async codes => {
  const { bundles } = await new Promise(done => {
    globalThis.mbSearch = { now: done }
    document.head.append(Object.assign(document.createElement("script"), { src: "search/now.js" }))
  })
  const [first, ...rest] = bundles.map(folder => new URL(folder + "/", location).href)
  const pagefind = await import(first + "pagefind.js")
  await pagefind.options({ baseUrl: "/" })
  await pagefind.init()
  for (const folder of rest) await pagefind.mergeIndex(folder)
  let found = 0
  for (const code of codes) {
    const { results } = await pagefind.search(code.toLowerCase().replaceAll("-", ""))
    const first = await Promise.all(results.slice(0, 3).map(hit => hit.data()))
    if (first.some(hit => hit.raw_url.includes(code))) found++
  }
  return found
}"""


def _searched(page: Page, address: str, public: Public) -> dict[str, float]:
    said = _said(public)
    words = _words(random.Random(23), [said[path] for path in sorted(said) if path.startswith("suggestion/")])
    short = [word for word in words if len(word) == 2]
    fetched: list[Any] = []
    page.on("requestfinished", lambda request: fetched.append(request))

    def travelled() -> float:
        sizes = [each.sizes() for each in fetched]
        fetched.clear()
        return sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes) / 1024

    page.goto(f"{address}/search.html")
    page.wait_for_load_state("networkidle")
    fetched.clear()
    page.evaluate(SEARCH, short[0])
    cold = travelled()
    warm = []
    for word in short[1:21]:
        page.evaluate(SEARCH, word)
        warm.append(travelled())
    found, counted = {}, {}
    for word in words:
        found[word] = page.evaluate(SEARCH, word)
        counted[word] = page.evaluate(COUNT)
    true = {word: sum(word in text for text in said.values()) for word in short}
    named = [
        (row["title"], f"{kind}/{row['code']}.html")
        for kind in ("deputy", "grid")
        for row in public.rows[kind]
    ]
    titles = [title for title, _ in named]
    first = [
        title for title, path in named if page.evaluate(SEARCH, title)[: titles.count(title)].count(path)
    ]
    codes = sorted(public.titles)
    in_index = page.evaluate(CODES, codes)
    sample = random.Random(29).sample(codes, WORDS)
    at_once = [code for code in sample if code in str(page.evaluate(SEARCH, code)[:1])]
    return {
        "cold_kb": cold,
        "warm_kb": max(warm),
        "warm_mean_kb": sum(warm) / len(warm),
        "words_found_percent": 100
        * sum(any(w in said[p] for p in paths) for w, paths in found.items())
        / len(words),
        "hits_that_hold_percent": 100
        * sum(w in said[p] for w, paths in found.items() for p in paths)
        / max(1, sum(map(len, found.values()))),
        "counts_right_percent": 100 * sum(counted[word] == n for word, n in true.items()) / len(true),
        "names_first_percent": 100 * len(first) / len(named),
        "codes_found_percent": 100 * in_index / len(codes),
        "codes_first_percent": 100 * len(at_once) / len(sample),
        "records": float(len(codes)),
    }


def _said(public: Public) -> dict[str, str]:
    """What each page may be found by."""
    return {each.path: plain(f"{each.title}\n{each.code}\n{each.text}") for each in entries(public, "zh")}


def _words(chance: random.Random, texts: list[str]) -> list[str]:
    words: list[str] = []
    while len(words) < WORDS:
        runs = re.findall(r"[\u4e00-\u9fff]{2,}", chance.choice(texts))
        run, length = chance.choice(runs or ["无题"]), chance.choice([2, 2, 2, 3, 4])
        word = run[:length] if chance.random() < 0.5 else run[-length:]
        if len(word) == length and word not in words:
            words.append(word)
    return words


@contextmanager
def _served(site: Path) -> Iterator[str]:
    """The address of a site served as it is, for as long as it is asked for."""
    listener = listen(0)
    port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    serving = loop.create_task(serve_site(site, listener))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([serving])), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(serving.cancel)
    thread.join(timeout=20)
    loop.close()


@contextmanager
def _browser() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(playwright.chromium.executable_path), args=FLAGS
        )
        yield browser.new_page()
        browser.close()


def _children() -> float:
    """CPU seconds of the programs that were started and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime + own.ru_utime + own.ru_stime


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.4g}")
