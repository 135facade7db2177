/** On which rung this browser stands, found out by looking at what it has. */
import { standing, type Features, type Standing } from '../../phone/ladder.ts'
import { useScreen } from '../context.ts'

/** What the app keeps its records in says itself whether it lasts; a browser may have a database and refuse it. */
function hasMemory(store: object): boolean {
  try {
    return (store as { lasting?: boolean }).lasting !== false && Boolean(window.indexedDB)
  } catch {
    return false
  }
}

function featuresOf(store: object, persisted: boolean | null): Features {
  const fromHome = matchMedia(
    '(display-mode: standalone), (display-mode: fullscreen), (display-mode: minimal-ui)',
  )
  return {
    memory: hasMemory(store),
    worker: 'serviceWorker' in navigator,
    standalone: fromHome.matches || (navigator as { standalone?: boolean }).standalone === true,
    persisted,
    agent: navigator.userAgent,
    fingers: navigator.maxTouchPoints,
  }
}

export function useStanding(): Standing & { enrolled: boolean } {
  const { app, state } = useScreen()
  const enrolled = state.identity !== null && state.identity.state !== 'pending'
  return { ...standing(featuresOf(app.round.store, state.persisted), enrolled), enrolled }
}

const DECLINED = 'mingbai.home_screen'

/** Whether the invitation to the home screen was declined; where nothing can be kept, until the page is closed. */
let declined = false

export function isDeclined(): boolean {
  try {
    return declined || localStorage.getItem(DECLINED) === 'no'
  } catch {
    return declined
  }
}

export function decline(): void {
  declined = true
  try {
    localStorage.setItem(DECLINED, 'no')
  } catch {
    // Then it holds until the page is closed.
  }
}
