/** A form's checks across fields, in CEL. A chunk of its own, loaded only where a form has checks. */
import { Environment } from '@marcbachmann/cel-js'
import type { Answer, Answers, Check, Field, Form } from '../contract.ts'

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })

/** The checks that do not hold. A check waits until every field it names is answered without a fault of its own. */
export function failedChecks(form: Form, answers: Answers, faulty: Set<string>): Check[] {
  return form.checks.filter(
    ({ that, fields }) =>
      fields.every((name) => name in answers && !faulty.has(name)) && !holds(that, fields, form, answers),
  )
}

/** Whether an expression is true of these answers; an error is a no. */
export function holds(that: string, names: string[], form: Form, answers: Answers): boolean {
  const fields = new Map(form.fields.map((field) => [field.name, field]))
  const context = Object.fromEntries(names.map((name) => [name, celValue(answers[name]!, fields.get(name))]))
  try {
    return environment.evaluate(that, context) === true
  } catch {
    return false
  }
}

const isWhole = (field: Field | undefined, value: number): boolean =>
  field ? field.type === 'integer' || field.type === 'money' : Number.isInteger(value)

/** Whole numbers are CEL int, the others double, by the question's type and not by how JSON happens to write them. */
function celValue(value: Answer, field: Field | undefined): unknown {
  if (typeof value === 'number') return isWhole(field, value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map((item) => celValue(item, field))
  if (typeof value !== 'object') return value
  const inner = new Map((field?.fields ?? []).map((each) => [each.name, each]))
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, celValue(part, inner.get(name))]),
  )
}
