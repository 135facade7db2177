/** A number as one reads it aloud in Chinese: 42 is 四十二, so that 四 and 十 cannot be misheard as a column. */

const DIGITS = '零一二三四五六七八九'
const PLACES = ['', '十', '百', '千']

/** Up to 99,999,999; what is larger or no whole number stays in figures. */
export function chineseNumber(number: number): string {
  if (!Number.isInteger(number) || number < 0 || number >= 1e8) return String(number)
  if (number === 0) return '零'
  const [tens, rest] = [Math.floor(number / 10_000), number % 10_000]
  const said = tens === 0 ? four(rest) : `${four(tens)}万${rest === 0 ? '' : withZero(rest)}`
  return said.replace(/^一十/, '十')
}

const withZero = (rest: number): string => (rest < 1000 ? `零${four(rest)}` : four(rest))

/** Up to four figures; a run of noughts inside is said once, at the end not at all. */
function four(number: number): string {
  const figures = [...String(number)].map(Number)
  return figures
    .map((figure, at) => (figure === 0 ? '零' : `${DIGITS[figure]}${PLACES[figures.length - 1 - at]}`))
    .join('')
    .replace(/零+/g, '零')
    .replace(/零$/, '')
}
