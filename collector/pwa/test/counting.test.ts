import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answersOf } from '../src/form/answers.ts'
import {
  arithmetic,
  ballotOf,
  begun,
  digestShown,
  filled,
  keyed,
  lastStroke,
  newestFirst,
  stroke,
  strokesOf,
  undone,
  votesAsked,
  votesTyped,
  type Ballot,
} from '../src/tally/counting.ts'
import type { Answers, Ref, RefList, TypedAnswers } from '../src/contract.ts'
import { field } from './forms.ts'

const REF: Ref = {
  code: 'PJ-2026-7KQ4',
  name: 'liuhe',
  label: '第 1 轮票决',
  brings: {
    candidates: [
      { option: '1', subject: '村口加装路灯' },
      { option: '2', subject: '修复河口桥桥面' },
    ],
    list_digest: 'S_I2WoZoJoZzF_n25gv_eGxs4z5SCKiT4frmIqvoMLU',
    seats: 1,
    ballot_form: 'choose_one',
    roster_size: 50,
    present: 45,
    voted_on: '2026-11-26',
  },
}
const refs = (ref: Ref = REF): Map<string, RefList> =>
  new Map([['ballot', { kind: 'ballot', etag: null, records: [ref] }]])
const ballot = (more: Partial<Ballot> = {}): Ballot => ({ ...ballotOf(refs(), 'liuhe')!, ...more })

test('a ballot is known by what the list of ballots brings, by its code or its name', () => {
  assert.deepEqual(ballotOf(refs(), 'PJ-2026-7KQ4'), ballotOf(refs(), 'liuhe'))
  const { candidates, seats, roster, present } = ballot()
  assert.deepEqual([candidates.length, seats, roster, present], [2, 1, 50, 45])
})

test('a ballot whose list is not on this phone cannot be counted', () => {
  const { brings: _, ...bare } = REF
  assert.equal(ballotOf(refs(bare), 'liuhe'), null)
  assert.equal(ballotOf(refs(), 'another'), null)
  assert.equal(ballotOf(new Map(), ''), null)
})

test('a list with one changed letter, or in another order, is not the list that was frozen', async () => {
  const frozen = ballot()
  assert.equal(await digestShown(frozen), frozen.digest)
  const turned = [...frozen.candidates].reverse()
  assert.notEqual(await digestShown({ ...frozen, candidates: turned }), frozen.digest)
  const changed = [{ option: '1', subject: '村口加装路登' }, frozen.candidates[1]!]
  assert.notEqual(await digestShown({ ...frozen, candidates: changed }), frozen.digest)
  assert.notEqual(
    await digestShown({ ...frozen, candidates: [{ option: '1', subject: '有\t的' }] }),
    frozen.digest,
  )
})

test('the newest ballot comes first', () => {
  const older = { ...REF, code: 'old', brings: { voted_on: '2025-01-01' } }
  assert.deepEqual([older, REF].sort(newestFirst)[0], REF)
})

const keys = (count: Answers, of = ballot()): string[] =>
  arithmetic(count, of).map(({ fits, key }) => `${fits ? '✓' : '!'} ${key.replace('tally.', '')}`)

test('the arithmetic is told as far as it is keyed', () => {
  assert.deepEqual(keys({ issued: 45 }), [])
  assert.deepEqual(keys({ issued: 45, returned: 45 }), ['✓ returned_all'])
  assert.deepEqual(keys({ issued: 45, returned: 44 }), ['✓ returned_fewer'])
  assert.deepEqual(keys({ issued: 45, returned: 45, valid: 44, invalid: 1 }), [
    '✓ returned_all',
    '✓ sum',
    '✓ approved',
  ])
})

test('more returned than issued is told to be void', () => {
  assert.deepEqual(keys({ issued: 44, returned: 45 }), ['! returned_more'])
})

test('sheets that do not add up, and more blank than valid ones, are told', () => {
  assert.deepEqual(keys({ returned: 45, valid: 44, invalid: 2, blank: 45 }), [
    '! sum_off',
    '! blank_more',
    '✓ approved',
  ])
})

test('an option with more votes than valid sheets is told by its number', () => {
  const totals = [
    { option: '1', approve: 44 },
    { option: '2', approve: 30, oppose: 10, abstain: 5 },
  ]
  const [line] = arithmetic({ valid: 44, totals }, ballot({ form: 'approve_oppose_abstain' }))
  assert.deepEqual([line!.fits, line!.at, line!.params], [false, '2', { option: '2', votes: 45, valid: 44 }])
})

test('all approvals together are no more than the sheets can hold', () => {
  const totals = [
    { option: '1', approve: 44 },
    { option: '2', approve: 44 },
  ]
  const three = ballot({ form: 'approve_up_to_k', seats: 3 })
  assert.deepEqual(keys({ valid: 44, totals }, three), ['✓ approved'])
  assert.deepEqual(keys({ valid: 44, totals }, { ...three, seats: 1 }), ['! approved_more'])
  assert.deepEqual(keys({ valid: 44, totals }, ballot({ seats: 3 })), ['! approved_more'])
})

test('the places of full rankings add up', () => {
  const ranked = ballot({ form: 'rank_all' })
  assert.deepEqual(votesAsked('rank_all'), ['approve', 'points'])
  const totals = (a: number, b: number): Answers => ({
    valid: 10,
    totals: [
      { option: '1', points: a },
      { option: '2', points: b },
    ],
  })
  assert.deepEqual(keys(totals(13, 17), ranked), [])
  assert.deepEqual(keys(totals(13, 16), ranked), ['! points_off'])
})

const draw = (typed: TypedAnswers, ...strokes: string[]): TypedAnswers =>
  strokes.reduce((held, option) => ({ ...held, ...stroke(held, option, 'approve') }), typed)

test('each stroke counts one, and is taken back in the order it was drawn', () => {
  const typed = draw(begun(ballot()), '1', '1', '2')
  assert.deepEqual([votesTyped(typed, '1', 'approve'), votesTyped(typed, '2', 'approve')], [2, 1])
  assert.deepEqual(lastStroke(typed), { option: '2', vote: 'approve' })
  const back = { ...typed, ...undone(typed) }
  assert.deepEqual([votesTyped(back, '1', 'approve'), votesTyped(back, '2', 'approve')], [2, 0])
  assert.deepEqual(lastStroke(back), { option: '1', vote: 'approve' })
  const all = { ...back, ...undone({ ...back, ...undone(back) }) }
  assert.deepEqual(undone({ ...all, _strokes: [] }), {})
})

test('a number that is keyed outright counts on by strokes', () => {
  const typed = draw(begun(ballot()), '1')
  const over = { ...typed, ...keyed(typed, '1', 'approve', '４２') }
  assert.deepEqual(strokesOf(over), [])
  assert.equal(votesTyped(draw(over, '1'), '1', 'approve'), 43)
})

test('the memory of strokes is bounded, the count is not', () => {
  const typed = draw(begun(ballot()), ...Array<string>(400).fill('1'))
  assert.equal(votesTyped(typed, '1', 'approve'), 400)
  assert.equal(strokesOf(typed).length, 300)
})

test('what was never called out is nought, and what the draft keeps beside the answers is never filed', () => {
  const typed = draw(begun(ballot()), '2')
  const asked = [
    field('ballot'),
    field('list_digest'),
    field('totals', { type: 'group', fields: [field('option'), field('approve', { type: 'integer' })] }),
  ]
  assert.deepEqual(answersOf(asked, { ...typed, ...filled(typed, ['approve']) }), {
    ballot: 'PJ-2026-7KQ4',
    list_digest: ballot().digest,
    totals: [
      { option: '1', approve: 0 },
      { option: '2', approve: 1 },
    ],
  })
})
