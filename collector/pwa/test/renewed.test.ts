/** New keys at the office, and an office that went back to a backup: what phones believe, and what stays on them. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp, type App } from '../src/app.ts'
import { enrolKnown, OtherPerson } from '../src/phone/again.ts'
import { WrongOffice } from '../src/phone/enrol.ts'
import { lastCertified } from '../src/sign/receipt.ts'
import { makeKeys, spkiOf } from '../src/sign/keys.ts'
import { createOffice, Unreachable } from '../src/send/sync.ts'
import { unsentFile } from '../src/send/unsent.ts'
import { newPhone, type Phone } from './phone.ts'

const apps: App[] = []
after(() => apps.forEach((app) => app.close()))

class Shelf {
  kept = new Map<string, string>()
  getItem = (name: string): string | null => this.kept.get(name) ?? null
  setItem = (name: string, text: string): void => void this.kept.set(name, text)
}

async function appOf(phone: Phone, shelf = new Shelf()): Promise<App> {
  const office = createOffice(phone.office.ask)
  const app = await createApp({ store: phone.store, office, storage: shelf as unknown as Storage })
  apps.push(app)
  return app
}

const at = async (phone: Phone, id: string): Promise<string> => (await phone.store.record(id))!.delivery.at

test('a renewed receipt key is believed, with no word but the recovery key’s', async () => {
  const phone = await newPhone()
  phone.office.receipts = await phone.office.newReceiptKey('2026-05-01')
  const { id } = await phone.file()
  assert.equal(await phone.send(), 0)
  assert.equal(await at(phone, id), 'delivered')
})

test('a receipt key that the recovery key did not certify is not believed, and the record waits', async () => {
  const phone = await newPhone()
  const stranger = (await makeKeys()).records
  phone.office.receipts = await phone.office.newReceiptKey('2026-05-01', stranger)
  const { id } = await phone.file()
  await assert.rejects(phone.send, Unreachable)
  assert.equal(await at(phone, id), 'waiting')
})

test('a certificate for another use makes no receipt key', async () => {
  const phone = await newPhone()
  const renewed = await phone.office.newReceiptKey('2026-05-01')
  const certificate = await phone.office.certify('export', renewed.key, '2026-05-01')
  phone.office.receipts = { ...renewed, certificate }
  const { id } = await phone.file()
  await assert.rejects(phone.send, Unreachable)
  assert.equal(await at(phone, id), 'waiting')
})

test('once the new key was heard of, nobody who still holds the old one is believed', async () => {
  const phone = await newPhone()
  const old = phone.office.receipts
  const app = await appOf(phone)
  phone.office.deviceState = 'active'
  phone.office.receipts = await phone.office.newReceiptKey('2026-05-01')
  await app.upload()
  assert.deepEqual(app.state().identity!.receiptKeys, [phone.office.receipts.key])
  assert.equal(app.state().identity!.receiptSince, '2026-05-01')
  phone.office.receipts = old
  const { id } = await phone.file()
  await app.reload()
  await app.upload()
  assert.equal(phone.office.pushes.length, 1)
  assert.equal(await at(phone, id), 'waiting')
  assert.equal(app.state().identity!.receiptSince, '2026-05-01')
  phone.office.receipts = await phone.office.newReceiptKey('2026-05-01T10:00:00.000Z')
  await app.upload()
  assert.equal(await at(phone, id), 'delivered')
})

test('a phone that was enrolled by an older app learns which of its keys counts', async () => {
  const phone = await newPhone()
  const old = phone.office.receipts
  const { receiptSince: _, ...before } = phone.identity
  await phone.store.putMeta({ identity: { ...before, receiptKeys: [old.key, 'another'] } })
  const app = await appOf(phone)
  phone.office.deviceState = 'active'
  await app.upload()
  const { receiptKeys, receiptSince } = app.state().identity!
  assert.deepEqual([receiptKeys, receiptSince], [[old.key], '2026-01-01'])
})

test('of several certificates the one from the latest moment counts, of two from the same the later', async () => {
  const { office, identity } = await newPhone()
  const told = await Promise.all(
    [
      ['a', '2026-03-01'],
      ['b', '2026-03-02T08:00:00.000Z'],
      ['c', '2026-03-02'],
      ['d', '2026-03-02T08:00:00.000Z'],
    ].map(([key, from]) => office.certify('receipt', key!, from!)),
  )
  const last = async (some = told, since = '') =>
    (await lastCertified(some, identity.recoveryKey, 'receipt', since))?.key
  assert.equal(await last(), 'd')
  assert.equal(await last(told.slice(0, 3)), 'b')
  assert.equal(await last(told.slice(0, 1), '2026-03-02'), undefined)
  assert.equal(await last([{ statement: 'x', signature: 'y' }, ...told.slice(0, 1)]), 'a')
})

test('a file of what is unsent is sealed for the export key that was certified last', async () => {
  const phone = await newPhone()
  const pairs = await Promise.all([0, 1].map(async () => spkiOf((await makeKeys()).records.publicKey)))
  const certificates = await Promise.all(
    [1, 0].map((n) => phone.office.certify('export', pairs[n]!, `2026-0${n + 1}-01`)),
  )
  const unsent = { records: [], drafts: [] }
  const file = await unsentFile(unsent, phone.identity, certificates, 1, new Date())
  const alone = await unsentFile(unsent, phone.identity, [certificates[0]!], 1, new Date())
  const keyOf = ({ text }: { text: string }): string => JSON.parse(text.split('\n')[0]!).key as string
  assert.equal(keyOf(file), keyOf(alone))
})

// ---------------------------------------------------------------- an office that went back to a backup

async function forgottenPhone(): Promise<{ phone: Phone; app: App; ids: string[]; shelf: Shelf }> {
  const phone = await newPhone()
  phone.office.deviceState = 'active'
  const shelf = new Shelf()
  const app = await appOf(phone, shelf)
  await app.upload()
  const ids = [(await phone.file()).id, (await phone.file({}, true)).id]
  await app.reload()
  await app.upload()
  assert.deepEqual(await Promise.all(ids.map((id) => at(phone, id))), ['delivered', 'delivered'])
  phone.office.forgotten = true
  phone.office.epoch = 'epoch-2'
  phone.office.kept.clear()
  phone.office.receipts = await phone.office.newReceiptKey('2026-05-01')
  phone.office.certificates.push(phone.office.receipts.certificate)
  await app.upload()
  return { phone, app, ids, shelf }
}

const CODE = '0123456789ABD'

test('a phone that is not known any more says so, keeps everything, and comes back as it was', async () => {
  const { phone, app, ids } = await forgottenPhone()
  assert.deepEqual({ ...app.state().upload, until: 0 }, { at: 'pausing', until: 0, why: 'unknown' })
  assert.equal((await phone.store.waiting()).length, 2)
  const { identity: before } = app.state()
  const envelopes = await Promise.all(ids.map(async (id) => (await phone.store.record(id))!.signed!.envelope))
  await enrolKnown(phone.store, createOffice(phone.office.ask), before!, CODE)
  await app.reload()
  assert.deepEqual(phone.office.again?.devices, before!.devices)
  assert.equal(app.state().identity!.state, 'pending')
  assert.equal(app.state().identity!.sixDigits, before!.sixDigits)
  phone.office.deviceState = 'active'
  await app.upload()
  assert.deepEqual(await Promise.all(ids.map((id) => at(phone, id))), ['delivered', 'delivered'])
  assert.deepEqual(
    ids.map((id) => phone.office.kept.get(id)!.sent.envelope),
    envelopes,
    'nothing is signed anew',
  )
  assert.equal(app.state().loss, null)
})

test('whoever leaves it half way, or opens the app anew, is the phone they were', async () => {
  const { phone, app, shelf } = await forgottenPhone()
  const { identity: before } = app.state()
  await enrolKnown(phone.store, createOffice(phone.office.ask), before!, CODE)
  await app.reload()
  const anew = await appOf(phone, shelf)
  assert.equal(anew.state().loss, null)
  await anew.leaveEnrolment()
  assert.equal(anew.state().identity!.state, 'active')
  assert.deepEqual(anew.state().identity!.devices, before!.devices)
  assert.equal((await phone.store.waiting()).length, 2)
})

test('another office, another phone’s answer or another person change nothing', async () => {
  const { phone, app } = await forgottenPhone()
  const { identity: before } = app.state()
  const other = await newPhone()
  const asking = (change: (answer: any) => unknown) =>
    createOffice(async (input, init) => {
      const answer = await phone.office.ask(input, init)
      return Response.json(change(await answer.json()))
    })
  const wrong: [ReturnType<typeof createOffice>, typeof WrongOffice | typeof OtherPerson][] = [
    [createOffice(other.office.ask), WrongOffice],
    [asking((answer) => ({ ...answer, ledger: 'another' })), WrongOffice],
    [asking((answer) => ({ ...answer, devices: { records: 'x', proof: 'y' } })), WrongOffice],
    [
      asking((answer) => ({ ...answer, person: { ...answer.person, code: 'D1', name: '别人' } })),
      OtherPerson,
    ],
    [asking((answer) => ({ ...answer, person: { ...answer.person, role: 'clerk' } })), OtherPerson],
  ]
  for (const [office, kind] of wrong) {
    await assert.rejects(enrolKnown(phone.store, office, before!, CODE), kind)
    assert.deepEqual((await phone.store.meta('identity'))!.state, 'active')
  }
})

test('the same person under a new code of a roll that was brought in anew is the same person', async () => {
  const { phone, app } = await forgottenPhone()
  phone.office.person = { ...phone.office.person, code: 'D099' }
  await enrolKnown(phone.store, createOffice(phone.office.ask), app.state().identity!, CODE)
  assert.equal((await phone.store.meta('identity'))!.person.code, 'D099')
})
