/** The app's one state and everything that can be done to it. Knows nothing of the screen. */
import { typedFrom } from './form/answers.ts'
import type { Answers, Draft, Filed, Form, FromWork, Invitation } from './contract.ts'
import type { Counts, WorkItem, WorkStep } from './office.ts'
import { turns } from './send/alone.ts'
import { copying, draftsPart } from './draft/copying.ts'
import { today } from './form/dates.ts'
import { enrol } from './phone/enrol.ts'
import { uuid7 } from './sign/envelope.ts'
import { awaitsCopy, finalise, signerOf } from './send/outbox.ts'
import { officeTime } from './send/office_clock.ts'
import { presets } from './draft/presets.ts'
import { pauseMs } from './send/retry.ts'
import { hearState, talk } from './send/round.ts'
import { isWaiting, stateFrom, tripwireOf, type State, type Why } from './state.ts'
import type { Store } from './keep/store.ts'
import { Refused, Unreachable, type Office } from './send/sync.ts'
import { lossOf, readTripwire, setTripwire, type Tripwire } from './keep/tripwire.ts'
import { answersToday, fromWork } from './case/work.ts'

/** The number of this app; an office can ask that older ones begin no new forms. */
export const APP = 1

const OTHER_TAB_MS = 2_000
/** The office does not know this phone: it went back to a backup that is older than the enrolment. */
const UNKNOWN = 'mingbai:push/device_unknown'
const COPY_MS = 4_000
const COPY_ROUNDS = 3

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
  const lossIn = (noted: Tripwire | null, found: State) =>
    lossOf(noted, tripwireOf(found), new Set(found.records.map(({ id }) => id)))
  // The note is read before memory: another tab writes them the other way round.
  const noted = readTripwire(storage)
  let state = stateFrom(await store.readAll())
  state = { ...state, loss: lossIn(noted, state) }
  /** Drafts as they are on the screen and could not be written, with the count that was seen in memory. */
  const unsaved = new Map<string, { draft: Draft; over: number }>()
  const givenUp = new Set<string>()
  let writes = 0
  const listeners = new Set<() => void>()
  const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('mingbai')
  const turn = turns(browser.locks, storage)
  if (others) {
    others.onmessage = ({ data }) => {
      turn.heard()
      if (data.id) follow(data as Draft)
      else void reload(false)
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
    const noted = readTripwire(storage)
    let before, memory
    do {
      before = writes
      memory = await store.readAll()
      // What was written meanwhile may not be in it.
    } while (before !== writes)
    if (closed) return
    const { upload, heardAt, clock, saveFailed, persisted, refused } = state
    const fresh = stateFrom(memory)
    const loss = state.loss ?? lossIn(noted, fresh)
    const drafts = [
      ...[...unsaved.values()].map(({ draft }) => draft),
      ...fresh.drafts.filter(({ id }) => !unsaved.has(id)),
    ]
    set({ ...fresh, drafts, upload, heardAt, clock, saveFailed, persisted, refused, loss })
    if (tell) others?.postMessage('changed')
  }

  // ---------------------------------------------------------------- drafts

  const withDraft = (draft: Draft): Draft[] => [draft, ...state.drafts.filter(({ id }) => id !== draft.id)]

  /** Another tab has written a draft. */
  function follow(draft: Draft): void {
    const mine = state.drafts.find(({ id }) => id === draft.id)
    if ((mine?.n ?? 0) < draft.n! && !unsaved.has(draft.id) && !givenUp.has(draft.id))
      set({ drafts: withDraft(draft) })
  }

  /**
   * Write a draft, changed from what was `seen` under its count. What another tab has made of it meanwhile is kept
   * beside it. Returns it as it was written, or null when the phone could not; then it stays on the screen.
   */
  async function saveDraft(draft: Draft, seen = draft.typed): Promise<Draft | null> {
    // A screen that closes over a draft that was just given up does not bring it back.
    if (givenUp.has(draft.id) && !state.drafts.some(({ id }) => id === draft.id)) return draft
    const failed = unsaved.get(draft.id)
    const over = failed?.over ?? draft.n ?? 0
    let changed: Draft = {
      ...draft,
      n: Math.max(failed?.draft.n ?? 0, draft.n ?? 0) + 1,
      changedAt: now().toISOString(),
    }
    writes++
    let stands
    try {
      stands = await store.putDraft(changed, over)
      if (stands) changed = await (await draftsPart()).keepBoth(store, changed, stands, seen)
      unsaved.delete(draft.id)
    } catch {
      unsaved.set(draft.id, { draft: changed, over })
    }
    writes++
    set({ drafts: withDraft(changed), saveFailed: unsaved.size > 0 })
    copies.soon()
    if (unsaved.has(draft.id)) return null
    others?.postMessage(changed)
    void askToPersist()
    if (stands) void reload()
    return changed
  }

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
    return (await saveDraft(draft)) ?? draft
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
    const draft = state.drafts.find((each) => each.id === id)
    givenUp.add(id)
    unsaved.delete(id)
    set({ drafts: state.drafts.filter((each) => each.id !== id) })
    writes++
    if (draft) {
      const { work: _, ...rest } = draft
      // The office has to hear of it, also when there is no network now.
      await store.putDraft({ ...rest, typed: {}, dropped: true }).catch(() => store.deleteDraft(id))
    }
    writes++
    await reload()
    void copies.now()
  }

  async function fileDraft(draft: Draft, form: Form, answers: Answers): Promise<Filed> {
    if (!state.identity) throw new Error('not enrolled')
    const record = await finalise(store, state.identity, { draft, form, answers }, now())
    unsaved.delete(draft.id)
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
  const copies = copying(round)
  let failures = 0
  let copyRounds = 0
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
    // There may be room again.
    for (const { draft } of unsaved.values()) await saveDraft(draft)
    try {
      await talk(round)
      await reload()
      if (state.records.some(isWaiting) && state.identity?.state !== 'pending') return again(null, 'refused')
      failures = 0
      set({ upload: { at: 'rest' } })
      // The second copy follows within seconds: ✓✓ is to show while the person still looks, not for ever asked.
      if (awaitsCopy(state.records, state.safe) && copyRounds++ < COPY_ROUNDS) later(COPY_MS)
      else copyRounds = 0
    } catch (fault) {
      const refused = fault instanceof Refused
      if (!refused && !(fault instanceof Unreachable)) console.error(fault)
      await reload()
      const unknown = refused && fault.type === UNKNOWN
      const why = unknown ? 'unknown' : refused ? 'refused' : 'unreachable'
      again(fault instanceof Unreachable ? fault.retryAfterMs : null, why)
      if (!refused) return
    }
    // Photos go after the records, beside whatever comes next: they hold up nothing.
    if (state.photos.length > 0)
      import('./photo/photo_upload.ts')
        .then(({ afterRound }) => afterRound(round, browser.locks, later))
        .catch(console.error)
  }

  function again(asked: number | null, why: Why): void {
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
      const { identity } = state
      if (identity && identity.state !== 'pending') return
      if (identity?.again) await store.putMeta({ identity: { ...identity, state: 'active' } })
      else await store.deleteMeta('identity')
      await store.deleteMeta('invitation')
      await reload()
    },

    acceptLoss: async (): Promise<void> => {
      await store.deleteMeta('back')
      set({ loss: null, back: null })
    },

    /** Copy to the office now what has changed in drafts, since the page is going away. */
    copyNow: (): Promise<void> => copies.now(true),

    askPersisted: async (): Promise<void> => {
      if (browser.storage?.persisted) set({ persisted: await browser.storage.persisted() })
    },

    /** Stop trying and stop listening. */
    close: (): void => {
      closed = true
      clearTimeout(timer)
      copies.stop()
      others?.close()
    },
  }
}
