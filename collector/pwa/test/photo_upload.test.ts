import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDB } from 'idb'
import { createApp, type App } from '../src/app.ts'
import type { Filed, Photo } from '../src/contract.ts'
import { nameOf } from '../src/photo/photo.ts'
import { keepPhoto } from '../src/photo/photo_keep.ts'
import { photosLeft } from '../src/photo/photos.ts'
import { sweeping } from '../src/photo/photo_sweep.ts'
import { sendPhotos } from '../src/photo/photo_upload.ts'
import { stateFrom } from '../src/state.ts'
import { openStore } from '../src/keep/store.ts'
import { createOffice, Refused, Unreachable } from '../src/send/sync.ts'
import { draftOf, newPhone, type Phone } from './phone.ts'

const PIECE = 256 * 1024
const apps: App[] = []
after(() => apps.forEach((app) => app.close()))

/** The office's shelf of photos, over the fake office: it keeps pieces, and can be told to misbehave. */
function shelf(phone: Phone) {
  const shelf = {
    held: new Map<string, Uint8Array>(),
    whole: new Set<string>(),
    /** Every piece that came: which photo, from where. */
    came: [] as [string, number][],
    asked: [] as string[],
    /** Instead of an answer; null for no connection. */
    instead: (_method: string, _name: string): Response | null | undefined => undefined,
    problem: null as { pointer: string; say: { zh: string; en: string } } | null,
  }
  const ask = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const path = String(input).replace('/api/v1', '')
    if (!path.startsWith('/blob/')) return phone.office.ask(input, init)
    const method = init?.method ?? 'GET'
    const [name = '', query] = path.replace('/blob/', '').split('?')
    shelf.asked.push(`${method} ${name.slice(0, 4)}`)
    const instead = shelf.instead(method, name)
    if (instead === null) throw new TypeError('Failed to fetch')
    if (instead) return instead
    const there = shelf.held.get(name) ?? new Uint8Array()
    const headers = (offset: number): Record<string, string> => ({
      'Upload-Offset': String(offset),
      'Upload-Complete': shelf.whole.has(name) ? '?1' : '?0',
    })
    if (method === 'HEAD') return new Response(null, { headers: headers(there.length) })
    const said = new URLSearchParams(query)
    const [offset, of] = [Number(said.get('offset')), Number(said.get('of'))]
    if (offset > there.length)
      return Response.json(
        { type: 'mingbai:push/photo_offset' },
        { status: 409, headers: headers(there.length) },
      )
    const piece = new Uint8Array(init!.body as ArrayBuffer)
    shelf.came.push([name, offset])
    const now = new Uint8Array([...there.subarray(0, offset), ...piece])
    shelf.held.set(name, now)
    if (now.length === of) {
      if ((await nameOf(now)) !== `sha256-${name}`) {
        shelf.held.delete(name)
        return Response.json({ type: 'mingbai:push/photo_digest' }, { status: 422 })
      }
      shelf.whole.add(name)
    }
    const complete = shelf.whole.has(name)
    return Response.json({
      sha256: name,
      offset: now.length,
      complete,
      problem: complete ? shelf.problem : null,
    })
  }) as typeof fetch
  return Object.assign(shelf, { ask })
}

async function begin() {
  const phone = await newPhone()
  await phone.store.putMeta({ identity: { ...phone.identity, state: 'active' } })
  phone.office.deviceState = 'active'
  const there = shelf(phone)
  const app = await createApp({ store: phone.store, office: createOffice(there.ask) })
  apps.push(app)
  /** Photos of so many bytes, kept here and named by one record. */
  async function file(...sizes: number[]): Promise<Filed> {
    const ids: string[] = []
    for (const size of sizes) {
      const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)))
      const whole = new Uint8Array(size).map((_, at) => bytes[at % bytes.length]!)
      const id = await nameOf(whole)
      await keepPhoto(app.round, { id, bytes: whole.buffer, thumb: whole.slice(0, 9).buffer })
      ids.push(id)
    }
    const record = await phone.file({ summary: '路灯', shots: ids })
    await app.reload()
    return record
  }
  const note = (id: string): Photo | undefined => app.state().photos.find((photo) => photo.id === id)
  return { phone, there, app, file, note }
}

const shots = ({ answers }: Filed): string[] => answers.shots as string[]
const hex = (id: string): string => id.replace('sha256-', '')

test('a photo goes up in pieces, whole and to the byte, the smallest first', async () => {
  const { there, app, file, note, phone } = await begin()
  const record = await file(2 * PIECE + 5, 100)
  const [large, small] = shots(record) as [string, string]
  assert.equal(photosLeft(app.state()).length, 2)
  await sendPhotos(app.round)
  assert.deepEqual(there.came, [
    [hex(small), 0],
    [hex(large), 0],
    [hex(large), PIECE],
    [hex(large), 2 * PIECE],
  ])
  const picture = await phone.store.picture(large)
  assert.deepEqual(there.held.get(hex(large)), new Uint8Array(picture!.bytes))
  assert.ok(note(large)?.done && note(small)?.done)
  assert.equal(photosLeft(app.state()).length, 0)
})

test('a photo that broke off goes on from where the office is, not from the beginning', async () => {
  const { there, app, file, note } = await begin()
  const [id] = shots(await file(3 * PIECE)) as [string]
  let puts = 0
  there.instead = (method) => (method === 'PUT' && ++puts > 1 ? null : undefined)
  await assert.rejects(sendPhotos(app.round), Unreachable)
  assert.deepEqual([note(id)?.sent, note(id)?.done], [PIECE, null])
  there.instead = () => undefined
  await sendPhotos(app.round)
  assert.deepEqual(
    there.came.map(([, offset]) => offset),
    [0, PIECE, 2 * PIECE],
  )
})

test('an office that has forgotten a piece is asked where to go on', async () => {
  const { there, app, file, note } = await begin()
  const [id] = shots(await file(3 * PIECE)) as [string]
  let puts = 0
  there.instead = (method, name) => {
    if (method === 'PUT' && ++puts === 2) there.held.delete(name)
    return undefined
  }
  await sendPhotos(app.round)
  assert.deepEqual(
    there.came.map(([, offset]) => offset),
    [0, 0, PIECE, 2 * PIECE],
  )
  assert.ok(note(id)?.done)
})

const NOT_THE_OFFICE: Record<string, (method: string, name: string) => Response> = {
  'a sign-in page': () => new Response('<html>', { status: 200 }),
  'an answer about another photo': (method) =>
    method === 'HEAD'
      ? new Response(null, { headers: { 'Upload-Offset': '0', 'Upload-Complete': '?0' } })
      : Response.json({ sha256: 'f'.repeat(64), offset: 9, complete: true, problem: null }),
  'an answer that says nothing new': (method, name) =>
    method === 'HEAD'
      ? new Response(null, { headers: { 'Upload-Offset': '0', 'Upload-Complete': '?0' } })
      : Response.json({ sha256: name, offset: 0, complete: false, problem: null }),
}
for (const [what, instead] of Object.entries(NOT_THE_OFFICE)) {
  test(`${what} never makes a photo complete`, async () => {
    const { there, app, file, note } = await begin()
    const [id] = shots(await file(100)) as [string]
    there.instead = instead
    await assert.rejects(sendPhotos(app.round), Unreachable)
    assert.equal(note(id)?.done, null)
    there.instead = () => undefined
    await sendPhotos(app.round)
    assert.ok(note(id)?.done)
  })
}

test('what the office refuses for good is said in its words and not sent again', async () => {
  const { there, app, file, note } = await begin()
  const say = { zh: '这不是照片', en: 'no photo' }
  const [id] = shots(await file(100)) as [string]
  there.instead = (method) =>
    method === 'PUT'
      ? Response.json({ type: 'x', errors: [{ pointer: '', say }] }, { status: 415 })
      : undefined
  await sendPhotos(app.round)
  assert.deepEqual(note(id)?.problem, say)
  assert.equal(photosLeft(app.state()).length, 1)
  const before = there.asked.length
  await sendPhotos(app.round)
  assert.equal(there.asked.length, before)
})

test('a photo that arrived and cannot be opened is not done with', async () => {
  const { there, app, file, note } = await begin()
  there.problem = { pointer: '', say: { zh: '打不开', en: 'cannot be opened' } }
  const [id] = shots(await file(100)) as [string]
  await sendPhotos(app.round)
  assert.deepEqual([note(id)?.done, note(id)?.problem], [null, there.problem.say])
})

test('one refused photo does not keep the others back', async () => {
  const { there, app, file, note } = await begin()
  const [bad, good] = shots(await file(50, 100)) as [string, string]
  there.instead = (method, name) =>
    method === 'PUT' && name === hex(bad) ? Response.json({ type: 'x' }, { status: 413 }) : undefined
  await sendPhotos(app.round)
  assert.equal(note(bad)?.problem, 'refused')
  assert.ok(note(good)?.done)
})

test('bytes that changed on their way are sent once more, and told when they change again', async () => {
  const { there, app, file, note } = await begin()
  const [id] = shots(await file(100)) as [string]
  let wrong = 1
  there.instead = (method) =>
    method === 'PUT' && wrong-- > 0 ? Response.json({ type: 'x' }, { status: 422 }) : undefined
  await sendPhotos(app.round)
  assert.ok(note(id)?.done)
  const [other] = shots(await file(200)) as [string]
  wrong = 2
  await sendPhotos(app.round)
  assert.equal(note(other)?.problem, 'refused')
})

test('a photo that the office lost is sent again, one that no record names is not sent', async () => {
  const { there, app, file, note, phone } = await begin()
  const record = await file(100)
  const [id] = shots(record) as [string]
  const loose = new Uint8Array(30)
  await keepPhoto(app.round, { id: await nameOf(loose), bytes: loose.buffer, thumb: loose.buffer })
  await sendPhotos(app.round)
  assert.deepEqual(
    there.came.map(([name]) => name),
    [hex(id)],
  )
  there.held.clear()
  there.whole.clear()
  await phone.store.settle(
    [{ ...record, delivery: delivered({ photos: { missing: [id], unreadable: [] } }) }],
    null,
  )
  await app.reload()
  await sendPhotos(app.round)
  assert.deepEqual(there.came.length, 2)
  assert.ok(note(id)?.done)
})

test('a phone that may send nothing says so and keeps its photos', async () => {
  const { there, app, file, note } = await begin()
  const [id] = shots(await file(100)) as [string]
  there.instead = (method) => (method === 'PUT' ? Response.json({ type: 'x' }, { status: 403 }) : undefined)
  await assert.rejects(sendPhotos(app.round), Refused)
  assert.deepEqual([note(id)?.done, note(id)?.problem], [null, null])
})

test('records go up while a photo is still on its way', async () => {
  const { there, file, phone } = await begin()
  let letGo = (): void => undefined
  const held = new Promise<void>((done) => (letGo = done))
  const first = await file(100)
  const slow = (async (input: RequestInfo | URL, init?: RequestInit) => {
    if (String(input).includes('/blob/') && init?.method === 'PUT') await held
    return there.ask(input, init)
  }) as typeof fetch
  const busy = await createApp({ store: phone.store, office: createOffice(slow) })
  apps.push(busy)
  await busy.upload()
  assert.ok(phone.office.kept.has(first.id))
  const second = await phone.file({ summary: '第二条' })
  await busy.upload()
  assert.ok(phone.office.kept.has(second.id))
  assert.equal(there.whole.size, 0)
  assert.equal(
    busy.state().records.every(({ delivery }) => delivery.at === 'delivered'),
    true,
  )
  letGo()
  for (let tries = 0; tries < 300 && there.whole.size === 0; tries++)
    await new Promise((done) => setTimeout(done, 10))
  assert.equal(there.whole.size, 1)
})

// ---------------------------------------------------------------- what the phone forgets

const ID = `sha256-${'a'.repeat(64)}`
const photo = (more: Partial<Photo> = {}): Photo => ({
  id: ID,
  size: 10,
  addedAt: '2026-03-01T00:00:00.000Z',
  sent: 10,
  done: '2026-03-01T00:00:00.000Z',
  problem: null,
  ...more,
})
function delivered(more: object = {}): Filed['delivery'] {
  const at = '2026-03-01T00:00:00.000Z'
  const told = { state: 'accepted', position: 5, code: null, problems: [], published: null, arrivedAt: at }
  return { at: 'delivered', ...told, ...more } as Filed['delivery']
}
const filed = (delivery: Filed['delivery'], more: Partial<Filed> = {}): Filed => ({
  id: 'r1',
  kind: 'visit',
  form: 'f',
  answers: { shots: [ID] },
  replaces: null,
  filedAt: '2026-03-01T00:00:00.000Z',
  signed: null,
  delivery,
  ...more,
})
const SOON = new Date('2026-03-02T00:00:00.000Z')
const LATE = new Date('2026-06-01T00:00:00.000Z')

const NOWHERE = { safe: null, safePhotosAt: null }
const forgotten = (known: Partial<Parameters<typeof sweeping>[0]>, now = LATE): boolean =>
  sweeping({ photos: [photo()], drafts: [], records: [], ...NOWHERE, ...known }, now).forget.includes(ID)

test('a photo stays as long as a draft names it, or a record that has not come through', () => {
  const draft = draftOf({ typed: { shots: [ID] } })
  const waiting: Filed['delivery'] = { at: 'waiting', tries: 0, said: null }
  assert.ok(!forgotten({ drafts: [draft], records: [filed(delivered({ published: 'https://x' }))] }))
  assert.ok(!forgotten({ records: [filed(waiting)] }))
  assert.ok(!forgotten({ records: [filed(delivered())], photos: [photo({ done: null })], safe: 9 }))
  assert.ok(
    !forgotten({ records: [filed(delivered({ photos: { missing: [ID], unreadable: [] } }))], safe: 9 }),
  )
  assert.ok(!forgotten({ records: [filed(delivered({ state: 'returned' }))], safe: 9 }))
  assert.ok(!forgotten({ records: [filed(delivered()), filed(waiting, { id: 'r2' })], safe: 9 }))
})

test('where the office has a second copy, a photo stays until the record is in it, and the photo itself', () => {
  const [records, before, after] = [
    [filed(delivered())],
    '2026-02-28T23:59:59.000Z',
    '2026-03-01T00:00:01.000Z',
  ]
  assert.ok(!forgotten({ records, safe: 4, safePhotosAt: after }))
  assert.ok(!forgotten({ records, safe: 5, safePhotosAt: before }))
  assert.ok(!forgotten({ records, safe: 5 }))
  assert.ok(forgotten({ records, safe: 5, safePhotosAt: after }))
})

test('where it has none, a photo stays until the record is public or a month old', () => {
  assert.ok(!forgotten({ records: [filed(delivered())] }, SOON))
  assert.ok(forgotten({ records: [filed(delivered({ published: 'https://x' }))] }, SOON))
  assert.ok(forgotten({ records: [filed(delivered())] }))
})

test('a photo that nothing names any more can be put back for a day', () => {
  const first = sweeping({ photos: [photo()], drafts: [], records: [], ...NOWHERE }, SOON)
  assert.deepEqual([first.forget, first.note.map(({ loose }) => loose)], [[], [SOON.toISOString()]])
  const loose = first.note[0]!
  assert.ok(!forgotten({ photos: [loose] }, new Date(SOON.getTime() + 23 * 3_600_000)))
  assert.ok(forgotten({ photos: [loose] }, new Date(SOON.getTime() + 25 * 3_600_000)))
  const back = sweeping(
    { photos: [loose], drafts: [draftOf({ typed: { shots: [ID] } })], records: [], ...NOWHERE },
    LATE,
  )
  assert.deepEqual([back.forget, back.note], [[], [photo()]])
})

test('a photo that could not be taken goes once the record is mended', () => {
  const bad = photo({ done: null, problem: 'refused' })
  const mended = filed(delivered(), { id: 'r2', replaces: 'r1', answers: {} })
  assert.ok(!forgotten({ photos: [bad], records: [filed(delivered())] }, SOON))
  assert.ok(forgotten({ photos: [bad], records: [filed(delivered()), mended] }, SOON))
})

test('what is forgotten is gone with its picture', async () => {
  const { app, file, phone } = await begin()
  const record = await file(100)
  const [id] = shots(record) as [string]
  await sendPhotos(app.round)
  await phone.store.settle([{ ...record, delivery: delivered({ published: 'https://x/y' }) }], null)
  await app.reload()
  await sendPhotos(app.round)
  assert.deepEqual(app.state().photos, [])
  assert.equal(await phone.store.picture(id), undefined)
})

// ---------------------------------------------------------------- memory of an older app

test('a database that an older app has made keeps what is in it and learns of photos', async () => {
  const tables = ['drafts', 'records', 'outbox', 'heads', 'forms', 'refs', 'receipts']
  const paths: Record<string, string> = { heads: 'chain', forms: 'version', refs: 'kind', receipts: 'batch' }
  const old = await openDB('grown', 1, {
    upgrade(db) {
      db.createObjectStore('meta')
      for (const table of tables) db.createObjectStore(table, { keyPath: paths[table] ?? 'id' })
    },
  })
  const draft = draftOf({ typed: { summary: '写了一半' } })
  await old.put('drafts', draft)
  await old.put('records', filed(delivered()))
  await old.put('heads', { chain: 'records', seq: 7, digest: 'd' })
  await old.put('meta', 'cursor-7', 'cursor')
  old.close()
  const store = await openStore('grown')
  const memory = await store.readAll()
  assert.deepEqual([memory.drafts, memory.records, memory.photos], [[draft], [filed(delivered())], []])
  assert.equal(memory.meta.cursor, 'cursor-7')
  assert.equal((await store.head('records')).seq, 7)
  const talk = { store, state: () => stateFrom(memory), set: () => undefined, now: () => SOON }
  await keepPhoto(talk as never, { id: ID, bytes: new ArrayBuffer(8), thumb: new ArrayBuffer(2) })
  assert.deepEqual(
    (await store.readAll()).photos.map(({ id, size }) => [id, size]),
    [[ID, 8]],
  )
  store.close()
})
