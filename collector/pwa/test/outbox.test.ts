import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../src/sign/bytes.ts'
import type { Filed } from '../src/contract.ts'
import { verify, spkiOf } from '../src/sign/keys.ts'
import { afterReceipts, awaitsCopy, batchesOf, finalise, levelOf, unsettled } from '../src/send/outbox.ts'
import { Refused, Unreachable } from '../src/send/sync.ts'
import { form } from './forms.ts'
import { draftOf, newPhone, type Phone } from './phone.ts'

const parsed = (envelope: string) =>
  JSON.parse(envelope) as { seq: number; prev: string | null; device: string }

test('a finalised record is signed over exactly the bytes that are kept', async () => {
  const { file, identity } = await newPhone()
  const { signed } = await file()
  const spki = await spkiOf(identity.keys.records.publicKey)
  assert.ok(await verify(spki, signed!.signature, signed!.envelope))
  assert.equal(await digestOf(signed!.envelope), signed!.digest)
})

test('records of one device follow each other by seq and prev', async () => {
  const { file } = await newPhone()
  const first = await file()
  const second = await file()
  assert.deepEqual(
    [parsed(first.signed!.envelope), parsed(second.signed!.envelope)].map(({ seq, prev }) => ({ seq, prev })),
    [
      { seq: 1, prev: null },
      { seq: 2, prev: first.signed!.digest },
    ],
  )
})

test('kinds whose envelopes may be published have a chain and a device of their own', async () => {
  const { file } = await newPhone()
  await file()
  const proof = parsed((await file({}, true)).signed!.envelope)
  assert.deepEqual(proof, { ...proof, seq: 1, prev: null, device: 'device-p' })
})

test('records filed at the same moment still get each their own place', async () => {
  const { file } = await newPhone()
  const filed = await Promise.all([file(), file(), file(), file()])
  const seqs = filed.map(({ signed }) => signed!.seq).sort()
  assert.deepEqual(seqs, [1, 2, 3, 4])
  const prevs = new Set(filed.map(({ signed }) => parsed(signed!.envelope).prev))
  assert.equal(prevs.size, 4)
})

test('filing one draft twice gives one record, and the draft is gone', async () => {
  const { store, identity } = await newPhone()
  const draft = draftOf()
  await store.putDraft(draft)
  const finished = { draft, form: form([]), answers: { summary: '一' } }
  const once = await finalise(store, identity, finished, new Date())
  const twice = await finalise(store, identity, finished, new Date())
  const { drafts, records } = await store.readAll()
  assert.equal(once.signed!.envelope, twice.signed!.envelope)
  assert.deepEqual([drafts.length, records.length], [0, 1])
})

test('a record is delivered when the receipt verifies, and leaves the line', async () => {
  const { store, file, send } = await newPhone()
  const { id } = await file()
  assert.equal(await send(), 0)
  const record = await store.record(id)
  assert.equal(levelOf(record!, null), 'delivered')
  assert.deepEqual(record!.delivery, {
    ...record!.delivery,
    at: 'delivered',
    position: 1,
    code: 'ZF-2026-A001',
  })
})

const MEDDLING: Record<string, (answer: any) => unknown> = {
  'no receipt at all': ({ receipt: _, ...answer }) => answer,
  'another batch': (answer) => ({ ...answer, batch: 'another' }),
  'a statement changed after signing': (answer) => ({
    ...answer,
    receipt: { ...answer.receipt, statement: answer.receipt.statement.replace('"accepted"', '"replayed"') },
  }),
  'a signature that is none': (answer) => ({ ...answer, receipt: { ...answer.receipt, signature: 'AAAA' } }),
  'a key that nobody certified': (answer) => ({ ...answer, receipt: { ...answer.receipt, key: 'AAAA' } }),
  'a page of a captive portal': () => ({ ok: true, login: 'http://wifi' }),
}
for (const [what, meddle] of Object.entries(MEDDLING)) {
  test(`an answer with ${what} changes nothing`, async () => {
    const { store, office, file, send } = await newPhone()
    const { id } = await file()
    office.meddle = meddle
    await assert.rejects(send, Unreachable)
    assert.equal((await store.record(id))!.delivery.at, 'waiting')
    assert.equal((await store.waiting()).length, 1)
  })
}

test('a captive portal that answers 200 with HTML changes nothing', async () => {
  const { store, office, file, send } = await newPhone()
  await file()
  office.instead = () => new Response('<html>Sign in</html>', { status: 200 })
  await assert.rejects(send, Unreachable)
  assert.equal((await store.waiting()).length, 1)
})

test('an answer lost on the way is made good by sending again: replayed, and one record only', async () => {
  const { store, office, file, send } = await newPhone()
  const { id } = await file()
  const answered = office.meddle
  office.meddle = () => {
    throw new Error('the line broke')
  }
  await assert.rejects(send, Unreachable)
  office.meddle = answered
  assert.equal(await send(), 0)
  assert.equal(office.kept.size, 1)
  assert.equal((await store.record(id))!.delivery.at, 'delivered')
})

test('a record that the office wants later stays in line', async () => {
  const { store, office, file, send } = await newPhone()
  const { id } = await file()
  office.fate.set(id, 'retry')
  assert.equal(await send(), 1)
  assert.deepEqual((await store.record(id))!.delivery, { at: 'waiting', tries: 1, said: null })
})

test('one poisonous record never holds up the rest', async () => {
  const { store, office, file, send } = await newPhone()
  const filed = await Promise.all(Array.from({ length: 7 }, () => file()))
  const poison = filed[3]!.id
  const ask = office.ask
  office.ask = async (input, init) => {
    if (String(input).endsWith('/push')) {
      const body = await unpacked(init!.body as Uint8Array<ArrayBuffer>, init!.headers as Headers)
      if (body.includes(poison))
        return Response.json({ type: 'mingbai:push/shape', status: 400 }, { status: 400 })
    }
    return ask(input, init)
  }
  assert.equal(await send(), 1)
  assert.deepEqual(
    (await store.waiting()).map(({ id }) => id),
    [poison],
  )
})

/** An office before which something swallows every push that holds this record. */
function swallow(phone: Phone, holds: (body: string) => boolean): { asked: string[] } {
  const { office } = phone
  const ask = office.ask
  const asked: string[] = []
  office.ask = async (input, init) => {
    asked.push(String(input))
    const isPush = String(input).endsWith('/push')
    if (isPush && holds(await unpacked(init!.body as Uint8Array<ArrayBuffer>, init!.headers as Headers)))
      throw new TypeError('Failed to fetch')
    return ask(input, init)
  }
  return { asked }
}

test('a record that a filter on the way swallows never holds up the rest', async () => {
  const phone = await newPhone()
  const filed = []
  for (let count = 0; count < 7; count++) filed.push(await phone.file())
  const poison = filed[2]!.id
  swallow(phone, (body) => body.includes(poison))
  assert.equal(await phone.send(), 1)
  const record = (await phone.store.record(poison))!
  assert.deepEqual(record.delivery, { at: 'waiting', tries: 1, said: null })
  assert.equal(phone.office.kept.size, 6)
  const later = await phone.file()
  phone.office.pushes.length = 0
  assert.equal(await phone.send(), 1)
  assert.deepEqual(phone.office.pushes, [[later.id]], 'what was swallowed comes last and alone')
})

test('where nothing gets through, the phone stops asking after a few tries', async () => {
  const phone = await newPhone()
  for (let count = 0; count < 60; count++) await phone.file()
  const { asked } = swallow(phone, () => true)
  await assert.rejects(phone.send, Unreachable)
  assert.ok(asked.filter((path) => path.endsWith('/push')).length <= 14)
  assert.equal((await phone.store.waiting()).length, 60)
})

test('an office that fails at everything is left alone after a few tries', async () => {
  const phone = await newPhone()
  for (let count = 0; count < 60; count++) await phone.file()
  let pushes = 0
  phone.office.instead = (path) => {
    if (path !== '/push') return undefined
    pushes++
    return Response.json({ type: 'mingbai:push/our_fault', status: 500 }, { status: 500 })
  }
  await assert.rejects(phone.send, Refused)
  assert.ok(pushes <= 14, `${pushes}`)
})

test('a busy office is not asked in halves', async () => {
  const phone = await newPhone()
  for (let count = 0; count < 8; count++) await phone.file()
  let pushes = 0
  phone.office.instead = (path) => {
    if (path !== '/push') return undefined
    pushes++
    return Response.json({ status: 503 }, { status: 503, headers: { 'Retry-After': '60' } })
  }
  await assert.rejects(phone.send, (fault) => fault instanceof Unreachable && fault.retryAfterMs === 60_000)
  assert.equal(pushes, 1)
})

test('a record whose answer was lost is shown as what it was taken as the first time', async () => {
  const { store, office, file, send } = await newPhone()
  const { id } = await file()
  await send()
  await store.sendAgain([(await store.record(id))!])
  office.meddle = (answer) => ({
    ...answer,
    results: (answer.results as object[]).map((each) => ({ ...each, stored: 'quarantined' })),
  })
  await send()
  assert.equal(levelOf((await store.record(id))!, null), 'look')
})

test('a tab that knows less never puts back in line what another has delivered', async () => {
  const { store, file, send } = await newPhone()
  const stale = await file()
  await send()
  await store.settle([{ ...stale, delivery: { at: 'waiting', tries: 1, said: null } }], null)
  assert.equal((await store.record(stale.id))!.delivery.at, 'delivered')
})

test('of many records the newest are asked about each time and the older ones in turns', () => {
  const delivery = { at: 'delivered', published: null } as Filed['delivery']
  const records = Array.from(
    { length: 950 },
    (_, number) => ({ id: `${number}`, filedAt: String(number).padStart(4, '0'), delivery }) as Filed,
  )
  const first = unsettled(records, 100, () => 0)
  assert.deepEqual([first.length, first[0], first[99], first[100]], [200, '949', '850', '849'])
  const last = unsettled(records, 100, () => 0.9999)
  assert.deepEqual([last.length, last.at(-1)], [200, '0'])
  assert.equal(unsettled(records.slice(0, 120), 100).length, 120)
  assert.equal(unsettled(records.slice(0, 20), 100).length, 20)
})

async function unpacked(body: Uint8Array<ArrayBuffer>, headers: Headers): Promise<string> {
  if (headers.get('Content-Encoding') !== 'gzip') return new TextDecoder().decode(body)
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
}

test('a quarantined record has arrived and asks to be looked at', async () => {
  const { store, office, file, send } = await newPhone()
  const { id } = await file()
  office.fate.set(id, 'quarantined')
  await send()
  assert.equal(levelOf((await store.record(id))!, null), 'look')
})

test('a second copy is waited for only where there is one and it lacks something', async () => {
  const { store, file, send } = await newPhone()
  assert.equal(awaitsCopy([await file()], 0), false)
  await send()
  const records = (await store.readAll()).records
  assert.deepEqual(
    [null, 0, 1].map((safe) => [awaitsCopy(records, safe), levelOf(records[0]!, safe)]),
    [
      [false, 'delivered'],
      [true, 'delivered'],
      [false, 'backed_up'],
    ],
  )
})

test('batches respect the number and the bytes the office takes', async () => {
  const { store, file } = await newPhone()
  for (let count = 0; count < 12; count++) await file({ summary: '话'.repeat(100) })
  const waiting = await store.waiting()
  assert.deepEqual(
    batchesOf(waiting, { records: 5, bytes: 1e6 }).map((batch) => batch.length),
    [5, 5, 2],
  )
  const small = batchesOf(waiting, { records: 100, bytes: 3_000 })
  assert.ok(
    small.every(
      (batch) => JSON.stringify(batch.map(({ signed }) => signed)).length < 6_000 && batch.length >= 1,
    ),
  )
  assert.equal(small.flat().length, 12)
})

test('what the office says later never makes a waiting record arrive', async () => {
  const { file } = await newPhone()
  const waiting = await file()
  const receipt = {
    id: waiting.id,
    digest: waiting.signed!.digest,
    state: 'accepted' as const,
    code: 'ZF-2026-A001',
    position: 1,
  }
  const answer = {
    device: { state: 'active' as const },
    person: { code: '', name: '', role: '' },
    receipts: [receipt],
    safe_position: 9,
  }
  assert.deepEqual(afterReceipts([waiting], answer), [])
})

test('backed up is said only where the safe position covers the record', async () => {
  const { store, file, send } = await newPhone()
  const { id } = await file()
  await send()
  const record = (await store.record(id))!
  assert.deepEqual(
    [null, 0, 1].map((safe) => levelOf(record, safe)),
    ['delivered', 'delivered', 'backed_up'],
  )
})
