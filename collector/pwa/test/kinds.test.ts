import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsOf, meant } from '../src/form/kinds.ts'
import type { Form } from '../src/contract.ts'
import { both, form } from './forms.ts'

const kind = (name: string, group: string | null = null, at: number | null = null): Form =>
  form([], {
    kind: name,
    label: { zh: name, en: `${name}?` },
    group: group ? both(group) : null,
    group_at: at,
  })

const told = (forms: Form[], all = forms): [string | null, string[]][] =>
  groupsOf(forms, all).map(({ label, forms }) => [label?.zh ?? null, forms.map(({ label }) => label.zh)])

test('kinds stand under the words of their group, each group in the order in which its kinds come', () => {
  const forms = [kind('答复', '代表建议', 2), kind('走访', '联系群众', 3), kind('延期', '代表建议')]
  assert.deepEqual(told(forms), [
    ['代表建议', ['答复', '延期']],
    ['联系群众', ['走访']],
  ])
})

test('groups stand where one of their kinds says, those that say nothing come after, what has none comes last', () => {
  const forms = [kind('网格'), kind('评议', '监督'), kind('活动', '人大工作', 7), kind('票决', '民生实事', 1)]
  assert.deepEqual(
    told(forms).map(([label]) => label),
    ['民生实事', '人大工作', '监督', null],
  )
})

test('where a group stands may be said by a kind that this person does not write', () => {
  const mine = [kind('站点活动', '联络站点'), kind('项目线索', '民生实事')]
  const all = [...mine, kind('值班排班', '联络站点', 4), kind('年度票决工作', '民生实事', 1)]
  assert.deepEqual(
    told(mine, all).map(([label]) => label),
    ['民生实事', '联络站点'],
  )
})

test('forms from an office that says nothing of groups are one list without a name', () => {
  const { group: _, group_at: __, ...old } = kind('走访')
  assert.deepEqual(told([old, old]), [[null, ['走访', '走访']]])
})

test('a kind is found by letters of its name, in Chinese or English, or by its first letters in pinyin', () => {
  const forms = [kind('站点活动'), kind('代表活动'), kind('走访')]
  const found = (typed: string): string[] => meant(forms, typed).map(({ label }) => label.zh)
  assert.deepEqual(found(''), ['站点活动', '代表活动', '走访'])
  assert.deepEqual(found('活动'), ['站点活动', '代表活动'])
  assert.deepEqual(found('dbhd'), ['代表活动'])
  assert.deepEqual(found('走访?'), ['走访'])
  assert.deepEqual(found('票决'), [])
})
