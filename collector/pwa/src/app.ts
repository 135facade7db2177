/** The app's one state and everything that can be done to it. Knows nothing of the screen. */
import type {
  Answers,
  Draft,
  Filed,
  Form,
  Hello,
  Identity,
  Invitation,
  Person,
  PulledRecord,
  RefList,
} from './contract.ts'
import { typedFrom } from './answers.ts'
import { today } from './dates.ts'
import { enrol } from './enrol.ts'
import { uuid7 } from './envelope.ts'
import { afterReceipts, finalise, sendWaiting, signerOf, unsettled } from './outbox.ts'
import { pauseMs } from './retry.ts'
import type { Memory, Store } from './store.ts'
import { Refused, Unreachable, type Office } from './sync.ts'
import { lossOf, readTripwire, setTripwire, type Loss, type Tripwire } from './tripwire.ts'

/** The number of this app; an office can ask that older ones begin no new forms. */
export const APP = 1

export type Upload =
  | { at: 'rest' }
  | { at: 'sending'; done: number; total: number }
  | { at: 'pausing'; until: number; why: 'unreachable' | 'refused' }

export interface State {
  identity: Identity | null
  invitation: Invitation | null
  hello: Hello | null
  forms: Map<string, Form>
  current: Form[]
  refs: Map<string, RefList>
  drafts: Draft[]
  records: Filed[]
  safe: number | null
  upload: Upload
  heardAt: string | null
  saveFailed: boolean
  loss: Loss | null
  persisted: boolean | null
}

/** What the app stands on, so that tests can stand it on something else. */
export interface Ground {
  store: Store
  office: Office
  storage?: Storage | undefined
  /** What the browser offers beyond memory: both are extras. */
  browser?: Partial<Pick<Navigator, 'storage' | 'locks'>>
  now?: () => Date
}

export type App = Awaited<ReturnType<typeof createApp>>

export async function createApp({ store, office, storage, browser = {}, now = () => new Date() }: Ground) {
  let state = stateFrom(await store.readAll())
  const listeners = new Set<() => void>()
  const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('mingbai')
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null
  let closed = false

  const loss = lossOf(readTripwire(storage), tripwireOf(state), new Set(state.records.map(({ id }) => id)))
  state = { ...state, loss }

  function set(change: Partial<State>): void {
    state = { ...state, ...change }
    if (!state.loss) setTripwire(storage, tripwireOf(state))
    listeners.forEach((listener) => listener())
  }

  /** Read memory again: after this tab has written more than it knows, or another tab has. */
  async function reload(tell = true): Promise<void> {
    const { upload, heardAt, saveFailed, persisted, hello, loss } = state
    set({ ...stateFrom(await store.readAll()), upload, heardAt, saveFailed, persisted, hello, loss })
    if (tell && !closed) others?.postMessage('changed')
  }
  if (others) others.onmessage = () => void reload(false)

  async function saveDraft(draft: Draft): Promise<boolean> {
    const changed = { ...draft, changedAt: now().toISOString() }
    try {
      await store.putDraft(changed)
      set({ drafts: [changed, ...state.drafts.filter(({ id }) => id !== draft.id)], saveFailed: false })
      void askToPersist()
      return true
    } catch {
      set({ saveFailed: true })
      return false
    }
  }

  async function askToPersist(): Promise<void> {
    if (state.persisted === true || !browser.storage?.persist) return
    set({ persisted: await browser.storage.persist().catch(() => false) })
  }

  /** Begin a draft; a required date that comes first is most often today. */
  async function startDraft(form: Form): Promise<Draft> {
    const first = form.fields.find((field) => field.type === 'date' && field.required)
    return keepNewDraft(form, first ? { [first.name]: today(now()) } : {}, null)
  }

  async function keepNewDraft(form: Form, typed: Draft['typed'], replaces: string | null): Promise<Draft> {
    const at = now()
    const id = uuid7(at.getTime())
    const draft = { id, kind: form.kind, form: form.version, typed, replaces, begunAt: at.toISOString(), changedAt: at.toISOString() }
    await saveDraft(draft)
    return draft
  }

  /** Begin the correction of a record: a new one, with its answers, that replaces it. */
  async function mend(record: Filed): Promise<Draft | null> {
    const form = state.current.find(({ kind }) => kind === record.kind) ?? state.forms.get(record.form)
    const begun = state.drafts.find(({ replaces }) => replaces === record.id)
    if (begun || !form) return begun ?? null
    return keepNewDraft(form, typedFrom(form.fields, record.answers), record.id)
  }

  async function dropDraft(id: string): Promise<void> {
    await store.deleteDraft(id)
    set({ drafts: state.drafts.filter((draft) => draft.id !== id) })
  }

  async function fileDraft(draft: Draft, form: Form, answers: Answers): Promise<Filed> {
    if (!state.identity) throw new Error('not enrolled')
    const record = await finalise(store, state.identity, { draft, form, answers }, now())
    await reload()
    void upload()
    return record
  }

  // ------------------------------------------------------------ with the office

  /** One round with the office: send first, then hear what is new. Only one tab speaks at a time. */
  function upload(): Promise<void> {
    running ??= withLock(browser.locks, round).finally(() => {
      running = null
    })
    return running
  }

  async function round(): Promise<void> {
    clearTimeout(timer)
    try {
      const hello = await office.hello()
      set({ hello, heardAt: now().toISOString() })
      await store.putMeta({ hello })
      await hear(hello)
      failures = 0
      set({ upload: { at: 'rest' } })
      if (state.records.some(({ delivery }) => delivery.at === 'waiting')) again(null, 'refused')
    } catch (fault) {
      if (!(fault instanceof Unreachable) && !(fault instanceof Refused)) console.error(fault)
      again(fault instanceof Unreachable ? fault.retryAfterMs : null, fault instanceof Refused ? 'refused' : 'unreachable')
    } finally {
      await reload()
    }
  }

  async function hear(hello: Hello): Promise<void> {
    await hearForms(hello)
    if (state.identity?.state === 'pending') await hearState()
    const { identity } = state
    if (!identity || identity.state === 'pending') return
    if (hello.epoch !== identity.epoch) await startAgainWith(hello, identity)
    const { limits } = hello
    const onProgress = (done: number, total: number): void =>
      total > 0 ? set({ upload: { at: 'sending', done, total } }) : undefined
    await sendWaiting({ store, office, identity, limits, onProgress, now })
    await reload()
    await hearReceipts(identity)
    if (state.identity?.state !== 'active') return
    await hearRefs(hello, identity)
    await hearOwn(identity)
  }

  /** The office had to go back to a backup: whatever this phone has signed is sent once more. */
  async function startAgainWith({ epoch }: Hello, identity: Identity): Promise<void> {
    await store.sendAgain(state.records.filter(({ signed, delivery }) => signed && delivery.at === 'delivered'))
    await keepIdentity({ ...identity, epoch })
  }

  async function keepIdentity(identity: Identity): Promise<void> {
    await store.putMeta({ identity })
    set({ identity })
  }

  async function hearForms(hello: Hello): Promise<void> {
    const { meta } = await store.readAll()
    if (meta.formsTag && meta.formsTag === hello.forms) return
    const fresh = await office.forms(meta.formsTag ?? null)
    if (fresh) await store.putForms(fresh.forms, fresh.etag)
  }

  async function hearRefs(hello: Hello, identity: Identity): Promise<void> {
    for (const [kind, tag] of Object.entries(hello.refs)) {
      const held = state.refs.get(kind)
      if (held && held.etag === tag) continue
      const fresh = await office.ref(kind, held?.etag ?? null, signerOf(identity))
      if (fresh) await store.putRefs({ ...fresh, etag: tag })
    }
  }

  /** Ask whether the clerk has confirmed the six digits, or stopped this phone. */
  async function hearState(): Promise<void> {
    const { identity } = state
    if (!identity) return
    const { device, person } = await office.receipts([], signerOf(identity))
    await hearPerson(identity, device.state, person)
  }

  async function hearPerson(identity: Identity, newState: Identity['state'], person: Person | null): Promise<void> {
    const same = newState === identity.state && JSON.stringify(person) === JSON.stringify(identity.person)
    if (!same) await keepIdentity({ ...identity, state: newState, person: person ?? identity.person })
  }

  async function hearReceipts(identity: Identity): Promise<void> {
    const answer = await office.receipts(unsettled(state.records), signerOf(identity))
    await hearPerson(identity, answer.device.state, answer.person)
    await store.settle(afterReceipts(state.records, answer), null)
    if (answer.safe_position !== null) await store.putMeta({ safe: answer.safe_position })
  }

  /** Records of this person that the office has and this phone does not: filed before a new phone or a wipe. */
  async function hearOwn(identity: Identity): Promise<void> {
    let cursor = (await store.readAll()).meta.cursor ?? ''
    for (let more = true; more; ) {
      const answer = await office.pull(cursor, signerOf(identity))
      const known = new Set(state.records.map(({ id }) => id))
      await store.settle(answer.records.filter(({ id }) => !known.has(id)).map(fromOffice), null)
      more = answer.more && answer.cursor !== cursor
      cursor = answer.cursor
      await store.putMeta({ cursor })
    }
  }

  function again(asked: number | null, why: 'unreachable' | 'refused'): void {
    const pause = pauseMs(failures++, asked)
    set({ upload: { at: 'pausing', until: now().getTime() + pause, why } })
    if (!closed) timer = setTimeout(() => void upload(), pause)
  }

  return {
    state: (): State => state,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    startDraft,
    saveDraft,
    dropDraft,
    fileDraft,
    mend,
    upload,
    reload,

    keepInvitation: async (invitation: Invitation): Promise<void> => {
      await store.putMeta({ invitation })
      set({ invitation })
    },

    enrol: async (invitation: Invitation): Promise<void> => {
      try {
        await enrol(store, office, invitation)
      } finally {
        await reload()
      }
      void upload()
    },

    hearState: async (): Promise<void> => {
      await hearState()
      if (state.identity?.state === 'active') void upload()
    },

    /** Leave an enrolment that the clerk has not confirmed, to begin another. */
    leaveEnrolment: async (): Promise<void> => {
      if (state.identity?.state === 'active') return
      await store.deleteMeta('identity')
      await store.deleteMeta('invitation')
      await reload()
    },

    /** Stop trying and stop listening, as when the page is left. */
    close: (): void => {
      closed = true
      clearTimeout(timer)
      others?.close()
    },

    acceptLoss: (): void => set({ loss: null }),

    askPersisted: async (): Promise<void> => {
      if (browser.storage?.persisted) set({ persisted: await browser.storage.persisted() })
    },
  }
}

function stateFrom({ meta, drafts, records, forms, refs }: Memory): State {
  const byVersion = new Map(forms.map((form) => [form.version, form]))
  return {
    identity: meta.identity ?? null,
    invitation: meta.invitation ?? null,
    hello: meta.hello ?? null,
    forms: byVersion,
    current: (meta.kinds ?? []).flatMap((version) => byVersion.get(version) ?? []),
    refs: new Map(refs.map((list) => [list.kind, list])),
    drafts: drafts.sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1)),
    records: records.sort((a, b) => (a.filedAt < b.filedAt ? 1 : -1)),
    safe: meta.safe ?? null,
    upload: { at: 'rest' },
    heardAt: null,
    saveFailed: false,
    loss: null,
    persisted: null,
  }
}

function tripwireOf({ identity, records, drafts }: State): Tripwire {
  const seq = { records: 0, proof: 0 }
  for (const { signed } of records) if (signed) seq[signed.chain] = Math.max(seq[signed.chain], signed.seq)
  const unsent = records.filter(({ delivery }) => delivery.at === 'waiting').map(({ id }) => id)
  return { device: identity?.devices.records ?? null, seq, unsent, drafts: drafts.length }
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
  },
})

/** One uploader among all tabs; where the browser has no locks, the office replays what it already has. */
function withLock(locks: LockManager | undefined, work: () => Promise<void>): Promise<void> {
  if (!locks) return work()
  return locks.request('mingbai-upload', { ifAvailable: true }, (lock) => (lock ? work() : undefined)) as Promise<void>
}
