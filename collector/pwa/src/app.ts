/** The app's one state and everything that can be done to it. Knows nothing of the screen. */
import { typedFrom } from './answers.ts'
import type { Answers, Draft, Filed, Form, FromWork, Invitation } from './contract.ts'
import type { Counts, WorkItem, WorkStep } from './office.ts'
import { turns } from './alone.ts'
import { today } from './dates.ts'
import { enrol } from './enrol.ts'
import { uuid7 } from './envelope.ts'
import { finalise, signerOf } from './outbox.ts'
import { officeTime } from './office_clock.ts'
import { presets } from './presets.ts'
import { pauseMs } from './retry.ts'
import { hearState, talk } from './round.ts'
import { isWaiting, stateFrom, tripwireOf, type State } from './state.ts'
import type { Store } from './store.ts'
import { Refused, Unreachable, type Office } from './sync.ts'
import { lossOf, readTripwire, setTripwire } from './tripwire.ts'
import { answersToday, fromWork } from './work.ts'

/** The number of this app; an office can ask that older ones begin no new forms. */
export const APP = 1

const OTHER_TAB_MS = 2_000

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
  const known = new Set(state.records.map(({ id }) => id))
  state = { ...state, loss: lossOf(readTripwire(storage), tripwireOf(state), known) }
  const listeners = new Set<() => void>()
  const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('mingbai')
  const turn = turns(browser.locks, storage)
  if (others) {
    others.onmessage = () => {
      turn.heard()
      void reload(false)
    }
  }
  let closed = false

  function set(change: Partial<State>): void {
    state = { ...state, ...change }
    if (!state.loss) setTripwire(storage, tripwireOf(state))
    listeners.forEach((listener) => listener())
  }

  /** Read memory again: after this tab has written more than it knows, or another tab has. */
  async function reload(tell = true): Promise<void> {
    const memory = await store.readAll()
    if (closed) return
    const { upload, heardAt, clock, saveFailed, unsaved, persisted, loss } = state
    set({ ...stateFrom(memory), upload, heardAt, clock, saveFailed, unsaved, persisted, loss })
    if (unsaved) set({ drafts: withDraft(unsaved) })
    if (tell) others?.postMessage('changed')
  }

  // ---------------------------------------------------------------- drafts

  async function saveDraft(draft: Draft): Promise<boolean> {
    const changed = { ...draft, changedAt: now().toISOString() }
    try {
      await store.putDraft(changed)
    } catch {
      set({ drafts: withDraft(changed), saveFailed: true, unsaved: changed })
      return false
    }
    set({ drafts: withDraft(changed), saveFailed: false, unsaved: null })
    void askToPersist()
    return true
  }

  const withDraft = (draft: Draft): Draft[] => [draft, ...state.drafts.filter(({ id }) => id !== draft.id)]

  async function askToPersist(): Promise<void> {
    if (state.persisted === true || !browser.storage?.persist) return
    set({ persisted: await browser.storage.persist().catch(() => false) })
  }

  async function keepNewDraft(
    form: Form,
    typed: Draft['typed'],
    replaces: string | null,
    work?: FromWork,
  ): Promise<Draft> {
    const at = now().toISOString()
    const id = uuid7(now().getTime())
    const begun = { id, kind: form.kind, form: form.version, typed, replaces, begunAt: at, changedAt: at }
    const draft = work ? { ...begun, work } : begun
    await saveDraft(draft)
    return draft
  }

  /** Begin a draft. The first required date is most often today, and the place the same as last time; a case is not. */
  function startDraft(form: Form, asLastTime = true): Promise<Draft> {
    const typed = presets(form, state.records, today(officeTime(state, now())), asLastTime)
    return keepNewDraft(form, typed, null)
  }

  /** Begin the correction of a record: a new one, with its answers, that replaces it. */
  async function mend(record: Filed): Promise<Draft | null> {
    const form = state.current.find(({ kind }) => kind === record.kind) ?? state.forms.get(record.form)
    // Whoever corrects a version that is no longer in force would only make another branch.
    const { id, answers } = (record.delivery.at === 'delivered' && record.delivery.current) || record
    const begun = state.drafts.find(({ replaces }) => replaces === id)
    if (begun || !form) return begun ?? null
    const work = record.work && { ...record.work, settled: [] }
    return keepNewDraft(form, typedFrom(form.fields, answers), id, work)
  }

  /** Begin what a button of a case asks for, with all that is known filled in; the same button again goes on with it. */
  async function startStep(item: WorkItem, step: WorkStep): Promise<Draft | null> {
    const form = state.current.find(({ kind }) => kind === step.kind)
    if (!form || !state.work) return null
    const work = fromWork(item, step, form, state.identity?.person.organ)
    const begun = state.drafts.find(
      (draft) => draft.work?.item === work.item && draft.work.step === work.step,
    )
    if (begun) return begun
    const answers = answersToday(step, form, state.work.as_of, today(now()))
    return keepNewDraft(form, typedFrom(form.fields, answers), step.replaces, work)
  }

  async function dropDraft(id: string): Promise<void> {
    await store.deleteDraft(id)
    set({ drafts: state.drafts.filter((draft) => draft.id !== id), unsaved: null })
  }

  async function fileDraft(draft: Draft, form: Form, answers: Answers): Promise<Filed> {
    if (!state.identity) throw new Error('not enrolled')
    const record = await finalise(store, state.identity, { draft, form, answers }, now())
    await reload()
    void upload()
    return record
  }

  // ---------------------------------------------------------------- with the office

  const round = {
    store,
    office,
    state: () => state,
    set: (change: Partial<State>): void => {
      set(change)
      if (change.upload) others?.postMessage('changed')
    },
    reload,
    now,
  }
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null
  let onceMore = false

  /** One round now; when one is on its way, another follows, since it may be past sending. */
  function upload(): Promise<void> {
    onceMore = running !== null
    running ??= alone().finally(() => {
      running = null
      if (onceMore && !closed) void upload()
    })
    return running
  }

  async function tryOnce(): Promise<void> {
    clearTimeout(timer)
    try {
      await talk(round)
      await reload()
      if (state.records.some(isWaiting) && state.identity?.state !== 'pending') return again(null, 'refused')
      failures = 0
      set({ upload: { at: 'rest' } })
    } catch (fault) {
      const refused = fault instanceof Refused
      if (!refused && !(fault instanceof Unreachable)) console.error(fault)
      await reload()
      again(fault instanceof Unreachable ? fault.retryAfterMs : null, refused ? 'refused' : 'unreachable')
      if (!refused) return
    }
    // Photos go after the records, beside whatever comes next: they hold up nothing.
    if (state.photos.length > 0)
      import('./photo_upload.ts')
        .then(({ afterRound }) => afterRound(round, browser.locks, later))
        .catch(console.error)
  }

  function again(asked: number | null, why: 'unreachable' | 'refused'): void {
    const pause = pauseMs(failures++, asked)
    set({ upload: { at: 'pausing', until: now().getTime() + pause, why } })
    later(pause)
  }

  function later(ms: number): void {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(() => void upload(), ms)
  }

  async function alone(): Promise<void> {
    if (!(await turn.take(tryOnce))) later(OTHER_TAB_MS)
  }

  return {
    state: (): State => state,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    startDraft,
    startStep,
    saveDraft,
    dropDraft,
    fileDraft,
    mend,
    upload,
    reload,
    /** For what stands in files of its own: the app's memory, its state and its line to the office. */
    round,

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

    /** Ask the office for both counts of a ballot. */
    counts: async (ballot: string): Promise<Counts> => {
      if (!state.identity) throw new Error('not enrolled')
      return office.counts(ballot, signerOf(state.identity))
    },

    hearState: async (): Promise<void> => {
      await hearState(round)
      if (state.identity?.state === 'active') void upload()
    },

    /** Leave an enrolment that the clerk has not confirmed, to begin another. */
    leaveEnrolment: async (): Promise<void> => {
      if (state.identity && state.identity.state !== 'pending') return
      await store.deleteMeta('identity')
      await store.deleteMeta('invitation')
      await reload()
    },

    acceptLoss: (): void => set({ loss: null }),

    askPersisted: async (): Promise<void> => {
      if (browser.storage?.persisted) set({ persisted: await browser.storage.persisted() })
    },

    /** Stop trying and stop listening. */
    close: (): void => {
      closed = true
      clearTimeout(timer)
      others?.close()
    },
  }
}
