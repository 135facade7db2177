import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp, type App } from '../src/app.ts'
import { today } from '../src/form/dates.ts'
import { openStore, type Store } from '../src/keep/store.ts'
import { createOffice } from '../src/send/sync.ts'
import { lossOf, readTripwire, setTripwire, type Tripwire } from '../src/keep/tripwire.ts'
import { field, form } from './forms.ts'
import { newPhone, type Phone } from './phone.ts'

class Shelf implements Pick<Storage, 'getItem' | 'setItem'> {
  kept = new Map<string, string>()
  getItem = (name: string): string | null => this.kept.get(name) ?? null
  setItem = (name: string, text: string): void => void this.kept.set(name, text)
}

const apps: App[] = []
after(() => apps.forEach((app) => app.close()))

async function appOf(
  phone: Phone,
  store: Store = phone.store,
  shelf = new Shelf(),
  now = () => new Date(),
): Promise<App> {
  const office = createOffice(phone.office.ask)
  const app = await createApp({ store, office, storage: shelf as unknown as Storage, now })
  apps.push(app)
  return app
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !holds(); tries++) await new Promise((done) => setTimeout(done, 5))
  assert.ok(holds())
}

test('a draft is in memory before the app says that it is saved', async () => {
  const phone = await newPhone()
  const app = await appOf(phone)
  const draft = await app.startDraft(form([field('summary')]))
  assert.ok(await app.saveDraft({ ...draft, typed: { summary: '路灯' } }))
  assert.deepEqual((await phone.store.readAll()).drafts[0]!.typed, { summary: '路灯' })
})

test('a draft that could not be kept is said to be not saved', async () => {
  const phone = await newPhone()
  const full = {
    ...phone.store,
    putDraft: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
  }
  const app = await appOf(phone, full)
  const draft = await app.startDraft(form([field('summary')]))
  assert.equal(await app.saveDraft(draft), null)
  assert.equal(app.state().saveFailed, true)
})

test('a draft keeps the form it was begun with when the form changes', async () => {
  const phone = await newPhone()
  const before = form([field('old')], { version: 'visit@before' })
  await phone.store.putForms([before], 'one')
  const draft = await (await appOf(phone)).startDraft(before)
  await phone.store.putForms([form([field('new')], { version: 'visit@after' })], 'two')
  const state = (await appOf(phone)).state()
  assert.deepEqual(
    state.current.map(({ version }) => version),
    ['visit@after'],
  )
  assert.equal(state.forms.get(state.drafts.find(({ id }) => id === draft.id)!.form)?.fields[0]?.name, 'old')
})

test('the first required date begins as today', async () => {
  const phone = await newPhone()
  const app = await appOf(phone, phone.store, new Shelf(), () => new Date(2026, 2, 2, 9))
  const dated = form([field('due', { type: 'date' }), field('day', { type: 'date', required: true })])
  assert.deepEqual((await app.startDraft(dated)).typed, { day: '2026-03-02' })
})

test('a form with a screen of its own begins without the place of last time', async () => {
  const phone = await newPhone()
  const asked = form([field('grid', { type: 'reference', required: true, refers_to: 'grid' })], {
    about: 'grid',
  })
  await phone.file({ grid: 'WG-2026-7KQ4' })
  const app = await appOf(phone)
  assert.deepEqual((await app.startDraft(asked)).typed, { grid: 'WG-2026-7KQ4' })
  assert.deepEqual((await app.startDraft(asked, false)).typed, {})
})

test('a filed record goes up by itself once the phone is confirmed', async () => {
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  const app = await appOf(phone)
  const draft = await app.startDraft(form([]))
  const { id } = await app.fileDraft(draft, form([]), { summary: '一' })
  await until(() => app.state().records[0]?.delivery.at === 'delivered')
  assert.ok(phone.office.kept.has(id))
})

test('an app that finds no office keeps everything and says when it tries again', async () => {
  const phone = await newPhone()
  await phone.file()
  phone.office.instead = () => null
  const app = await appOf(phone)
  await app.upload()
  assert.equal(app.state().upload.at, 'pausing')
  assert.equal((await phone.store.waiting()).length, 1)
})

test('a phone that was stopped learns it and keeps what it has', async () => {
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  const app = await appOf(phone)
  await app.upload()
  phone.office.deviceState = 'revoked'
  await phone.file()
  await app.upload()
  assert.equal(app.state().identity!.state, 'revoked')
  assert.equal(app.state().records.length, 1)
})

test('after the office has gone back to a backup, everything signed is sent once more', async () => {
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  const app = await appOf(phone)
  await phone.file()
  await app.upload()
  phone.office.kept.clear()
  phone.office.epoch = 'epoch-2'
  await app.upload()
  assert.equal(phone.office.kept.size, 1)
  assert.equal(app.state().identity!.epoch, 'epoch-2')
})

test('after a backup nothing is called backed up by the positions of before', async () => {
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  await phone.store.putMeta({ safe: 500 })
  const app = await appOf(phone)
  assert.equal(app.state().safe, 500)
  phone.office.epoch = 'epoch-2'
  await app.upload()
  assert.equal(app.state().safe, null)
})

test('records go up although the office cannot give its forms or lists', async () => {
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  const { id } = await phone.file()
  phone.office.instead = (path) =>
    ['/forms', '/receipts', '/work'].includes(path)
      ? Response.json({ type: 'mingbai:push/our_fault', status: 500 }, { status: 500 })
      : undefined
  const app = await appOf(phone)
  await phone.store.putMeta({ identity: { ...phone.identity, state: 'active' } })
  await app.reload()
  await app.upload()
  assert.ok(phone.office.kept.has(id))
  assert.equal(app.state().records[0]!.delivery.at, 'delivered')
})

test('a record that is refused again and again is tried ever more seldom', async (t) => {
  t.mock.method(Math, 'random', () => 1)
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  const { id } = await phone.file()
  phone.office.fate.set(id, 'retry')
  const app = await appOf(phone)
  const pauses = []
  for (let round = 0; round < 4; round++) {
    const before = Date.now()
    await app.upload()
    const { upload } = app.state()
    pauses.push(upload.at === 'pausing' ? Math.round((upload.until - before) / 1000) : 0)
  }
  assert.deepEqual(pauses, [1, 2, 4, 8])
})

for (const [what, years] of [
  ['ahead', 1],
  ['behind', -1],
] as const) {
  test(`a clock a year ${what} delivers, is noticed, and guesses the day as the office has it`, async () => {
    const phone = await newPhone()
    phone.office.deviceState = 'active'
    const wrong = (): Date => new Date(Date.now() + years * 365 * 86_400_000)
    const app = await appOf(phone, phone.store, new Shelf(), wrong)
    const draft = await app.startDraft(form([]))
    await app.fileDraft(draft, form([]), { summary: '一' })
    await until(() => app.state().records[0]?.delivery.at === 'delivered')
    await until(() => app.state().upload.at === 'rest')
    assert.equal(Math.sign(app.state().clock!.ahead), years)
    const dated = form([field('day', { type: 'date', required: true })])
    assert.deepEqual((await app.startDraft(dated)).typed, { day: today(new Date()) })
  })
}

test('mending a record begins a draft that replaces it, and the same one the second time', async () => {
  const phone = await newPhone()
  const asked = form([field('people', { type: 'integer' })])
  await phone.store.putForms([asked], 'tag')
  const record = await phone.file({ people: 3 })
  const app = await appOf(phone)
  const draft = await app.mend(record)
  assert.deepEqual([draft?.replaces, draft?.typed], [record.id, { people: '3' }])
  assert.equal((await app.mend(record))?.id, draft?.id)
})

const note = (more: Partial<Tripwire> = {}): Tripwire => ({
  device: 'd',
  seq: { records: 2, proof: 0 },
  unsent: [],
  drafts: [],
  ...more,
})

test('a wiped database is noticed from the note outside it', () => {
  const empty = note({ device: null, seq: { records: 0, proof: 0 } })
  assert.deepEqual(
    lossOf(note({ unsent: ['a', 'b'], drafts: ['d', 'e'] }), { ...empty, drafts: ['e'] }, new Set()),
    {
      unsent: ['a', 'b'],
      drafts: ['d'],
      key: true,
    },
  )
  assert.equal(lossOf(note({ unsent: ['a'] }), note(), new Set(['a'])), null)
  assert.equal(lossOf(null, empty, new Set()), null)
})

test('a loss is told until somebody has read it, also after reloading', async () => {
  const phone = await newPhone()
  await phone.file()
  const shelf = new Shelf()
  const first = await appOf(phone, phone.store, shelf)
  await first.reload()
  first.close()
  const wiped = await openStore('wiped')
  const after = await appOf(phone, wiped, shelf)
  assert.equal(after.state().loss?.unsent.length, 1)
  await after.reload()
  assert.equal((await appOf(phone, wiped, shelf)).state().loss?.unsent.length, 1)
  await after.acceptLoss()
  assert.equal((await appOf(phone, wiped, shelf)).state().loss, null)
})

test('storage that is forbidden is only a missing note', () => {
  const forbidden = {
    getItem: () => {
      throw new Error('denied')
    },
    setItem: () => {
      throw new Error('denied')
    },
  } as unknown as Storage
  assert.equal(readTripwire(forbidden), null)
  assert.doesNotThrow(() => setTripwire(forbidden, note()))
})
