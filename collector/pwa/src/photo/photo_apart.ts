/** A photo made ready in a worker where there can be one, else on the page itself. */
import address from './photo_worker.ts?worker&url'
import type { Picture } from '../contract.ts'
import { makePhoto } from './photo.ts'

const PATIENCE_MS = 20_000

interface Policy {
  createScriptURL(address: string): string
}
interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy
}

/** The second policy of Trusted Types that the app has, for the one worker that is no service worker. */
let trusted: string | null = null

function trustedAddress(): string {
  const types = (window as { trustedTypes?: PolicyFactory }).trustedTypes
  return (trusted ??= types
    ? types.createPolicy('mingbai-photo', { createScriptURL: () => address }).createScriptURL(address)
    : address)
}

/** Throws Unfit for what is no photo that can be taken. */
export async function makeApart(file: Blob): Promise<Picture> {
  // What the worker cannot do, the page may: it knows more kinds of pictures.
  return (await byWorker(file).catch(() => null)) ?? makePhoto(file)
}

async function byWorker(file: Blob): Promise<Picture | null> {
  if (typeof Worker === 'undefined' || typeof OffscreenCanvas === 'undefined') return null
  const worker = new Worker(trustedAddress(), { type: 'module' })
  let patience: ReturnType<typeof setTimeout> | undefined
  try {
    return await new Promise((done) => {
      worker.onmessage = ({ data }: MessageEvent<Picture | null>) => done(data)
      worker.onerror = () => done(null)
      patience = setTimeout(() => done(null), PATIENCE_MS)
      worker.postMessage(file)
    })
  } finally {
    clearTimeout(patience)
    worker.terminate()
  }
}
