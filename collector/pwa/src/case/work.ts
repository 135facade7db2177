/** What is to be done: how the office's list is read, and what a button of it begins. Pure; tested without a screen. */
import type { Answers, Field, Filed, Form, FromWork, Label, Ref } from '../contract.ts'
import type { Track, Work, WorkItem, WorkStep } from '../office.ts'

const SOON = 7
const CODE = /^[A-Z]{2,4}-\d{4}-[0-9A-Z]{4}$/
/** Its answers name a record and the very version that was read; nobody types them. */
export const APPROVAL = 'approval'
export const RESOLUTION = 'resolution'

// ---------------------------------------------------------------- by when

export type Nearness = 'late' | 'today' | 'soon' | 'far'

export interface Due {
  near: Nearness
  /** How many days are left, or have passed. */
  count: number
}

/** How far off a deadline is. An old list counts on by this phone's day, never back. */
export function dueOf(due: string, asOf: string, today: string): Due {
  const on = today > asOf ? today : asOf
  const days = Math.round((Date.parse(due) - Date.parse(on)) / 86_400_000)
  const near = days < 0 ? 'late' : days === 0 ? 'today' : days <= SOON ? 'soon' : 'far'
  return { near, count: Math.abs(days) }
}

// ---------------------------------------------------------------- what is done already

/** A step by its kind and the records it is about, since its other answers change from day to day. */
export const keyOf = ({ kind, answers }: WorkStep): string =>
  [
    kind,
    ...Object.values(answers).filter((value) => CODE.test(String(value))),
    ...(isWord({ kind }) && answers.decision ? [answers.decision] : []),
  ].join(' ')

/** The record that was filed for a step and that the office's last list did not know of. */
export function filedFor(
  item: WorkItem,
  step: WorkStep,
  records: Filed[],
  workAt: string | null,
): Filed | undefined {
  const key = keyOf(step)
  return records.find(
    ({ work, delivery }) =>
      work?.item === item.code &&
      (work.step === key || (step.kind === APPROVAL && work.step.startsWith(`${key} `))) &&
      (delivery.at === 'waiting' || workAt === null || delivery.arrivedAt > workAt),
  )
}

/** Whether somebody must act: no longer once every such step is filled in. */
export function isToDo(item: WorkItem, records: Filed[], workAt: string | null): boolean {
  const must = item.steps.filter((step) => step.must)
  return item.must && (must.length === 0 || must.some((step) => !filedFor(item, step, records, workAt)))
}

// ---------------------------------------------------------------- beginning a step

/** What a case and its records are called, by their codes. */
export const called = (item: WorkItem): Record<string, Label> =>
  Object.fromEntries([
    ...item.timeline.map(({ on, said, code }) => [code, { zh: `${on} ${said.zh}`, en: `${on} ${said.en}` }]),
    [item.code, item.title],
  ]) as Record<string, Label>

/** What a record is about settles these too: which reply is rated says at what stage. */
const FOLLOWS: Record<string, string[]> = { rating: ['stage'] }

const leadersOf = (field: Field): string[] => Object.keys(field.only_if ?? {})

/** Questions that the case itself answers: which of its records, for which organ, and what makes those be asked. */
function settledBy(item: WorkItem, step: WorkStep, form: Form, organ: string | null): string[] {
  const given = form.fields.filter(({ name }) => name in step.answers)
  if (form.kind === APPROVAL) return given.map(({ name }) => name)
  if (form.kind === RESOLUTION) return form.fields.map(({ name }) => name).filter((name) => name !== 'reason')
  const own = new Set([item.code, ...item.timeline.map(({ code }) => code)])
  const settled = given.filter(({ name, type, refers_to }) => {
    const answer = step.answers[name]
    if (FOLLOWS[form.kind]?.includes(name)) return true
    return type === 'reference' && (own.has(String(answer)) || (refers_to === 'organ' && answer === organ))
  })
  const leaders = new Set(settled.flatMap(leadersOf))
  return given.filter((field) => settled.includes(field) || leaders.has(field.name)).map(({ name }) => name)
}

export const fromWork = (
  item: WorkItem,
  step: WorkStep,
  form: Form,
  organ: string | null = null,
): FromWork => ({
  item: item.code,
  step: keyOf(step),
  settled: settledBy(item, step, form, organ),
  labels: called(item),
})

/** The day that something was done is the day it is filled in: the first required date that is no deadline. */
export const dayOf = (form: Form): Field | undefined =>
  form.fields.find(({ type, required, name }) => type === 'date' && required && !name.startsWith('due'))

/** A step's answers, where its day is the list's own day moved to today: an old list may be used for days. */
export function answersToday(step: WorkStep, form: Form, asOf: string, today: string): Answers {
  const day = dayOf(form)
  if (!day) return step.answers
  const given = step.answers[day.name]
  const moved = given === undefined || (given === asOf && today > asOf)
  return moved ? { ...step.answers, [day.name]: today } : step.answers
}

/** Kinds that say something of one version of a record: nobody can begin one from a blank form. */
export const isWord = ({ kind }: Pick<Form, 'kind'>): boolean => kind === APPROVAL || kind === RESOLUTION

/** Kinds that come out of a case: begun from it and not from a blank form. */
export const comesOutOfCase = (form: Form): boolean => form.about === 'suggestion' || isWord(form)

/** In a draft of a case, which records a question offers: of what comes out of cases, those of this one. */
export function offered(
  field: Field,
  work: FromWork | undefined,
  forms: Form[],
): ((ref: Ref) => boolean) | null {
  const form = forms.find(({ kind }) => kind === field.refers_to)
  return work && form && comesOutOfCase(form) ? ({ about }) => about === work.item : null
}

// ---------------------------------------------------------------- looking through the list

/** What one looks for; an empty text is anything. */
export interface Wanted {
  stage: string
  track: Track | 'none' | ''
  due: Nearness | 'none' | ''
}

export const ANYTHING: Wanted = { stage: '', track: '', due: '' }

/** The entries that are looked for, in the office's order. */
export function found({ items, as_of }: Work, wanted: Wanted, today: string): WorkItem[] {
  const nearness = ({ due }: WorkItem): Wanted['due'] => (due ? dueOf(due, as_of, today).near : 'none')
  return items.filter(
    (item) =>
      (wanted.stage === '' || item.stage === wanted.stage) &&
      (wanted.track === '' || (item.track ?? 'none') === wanted.track) &&
      (wanted.due === '' || nearness(item) === wanted.due),
  )
}
