/** A note outside the database of what should be in it, so that a wiped database is noticed and said aloud. */
import type { Chain } from '../contract.ts'

const PLACE = 'mingbai.tripwire'

export interface Tripwire {
  device: string | null
  seq: Record<Chain, number>
  unsent: string[]
  drafts: string[]
}

/** What is gone: the records that had not arrived and the drafts, by id, and whether the phone's key with them. */
export interface Loss {
  unsent: string[]
  drafts: string[]
  key: boolean
  /** How many are still missing now that the office has been asked for what it has: they do not come back. */
  missing?: { unsent: number; drafts: number }
}

/** What has come back from the office: drafts and records by id; `whole` where nothing is missing after a loss. */
export interface Back {
  drafts: string[]
  records: number
  whole: boolean
}

/** What the note promises and memory does not hold; null when nothing is missing. */
export function lossOf(noted: Tripwire | null, held: Tripwire, known: Set<string>): Loss | null {
  if (!noted) return null
  const unsent = noted.unsent.filter((id) => !known.has(id))
  const key = noted.device !== null && held.device === null
  const cut = held.seq.records < noted.seq.records || held.seq.proof < noted.seq.proof
  if (unsent.length === 0 && !key && !cut) return null
  // Older notes only counted the drafts.
  const drafts = [noted.drafts].flat().filter((id) => typeof id === 'string' && !held.drafts.includes(id))
  return { unsent, drafts, key }
}

/** Read the note; storage that is forbidden or full only means that there is none. */
export function readTripwire(storage: Storage | undefined): Tripwire | null {
  try {
    return JSON.parse(storage?.getItem(PLACE) ?? 'null') as Tripwire | null
  } catch {
    return null
  }
}

export function setTripwire(storage: Storage | undefined, tripwire: Tripwire): void {
  try {
    storage?.setItem(PLACE, JSON.stringify(tripwire))
  } catch {
    // The note is an extra: without it the database is as safe as before.
  }
}
