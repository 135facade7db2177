/** What the office has erased for good goes from this phone too: the answer, and its salt in what was signed. */
import type { Filed } from '../contract.ts'
import type { ErasedAnswer } from '../office.ts'

/** The records that change; what is gone already changes nothing. */
export function withoutErased(records: readonly Filed[], erased: readonly ErasedAnswer[]): Filed[] {
  return records.flatMap((record) => {
    const gone = erased.filter(({ id, field }) => id === record.id && holds(record, field))
    return gone.length > 0 ? [gone.reduce(without, record)] : []
  })
}

const holds = (record: Filed, field: string): boolean =>
  field in record.answers || !record.erased?.[field] || told(record, field)

const told = ({ signed }: Filed, field: string): boolean =>
  signed?.disclosures.some((text) => nameIn(text) === field) ?? false

function without(record: Filed, { field, on }: ErasedAnswer): Filed {
  const answers = Object.fromEntries(Object.entries(record.answers).filter(([name]) => name !== field))
  const disclosures = record.signed?.disclosures.filter((text) => nameIn(text) !== field) ?? []
  return {
    ...record,
    answers,
    signed: record.signed && { ...record.signed, disclosures },
    erased: { ...record.erased, [field]: on },
  }
}

/** The name in a disclosure `["salt","name",value]`; none where the text is something else. */
function nameIn(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown[])[1]
  } catch {
    return undefined
  }
}
