import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enrolAgain, OtherPerson, StillWaiting } from '../src/phone/again.ts'
import { cleanPin, isPin, makePin, removePin, setPin, tryPin, waitMs } from '../src/phone/pin.ts'
import { stateFrom } from '../src/state.ts'
import { createOffice } from '../src/send/sync.ts'
import { draftOf, newPhone } from './phone.ts'

test('four to six digits are a PIN, also full-width ones', () => {
  for (const good of ['0000', '12345', '123456']) assert.ok(isPin(good), good)
  for (const bad of ['', '123', '1234567', '12a4', '１２３４']) assert.ok(!isPin(bad), bad)
  assert.equal(cleanPin('１２ ３４'), '1234')
})

test('the PIN itself is kept nowhere', async () => {
  const { store } = await newPhone()
  await setPin(store, '4711')
  const { meta } = await store.readAll()
  assert.ok(stateFrom(await store.readAll()).pin)
  assert.ok(!JSON.stringify(meta.pin).includes('4711'))
  assert.notEqual((await makePin('4711', 10)).hash, (await makePin('4711', 10)).hash)
})

test('the right PIN opens and a wrong one does not', async () => {
  const { store } = await newPhone()
  assert.equal(await tryPin(store, '0000', 0), 'right')
  await setPin(store, '4711')
  assert.equal(await tryPin(store, '4712', 0), 'wrong')
  assert.equal(await tryPin(store, '4711', 0), 'right')
  await setPin(store, '123456')
  assert.equal(await tryPin(store, '4711', 0), 'wrong')
  await removePin(store)
  assert.equal(await tryPin(store, '4711', 0), 'right')
  assert.equal(stateFrom(await store.readAll()).pin, false)
})

test('after ten wrong tries each costs more time, and nobody is ever shut out', async () => {
  const { store } = await newPhone()
  await store.putDraft(draftOf())
  await setPin(store, '4711')
  let now = 1_000_000
  for (let tries = 0; tries < 10; tries++) assert.equal(await tryPin(store, '0000', now), 'wrong')
  assert.equal(await tryPin(store, '4711', now), 'wait')
  assert.equal(await tryPin(store, '4711', now + 29_000), 'wait')
  now += 30_000
  assert.equal(await tryPin(store, '0000', now), 'wrong')
  assert.equal(await tryPin(store, '4711', now + 59_000), 'wait')
  assert.equal(await tryPin(store, '4711', now + 60_000), 'right')
  assert.equal(waitMs((await store.meta('pinTries')) ?? null, now), 0)
  assert.equal((await store.readAll()).drafts.length, 1)
})

test('the wait ends within half an hour, and a clock that was set back makes it no longer', () => {
  assert.equal(waitMs({ count: 500, at: 0 }, 0), 30 * 60_000)
  assert.equal(waitMs({ count: 10, at: 10 ** 12 }, 0), 30_000)
  assert.equal(waitMs({ count: 9, at: 0 }, 0), 0)
  assert.equal(waitMs(null, 0), 0)
})

test('who forgot it is let in by a new invitation of their own, with all that was written', async () => {
  const { store, office, identity, file, send } = await newPhone()
  const filed = await file()
  await send()
  const draft = draftOf()
  await store.putDraft(draft)
  await setPin(store, '4711')
  await enrolAgain(store, createOffice(office.ask), identity, '0123456789ABD')
  const { meta, drafts, records, heads } = await store.readAll()
  assert.equal(stateFrom(await store.readAll()).pin, false)
  assert.equal(meta.identity!.state, 'pending')
  assert.notEqual(meta.identity!.keys.records, identity.keys.records)
  assert.deepEqual(drafts, [draft])
  assert.deepEqual(
    records.map(({ id }) => id),
    [filed.id],
  )
  assert.deepEqual(heads, [])
})

test('while records wait, the old keys stay: they are signed with them', async () => {
  const { store, office, identity, file } = await newPhone()
  await file()
  await setPin(store, '4711')
  await assert.rejects(enrolAgain(store, createOffice(office.ask), identity, '0123456789ABD'), StillWaiting)
  assert.ok(stateFrom(await store.readAll()).pin)
})

test('with the invitation of somebody else the app stays shut', async () => {
  const { store, office, identity } = await newPhone()
  await setPin(store, '4711')
  const old = { ...identity, person: { ...identity.person, code: 'DB-2026-ZZZZ' } }
  await assert.rejects(enrolAgain(store, createOffice(office.ask), old, '0123456789ABD'), OtherPerson)
  const { meta } = await store.readAll()
  assert.ok(meta.pin && !meta.invitation)
  assert.deepEqual(meta.identity!.devices, identity.devices)
})

test('an office with another recovery key lets nobody in again', async () => {
  const [mine, other] = [await newPhone(), await newPhone()]
  await setPin(mine.store, '4711')
  await assert.rejects(enrolAgain(mine.store, createOffice(other.office.ask), mine.identity, '0123456789ABD'))
  assert.ok((await mine.store.readAll()).meta.pin)
})
