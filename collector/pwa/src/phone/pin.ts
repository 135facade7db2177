/** A number asked for when the app is opened. It stops the curious and nobody else: what is kept is not sealed with it. */
import { b64u, randomBytes, unb64u, utf8 } from '../sign/bytes.ts'
import type { Store } from '../keep/store.ts'

/** How a PIN is kept: never itself. */
export interface Pin {
  salt: string
  hash: string
  rounds: number
}

/** Wrong tries since the last right one, and when the last of them was. */
export interface PinTries {
  count: number
  at: number
}

const ROUNDS = 150_000
/** So many wrong tries cost nothing; then each costs twice as long as the one before. */
const FREE_TRIES = 10
const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 30 * 60_000

export const isPin = (typed: string): boolean => /^\d{4,6}$/.test(typed)

/** Digits as they are meant: full-width ones and spaces are no mistake. */
export const cleanPin = (typed: string): string => typed.normalize('NFKC').replace(/\s/g, '')

async function hashOf(digits: string, salt: string, rounds: number): Promise<string> {
  const key = await crypto.subtle.importKey('raw', utf8(digits), 'PBKDF2', false, ['deriveBits'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: unb64u(salt), iterations: rounds }
  return b64u(await crypto.subtle.deriveBits(how, key, 256))
}

export async function makePin(digits: string, rounds = ROUNDS): Promise<Pin> {
  const salt = b64u(randomBytes(16))
  return { salt, hash: await hashOf(digits, salt, rounds), rounds }
}

/** How long one has to wait before the next try. A clock that was set back never makes it longer. */
export function waitMs(tries: PinTries | null, now: number): number {
  if (!tries || tries.count < FREE_TRIES) return 0
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries.count - FREE_TRIES))
  return Math.max(0, Math.min(wait, tries.at + wait - now))
}

/** Whether the PIN is right. A wrong one is counted before anything is said; too early, none is looked at. */
export async function tryPin(store: Store, digits: string, now: number): Promise<'right' | 'wrong' | 'wait'> {
  const pin = await store.meta('pin')
  const tries = (await store.meta('pinTries')) ?? null
  if (!pin) return 'right'
  if (waitMs(tries, now) > 0) return 'wait'
  if ((await hashOf(digits, pin.salt, pin.rounds)) === pin.hash) {
    await store.deleteMeta('pinTries')
    return 'right'
  }
  await store.putMeta({ pinTries: { count: (tries?.count ?? 0) + 1, at: now } })
  return 'wrong'
}

export async function setPin(store: Store, digits: string): Promise<void> {
  await store.putMeta({ pin: await makePin(digits) })
  await store.deleteMeta('pinTries')
}

export async function removePin(store: Store): Promise<void> {
  await store.deleteMeta('pin')
  await store.deleteMeta('pinTries')
}
