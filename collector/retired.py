"""The worker that is served when the app is withdrawn: it lets go of the app, never of records."""

from __future__ import annotations

WORKER = """\
// The app is withdrawn: its files are dropped, and pages come from the network again. What is written stays.
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(letGo()))
async function letGo() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('mingbai-')).map((name) => caches.delete(name)))
  await self.registration.unregister()
}
"""
