/** One uploader among all tabs of a browser. Two at once would do no harm: the office replays what it already has. */

const NAME = 'mingbai-upload'
/** How long a tab may say nothing before it counts as frozen, and its turn is taken over. */
const SILENT_MS = 3 * 60_000

export interface Turn {
  /** Do this while no other tab does the like; false when one is at it. */
  take: (work: () => Promise<void>) => Promise<boolean>
  /** Another tab has been heard of. */
  heard: () => void
}

export function turns(locks: LockManager | undefined, storage: Storage | undefined): Turn {
  let silentSince: number | null = null

  async function take(work: () => Promise<void>): Promise<boolean> {
    if (!locks) {
      const lease = await import('./lease.ts').catch(() => null)
      return lease ? lease.byLease(storage, work) : work().then(() => true)
    }
    const steal = silentSince !== null && performance.now() - silentSince > SILENT_MS
    let mine: Promise<void> | undefined
    await locks
      .request(NAME, steal ? { steal } : { ifAvailable: true }, (lock) => lock && (mine = work()))
      // Taken over by another tab: what has begun is still finished.
      .catch(() => (mine ??= work()))
    silentSince = mine ? null : (silentSince ?? performance.now())
    return mine !== undefined
  }

  const heard = (): void => {
    if (silentSince !== null) silentSince = performance.now()
  }
  return { take, heard }
}
