import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aheadBy, aheadNow, officeTime } from '../src/send/office_clock.ts'
import type { State } from '../src/state.ts'

const SERVER = '2026-03-02T01:00:00.000Z'
const at = (minutes: number): Date => new Date(Date.parse(SERVER) + minutes * 60_000)
const YEAR = 365 * 24 * 60
/** The office was heard at this moment by the phone's clock, which had been ahead by so much. */
const heard = (ahead: number, by: Date | null): State =>
  ({
    clock: by && { ahead, at: by.getTime(), tick: performance.now() },
    hello: { server_time: SERVER },
  }) as unknown as State

test('a clock is wrong where it cannot be explained by a slow answer', () => {
  assert.equal(aheadBy(at(0), at(0), SERVER), 0)
  assert.equal(aheadBy(at(-4), at(4), SERVER), 0)
  assert.equal(aheadBy(at(-30), at(30), SERVER), 0, 'the phone slept while the answer was on its way')
  assert.equal(aheadBy(at(6), at(7), SERVER), 6 * 60_000)
  assert.equal(aheadBy(at(-8), at(-7), SERVER), -7 * 60_000)
  assert.equal(aheadBy(at(YEAR), at(YEAR), SERVER), YEAR * 60_000)
  assert.equal(aheadBy(at(-YEAR), at(-YEAR), SERVER), -YEAR * 60_000)
  assert.equal(aheadBy(at(0), at(0), 'no time at all'), 0)
})

test('with no network it is known only that it cannot be earlier than when the office was last heard', () => {
  assert.equal(aheadNow(heard(0, null), at(-YEAR)), -YEAR * 60_000)
  assert.equal(aheadNow(heard(0, null), at(YEAR)), 0)
  assert.equal(aheadNow({ clock: null, hello: null } as State, at(0)), 0)
})

test('the office’s time is guessed from what was measured', () => {
  assert.deepEqual(officeTime(heard(YEAR * 60_000, at(YEAR)), at(YEAR)), at(0))
  assert.deepEqual(officeTime(heard(0, at(10)), at(10)), at(10))
})

test('a clock that was put right is believed, until it is measured again', () => {
  const before = heard(YEAR * 60_000, at(YEAR))
  assert.equal(aheadNow(before, at(YEAR + 1)), YEAR * 60_000)
  assert.equal(aheadNow(before, at(2)), 0)
  assert.deepEqual(officeTime(before, at(2)), at(2))
})
