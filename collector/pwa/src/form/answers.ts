/** From what stands in the inputs to the answers that are filed, and back for a correction. */
import type { Answer, Answers, Field, Typed, TypedAnswers } from '../contract.ts'
import { centsOf, plainNumber, yuanOf } from './money.ts'

const cleanText = (typed: string): string => typed.normalize('NFC').replace(/\r\n?/g, '\n').trim()

/** A number as typed; what is none stays text, so that the check can say so in its place. */
function numberOf(typed: string, shape: RegExp): Answer {
  const plain = plainNumber(typed)
  return shape.test(plain) && Number.isSafeInteger(Math.trunc(Number(plain))) ? Number(plain) : typed.trim()
}

function isEmpty(value: Answer): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0)
}

function answerOf(field: Field, typed: Typed): Answer {
  if (field.type === 'group')
    return (typed as TypedAnswers[]).map((item) => answersOf(field.fields ?? [], item))
  if (Array.isArray(typed)) {
    const texts = (typed as string[]).map(cleanText)
    return texts.filter((text) => text !== '')
  }
  if (typeof typed === 'boolean') return typed
  const text = cleanText(typed)
  if (text === '') return ''
  if (field.type === 'integer') return numberOf(text, /^-?\d+$/)
  if (field.type === 'number') return numberOf(text, /^-?\d+(\.\d+)?$/)
  if (field.type === 'money') return centsOf(text) ?? text
  return text
}

/** What is filed: an unanswered field is absent, and so is one that is not asked. */
export function answersOf(fields: Field[], typed: TypedAnswers): Answers {
  const all: Answers = {}
  for (const field of fields) {
    const value = typed[field.name]
    if (value === undefined) continue
    const answer = answerOf(field, value)
    if (!isEmpty(answer)) all[field.name] = answer
  }
  const asked = fields.filter((field) => isAsked(field, fields, all))
  return Object.fromEntries(asked.flatMap(({ name }) => (name in all ? [[name, all[name]!]] : [])))
}

/** Whether a field is asked, given the answers so far: what a hidden field says counts for nothing. */
export function isAsked(field: Field, fields: Field[], answers: Answers): boolean {
  return Object.entries(field.only_if ?? {}).every(([name, wanted]) => {
    const other = fields.find((each) => each.name === name)
    return answers[name] === wanted && (!other || isAsked(other, fields, answers))
  })
}

function typedOf(field: Field, answer: Answer): Typed {
  if (field.type === 'group') return (answer as Answers[]).map((item) => typedFrom(field.fields ?? [], item))
  if (field.type === 'money' && typeof answer === 'number') return yuanOf(answer)
  if (typeof answer === 'number') return String(answer)
  return answer as Typed
}

/** What to put into the inputs to begin a correction of these answers. */
export function typedFrom(fields: Field[], answers: Answers): TypedAnswers {
  const known = fields.filter(({ name }) => name in answers)
  return Object.fromEntries(known.map((field) => [field.name, typedOf(field, answers[field.name]!)]))
}
