import assert from 'node:assert/strict'
import { test } from 'node:test'
import { questionsGone } from '../src/form/vanished.ts'
import { field, form } from './forms.ts'

test('what a record answered and today’s form does not ask is named, in the order of the form it was filed under', () => {
  const before = form([field('a'), field('b'), field('c')])
  const names = questionsGone(before, form([field('b')]), { c: '三', b: '二', a: '一' })
  assert.deepEqual(names, [before.fields[0]!.label, before.fields[2]!.label])
  assert.deepEqual(questionsGone(before, form([field('b'), field('c')]), { b: '二' }), [])
  assert.deepEqual(questionsGone(undefined, form([]), { old: '一' }), [{ zh: 'old', en: 'old' }])
})
