import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp, type App } from '../src/app.ts'
import {
  apart,
  asCase,
  asideLeft,
  calledEntry,
  chosen,
  compared,
  decidedHere,
  entryOf,
  isEntry,
  keptIn,
  openOf,
  saidOf,
  settling,
} from '../src/case/aside.ts'
import type { Filed, Form, Version } from '../src/contract.ts'
import { heed } from '../src/case/heed.ts'
import type { Desk, DeskEntry, WorkStep } from '../src/office.ts'
import { levelOf } from '../src/send/outbox.ts'
import { createOffice } from '../src/send/sync.ts'
import { filedFor, isWord, keyOf } from '../src/case/work.ts'
import { both, field, form } from './forms.ts'
import { newPhone, type Phone } from './phone.ts'

const DIGEST = 'd'.repeat(43)
const OTHER = 'e'.repeat(43)

const RESOLUTION = form(
  [
    field('record', { required: true }),
    field('entry', { required: true }),
    field('decision', { type: 'choice', required: true }),
    field('current', { only_if: { decision: 'take' } }),
    field('reason', { type: 'long', required: true, only_if: { decision: 'close' } }),
  ],
  { kind: 'resolution', version: 'resolution@1', written_by: ['clerk'] },
)

const step = (decision: string, more = {}): WorkStep => ({
  kind: 'resolution',
  label: both(decision),
  why: both(decision),
  must: false,
  replaces: null,
  answers: { record: 'id-1', entry: DIGEST, decision, ...more },
})

const entry = (more: Partial<DeskEntry> = {}): DeskEntry => ({
  id: 'id-1',
  digest: DIGEST,
  kind: 'visit',
  code: null,
  form: null,
  received_at: '2026-03-02T01:00:00.000Z',
  claimed_at: null,
  mark: null,
  by: { name: '王芳', role: 'deputy', device: 'x', revoked_at: null, reason: null },
  label: both('走访'),
  fields: [{ name: 'summary', label: both('小结'), same: true, answer: '路灯' }],
  steps: [step('take', { current: OTHER }), step('close')],
  ...more,
})

const desk = (more: Partial<Desk> = {}): Desk => ({
  position: 7,
  more: { branches: 0, held: 0, quarantined: 0 },
  branches: [],
  held: [],
  quarantined: [],
  ...more,
})

const apps: App[] = []
after(() => apps.forEach((app) => app.close()))

async function appOf(phone: Phone): Promise<App> {
  phone.office.deviceState = 'active'
  const app = await createApp({ store: phone.store, office: createOffice(phone.office.ask) })
  apps.push(app)
  return app
}

async function clerkWith(given: Desk): Promise<{ app: App; phone: Phone }> {
  const phone = await newPhone()
  phone.office.person = { code: 'clerk', name: '小陈', role: 'clerk' }
  phone.office.desk = given
  await phone.store.putForms([RESOLUTION], 'tag')
  const app = await appOf(phone)
  await app.upload()
  await app.upload()
  return { app, phone }
}

const asks = ({ office }: Phone): number => office.asked.filter(({ url }) => url.endsWith('/desk')).length

// ---------------------------------------------------------------- the clerk's list

test('a clerk hears what was kept aside, and keeps it for when there is no network', async () => {
  const { app, phone } = await clerkWith(desk({ held: [entry()] }))
  assert.deepEqual(app.state().desk?.held, [entry()])
  assert.deepEqual((await phone.store.readAll()).meta.desk?.held, [entry()])
  assert.ok(app.state().deskAt)
})

test('it is asked for again only when the ledger has moved', async () => {
  const { app, phone } = await clerkWith(desk({ position: 0 }))
  const before = asks(phone)
  await app.upload()
  assert.equal(asks(phone), before)
  await phone.file()
  await app.upload()
  assert.equal(asks(phone), before + 1)
})

test('nobody but a clerk asks for it', async () => {
  const phone = await newPhone()
  const app = await appOf(phone)
  await app.upload()
  assert.equal(asks(phone), 0)
  assert.equal(app.state().desk, null)
})

test('a desk that does not answer holds up nothing else', async () => {
  const { app, phone } = await clerkWith(desk({ held: [entry()] }))
  const heard = app.state().deskAt
  phone.office.instead = (path) => (path === '/desk' ? new Response('{}', { status: 500 }) : undefined)
  await phone.file()
  await app.upload()
  assert.equal(app.state().upload.at, 'rest')
  assert.equal(app.state().records[0]!.delivery.at, 'delivered')
  assert.equal(app.state().deskAt, heard)
  assert.equal(app.state().desk?.held.length, 1)
})

test('a stopped phone drops it', async () => {
  const { app, phone } = await clerkWith(desk({ held: [entry()] }))
  phone.office.deviceState = 'revoked'
  await app.upload()
  assert.equal(app.state().desk, null)
})

test('the list is read by sort, and what was decided comes last and counts no more', () => {
  const other = entry({ digest: OTHER, id: 'id-2' })
  const both_ = desk({ branches: [entry()], held: [other], more: { branches: 0, held: 4, quarantined: 0 } })
  const decided = { kind: 'resolution', work: { item: DIGEST }, delivery: { at: 'waiting' } } as Filed
  assert.deepEqual(
    keptIn(both_, '', [decided], null).map(({ entry: { digest } }) => digest),
    [OTHER, DIGEST],
  )
  assert.equal(keptIn(both_, 'held', [], null).length, 1)
  assert.equal(asideLeft(both_, [], null), 6)
  assert.equal(asideLeft(both_, [decided], null), 5)
  assert.equal(entryOf(both_, OTHER)?.sort, 'held')
  assert.ok(isEntry(DIGEST) && !isEntry('ZF-2026-7KQ4') && !isEntry(undefined))
})

test('an entry is called by its form and its heading, and by its kind where nothing can be read', () => {
  const VISIT = form([field('summary')], { title: '{{ summary }}' })
  assert.equal(calledEntry(entry(), VISIT, new Map()).zh, '走访：路灯')
  assert.equal(calledEntry(entry({ label: null, kind: 'unreadable' }), undefined, new Map()).zh, 'unreadable')
})

// ---------------------------------------------------------------- deciding

test('a decision is begun with all that is settled; taking and closing are two drafts', async () => {
  const { app } = await clerkWith(desk({ branches: [entry()] }))
  const item = asCase(entry(), both('走访'))
  const take = (await app.startStep(item, item.steps[0]!))!
  const close = (await app.startStep(item, item.steps[1]!))!
  assert.notEqual(take.id, close.id)
  assert.equal((await app.startStep(item, item.steps[0]!))!.id, take.id)
  assert.deepEqual(take.typed, { record: 'id-1', entry: DIGEST, decision: 'take', current: OTHER })
  assert.deepEqual(take.work!.settled, ['record', 'entry', 'decision', 'current'])
  assert.ok(!close.work!.settled.includes('reason'))
  assert.equal(take.work!.item, DIGEST)
})

test('what was filed is decided until the desk has answered', async () => {
  const { app, phone } = await clerkWith(desk({ branches: [entry()] }))
  const item = asCase(entry(), both('走访'))
  const draft = (await app.startStep(item, item.steps[0]!))!
  phone.office.instead = (path) => (path === '/desk' ? null : undefined)
  await app.fileDraft(draft, RESOLUTION, item.steps[0]!.answers)
  await app.upload()
  const { records, deskAt } = app.state()
  assert.equal(records[0]!.delivery.at, 'delivered')
  assert.ok(decidedHere(DIGEST, records, deskAt))
  phone.office.instead = () => undefined
  await app.upload()
  assert.equal(decidedHere(DIGEST, app.state().records, app.state().deskAt), undefined)
})

test('both words about a version are steps of their own, and either counts as filled in', () => {
  const asked: WorkStep = {
    ...step(''),
    kind: 'approval',
    answers: { record: 'ZF-2026-7KQ4', entry: DIGEST },
  }
  const words = saidOf(asked)
  assert.deepEqual(
    words.map(({ answers }) => answers.decision),
    ['send_back', 'approve'],
  )
  assert.notEqual(keyOf(words[0]!), keyOf(words[1]!))
  assert.deepEqual(saidOf(step('take')), [step('take')])
  const filed = {
    work: { item: DIGEST, step: keyOf(words[1]!) },
    delivery: { at: 'waiting' },
  } as Filed
  assert.equal(filedFor(asCase(entry(), both('')), asked, [filed], null), filed)
  assert.ok(isWord({ kind: 'approval' }) && isWord({ kind: 'resolution' }) && !isWord({ kind: 'visit' }))
})

// ---------------------------------------------------------------- what its author hears

const FORM: Form = form([
  field('day', { type: 'date' }),
  field('people', { type: 'integer' }),
  field('summary', { type: 'long' }),
])

const CURRENT: Version = {
  id: 'id-now',
  digest: OTHER,
  form: FORM.version,
  received_at: '2026-03-02T02:00:00.000Z',
  claimed_at: null,
  by: { name: '小陈', role: 'clerk' },
  answers: { day: '2026-03-02', people: 3, summary: '修好了' },
}

test('two versions stand beside each other question by question', () => {
  const fields = compared(FORM, { day: '2026-03-02', people: 4 }, CURRENT.answers, { people: 2 })
  assert.deepEqual(
    fields.map(({ name, same }) => [name, same]),
    [
      ['day', true],
      ['people', false],
      ['summary', false],
    ],
  )
  assert.deepEqual([fields[1]!.branch, fields[1]!.current, fields[1]!.base], [4, 3, 2])
  assert.ok(!('branch' in fields[2]!) && !('base' in fields[2]!))
})

test('nothing is chosen beforehand, and what is chosen makes the correction of the version in force', () => {
  const mine = { day: '2026-03-02', people: 4 }
  const fields = compared(FORM, mine, CURRENT.answers, null)
  assert.deepEqual(
    openOf(fields, {}).map(({ name }) => name),
    ['people', 'summary'],
  )
  const picks = { people: 'branch', summary: 'current' } as const
  assert.deepEqual(openOf(fields, picks), [])
  assert.deepEqual(chosen(fields, picks), { day: '2026-03-02', people: 4, summary: '修好了' })
  assert.deepEqual(chosen(fields, { people: 'current', summary: 'branch' }), { day: '2026-03-02', people: 3 })
  const draft = settling({ id: 'id-late' } as Filed, CURRENT, FORM, chosen(fields, picks), new Date(0))
  assert.deepEqual([draft.replaces, draft.settles, draft.typed.people], ['id-now', 'id-late', '4'])
})

test('where two texts differ stands between what both begin and end with', () => {
  assert.deepEqual(apart('修好了路灯', '没修好路灯'), ['', '修好了', '路灯'])
  assert.deepEqual(apart('同样', '同样'), ['同样', '', ''])
  assert.deepEqual(apart('𠮷野家', '𠮷田家'), ['𠮷', '野', '家'])
  assert.deepEqual(apart('啊啊', '啊'), ['啊', '啊', ''])
})

async function filedWith(told: object, fate: 'branch' | 'quarantined' | 'accepted'): Promise<[App, Phone]> {
  const phone = await newPhone()
  await phone.store.putForms([FORM], 'tag')
  const record = await phone.file({ day: '2026-03-02', people: 4 })
  phone.office.fate.set(record.id, fate)
  phone.office.told.set(record.id, told)
  const app = await appOf(phone)
  await app.upload()
  await app.upload()
  return [app, phone]
}

test('a closed record is kept and does not count, and its author reads why', async () => {
  const decided = { decision: 'close', reason: '重复了', on: '2026-03-03T01:00:00.000Z' } as const
  const [app, phone] = await filedWith({ decided }, 'branch')
  const [record] = app.state().records
  assert.equal(levelOf(record!, null), 'returned')
  assert.deepEqual(record!.delivery.at === 'delivered' && record!.delivery.decided, decided)
  // taken in after all: the reason is gone with the decision
  phone.office.fate.set(record!.id, 'accepted')
  phone.office.told.clear()
  await app.upload()
  const [again] = app.state().records
  assert.equal(levelOf(again!, null), 'delivered')
  assert.ok(again!.delivery.at === 'delivered' && !('decided' in again!.delivery))
})

test('a branch asks for its author until they leave it to the office', async () => {
  const [app, phone] = await filedWith({ current: CURRENT }, 'branch')
  const [record] = app.state().records
  assert.equal(levelOf(record!, null), 'look')
  await heed(app, record!, 'left')
  assert.equal(levelOf(app.state().records[0]!, null), 'delivered')
  await app.upload()
  assert.equal((await phone.store.record(record!.id))!.heed, 'left')
})

test('a correction begins with the version in force, so that it makes no branch', async () => {
  const [app] = await filedWith({ current: CURRENT }, 'accepted')
  const draft = (await app.mend(app.state().records[0]!))!
  assert.equal(draft.replaces, 'id-now')
  assert.deepEqual(draft.typed, { day: '2026-03-02', people: '3', summary: '修好了' })
})

test('what settles a branch says so when it is filed', async () => {
  const [app] = await filedWith({ current: CURRENT }, 'branch')
  const [late] = app.state().records
  const draft = settling(late!, CURRENT, FORM, { people: 4 }, new Date())
  await app.saveDraft(draft)
  await app.fileDraft(draft, FORM, { people: 4 })
  assert.ok(
    app.state().records.some(({ settles, replaces }) => settles === late!.id && replaces === 'id-now'),
  )
})
