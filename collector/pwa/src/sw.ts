/** The service worker: holds the app's own files, each checked against its digest, so that it opens with no network. */

/** The few things used here of the worker's own types, which cannot be loaded beside the page's. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Asked extends Event {
  request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker {
  clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', act: (event: Extendable) => void): void
  addEventListener(type: 'fetch', act: (event: Asked) => void): void
  addEventListener(type: 'message', act: (event: MessageEvent & Extendable) => void): void
}
const worker = self as unknown as Worker

/** Filled in by the build (build/precache.ts). */
interface Precache {
  name: string
  files: [address: string, sha256: string][]
}
const held = 'the list of files' as unknown as Precache

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function checked(address: string, sha256: string): Promise<Response> {
  const response = await fetch(address, { cache: 'no-store', credentials: 'omit', redirect: 'error' })
  const digest = await digestOf(await response.clone().arrayBuffer())
  if (!response.ok || digest !== sha256) throw new Error(`${address} is not the file this app was built with`)
  return response
}

/** All files or none: nothing is kept before every one of them has arrived and is the right one. */
async function install(): Promise<void> {
  const responses = await Promise.all(held.files.map(([address, sha256]) => checked(address, sha256)))
  const before = await caches.has(held.name)
  const cache = await caches.open(held.name)
  try {
    await Promise.all(held.files.map(([address], at) => cache.put(address, responses[at]!)))
  } catch (full) {
    // Half a set would take the place of the one that open pages may still need.
    if (!before) await caches.delete(held.name)
    throw full
  }
}

/** The last set of files is kept too: a page that is still open may ask for one of them. */
async function activate(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith('mingbai-') && name !== held.name)
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)))
  await worker.clients.claim()
}

async function answer(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(held.name)
  const known =
    (await cache.match(address, { ignoreVary: true })) ?? (await caches.match(address, { ignoreVary: true }))
  return known ?? fetch(request)
}

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('message', (event) => {
  if (event.data === 'take over') event.waitUntil(worker.skipWaiting())
  else event.ports[0]?.postMessage(held.name)
})
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin || pathname.startsWith('/api/')) return
  if (request.mode === 'navigate') event.respondWith(answer('/', request))
  else if (pathname.startsWith('/assets/') || held.files.some(([address]) => address === pathname)) {
    event.respondWith(answer(pathname, request))
  }
})
