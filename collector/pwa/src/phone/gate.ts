/** Whether the PIN is to be asked: nobody has looked at the app for five minutes. The rest of it comes late. */
import { useEffect, useState } from 'preact/hooks'

const PLACE = 'mingbai.seen'
const AWAY_MS = 5 * 60_000

/** With a moment: notes that the app was looked at until then. Where there is no note, nobody has. */
function away(seen?: number): boolean {
  try {
    if (seen) localStorage[PLACE] = seen
    return !(Math.abs(Date.now() - localStorage[PLACE]) < AWAY_MS)
  } catch {
    return true
  }
}

/** What opens the app; null while it is open. */
export function useGate(on: boolean): (() => void) | null {
  const [shut, setShut] = useState(on && away())
  useEffect(() => {
    if (!on) setShut(false)
    const look = (): void => {
      if (!document.hidden) setShut(shut || (on && away()))
      else if (!shut) away(Date.now())
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [on, shut])
  return on && shut ? () => setShut(false) : null
}
