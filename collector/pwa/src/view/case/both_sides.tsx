/** What became of one's own record without one: changed on both sides, changed by somebody else, or not taken in. */
import { useState } from 'preact/hooks'
import type { Filed, Form, Lang, Version } from '../../contract.ts'
import { chosen, compared, openOf, settling, type Picks } from '../../case/aside.ts'
import { dayInWords, moment, today } from '../../form/dates.ts'
import { formFor, titleOf } from '../../form/form.ts'
import { heed } from '../../case/heed.ts'
import { useScreen } from '../context.ts'
import { News, Page } from '../page.tsx'
import { addressOf, go } from '../router.ts'
import { Versions } from './versions.tsx'
import type { RecordProps } from '../record.tsx'

/** Both versions of a record that was changed on both sides: its author chooses, or leaves both to the office. */
export function BothScreen({ record }: RecordProps) {
  const { app, state, settings, t } = useScreen()
  const [picks, setPicks] = useState<Picks>({})
  const whole = state.current.find(({ kind }) => kind === record.kind) ?? state.forms.get(record.form)
  const current = record.delivery.at === 'delivered' ? record.delivery.current : undefined
  if (!whole || !current) return null
  const form = formFor(whole, state.identity?.person.role ?? '')
  const base = state.records.find(({ id }) => id === record.replaces)
  const fields = compared(form, record.answers, current.answers, base?.answers ?? null)
  const open = openOf(fields, picks)
  const leave = async (): Promise<void> => {
    await heed(app, record, 'left')
    go('record', record.id, 'left')
  }
  const settle = async (): Promise<void> => {
    if (open.length > 0) return focusOn(open[0]!.name)
    // Nothing of it is to stand: the version in force stays, and the office closes this one.
    if (Object.values(picks).every((side) => side === 'current')) return leave()
    const draft = settling(record, current, form, chosen(fields, picks), new Date())
    if (await app.saveDraft(draft)) go('draft', draft.id, 'check')
  }
  const name = form.label[settings.lang]
  const title = titleOf(form, record.answers, state.refs, settings.lang)
  return (
    <Page
      title={title}
      under={name === title ? undefined : name}
      back="#/records"
      place={`record-${record.id}`}
      footer={
        <button class="pri" onClick={() => void settle()}>
          {open.length > 0 ? t('both.settle_open', { count: open.length }) : t('both.settle')}
        </button>
      }
    >
      <News kind="warn" sign="⇄" head={t('both.head')}>
        <p>
          {t('both.text', {
            who: whoOf(current, t),
            time: moment(current.received_at, settings.lang, new Date()),
          })}
        </p>
      </News>
      <Versions
        form={form}
        fields={fields}
        heads={headsOf(record, current, settings.lang, t)}
        picks={picks}
        pick={(question, side) => setPicks({ ...picks, [question]: side })}
      />
      {fields.every(({ same }) => same) && <p class="lead">{t('both.same')}</p>}
      <button class="wide step" onClick={() => void leave()}>
        <b>{t('both.leave')}</b>
        <span>{t('both.leave_text')}</span>
      </button>
    </Page>
  )
}

type Say = (key: string, params?: Record<string, string>) => string

const whoOf = ({ by }: Version, t: Say): string => t(`aside.by.${by.role}`, { name: by.name })

const headsOf = (record: Filed, current: Version, lang: Lang, t: Say) => ({
  current: {
    name: t('aside.current'),
    under: `${whoOf(current, t)} · ${moment(current.received_at, lang, new Date())}`,
  },
  branch: { name: t('both.mine'), under: moment(record.filedAt, lang, new Date()) },
})

function focusOn(question: string): void {
  const place = document.getElementById(`v-${question}`)
  place?.scrollIntoView({ block: 'center' })
  place?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true })
}

/** On a record that stands as it was filed: what the office has decided, or what is in force instead of it. */
export function Meanwhile({ record }: RecordProps) {
  const { app, state, settings, t } = useScreen()
  if (record.delivery.at !== 'delivered') return null
  const { decided, current, state: stands } = record.delivery
  const form = state.forms.get(record.form) ?? state.current.find(({ kind }) => kind === record.kind)
  const settled = state.records.some(({ settles }) => settles === record.id)
  return (
    <>
      {decided && (
        <section class="block">
          <h2>{t('both.closed', { day: dayInWords(today(new Date(decided.on)), settings.lang) })}</h2>
          <p>{t(stands === 'branch' ? 'both.closed_branch' : 'both.closed_other')}</p>
          <h3>{t('both.why')}</h3>
          <p class="reason">{decided.reason}</p>
          {record.heed !== 'read' && (
            <button class="wide" onClick={() => void heed(app, record, 'read')}>
              {t('both.understood')}
            </button>
          )}
        </section>
      )}
      {settled && <p class="lead">{t('both.settled')}</p>}
      {current && form && <InForce record={record} current={current} form={form} />}
    </>
  )
}

/** What is in force, and in what it differs from what stands here. */
function InForce({ record, current, form }: { record: Filed; current: Version; form: Form }) {
  const { state, settings, t } = useScreen()
  const own = state.records.find(({ id }) => id === current.id)
  const fields = compared(form, record.answers, current.answers, null)
  return (
    <details class="block same">
      <summary>
        {t('both.in_force', {
          who: whoOf(current, t),
          time: moment(current.received_at, settings.lang, new Date()),
        })}
      </summary>
      {own && (
        <p>
          <a href={addressOf('record', own.id)}>{t('both.see')}</a>
        </p>
      )}
      <Versions form={form} fields={fields} heads={headsOf(record, current, settings.lang, t)} />
    </details>
  )
}
