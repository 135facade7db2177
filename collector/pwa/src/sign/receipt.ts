/** Whether an answer really comes from the office: signed by a key that the pinned recovery key certifies. */
import type { Certificate, Signed } from '../contract.ts'
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

/** The receipt keys among these certificates, or those for another use, that the recovery key has signed. */
export async function certifiedKeys(
  certificates: Certificate[],
  recoveryKey: string,
  use = 'receipt',
): Promise<string[]> {
  const keys = await Promise.all(
    certificates.map(async ({ statement, signature }) => {
      const said = readStatement<{ use: string; key: string }>(statement, CERTIFICATE)
      const good = said?.use === use && (await verify(recoveryKey, signature, statement))
      return good ? [said.key] : []
    }),
  )
  return keys.flat()
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
