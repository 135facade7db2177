/** How far a record has come: the only words for it. */
import type { Filed, Level } from '../contract.ts'
import { levelOf } from '../send/outbox.ts'
import { useScreen } from './context.ts'

export const SIGNS: Record<Level, string> = {
  draft: '',
  waiting: '↑',
  delivered: '✓',
  backed_up: '✓✓',
  published: '',
  look: '!',
  returned: '×',
}

/** Every level, in the order one explains them. */
export const LEVELS = Object.keys(SIGNS) as Level[]

export function LevelTag({ level }: { level: Level }) {
  const { t } = useScreen()
  return (
    <em class={`tag ${level}`}>
      {SIGNS[level] && <span aria-hidden="true">{SIGNS[level]} </span>}
      {t(`level.${level}`)}
    </em>
  )
}

const replacedAmong = new WeakMap<Filed[], Set<string | null | undefined>>()

/** A record that a later one replaces needs nobody's attention any more. */
export function useLevel(): (record: Filed) => Level {
  const { state } = useScreen()
  // Once for all rows of a list.
  const replaced =
    replacedAmong.get(state.records) ??
    new Set(state.records.flatMap(({ replaces, settles }) => [replaces, settles]))
  replacedAmong.set(state.records, replaced)
  return (record) => {
    const level = levelOf(record, state.safe)
    return replaced.has(record.id) && (level === 'look' || level === 'returned') ? 'delivered' : level
  }
}
