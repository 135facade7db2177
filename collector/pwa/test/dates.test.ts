import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, dayInWords, moment, today } from '../src/form/dates.ts'

test('a day is said with its weekday, and what is no day is left as it stands', () => {
  assert.equal(dayInWords('2026-11-21', 'zh'), '2026年11月21日 星期六')
  assert.equal(dayInWords('2026-03-01', 'zh'), '2026年3月1日 星期日')
  assert.equal(dayInWords('2026-03-01', 'en'), '1 March 2026 Sunday')
  assert.equal(dayInWords('2026-13-01', 'zh'), '2026-13-01')
  assert.equal(dayInWords('去年', 'zh'), '去年')
})

test('days in Chinese are what the browser itself would say', () => {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('zh-CN', { timeZone: 'UTC', ...options })
  for (let day = 0; day < 800; day += 13) {
    const at = new Date(Date.UTC(2026, 0, 1 + day))
    const said = part({ dateStyle: 'long' }).format(at) + ' ' + part({ weekday: 'long' }).format(at)
    assert.equal(dayInWords(at.toISOString().slice(0, 10), 'zh'), said)
  }
})

test('a moment is said by the hour for today, else by day and hour, where the phone is', () => {
  const now = new Date(2026, 10, 21, 18, 0)
  const at = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString()
  assert.equal(clock(new Date(2026, 10, 21, 0, 5)), '00:05')
  assert.equal(moment(at(2026, 10, 21, 9, 30), 'zh', now), '今天 09:30')
  assert.equal(moment(at(2026, 10, 21, 9, 30), 'en', now), 'today 09:30')
  assert.equal(moment(at(2026, 2, 1, 16, 4), 'zh', now), '3月1日 16:04')
  assert.equal(moment(at(2026, 2, 1, 16, 4), 'en', now), '1 March 16:04')
  assert.equal(today(now), '2026-11-21')
})
