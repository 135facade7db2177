/** What was typed, said back: a day with its weekday, a large number in groups and in 万. */
import { answersOf } from './answers.ts'
import type { Field, Lang } from '../contract.ts'
import { dayInWords } from './dates.ts'
import { readableYuan } from './money.ts'

/** Below this a number is read at a glance. */
const LARGE = 1_000
const WAN = 10_000

export function echoOf(field: Field, value: string, lang: Lang, unit: string | null): string {
  if (value === '') return ''
  if (field.type === 'date') return dayInWords(value, lang)
  const answer = answersOf([{ ...field, only_if: null }], { [field.name]: value })[field.name]
  if (typeof answer !== 'number') return ''
  const number = field.type === 'money' ? answer / 100 : answer
  if (Math.abs(number) < LARGE) return ''
  const grouped = field.type === 'money' ? readableYuan(answer) : number.toLocaleString('en-US')
  const spoken = lang === 'zh' && Math.abs(number) >= WAN ? `，${inWan(number, unit ?? '')}` : ''
  return `${grouped}${unit ? ` ${unit}` : ''}${spoken}`
}

/** 1,234,567.89 is 约 123.46 万, 120,000 is 就是 12 万; from a hundred million on in 亿. */
function inWan(number: number, unit: string): string {
  const [one, name] = Math.abs(number) >= WAN * WAN ? [WAN * WAN, '亿'] : [WAN, '万']
  const rounded = Math.round((number / one) * 100) / 100
  return `${rounded * one === number ? '就是' : '约'} ${rounded} ${name}${unit}`
}
