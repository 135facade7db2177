/** What the store promises, over both: the one on disk and the one that ends with the page. */
import 'fake-indexeddb/auto'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivery, Filed, Signed } from '../src/contract.ts'
import { openMemoryStore } from '../src/keep/memory_store.ts'
import { openStore, type Store } from '../src/keep/store.ts'
import { form } from './forms.ts'
import { draftOf } from './phone.ts'

const signed = (id: string, seq: number): Signed => ({
  id,
  chain: 'records',
  seq,
  envelope: '{}',
  digest: `digest-${seq}`,
  signature: 's',
  disclosures: [],
})

const filed = (id: string, seq: number): Filed & { signed: Signed } => ({
  id,
  kind: 'visit',
  form: 'visit@1',
  answers: {},
  replaces: null,
  filedAt: '2026-03-02T01:00:00.000Z',
  signed: signed(id, seq),
  delivery: { at: 'waiting', tries: 0, said: null },
})

let stores = 0
const STORES: Record<string, () => Promise<Store>> = {
  'on disk': () => openStore(`contract-${++stores}`),
  'in memory': async () => openMemoryStore(),
}

for (const [where, open] of Object.entries(STORES)) {
  test(`${where}: what is put is read back`, async () => {
    const store = await open()
    await store.putMeta({ cursor: 'c', safe: 3 })
    await store.putDraft(draftOf({ id: 'd', typed: { a: '1' } }))
    await store.putRefs({ kind: 'grid', etag: null, records: [] })
    const memory = await store.readAll()
    assert.deepEqual([memory.meta.cursor, memory.meta.safe, await store.meta('safe')], ['c', 3, 3])
    assert.deepEqual(memory.drafts[0]!.typed, { a: '1' })
    assert.deepEqual(memory.refs, [{ kind: 'grid', etag: null, records: [] }])
    await store.deleteMeta('safe')
    await store.deleteDraft('d')
    assert.equal(await store.meta('safe'), undefined)
    assert.deepEqual((await store.readAll()).drafts, [])
  })

  test(`${where}: what another tab has written since stands, and nothing is written over it`, async () => {
    const store = await open()
    await store.putDraft(draftOf({ id: 'd', n: 3, typed: { a: 'theirs' } }))
    const stands = await store.putDraft(draftOf({ id: 'd', n: 3, typed: { a: 'mine' } }), 2)
    assert.deepEqual((stands as { typed: unknown }).typed, { a: 'theirs' })
    assert.deepEqual((await store.readAll()).drafts[0]!.typed, { a: 'theirs' })
    assert.equal(await store.putDraft(draftOf({ id: 'd', n: 4, typed: { a: 'mine' } }), 3), null)
    assert.deepEqual((await store.readAll()).drafts[0]!.typed, { a: 'mine' })
  })

  test(`${where}: a draft that was given up stands against nothing`, async () => {
    const store = await open()
    await store.putDraft(draftOf({ id: 'd', n: 9, dropped: true }))
    assert.equal(await store.putDraft(draftOf({ id: 'd', n: 4 }), 3), null)
  })

  test(`${where}: a draft that was filed is gone, and cannot be written again`, async () => {
    const store = await open()
    await store.putDraft(draftOf({ id: 'd' }))
    assert.equal(await store.file(filed('d', 1)), true)
    assert.equal(await store.putDraft(draftOf({ id: 'd' }), 0), 'filed')
    const { drafts, records } = await store.readAll()
    assert.deepEqual([drafts.length, records.length], [0, 1])
  })

  test(`${where}: a record is filed once in its place of the chain, and waits in order`, async () => {
    const store = await open()
    assert.deepEqual(await store.head('records'), { chain: 'records', seq: 0, digest: null })
    assert.equal(await store.file(filed('b', 1)), true)
    assert.equal(await store.file(filed('a', 1)), false)
    assert.equal(await store.file(filed('a', 2)), true)
    assert.equal((await store.head('records')).digest, 'digest-2')
    assert.deepEqual(
      (await store.waiting()).map(({ id }) => id),
      ['b', 'a'],
    )
    assert.equal((await store.record('a'))?.id, 'a')
    assert.equal(await store.record('z'), undefined)
  })

  test(`${where}: what has arrived leaves the line, and can be put back`, async () => {
    const store = await open()
    await store.file(filed('a', 1))
    const there: Delivery = {
      at: 'delivered',
      state: 'accepted',
      position: 1,
      code: null,
      problems: [],
      published: null,
      arrivedAt: '',
    }
    await store.settle([{ ...filed('a', 1), delivery: there }], null)
    assert.deepEqual(await store.waiting(), [])
    assert.equal((await store.record('a'))?.delivery.at, 'delivered')
    await store.sendAgain([(await store.record('a'))!])
    assert.deepEqual((await store.waiting())[0]?.delivery, { at: 'waiting', tries: 0, said: null })
  })

  test(`${where}: the forms of today are named, older ones stay`, async () => {
    const store = await open()
    await store.putForms([form([], { version: 'visit@1' })], 'one')
    await store.putForms([form([], { version: 'visit@2' })], 'two')
    const { meta, forms } = await store.readAll()
    assert.deepEqual([meta.kinds, meta.formsTag], [['visit@2'], 'two'])
    assert.deepEqual(forms.map(({ version }) => version).sort(), ['visit@1', 'visit@2'])
  })
}

test('only the store on disk says that it is still there tomorrow', async () => {
  const disk = await openStore('contract-last')
  assert.deepEqual([disk.lasting, openMemoryStore().lasting], [true, false])
})
