/** A phone for the tests: memory that forgets when the test ends, enrolled with a fake office. */
import 'fake-indexeddb/auto'
import { enrol } from '../src/phone/enrol.ts'
import type { Answers, Draft, Filed, Identity } from '../src/contract.ts'
import { uuid7 } from '../src/sign/envelope.ts'
import { finalise, sendWaiting } from '../src/send/outbox.ts'
import { openStore, type Store } from '../src/keep/store.ts'
import { createOffice } from '../src/send/sync.ts'
import { form } from './forms.ts'
import { openOffice, type FakeOffice } from './office.ts'

let phones = 0

export interface Phone {
  store: Store
  office: FakeOffice
  identity: Identity
  file: (answers?: Answers, proof?: boolean) => Promise<Filed>
  send: () => Promise<number>
}

export const draftOf = (more: Partial<Draft> = {}): Draft => ({
  id: uuid7(Date.now()),
  kind: 'visit',
  form: form([]).version,
  typed: {},
  replaces: null,
  begunAt: '2026-03-02T01:00:00.000Z',
  changedAt: '2026-03-02T01:00:00.000Z',
  ...more,
})

export async function newPhone(): Promise<Phone> {
  const store = await openStore(`phone-${++phones}`)
  const office = await openOffice()
  const identity = await enrol(store, createOffice(office.ask), {
    code: '0123456789ABC',
    fingerprint: office.fingerprint,
    keys: null,
  })
  const file = (answers: Answers = { summary: '路灯不亮' }, proof = false): Promise<Filed> =>
    finalise(store, identity, { draft: draftOf(), form: form([], { proof }), answers }, new Date())
  const send = (): Promise<number> =>
    sendWaiting({
      store,
      office: createOffice(office.ask),
      identity,
      limits: { records: 100, bytes: 1_048_576 },
      onProgress: () => undefined,
      now: () => new Date(),
    })
  return { store, office, identity, file, send }
}
