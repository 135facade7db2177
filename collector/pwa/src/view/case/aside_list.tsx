/** What was kept aside, as a list: on a phone a screen of its own, on a wide screen beside the entry that is open. */
import { useState } from 'preact/hooks'
import type { Sort } from '../../office.ts'
import { asideLeft, calledEntry, decidedHere, keptIn, SORTS, type Kept } from '../../case/aside.ts'
import { moment } from '../../form/dates.ts'
import { useScreen } from '../context.ts'
import { Page } from '../page.tsx'
import { addressOf } from '../router.ts'

const AT_ONCE = 50
export const SORT_SIGNS: Record<Sort, string> = { branches: '⇄', held: '‖', quarantined: '!' }

export function AsideScreen() {
  const { t } = useScreen()
  const list = useKept()
  return (
    <Page title={t('aside.title')} back="#/" place="aside">
      <p class="lead">{t('aside.about')}</p>
      <AsideList list={list} />
    </Page>
  )
}

export interface KeptList {
  sort: Sort | ''
  look: (sort: Sort | '') => void
  kept: Kept[]
}

/** Kept while one is at an entry and back. */
let lookedFor: Sort | '' = ''

export function useKept(): KeptList {
  const { state } = useScreen()
  const [sort, setSort] = useState(lookedFor)
  const look = (next: Sort | ''): void => setSort((lookedFor = next))
  const shown = state.desk && (sort === '' || state.desk[sort].length > 0) ? sort : ''
  return { sort: shown, look, kept: state.desk ? keptIn(state.desk, shown, state.records, state.deskAt) : [] }
}

export function AsideList({ list, here }: { list: KeptList; here?: string | undefined }) {
  const { state, t } = useScreen()
  const [count, setCount] = useState(AT_ONCE)
  const { desk } = state
  if (!desk) return <p class="lead">{t('aside.not_here')}</p>
  const shown = Math.max(count, list.kept.findIndex(({ entry }) => entry.digest === here) + 1)
  const more = SORTS.reduce((sum, sort) => sum + desk.more[sort], 0)
  return (
    <>
      <Sorts {...list} />
      {list.kept.length === 0 && <p class="lead">{t('aside.none')}</p>}
      <ul class="rows work">
        {list.kept.slice(0, shown).map((kept) => (
          <EntryRow key={kept.entry.digest} kept={kept} here={kept.entry.digest === here} />
        ))}
      </ul>
      {shown < list.kept.length && (
        <button class="wide" onClick={() => setCount(shown + AT_ONCE)}>
          {t('case.more', { count: list.kept.length - shown })}
        </button>
      )}
      {more > 0 && <p>{t('case.cut', { count: more })}</p>}
      <AsideDate />
    </>
  )
}

/** One sort at a time, each with how many there are; a sort of which there is none is not offered. */
function Sorts({ sort, look }: KeptList) {
  const { state, t } = useScreen()
  const { desk, records, deskAt } = state
  if (!desk) return null
  const counts = SORTS.map((each) => keptIn(desk, each, records, deskAt).length + desk.more[each])
  const there = SORTS.filter((_, at) => counts[at]! > 0)
  if (there.length < 2) return null
  return (
    <div class="sorts" role="group" aria-label={t('aside.by_sort')}>
      <button aria-pressed={sort === ''} onClick={() => look('')}>
        {t('aside.all', { count: counts.reduce((sum, each) => sum + each, 0) })}
      </button>
      {there.map((each) => (
        <button key={each} aria-pressed={sort === each} onClick={() => look(sort === each ? '' : each)}>
          {t(`aside.sort.${each}`)} {counts[SORTS.indexOf(each)]}
        </button>
      ))}
    </div>
  )
}

function EntryRow({ kept: { sort, entry }, here }: { kept: Kept; here: boolean }) {
  const { state, settings, t } = useScreen()
  const form = useFormOf(entry)
  const decided = decidedHere(entry.digest, state.records, state.deskAt)
  return (
    <li>
      <a href={addressOf('case', entry.digest)} aria-current={here ? 'true' : undefined}>
        <b>{calledEntry(entry, form, state.refs)[settings.lang]}</b>
        <span class="under">
          {t('aside.row', {
            name: entry.by.name,
            time: moment(entry.received_at, settings.lang, new Date()),
          })}
        </span>
        <span class="tags">
          {decided && (
            <em class="tag waiting">
              <span aria-hidden="true">✓ </span>
              {t('aside.decided')}
            </em>
          )}
          <SortTag sort={sort} />
        </span>
      </a>
    </li>
  )
}

export function SortTag({ sort }: { sort: Sort }) {
  const { t } = useScreen()
  return (
    <em class="tag sort">
      <span aria-hidden="true">{SORT_SIGNS[sort]} </span>
      {t(`aside.sort.${sort}`)}
    </em>
  )
}

/** The form an entry was filed with, else the one of today. */
export function useFormOf(entry: { form: string | null; kind: string }) {
  const { state } = useScreen()
  return state.forms.get(entry.form ?? '') ?? state.current.find(({ kind }) => kind === entry.kind)
}

/** How old the list is: with no network it is the last one. */
export function AsideDate() {
  const { state, settings, t } = useScreen()
  if (!state.deskAt) return null
  const time = moment(state.deskAt, settings.lang, new Date())
  return <p class="when">{t(state.upload.at === 'pausing' ? 'work.old' : 'work.at', { time })}</p>
}

/** The way from home to the list, with how many wait. */
export function AsideLink() {
  const { state, t } = useScreen()
  if (!state.desk) return null
  return (
    <a class="button wide" href="#/aside">
      {t('work.aside', { count: asideLeft(state.desk, state.records, state.deskAt) })}
    </a>
  )
}

/** On a wide screen: what must be done and what was kept aside, each with its count. */
export function DeskTabs({ aside, must }: { aside: boolean; must: number }) {
  const { state, t } = useScreen()
  if (!state.desk) return <h2>{must > 0 ? t('work.count', { count: must }) : t('work')}</h2>
  const left = asideLeft(state.desk, state.records, state.deskAt)
  return (
    <div class="sorts tabs">
      <a class="button" href="#/" aria-current={aside ? undefined : 'true'}>
        {must > 0 ? t('work.count', { count: must }) : t('work')}
      </a>
      <a class="button" href="#/aside" aria-current={aside ? 'true' : undefined}>
        {left > 0 ? t('work.aside', { count: left }) : t('aside.title')}
      </a>
    </div>
  )
}
