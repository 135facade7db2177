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

/** Start the worker; `onUpdate` is told when a new version waits. Browsers without one just stay on line. */
export async function startWorker(onUpdate: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register(trustedAddress(), { updateViaCache: 'none' })
  const look = (): void => {
    if (registration.waiting && navigator.serviceWorker.controller) onUpdate()
  }
  look()
  registration.addEventListener('updatefound', () =>
    registration.installing?.addEventListener('statechange', look),
  )
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
  })
}

/** Let the waiting version take over, and open the page anew under it. */
export async function takeOver(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  registration?.waiting?.postMessage('take over')
}
