/**
 * Finding a record in a list by a few letters: of its name, of its code, or the first letters of its name in pinyin.
 * Pure; tested without a screen.
 */
import type { Filed, Form, Ref } from '../contract.ts'

/** The first character of each letter in the order of pinyin, and those letters: no word begins with i, u or v. */
const FIRSTS = [...'阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀']
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const DIGITS = '零一二三四五六七八九'
const HAN = /\p{Script=Han}/u

let order: Intl.Collator | undefined

function initialOf(char: string): string {
  if (!HAN.test(char)) return char
  order ??= new Intl.Collator('zh-u-co-pinyin')
  let at = FIRSTS.length - 1
  while (at > 0 && order.compare(char, FIRSTS[at]!) < 0) at--
  return LETTERS[at]!
}

const known = new Map<string, string>()

/** The first letters of a name: 柳河村第三网格 is `lhcdswg`. */
export function initials(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  const letters = [...name].map(initialOf).join('').toLowerCase()
  known.set(name, letters)
  return letters
}

/** One way to write what can be written in several: wide letters, capitals, 3 for 三. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[零一二三四五六七八九]/g, (digit) => String(DIGITS.indexOf(digit)))

const saidOf = ({ label }: Ref): string => (typeof label === 'string' ? label : `${label.zh} ${label.en}`)

/** Whether a record is meant: every word of what was typed stands in its name, its code or its first letters. */
export function matches(ref: Ref, search: string): boolean {
  const words = plain(search).split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const said = plain(`${saidOf(ref)} ${ref.code} ${ref.name ?? ''}`)
  const meant = (word: string): boolean =>
    said.includes(word) || (/^[a-z]+$/.test(word) && initials(saidOf(ref)).includes(word))
  return words.every(meant)
}

/** The records of a kind that were chosen last, the latest first, by code or name. */
export function chosenBefore(records: Filed[], forms: Map<string, Form>, kind: string): string[] {
  const all = records.flatMap(({ form, answers }) =>
    (forms.get(form)?.fields ?? [])
      .filter(({ refers_to, name }) => refers_to === kind && name in answers)
      .flatMap(({ name }) => answers[name] as string | string[]),
  )
  return [...new Set(all)]
}

/** Those that are meant: chosen lately first, then what begins as typed, the rest as the office lists them, oneself last. */
export function found(list: Ref[], search: string, before: string[] = [], self?: string): Ref[] {
  const typed = plain(search.trim())
  const rank = (ref: Ref): number => {
    const at = before.findIndex((value) => value === ref.code || value === ref.name)
    if (ref.code === self) return 2
    if (at >= 0) return at - before.length
    return typed && plain(saidOf(ref)).startsWith(typed) ? 0 : 1
  }
  return list
    .filter((ref) => matches(ref, search))
    .map((ref) => ({ ref, rank: rank(ref) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ ref }) => ref)
}
