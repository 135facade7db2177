/** My records: every one with how far it has come. */
import { useState } from 'preact/hooks'
import type { Filed } from '../contract.ts'
import { moment } from '../dates.ts'
import { titleOf } from '../form.ts'
import { useScreen } from './context.ts'
import { UploadNews } from './home.tsx'
import { LevelTag, useLevel } from './level.tsx'
import { Page } from './page.tsx'
import { addressOf } from './router.ts'
import { Said } from './said.tsx'

const AT_ONCE = 50

export function RecordsScreen() {
  const { state, t } = useScreen()
  const [count, setCount] = useState(AT_ONCE)
  return (
    <Page title={t('nav.records')} nav="records" place="records">
      <UploadNews />
      {state.records.length === 0 && <p class="lead">{t('records.none')}</p>}
      <ul class="rows">
        {state.records.slice(0, count).map((record) => (
          <RecordRow key={record.id} record={record} />
        ))}
      </ul>
      {count < state.records.length && (
        <button class="wide" onClick={() => setCount(count + AT_ONCE)}>
          {t('records.more', { count: state.records.length - count })}
        </button>
      )}
    </Page>
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
