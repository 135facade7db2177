/** The cases of ledger/rules/ballot/tally.py, which the phone must pass too. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chineseNumber } from '../src/form/chinese_number.ts'
import type { Answers } from '../src/contract.ts'
import * as tally from '../src/tally/tally.ts'
import { readCases } from './cases.ts'

interface TallyCase {
  name: string
  list: [string, string][]
  count: Answers
  list_digest: string
  check_code: string
  other?: Answers
  other_code?: string
  differs?: [string | null, string][]
}

type Implementation = Pick<typeof tally, 'listDigest' | 'checkCode' | 'compare'>

const cases = readCases<TallyCase[]>('tally.yaml') ?? []

/** What an implementation says of a case, in the case's own words. */
async function saidOf({ list, count, other }: TallyCase, by: Implementation): Promise<Partial<TallyCase>> {
  const digest = await by.listDigest(list)
  const options = list.map(([option]) => option)
  return {
    list_digest: digest,
    check_code: await by.checkCode(digest, options, count),
    ...(other && {
      other_code: await by.checkCode(digest, options, other),
      differs: by.compare(count, other).map(({ option, field }) => [option, field]),
    }),
  }
}

const expected = ({
  list_digest,
  check_code,
  other,
  other_code,
  differs,
}: TallyCase): Partial<TallyCase> => ({
  list_digest,
  check_code,
  ...(other && { other_code: other_code ?? check_code, differs: differs ?? [] }),
})

for (const each of cases) {
  test(`tally: ${each.name}`, async () => {
    assert.deepEqual(await saidOf(each, tally), expected(each))
  })
}

/** The cases that an implementation does not pass. */
async function failing(by: Implementation): Promise<string[]> {
  const found = []
  for (const each of cases) {
    const said = await saidOf(each, by)
    if (JSON.stringify(said) !== JSON.stringify(expected(each))) found.push(each.name)
  }
  return found
}

const without = (count: Answers, option: string): Answers => ({
  ...count,
  totals: ((count.totals ?? []) as Answers[]).filter((row) => row.option !== option),
})

test('the cases tell a code that leaves out an option, and a comparison that does', async () => {
  assert.ok(cases.length >= 5)
  assert.deepEqual(await failing(tally), [])
  const blindCode: Implementation = {
    ...tally,
    checkCode: (digest, options, count) => tally.checkCode(digest, options, without(count, options.at(-1)!)),
  }
  assert.notDeepEqual(await failing(blindCode), [])
  const blindComparison: Implementation = {
    ...tally,
    compare: (a, b) => tally.compare(a, b).filter(({ field }) => field !== 'approve'),
  }
  assert.notDeepEqual(await failing(blindComparison), [])
  const unordered: Implementation = {
    ...tally,
    listDigest: (list) => tally.listDigest([...list].sort(([, a], [, b]) => (a < b ? -1 : 1))),
  }
  assert.notDeepEqual(await failing(unordered), [])
})

test('moving one vote from any option to the next is another code', async () => {
  const options = ['1', '2', '3']
  const count = (votes: number[]): Answers => ({
    valid: 45,
    totals: votes.map((approve, at) => ({ option: options[at]!, approve })),
  })
  const codes = await Promise.all(
    [
      [10, 20, 15],
      [9, 21, 15],
      [10, 19, 16],
      [11, 20, 14],
    ].map((votes) => tally.checkCode('x', options, count(votes))),
  )
  assert.equal(new Set(codes).size, 4)
})

test('a count of an option that is not on the list has no code', async () => {
  await assert.rejects(tally.checkCode('x', ['1'], { totals: [{ option: '9', approve: 1 }] }), /9 is not on/)
  await assert.rejects(
    tally.checkCode('x', ['1'], { totals: [{ option: '1' }, { option: '1' }] }),
    /option 1 is counted twice/,
  )
  await assert.rejects(tally.listDigest([['1', '路\t灯']]), /a tab or a line break/)
})

test('a code is what was meant, however it was typed', () => {
  assert.equal(tally.cleanCheckCode(' se9　z9j '), 'SE9Z9J')
  assert.equal(tally.cleanCheckCode('ｓｅ９-o l i'), 'SE9011')
})

test('numbers are said as one says them', () => {
  const said = [
    0, 1, 10, 12, 20, 42, 100, 101, 110, 112, 1000, 1001, 1010, 3000, 10_000, 10_500, 100_045, 300_000,
  ]
  assert.deepEqual(said.map(chineseNumber), [
    '零',
    '一',
    '十',
    '十二',
    '二十',
    '四十二',
    '一百',
    '一百零一',
    '一百一十',
    '一百一十二',
    '一千',
    '一千零一',
    '一千零一十',
    '三千',
    '一万',
    '一万零五百',
    '十万零四十五',
    '三十万',
  ])
})
