/** What has not gone up, as a file that only the office can open (docs/sync.md, “A file of what is unsent”). */
import { b64u, randomBytes, sha256, unb64u, utf8, type Bytes } from '../sign/bytes.ts'
import type { Draft, Identity, Signed } from '../contract.ts'
import { today } from '../form/dates.ts'
import { sign } from '../sign/keys.ts'
import { lastCertified } from '../sign/receipt.ts'
import { isWaiting, type State } from '../state.ts'
import type { Store } from '../keep/store.ts'

const PROTOCOL = 'mingbai-export/1'
const STATEMENT = 'mingbai-export-v1\n'
const P256 = { name: 'ECDH', namedCurve: 'P-256' }

/** A draft as the office keeps it for its author: `/draft` says the same. */
export interface DraftCopy {
  id: string
  n: number
  text: string
}

/** What goes into the file. */
export interface Unsent {
  records: Pick<Signed, 'envelope' | 'signature' | 'disclosures'>[]
  drafts: DraftCopy[]
}

/** A file that is ready to be saved or passed on. */
export interface UnsentFile {
  name: string
  text: string
  records: number
  drafts: number
}

/** The office has not told this phone yet for which key such files are sealed. */
export class NoExportKey extends Error {}

const draftCopy = (draft: Draft & { n?: number }): DraftCopy => ({
  id: draft.id,
  n: draft.n ?? 1,
  text: JSON.stringify(draft),
})

/** Everything that waits and every draft; where memory cannot be read any more, what the screen still knows. */
export async function gather(store: Store, state: State): Promise<Unsent> {
  const waiting = await store.waiting().catch(() => state.records.filter(isWaiting))
  const records = waiting.flatMap(({ signed }) =>
    signed
      ? [{ envelope: signed.envelope, signature: signed.signature, disclosures: signed.disclosures }]
      : [],
  )
  return { records, drafts: state.drafts.map(draftCopy) }
}

/** The file itself. Throws NoExportKey where this phone has not spoken with its office since it has such a key. */
export async function unsentFile(
  unsent: Unsent,
  identity: Identity,
  certificates: { statement: string; signature: string }[],
  app: number,
  now: Date,
): Promise<UnsentFile> {
  const last = await lastCertified(certificates, identity.recoveryKey, 'export')
  if (!last) throw new NoExportKey()
  const { records: device } = identity.devices
  const said = { ledger: identity.ledger, device, made_at: now.toISOString(), app, ...unsent }
  const statement = STATEMENT + JSON.stringify(said)
  const signature = await sign(identity.keys.records.privateKey, statement)
  return {
    name: `mingbai-${today(now)}-${device.slice(0, 8)}.mbx`,
    text: await seal({ statement, signature }, identity.ledger, last.key),
    records: unsent.records.length,
    drafts: unsent.drafts.length,
  }
}

/** Seal something for the holder of a key, with a key of its own for each file. */
export async function seal(content: unknown, ledger: string, key: string): Promise<string> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(P256, false, [
    'deriveBits',
  ])) as CryptoKeyPair
  const ephemeral = b64u(await crypto.subtle.exportKey('spki', publicKey))
  const [salt, nonce] = [randomBytes(16), randomBytes(12)]
  const plain = utf8(JSON.stringify(content))
  const packed = await gzipped(plain)
  const head = JSON.stringify({
    protocol: PROTOCOL,
    ledger,
    key: b64u(await sha256(unb64u(key))).slice(0, 16),
    ephemeral,
    salt: b64u(salt),
    nonce: b64u(nonce),
    packed: packed ? 'gzip' : 'none',
  })
  const other = await crypto.subtle.importKey('spki', unb64u(key), P256, false, [])
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, privateKey, 256)
  const secret = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: utf8(`${PROTOCOL}\n${ephemeral}`) },
    await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']),
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  )
  const how = { name: 'AES-GCM', iv: nonce, additionalData: utf8(head) }
  const body = await crypto.subtle.encrypt(how, secret, packed ?? plain)
  return `${head}\n${long(new Uint8Array(body))}\n`
}

/** Bytes as text, a piece at a time: a phone has little room for millions of letters at once. */
function long(bytes: Bytes): string {
  const pieces: string[] = []
  for (let at = 0; at < bytes.length; at += 24_000) pieces.push(b64u(bytes.slice(at, at + 24_000)))
  return pieces.join('')
}

async function gzipped(bytes: Bytes): Promise<Bytes | null> {
  if (typeof CompressionStream === 'undefined') return null
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
