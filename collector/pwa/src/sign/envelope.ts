/** A record in the exact bytes that are signed, and its answers as salted disclosures (RFC 9901's mechanism). */
import { b64u, digestOf, randomBytes, type Bytes } from './bytes.ts'
import type { Answer, Answers } from '../contract.ts'

export interface EnvelopeParts {
  ledger: string
  kind: string
  form: string
  id: string
  device: string
  seq: number
  prev: string | null
  claimedAt: string
  replaces: string | null
  disclosures: string[]
}

/** An identifier that sorts by time: RFC 9562, version 7. */
export function uuid7(ms: number, random: Bytes = randomBytes(10)): string {
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(ms) << 16n)
  bytes.set(random, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** One answer as it is stored, letter for letter; the salt hides what was answered from a guesser. */
export const disclosure = (name: string, value: Answer, salt = b64u(randomBytes(16))): string =>
  JSON.stringify([salt, name, value])

export const disclose = (answers: Answers): string[] =>
  Object.entries(answers).map(([name, value]) => disclosure(name, value))

/** The envelope's text. Its order is fixed: what was signed is never written again. */
export async function makeEnvelope(parts: EnvelopeParts): Promise<string> {
  const digests = await Promise.all(parts.disclosures.map(digestOf))
  return JSON.stringify({
    v: 1,
    ledger: parts.ledger,
    kind: parts.kind,
    form: parts.form,
    id: parts.id,
    device: parts.device,
    seq: parts.seq,
    prev: parts.prev,
    claimed_at: parts.claimedAt,
    replaces: parts.replaces,
    _sd: digests.sort(),
  })
}
