/** Asking the service worker which set of files it holds. */

const PATIENCE_MS = 2_000

/** Which set of files the page runs from, as its worker says; null where there is none or it does not answer. */
export async function versionOfWorker(): Promise<string | null> {
  const worker = navigator.serviceWorker?.controller
  if (!worker) return null
  const { port1, port2 } = new MessageChannel()
  return new Promise((done) => {
    port1.onmessage = ({ data }) => done(typeof data === 'string' ? data : null)
    setTimeout(() => done(null), PATIENCE_MS)
    worker.postMessage('version', [port2])
  })
}
