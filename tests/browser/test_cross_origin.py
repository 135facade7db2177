"""A page on another origin neither reads what the collector knows nor changes anything in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from collector.door import Guard
from collector.state import Collector
from collector.wire import Wire
from ledger.congress import load_congress
from ledger.forms import load_forms
from ledger.store import Store
from ledger.words import load_words
from tests.collector.phone import small_congress
from tests.hardening.conftest import hasty, served

pytestmark = pytest.mark.browser

TRIES = """async (target) => {
  const enrol = target + '/api/v1/enrol', hello = target + '/api/v1/hello'
  const guess = JSON.stringify({code: '7'.repeat(13), keys: {}, signature: ''})
  const read = {}
  const attempt = async (name, run) => {
    try { read[name] = String(await run()).slice(0, 300) } catch (fault) { read[name] = 'blocked' }
  }
  await attempt('get', async () => (await fetch(hello)).text())
  await attempt('get without asking',
    async () => (await fetch(hello, {mode: 'no-cors'})).text())
  await attempt('get with our headers',
    async () => (await fetch(hello, {headers: {'Mingbai-Device': 'x'}})).text())
  for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded'])
    await attempt('post ' + type, async () =>
      (await fetch(enrol, {method: 'POST', body: guess, headers: {'Content-Type': type}})).text())
  await attempt('post without asking', async () =>
    (await fetch(enrol, {method: 'POST', mode: 'no-cors', body: new Blob([guess])})).text())
  await attempt('put',
    async () => (await fetch(target + '/api/v1/draft/x', {method: 'PUT', body: guess})).text())
  await attempt('beacon', async () => { navigator.sendBeacon(enrol, new Blob([guess])); return 'blocked' })
  await attempt('frame', () => new Promise((done) => {
    const frame = document.createElement('iframe')
    frame.name = 'inner'; frame.src = target + '/'
    frame.onload = () => {
      try { done(frame.contentDocument.body.innerHTML) } catch { done('blocked') }
    }
    document.body.append(frame); setTimeout(() => done('blocked'), 3000)
  }))
  for (const [tag, place] of [['script', 'src'], ['img', 'src'], ['link', 'href']])
    await attempt(tag, () => new Promise((done) => {
      const made = document.createElement(tag)
      if (tag === 'link') made.rel = 'stylesheet'
      made.onload = () => done('loaded'); made.onerror = () => done('blocked')
      made[place] = target + (tag === 'link' ? '/assets/app.css' : tag === 'img' ? '/icon.png' : '/sw.js')
      document.body.append(made); setTimeout(() => done('blocked'), 3000)
    }))
  const form = document.createElement('form')
  form.method = 'POST'; form.action = enrol; form.enctype = 'text/plain'; form.target = 'inner'
  form.innerHTML = '<input name=\\'{"code":"' + '7'.repeat(13) + '","x":"\\' value=\\'"}\\'>'
  document.body.append(form); form.submit()
  await new Promise((done) => setTimeout(done, 700))
  const other = window.open(target + '/')
  await attempt('window', async () => {
    await new Promise((done) => setTimeout(done, 500))
    return other.document.body.innerHTML
  })
  return read
}"""


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    """A small congress with an app of three files."""
    content = small_congress(tmp_path)
    app = tmp_path / "app"
    (app / "assets").mkdir(parents=True)
    for name, text in (
        ("index.html", "<title>app</title>SECRET"),
        ("sw.js", "var a"),
        ("icon.png", ""),
        ("assets/app.css", ""),
    ):
        (app / name).write_text(text)
    with Store.open(tmp_path / "home", load_forms(content)) as store:
        addresses = dict.fromkeys(("www", "collect", "data"), "http://127.0.0.1:1")
        congress = load_congress(content)
        yield Collector(store, load_words(content), congress, content, addresses, app, tmp_path / "site")


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A page on another port of this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def tried(browser: Browser, page_at: str, port: int) -> dict[str, str]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(page_at)
    read: dict[str, str] = page.evaluate(TRIES, f"http://127.0.0.1:{port}")
    context.close()
    return read


def test_another_origin_reads_nothing_and_changes_nothing(
    browser: Browser, collector: Collector, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, enrolled = collector.store.position, []
    monkeypatch.setattr("collector.server.enrol", partial(_noted, enrolled))
    with served(collector, hasty(collector)) as port:
        read = tried(browser, elsewhere, port)
    assert not [name for name, said in read.items() if said not in ("blocked", "")], read
    assert enrolled == [] and collector.store.position == before
    assert collector.throttle.tries == {} and len(collector.store.devices) == 2  # the office's own


def test_a_door_that_does_not_ask_whence_would_be_seen(
    browser: Browser, collector: Collector, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled: list[str] = []
    monkeypatch.setattr(Guard, "_admit", lambda *_: None)
    monkeypatch.setattr("collector.door.SECURITY", [])
    monkeypatch.setattr("collector.server.enrol", partial(_noted, enrolled))
    protocol: type[Wire] = hasty(collector)
    with served(collector, protocol) as port:
        read = tried(browser, elsewhere, port)
    assert len(enrolled) >= 3  # calls that no browser asks about beforehand
    assert read["script"] == "loaded"


async def _noted(enrolled: list[str], request: object) -> object:
    from starlette.responses import Response

    enrolled.append("asked")
    return Response(b"{}")
