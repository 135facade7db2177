/** Two counts side by side, and the one result that is made of them. */
import type { Answers, Form, Label, TypedAnswers } from '../contract.ts'
import type { Counted } from '../office.ts'
import type { Ballot } from './counting.ts'
import { plainNumber } from '../form/money.ts'
import { SHEETS, VOTES, numberOf, rowsOf, type Vote } from './tally.ts'

/** One number of both counts: of an option, or of the sheets (option null). */
export interface Cell {
  option: string | null
  field: string
  a: number
  b: number
}

/** The draft keeps the two counts as the office gave them, under a name that no question can have. */
export const COUNTS = '_counts'

export function keptCounts(typed: TypedAnswers): Counted[] | null {
  try {
    const kept = JSON.parse(String(typed[COUNTS] ?? 'null')) as Counted[] | null
    return Array.isArray(kept) && kept.length >= 2 ? kept : null
  } catch {
    return null
  }
}

/** Keep counts with a draft, and the two that it cites: those it cited before, where they are still there. */
export function withCounts(typed: TypedAnswers, counts: Counted[]): TypedAnswers {
  const cited = (typed.counts ?? []) as string[]
  const all = cited.length === 2 && cited.every((code) => counts.some((each) => each.code === code))
  return { [COUNTS]: JSON.stringify(counts), counts: all ? cited : pairOf(counts).map(({ code }) => code) }
}

/** The two counts that a draft cites. */
export function citedPair(typed: TypedAnswers): [Counted, Counted] | null {
  const codes = (typed.counts ?? []) as string[]
  const [a, b, ...more] = (keptCounts(typed) ?? []).filter(({ code }) => codes.includes(code))
  return a && b && more.length === 0 ? [a, b] : null
}

/** Both counted the list that was frozen. */
export const sameList = ([a, b]: [Counted, Counted], ballot: Ballot | null): boolean =>
  a.answers.list_digest === b.answers.list_digest &&
  (ballot === null || ballot.digest === a.answers.list_digest)

/** The two counts to begin with: two that agree where there are such, the latest of them; else the last two. */
export function pairOf(counts: Counted[]): [Counted, Counted] {
  for (let later = counts.length - 1; later > 0; later--)
    for (let earlier = later - 1; earlier >= 0; earlier--)
      if (isSame(counts[earlier]!, counts[later]!)) return [counts[earlier]!, counts[later]!]
  return [counts.at(-2)!, counts.at(-1)!]
}

const isSame = (a: Counted, b: Counted): boolean =>
  a.answers.list_digest === b.answers.list_digest &&
  cellsOf(a.answers, b.answers, []).every((cell) => cell.a === cell.b)

/** Every number of both counts, sheets first, then options in the list's order. */
export function cellsOf(a: Answers, b: Answers, options: string[]): Cell[] {
  const [left, right] = [rowsOf(a), rowsOf(b)]
  const votes = votesIn([...left.values(), ...right.values()])
  const sheets = SHEETS.map((field) => ({
    option: null,
    field,
    a: numberOf(a, field),
    b: numberOf(b, field),
  }))
  const rows = [...new Set([...options, ...left.keys(), ...right.keys()])].flatMap((option) =>
    votes.map((field) => ({
      option,
      field,
      a: numberOf(left.get(option) ?? {}, field),
      b: numberOf(right.get(option) ?? {}, field),
    })),
  )
  return [...sheets, ...rows]
}

const votesIn = (rows: Answers[]): Vote[] => VOTES.filter((vote) => rows.some((row) => vote in row))

/** What a cell is the number of: `3 修复河口桥桥面 赞成`. */
export function cellWords({ option, field }: Cell, ballot: Ballot | null, form: Form): Label {
  const inner = form.fields.find(({ name }) => name === 'totals')?.fields ?? []
  const asked = (option === null ? form.fields : inner).find(({ name }) => name === field)
  const subject = ballot?.candidates.find((each) => each.option === option)?.subject ?? ''
  const before = option === null ? '' : `${option} ${subject} `
  return { zh: `${before}${asked?.label.zh ?? field}`, en: `${before}${asked?.label.en ?? field}` }
}

export const differs = (cell: Cell): boolean => cell.a !== cell.b

/** What a cell is settled at: what both say, else what was keyed; null while that is no number. */
export function settledAt(typed: TypedAnswers, cell: Cell): number | null {
  if (!differs(cell)) return cell.a
  const text = plainNumber(settledText(typed, cell))
  return /^\d+$/.test(text) ? Number(text) : null
}

export function settledText(typed: TypedAnswers, { option, field }: Cell): string {
  const row = option === null ? typed : rowOf(typed, option)
  return String(row?.[field] ?? '')
}

const rowOf = (typed: TypedAnswers, option: string): TypedAnswers | undefined =>
  ((typed.totals ?? []) as TypedAnswers[]).find((row) => row.option === option)

/** Settle one number. */
export function settle(typed: TypedAnswers, { option, field }: Cell, text: string): TypedAnswers {
  if (option === null) return { [field]: text }
  const others = ((typed.totals ?? []) as TypedAnswers[]).filter((row) => row.option !== option)
  return { totals: [...others, { ...rowOf(typed, option), option, [field]: text }] }
}

/** The result's numbers as typed: what both counts say and what was settled; an open one is left out. */
export function resultTyped(typed: TypedAnswers, cells: Cell[], codes: string[]): TypedAnswers {
  const result: TypedAnswers = { counts: codes }
  const totals = new Map<string, TypedAnswers>()
  for (const cell of cells) {
    const number = settledAt(typed, cell)
    const text = number === null ? '' : String(number)
    if (cell.option === null) result[cell.field] = text
    else
      totals.set(cell.option, { ...(totals.get(cell.option) ?? { option: cell.option }), [cell.field]: text })
  }
  return { ...result, totals: [...totals.values()] }
}
