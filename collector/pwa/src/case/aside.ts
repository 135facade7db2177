/** What was kept aside: how the desk's list is read, and how two versions stand beside each other. Pure. */
import { typedFrom } from '../form/answers.ts'
import type { Answer, Answers, Draft, Filed, Form, Label, RefList, Version } from '../contract.ts'
import type { Desk, DeskEntry, DeskField, Side, Sort, WorkItem, WorkStep } from '../office.ts'
import { uuid7 } from '../sign/envelope.ts'
import { titleOf } from '../form/form.ts'
import { APPROVAL, RESOLUTION } from './work.ts'

export const SORTS: Sort[] = ['branches', 'held', 'quarantined']

const DIGEST = /^[A-Za-z0-9_-]{43}$/

/** Whether an address names an entry that was kept aside: by its digest, which no case is called by. */
export const isEntry = (code: string | undefined): boolean => DIGEST.test(code ?? '')

export interface Kept {
  sort: Sort
  entry: DeskEntry
}

/** The whole list, or one sort of it: what somebody still has to decide before what was decided here. */
export function keptIn(desk: Desk, sort: Sort | '', records: Filed[], deskAt: string | null): Kept[] {
  const all = SORTS.flatMap((each) => desk[each].map((entry) => ({ sort: each, entry })))
  const wanted = all.filter((kept) => sort === '' || kept.sort === sort)
  const decided = ({ entry }: Kept): boolean => decidedHere(entry.digest, records, deskAt) !== undefined
  return [...wanted.filter((kept) => !decided(kept)), ...wanted.filter(decided)]
}

export const entryOf = (desk: Desk | null, digest: string): Kept | undefined =>
  desk
    ? SORTS.flatMap((sort) => desk[sort].map((entry) => ({ sort, entry }))).find(
        ({ entry }) => entry.digest === digest,
      )
    : undefined

/** The decision that was filed here about an entry and that the office's last answer did not know of. */
export const decidedHere = (digest: string, records: Filed[], deskAt: string | null): Filed | undefined =>
  records.find(
    ({ kind, work, delivery }) =>
      kind === RESOLUTION &&
      work?.item === digest &&
      (delivery.at === 'waiting' || deskAt === null || delivery.arrivedAt > deskAt),
  )

/** How many entries still wait for a clerk. */
export function asideLeft(desk: Desk, records: Filed[], deskAt: string | null): number {
  const { branches, held, quarantined, more } = desk
  const open = [...branches, ...held, ...quarantined].filter(
    ({ digest }) => !decidedHere(digest, records, deskAt),
  )
  return open.length + more.branches + more.held + more.quarantined
}

/** Both things that may be said of a version one has read, each a step of its own: what to publish, what to send back. */
export const saidOf = (step: WorkStep): WorkStep[] =>
  step.kind === APPROVAL && !step.answers.decision
    ? ['send_back', 'approve'].map((decision) => ({ ...step, answers: { ...step.answers, decision } }))
    : [step]

/** What one reads of it: what a branch says, or what the record on its own says. */
export const answersOfEntry = ({ fields }: DeskEntry): Answers =>
  Object.fromEntries(
    (fields ?? []).flatMap(({ name, answer, branch }) => {
      const said = answer ?? branch
      return said === undefined ? [] : [[name, said]]
    }),
  )

/** What an entry is called: its form and its own heading, in both languages. */
export function calledEntry(entry: DeskEntry, form: Form | undefined, refs: Map<string, RefList>): Label {
  const label = entry.label ?? { zh: entry.kind, en: entry.kind }
  if (!form || !entry.fields) return label
  const heading = (lang: 'zh' | 'en'): string => {
    const title = titleOf(form, answersOfEntry(entry), refs, lang)
    return title.includes(label[lang]) ? title : `${label[lang]}${lang === 'zh' ? '：' : ': '}${title}`
  }
  return { zh: heading('zh'), en: heading('en') }
}

/** An entry as the buttons of a case know it: what is decided of it is begun, kept and shown like a step of a case. */
export const asCase = (entry: DeskEntry, title: Label): WorkItem => ({
  code: entry.digest,
  kind: entry.kind,
  title,
  stage: '',
  said: title,
  track: null,
  due: null,
  days: null,
  clock: null,
  must: false,
  steps: entry.steps,
  facts: [],
  timeline: [],
})

// ---------------------------------------------------------------- two versions of one's own record

/** The same question by question: what this phone says, what is in force, and what both began from. */
export function compared(form: Form, mine: Answers, current: Answers, base: Answers | null): DeskField[] {
  return form.fields
    .filter(({ name }) => name in mine || name in current)
    .map(({ name, label }) => ({
      name,
      label,
      same: JSON.stringify(mine[name]) === JSON.stringify(current[name]),
      ...side('branch', mine[name]),
      ...side('current', current[name]),
      ...side('base', base?.[name]),
    }))
}

const side = (name: Side, answer: Answer | undefined): Partial<Record<Side, Answer>> =>
  answer === undefined ? {} : { [name]: answer }

export type Picks = Record<string, 'branch' | 'current'>

/** The questions on which nobody has chosen yet. */
export const openOf = (fields: DeskField[], picks: Picks): DeskField[] =>
  fields.filter(({ same, name }) => !same && !picks[name])

/** The answers that were chosen; what is the same on both sides goes without choosing. */
export const chosen = (fields: DeskField[], picks: Picks): Answers =>
  Object.fromEntries(
    fields.flatMap(({ name, ...field }) => {
      const said = field[picks[name] ?? 'branch']
      return said === undefined ? [] : [[name, said]]
    }),
  )

/** The correction that settles a branch: it takes the place of the version in force. */
export function settling(record: Filed, current: Version, form: Form, answers: Answers, now: Date): Draft {
  const at = now.toISOString()
  return {
    id: uuid7(now.getTime()),
    kind: form.kind,
    form: form.version,
    typed: typedFrom(form.fields, answers),
    replaces: current.id,
    begunAt: at,
    changedAt: at,
    settles: record.id,
  }
}

// ---------------------------------------------------------------- where two texts differ

/** A text in three parts: what the other begins with as well, what only stands here, what both end with. */
export function apart(text: string, other: string): [string, string, string] {
  const [here, there] = [[...text], [...other]]
  const most = Math.min(here.length, there.length)
  let first = 0
  while (first < most && here[first] === there[first]) first++
  let last = 0
  while (last < most - first && here[here.length - 1 - last] === there[there.length - 1 - last]) last++
  const end = here.length - last
  return [here.slice(0, first).join(''), here.slice(first, end).join(''), here.slice(end).join('')]
}
