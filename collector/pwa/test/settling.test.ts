import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answers, TypedAnswers } from '../src/contract.ts'
import type { Counted } from '../src/office.ts'
import type { Ballot } from '../src/tally/counting.ts'
import { createApp } from '../src/app.ts'
import {
  cellsOf,
  citedPair,
  differs,
  keptCounts,
  pairOf,
  resultTyped,
  sameList,
  settle,
  settledAt,
  withCounts,
  COUNTS,
} from '../src/tally/settling.ts'
import { createOffice, Refused, Unreachable } from '../src/send/sync.ts'
import { newPhone } from './phone.ts'

const count = (first: number, second: number, more: Answers = {}): Answers => ({
  list_digest: 'list',
  issued: 45,
  returned: 45,
  valid: 45,
  invalid: 0,
  blank: 0,
  totals: [
    { option: '1', approve: first },
    { option: '2', approve: second },
  ],
  ...more,
})
const counted = (code: string, answers: Answers): Counted => ({ code, answers })

test('counts that agree make the result by themselves', () => {
  const cells = cellsOf(count(42, 3), count(42, 3), ['1', '2'])
  assert.ok(!cells.some(differs))
  assert.deepEqual(resultTyped({}, cells, ['A', 'B']), {
    counts: ['A', 'B'],
    issued: '45',
    returned: '45',
    valid: '45',
    invalid: '0',
    blank: '0',
    totals: [
      { option: '1', approve: '42' },
      { option: '2', approve: '3' },
    ],
  })
})

test('rows stand in the list’s order whatever the counts’ order', () => {
  const turned = { ...count(42, 3), totals: [...(count(42, 3).totals as Answers[])].reverse() }
  const options = cellsOf(turned, turned, ['1', '2']).map(({ option }) => option)
  assert.deepEqual(options.filter(Boolean), ['1', '2'])
})

test('a number on which they differ stays open until it is settled', () => {
  const cells = cellsOf(count(42, 3), count(41, 3), ['1', '2'])
  const cell = cells.find(differs)!
  assert.deepEqual([cell.option, cell.a, cell.b, settledAt({}, cell)], ['1', 42, 41, null])
  const open = resultTyped({}, cells, ['A', 'B'])
  assert.deepEqual((open.totals as TypedAnswers[])[0], { option: '1', approve: '' })
  const typed = settle({}, cell, '４１')
  assert.equal(settledAt(typed, cell), 41)
  const closed = resultTyped(typed, cells, ['A', 'B'])
  assert.deepEqual(closed.totals, [
    { option: '1', approve: '41' },
    { option: '2', approve: '3' },
  ])
  const sheets = cellsOf(count(42, 3, { blank: 1 }), count(42, 3), []).find(differs)!
  assert.deepEqual(settle({}, sheets, '1'), { blank: '1' })
})

test('of several counts two that agree are taken, the latest of them', () => {
  const [a, b, c, d] = [
    counted('A', count(42, 3)),
    counted('B', count(41, 3)),
    counted('C', count(40, 3)),
    counted('D', count(41, 3)),
  ]
  assert.deepEqual(
    pairOf([a, b, c, d]).map(({ code }) => code),
    ['B', 'D'],
  )
  assert.deepEqual(
    pairOf([a, b, c]).map(({ code }) => code),
    ['B', 'C'],
  )
  const other = counted('E', count(41, 3, { list_digest: 'another' }))
  assert.deepEqual(
    pairOf([a, d, other]).map(({ code }) => code),
    ['D', 'E'],
  )
})

test('counts asked for anew keep the two that a draft cites', () => {
  const counts = ['A', 'B', 'C'].map((code, at) => counted(code, count(42 - at, 3)))
  assert.deepEqual(withCounts({}, counts).counts, ['B', 'C'])
  const kept = withCounts({ counts: ['A', 'C'] }, counts)
  assert.deepEqual(kept.counts, ['A', 'C'])
  assert.deepEqual(
    citedPair(kept)?.map(({ code }) => code),
    ['A', 'C'],
  )
  assert.equal(citedPair({ ...kept, counts: ['A'] }), null)
  assert.deepEqual(withCounts({ counts: ['A', 'gone'] }, counts).counts, ['B', 'C'])
})

test('counts of two lists make no result', () => {
  const [a, b] = [counted('A', count(42, 3)), counted('B', count(42, 3, { list_digest: 'another' }))]
  assert.equal(sameList([a, a], null), true)
  assert.equal(sameList([a, b], null), false)
  assert.equal(sameList([a, a], { digest: 'another' } as Ballot), false)
})

test('a draft holds the counts for when there is no network', () => {
  const counts = [counted('A', count(42, 3)), counted('B', count(41, 3))]
  assert.deepEqual(keptCounts({ [COUNTS]: JSON.stringify(counts) }), counts)
  for (const text of ['', 'null', '[', '[{"code":"A","answers":{}}]'])
    assert.equal(keptCounts({ [COUNTS]: text }), null)
  assert.equal(keptCounts({}), null)
})

test('the app asks the office for the counts of a ballot, signed, and hears how many there are', async () => {
  const phone = await newPhone()
  const app = await createApp({ store: phone.store, office: createOffice(phone.office.ask) })
  phone.office.counts.set('PJ-2026-7KQ4', [counted('A', count(42, 3))])
  assert.deepEqual(await app.counts('PJ-2026-7KQ4'), { ballot: 'PJ-2026-7KQ4', arrived: 1, counts: null })
  phone.office.counts.get('PJ-2026-7KQ4')!.push(counted('B', count(41, 3)))
  const both = await app.counts('PJ-2026-7KQ4')
  assert.deepEqual([both.arrived, both.counts?.map(({ code }) => code)], [2, ['A', 'B']])
  assert.equal(phone.office.asked.at(-1)!.headers.get('Mingbai-Device'), 'device-r')
  app.close()
})

test('counts that cannot be had say why', async () => {
  const phone = await newPhone()
  const app = await createApp({ store: phone.store, office: createOffice(phone.office.ask) })
  phone.office.instead = (path) => (path.startsWith('/counts') ? null : undefined)
  await assert.rejects(app.counts('PJ-2026-7KQ4'), Unreachable)
  const no = { type: 'x', title: 'no', status: 403, errors: [{ pointer: '', say: { zh: '不行', en: 'no' } }] }
  phone.office.instead = (path) =>
    path.startsWith('/counts') ? Response.json(no, { status: 403 }) : undefined
  await assert.rejects(app.counts('PJ-2026-7KQ4'), (fault: Refused) => fault.say?.zh === '不行')
  app.close()
})
