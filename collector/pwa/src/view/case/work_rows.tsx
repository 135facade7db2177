/** A case in a list: what it is about, where it stands, by when, in which lane. Words and shapes, never colour alone. */
import type { Track, WorkItem } from '../../office.ts'
import { dayInWords, today } from '../../form/dates.ts'
import { dueOf, isToDo, type Nearness } from '../../case/work.ts'
import { useScreen } from '../context.ts'
import { addressOf } from '../router.ts'
import { Said } from '../said.tsx'

const DUE_SIGNS: Record<Nearness, string> = { late: '!', today: '!', soon: '', far: '' }
export const TRACK_SIGNS: Record<Track, string> = { green: '●', yellow: '▲', red: '■' }

export function DueTag({ due, full = false }: { due: string; full?: boolean }) {
  const { state, settings, t } = useScreen()
  const { near, count } = dueOf(due, state.work?.as_of ?? '', today(new Date()))
  const words = t(`due.${near}`, { count })
  return (
    <>
      <em class={`tag ${near}`}>
        {DUE_SIGNS[near] && <span aria-hidden="true">{DUE_SIGNS[near]} </span>}
        {words}
      </em>
      {full && (
        <span>
          {' '}
          <Said text={t('due.by', { day: dayInWords(due, settings.lang) })} />
        </span>
      )}
    </>
  )
}

export function TrackTag({ track }: { track: Track }) {
  const { t } = useScreen()
  return (
    <em class="tag track">
      <span class={track} aria-hidden="true">
        {TRACK_SIGNS[track]}{' '}
      </span>
      {t(`track.${track}`)}
    </em>
  )
}

export function WorkRow({ item, here = false }: { item: WorkItem; here?: boolean }) {
  const { state, settings, t } = useScreen()
  const filled = item.must && !isToDo(item, state.records, state.workAt)
  return (
    <li>
      <a href={addressOf('case', item.code)} aria-current={here ? 'true' : undefined}>
        <b>{item.title[settings.lang]}</b>
        <span class="under">{item.said[settings.lang]}</span>
        <span class="tags">
          {filled && (
            <em class="tag waiting">
              <span aria-hidden="true">✓ </span>
              {t('work.filled')}
            </em>
          )}
          {item.due && <DueTag due={item.due} />}
          {item.track && <TrackTag track={item.track} />}
        </span>
      </a>
    </li>
  )
}
