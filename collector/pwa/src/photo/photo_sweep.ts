/** Which photos the phone may forget: none that a draft or a record still needs. */
import type { Draft, Filed, Photo } from '../contract.ts'
import { levelOf } from '../send/outbox.ts'
import { photosIn } from './photos.ts'
import type { State } from '../state.ts'

const DAY = 24 * 3_600_000
/** What was taken out of a draft can be put back for a day. */
const LOOSE = DAY
/** Where the office has no second copy, a photo stays here as long, though it has arrived. */
const ALONE = 30 * DAY

export interface Sweeping {
  /** Photos whose note changes: nothing names them any more, or something does again. */
  note: Photo[]
  forget: string[]
}

type Known = Pick<State, 'photos' | 'drafts' | 'records' | 'safe' | 'safePhotosAt'>

export function sweeping(known: Known, now: Date): Sweeping {
  const { photos, drafts, records } = known
  const at = now.getTime()
  const byDrafts = new Set(photosIn(drafts.map(({ typed }: Draft) => typed)))
  const result: Sweeping = { note: [], forget: [] }
  for (const photo of photos) {
    const naming = records.filter(({ answers }) => photosIn(answers).includes(photo.id))
    const { loose, ...named } = photo
    if (byDrafts.has(photo.id) || naming.length > 0) {
      const needed = byDrafts.has(photo.id) || naming.some((record) => needs(record, photo, known, at))
      if (!needed) result.forget.push(photo.id)
      else if (loose) result.note.push(named)
    } else if (!loose) {
      result.note.push({ ...photo, loose: now.toISOString() })
    } else if (at - Date.parse(loose) > LOOSE) {
      result.forget.push(photo.id)
    }
  }
  return result
}

/** Whether a record's photo must stay: until the office has both, twice, or for long enough. */
function needs(record: Filed, photo: Photo, { records, safe, safePhotosAt }: Known, at: number): boolean {
  if (record.delivery.at === 'waiting') return true
  const old = at - Date.parse(record.filedAt) > ALONE
  const mended = records.some(({ replaces }) => replaces === record.id)
  if (photo.problem) return !mended && !old
  if (!photo.done || record.delivery.photos?.missing.includes(photo.id)) return true
  const level = levelOf(record, safe)
  if (!mended && (level === 'look' || level === 'returned')) return true
  if (safe === null) return level !== 'published' && !old
  const copied = safePhotosAt !== null && photo.done < safePhotosAt
  return !copied || record.delivery.position === null || record.delivery.position > safe
}
