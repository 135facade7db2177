/** A note outside the database of what should be in it, so that a wiped database is noticed and said aloud. */
import type { Chain } from './contract.ts'

const PLACE = 'mingbai.tripwire'

export interface Tripwire {
  device: string | null
  seq: Record<Chain, number>
  unsent: string[]
  drafts: number
}

/** What is gone: how many records that had not arrived, how many drafts, and whether the phone's key with them. */
export interface Loss {
  unsent: number
  drafts: number
  key: boolean
}

/** What the note promises and memory does not hold; null when nothing is missing. */
export function lossOf(noted: Tripwire | null, held: Tripwire, known: Set<string>): Loss | null {
  if (!noted) return null
  const unsent = noted.unsent.filter((id) => !known.has(id)).length
  const key = noted.device !== null && held.device === null
  const cut = held.seq.records < noted.seq.records || held.seq.proof < noted.seq.proof
  if (unsent === 0 && !key && !cut) return null
  return { unsent, drafts: Math.max(0, noted.drafts - held.drafts), key }
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
