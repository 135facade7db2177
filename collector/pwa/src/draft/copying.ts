/** When drafts are copied to the office; how, is in drafts.ts, which comes late so as not to hold up the start. */
import type { Talk } from '../send/round.ts'

const WITHIN_MS = 5_000
/** Where the phone keeps nothing, the copy is all there is. */
const WITHOUT_MEMORY_MS = 1_000

export const draftsPart = () => import('./drafts.ts')

export interface Copying {
  /** A draft has changed: its copy follows within seconds, however long somebody goes on typing. */
  soon: () => void
  /** Now, since the page is going away or a draft was given up. Never throws. */
  now: (leaving?: boolean) => Promise<void>
  stop: () => void
}

export function copying(talk: Talk): Copying {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const now = async (leaving = false): Promise<void> => {
    stop()
    await draftsPart()
      .then(({ copyDrafts }) => copyDrafts(talk, leaving))
      .catch(() => undefined)
  }
  const soon = (): void => {
    timer ??= setTimeout(() => void now(), talk.store.lasting ? WITHIN_MS : WITHOUT_MEMORY_MS)
  }
  return { soon, now, stop }
}
