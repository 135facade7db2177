import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withWhy } from '../src/form/why.ts'
import { draftOf } from './phone.ts'

const answers = { summary: '一' }

test('a correction carries its reason beside the answers, with a sentence where one was written', () => {
  const draft = draftOf({ replaces: 'a', typed: { why_corrected: 'typo', why_words: ' 少了一个字 ' } })
  assert.deepEqual(withWhy(draft, answers), {
    summary: '一',
    why_corrected: { reason: 'typo', explanation: '少了一个字' },
  })
  const bare = draftOf({ replaces: 'a', typed: { why_corrected: 'privacy', why_words: '去掉了门牌' } })
  assert.deepEqual(withWhy(bare, answers), { summary: '一', why_corrected: { reason: 'privacy' } })
})

test('what replaces nothing, or was not asked, has no reason', () => {
  assert.equal(withWhy(draftOf({ typed: { why_corrected: 'typo' } }), answers), answers)
  assert.equal(withWhy(draftOf({ replaces: 'a' }), answers), answers)
})
