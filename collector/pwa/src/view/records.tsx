/** My records: every one with how far it has come. */
import { useEffect, useState } from 'preact/hooks'
import type { Filed, Level } from '../contract.ts'
import { moment } from '../form/dates.ts'
import { titleOf } from '../form/form.ts'
import { useScreen } from './context.ts'
import { UploadNews } from './home.tsx'
import { LEVELS, LevelTag, useLevel } from './level.tsx'
import { Page } from './page.tsx'
import { addressOf } from './router.ts'
import { Said } from './said.tsx'

const AT_ONCE = 50
/** No row is lower, in pixels, but for a few with little to say. */
const ROW = 100
/** As many as a screen shows; the rest is drawn once that stands. */
const atFirst = (): number => Math.ceil(innerHeight / ROW)

interface Wanted {
  level: Level | ''
  kind: string
}

const ANYTHING: Wanted = { level: '', kind: '' }

/** Kept while one is at a record and back. */
let lookedFor = ANYTHING

export function RecordsScreen() {
  const { state, t } = useScreen()
  const [count, setCount] = useState(atFirst)
  const [wanted, setWanted] = useState(lookedFor)
  const level = useLevel()
  useEffect(() => {
    const rest = setTimeout(() => setCount((shown) => Math.max(shown, AT_ONCE)), 100)
    return () => clearTimeout(rest)
  }, [])
  const look = (next: Wanted): void => {
    lookedFor = next
    setWanted(next)
    setCount(AT_ONCE)
  }
  const records = state.records.filter(
    (record) =>
      (wanted.kind === '' || record.kind === wanted.kind) &&
      (wanted.level === '' || level(record) === wanted.level),
  )
  return (
    <Page title={t('nav.records')} nav="records" place="records">
      <UploadNews />
      {state.records.length === 0 && <p class="lead">{t('records.none')}</p>}
      {state.records.length > 1 && <Filters wanted={wanted} look={look} level={level} />}
      {state.records.length > 0 && records.length === 0 && <p class="lead">{t('records.none_like_it')}</p>}
      <ul class="rows">
        {records.slice(0, count).map((record) => (
          <RecordRow key={record.id} record={record} />
        ))}
      </ul>
      {count < records.length && (
        <button class="wide" onClick={() => setCount(count + AT_ONCE)}>
          {t('records.more', { count: records.length - count })}
        </button>
      )}
    </Page>
  )
}

interface FilterProps {
  wanted: Wanted
  look: (wanted: Wanted) => void
  level: (record: Filed) => Level
}

/** By how far it has come and by kind. What there is to choose is counted over all records, so not before it is open. */
function Filters(given: FilterProps) {
  const { t } = useScreen()
  const narrowed = given.wanted.level !== '' || given.wanted.kind !== ''
  const [open, setOpen] = useState(narrowed)
  return (
    <details class="filters" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('records.filter')}</summary>
      {open && <Choices {...given} />}
      {narrowed && (
        <button class="wide" onClick={() => given.look(ANYTHING)}>
          {t('records.anything')}
        </button>
      )}
    </details>
  )
}

/** Only what is there can be chosen. */
function Choices({ wanted, look, level }: FilterProps) {
  const { state, settings, t } = useScreen()
  const there = new Set(state.records.map(level))
  const kinds = [...new Set(state.records.map(({ kind }) => kind))]
  const nameOf = (kind: string): string =>
    [...state.current, ...state.forms.values()].find((form) => form.kind === kind)?.label[settings.lang] ??
    kind
  const parts = [
    {
      part: 'level',
      label: t('records.by_level'),
      options: LEVELS.filter((each) => there.has(each)).map((each) => [each, t(`level.${each}`)]),
    },
    { part: 'kind', label: t('records.by_kind'), options: kinds.map((kind) => [kind, nameOf(kind)]) },
  ] as const
  return (
    <>
      {parts.map(({ part, label, options }) => (
        <div key={part} class="field">
          <label for={`by-${part}`}>{label}</label>
          <select
            id={`by-${part}`}
            value={wanted[part]}
            onChange={({ currentTarget }) => look({ ...wanted, [part]: currentTarget.value } as Wanted)}
          >
            <option value="">{t('records.any')}</option>
            {options.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </div>
      ))}
    </>
  )
}

export function RecordRow({ record }: { record: Filed }) {
  const { state, settings, t } = useScreen()
  const level = useLevel()
  const form = state.forms.get(record.form) ?? state.current.find(({ kind }) => kind === record.kind)
  const title = form ? titleOf(form, record.answers, state.refs, settings.lang) : record.kind
  const { delivery } = record
  const number =
    delivery.at === 'delivered' && delivery.code
      ? t('record.code', { code: delivery.code })
      : form?.label[settings.lang]
  return (
    <li>
      <a href={addressOf('record', record.id)}>
        <span class="t">
          <span>
            <Said text={title} />
          </span>
          <LevelTag level={level(record)} />
        </span>
        <span class="under">
          <Said text={`${number} · ${moment(record.filedAt, settings.lang, new Date())}`} />
        </span>
      </a>
    </li>
  )
}
