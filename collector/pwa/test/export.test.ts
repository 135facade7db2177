import assert from 'node:assert/strict'
import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { b64u, sha256 } from '../src/sign/bytes.ts'
import type { Certificate, Identity } from '../src/contract.ts'
import { makeKeys, sign, spkiOf, verify } from '../src/sign/keys.ts'
import { stateFrom } from '../src/state.ts'
import type { Store } from '../src/keep/store.ts'
import { gather, NoExportKey, seal, unsentFile } from '../src/send/unsent.ts'
import { REPOSITORY } from './cases.ts'
import { draftOf, newPhone, type Phone } from './phone.ts'
import { CONTENTS } from './unsent_vectors.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')

/** Open a file as docs/sync.md says, with nothing of the app's own. */
function opened(file: string, pkcs8: string): unknown {
  const [head = '', body = ''] = file.split('\n')
  const said = JSON.parse(head) as Record<string, string>
  const privateKey = createPrivateKey({ key: bytes(pkcs8), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey({ key: bytes(said.ephemeral!), format: 'der', type: 'spki' })
  const shared = diffieHellman({ privateKey, publicKey })
  const info = `mingbai-export/1\n${said.ephemeral}`
  const secret = Buffer.from(hkdfSync('sha256', shared, bytes(said.salt!), info, 32))
  const sealed = bytes(body)
  const cipher = createDecipheriv('aes-256-gcm', secret, bytes(said.nonce!))
  cipher.setAAD(Buffer.from(head))
  cipher.setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
  return JSON.parse((said.packed === 'gzip' ? gunzipSync(plain) : plain).toString())
}

interface Desk {
  phone: Phone
  identity: Identity
  certificates: Certificate[]
  pkcs8: string
}

/** A phone and an office that can open its files. */
async function newDesk(): Promise<Desk> {
  const phone = await newPhone()
  const recovery = (await makeKeys()).records
  const pair = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ])) as CryptoKeyPair
  const key = b64u(await crypto.subtle.exportKey('spki', pair.publicKey))
  const statement = `mingbai-certificate-v1\n${JSON.stringify({ use: 'export', key, from: '2026-01-01' })}`
  const certificates = [{ statement, signature: await sign(recovery.privateKey, statement) }]
  const identity = { ...phone.identity, recoveryKey: await spkiOf(recovery.publicKey) }
  const pkcs8 = b64u(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
  return { phone, identity, certificates, pkcs8 }
}

const NOW = new Date('2026-11-26T04:00:00.000Z')

async function fileOf({ phone, identity, certificates }: Desk, store: Store = phone.store) {
  const state = stateFrom(await phone.store.readAll())
  return unsentFile(await gather(store, state), identity, certificates, 1, NOW)
}

interface Content {
  statement: string
  signature: string
}
const saidIn = ({ statement }: Content) =>
  JSON.parse(statement.replace(/^mingbai-export-v1\n/, '')) as {
    ledger: string
    device: string
    records: { envelope: string; signature: string; disclosures: string[] }[]
    drafts: { id: string; n: number; text: string }[]
  }

test('every record that waits and every draft is in the file, as a push would send it, and nothing else', async () => {
  const desk = await newDesk()
  const { phone } = desk
  const gone = await phone.file({ summary: '早就交了' })
  await phone.send()
  const filed = [
    await phone.file({ summary: '一' }),
    await phone.file({ summary: '二' }, true),
    await phone.file(),
  ]
  const draft = draftOf({ typed: { summary: '还没写完' } })
  await phone.store.putDraft(draft)
  const file = await fileOf(desk)
  const content = opened(file.text, desk.pkcs8) as Content
  const said = saidIn(content)
  assert.equal(file.name, `mingbai-2026-11-26-${phone.identity.devices.records.slice(0, 8)}.mbx`)
  assert.deepEqual([file.records, file.drafts], [3, 1])
  assert.deepEqual(
    new Set(said.records.map(({ envelope }) => envelope)),
    new Set(filed.map(({ signed }) => signed!.envelope)),
  )
  for (const record of said.records)
    assert.deepEqual(Object.keys(record), ['envelope', 'signature', 'disclosures'])
  assert.ok(!content.statement.includes(gone.id))
  assert.deepEqual(
    said.drafts.map(({ id, text }) => [id, JSON.parse(text)]),
    [[draft.id, draft]],
  )
  assert.equal(said.device, phone.identity.devices.records)
  const mine = await spkiOf(desk.identity.keys.records.publicKey)
  assert.ok(await verify(mine, content.signature, content.statement))
})

test('a file shows nothing of what is in it, and no two are the same', async () => {
  const desk = await newDesk()
  const filed = await desk.phone.file({ summary: '三组的水管漏了' })
  const [one, two] = [await fileOf(desk), await fileOf(desk)]
  assert.notEqual(one.text, two.text)
  const head = one.text.split('\n')[0]!
  assert.deepEqual(Object.keys(JSON.parse(head) as object), [
    'protocol',
    'ledger',
    'key',
    'ephemeral',
    'salt',
    'nonce',
    'packed',
  ])
  for (const secret of ['水管', filed.id, desk.identity.person.name])
    assert.ok(
      !one.text.includes(secret) && !Buffer.from(one.text.split('\n')[1]!, 'base64url').includes(secret),
    )
})

test('what could not be saved is in the file all the same', async () => {
  const desk = await newDesk()
  await desk.phone.file()
  const broken = { ...desk.phone.store, waiting: () => Promise.reject(new Error('no memory')) }
  assert.equal((await fileOf(desk, broken)).records, 1)
})

test('a key that the recovery key has not certified is sealed for by nobody', async () => {
  const desk = await newDesk()
  const other = (await makeKeys()).records
  const [{ statement }] = desk.certificates as [Certificate]
  const forged = [{ statement, signature: await sign(other.privateKey, statement) }]
  await assert.rejects(fileOf({ ...desk, certificates: forged }), NoExportKey)
  await assert.rejects(fileOf({ ...desk, certificates: [] }), NoExportKey)
  await assert.rejects(fileOf({ ...desk, certificates: desk.phone.office.certificates }), NoExportKey)
})

test('two thousand records make one file of a size that can be passed on', async () => {
  const desk = await newDesk()
  const one = await desk.phone.file({ summary: '路灯不亮'.repeat(40) })
  const { envelope, signature, disclosures } = one.signed!
  const records = Array.from({ length: 2000 }, () => ({ envelope, signature, disclosures }))
  const file = await unsentFile({ records, drafts: [] }, desk.identity, desk.certificates, 1, NOW)
  const content = opened(file.text, desk.pkcs8) as Content
  assert.equal(saidIn(content).records.length, 2000)
  assert.ok(file.text.length < 16 << 20)
})

test('the files in tests/cases are those that this phone writes', async () => {
  const path = resolve(REPOSITORY, 'tests/cases/unsent-phone.json')
  const cases = JSON.parse(readFileSync(path, 'utf8')) as {
    ledger: string
    export_key: string
    vectors: { content: unknown; file: string }[]
  }
  for (const { content, file } of cases.vectors) assert.deepEqual(opened(file, cases.export_key), content)
  assert.deepEqual(
    cases.vectors.map(({ content }) => content),
    [...CONTENTS, CONTENTS[1]],
  )
})

test('a longer text than one piece comes back as it was', async () => {
  const desk = await newDesk()
  const noise = b64u(crypto.getRandomValues(new Uint8Array(60_000)))
  const key = (JSON.parse(desk.certificates[0]!.statement.split('\n')[1]!) as { key: string }).key
  const file = await seal({ noise }, 'a-ledger', key)
  assert.deepEqual(opened(file, desk.pkcs8), { noise })
  const head = JSON.parse(file.split('\n')[0]!) as { key: string }
  assert.equal(head.key, b64u(await sha256(new Uint8Array(bytes(key)))).slice(0, 16))
})
