/** What a new draft begins with: the day is most often today, the place the same as last time. */
import type { Answers, Field, Filed, Form, TypedAnswers } from '../contract.ts'
import { comesOutOfCase } from '../case/work.ts'

/** A place that is asked only sometimes, such as the station of a reception, is the one where one was last. */
const STATION = 'station'

export function presets(form: Form, records: Filed[], today: string, asLastTime: boolean): TypedAnswers {
  const first = form.fields.find(({ type, required }) => type === 'date' && required)
  const mine = records.filter(({ kind }) => kind === form.kind)
  const places =
    asLastTime && !comesOutOfCase(form) ? form.fields.filter((field) => isPlace(field, form)) : []
  const before = (name: string): Answers[string] | undefined =>
    mine.find(({ answers }) => name in answers)?.answers[name]
  return {
    ...(first ? { [first.name]: today } : {}),
    ...Object.fromEntries(
      places.flatMap(({ name }) => (before(name) ? [[name, String(before(name))] as const] : [])),
    ),
  }
}

function isPlace({ name, type, required, refers_to, only_if }: Field, { about }: Form): boolean {
  if (type !== 'reference') return false
  return name === about ? required : refers_to === STATION && Boolean(only_if)
}
