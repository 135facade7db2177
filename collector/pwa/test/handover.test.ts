import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askForCode, cleanDigits, draftsThere, letIn, minutesLeft, whoWaits } from '../src/phone/handover.ts'
import type { Talk } from '../src/send/round.ts'
import { Refused, Unreachable, type Asking } from '../src/send/sync.ts'
import { newPhone } from './phone.ts'

const MINUTE = 60_000
const WRONG = new Refused(403, 'mingbai:handover/digits', '六位数字不对', null)

/** A line to an office that answers as told. */
async function lineTo(
  answer: (asking: Asking) => unknown,
  now = new Date(),
): Promise<Talk & { asked: Asking[] }> {
  const { identity } = await newPhone()
  const asked: Asking[] = []
  const office = {
    hello: async () => ({ server_time: '2026-03-02T01:00:00.000Z' }),
    ask: async (asking: Asking) => {
      asked.push(asking)
      return answer(asking)
    },
  }
  return { office, asked, state: () => ({ identity }), now: () => now } as unknown as Talk & {
    asked: Asking[]
  }
}

test('a code lasts as long as the office says, however wrong the clock of the phone is', async () => {
  const wrong = new Date('2019-01-01T00:00:00Z')
  const line = await lineTo(() => ({ code: 'C', link: 'L', expires_at: '2026-03-02T01:15:00.000Z' }), wrong)
  const offer = await askForCode(line)
  assert.equal(offer.until - wrong.getTime(), 15 * MINUTE)
  assert.ok(line.asked.every(({ signer }) => signer))
})

test('the minutes left go by fives, never promise too long, and end', () => {
  const offer = { code: '', link: '', until: 15 * MINUTE }
  const said = [0, 4, 5, 9, 10, 14, 15, 20].map((minutes) => minutesLeft(offer, minutes * MINUTE))
  assert.deepEqual(said, [15, 15, 10, 10, 5, 5, 0, 0])
})

test('digits are read as they were meant', () => {
  assert.equal(cleanDigits(' 123 456'), '123456')
  assert.equal(cleanDigits('１２３４５６'), '123456')
})

test('who came last is asked about first, and an earlier try beside it does not matter', async () => {
  const waiting = [
    { device: 'earlier', enrolled_at: '2026-03-02T01:00:00Z' },
    { device: 'last', enrolled_at: '2026-03-02T01:05:00Z' },
  ]
  const line = await lineTo(({ path, body }) => {
    if (path === '/handover') return { waiting }
    if ((body as { device: string }).device === 'earlier') return { state: 'active' }
    throw WRONG
  })
  const came = await whoWaits(line)
  assert.deepEqual(
    came.map(({ device }) => device),
    ['last', 'earlier'],
  )
  await letIn(line, came, '123456')
  assert.deepEqual(
    line.asked.slice(1).map(({ body }) => body),
    [
      { device: 'last', digits: '123456' },
      { device: 'earlier', digits: '123456' },
    ],
  )
})

test('nobody is called let in unless the office says so', async () => {
  const waiting = [{ device: 'new', enrolled_at: '' }]
  const refused = await lineTo(() => {
    throw WRONG
  })
  await assert.rejects(letIn(refused, waiting, '123456'), (fault) => fault === WRONG)
  const portal = await lineTo(() => ({ hotel: 'welcome' }))
  await assert.rejects(letIn(portal, waiting, '123456'), Unreachable)
  await assert.rejects(letIn(portal, [], '123456'), Unreachable)
  await assert.rejects(askForCode(portal), Unreachable)
})

test('what is said to be on the other side is what the office has', async () => {
  const line = await lineTo(() => ({ drafts: [{ id: 'a' }, { id: 'of another phone' }] }))
  assert.deepEqual([...(await draftsThere(line, ['a', 'b']))], ['a'])
})
