/** One record: how far it has come and what that means, its answers, what to mend, and a copy of it. */
import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import type { Filed, Level } from '../contract.ts'
import { moment } from '../form/dates.ts'
import { titleOf } from '../form/form.ts'
import { photosIn } from '../photo/photos.ts'
import { recordYaml } from '../form/record_yaml.ts'
import { isWord } from '../case/work.ts'
import { Away, LateScreen, useArrived } from './arriving.tsx'
import { useScreen } from './context.ts'
import './form/filling_words.ts'
import { Photos } from './photo/late_photos.tsx'
import { LevelTag, useLevel } from './level.tsx'
import { Page } from './page.tsx'
import { AnswerBlocks } from './form/review.tsx'
import { addressOf, go } from './router.ts'
import { Said } from './said.tsx'
import { SCREENS } from './screens.ts'

const both = async () => (await import('./case/work_screens.ts')).BothScreen
const meanwhile = async () => (await import('./case/work_screens.ts')).Meanwhile

const KINDS: Partial<Record<Level, string>> = { waiting: 'warn', look: 'bad', returned: 'bad' }

export function RecordScreen({ id }: { id: string }) {
  const { app, state, settings, t } = useScreen()
  const levelOf = useLevel()
  const record = state.records.find((each) => each.id === id)
  if (!record) {
    return (
      <Page title={t('record.gone')} back="#/records" place="gone">
        <p class="lead">{t('record.gone_text')}</p>
      </Page>
    )
  }
  const form = state.forms.get(record.form) ?? state.current.find(({ kind }) => kind === record.kind)
  const level = levelOf(record)
  const news = record.delivery.at === 'delivered' ? record.delivery : null
  if (level === 'look' && news?.state === 'branch' && news.current)
    return <LateScreen load={both} title={t('arriving')} props={{ record }} />
  const isBranch = record.delivery.at === 'delivered' && record.delivery.state === 'branch'
  const toMend = !isBranch && (level === 'look' || level === 'returned')
  const mend = async (): Promise<void> => {
    const draft = await app.mend(record)
    if (draft) go('draft', draft.id, 1)
  }
  const own = SCREENS[record.kind]
  const arrived = record.delivery.at === 'delivered' ? record.delivery.state : null
  const canMend =
    form !== undefined && arrived !== null && !isWord(form) && (!own?.final || arrived === 'quarantined')
  const title = form ? titleOf(form, record.answers, state.refs, settings.lang) : record.kind
  const name = form?.label[settings.lang]
  return (
    <Page
      title={title}
      under={name === title ? undefined : name}
      back="#/records"
      place={`record-${id}`}
      {...(toMend && canMend
        ? {
            footer: (
              <button class="pri" onClick={() => void mend()}>
                {t('record.mend')}
              </button>
            ),
          }
        : { nav: 'records' as const })}
    >
      <HowFar record={record} level={level} />
      {(news?.decided || news?.current) && <OwnRecord load={meanwhile} record={record} />}
      {own?.record && <OwnRecord load={own.record} record={record} />}
      {record.work && (
        <p>
          <a href={addressOf('case', record.work.item)}>{t('record.to_case')}</a>
        </p>
      )}
      <Replaced record={record} />
      {form ? <AnswerBlocks form={form} answers={record.answers} /> : <p>{t('record.no_form')}</p>}
      {Object.entries(record.erased ?? {}).map(([field, on]) => (
        <p key={field}>
          {t('record.erased', {
            field: form?.fields.find(({ name }) => name === field)?.label[settings.lang] ?? field,
            day: moment(on, settings.lang, new Date()),
          })}
        </p>
      ))}
      <Copy record={record} />
      {canMend && !toMend && (
        <button class="wide" onClick={() => void mend()}>
          {t('record.correct')}
        </button>
      )}
    </Page>
  )
}

/** What every part that adds to a record is given. */
export interface RecordProps {
  record: Filed
}

function OwnRecord({ load, record }: RecordProps & { load: () => Promise<ComponentType<RecordProps>> }) {
  const arriving = useArrived(load)
  return arriving.part ? <arriving.part record={record} /> : <Away arriving={arriving} />
}

/** The level in its one word, then what it means, in sentences. */
function HowFar({ record, level }: { record: Filed; level: Level }) {
  const { settings, t } = useScreen()
  const { delivery } = record
  const arrived = delivery.at === 'delivered'
  return (
    <section class={`news ${KINDS[level] ?? 'ok'}`} role="status">
      <div>
        <LevelTag level={level} />
        {!(arrived && delivery.decided) && <p>{t(meaningOf(record, level))}</p>}
        {arrived && delivery.position !== null && <p>{t('record.receipt', { number: delivery.position })}</p>}
        {arrived && delivery.code && (
          <p>
            <Said text={t('record.code', { code: delivery.code })} />
          </p>
        )}
        {arrived && delivery.published && (
          <p>
            <a href={delivery.published} target="_blank" rel="noopener noreferrer">
              {t('record.see_published')}
            </a>
          </p>
        )}
        {arrived && delivery.problems.length > 0 && (
          <ul>
            {delivery.problems.map(({ pointer, say }) => (
              <li key={pointer + say.zh}>{say[settings.lang]}</li>
            ))}
          </ul>
        )}
        {photosIn(record.answers).length > 0 && <Photos record={record} />}
        {!arrived && delivery.said && <p>{delivery.said[settings.lang]}</p>}
        <p class="when">{t('record.filed', { time: moment(record.filedAt, settings.lang, new Date()) })}</p>
      </div>
    </section>
  )
}

function meaningOf({ delivery }: Filed, level: Level): string {
  if (delivery.at === 'delivered' && delivery.state === 'branch') return 'means.branch'
  if (delivery.at === 'delivered' && delivery.state === 'held') return 'means.held'
  return `means.${level}`
}

function Replaced({ record }: { record: Filed }) {
  const { state, t } = useScreen()
  const later = state.records.find(({ replaces, settles }) => [replaces, settles].includes(record.id))
  return (
    <>
      {later && (
        <p>
          <a href={addressOf('record', later.id)}>{t('record.replaced')}</a>
        </p>
      )}
      {record.replaces && (
        <p>
          <a href={addressOf('record', record.replaces)}>{t('record.replaces')}</a>
        </p>
      )}
    </>
  )
}

/** A copy as YAML, the same shape that import takes; where the clipboard is closed, as text to select. */
function Copy({ record }: { record: Filed }) {
  const { t } = useScreen()
  const [done, setDone] = useState<'no' | 'copied' | 'shown'>('no')
  const yaml = recordYaml(
    record.kind,
    record.answers,
    record.delivery.at === 'delivered' ? record.delivery.code : null,
  )
  const copy = (): void =>
    void Promise.resolve()
      .then(() => navigator.clipboard.writeText(yaml))
      .then(
        () => setDone('copied'),
        () => setDone('shown'),
      )
  return (
    <section>
      <button class="wide" onClick={copy}>
        {t('record.copy')}
      </button>
      <p role="status">
        {done === 'copied' ? t('record.copied') : done === 'shown' ? t('record.select') : ''}
      </p>
      {done !== 'no' && (
        <textarea
          readOnly
          rows={8}
          value={yaml}
          aria-label={t('record.copy')}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </section>
  )
}
