/** The whole list: what must be done first, then the rest; one looks through it by stage, track and deadline. */
import { useState } from 'preact/hooks'
import type { Track, Work, WorkItem } from '../../office.ts'
import { today } from '../../form/dates.ts'
import { ANYTHING, found, isToDo, type Wanted } from '../../case/work.ts'
import { useScreen } from '../context.ts'
import { Page } from '../page.tsx'
import { WorkDate } from './to_do.tsx'
import { TRACK_SIGNS, WorkRow } from './work_rows.tsx'

const AT_ONCE = 50

export function WorkScreen() {
  const { t } = useScreen()
  return (
    <Page title={t('case.all')} back="#/" place="work">
      <Queue />
    </Page>
  )
}

/** What is looked for in a list, kept by whoever shows it. */
export interface Looking {
  wanted: Wanted
  look: (wanted: Wanted) => void
}

/** Kept while one is at a case and back. */
let lookedFor = ANYTHING

export function useLooking(): Looking {
  const [wanted, setWanted] = useState(lookedFor)
  const look = (next: Wanted): void => setWanted((lookedFor = next))
  return { wanted, look }
}

/** The entries to show: those that somebody still has to fill in before those that are filled in. */
export function useEntries(wanted: Wanted): WorkItem[] {
  const { state } = useScreen()
  if (!state.work) return []
  const items = found(state.work, wanted, today(new Date()))
  const filled = (item: WorkItem): boolean => item.must && !isToDo(item, state.records, state.workAt)
  return [...items.filter((item) => !filled(item)), ...items.filter(filled)]
}

function Queue() {
  const looking = useLooking()
  const entries = useEntries(looking.wanted)
  return (
    <>
      <Filters {...looking} />
      <Entries entries={entries} />
    </>
  )
}

export function Entries({ entries, here }: { entries: WorkItem[]; here?: string | undefined }) {
  const { state, t } = useScreen()
  const [count, setCount] = useState(AT_ONCE)
  const at = entries.findIndex(({ code }) => code === here)
  const shown = Math.max(count, at + 1)
  return (
    <>
      {!state.work && <p class="lead">{t('work.not_here')}</p>}
      {state.work && entries.length === 0 && (
        <p class="lead">{t(state.work.items.length > 0 ? 'case.none_like_it' : 'work.none')}</p>
      )}
      <ul class="rows work">
        {entries.slice(0, shown).map((item) => (
          <WorkRow key={item.code} item={item} here={item.code === here} />
        ))}
      </ul>
      {shown < entries.length && (
        <button class="wide" onClick={() => setCount(shown + AT_ONCE)}>
          {t('case.more', { count: entries.length - shown })}
        </button>
      )}
      {(state.work?.more ?? 0) > 0 && <p>{t('case.cut', { count: state.work!.more })}</p>}
      <WorkDate />
    </>
  )
}

/** Only what is there can be chosen. */
export function Filters({ wanted, look }: Looking) {
  const { state, t } = useScreen()
  const { work } = state
  const [open, setOpen] = useState(Object.values(wanted).some(Boolean))
  if (!work || work.items.length < 2) return null
  const kinds = [
    { part: 'stage', values: seen(work, ({ stage }) => stage) },
    {
      part: 'track',
      values: inOrder(['red', 'yellow', 'green', 'none'], work, ({ track }) => track ?? 'none'),
    },
    { part: 'due', values: ['late', 'today', 'soon', 'far', 'none'] },
  ] as const
  const by = { stage: t('case.by_stage'), track: t('case.by_track'), due: t('case.by_due') }
  const valueSaid = (part: string, value: string): string => {
    if (part === 'stage') return t(`stage.${value}`)
    const sign = part === 'track' && TRACK_SIGNS[value as Track]
    return sign ? `${sign} ${t(`track.${value}`)}` : t(`by.${part}.${value}`)
  }
  const narrowed = kinds.some(({ part }) => wanted[part] !== '')
  return (
    <details class="filters" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('case.filter')}</summary>
      {kinds.map(({ part, values }) => (
        <div key={part} class="field">
          <label for={`by-${part}`}>{by[part]}</label>
          <select
            id={`by-${part}`}
            value={wanted[part]}
            onChange={({ currentTarget }) => look({ ...wanted, [part]: currentTarget.value } as Wanted)}
          >
            <option value="">{t('case.any')}</option>
            {values.map((value) => (
              <option key={value} value={value}>
                {valueSaid(part, value)}
              </option>
            ))}
          </select>
        </div>
      ))}
      {narrowed && (
        <button class="wide" onClick={() => look(ANYTHING)}>
          {t('case.anything')}
        </button>
      )}
    </details>
  )
}

const seen = ({ items }: Work, of: (item: WorkItem) => string): string[] => [...new Set(items.map(of))]

const inOrder = (order: string[], work: Work, of: (item: WorkItem) => string): string[] => {
  const there = seen(work, of)
  return order.filter((each) => there.includes(each))
}
