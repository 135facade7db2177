"""The least that any page takes which opens with no network and lists what lies on the phone.

One file, a worker that hands it out of its cache, as many records as the bench has, fifty of them drawn.
No framework, no style, no words. What the app takes beyond this is the app's; this is the browser's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.browser.folder import served

WORKER = """\
addEventListener('install', (event) => event.waitUntil(caches.open('bare').then((bare) => bare.add('/'))))
addEventListener('activate', (event) => event.waitUntil(clients.claim()))
addEventListener('fetch', (event) => event.respondWith(caches.match(event.request)))
"""
PAGE = """\
<!doctype html><html lang="zh"><meta charset="utf-8"><title>bare</title><ul class="rows"></ul><script>
const asked = indexedDB.open('bare')
asked.onupgradeneeded = () => asked.result.createObjectStore('records', { keyPath: 'id' })
asked.onsuccess = () => {
  const all = asked.result.transaction('records').objectStore('records').getAll()
  all.onsuccess = () => {
    const newest = all.result.sort((one, other) => (one.filedAt < other.filedAt ? 1 : -1)).slice(0, 50)
    document.querySelector('.rows').append(
      ...newest.map(({ summary }) => Object.assign(document.createElement('li'), { textContent: summary })),
    )
  }
}
</script></html>
"""
FILL = """async (records) => {
  await navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)
  await new Promise((done) => {
    const asked = indexedDB.open('bare')
    asked.onsuccess = () => {
      const table = asked.result.transaction('records', 'readwrite').objectStore('records')
      records.forEach((record) => table.put(record))
      table.transaction.oncomplete = () => { asked.result.close(); done() }
    }
  })
}"""
Record = dict[str, object]
Device = Callable[[Path], AbstractContextManager[BrowserContext]]


def prepare(folder: Path, device: Device, records: list[Record]) -> tuple[str, Path]:
    """A phone that was there once, and has these records: the page's address, and the phone's profile."""
    site, profile = folder / "bare", folder / "bare-profile"
    site.mkdir()
    (site / "index.html").write_text(PAGE, "utf-8")
    (site / "worker.js").write_text(WORKER, "utf-8")
    with served(site) as address, device(profile) as phone:
        page: Page = phone.new_page()
        page.goto(address)
        page.evaluate(FILL, records)
    return address, profile
