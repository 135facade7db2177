/** What is to be done, at the top of home: the first few of what one must do, and the way to all of it. */
import { moment } from '../../form/dates.ts'
import { isToDo } from '../../case/work.ts'
import { useArrived } from '../arriving.tsx'
import { useScreen } from '../context.ts'
import { WorkRow } from './work_rows.tsx'

const SHOWN = 3
const HAS_WORK = new Set(['clerk', 'presidium', 'handler', 'deputy'])

const aside = async () => (await import('./work_screens.ts')).AsideLink

function Late({ load }: { load: typeof aside }) {
  const { part: Part } = useArrived(load)
  return Part && <Part />
}

export function ToDo() {
  const { state, t } = useScreen()
  const { work } = state
  if (!HAS_WORK.has(state.identity!.person.role)) return null
  const must = work?.items.filter((item) => isToDo(item, state.records, state.workAt)) ?? []
  const all = (work?.items.length ?? 0) + (work?.more ?? 0)
  return (
    <section>
      <h2>{must.length > 0 ? t('work.count', { count: must.length }) : t('work')}</h2>
      {!work && <p>{t('work.not_here')}</p>}
      {work && must.length === 0 && <p>{t('work.none')}</p>}
      <ul class="rows work">
        {must.slice(0, SHOWN).map((item) => (
          <WorkRow key={item.code} item={item} />
        ))}
      </ul>
      {all > Math.min(must.length, SHOWN) && (
        <a class="button wide" href="#/work">
          {t('work.all', { count: all })}
        </a>
      )}
      {state.desk && <Late load={aside} />}
      <WorkDate />
    </section>
  )
}

/** How old the list is: with no network it is the last one. */
export function WorkDate() {
  const { state, settings, t } = useScreen()
  if (!state.work || !state.workAt) return null
  const away = state.upload.at === 'pausing'
  const time = moment(state.workAt, settings.lang, new Date())
  return <p class="when">{t(away ? 'work.old' : 'work.at', { time })}</p>
}
