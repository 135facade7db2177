import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp, type App } from '../src/app.ts'
import type { Filed } from '../src/contract.ts'
import type { Work, WorkItem, WorkStep } from '../src/office.ts'
import { ALONG, refInWords, stepsOf } from '../src/form/form.ts'
import { createOffice } from '../src/send/sync.ts'
import {
  answersToday,
  ANYTHING,
  comesOutOfCase,
  dueOf,
  filedFor,
  found,
  fromWork,
  isToDo,
  keyOf,
  offered,
} from '../src/case/work.ts'
import { both, field, form } from './forms.ts'
import { newPhone, type Phone } from './phone.ts'

const CASE = 'JY-2026-7KQ4'
const ASSIGNED = 'JB-2026-7KQ4'
const ORGAN = 'JG-2026-7KQ4'

const REPLY = form(
  [
    field('suggestion', { type: 'reference', refers_to: 'suggestion', required: true }),
    field('assignment', { type: 'reference', refers_to: 'assignment', required: true }),
    field('organ', { type: 'reference', refers_to: 'organ', required: true }),
    field('replied_on', { type: 'date', required: true }),
    field('body', { type: 'long', required: true }),
  ],
  { kind: 'reply', version: 'reply@1', about: 'suggestion', label: both('答复') },
)

const step = (more: Partial<WorkStep> = {}): WorkStep => ({
  kind: 'reply',
  label: both('答复'),
  why: both('办理并答复'),
  must: true,
  answers: { suggestion: CASE, assignment: ASSIGNED, organ: ORGAN, replied_on: '2026-03-02' },
  replaces: null,
  ...more,
})

const item = (more: Partial<WorkItem> = {}): WorkItem => ({
  code: CASE,
  kind: 'suggestion',
  title: both('关于路灯的建议'),
  stage: 'assigned',
  said: both('办理中，等您：办理并答复'),
  track: 'green',
  due: '2026-03-12',
  days: 10,
  clock: null,
  must: true,
  steps: [step()],
  facts: [],
  timeline: [{ on: '2026-03-01', said: both('交办：交通局'), kind: 'assignment', code: ASSIGNED }],
  ...more,
})

const list = (...items: WorkItem[]): Work => ({ etag: 'work-2', as_of: '2026-03-02', items, more: 0 })

const apps: App[] = []
after(() => apps.forEach((app) => app.close()))

/** An app on an active phone that has heard this list, on the second of March. */
async function appWith(work: Work | null, phone?: Phone, day = 2): Promise<{ app: App; phone: Phone }> {
  phone ??= await newPhone()
  phone.office.deviceState = 'active'
  phone.office.work = work
  await phone.store.putForms([REPLY], 'tag')
  const now = (): Date => new Date(2026, 2, day, 9)
  const app = await createApp({ store: phone.store, office: createOffice(phone.office.ask), now })
  apps.push(app)
  await app.upload()
  return { app, phone }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !holds(); tries++) await new Promise((done) => setTimeout(done, 5))
  assert.ok(holds())
}

test('the list is kept, also for when the office is away and the app is opened anew', async () => {
  const { app, phone } = await appWith(list(item()))
  assert.equal(app.state().work?.items[0]?.code, CASE)
  phone.office.instead = () => null
  const again = await createApp({ store: phone.store, office: createOffice(phone.office.ask) })
  apps.push(again)
  assert.equal(again.state().work?.items[0]?.title.zh, '关于路灯的建议')
  assert.equal(again.state().workAt, app.state().workAt)
})

test('a list that has not changed is not sent again', async () => {
  const { app, phone } = await appWith(list(item()))
  await app.upload()
  const asked = phone.office.asked.filter(({ url }) => url.endsWith('/work'))
  assert.equal(asked.at(-1)?.headers.get('If-None-Match'), '"work-2"')
  assert.equal(app.state().work?.items.length, 1)
})

test('an office without such a list holds up nothing', async () => {
  const { app } = await appWith(null)
  assert.equal(app.state().upload.at, 'rest')
  assert.equal(app.state().work, null)
})

test('a phone that was stopped forgets what was to be done', async () => {
  const { app, phone } = await appWith(list(item()))
  phone.office.deviceState = 'revoked'
  await app.upload()
  assert.equal(app.state().work, null)
})

test('a button begins a draft with what is known, and goes on with it the next time', async () => {
  const { app } = await appWith(list(item({ steps: [step({ replaces: 'an-older-record' })] })))
  const [one] = app.state().work!.items
  const draft = await app.startStep(one!, one!.steps[0]!)
  assert.deepEqual(draft?.typed, one!.steps[0]!.answers)
  assert.equal(draft?.replaces, 'an-older-record')
  assert.equal((await app.startStep(one!, one!.steps[0]!))?.id, draft?.id)
})

test('what is filled in waits for the office, and comes back only if the office asks again', async () => {
  const { app, phone } = await appWith(list(item()))
  const [one] = app.state().work!.items
  const draft = await app.startStep(one!, one!.steps[0]!)
  phone.office.instead = () => null
  await app.fileDraft(draft!, REPLY, { body: '已经修好' })
  const open = (): boolean => isToDo(one!, app.state().records, app.state().workAt)
  assert.equal(open(), false)
  await until(() => app.state().upload.at === 'pausing')
  phone.office.instead = () => undefined
  await app.upload()
  assert.equal(app.state().records[0]?.delivery.at, 'delivered')
  assert.equal(open(), true)
})

test('mending what a case asked for asks everything again', async () => {
  const { app } = await appWith(list(item()))
  const [one] = app.state().work!.items
  const draft = await app.startStep(one!, one!.steps[0]!)
  assert.deepEqual(draft?.work?.settled, ['suggestion', 'assignment'])
  const record = await app.fileDraft(draft!, REPLY, { body: '已经修好' })
  assert.deepEqual((await app.mend(record))?.work, { ...draft!.work, settled: [] })
})

test('a case and its records have names where no list on the phone has them', async () => {
  const { app } = await appWith(list(item()))
  const { refs } = app.state()
  assert.equal(refInWords(refs, REPLY.fields[0]!, CASE, 'zh'), '关于路灯的建议')
  assert.equal(refInWords(refs, REPLY.fields[1]!, ASSIGNED, 'zh'), '2026-03-01 交办：交通局')
  assert.equal(refInWords(refs, REPLY.fields[2]!, ORGAN, 'zh'), ORGAN)
  const listed = [{ code: CASE, name: null, label: CASE }]
  const blank = new Map([
    ...refs,
    ['suggestion', { kind: 'suggestion', etag: null, records: listed }] as const,
  ])
  assert.equal(refInWords(blank, REPLY.fields[0]!, CASE, 'zh'), '关于路灯的建议')
  assert.ok(refs.get(ALONG))
})

test('what was filed keeps its names after its case has left the list', async () => {
  const { app, phone } = await appWith(list(item()))
  const [one] = app.state().work!.items
  const draft = await app.startStep(one!, one!.steps[0]!)
  await app.fileDraft(draft!, REPLY, { suggestion: CASE, body: '已经修好' })
  await until(() => app.state().records[0]?.delivery.at === 'delivered' && app.state().upload.at === 'rest')
  phone.office.work = { ...list(), etag: 'work-3' }
  await app.upload()
  assert.deepEqual(app.state().work?.items, [])
  assert.equal(refInWords(app.state().refs, REPLY.fields[0]!, CASE, 'zh'), '关于路灯的建议')
})

test('days are counted on by an old list and never back', () => {
  assert.deepEqual(dueOf('2026-03-12', '2026-03-02', '2026-03-02'), { near: 'far', count: 10 })
  assert.deepEqual(dueOf('2026-03-12', '2026-03-02', '2026-03-05'), { near: 'soon', count: 7 })
  assert.deepEqual(dueOf('2026-03-12', '2026-03-02', '2026-03-12'), { near: 'today', count: 0 })
  assert.deepEqual(dueOf('2026-03-12', '2026-03-02', '2026-03-15'), { near: 'late', count: 3 })
  assert.deepEqual(dueOf('2026-03-12', '2026-03-02', '2025-01-01'), { near: 'far', count: 10 })
})

test('the day of an old list becomes today, and no other day does', () => {
  const old = step()
  assert.equal(answersToday(old, REPLY, '2026-03-02', '2026-03-05').replied_on, '2026-03-05')
  assert.equal(answersToday(old, REPLY, '2026-03-01', '2026-03-05').replied_on, '2026-03-02')
  assert.equal(
    answersToday(step({ answers: {} }), REPLY, '2026-03-01', '2026-03-05').replied_on,
    '2026-03-05',
  )
  const promise = form([field('due_on', { type: 'date', required: true })], { kind: 'promise' })
  const due = step({ kind: 'promise', answers: { due_on: '2026-03-02' } })
  assert.equal(answersToday(due, promise, '2026-03-02', '2026-03-05').due_on, '2026-03-02')
})

test('what the case has answered is not asked again, nor what only leads to it', () => {
  const check = form(
    [
      field('checked', { type: 'choice', required: true }),
      field('suggestion', { type: 'reference', refers_to: 'suggestion', only_if: { checked: 'suggestion' } }),
      field('promise', { type: 'reference', refers_to: 'promise', only_if: { checked: 'suggestion' } }),
      field('grid', { type: 'reference', refers_to: 'grid' }),
    ],
    { kind: 'onsite_check' },
  )
  const asked = step({
    kind: 'onsite_check',
    answers: { checked: 'suggestion', suggestion: CASE, grid: 'WG-2026-7KQ4' },
  })
  assert.deepEqual(fromWork(item(), asked, check).settled, ['checked', 'suggestion'])
  assert.deepEqual(fromWork(item(), step(), REPLY, ORGAN).settled, ['suggestion', 'assignment', 'organ'])
  const rest = {
    ...check,
    fields: check.fields.filter(({ name }) => !['checked', 'suggestion'].includes(name)),
  }
  assert.deepEqual(
    stepsOf(rest)
      .flat()
      .map(({ name }) => name),
    ['promise', 'grid'],
  )
})

test('a blank form never begins with the case of last time', async () => {
  const { app } = await appWith(list(item()))
  const [one] = app.state().work!.items
  const draft = await app.startStep(one!, one!.steps[0]!)
  await app.fileDraft(draft!, REPLY, { suggestion: CASE, body: '已经修好' })
  assert.equal((await app.startDraft(REPLY)).typed.suggestion, undefined)
})

test('which reply is rated says at what stage', () => {
  const rating = form([field('reply', { type: 'reference' }), field('stage'), field('result')], {
    kind: 'rating',
  })
  const asked = step({ kind: 'rating', answers: { reply: 'DF-2026-7KQ4', stage: 'reply' } })
  const timeline = [{ on: '2026-03-01', said: both('答复'), kind: 'reply', code: 'DF-2026-7KQ4' }]
  assert.deepEqual(fromWork(item({ timeline }), asked, rating).settled, ['reply', 'stage'])
})

test('of an approval nothing but the decision is asked', () => {
  const approval = form([field('record'), field('entry'), field('decision')], { kind: 'approval' })
  const asked = step({ kind: 'approval', answers: { record: 'PJ-2026-7KQ4', entry: 'x'.repeat(43) } })
  assert.deepEqual(fromWork(item(), asked, approval).settled, ['record', 'entry'])
})

test('a question that steps leave behind stands on a page of its own', () => {
  const many = Array.from({ length: 7 }, (_, at) => field(`f${at}`))
  const led = field('led', { only_if: { gone: true } })
  assert.equal(stepsOf(form([led, ...many])).flat().length, 8)
})

test('two organs that are to be reminded are two steps', () => {
  const [one, other] = ['JG-2026-AAA1', 'JG-2026-BBB2'].map((organ) =>
    step({ kind: 'reminder', must: false, answers: { suggestion: CASE, organ, reminded_on: '2026-03-02' } }),
  )
  assert.notEqual(keyOf(one!), keyOf(other!))
  const record = {
    delivery: { at: 'waiting', tries: 0, said: null },
    work: { item: CASE, step: keyOf(one!), settled: [], labels: {} },
  } as unknown as Filed
  assert.ok(filedFor(item(), one!, [record], null))
  assert.equal(filedFor(item(), other!, [record], null), undefined)
})

test('from within a case only its own records are offered', () => {
  const promise = form([], { kind: 'promise', about: 'suggestion' })
  const asked = field('promise', { type: 'reference', refers_to: 'promise' })
  const only = offered(asked, fromWork(item(), step(), REPLY), [promise])
  const ref = (about: string) => ({ code: 'CN-2026-7KQ4', name: null, label: '路灯', about })
  assert.deepEqual([only?.(ref(CASE)), only?.(ref('JY-2026-8888'))], [true, false])
  assert.equal(offered(asked, undefined, [promise]), null)
  assert.equal(
    offered(field('grid', { refers_to: 'grid' }), fromWork(item(), step(), REPLY), [promise]),
    null,
  )
})

test('the list is looked through by stage, track and deadline', () => {
  const bare = item({ code: 'JY-2026-8888', stage: 'submitted', track: null, due: null })
  const work = list(item(), bare)
  const codes = (wanted: object): string[] =>
    found(work, { ...ANYTHING, ...wanted }, '2026-03-02').map(({ code }) => code)
  assert.deepEqual(codes({}), [CASE, bare.code])
  assert.deepEqual(codes({ stage: 'submitted' }), [bare.code])
  assert.deepEqual(codes({ track: 'none' }), [bare.code])
  assert.deepEqual(codes({ track: 'green', due: 'far' }), [CASE])
  assert.deepEqual(codes({ due: 'late' }), [])
})

test('what comes out of a case does not crowd the start, and a suggestion does not come out of one', () => {
  assert.equal(comesOutOfCase(REPLY), true)
  assert.equal(comesOutOfCase(form([], { kind: 'approval' })), true)
  assert.equal(comesOutOfCase(form([], { kind: 'suggestion', about: 'grid' })), false)
})
