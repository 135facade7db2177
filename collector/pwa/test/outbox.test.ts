import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../src/bytes.ts'
import { verify, spkiOf } from '../src/keys.ts'
import { afterReceipts, batchesOf, finalise, levelOf } from '../src/outbox.ts'
import { Unreachable } from '../src/sync.ts'
import { form } from './forms.ts'
import { draftOf, newPhone } from './phone.ts'

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
