/** Files of what is unsent, sealed by the phone for a key that everybody may know: tests/cases/unsent-phone.json. */
import { b64u } from '../src/sign/bytes.ts'
import { seal } from '../src/send/unsent.ts'

const LEDGER = '0197a3c2-0000-7000-8000-0000000000aa'

const statementOf = (records: unknown[], drafts: unknown[]): string =>
  `mingbai-export-v1\n${JSON.stringify({
    ledger: LEDGER,
    device: '0197a3c2-0000-7000-8000-0000000000bb',
    made_at: '2026-11-26T01:00:00.000Z',
    app: 1,
    records,
    drafts,
  })}`

const record = {
  envelope: '{"v":1}',
  signature: 'A'.repeat(86),
  disclosures: ['["AAAA","summary","路灯不亮 𠮷"]'],
}
const draft = {
  id: '0197a3c2-0000-7000-8000-000000000001',
  n: 3,
  text: '{"typed":{"summary":"还没写完\\n"}}',
}

export const CONTENTS = [
  statementOf([], []),
  statementOf([record], [draft]),
  statementOf(
    Array.from({ length: 40 }, () => record),
    [],
  ),
].map((statement) => ({ statement, signature: 'A'.repeat(86) }))

/** With and without packing: an older phone cannot pack. */
export async function unsentVectors() {
  const key = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ])) as CryptoKeyPair
  const publicKey = b64u(await crypto.subtle.exportKey('spki', key.publicKey))
  const sealed = async (content: unknown): Promise<{ content: unknown; file: string }> => ({
    content,
    file: await seal(content, LEDGER, publicKey),
  })
  const packed = await Promise.all(CONTENTS.map(sealed))
  const packing = globalThis.CompressionStream
  Reflect.deleteProperty(globalThis, 'CompressionStream')
  const plain = await sealed(CONTENTS[1])
  globalThis.CompressionStream = packing
  return {
    ledger: LEDGER,
    export_key: b64u(await crypto.subtle.exportKey('pkcs8', key.privateKey)),
    vectors: [...packed, plain],
  }
}
