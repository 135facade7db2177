/**
 * What is wrong with a record's answers: the same faults in the same places as the server finds, held together by
 * tests/cases/answers.yaml. Of one answer only one fault is told: that it is not asked before that it has the
 * wrong type, both before anything finer, hidden letters last.
 */
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema'
import type { Answer, Answers, Field, Form, Label, Problem } from '../contract.ts'
import { yuanOf } from './money.ts'
import { follow, placeOf, pointerTo, type Place } from './pointer.ts'
import { textFault } from './text.ts'

/** A fault before it is put in order; of those at one place the lowest rank is told. */
interface Found {
  place: Place
  rank: number
  key: string
  params: Problem['params']
}

const NOT_ASKED = 'not_asked'

/** Everything that is wrong. CEL is loaded only where the form has checks across fields. */
export async function checkAnswers(form: Form, answers: Answers): Promise<Problem[]> {
  const found = faultsOf(form, answers)
  if (form.checks.length === 0 || !isObject(answers)) return inOrder(form, found)
  const faulty = new Set(found.map(({ place }) => String(place[0])))
  const { failedChecks } = await import('./cel.ts')
  return inOrder(form, [...found, ...failedChecks(form, answers, faulty).map(acrossFields)])
}

const acrossFields = ({ say, fields }: { say: Label; fields: string[] }): Found => ({
  place: fields.slice(0, 1),
  rank: 5,
  key: 'check',
  params: { say },
})

function faultsOf(form: Form, answers: Answers): Found[] {
  if (!isObject(answers)) return [{ place: [], rank: 0, key: 'not_answers', params: {} }]
  const units = validatorOf(form).validate(answers).errors
  return [
    ...units.flatMap((unit) => saidBy(unit, form, answers)),
    ...hidden(form, answers),
    ...form.fields.flatMap((field) => twice(form, field, answers[field.name])),
  ]
}

const validators = new Map<string, Validator>()

function validatorOf(form: Form): Validator {
  const known = validators.get(form.version)
  if (known) return known
  const made = new Validator(form.schema as Schema, '2020-12', false)
  validators.set(form.version, made)
  return made
}

// ---------------------------------------------------------------- the form at a place

/** The question at a place: numbers count items, names go into groups. */
function fieldAt(form: Form, place: Place): Field | undefined {
  let fields: Field[] = form.fields
  let field: Field | undefined
  for (const step of place) {
    if (isNumber(step)) continue
    field = fields.find(({ name }) => name === step)
    fields = field?.fields ?? []
  }
  return field
}

const isNumber = (step: string | number): boolean => /^\d+$/.test(String(step))

/** What the answer is called; in a group with the number of its row. */
function labelAt(form: Form, place: Place): Label {
  const field = fieldAt(form, place)
  const group = fieldAt(form, place.slice(0, 1))
  if (!field || !group) return { zh: '', en: '' }
  if (field === group) return field.label
  const row = Number(place[1]) + 1
  return {
    zh: `${group.label.zh}第${row}行${field.label.zh}`,
    en: `${group.label.en}, row ${row}: ${field.label.en}`,
  }
}

// ---------------------------------------------------------------- what JSON Schema says

/** Keywords that only say that something inside is wrong. */
const WRAPPERS = new Set(['properties', 'items', 'allOf', 'if', 'additionalProperties'])
const RANKS: Record<string, number> = { false: 0, required: 1, type: 1 }

const decoded = (location: string): string[] => placeOf(decodeURIComponent(location))

function saidBy(unit: OutputUnit, form: Form, answers: Answers): Found[] {
  if (WRAPPERS.has(unit.keyword)) return []
  const place = decoded(unit.instanceLocation)
  if (unit.keyword === 'required') return missing(unit, form, answers, place)
  const field = fieldAt(form, place)
  if (unit.keyword === 'false' && !isKnown(form, place)) {
    return [{ place, rank: 1, key: 'unknown_field', params: { name: String(place.at(-1)) } }]
  }
  const limit = follow(form.schema, decoded(unit.keywordLocation))
  const { key, params } = faultFor(unit.keyword, field, limit, follow(answers, place) as Answer)
  const rank = RANKS[unit.keyword] ?? 2
  return [{ place, rank, key, params: field ? { label: labelAt(form, place), ...params } : {} }]
}

/** Whether the last step of a place is a question of the form or of the group that it stands in. */
function isKnown(form: Form, place: Place): boolean {
  const above = place.slice(0, -1)
  const fields = above.length === 0 ? form.fields : (fieldAt(form, above)?.fields ?? [])
  return fields.some(({ name }) => name === place.at(-1))
}

function missing(unit: OutputUnit, form: Form, answers: Answers, place: Place): Found[] {
  const names = follow(form.schema, decoded(unit.keywordLocation)) as string[]
  const value = follow(answers, place) as Answers
  return names
    .filter((name) => !(name in value))
    .map((name) => ({
      place: [...place, name],
      rank: 1,
      key: 'required',
      params: { label: labelAt(form, [...place, name]) },
    }))
}

const OTHER_TYPE: Record<string, string> = {
  string: 'not_text',
  integer: 'not_whole',
  number: 'not_number',
  boolean: 'not_yes_no',
  array: 'not_list',
  object: 'not_row',
}

const OTHER_FORM: Partial<Record<Field['type'], string>> = {
  date: 'not_a_date',
  time: 'not_a_time',
  'date-time': 'not_a_moment',
  uri: 'not_a_link',
  reference: 'not_a_reference',
  references: 'not_a_reference',
}

type Said = Pick<Found, 'key' | 'params'>

/** The message for what a keyword says against a value. */
function faultFor(keyword: string, field: Field | undefined, limit: unknown, value: Answer): Said {
  const said = (key: string, params: Problem['params'] = {}): Said => ({ key, params })
  switch (keyword) {
    case 'false':
      return said(NOT_ASKED)
    case 'type':
      return said(field ? (OTHER_TYPE[String(limit)] ?? 'wrong_form') : 'not_answers')
    case 'enum':
      return said('not_a_choice')
    case 'minLength':
      return said('too_short', { min: limit as number })
    case 'maxLength':
      return said('too_long', { max: limit as number, length: [...String(value)].length })
    case 'minimum':
      return said('too_small', { min: bound(field, limit as number) })
    case 'maximum':
      return said('too_large', { max: bound(field, limit as number) })
    case 'minItems':
      return said('too_few', { min: limit as number })
    case 'maxItems':
      return said('too_many', { max: limit as number })
    case 'uniqueItems':
      return said('repeated')
    default:
      return said(OTHER_FORM[field?.type ?? 'string'] ?? 'wrong_form')
  }
}

/** A bound as the person types it: money in yuan, though kept in cents. */
const bound = (field: Field | undefined, limit: number): string =>
  field?.type === 'money' ? yuanOf(limit, true) : String(limit)

// ---------------------------------------------------------------- what JSON Schema lets pass

function hidden(form: Form, answers: Answers): Found[] {
  return form.fields.flatMap((field) =>
    field.name in answers ? hiddenIn(form, answers[field.name]!, [field.name]) : [],
  )
}

function hiddenIn(form: Form, answer: Answer, place: Place): Found[] {
  if (typeof answer === 'string') {
    const fault = textFault(answer)
    return fault ? [{ place, rank: 3, key: fault, params: { label: labelAt(form, place) } }] : []
  }
  if (Array.isArray(answer)) return answer.flatMap((item, at) => hiddenIn(form, item, [...place, at]))
  if (!isObject(answer)) return []
  const known = Object.entries(answer).filter(([name]) => fieldAt(form, [...place, name]))
  return known.flatMap(([name, value]) => hiddenIn(form, value, [...place, name]))
}

const isObject = (value: unknown): value is Answers =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rows that have, in their group's `unique` field, what a row before them has. */
function twice(form: Form, group: Field, rows: Answer | undefined): Found[] {
  const { name, unique } = group
  if (!unique || !Array.isArray(rows)) return []
  const first = new Map<Answer, number>()
  return rows.flatMap((row, at) => {
    const value = isObject(row) ? row[unique] : undefined
    if (typeof value !== 'string' && typeof value !== 'number') return []
    const before = first.get(value)
    if (before === undefined) {
      first.set(value, at)
      return []
    }
    const place = [name, at, unique]
    const shown = inWords(fieldAt(form, place), value)
    const params = { label: labelAt(form, place), value: shown, row: before + 1 }
    return [{ place, rank: 4, key: 'row_twice', params }]
  })
}

/** A value as the person chose or typed it. */
const inWords = (field: Field | undefined, value: string | number): Label | string =>
  field?.choices?.find((choice) => choice.value === value)?.label ??
  (typeof value === 'number' ? bound(field, value) : value)

// ---------------------------------------------------------------- one fault a place

/** One fault for each place, in the order of the form; none inside what is not asked at all. */
function inOrder(form: Form, found: Found[]): Problem[] {
  const told = new Map<string, Found>()
  for (const each of [...found].sort((a, b) => a.rank - b.rank)) {
    const above = each.place.slice(0, -1).map((_, end) => told.get(pointerTo(each.place.slice(0, end + 1))))
    if (above.some((one) => one?.key === NOT_ASKED)) continue
    const mark = each.rank < 5 ? pointerTo(each.place) : JSON.stringify(each.params)
    if (!told.has(mark)) told.set(mark, each)
  }
  return [...told.values()]
    .map((each) => ({ each, rank: rankOf(form, each.place) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ each: { place, key, params } }) => ({ pointer: pointerTo(place), key: `problem.${key}`, params }))
}

/** Where a place stands: fields as the form has them, rows as they come, strange names at the end. */
function rankOf(form: Form, place: Place): number[] {
  let fields: Field[] = form.fields
  return place.map((step) => {
    if (isNumber(step)) return Number(step)
    const at = fields.findIndex(({ name }) => name === step)
    const rank = at < 0 ? fields.length : at
    fields = fields[at]?.fields ?? []
    return rank
  })
}

/** Place by place; what holds another stands before it. */
function compare(a: number[], b: number[]): number {
  const at = a.findIndex((rank, index) => rank !== b[index])
  return at < 0 ? a.length - b.length : a[at]! - (b[at] ?? -1)
}
