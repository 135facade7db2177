/** The page's side of the service worker: start it, learn of a new version, let it take over when it suits. */

const ADDRESS = '/sw.js'

interface Policy {
  createScriptURL(address: string): string
}
interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy
}

/** The one Trusted Types policy of the app, for the one address that is ever run as a script. */
function trustedAddress(): string {
  const types = (window as { trustedTypes?: PolicyFactory }).trustedTypes
  if (!types) return ADDRESS
  const rules = {
    createScriptURL(address: string): string {
      if (address !== ADDRESS) throw new TypeError(`${address} is not the service worker`)
      return address
    },
  }
  return types.createPolicy('mingbai', rules).createScriptURL(ADDRESS)
}

/** What there is to say: a new version waits, or the browser could keep the app and does not hold it. */
export type WorkerNews = 'waits' | 'none' | null

const LOOK_AT_MOST_EVERY_MS = 10 * 60_000

/** Start the worker, and tell what there is to say. A version that came broken is no news: the old one goes on. */
export async function startWorker(tell: (news: WorkerNews) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register(trustedAddress(), { updateViaCache: 'none' })
  const look = (): void => {
    const { installing, waiting, active } = registration
    tell(
      waiting && navigator.serviceWorker.controller
        ? 'waits'
        : (installing ?? waiting ?? active)
          ? null
          : 'none',
    )
  }
  look()
  registration.addEventListener('updatefound', () =>
    registration.installing?.addEventListener('statechange', look),
  )
  let looked = performance.now()
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || performance.now() - looked < LOOK_AT_MOST_EVERY_MS) return
    looked = performance.now()
    void registration.update().catch(() => undefined)
  })
}

const TAKES_OVER_WITHIN_MS = 10_000

/**
 * Let the waiting version take over, and open the page anew under it. Ends with false where the browser holds the old
 * one fast, as Chromium at times does for minutes: it lets go once every page of the app is closed.
 */
export async function takeOver(): Promise<boolean> {
  const registration = await navigator.serviceWorker.getRegistration()
  // Another tab may have let it take over already.
  if (!registration?.waiting) return (location.reload(), true)
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  registration.waiting.postMessage('take over')
  await new Promise((done) => setTimeout(done, TAKES_OVER_WITHIN_MS))
  return !registration.waiting
}
