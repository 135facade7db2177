import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answersOf, isAsked, typedFrom } from '../src/form/answers.ts'
import { checkAnswers } from '../src/form/check.ts'
import { answerInWords, blocksOf, formFor, stepsOf, titleOf } from '../src/form/form.ts'
import { centsOf, readableYuan, yuanOf } from '../src/form/money.ts'
import { both, field, form } from './forms.ts'

test('money is kept in whole cents, without ever rounding', () => {
  const typed = {
    '12.5': 1250,
    '0.1': 10,
    '１２，３４５．６７': 1234567,
    '1,234.00': 123400,
    '-3': -300,
    '9000000000.29': 900000000029,
  }
  for (const [text, cents] of Object.entries(typed)) assert.equal(centsOf(text), cents, text)
  for (const text of ['12.345', '', '一百', '1e3', '1.2.3', '.5']) assert.equal(centsOf(text), null, text)
})

test('an amount reads back as it would be typed', () => {
  for (let cents = -250; cents < 1250; cents += 7) assert.equal(centsOf(yuanOf(cents)), cents)
  assert.equal(readableYuan(123456750), '1,234,567.50')
  assert.equal(readableYuan(-100000), '-1,000')
})

const fields = [
  field('people', { type: 'integer' }),
  field('kind', { type: 'choice', choices: [{ value: 'reception', label: both('接待') }] }),
  field('station', { only_if: { kind: 'reception' } }),
  field('hall', { only_if: { station: 'a' } }),
  field('told', { type: 'boolean' }),
  field('topics', { type: 'choices' }),
  field('money', { type: 'money' }),
  field('rows', { type: 'group', fields: [field('n', { type: 'number' })] }),
]

test('what is not answered is absent', () => {
  const typed = { people: ' ', kind: '', topics: [], rows: [], told: false }
  assert.deepEqual(answersOf(fields, typed), { told: false })
})

test('full-width digits and composed letters are brought to their plain form', () => {
  assert.deepEqual(answersOf([fields[0]!, field('name')], { people: '１２', name: ' e\u0301\r\nb ' }), {
    people: 12,
    name: 'é\nb',
  })
})

test('a number that is none stays as it was typed, so that the check can say so in its place', () => {
  assert.deepEqual(answersOf(fields, { people: '三个', rows: [{ n: '1.5' }, { n: 'x' }] }), {
    people: '三个',
    rows: [{ n: 1.5 }, { n: 'x' }],
  })
})

test('what a hidden field says is not filed, through any number of conditions', () => {
  const typed = { kind: 'reception', station: 'a', hall: 'h' }
  assert.deepEqual(answersOf(fields, typed), typed)
  assert.deepEqual(answersOf(fields, { ...typed, kind: 'spot' }), { kind: 'spot' })
  assert.equal(isAsked(fields[3]!, fields, { station: 'a' }), false)
})

test('answers go back into the inputs unchanged', () => {
  const answers = {
    people: 3,
    kind: 'reception',
    station: 'a',
    told: true,
    topics: ['a'],
    money: 1250,
    rows: [{ n: 1.5 }],
  }
  assert.deepEqual(answersOf(fields, typedFrom(fields, answers)), answers)
})

test('a form of more than five fields goes in steps, and a dependent field stays with the one it depends on', () => {
  const many = Array.from({ length: 9 }, (_, at) => field(`f${at}`))
  const steps = stepsOf(form([...many, field('late', { only_if: { f0: 'a' } })]))
  assert.deepEqual(
    steps.map((each) => each.map(({ name }) => name)),
    [
      ['f0', 'f1', 'f2', 'late'],
      ['f3', 'f4', 'f5'],
      ['f6', 'f7', 'f8'],
    ],
  )
  assert.equal(stepsOf(form(many.slice(0, 5))).length, 1)
})

test('the check page shows every answer once, in one of two blocks', () => {
  const policies = ['never', 'counted', 'reviewed', 'village', 'surname', 'month', 'full'] as const
  const each = policies.map((publish) => field(publish, { publish }))
  const { open, closed } = blocksOf(form(each), Object.fromEntries(policies.map((name) => [name, 'x'])))
  assert.deepEqual(
    closed.map(({ name }) => name),
    ['never', 'counted'],
  )
  assert.equal(open.length + closed.length, policies.length)
})

test('answers read as a person would say them', () => {
  const refs = new Map([
    [
      'grid',
      {
        kind: 'grid',
        etag: null,
        records: [{ code: 'WG-2026-7KQ4', name: 'liuhe-03', label: '柳河村第三网格' }],
      },
    ],
  ])
  const said = (type: Parameters<typeof field>[1], answer: never) =>
    answerInWords(field('f', type), answer, refs, 'zh')
  assert.equal(said({ type: 'date' }, '2026-11-21' as never), '2026年11月21日 星期六')
  assert.equal(said({ type: 'money' }, 123456750 as never), '1,234,567.50 元')
  assert.equal(
    said({ type: 'references', refers_to: 'grid' }, ['liuhe-03', 'WG-2026-7KQ4', 'other'] as never),
    '柳河村第三网格、柳河村第三网格、other',
  )
  assert.equal(said({ type: 'boolean' }, false as never), '否')
})

test('a title leaves no gap where nothing was answered', () => {
  const visit = form([field('day', { type: 'date' }), field('grid')], { title: '{{ day }}  {{ grid }}' })
  assert.equal(titleOf(visit, { grid: '柳河' }, new Map(), 'zh'), '柳河')
  assert.equal(titleOf(visit, {}, new Map(), 'zh'), '走访')
})

test('lengths count characters, not halves of them', async () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 3 } },
    additionalProperties: false,
  }
  const named = form([field('name')], { schema, version: 'named@1' })
  assert.deepEqual(await checkAnswers(named, { name: '𠮷𠮷𠮷' }), [])
  assert.equal((await checkAnswers(named, { name: '𠮷𠮷𠮷𠮷' }))[0]?.key, 'problem.too_long')
})

test('a question for the office is not asked of a deputy', () => {
  const whole = form([field('subject'), field('money_approved', { written_by: ['clerk'] })])
  assert.deepEqual(
    formFor(whole, 'deputy').fields.map(({ name }) => name),
    ['subject'],
  )
  assert.deepEqual(formFor(whole, 'clerk').fields.length, 2)
})
