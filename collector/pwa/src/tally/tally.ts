/**
 * Two tellers count blind to each other: the frozen list, the check code they compare, and what differs.
 * The same as ledger/rules/ballot/tally.py, held together by tests/cases/tally.yaml.
 */
import { digestOf, sha256, utf8 } from '../sign/bytes.ts'
import type { Answers } from '../contract.ts'

export const SHEETS = ['issued', 'returned', 'valid', 'invalid', 'blank'] as const
export const VOTES = ['approve', 'oppose', 'abstain', 'points'] as const
export type Sheet = (typeof SHEETS)[number]
export type Vote = (typeof VOTES)[number]

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** One number on which two counts differ: of an option, or of the sheets (option null). */
export interface Difference {
  option: string | null
  field: string
  a: number | string
  b: number | string
}

/** The digest of a frozen list: `option<TAB>subject` a line. The same projects in another order are another list. */
export async function listDigest(candidates: readonly (readonly [string, string])[]): Promise<string> {
  if (candidates.flat().some((part) => /[\t\n]/.test(part)))
    throw new Error('an option or subject holds a tab or a line break')
  return digestOf(candidates.map((pair) => pair.join('\t')).join('\n'))
}

/** Six characters over the frozen list and all the numbers: equal codes mean equal counts. What is absent is 0. */
export async function checkCode(digest: string, options: readonly string[], count: Answers): Promise<string> {
  const rows = rowsOf(count)
  const unknown = [...rows.keys()].filter((option) => !options.includes(option))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not on the frozen list`)
  const lines = ['mingbai tally', digest, SHEETS.map((name) => numberOf(count, name)).join('\t')]
  for (const option of options) {
    const row = rows.get(option) ?? {}
    lines.push([option, ...VOTES.map((name) => numberOf(row, name))].join('\t'))
  }
  const bits = new DataView((await sha256(utf8(lines.join('\n')))).buffer).getUint32(0) >>> 2
  const code = [25, 20, 15, 10, 5, 0].map((shift) => CROCKFORD[(bits >>> shift) & 31]).join('')
  return `${code.slice(0, 3)} ${code.slice(3)}`
}

/** Where two counts differ, in the order to read them aloud: the list, the sheets, then option by option. */
export function compare(a: Answers, b: Answers): Difference[] {
  const found: Difference[] = []
  const lists = [textOf(a.list_digest), textOf(b.list_digest)] as const
  if (lists[0] !== lists[1]) found.push({ option: null, field: 'list_digest', a: lists[0], b: lists[1] })
  const [left, right] = [rowsOf(a), rowsOf(b)]
  const look = (option: string | null, names: readonly string[], one: Answers, other: Answers): void => {
    for (const field of names) {
      const numbers = [numberOf(one, field), numberOf(other, field)] as const
      if (numbers[0] !== numbers[1]) found.push({ option, field, a: numbers[0], b: numbers[1] })
    }
  }
  look(null, SHEETS, a, b)
  for (const option of new Set([...left.keys(), ...right.keys()]))
    look(option, VOTES, left.get(option) ?? {}, right.get(option) ?? {})
  return found
}

/** The rows of a count by their option. */
export function rowsOf(count: Answers): Map<string, Answers> {
  const rows = new Map<string, Answers>()
  for (const row of (count.totals ?? []) as Answers[]) {
    const option = String(row.option)
    if (rows.has(option)) throw new Error(`option ${option} is counted twice`)
    rows.set(option, row)
  }
  return rows
}

export const numberOf = (row: Answers, name: string): number => Number(row[name] ?? 0)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A check code as it was typed, as it is meant: O is 0, I and L are 1, blanks are nothing. */
export const cleanCheckCode = (typed: string): string =>
  [...typed.normalize('NFKC').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')]
    .filter((letter) => CROCKFORD.includes(letter))
    .join('')
