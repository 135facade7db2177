/** A record as YAML, in the shape that content/records and import accept. */
import type { Answer, Answers } from '../contract.ts'

/** A name that no YAML reads as something else: `no` and `on` are among those that some do. */
const PLAIN = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z_][a-z0-9_]*$/

const quoted = (text: string): string =>
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)
    ? JSON.stringify(text)
    : `'${text.replace(/'/g, "''")}'`

/** Several lines as a block, where YAML would give back exactly the same text. */
function block(text: string, indent: string): string | null {
  const safe =
    /^[^\s][\s\S]*[^\s]$/.test(text) &&
    !/[^\S\n]\n|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)
  if (!text.includes('\n') || !safe) return null
  return `|-\n${text
    .split('\n')
    .map((line) => (line ? `${indent}${line}` : ''))
    .join('\n')}`
}

function write(value: Answer, indent: string): string {
  const deeper = `${indent}  `
  if (typeof value === 'string') return block(value, deeper) ?? quoted(value)
  if (Array.isArray(value))
    return value.map((item) => `\n${deeper}- ${write(item, deeper).replace(/^\n +/, '')}`).join('')
  if (typeof value === 'object') return map(value, deeper)
  return String(value)
}

const map = (answers: Answers, indent: string): string =>
  Object.entries(answers)
    .map(([name, value]) => {
      const written = write(value, indent)
      return `\n${indent}${PLAIN.test(name) ? name : quoted(name)}:${written.startsWith('\n') ? '' : ' '}${written}`
    })
    .join('')

export function recordYaml(kind: string, answers: Answers, code: string | null = null): string {
  const head = code ? `kind: ${kind}\ncode: ${quoted(code)}\n` : `kind: ${kind}\n`
  return `${head}answers:${map(answers, '  ') || ' {}'}\n`
}
