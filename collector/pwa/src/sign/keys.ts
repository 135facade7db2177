/** The phone's own keys, and checking other people's signatures: ECDSA P-256 with SHA-256. */
import { b64u, sha256, unb64u, utf8 } from './bytes.ts'
import type { DeviceKeys } from '../contract.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' }

const makePair = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(P256, false, ['sign', 'verify'])

/** New keys whose private half never leaves this browser. */
export async function makeKeys(): Promise<DeviceKeys> {
  return { records: await makePair(), proof: await makePair() }
}

/** A public key as it travels: base64url of SPKI DER. */
export const spkiOf = async (key: CryptoKey): Promise<string> =>
  b64u(await crypto.subtle.exportKey('spki', key))

export const sign = async (key: CryptoKey, text: string): Promise<string> =>
  b64u(await crypto.subtle.sign(ECDSA, key, utf8(text)))

/** A P-256 key in the one spelling that is ours: no compressed point, no other curve. */
const ONE_SPELLING = /^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9_-]{86}$/

/** Whether `signature` over `text` is by `spki`; anything malformed counts as no. */
export async function verify(spki: string, signature: string, text: string): Promise<boolean> {
  if (!ONE_SPELLING.test(spki)) return false
  try {
    const key = await crypto.subtle.importKey('spki', unb64u(spki), P256, false, ['verify'])
    return await crypto.subtle.verify(ECDSA, key, unb64u(signature), utf8(text))
  } catch {
    return false
  }
}

/** What an invitation link says of the office's recovery key: 16 characters. */
export const fingerprint = async (spki: string): Promise<string> =>
  b64u(await sha256(unb64u(spki))).slice(0, 16)

/** The number that clerk and deputy compare face to face. */
export async function sixDigits(records: string, proof: string, ledger: string): Promise<string> {
  const digest = await sha256(utf8(`mingbai/1 six digits\n${records}\n${proof}\n${ledger}`))
  return (new DataView(digest.buffer).getBigUint64(0) % 1_000_000n).toString().padStart(6, '0')
}
