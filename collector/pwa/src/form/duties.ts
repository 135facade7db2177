/** What one has done this year, counted on this phone from one's own records. Pure; tested without a screen. */
import { dayOf } from '../case/work.ts'
import { today } from './dates.ts'
import type { Answers, Filed, Form, Label } from '../contract.ts'

/** One thing that the congress asks of each deputy in a year: so many records of these kinds, with these answers. */
export interface Duty {
  label: Label
  /** None: it is not recorded here. */
  kinds: string[]
  where: Answers
  at_least: number
}

export interface Duties {
  label: Label
  /** Whether the congress has decided these numbers; else they are a default, and that is said. */
  confirmed: boolean
  items: Duty[]
}

export interface Done {
  duty: Duty
  /** Null where it is not recorded here. */
  count: number | null
}

/** The records that count this year: what was sent back or replaced by a correction does not. */
export function ofThisYear(records: Filed[], forms: Map<string, Form>, now: Date): Filed[] {
  const year = today(now).slice(0, 4)
  const replaced = new Set(records.map(({ replaces }) => replaces))
  const sentBack = ({ delivery }: Filed): boolean =>
    delivery.at === 'delivered' && delivery.state === 'returned'
  return records.filter(
    (record) => !replaced.has(record.id) && !sentBack(record) && yearOf(record, forms) === year,
  )
}

/** The year of the day a record is about, else of when it was filed. */
function yearOf({ form, answers, filedAt }: Filed, forms: Map<string, Form>): string {
  const known = forms.get(form)
  const day = known && dayOf(known)
  const said = day && answers[day.name]
  return typeof said === 'string' ? said.slice(0, 4) : today(new Date(filedAt)).slice(0, 4)
}

/** How far each duty is done by these records. */
export const done = ({ items }: Duties, records: Filed[]): Done[] =>
  items.map((duty) => {
    const { kinds, where } = duty
    const counts = ({ kind, answers }: Filed): boolean =>
      kinds.includes(kind) && Object.entries(where).every(([name, wanted]) => answers[name] === wanted)
    return { duty, count: kinds.length === 0 ? null : records.filter(counts).length }
  })

/** How many of each kind, the most first. */
export function byKind(records: Filed[]): [kind: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { kind } of records) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}
