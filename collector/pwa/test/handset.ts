/**
 * Several phones in one Node, with the app's own core, against a real office over whatever line there is.
 * tests/swarm/handset.py starts it: one JSON line in and out at a time.
 */
import 'fake-indexeddb/auto'
import { createInterface } from 'node:readline'
import type { Filed, Form, Identity } from '../src/contract.ts'
import { openStore, type Store } from '../src/keep/store.ts'
import { enrol } from '../src/phone/enrol.ts'
import { finalise, sendWaiting } from '../src/send/outbox.ts'
import { talk } from '../src/send/round.ts'
import { createOffice, Refused, Unreachable, type Office } from '../src/send/sync.ts'
import { uuid7 } from '../src/sign/envelope.ts'
import { isWaiting, stateFrom, type State } from '../src/state.ts'

interface Told {
  /** Where the line begins. */
  base: string
  /** An invitation for each phone. */
  codes: string[]
  /** A phone that is broken on purpose: any 200 is taken for a receipt. */
  credulous: boolean
  /** How long a good line may take, in milliseconds. */
  patience: number
}

interface Handset {
  store: Store
  office: Office
  identity: Identity
  state: State
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const hear = async (): Promise<string> => (await lines.next()).value as string
const say = (said: unknown): void => void process.stdout.write(`${JSON.stringify(said)}\n`)
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
const limits = { records: 100, bytes: 1_048_576 }
const now = (): Date => new Date()

const told = JSON.parse(await hear()) as Told
let calm = false

/** The network, as a browser would ask it. */
const ask: typeof fetch = (path, init) => fetch(`${told.base}${String(path)}`, init)

/** The office as a credulous phone knows it: when a push is answered 200, whatever it says, all has arrived. */
function believing(store: Store): Office {
  let good = false
  const heard: typeof fetch = async (path, init) => {
    good = false
    const response = await ask(path, init)
    good = response.status === 200
    return response
  }
  const office = createOffice(heard)
  const push: Office['push'] = async (records, signer) => {
    try {
      return await office.push(records, signer)
    } catch (fault) {
      const sent = new Set(records.map(({ id }) => id))
      if (good)
        await store.settle((await store.waiting()).filter(({ id }) => sent.has(id)).map(arrived), null)
      throw fault
    }
  }
  return { ...office, push }
}

const arrived = (record: Filed): Filed => ({
  ...record,
  delivery: {
    at: 'delivered',
    state: 'accepted',
    position: null,
    code: null,
    problems: [],
    published: null,
    arrivedAt: now().toISOString(),
  },
})

async function begin(code: string, n: number): Promise<Handset> {
  const store = await openStore(`handset-${n}`)
  const office = told.credulous ? believing(store) : createOffice(ask)
  const identity = await enrol(store, office, { code, fingerprint: null, keys: null })
  return { store, office, identity, state: stateFrom(await store.readAll()) }
}

async function reload(phone: Handset): Promise<void> {
  phone.state = stateFrom(await phone.store.readAll())
  phone.identity = phone.state.identity ?? phone.identity
}

/** One record of one of the kinds that a deputy writes here. */
async function file(phone: Handset, forms: Form[], n: number): Promise<void> {
  const form = forms[n % forms.length]!
  const answers =
    form.kind === 'note'
      ? { day: '2026-03-02', subject: `第${n}条` }
      : { subject: `第${n}件`, text: '路灯不亮' }
  const draft = {
    id: uuid7(Date.now()),
    kind: form.kind,
    form: form.version,
    typed: {},
    replaces: null,
    begunAt: now().toISOString(),
    changedAt: now().toISOString(),
  }
  await finalise(phone.store, phone.identity, { draft, form, answers }, now())
}

/** Send what waits, now and then with all else that a phone asks. What does not get through waits. */
async function round(phone: Handset, whole: boolean): Promise<void> {
  const { store, office } = phone
  const set = (change: Partial<State>): void => void Object.assign(phone.state, change)
  try {
    if (whole) await talk({ store, office, state: () => phone.state, set, reload: () => reload(phone), now })
    else
      await sendWaiting({ store, office, identity: phone.identity, limits, onProgress: () => undefined, now })
  } catch (fault) {
    if (!(fault instanceof Unreachable || fault instanceof Refused)) throw fault
  }
}

async function live(phone: Handset, forms: Form[]): Promise<void> {
  for (let n = 0; !calm; n++) {
    for (let more = 1 + (n % 2); more > 0; more--) await file(phone, forms, 2 * n + more)
    await round(phone, n % 9 === 8)
    await pause(5 * Math.random())
  }
}

async function recover(phone: Handset): Promise<void> {
  for (const until = Date.now() + told.patience; Date.now() < until;) {
    await round(phone, false)
    if ((await phone.store.waiting()).length === 0) return
    await pause(50)
  }
}

/** What these phones have signed themselves, and how far each says it has come. */
const records = async (phones: Handset[]): Promise<unknown[]> =>
  (await Promise.all(phones.map(({ store }) => store.readAll()))).flatMap(({ records }) =>
    records.flatMap((record) =>
      record.signed ? [{ id: record.id, digest: record.signed.digest, waits: isWaiting(record) }] : [],
    ),
  )

const phones = await Promise.all(told.codes.map(begin))
const forms = (await createOffice(ask).forms(null))!.forms.filter(({ written_by }) =>
  written_by.includes('deputy'),
)
const simple = forms.filter(({ kind }) => kind === 'note' || kind === 'suggestion')
say({ digits: phones.map(({ identity }) => identity.sixDigits) })
await hear()
for (const phone of phones) {
  await phone.store.putMeta({ identity: { ...phone.identity, state: 'active' } })
  await reload(phone)
}
const lives = Promise.all(phones.map((phone) => live(phone, simple)))
await hear()
calm = true
await lives
say({ records: await records(phones) })
await hear()
const began = Date.now()
await Promise.all(phones.map(recover))
say({ records: await records(phones), seconds: (Date.now() - began) / 1000 })
await hear() // whoever asked ends this process
