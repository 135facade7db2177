/** Which photos records name, and how many of them the office does not have yet. */
import type { Photo } from '../contract.ts'
import type { State } from '../state.ts'

/** What is just being made ready of photos: whoever goes on waits for it. */
export const making = new Set<Promise<void>>()

/** The photos that answers name, wherever they stand. */
export const photosIn = (said: unknown): string[] => JSON.stringify(said).match(/sha256-[0-9a-f]{64}/g) ?? []

/** The photos on this phone that filed records name and that the office does not have, or cannot use. */
export function photosLeft({ photos, records }: State, of = records): Photo[] {
  const open = photos.filter(({ done }) => !done)
  const named = open.length > 0 ? photosIn(of.map(({ answers }) => answers)) : []
  return open.filter(({ id }) => named.includes(id))
}
