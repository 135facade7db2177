/** The cases that the server runs too, in tests/cases. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAnswers } from '../src/form/check.ts'
import { holds } from '../src/form/cel.ts'
import type { Answers, Field, FieldType, Form, Label } from '../src/contract.ts'
import { readCases } from './cases.ts'
import { field, form } from './forms.ts'

interface Fault {
  at: string
  key: string
  params?: Record<string, string | number | Label>
}
interface AnswerCases {
  forms: Record<string, Form>
  cases: { form: string; about: string; answers: Answers; problems: Fault[] }[]
}

const answers = readCases<AnswerCases>('answers.json')
for (const { form: name, about, answers: given, problems: expected } of answers?.cases ?? []) {
  test(`answers: ${about}`, async () => {
    const found = await checkAnswers(answers!.forms[name]!, given)
    const told = found.map(({ pointer, key, params }, at) => ({
      at: pointer,
      key,
      ...(expected[at]?.params ? { params } : {}),
    }))
    assert.deepEqual(told, expected)
  })
}

type Shape = string | { [name: string]: Shape }
interface CheckCase {
  that: string
  fields: Record<string, Shape>
  answers: Answers
  holds: boolean | null
}

const fieldOf = (name: string, shape: Shape): Field =>
  typeof shape === 'string'
    ? field(name, { type: shape as FieldType })
    : field(name, {
        type: 'group',
        fields: Object.entries(shape).map(([inner, each]) => fieldOf(inner, each)),
      })

for (const [at, { that, fields, answers: given, holds: expected }] of (
  readCases<CheckCase[]>('checks.yaml') ?? []
).entries()) {
  test(`checks ${at + 1}: ${that} is ${String(expected)}`, () => {
    const names = Object.keys(fields)
    const answered = names.every((name) => name in given)
    const asked = form(names.map((name) => fieldOf(name, fields[name]!)))
    assert.equal(answered ? holds(that, names, asked, given) : null, expected)
  })
}

test(
  'the cases of both languages are there',
  { skip: !answers && 'tests/cases/answers.json is not there yet' },
  () => {
    assert.ok(answers!.cases.length > 0)
  },
)
