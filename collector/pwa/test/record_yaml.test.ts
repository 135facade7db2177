import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { Answers } from '../src/contract.ts'
import { recordYaml } from '../src/form/record_yaml.ts'

const HARD: Answers = {
  visited_on: '2026-03-02',
  opens: '12:30',
  no: 'no',
  empty_line: '一\n\n三',
  indented: '  先空两格\n再写',
  trailing: '一 \n二\n',
  quotes: `他说："三组'路灯'不亮"#: - {}`,
  number: 3,
  decimal: 0.5,
  yes: true,
  list: ['a: b', '- c', '第一行\n第二行'],
  group: [
    { day: '每月 20 日', opens: '09:00' },
    { day: '一\n二', tags: ['x', 'y'] },
  ],
  hidden: 'a\u2028b',
}

test('a copied record reads back as exactly the same answers', () => {
  const copy = recordYaml('visit', HARD, 'ZF-2026-7KQ4')
  assert.deepEqual(parse(copy, { version: '1.1' }), { kind: 'visit', code: 'ZF-2026-7KQ4', answers: HARD })
})

test('a record without code and without answers still has its shape', () => {
  assert.deepEqual(parse(recordYaml('visit', {})), { kind: 'visit', answers: {} })
})

test('several lines stand as a block, as a clerk would write them', () => {
  assert.match(recordYaml('visit', { summary: '一\n二' }), /summary: \|-\n {4}一\n {4}二\n/)
})
