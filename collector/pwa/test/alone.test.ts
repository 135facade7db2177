import assert from 'node:assert/strict'
import { test } from 'node:test'
import { turns } from '../src/send/alone.ts'

class Shelf implements Pick<Storage, 'getItem' | 'setItem'> {
  kept = new Map<string, string>()
  getItem = (name: string): string | null => this.kept.get(name) ?? null
  setItem = (name: string, text: string): void => void this.kept.set(name, text)
}

const asStorage = (shelf: object): Storage => shelf as unknown as Storage
const PLACE = 'mingbai.uploading'

/** Web Locks of one browser, as far as they are used here. */
function lockManager(): LockManager {
  let held = false
  return {
    request: async (_: string, how: LockOptions, act: (lock: Lock | null) => unknown) => {
      if (held && !how.steal) return act(null)
      held = true
      try {
        return await act({} as Lock)
      } finally {
        held = false
      }
    },
  } as unknown as LockManager
}

/** Work that goes on until it is told to stop. */
function longWork(): { work: () => Promise<void>; stop: () => void; begun: () => boolean } {
  let stop: (() => void) | null = null
  const work = (): Promise<void> => new Promise<void>((end) => (stop = end))
  return { work, stop: () => stop?.(), begun: () => stop !== null }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 5))
}

test('of two tabs one sends and the other is told that it is not its turn', async () => {
  const locks = lockManager()
  const [one, other] = [turns(locks, undefined), turns(locks, undefined)]
  const sending = longWork()
  const first = one.take(sending.work)
  assert.equal(await other.take(async () => assert.fail('both')), false)
  sending.stop()
  assert.equal(await first, true)
  assert.equal(await other.take(async () => {}), true)
})

test('a tab that froze while it was sending is taken over, a busy one is not', async (t) => {
  let minutes = 0
  t.mock.method(performance, 'now', () => minutes * 60_000)
  const locks = lockManager()
  const [frozen, other] = [turns(locks, undefined), turns(locks, undefined)]
  void frozen.take(longWork().work)
  assert.equal(await other.take(async () => {}), false)
  minutes = 2
  other.heard()
  minutes = 4
  assert.equal(await other.take(async () => {}), false)
  minutes = 6
  assert.equal(await other.take(async () => {}), true)
})

test('locks that the browser refuses hold up nothing', async () => {
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) }
  let sent = 0
  const turn = turns(locks as unknown as LockManager, undefined)
  assert.equal(await turn.take(async () => void sent++), true)
  assert.equal(sent, 1)
})

test('without locks a note keeps the other tabs away while one sends, and is gone after', async () => {
  const shelf = new Shelf()
  const turn = turns(undefined, asStorage(shelf))
  const sending = longWork()
  const first = turn.take(sending.work)
  await until(() => sending.begun())
  assert.match(shelf.getItem(PLACE)!, /^0\.\d+ \d+$/)
  sending.stop()
  assert.equal(await first, true)
  assert.equal(shelf.getItem(PLACE), '')
})

for (const [what, at, mine] of [
  ['fresh', Date.now(), false],
  ['old', Date.now() - 5 * 60_000, true],
  ['from a clock that was a year ahead', Date.now() + 365 * 86_400_000, true],
  ['garbage', NaN, true],
] as const) {
  test(`without locks a note that is ${what} ${mine ? 'keeps nobody away' : 'is heeded'}`, async () => {
    const shelf = new Shelf()
    shelf.setItem(PLACE, `another-tab ${at}`)
    assert.equal(await turns(undefined, asStorage(shelf)).take(async () => {}), mine)
  })
}

test('without locks and without storage it is always one’s turn', async () => {
  const forbidden = {
    getItem: () => {
      throw new Error('denied')
    },
    setItem: () => {
      throw new Error('denied')
    },
  }
  assert.equal(await turns(undefined, asStorage(forbidden)).take(async () => {}), true)
})
