import assert from 'node:assert/strict'
import { test } from 'node:test'
import { b64u, sha256 } from '../src/sign/bytes.ts'
import { spkiOf, verify } from '../src/sign/keys.ts'
import { signerOf } from '../src/send/outbox.ts'
import { pauseMs } from '../src/send/retry.ts'
import { createOffice, Refused, Unreachable } from '../src/send/sync.ts'
import { newPhone } from './phone.ts'

test('every signed call is signed over method, path, body as sent, and nonce', async () => {
  const { office, identity, file, send } = await newPhone()
  await file({ summary: '话'.repeat(2_000) })
  await send()
  const request = office.asked.find(({ url }) => url.endsWith('/push'))!
  const sent = new Uint8Array(await request.arrayBuffer())
  const text = ['mingbai/1 request', 'POST', '/api/v1/push', b64u(await sha256(sent)), 'a-nonce'].join('\n')
  const spki = await spkiOf(identity.keys.records.publicKey)
  assert.equal(request.headers.get('Content-Encoding'), 'gzip')
  assert.equal(request.headers.get('Mingbai-Device'), 'device-r')
  assert.ok(await verify(spki, request.headers.get('Mingbai-Signature')!, text))
})

test('the query belongs to what is signed', async () => {
  const { office, identity } = await newPhone()
  await createOffice(office.ask).pull('a b', signerOf(identity))
  const request = office.asked.at(-1)!
  const digest = b64u(await sha256(new Uint8Array()))
  const text = `mingbai/1 request\nGET\n/api/v1/pull?cursor=a%20b\n${digest}\na-nonce`
  assert.ok(
    await verify(
      await spkiOf(identity.keys.records.publicKey),
      request.headers.get('Mingbai-Signature')!,
      text,
    ),
  )
})

test('a nonce that has run out is asked for anew, once', async () => {
  const { office, identity } = await newPhone()
  let refusals = 1
  office.instead = (path) =>
    path === '/receipts' && refusals-- > 0
      ? Response.json({ type: 'mingbai:nonce' }, { status: 401 })
      : undefined
  const answer = await createOffice(office.ask).receipts([], signerOf(identity))
  assert.equal(answer.device.state, 'pending')
  office.instead = (path) =>
    path === '/receipts' ? Response.json({ type: 'x' }, { status: 401 }) : undefined
  await assert.rejects(createOffice(office.ask).receipts([], signerOf(identity)), Refused)
})

const NOBODY: Record<string, () => Response | null> = {
  'no connection': () => null,
  'a sign-in page': () => new Response('<html>', { status: 200 }),
  'a gateway that is down': () => new Response('Bad gateway', { status: 502 }),
  'a page that is not ours': () => new Response('Not found', { status: 404 }),
  'an office that is busy': () =>
    Response.json({ type: 'x' }, { status: 503, headers: { 'Retry-After': '30' } }),
}
for (const [what, answer] of Object.entries(NOBODY)) {
  test(`${what} means: try later`, async () => {
    const { office } = await newPhone()
    office.instead = answer
    await assert.rejects(createOffice(office.ask).hello(), Unreachable)
  })
}

test('a pause is random, grows, is never longer than five minutes, and heeds what the office asks', () => {
  const most = (failures: number) => pauseMs(failures, null, () => 1)
  assert.deepEqual([0, 1, 2, 3].map(most), [1_000, 2_000, 4_000, 8_000])
  assert.equal(most(50), 300_000)
  assert.equal(
    pauseMs(3, null, () => 0),
    0,
  )
  assert.equal(
    pauseMs(0, 30_000, () => 1),
    30_000,
  )
})

test('an office that asks for weeks is asked again within the hour', () => {
  assert.equal(
    pauseMs(0, 40 * 86_400_000, () => 1),
    3_600_000,
  )
})

test('a sign-in page that answers in JSON is nobody either, whatever was asked', async () => {
  const { office, identity } = await newPhone()
  const signer = signerOf(identity)
  const ours = createOffice(office.ask)
  await ours.hello()
  office.instead = () => Response.json({ ok: true, login: 'http://wifi.example' })
  const calls = [
    () => ours.hello(),
    () => ours.forms(null),
    () => ours.ref('grid', null, signer),
    () => ours.work(null, signer),
    () => ours.receipts([], signer),
    () => ours.pull('', signer),
    () => ours.push([], signer),
  ]
  for (const call of calls) await assert.rejects(call, Unreachable)
})

test('a phone whose clock jumps asks with the nonce it has', async (t) => {
  const { office, identity } = await newPhone()
  const ours = createOffice(office.ask)
  const hellos = (): number => office.asked.filter(({ url }) => url.endsWith('/hello')).length
  await ours.receipts([], signerOf(identity))
  const before = hellos()
  const real = Date.now()
  for (const years of [1, -1]) {
    t.mock.method(Date, 'now', () => real + years * 365 * 86_400_000)
    await ours.receipts([], signerOf(identity))
  }
  assert.equal(hellos(), before)
})
