/**
 * The office's private copies of drafts: what is written here goes there, what another phone wrote comes here, and
 * where both have changed, both are kept. Nothing here may hold up records or another draft.
 */
import type { Draft, Identity, TypedAnswers } from '../contract.ts'
import { uuid7 } from '../sign/envelope.ts'
import { signerOf } from '../send/outbox.ts'
import type { Talk } from '../send/round.ts'
import type { State } from '../state.ts'
import type { Store } from '../keep/store.ts'
import { Refused, Unreachable } from '../send/sync.ts'

/** A copy at the office, without what it says. `here`: this very phone saved it. */
interface Listed {
  id: string
  n: number
  here: boolean
}
interface Copy extends Listed {
  text: string
}
interface Saved {
  n: number
  state: 'kept' | 'older' | 'filed'
}

const countOf = (draft: Draft): number => draft.n ?? 0

// ---------------------------------------------------------------- two versions of one draft

const plain = (typed: TypedAnswers): string =>
  JSON.stringify(Object.entries(typed).sort(([a], [b]) => (a < b ? -1 : 1)))

const same = (one: TypedAnswers, other: TypedAnswers): boolean => plain(one) === plain(other)

/** The same words as a draft of its own. */
const besides = (draft: Draft): Draft => {
  const { met: _, ...rest } = draft
  return { ...rest, id: uuid7(Date.now()), n: 1 }
}

/**
 * Write a draft although something stands against it. Who only looked on gives way; where both have changed, the
 * one that was there goes on as a draft of its own; and what has become a record stays one.
 */
export async function keepBoth(
  store: Store,
  mine: Draft,
  stands: Draft | 'filed',
  seen: TypedAnswers,
): Promise<Draft> {
  let changed = mine
  for (let other: Draft | 'filed' | null = stands; other;) {
    if (other === 'filed') {
      const kept = besides(changed)
      await store.putDraft(kept)
      return kept
    }
    if (same(other.typed, changed.typed)) return other
    if (!same(other.typed, seen)) await store.putDraft(besides(other))
    const met = Math.max(other.met ?? 0, changed.met ?? 0)
    changed = { ...changed, n: countOf(other) + 1, ...(met ? { met } : {}) }
    other = await store.putDraft(changed, countOf(other))
  }
  return changed
}

// ---------------------------------------------------------------- sending

/** Whose drafts travel: a phone that waits or was stopped neither sends nor fetches any. */
const active = ({ identity }: State): Identity | null => (identity?.state === 'active' ? identity : null)

const find = (state: State, id: string): Draft | undefined => state.drafts.find((each) => each.id === id)

const unsent = ({ drafts, copies, refused }: State): Draft[] =>
  drafts.filter((each) => copies[each.id] !== countOf(each) && refused[each.id]?.n !== countOf(each))

let turn: Promise<unknown> = Promise.resolve()

/** One after the other, so that an answer is always about what was asked last. */
function inTurn(work: () => Promise<void>): Promise<void> {
  const mine = turn.then(work)
  turn = mine.catch(() => undefined)
  return mine
}

/** Tell the office what was given up, and send what has changed. When the page is leaving, at once and without waiting. */
export function copyDrafts(with_: Talk, leaving = false): Promise<void> {
  return leaving ? sendAll(with_, true) : inTurn(() => sendAll(with_, false))
}

async function sendAll(with_: Talk, leaving: boolean): Promise<void> {
  const identity = active(with_.state())
  if (!identity) return
  await giveUp(with_, identity)
  for (const draft of unsent(with_.state())) await eachAlone(() => send(with_, identity, draft, leaving))
}

/** One draft that the office refuses holds up no other; without a network there is no point in going on. */
async function eachAlone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (fault) {
    if (fault instanceof Unreachable) throw fault
  }
}

/** What was given up here goes from the office too, unless another phone has written on since it was seen here. */
async function giveUp(with_: Talk, identity: Identity): Promise<void> {
  const { store, office, state, set } = with_
  if (state().dropped.length === 0) return
  for (const { id, n = 0, dropped } of (await store.readAll()).drafts) {
    if (!dropped) continue
    await eachAlone(async () => {
      const copy = await fetchCopy(with_, identity, id)
      if (copy && (copy.here || copy.n <= n))
        await office.ask({ method: 'DELETE', path: `/draft/${id}`, signer: signerOf(identity) })
      // In this order: whoever reads the memory in between must not find it given up once more.
      await store.deleteDraft(id)
      set({ dropped: state().dropped.filter((each) => each !== id) })
    })
  }
}

async function send(
  with_: Talk,
  identity: Identity,
  draft: Draft,
  leaving = false,
  again = true,
): Promise<void> {
  const n = countOf(draft)
  let saved: Saved
  try {
    saved = await with_.office.ask<Saved>({
      method: 'PUT',
      path: `/draft/${draft.id}`,
      body: { n, text: JSON.stringify(draft) },
      signer: signerOf(identity),
      keepalive: leaving,
    })
  } catch (fault) {
    if (fault instanceof Refused && fault.say)
      with_.set({ refused: { ...with_.state().refused, [draft.id]: { n, say: fault.say } } })
    throw fault
  }
  if (saved.state === 'filed') return filed(with_, draft.id)
  if (saved.state === 'kept') return noteCopy(with_, draft.id, n)
  await compare(with_, identity, draft.id, saved.n)
  const mine = find(with_.state(), draft.id)
  if (again && mine && with_.state().copies[mine.id] !== countOf(mine))
    await send(with_, identity, mine, leaving, false)
}

async function noteCopy({ store, state, set }: Talk, id: string, n: number): Promise<void> {
  const before = { ...(await store.meta('copies').catch(() => undefined)), ...state().copies }
  const here = new Set([...state().drafts.map((each) => each.id), id])
  const copies = Object.fromEntries(Object.entries({ ...before, [id]: n }).filter(([each]) => here.has(each)))
  set({ copies })
  // What could not be noted is sent again, which does no harm.
  await store.putMeta({ copies }).catch(() => undefined)
}

/** It has become a record. The draft goes once the record is here; words that are in none stay, as a draft of their own. */
async function filed(with_: Talk, id: string): Promise<void> {
  const { store, state } = with_
  const mine = find(state(), id)
  if (!mine || !(await store.record(id))) return
  if (state().copies[id] !== countOf(mine)) await store.putDraft(besides(mine))
  await forget(with_, id)
}

async function forget({ store, reload }: Talk, id: string): Promise<void> {
  await store.deleteDraft(id)
  await reload()
}

// ---------------------------------------------------------------- hearing

async function fetchCopy({ office }: Talk, identity: Identity, id: string): Promise<Copy | null> {
  try {
    return await office.ask<Copy>({ method: 'GET', path: `/draft/${id}`, signer: signerOf(identity) })
  } catch (fault) {
    if (fault instanceof Refused && fault.status === 404) return null
    throw fault
  }
}

/** A copy as a draft of this phone, or null where nothing can be made of it. */
function draftFrom({ id, n, text }: Copy, { forms, current }: State): Draft | null {
  let told: Partial<Draft>
  try {
    told = JSON.parse(text) as Partial<Draft>
  } catch {
    return null
  }
  if (typeof told !== 'object' || told === null || typeof told.typed !== 'object' || !told.kind) return null
  // A version that this phone never had and the office gives no more: the questions of today, with all that was typed.
  const now = current.find(({ kind }) => kind === told.kind)
  const form = told.form && forms.has(told.form) ? told.form : now?.version
  if (!form) return null
  const at = new Date().toISOString()
  const { kind, typed, replaces = null, begunAt = at, changedAt = at, work } = told
  return { id, kind, form, typed, replaces, begunAt, changedAt, n, met: n, ...(work ? { work } : {}) }
}

/** What another phone of this person has made of a draft, put together with what is here. */
async function compare(with_: Talk, identity: Identity, id: string, n: number): Promise<void> {
  const { store, state, reload } = with_
  const copy = await fetchCopy(with_, identity, id)
  const mine = find(state(), id)
  if (!mine) return
  const above = Math.max(countOf(mine), copy?.n ?? n) + 1
  if (!copy) {
    // Given up on another phone: so it is here, unless somebody has written on.
    if (state().copies[id] === countOf(mine)) return forget(with_, id)
    await store.putDraft({ ...mine, n: above }, countOf(mine))
    return reload()
  }
  if (copy.here && copy.n < countOf(mine)) return
  const theirs = draftFrom(copy, state())
  if (!theirs) {
    await store.putDraft({ ...mine, n: above }, countOf(mine))
  } else if (same(theirs.typed, mine.typed)) {
    if (copy.n < countOf(mine)) return
    await store.putDraft({ ...mine, n: copy.n, met: copy.n }, countOf(mine))
    await noteCopy(with_, id, copy.n)
  } else if (hasSeen(copy, mine)) {
    await store.putDraft(theirs, countOf(mine))
    await noteCopy(with_, id, copy.n)
  } else {
    if (!state().drafts.some((each) => each.id !== id && same(each.typed, theirs.typed)))
      await store.putDraft(besides(theirs))
    await store.putDraft({ ...mine, n: above, met: copy.n }, countOf(mine))
  }
  await reload()
}

/** Whether what is here is in that copy: nothing was changed here since, or who wrote the copy had it before them. */
function hasSeen(copy: Copy, mine: Draft): boolean {
  if (copy.n <= countOf(mine)) return false
  if (countOf(mine) === (mine.met ?? 0)) return true
  return ((JSON.parse(copy.text) as Draft).met ?? 0) >= countOf(mine)
}

/** In every round: what was given up, what other phones wrote, what is not there yet; then say what has come back. */
export const exchangeDrafts = (with_: Talk): Promise<void> => inTurn(() => exchange(with_))

async function exchange(with_: Talk): Promise<void> {
  const { store, office, state, reload } = with_
  const identity = active(state())
  if (!identity) return
  if (state().loss) await reload()
  await giveUp(with_, identity)
  const { drafts } = await office.ask<{ drafts: Listed[] }>({
    method: 'GET',
    path: '/drafts',
    signer: signerOf(identity),
  })
  const restored: string[] = []
  for (const listed of drafts) {
    await eachAlone(async () => {
      if (await hear(with_, identity, listed)) restored.push(listed.id)
    })
  }
  const there = new Set(drafts.map(({ id }) => id))
  for (const draft of [...state().drafts]) {
    const { id } = draft
    await eachAlone(async () => {
      if (await store.record(id)) await filed(with_, id)
      // It was there before: given up, filed or thrown away meanwhile, which the office says when it is sent again.
      else if (!there.has(id) && state().copies[id] === countOf(draft)) await send(with_, identity, draft)
    })
  }
  for (const draft of unsent(state())) await eachAlone(() => send(with_, identity, draft))
  if (restored.length > 0) await reload()
  await tell(with_, restored)
}

/** True where a draft came back that was not here. */
async function hear(with_: Talk, identity: Identity, listed: Listed): Promise<boolean> {
  const { store, state, set } = with_
  const { id, n, here } = listed
  if (state().dropped.includes(id) || (await store.record(id))) return false
  const mine = find(state(), id)
  if (mine) {
    const news = here ? n > countOf(mine) : n > (mine.met ?? 0)
    if (news) await compare(with_, identity, id, n)
    return false
  }
  const copy = await fetchCopy(with_, identity, id)
  const draft = copy && draftFrom(copy, state())
  if (!draft) return false
  await store.putDraft(draft)
  set({ drafts: [draft, ...state().drafts] })
  await noteCopy(with_, id, copy.n)
  return true
}

// ---------------------------------------------------------------- saying it

/** How many of these are nowhere here: a record that never arrived comes back as the draft it was. */
const missingOf = (ids: string[], { drafts, records }: State): number =>
  ids.filter((id) => ![...drafts, ...records].some((each) => each.id === id)).length

async function tell({ store, state, set }: Talk, restored: string[]): Promise<void> {
  const { loss, records } = state()
  const before = state().back
  const drafts = [...new Set([...(before?.drafts ?? []), ...restored])]
  if (!loss) {
    if (restored.length > 0) await keepBack({ drafts, records: 0, whole: false })
    return
  }
  const missing = { unsent: missingOf(loss.unsent, state()), drafts: missingOf(loss.drafts, state()) }
  const whole = missing.unsent + missing.drafts === 0
  await keepBack({ drafts, records: records.length, whole })
  // The note outside is written anew with what is here; what is missing is told until somebody has read it.
  set({ loss: whole ? null : { ...loss, missing } })

  async function keepBack(back: NonNullable<State['back']>): Promise<void> {
    set({ back })
    await store.putMeta({ back })
  }
}
