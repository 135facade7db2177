/** One uploader among all tabs, where the browser has no locks: a note that runs out, whatever happens to the clock. */

const PLACE = 'mingbai.uploading'
const LEASE_MS = 60_000
const me = String(Math.random())

export async function byLease(storage: Storage | undefined, work: () => Promise<void>): Promise<boolean> {
  const [holder, at] = read(storage).split(' ')
  if (holder && holder !== me && Math.abs(Date.now() - Number(at)) < LEASE_MS) return false
  const hold = (): void => write(storage, `${me} ${Date.now()}`)
  hold()
  const renewing = setInterval(hold, LEASE_MS / 3)
  try {
    await work()
  } finally {
    clearInterval(renewing)
    write(storage, '')
  }
  return true
}

function read(storage: Storage | undefined): string {
  try {
    return storage?.getItem(PLACE) ?? ''
  } catch {
    return ''
  }
}

function write(storage: Storage | undefined, text: string): void {
  try {
    storage?.setItem(PLACE, text)
  } catch {
    // Then several tabs may send at once, and the office replays.
  }
}
