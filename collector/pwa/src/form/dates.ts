/** Days and moments in words. Days are ISO text; the phone's own clock is a claim and shown as such. */
import type { Lang } from '../contract.ts'

const two = (number: number): string => String(number).padStart(2, '0')

const made = new Map<string, Intl.DateTimeFormat>()

/** English names of days. Making one takes longer than drawing a list, so each is made once, and none for Chinese. */
function english(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const format = made.get(key) ?? new Intl.DateTimeFormat('en-GB', options)
  made.set(key, format)
  return format
}

/** A day with its weekday: `2026年11月21日 星期六`. */
export function dayInWords(day: string, lang: Lang): string {
  const moment = new Date(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(moment.getTime())) return day
  if (lang === 'zh') {
    const weekday = '日一二三四五六'[moment.getUTCDay()]
    return `${moment.getUTCFullYear()}年${moment.getUTCMonth() + 1}月${moment.getUTCDate()}日 星期${weekday}`
  }
  const part = (options: Intl.DateTimeFormatOptions): string =>
    english({ timeZone: 'UTC', ...options }).format(moment)
  return `${part({ year: 'numeric', month: 'long', day: 'numeric' })} ${part({ weekday: 'long' })}`
}

/** Today where the phone is, as ISO text. */
export function today(now: Date): string {
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

export function clock(moment: Date | string): string {
  const then = new Date(moment)
  return `${two(then.getHours())}:${two(then.getMinutes())}`
}

/** A moment as one reads it in a list: the hour for today, else day and hour. */
export function moment(at: string, lang: Lang, now: Date): string {
  const then = new Date(at)
  if (today(then) === today(now)) return `${lang === 'zh' ? '今天' : 'today'} ${clock(then)}`
  const day =
    lang === 'zh'
      ? `${then.getMonth() + 1}月${then.getDate()}日`
      : english({ month: 'long', day: 'numeric' }).format(then)
  return `${day} ${clock(then)}`
}
