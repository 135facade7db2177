/** One round with the office: send what waits, then hear what is new. */
import { draftsPart } from '../draft/copying.ts'
import type { Filed, Identity, Person } from '../contract.ts'
import type { Hello, PulledRecord } from '../office.ts'
import { withoutErased } from './erased.ts'
import { afterReceipts, sendWaiting, signerOf, unsettled } from './outbox.ts'
import { measure } from './office_clock.ts'
import type { State } from '../state.ts'
import { withReceiptKey } from '../sign/receipt.ts'
import type { Store } from '../keep/store.ts'
import { Refused, type Office } from './sync.ts'

/** What a round works on, and how it tells the app. */
export interface Talk {
  store: Store
  office: Office
  state: () => State
  set: (change: Partial<State>) => void
  reload: () => Promise<void>
  now: () => Date
}

export async function talk(with_: Talk): Promise<void> {
  const { store, office, state, set, reload, now } = with_
  const asked = now()
  const hello = await office.hello()
  const heard = now()
  const heardAt = heard.toISOString()
  set({ hello, heardAt, clock: measure(asked, heard, hello.server_time) })
  // A full phone must still be able to send.
  await store.putMeta({ hello, heardAt }).catch(() => undefined)
  if (state().identity?.state === 'pending') await hearState(with_)
  await hearKeys(with_, hello)
  // Nothing that is only good to have comes before what waits here.
  const { identity } = state()
  if (!identity || identity.state === 'pending') return hearForms(with_, hello)
  if (hello.epoch !== identity.epoch) await startAgain(with_, hello)
  const onProgress = (done: number, total: number): void => {
    if (total > 0) set({ upload: { at: 'sending', done, total } })
  }
  await sendWaiting({ store, office, identity, limits: hello.limits, onProgress, now })
  await reload()
  await hearForms(with_, hello)
  await hearReceipts(with_, identity)
  if (state().identity?.state !== 'active') {
    await store.deleteMeta('desk')
    return store.deleteMeta('work')
  }
  await hearRefs(with_, hello, identity)
  await hearOwn(with_, identity)
  await hearWork(with_, identity)
  if (identity.person.role === 'clerk') await (await import('./hear_desk.ts')).hearDesk(with_, hello)
  // Drafts come last and by themselves: whatever goes wrong with them, records have gone up.
  await draftsPart()
    .then(({ exchangeDrafts }) => exchangeDrafts(with_))
    .catch(() => undefined)
}

/** Ask whether the clerk has confirmed the six digits, or stopped this phone. */
export async function hearState(with_: Talk): Promise<void> {
  const { identity } = with_.state()
  if (!identity) return
  const { device, person } = await with_.office.receipts([], signerOf(identity))
  await hearPerson(with_, device.state, person)
}

async function hearPerson(with_: Talk, state: Identity['state'], person: Person): Promise<void> {
  const { identity } = with_.state()
  if (!identity) return
  const same = state === identity.state && JSON.stringify(person) === JSON.stringify(identity.person)
  if (!same) await keepIdentity(with_, { ...identity, state, person })
}

async function keepIdentity({ store, set }: Talk, identity: Identity): Promise<void> {
  await store.putMeta({ identity })
  set({ identity })
}

/** The office may have a new receipt key; it is believed where the recovery key has certified it, and from then on alone. */
async function hearKeys(with_: Talk, { certificates = [] }: Hello): Promise<void> {
  const { identity } = with_.state()
  const now = identity && (await withReceiptKey(identity, certificates))
  // A full phone must still be able to send.
  if (now && now !== identity) await keepIdentity(with_, now).catch(() => with_.set({ identity: now }))
}

/** The office had to go back to a backup: whatever this phone has signed is sent once more. */
async function startAgain(with_: Talk, { epoch }: Hello): Promise<void> {
  const { records, identity } = with_.state()
  await with_.store.sendAgain(records.filter(({ signed, delivery }) => signed && delivery.at === 'delivered'))
  // What was backed up was so in positions of before.
  await with_.store.deleteMeta('safe')
  await with_.store.deleteMeta('safePhotosAt')
  await keepIdentity(with_, { ...identity!, epoch })
}

async function hearForms({ store, office }: Talk, hello: Hello): Promise<void> {
  const tag = await store.meta('formsTag')
  if (tag && tag === hello.forms) return
  const fresh = await office.forms(tag ?? null)
  if (fresh) await store.putForms(fresh.forms, fresh.etag)
}

async function hearRefs({ store, office, state }: Talk, hello: Hello, identity: Identity): Promise<void> {
  for (const [kind, tag] of Object.entries(hello.refs)) {
    const held = state().refs.get(kind)
    if (held?.etag === tag) continue
    const fresh = await office.ref(kind, held?.etag ?? null, signerOf(identity))
    if (fresh) await store.putRefs(fresh)
  }
}

async function hearReceipts(with_: Talk, identity: Identity): Promise<void> {
  const { store, office, state, now } = with_
  const asked = now().toISOString()
  const answer = await office.receipts(unsettled(state().records), signerOf(identity))
  await hearPerson(with_, answer.device.state, answer.person)
  await store.settle(afterReceipts(state().records, answer), null)
  // A photo may come after its record was safe: what had arrived before we asked is copied.
  if (answer.safe_photos) await store.putMeta({ safePhotosAt: asked })
  if (answer.safe_position !== null) await store.putMeta({ safe: answer.safe_position })
  else if (state().safe !== null) await store.deleteMeta('safe')
}

/** Records of this person that the office has and this phone does not: filed before a new phone or a wipe. */
async function hearOwn({ store, office, state, reload }: Talk, identity: Identity): Promise<void> {
  let cursor = (await store.meta('cursor')) ?? ''
  for (let more = true; more;) {
    const answer = await office.pull(cursor, signerOf(identity))
    if (answer.erased?.length) await reload() // what has just been heard of these records must not be put back
    const known = new Set(state().records.map(({ id }) => id))
    const fresh = answer.records.filter(({ id }) => !known.has(id)).map(fromOffice)
    const mine = [...state().records.filter(({ delivery }) => delivery.at === 'delivered'), ...fresh]
    await store.settle([...fresh, ...withoutErased(mine, answer.erased ?? [])], null)
    more = answer.more && answer.cursor !== cursor
    cursor = answer.cursor
    await store.putMeta({ cursor })
  }
}

/** What is to be done. An office that has no such list, or cannot make it just now, holds up nothing else. */
async function hearWork({ store, office, state, now }: Talk, identity: Identity): Promise<void> {
  try {
    const fresh = await office.work(state().work?.etag ?? null, signerOf(identity))
    await store.putMeta({ ...(fresh ? { work: fresh } : {}), workAt: now().toISOString() })
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault
  }
}

const fromOffice = (pulled: PulledRecord): Filed => ({
  id: pulled.id,
  kind: pulled.kind,
  form: '',
  answers: pulled.answers,
  replaces: null,
  filedAt: pulled.received_at,
  signed: null,
  delivery: {
    at: 'delivered',
    state: pulled.state,
    position: pulled.position,
    code: pulled.code,
    problems: pulled.problems ?? [],
    published: null,
    arrivedAt: pulled.received_at,
    ...(pulled.decided ? { decided: pulled.decided } : {}),
  },
})
