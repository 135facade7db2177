import assert from 'node:assert/strict'
import { test } from 'node:test'
import 'fake-indexeddb/auto'
import { cleanCode, enrol, groupedCode, invitationIn, WrongOffice } from '../src/phone/enrol.ts'
import { sixDigits, spkiOf } from '../src/sign/keys.ts'
import { openStore } from '../src/keep/store.ts'
import { createOffice, Refused } from '../src/send/sync.ts'
import { openOffice } from './office.ts'
import { newPhone } from './phone.ts'

const CODE = '0123456789ABC'

test('a typed code is read as it was meant', () => {
  assert.equal(cleanCode(' o123-4567 89abc '), '0123456789ABC')
  assert.equal(cleanCode('ｉＬ1'), '111')
  assert.equal(groupedCode(CODE), '0123 4567 89ABC')
})

test('a link brings the code and the fingerprint; anything else is no invitation', () => {
  assert.deepEqual(invitationIn(`#e=${CODE}&k=abc`), { code: CODE, fingerprint: 'abc', keys: null })
  for (const hash of ['', '#/records', '#e=123', '#k=abc']) assert.equal(invitationIn(hash), null)
})

test('enrolment pins the recovery key, takes certified receipt keys and shows its own six digits', async () => {
  const { identity, office } = await newPhone()
  const { records, proof } = office.enrolled!.keys
  assert.equal(identity.recoveryKey, office.recoveryKey)
  assert.equal(identity.receiptKeys.length, 1)
  assert.equal(identity.sixDigits, await sixDigits(records, proof, office.ledger))
  assert.match(identity.sixDigits, /^\d{6}$/)
})

test('the phone knows who compares its six digits: the office, or the phone that gave the code', async () => {
  const { identity } = await newPhone()
  assert.equal(identity.confirmedBy, 'office')
  const store = await openStore('handed-over')
  const office = await openOffice()
  const asked = createOffice(async (input, init) => {
    const answer = await office.ask(input, init)
    return Response.json({ ...((await answer.json()) as object), confirmed_by: 'phone' })
  })
  const moved = await enrol(store, asked, { code: CODE, fingerprint: office.fingerprint, keys: null })
  assert.equal(moved.confirmedBy, 'phone')
  assert.equal(moved.state, 'pending')
})

test('an office that is not the one of the link is refused, and nothing is kept of it', async () => {
  const store = await openStore('wrong-office')
  const office = await openOffice()
  const invitation = { code: CODE, fingerprint: 'x'.repeat(16), keys: null }
  await assert.rejects(enrol(store, createOffice(office.ask), invitation), WrongOffice)
  assert.equal((await store.readAll()).meta.identity, undefined)
})

test('an office without a certified receipt key is refused', async () => {
  const store = await openStore('no-certificate')
  const office = await openOffice()
  office.certificates[0]!.signature = office.certificates[0]!.signature.replace(/^./, (first) =>
    first === 'A' ? 'B' : 'A',
  )
  await assert.rejects(
    enrol(store, createOffice(office.ask), { code: CODE, fingerprint: null, keys: null }),
    WrongOffice,
  )
})

test('when the answer is lost, asking again uses the same keys', async () => {
  const store = await openStore('lost-answer')
  const office = await openOffice()
  const lost = createOffice(async (input, init) => {
    await office.ask(input, init)
    throw new TypeError('the line broke')
  })
  await assert.rejects(enrol(store, lost, { code: CODE, fingerprint: null, keys: null }))
  const first = office.enrolled!.keys
  const { invitation } = (await store.readAll()).meta
  const identity = await enrol(store, createOffice(office.ask), invitation!)
  assert.deepEqual(office.enrolled!.keys, first)
  assert.equal(await spkiOf(identity.keys.records.publicKey), first.records)
})

test('what the office refuses comes back in its own words', async () => {
  const store = await openStore('refused')
  const office = await openOffice()
  office.instead = (path) =>
    path === '/enrol'
      ? Response.json({ type: 'mingbai:enrol/used', detail: '登记码已用过' }, { status: 403 })
      : undefined
  const asking = enrol(store, createOffice(office.ask), { code: CODE, fingerprint: null, keys: null })
  await assert.rejects(asking, (fault) => fault instanceof Refused && fault.detail === '登记码已用过')
})

test('the private keys can never be read out', async () => {
  const { identity } = await newPhone()
  for (const { privateKey } of Object.values(identity.keys)) {
    assert.equal(privateKey.extractable, false)
    await assert.rejects(crypto.subtle.exportKey('pkcs8', privateKey))
  }
})
