import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp, type App } from '../src/app.ts'
import type { Draft, Filed } from '../src/contract.ts'
import { copyDrafts, exchangeDrafts } from '../src/draft/drafts.ts'
import { openMemoryStore } from '../src/keep/memory_store.ts'
import { openStore, type Store } from '../src/keep/store.ts'
import { createOffice } from '../src/send/sync.ts'
import { field, form } from './forms.ts'
import { keepsDrafts, type Shelf } from './kept_drafts.ts'
import { newPhone, type Phone } from './phone.ts'

const VISIT = form([field('summary'), field('who')])
const apps: App[] = []
after(() => apps.forEach((app) => app.close()))

class Note implements Pick<Storage, 'getItem' | 'setItem'> {
  kept = new Map<string, string>()
  getItem = (name: string): string | null => this.kept.get(name) ?? null
  setItem = (name: string, text: string): void => void this.kept.set(name, text)
}

interface Desk {
  first: Phone
  shelf: Shelf
  /** Another phone of the same person, or the same one with another memory. */
  open: (device?: string, store?: Store, note?: Note) => Promise<App>
}

let memories = 0
const Channel = BroadcastChannel

async function aPerson(): Promise<Desk> {
  const first = await newPhone()
  first.office.deviceState = 'active'
  const shelf = keepsDrafts(first.office)
  const open = async (device = 'one', store?: Store, note?: Note): Promise<App> => {
    const memory = store ?? (await openStore(`drafts-${++memories}`))
    const identity = {
      ...first.identity,
      state: 'active' as const,
      devices: { records: device, proof: `${device}-p` },
    }
    if (device) await memory.putMeta({ identity })
    await memory.putForms([VISIT], 'tag')
    // What one tab tells another would reach other phones too, since all of them are in one process here.
    globalThis.BroadcastChannel = (store ? Channel : undefined) as typeof BroadcastChannel
    const app = await createApp({
      store: memory,
      office: createOffice(first.office.ask),
      storage: note as unknown as Storage,
    })
    apps.push(app)
    return app
  }
  return { first, shelf, open }
}

const begin = (app: App): Promise<Draft> => app.startDraft(VISIT)
const found = (app: App, id: string): Draft => app.state().drafts.find((each) => each.id === id)!

async function type(app: App, id: string, summary: string, more: Draft['typed'] = {}): Promise<Draft> {
  const draft = found(app, id)
  return (await app.saveDraft({ ...draft, typed: { ...draft.typed, summary, ...more } }, draft.typed))!
}

const words = (app: App): unknown[] =>
  app
    .state()
    .drafts.map(({ typed }) => typed.summary)
    .sort()

const text = (shelf: Shelf, id: string): Draft => JSON.parse(shelf.drafts.get(id)!.text!) as Draft

test('every change is counted, and the count goes on where the app is opened again', async () => {
  const { open } = await aPerson()
  const store = await openStore('counted')
  const app = await open('one', store)
  const { id } = await begin(app)
  await type(app, id, '路')
  assert.equal((await type(app, id, '路灯')).n, 3)
  assert.equal((await type(await open('one', store), id, '路灯不亮')).n, 4)
})

test('a draft that has changed is copied whole, and not again while it stays the same', async () => {
  const { open, shelf } = await aPerson()
  const app = await open()
  const { id } = await begin(app)
  await type(app, id, '路灯')
  await copyDrafts(app.round)
  await copyDrafts(app.round)
  assert.deepEqual(shelf.asked, [`PUT /draft/${id}`])
  assert.deepEqual(text(shelf, id).typed, { summary: '路灯' })
  assert.equal(text(shelf, id).form, VISIT.version)
  assert.equal(app.state().copies[id], 2)
})

test('a round brings the drafts of another phone, and says how many', async () => {
  const { open } = await aPerson()
  const [one, two] = [await open('one'), await open('two')]
  await type(one, (await begin(one)).id, '路灯')
  await type(one, (await begin(one)).id, '水渠')
  await one.upload()
  await two.upload()
  assert.deepEqual(words(two), ['水渠', '路灯'])
  assert.deepEqual([two.state().back?.drafts.length, two.state().back?.whole], [2, false])
  assert.deepEqual(Object.keys(two.state().copies).length, 2)
  await two.acceptLoss()
  assert.equal(two.state().back, null)
  await two.upload()
  assert.equal(two.state().back, null)
})

test('a draft written on one phone goes on on the other, and comes back with what was added', async () => {
  const { open } = await aPerson()
  const [one, two] = [await open('one'), await open('two')]
  const { id } = await begin(one)
  await type(one, id, '路灯')
  await one.upload()
  await two.upload()
  await type(two, id, '路灯不亮')
  await two.upload()
  await one.upload()
  assert.deepEqual(words(one), ['路灯不亮'])
  await type(one, id, '路灯不亮了')
  await one.upload()
  await two.upload()
  assert.deepEqual(words(two), ['路灯不亮了'])
})

test('where both phones have changed it, both have both afterwards, whoever comes first and however often', async () => {
  for (const order of ['one two one two', 'two one two one', 'one one two one', 'two two one two']) {
    const { open } = await aPerson()
    const phones = { one: await open('one'), two: await open('two') }
    const { id } = await begin(phones.one)
    await phones.one.upload()
    await phones.two.upload()
    await type(phones.one, id, '甲')
    await type(phones.one, id, '甲甲')
    await type(phones.two, id, '乙')
    for (const who of order.split(' ')) await exchangeDrafts(phones[who as 'one'].round)
    for (const app of Object.values(phones)) await exchangeDrafts(app.round)
    assert.deepEqual(
      [words(phones.one), words(phones.two)],
      [
        ['乙', '甲甲'],
        ['乙', '甲甲'],
      ],
      order,
    )
  }
})

test('a copy sent over what another phone wrote takes nothing from that phone', async () => {
  const { open } = await aPerson()
  const [one, two] = [await open('one'), await open('two')]
  const { id } = await begin(one)
  await one.upload()
  await two.upload()
  await type(two, id, '乙')
  await copyDrafts(two.round)
  for (const more of ['甲', '甲甲', '甲甲甲']) await type(one, id, more)
  await copyDrafts(one.round)
  await exchangeDrafts(two.round)
  assert.deepEqual(words(two), ['乙', '甲甲甲'])
})

test('when the answer is lost on the way, nothing is doubled', async () => {
  const { open, shelf, first } = await aPerson()
  const app = await open()
  const { id } = await begin(app)
  const ask = first.office.ask
  first.office.ask = (async (...asked: Parameters<typeof fetch>) => {
    await ask(...asked)
    throw new TypeError('the answer was lost')
  }) as typeof fetch
  const lossy = await open('one', app.round.store)
  await copyDrafts(lossy.round).catch(() => undefined)
  first.office.ask = ask
  await type(app, id, '路灯')
  await app.upload()
  assert.equal(app.state().drafts.length, 1)
  assert.deepEqual(text(shelf, id).typed, { summary: '路灯' })
})

test('one draft that the office refuses holds up no other, and is not sent again until it has changed', async () => {
  const { open, shelf } = await aPerson()
  const app = await open()
  const [good, bad] = [await begin(app), await begin(app)]
  // The one that was changed last is sent first.
  assert.equal(app.state().drafts[0]?.id, bad.id)
  shelf.refuse.set(bad.id, 413)
  await app.upload()
  assert.ok(shelf.drafts.has(good.id))
  await app.upload()
  assert.equal(shelf.asked.filter((each) => each === `PUT /draft/${bad.id}`).length, 1)
  assert.equal(app.state().refused[bad.id]?.say.zh, '这份草稿太长')
  shelf.refuse.clear()
  await type(app, bad.id, '短')
  await copyDrafts(app.round)
  assert.ok(shelf.drafts.has(bad.id))
})

test('whatever becomes of drafts, records go up', async () => {
  const { open, first } = await aPerson()
  for (const instead of [null, new Response('<html>', { status: 200 }), new Response('', { status: 500 })]) {
    first.office.instead = (path) => (path.startsWith('/draft') ? instead && instead.clone() : undefined)
    const app = await open()
    await begin(app)
    const { id } = await app.fileDraft(await begin(app), VISIT, { summary: '一' })
    await app.upload()
    assert.ok(first.office.kept.has(id))
    assert.equal(app.state().upload.at, 'rest')
  }
})

test('a draft that was given up with no network is given up at the office later, and does not come back', async () => {
  const { open, shelf, first } = await aPerson()
  const store = await openStore('given-up')
  const app = await open('one', store)
  const { id } = await begin(app)
  await type(app, id, '不要了')
  await app.upload()
  first.office.instead = () => null
  await app.dropDraft(id)
  await app.upload()
  assert.deepEqual(app.state().drafts, [])
  assert.ok(!JSON.stringify(await store.readAll()).includes('不要了'))
  app.close()
  first.office.instead = () => undefined
  const again = await open('one', store)
  await again.upload()
  assert.equal(shelf.drafts.get(id)?.text, null)
  assert.deepEqual([again.state().drafts, again.state().dropped], [[], []])
  assert.deepEqual((await store.readAll()).drafts, [])
})

test('given up on one phone, it goes from the other; what was written on there stays', async () => {
  const { open } = await aPerson()
  const [one, two] = [await open('one'), await open('two')]
  const [gone, kept] = [await begin(one), await begin(one)]
  await one.upload()
  await two.upload()
  await type(two, kept.id, '写下去')
  await one.dropDraft(gone.id)
  await one.dropDraft(kept.id)
  await one.upload()
  await two.upload()
  assert.deepEqual(words(two), ['写下去'])
})

test('what another phone has written since is not deleted along with what was seen here', async () => {
  const { open } = await aPerson()
  const [one, two] = [await open('one'), await open('two')]
  const { id } = await begin(one)
  await one.upload()
  await two.upload()
  await type(two, id, '写下去')
  await copyDrafts(two.round)
  await one.dropDraft(id)
  await one.upload()
  await two.upload()
  assert.deepEqual([words(one), words(two)], [['写下去'], ['写下去']])
  assert.equal((await type(one, id, '接着写')).n, 3)
  assert.equal((await one.round.store.readAll()).drafts[0]?.typed.summary, '接着写')
})

/** A record as it comes back from the office. */
const arrived = (record: Filed): Filed => ({
  ...record,
  delivery: {
    at: 'delivered',
    state: 'accepted',
    position: 1,
    code: 'ZF-2026-7KQ4',
    problems: [],
    published: null,
    arrivedAt: record.filedAt,
  },
})

test('a draft that was filed elsewhere goes only when the record is here', async () => {
  const { open, shelf, first } = await aPerson()
  const app = await open()
  const { id } = await begin(app)
  await app.upload()
  shelf.filed.add(id)
  await app.upload()
  assert.equal(app.state().drafts.length, 1)
  await app.round.store.settle([arrived({ ...(await first.file()), id })], null)
  await app.reload()
  await app.upload()
  assert.deepEqual(words(app), [])
})

test('words that were typed after it was filed elsewhere stay as a draft of their own', async () => {
  const { open, shelf, first } = await aPerson()
  const app = await open()
  const { id } = await begin(app)
  await app.upload()
  shelf.filed.add(id)
  await type(app, id, '后来的话')
  await app.round.store.settle([arrived({ ...(await first.file()), id })], null)
  await app.upload()
  assert.deepEqual(words(app), ['后来的话'])
  assert.notEqual(app.state().drafts[0]!.id, id)
})

test('a draft of a form that this phone never had comes back under the form of today with all that was typed', async () => {
  const { open, shelf } = await aPerson()
  const app = await open()
  const told = { kind: 'visit', form: 'visit@long-ago', typed: { summary: '旧', gone: '不再问的' } }
  const id = '01990000-0000-7000-8000-000000000001'
  shelf.drafts.set(id, { n: 4, text: JSON.stringify(told), device: 'other' })
  shelf.drafts.set('01990000-0000-7000-8000-000000000002', { n: 1, text: '{', device: 'other' })
  await app.upload()
  assert.equal(app.state().drafts.length, 1)
  const draft = found(app, id)
  assert.equal(draft.form, VISIT.version)
  assert.deepEqual(draft.typed, told.typed)
  assert.equal((await type(app, id, '新')).n, 5)
})

test('two tabs: who only looked on is shown the newer one', async () => {
  const { open } = await aPerson()
  const store = await openStore('tabs-look')
  const one = await open('one', store)
  const { id } = await begin(one)
  const two = await open('one', store)
  await type(one, id, '甲')
  for (let tries = 0; tries < 200 && found(two, id).typed.summary !== '甲'; tries++)
    await new Promise((done) => setTimeout(done, 5))
  assert.deepEqual(words(two), ['甲'])
})

test('two tabs: where both have typed, neither is written over in silence', async () => {
  const { open } = await aPerson()
  const store = await openStore('tabs-type')
  const one = await open('one', store)
  const draft = await begin(one)
  const two = await open('one', store)
  await one.saveDraft({ ...draft, typed: { summary: '甲' } }, draft.typed)
  const mine = await two.saveDraft({ ...draft, typed: { summary: '乙' } }, draft.typed)
  await two.reload()
  assert.deepEqual([mine?.id, mine?.typed], [draft.id, { summary: '乙' }])
  assert.deepEqual(words(two), ['乙', '甲'])
  assert.equal((await store.readAll()).drafts.length, 2)
})

test('two tabs: what is typed after the other tab has filed stays as a draft of its own', async () => {
  const { open } = await aPerson()
  const store = await openStore('tabs-file')
  const one = await open('one', store)
  const draft = await begin(one)
  const two = await open('one', store)
  await one.fileDraft(draft, VISIT, { summary: '交了' })
  const mine = await two.saveDraft({ ...draft, typed: { summary: '还没写完' } }, draft.typed)
  await two.reload()
  assert.notEqual(mine?.id, draft.id)
  assert.deepEqual(words(two), ['还没写完'])
  assert.equal(two.state().records.length, 1)
})

test('a phone that is full keeps the words on the screen and copies them to the office', async () => {
  const { open, shelf } = await aPerson()
  const store = await openStore('full')
  let full = true
  const put: Store['putDraft'] = (...args) =>
    full ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : store.putDraft(...args)
  const app = await open('one', { ...store, putDraft: put })
  const draft = await begin(app)
  assert.equal(await app.saveDraft({ ...draft, typed: { summary: '路灯' } }), null)
  await app.reload()
  assert.deepEqual([words(app), app.state().saveFailed], [['路灯'], true])
  await copyDrafts(app.round)
  assert.equal(text(shelf, draft.id).typed.summary, '路灯')
  full = false
  await app.upload()
  assert.deepEqual([words(app), app.state().saveFailed], [['路灯'], false])
  assert.equal((await store.readAll()).drafts[0]?.typed.summary, '路灯')
})

test('without memory a draft goes to the office within two seconds', async () => {
  const { open, shelf } = await aPerson()
  const app = await open('one', openMemoryStore())
  const { id } = await begin(app)
  await type(app, id, '路灯')
  const from = Date.now()
  while (!shelf.drafts.has(id) && Date.now() - from < 5_000) await new Promise((done) => setTimeout(done, 20))
  assert.equal(text(shelf, id).typed.summary, '路灯')
  assert.ok(Date.now() - from < 2_000)
})

test('a phone that was stopped or waits sends no draft and fetches none', async () => {
  const { open, shelf } = await aPerson()
  const app = await open()
  await begin(app)
  for (const state of ['pending', 'revoked'] as const) {
    app.round.set({ identity: { ...app.state().identity!, state } })
    await copyDrafts(app.round)
    await exchangeDrafts(app.round)
  }
  assert.deepEqual(shelf.asked, [])
})

test('after the phone was cleared, drafts and an unsent record come back, and it says that nothing is missing', async () => {
  const { open, first } = await aPerson()
  const note = new Note()
  const before = await open('one', await openStore('before-clear'), note)
  await type(before, (await begin(before)).id, '一')
  const unsent = await begin(before)
  await type(before, unsent.id, '二')
  await before.upload()
  first.office.instead = () => null
  await before.fileDraft(found(before, unsent.id), VISIT, { summary: '二' })
  await before.upload()
  before.close()
  first.office.instead = () => undefined

  const cleared = await openStore('after-clear')
  const after = await open('', cleared, note)
  const { loss } = after.state()
  assert.deepEqual([loss?.key, loss?.unsent.length, loss?.drafts.length], [true, 1, 1])
  after.close()
  const enrolled = await open('three', cleared, note)
  assert.ok(enrolled.state().loss)
  await enrolled.upload()
  assert.deepEqual(words(enrolled), ['一', '二'])
  assert.deepEqual([enrolled.state().loss, enrolled.state().back?.whole], [null, true])
  enrolled.close()
  assert.equal((await open('three', cleared, note)).state().loss, null)
})

test('what never reached the office is said to be missing until somebody has read it', async () => {
  const { open, first } = await aPerson()
  const note = new Note()
  first.office.instead = () => null
  const before = await open('one', await openStore('before-lost'), note)
  await begin(before)
  before.close()
  first.office.instead = () => undefined
  const after = await open('two', await openStore('after-lost'), note)
  await after.upload()
  assert.equal(after.state().loss, null) // only a draft, and the key is another: the note of a phone that was cleared
  const cleared = await openStore('after-lost-2')
  note.setItem(
    'mingbai.tripwire',
    JSON.stringify({ device: 'one', seq: { records: 2, proof: 0 }, unsent: ['u'], drafts: ['d'] }),
  )
  const again = await open('three', cleared, note)
  await again.upload()
  assert.deepEqual(again.state().loss?.missing, { unsent: 1, drafts: 1 })
  await again.acceptLoss()
  assert.equal((await open('three', cleared, note)).state().loss, null)
})

test('a database that is gone while the app is open is noticed', async () => {
  const { open } = await aPerson()
  const note = new Note()
  const store = await openStore('gone-open')
  const empty = await openStore('gone-open-after')
  let now = store
  const app = await open('one', { ...store, readAll: () => now.readAll() }, note)
  await begin(app)
  now = empty
  await app.reload()
  assert.equal(app.state().loss?.key, true)
})
