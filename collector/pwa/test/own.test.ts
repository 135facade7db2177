import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answers, Delivery, Filed } from '../src/contract.ts'
import { byKind, done, ofThisYear, type Duties } from '../src/form/duties.ts'
import { echoOf } from '../src/form/echo.ts'
import { leave, leftAt } from '../src/draft/left_at.ts'
import { presets } from '../src/draft/presets.ts'
import { running } from '../src/view/form/running.ts'
import { both, field, form } from './forms.ts'

// ---------------------------------------------------------------- what was typed, said back

test('a large number is said back in groups and in 万 or 亿', () => {
  const money = field('cost', { type: 'money' })
  const whole = field('people', { type: 'integer' })
  assert.equal(echoOf(money, '999', 'zh', '元'), '')
  assert.equal(echoOf(money, '1234.5', 'zh', '元'), '1,234.50 元')
  assert.equal(echoOf(money, '1,234,567.89', 'zh', '元'), '1,234,567.89 元，约 123.46 万元')
  assert.equal(echoOf(money, '120000', 'zh', '元'), '120,000 元，就是 12 万元')
  assert.equal(echoOf(money, '120000', 'en', 'yuan'), '120,000 yuan')
  assert.equal(echoOf(whole, '250000000', 'zh', '人'), '250,000,000 人，就是 2.5 亿人')
  assert.equal(echoOf(whole, '三百', 'zh', '人'), '')
  assert.equal(echoOf(field('day', { type: 'date' }), '2026-03-02', 'zh', null), '2026年3月2日 星期一')
})

// ---------------------------------------------------------------- where one left

class Shelf {
  kept = new Map<string, string>()
  getItem = (name: string): string | null => this.kept.get(name) ?? null
  setItem = (name: string, text: string): void => void this.kept.set(name, text)
}

test('a draft opens where it was left, and at its first step where that is not known', () => {
  const shelf = new Shelf()
  const storage = (): Storage => shelf as unknown as Storage
  leave('a', '3', storage)
  leave('b', 'check', storage)
  leave('a', '2', storage)
  assert.deepEqual([leftAt('a', storage), leftAt('b', storage), leftAt('c', storage)], ['2', 'check', '1'])
  for (let n = 0; n < 100; n++) leave(`d${n}`, '2', storage)
  assert.ok(shelf.getItem('mingbai.left_at')!.length < 1000)
  assert.equal(leftAt('a', storage), '1')
  shelf.setItem('mingbai.left_at', 'no json')
  assert.equal(leftAt('a', storage), '1')
})

test('a browser that keeps nothing beside the database only opens drafts at their first step', () => {
  const denied = (): Storage => {
    throw new Error('denied')
  }
  assert.doesNotThrow(() => leave('a', '3', denied))
  assert.equal(leftAt('a', denied), '1')
})

// ---------------------------------------------------------------- what a draft begins with

const filed = (answers: Answers, more: Partial<Filed> = {}): Filed => ({
  id: JSON.stringify(answers),
  kind: 'visit',
  form: form([]).version,
  answers,
  replaces: null,
  filedAt: '2026-03-02T01:00:00.000Z',
  signed: null,
  delivery: { at: 'waiting', tries: 0, said: null },
  ...more,
})

test('the place and the station are those of last time, each from when it was last said', () => {
  const asked = form(
    [
      field('day', { type: 'date', required: true }),
      field('grid', { type: 'reference', refers_to: 'grid', required: true }),
      field('station', { type: 'reference', refers_to: 'station', only_if: { how: 'reception' } }),
      field('visit', { type: 'reference', refers_to: 'visit', only_if: { how: 'visit' } }),
      field('other', { type: 'reference', refers_to: 'station' }),
    ],
    { about: 'grid' },
  )
  const records = [filed({ grid: 'g2', visit: 'v' }), filed({ grid: 'g1', station: 's1', other: 's2' })]
  assert.deepEqual(presets(asked, records, '2026-03-03', true), {
    day: '2026-03-03',
    grid: 'g2',
    station: 's1',
  })
  assert.deepEqual(presets(asked, records, '2026-03-03', false), { day: '2026-03-03' })
})

// ---------------------------------------------------------------- this year

const DUTIES: Duties = {
  label: both('我的五个一'),
  confirmed: false,
  items: [
    { label: both('听'), kinds: ['visit', 'opinion'], where: {}, at_least: 1 },
    { label: both('急'), kinds: ['opinion'], where: { urgency: 'urgent' }, at_least: 1 },
    { label: both('办'), kinds: [], where: {}, at_least: 1 },
  ],
}

const SENT_BACK: Delivery = {
  at: 'delivered',
  state: 'returned',
  position: 1,
  code: null,
  problems: [],
  published: null,
  arrivedAt: '',
}

test('what is done this year counts by the day it is about; corrections and what came back count once or not', () => {
  const dated = form([field('day', { type: 'date', required: true })])
  const forms = new Map([[dated.version, dated]])
  const records = [
    filed({ day: '2026-01-01' }, { id: 'a' }),
    filed({ day: '2025-12-31' }, { id: 'b' }),
    filed({ day: '2026-02-01' }, { id: 'c' }),
    filed({ day: '2026-02-02' }, { id: 'd', replaces: 'c' }),
    filed({ day: '2026-02-03' }, { id: 'e', delivery: SENT_BACK }),
    filed({ urgency: 'urgent' }, { id: 'f', kind: 'opinion', form: 'gone' }),
  ]
  const mine = ofThisYear(records, forms, new Date(2026, 5, 1))
  assert.deepEqual(
    mine.map(({ id }) => id),
    ['a', 'd', 'f'],
  )
  assert.deepEqual(
    done(DUTIES, mine).map(({ count }) => count),
    [3, 1, null],
  )
  assert.deepEqual(byKind(mine), [
    ['visit', 2],
    ['opinion', 1],
  ])
})

// ---------------------------------------------------------------- what is said while one writes

const CHECK = {
  that: 'people >= households',
  say: both('人数不会少于户数'),
  fields: ['people', 'households'],
}
const TWO = form([field('households'), field('people'), field('later')], { checks: [CHECK] })
const across = { pointer: '/people', key: 'problem.check', params: { say: CHECK.say } }
const wrong = (pointer: string, key = 'problem.not_whole') => ({
  pointer,
  key,
  params: { label: both('人数') },
})

test('a rule across questions is said at the last of them, and only where that stands on the screen', () => {
  const answers = { households: 5, people: 3 }
  const at = (names: string[]): string[] =>
    running(TWO, [across], answers, names, 'people').map(({ pointer }) => pointer)
  assert.deepEqual(at(['households', 'people']), ['/people'])
  assert.deepEqual(at(['people', 'later']), ['/people'])
  assert.deepEqual(at(['households']), [])
})

test('of single answers only what is written and left is said, and never what is still missing', () => {
  const answers = { people: '三' }
  const said = (problem: ReturnType<typeof wrong>, typing?: string): number =>
    running(TWO, [problem], answers, ['households', 'people'], typing).length
  assert.equal(said(wrong('/people')), 1)
  assert.equal(said(wrong('/people'), 'people'), 0)
  assert.equal(said(wrong('/people'), 'households'), 1)
  assert.equal(said(wrong('/households')), 0)
  assert.equal(said(wrong('/people/0/name', 'problem.required')), 0)
})
