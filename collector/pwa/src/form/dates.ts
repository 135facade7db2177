/** Days and moments in words. Days are ISO text; the phone's own clock is a claim and shown as such. */
import type { Lang } from '../contract.ts'

const made = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than drawing a row of a list, so each is made once. */
function written(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options)
  const format = made.get(key) ?? new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', options)
  made.set(key, format)
  return format
}

/** A day with its weekday: `2026年11月21日 星期六`. */
export function dayInWords(day: string, lang: Lang): string {
  const moment = new Date(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(moment.getTime())) return day
  const part = (options: Intl.DateTimeFormatOptions): string =>
    written(lang, { timeZone: 'UTC', ...options }).format(moment)
  return `${part({ year: 'numeric', month: 'long', day: 'numeric' })} ${part({ weekday: 'long' })}`
}

/** Today where the phone is, as ISO text. */
export function today(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

export const clock = (moment: Date | string, lang: Lang): string =>
  written(lang, { hour: 'numeric', minute: '2-digit', hour12: false }).format(new Date(moment))

/** A moment as one reads it in a list: the hour for today, else day and hour. */
export function moment(at: string, lang: Lang, now: Date): string {
  const then = new Date(at)
  if (today(then) === today(now)) return `${lang === 'zh' ? '今天' : 'today'} ${clock(then, lang)}`
  const day = written(lang, { month: 'long', day: 'numeric' }).format(then)
  return `${day} ${clock(then, lang)}`
}
