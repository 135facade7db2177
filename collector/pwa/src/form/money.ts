/** Money is typed in yuan and kept in whole cents; only text is calculated with, so no cent is ever rounded. */

/** Full-width digits and signs as their plain ones, without spaces and thousands marks. */
export const plainNumber = (typed: string): string =>
  typed
    .replace(/[\uff0b-\uff0e\uff10-\uff19]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/\u3002/g, '.')
    .replace(/[\s,]/g, '')

/** Cents of an amount in yuan, or null: `12.5` is 1250, `12.345` is no amount. */
export function centsOf(typed: string): number | null {
  const match = /^(-?)(\d{1,13})(?:\.(\d{0,2}))?$/.exec(plainNumber(typed))
  if (!match) return null
  const cents = Number(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(2, '0')}`)
  return cents === 0 ? 0 : cents
}

/** Cents as the text a person would type: 1250 is `12.50`, 1200 is `12`, or `12.00` in full. */
export function yuanOf(cents: number, full = false): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  const rest = digits.slice(-2)
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}${rest === '00' && !full ? '' : `.${rest}`}`
}

/** Cents for reading, grouped: 123456750 is `1,234,567.50`. */
export function readableYuan(cents: number): string {
  const [whole = '', rest] = yuanOf(cents).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return rest === undefined ? grouped : `${grouped}.${rest}`
}
