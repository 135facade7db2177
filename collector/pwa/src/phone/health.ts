/** How this phone is doing, in sentences, and the few numbers of it that the office may be told. */
import { APP } from '../app.ts'
import type { Lang } from '../contract.ts'
import { isWaiting, type State } from '../state.ts'
import { say } from '../words.ts'

/** What only the browser knows. */
export interface Ground {
  now: Date
  persisted: boolean | null
  freeMb: number | null
  /** Whether the app opens with no network. */
  alone: boolean
  /** The set of files that it then opens from; null where nobody says. */
  worker: string | null
  /** When the office was last heard, by this phone's clock, and how far that was ahead of the office's. */
  heardAt: string | null
  clockMs: number | null
  /** How many drafts the office has a copy of; null where nobody knows. */
  copies: number | null
}

/** One sentence of the page. What wants attention says what to do. */
export interface Line {
  of: string
  look: boolean
  text: string
  act: string | null
}

/** What a one-tap report says (docs/sync.md). Numbers and times: no word that anybody wrote, and no place. */
export interface Report {
  at: string
  app: number
  worker: string | null
  unsent: number
  oldest: string | null
  drafts: number
  receipt: number | null
  receipt_at: string | null
  kept: boolean | null
  free_mb: number | null
  clock_ms: number | null
  heard_at: string | null
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SKEWED_MS = 5 * MINUTE
const LITTLE_MB = 200
const SILENT_MS = 3 * DAY

/** A time span as one says it: `2 天`. */
export function span(ms: number, lang: Lang): string {
  if (ms >= 2 * DAY) return say(lang, 'app.health.days', { count: Math.floor(ms / DAY) })
  if (ms >= 2 * HOUR) return say(lang, 'app.health.hours', { count: Math.floor(ms / HOUR) })
  return say(lang, 'app.health.minutes', { count: Math.max(1, Math.round(ms / MINUTE)) })
}

/** The report, made of the same facts as the page. */
export function reportOf(state: State, ground: Ground): Report {
  const waiting = state.records.filter(isWaiting)
  const last = lastReceipt(state)
  return {
    at: ground.now.toISOString(),
    app: APP,
    worker: ground.worker,
    unsent: waiting.length,
    oldest: waiting.map(({ filedAt }) => filedAt).sort()[0] ?? null,
    drafts: state.drafts.length,
    receipt: last?.position ?? null,
    receipt_at: last?.arrivedAt ?? null,
    kept: ground.persisted,
    free_mb: ground.freeMb,
    clock_ms: ground.clockMs,
    heard_at: ground.heardAt,
  }
}

function lastReceipt({ records }: State): { position: number; arrivedAt: string } | null {
  const arrived = records.flatMap(({ delivery }) =>
    delivery.at === 'delivered' && delivery.position !== null
      ? [{ position: delivery.position, arrivedAt: delivery.arrivedAt }]
      : [],
  )
  return arrived.sort((a, b) => (a.arrivedAt < b.arrivedAt ? -1 : 1)).at(-1) ?? null
}

/** Everything worth saying, what wants attention first. `at` says a moment as one reads it. */
export function healthOf(state: State, ground: Ground, lang: Lang, at: (moment: string) => string): Line[] {
  const report = reportOf(state, ground)
  const since = (moment: string): number => ground.now.getTime() - Date.parse(moment)
  const line = (of: string, how: string, look: boolean, params = {}): Line => {
    const key = `app.health.${of}.${how}`
    const act = say(lang, `${key}.do`, params)
    return { of, look, text: say(lang, key, params), act: act === `${key}.do` ? null : act }
  }
  const lines: Line[] = []

  const { identity } = state
  if (!identity) lines.push(line('who', 'nobody', false))
  else {
    const { name, code } = identity.person
    const device = identity.devices.records.slice(0, 8)
    const how = identity.state === 'revoked' ? 'stopped' : 'is'
    lines.push(line('who', how, how === 'stopped', { name: code ? `${name}（${code}）` : name, device }))
  }

  if (!report.oldest) lines.push(line('unsent', 'none', false))
  else {
    const waited = since(report.oldest)
    const long = waited >= DAY
    const params = { count: report.unsent, waited: span(waited, lang) }
    lines.push(line('unsent', long ? 'long' : 'some', long, params))
  }

  if (report.receipt === null || !report.receipt_at) lines.push(line('receipt', 'none', false))
  else lines.push(line('receipt', 'last', false, { number: report.receipt, time: at(report.receipt_at) }))

  if (!report.heard_at) lines.push(line('heard', 'never', true))
  else {
    const ago = since(report.heard_at)
    lines.push(
      ago > SILENT_MS
        ? line('heard', 'long_ago', true, { ago: span(ago, lang) })
        : line('heard', 'last', false, { time: at(report.heard_at) }),
    )
  }

  const { drafts } = report
  if (drafts === 0) lines.push(line('drafts', 'none', false))
  else if (ground.copies === null) lines.push(line('drafts', 'here', false, { count: drafts }))
  else if (ground.copies >= drafts) lines.push(line('drafts', 'copied', false, { count: drafts }))
  else lines.push(line('drafts', 'uncopied', true, { count: drafts, left: drafts - ground.copies }))

  lines.push(line('kept', ground.persisted ? 'yes' : 'no', !ground.persisted))
  if (ground.freeMb !== null) {
    const little = ground.freeMb < LITTLE_MB
    lines.push(line('free', little ? 'little' : 'enough', little, { count: roomInWords(ground.freeMb) }))
  }
  lines.push(
    !ground.alone
      ? line('alone', 'no', true)
      : ground.worker
        ? line('alone', 'yes', false, { version: ground.worker.replace('mingbai-', '').slice(0, 8) })
        : line('alone', 'opens', false),
  )
  const oldest = state.hello?.oldest_app ?? APP
  lines.push(line('app', oldest > APP ? 'old' : 'is', oldest > APP, { number: APP, oldest }))

  if (ground.clockMs === null) lines.push(line('clock', 'unknown', false))
  else if (Math.abs(ground.clockMs) < SKEWED_MS) lines.push(line('clock', 'right', false))
  else {
    const params = { off: span(Math.abs(ground.clockMs), lang) }
    lines.push(line('clock', ground.clockMs > 0 ? 'fast' : 'slow', true, params))
  }

  const missing = Object.keys(state.hello?.refs ?? {}).filter((kind) => !state.refs.has(kind)).length
  if (state.current.length === 0 || (missing > 0 && identity?.state === 'active'))
    lines.push(line('lists', 'missing', true))
  else if (state.workAt) lines.push(line('lists', 'as_of', false, { time: at(state.workAt) }))
  else lines.push(line('lists', 'here', false))

  return [...lines.filter(({ look }) => look), ...lines.filter(({ look }) => !look)]
}

const roomInWords = (mb: number): string => (mb >= 1024 ? `${(mb / 1024).toFixed(1)} GB` : `${mb} MB`)

/** The report as a person reads it before sending: one line for each member, in its order. */
export function reportLines(report: Report, lang: Lang, at: (moment: string) => string): [string, string][] {
  const none = say(lang, 'app.report.none')
  const shown = (name: keyof Report, value: Report[keyof Report]): string => {
    if (value === null) return none
    if (name === 'clock_ms')
      return say(lang, 'app.report.seconds', { count: Math.round(Number(value) / 1000) })
    if (name === 'free_mb') return `${value} MB`
    if (typeof value === 'boolean') return say(lang, value ? 'app.report.yes' : 'app.report.no')
    return typeof value === 'string' && value.endsWith('Z') ? at(value) : String(value)
  }
  return (Object.keys(report) as (keyof Report)[]).map((name) => [
    say(lang, `app.report.${name}`),
    shown(name, report[name]),
  ])
}

/** The same as one text, to be pasted into a message where there is no network. */
export const reportText = (who: string, lines: [string, string][]): string =>
  [who, ...lines.map(([name, value]) => `${name}：${value}`)].join('\n')
