import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Filed } from '../src/contract.ts'
import { withoutErased } from '../src/send/erased.ts'

const record = (id: string): Filed => ({
  id,
  kind: 'visit',
  form: 'visit@1',
  answers: { grid: 'WG-2026-7KQ4', phone: '13800138000' },
  replaces: null,
  filedAt: '2026-03-02T09:00:00.000Z',
  signed: {
    envelope: '{}',
    signature: 's',
    digest: 'd',
    disclosures: ['["salt1","grid","WG-2026-7KQ4"]', '["salt2","phone","13800138000"]', 'no json'],
  } as unknown as NonNullable<Filed['signed']>,
  delivery: {} as Filed['delivery'],
})
const news = { id: 'a', field: 'phone', on: '2026-09-02T09:00:00.000Z', reason: 'asked' }

test('what the office erased is nowhere in the record any more, its salt neither', () => {
  const [changed, ...others] = withoutErased([record('a'), record('b')], [news])
  assert.deepEqual(others, [])
  assert.ok(changed && !/13800138000|salt2/.test(JSON.stringify(changed)))
  assert.deepEqual(changed.answers, { grid: 'WG-2026-7KQ4' })
  assert.equal(changed.signed?.envelope, '{}')
  assert.deepEqual(changed.erased, { phone: '2026-09-02T09:00:00.000Z' })
})

test('what is gone already changes nothing, and an unknown record is no fault', () => {
  const [changed] = withoutErased([record('a')], [news])
  assert.deepEqual(withoutErased([changed!], [news, { ...news, id: 'z' }]), [])
})
