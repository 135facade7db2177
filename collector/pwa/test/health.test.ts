import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readWords } from '../build/words.ts'
import type { Delivery, Filed } from '../src/contract.ts'
import { healthOf, reportLines, reportOf, reportText, span, type Ground } from '../src/phone/health.ts'
import type { Hello } from '../src/office.ts'
import { stateFrom, type State } from '../src/state.ts'
import { addWords } from '../src/words.ts'
import { REPOSITORY } from './cases.ts'
import { form } from './forms.ts'
import { draftOf, newPhone } from './phone.ts'

const words = readWords(join(REPOSITORY, 'content/words'))
addWords(Object.fromEntries(Object.entries(words).map(([key, { zh }]) => [key, zh])))

const NOW = new Date('2026-11-26T04:00:00.000Z')
const WELL: Ground = {
  now: NOW,
  persisted: true,
  freeMb: 5000,
  alone: true,
  worker: 'mingbai-0123456789ab',
  heardAt: '2026-11-26T03:59:00.000Z',
  clockMs: 2000,
  copies: null,
}
const at = (moment: string): string => moment.slice(0, 10)

async function stateOf(more: Partial<State> = {}): Promise<State> {
  const { store } = await newPhone()
  const state = stateFrom(await store.readAll())
  const identity = { ...state.identity!, state: 'active' as const }
  return { ...state, identity, current: [form([])], workAt: '2026-11-26T03:59:00.000Z', ...more }
}

const filed = (filedAt: string, delivery: Delivery): Filed => ({
  id: filedAt,
  kind: 'visit',
  form: 'visit@1',
  answers: { summary: '三组的水管漏了', phone: '13800138000' },
  replaces: null,
  filedAt,
  signed: null,
  delivery,
})
const WAITING: Delivery = { at: 'waiting', tries: 0, said: null }

const looks = (state: State, ground: Ground): string[] =>
  healthOf(state, ground, 'zh', at)
    .filter(({ look }) => look)
    .map(({ of }) => of)

test('where all is well nothing asks for attention, and every sentence is one', async () => {
  const state = await stateOf()
  assert.deepEqual(looks(state, WELL), [])
  for (const { text } of healthOf(state, WELL, 'zh', at)) assert.match(text, /。$/)
})

test('what wants attention comes first and says what to do', async () => {
  const records = [filed('2026-11-20T01:00:00.000Z', WAITING), filed('2026-11-25T01:00:00.000Z', WAITING)]
  const state = await stateOf({ records, hello: { oldest_app: 9, refs: { grid: 'x' } } as unknown as Hello })
  const bad: Ground = {
    ...WELL,
    persisted: false,
    freeMb: 20,
    alone: false,
    heardAt: '2026-11-01T00:00:00.000Z',
    clockMs: -365 * 86_400_000,
  }
  const lines = healthOf(state, bad, 'zh', at)
  const first = lines.findIndex(({ look }) => !look)
  assert.ok(lines.slice(first).every(({ look }) => !look))
  assert.deepEqual(looks(state, bad), ['unsent', 'heard', 'kept', 'free', 'alone', 'app', 'clock', 'lists'])
  for (const { look, act, of } of lines) assert.equal(act !== null, look, of)
  assert.match(lines[0]!.text, /有 2 条没上传，最早的一条等了 6 天/)
  assert.match(lines.find(({ of }) => of === 'clock')!.text, /慢了 365 天/)
})

test('every sentence there may be has its words, and those are all there are', async () => {
  const said = new Set<string>()
  const grounds = [
    WELL,
    { ...WELL, persisted: null, freeMb: 3, alone: false, clockMs: 10 ** 7, heardAt: null, copies: 1 },
    { ...WELL, worker: null, clockMs: null, heardAt: '2026-01-01T00:00:00Z', copies: 0, freeMb: null },
    { ...WELL, clockMs: -(10 ** 7) },
  ]
  const arrived: Delivery = {
    ...{ at: 'delivered', state: 'accepted', position: 7, code: 'ZF', problems: [] },
    ...{ published: null, arrivedAt: '2026-11-20T00:00:00Z' },
  } as Delivery
  const { identity } = await stateOf()
  const states = [
    await stateOf(),
    await stateOf({ identity: null, current: [], workAt: null }),
    await stateOf({ identity: { ...identity!, state: 'revoked' }, workAt: null, drafts: [draftOf()] }),
    await stateOf({ records: [filed(NOW.toISOString(), WAITING), filed('2026-11-19', arrived)] }),
    await stateOf({
      records: [filed('2026-11-01', WAITING)],
      hello: { oldest_app: 9, refs: {} } as unknown as Hello,
    }),
  ]
  for (const state of states)
    for (const ground of grounds)
      for (const { text, act } of healthOf(state, ground, 'zh', at))
        for (const each of [text, act]) if (each) said.add(each.replace(/[\d.]+( [天小时分钟GMB]+)?/g, '0'))
  assert.deepEqual(
    [...said].filter((text) => text.includes('app.') || text.includes('{')),
    [],
  )
  const kept = Object.keys(words).filter((key) => /^app\.health\.\w+\.\w+$/.test(key))
  assert.ok(kept.length > 25 && said.size >= kept.length - 4, `${said.size} of ${kept.length}`)
})

test('a report holds numbers and times, and nothing that anybody wrote', async () => {
  const records = [filed('2026-11-20T01:00:00.000Z', WAITING)]
  const drafts = [draftOf({ typed: { summary: '还没写完' } })]
  const state = await stateOf({ records, drafts })
  const report = reportOf(state, WELL)
  assert.deepEqual(report, {
    at: NOW.toISOString(),
    app: 1,
    worker: 'mingbai-0123456789ab',
    unsent: 1,
    oldest: '2026-11-20T01:00:00.000Z',
    drafts: 1,
    receipt: null,
    receipt_at: null,
    kept: true,
    free_mb: 5000,
    clock_ms: 2000,
    heard_at: WELL.heardAt,
  })
  assert.doesNotMatch(JSON.stringify(report), /水管|138|还没|路灯/)
})

test('what is shown of a report is all of it', async () => {
  const report = reportOf(await stateOf(), { ...WELL, persisted: null })
  const lines = reportLines(report, 'zh', at)
  assert.equal(lines.length, Object.keys(report).length)
  for (const [name, value] of lines) assert.ok(!name.startsWith('app.') && value !== '', name)
  assert.equal(new Set(lines.map(([name]) => name)).size, lines.length)
  assert.match(reportText('王芳', lines), /^王芳\n写这份报告的时间：2026-11-26\n/)
})

test('time spans are said as one says them', () => {
  assert.equal(span(50 * 3_600_000, 'zh'), '2 天')
  assert.equal(span(47 * 3_600_000, 'zh'), '47 小时')
  assert.equal(span(90 * 60_000, 'zh'), '90 分钟')
  assert.equal(span(0, 'zh'), '1 分钟')
})
