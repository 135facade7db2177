import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chosenBefore, found, initials, matches } from '../src/form/choosing.ts'
import type { Filed, Ref } from '../src/contract.ts'
import { both, field, form } from './forms.ts'

const ref = (label: string, code = `WG-2026-${label.length}`, name: string | null = null): Ref => ({
  code,
  name,
  label: both(label),
})
const names = (refs: Ref[]): string[] => refs.map(({ label }) => (label as { zh: string }).zh)

test('a name has the first letters of its pinyin', () => {
  assert.equal(initials('柳河村第三网格'), 'lhcdswg')
  assert.equal(initials('欧阳建国'), 'oyjg')
  assert.equal(initials('A区2号'), 'aq2h')
})

test('a record is found by a part of its name, its code, its first letters, and a figure for a numeral', () => {
  const place = ref('柳河村第三网格', 'WG-2026-7KQ4', 'liuhe-03')
  for (const typed of ['', '第三', '第3', ' 柳河 三 ', 'LHC', 'ｌｈｃ', '7kq4', 'liuhe'])
    assert.ok(matches(place, typed), typed)
  for (const typed of ['第四', 'xyz', '柳河 第四']) assert.ok(!matches(place, typed), typed)
})

test('what was chosen lately stands first, then what begins as typed, oneself last', () => {
  const list = [ref('东桥村', 'a'), ref('桥头', 'b'), ref('西桥', 'c'), ref('南桥', 'd')]
  assert.deepEqual(names(found(list, '桥')), ['桥头', '东桥村', '西桥', '南桥'])
  assert.deepEqual(names(found(list, '桥', ['d', 'c'])), ['南桥', '西桥', '桥头', '东桥村'])
  assert.deepEqual(names(found(list, '', [], 'a')), ['桥头', '西桥', '南桥', '东桥村'])
})

test('what was chosen before is read from the records, the latest first, each once', () => {
  const asked = form([
    field('grid', { type: 'reference', refers_to: 'grid' }),
    field('more', { type: 'references', refers_to: 'grid' }),
    field('who', { type: 'reference', refers_to: 'deputy' }),
  ])
  const records = [{ grid: 'b' }, { grid: 'a', more: ['b', 'c'], who: 'x' }].map(
    (answers) => ({ form: asked.version, answers }) as unknown as Filed,
  )
  assert.deepEqual(chosenBefore(records, new Map([[asked.version, asked]]), 'grid'), ['b', 'a', 'c'])
})

test('a thousand names are looked through within a keystroke', () => {
  const list = Array.from({ length: 1000 }, (_, n) => ref(`柳河镇第${n}网格`, `c${n}`))
  found(list, 'lhz')
  const began = performance.now()
  assert.equal(found(list, 'lhz').length, 1000)
  assert.ok(performance.now() - began < 100)
})
