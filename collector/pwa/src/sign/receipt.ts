/** Whether an answer really comes from the office: signed by a key that the pinned recovery key certifies. */
import type { Certificate, Identity, Signed } from '../contract.ts'
import type { Outcome, PushAnswer, ReceiptStatement } from '../office.ts'
import { verify } from './keys.ts'

const RECEIPT = 'mingbai-receipt-v1\n'
const CERTIFICATE = 'mingbai-certificate-v1\n'

function readStatement<T>(statement: string, heading: string): T | null {
  if (typeof statement !== 'string' || !statement.startsWith(heading)) return null
  try {
    return JSON.parse(statement.slice(heading.length)) as T
  } catch {
    return null
  }
}

/** A key of the office for one use, and from when on: a day, or a moment of one. */
export interface Certified {
  use: string
  key: string
  from: string
}

/**
 * The key for a use that the recovery key has certified last, after `since`; null where none of these is. Of two from
 * the same moment the later in the list counts.
 */
export async function lastCertified(
  certificates: Certificate[],
  recoveryKey: string,
  use: string,
  since = '',
): Promise<Certified | null> {
  let last: Certified | null = null
  for (const { statement, signature } of certificates) {
    const said = readStatement<Certified>(statement, CERTIFICATE)
    if (said?.use !== use || !(said.from >= (last?.from ?? since))) continue
    if (await verify(recoveryKey, signature, statement)) last = said
  }
  return last
}

/** The identity with the receipt key that these certificates tell of, where it is a successor of the one it knows. */
export async function withReceiptKey(identity: Identity, certificates: Certificate[]): Promise<Identity> {
  const { recoveryKey, receiptSince, receiptKeys } = identity
  const last = await lastCertified(certificates, recoveryKey, 'receipt', receiptSince)
  const same = last?.key === receiptKeys.join() && last?.from === identity.receiptSince
  return last && !same ? { ...identity, receiptKeys: [last.key], receiptSince: last.from } : identity
}

/** What was asked of the office, to compare the answer with. */
export interface Asked {
  batch: string
  ledger: string
  records: Signed[]
  receiptKeys: string[]
}

/** The office's outcomes for this batch, or null: an answer that does not verify changes nothing. */
export async function readReceipt(answer: PushAnswer, asked: Asked): Promise<Outcome[] | null> {
  const receipt = answer?.receipt
  if (answer?.batch !== asked.batch || !asked.receiptKeys.includes(receipt?.key)) return null
  if (!(await verify(receipt.key, receipt.signature, receipt.statement))) return null
  const said = readStatement<ReceiptStatement>(receipt.statement, RECEIPT)
  if (said?.batch !== asked.batch || said.ledger !== asked.ledger || !Array.isArray(said.results)) return null
  const digests = new Map(asked.records.map((record) => [record.id, record.digest]))
  return said.results.filter((result) => digests.get(result.id) === result.digest)
}
