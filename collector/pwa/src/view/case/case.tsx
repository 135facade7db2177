/** One case: where it stands and by when, all that is known of it, what happened, and a button for each lawful step. */
import { useState } from 'preact/hooks'
import type { Filed, Form, Lang, Policy } from '../../contract.ts'
import type { Fact, WorkItem, WorkStep } from '../../office.ts'
import { APP } from '../../app.ts'
import { isEntry, saidOf } from '../../case/aside.ts'
import { dayInWords } from '../../form/dates.ts'
import { refInWords } from '../../form/form.ts'
import { filedFor } from '../../case/work.ts'
import { AsideItemScreen } from './aside_item.tsx'
import { useScreen } from '../context.ts'
import { News, Page } from '../page.tsx'
import { Photos } from '../photo/late_photos.tsx'
import { RecordRow } from '../records.tsx'
import { addressOf, go, hashBefore } from '../router.ts'
import { Said } from '../said.tsx'
import { WorkDate } from './to_do.tsx'
import { DueTag, TrackTag } from './work_rows.tsx'

const LONG = 60

export function CaseScreen({ code }: { code: string }) {
  return isEntry(code) ? <AsideItemScreen code={code} /> : <OneCase code={code} />
}

function OneCase({ code }: { code: string }) {
  const open = useOpenCase(code)
  const [back] = useState(() => (hashBefore() === '#/work' ? '#/work' : '#/'))
  return (
    <Page {...open.frame} back={back} place={`case-${code}`}>
      <CaseBody code={code} />
    </Page>
  )
}

/** What of a step is open: nothing is filed for it that the office has not seen. */
interface OpenCase {
  item: WorkItem | undefined
  frame: Pick<Parameters<typeof Page>[0], 'title' | 'under' | 'footer'>
  /** The step that a must leads to first. */
  first: WorkStep | undefined
}

export function useOpenCase(code: string): OpenCase {
  const { state, settings, t } = useScreen()
  const start = useStart()
  const item = state.work?.items.find((each) => each.code === code)
  const first = item?.steps.find((step) => step.must && !filedFor(item, step, state.records, state.workAt))
  const known = item?.title[settings.lang] ?? refInWords(state.refs, SUGGESTION, code, settings.lang)
  const words = first ? saidOf(first) : []
  const form = state.current.find(({ kind }) => kind === first?.kind)
  const footer = item && first && (
    <>
      {words.map((step) => (
        <button
          key={String(step.answers.decision)}
          class={step === words.at(-1) ? 'pri' : undefined}
          onClick={() => void start(item, step)}
        >
          {words.length > 1 ? decisionInWords(form, step, settings.lang) : step.why[settings.lang]}
        </button>
      ))}
    </>
  )
  const title = known === code ? t('case.gone') : known
  return {
    item,
    first,
    frame: { title, under: known === code ? undefined : code, ...(footer ? { footer } : {}) },
  }
}

const decisionInWords = (form: Form | undefined, { answers }: WorkStep, lang: Lang): string =>
  form?.fields
    .find(({ name }) => name === 'decision')
    ?.choices?.find(({ value }) => value === answers.decision)?.label[lang] ?? String(answers.decision)

const SUGGESTION = { refers_to: 'suggestion' } as Parameters<typeof refInWords>[1]

/** Begin a step, or go on with the draft that was begun for it. */
export function useStart(): (item: WorkItem, step: WorkStep) => Promise<void> {
  const { app, state } = useScreen()
  return async (item, step) => {
    if ((state.hello?.oldest_app ?? 0) > APP) return go()
    const draft = await app.startStep(item, step)
    if (draft) go('draft', draft.id, step.answers.decision === 'approve' ? 'check' : 1)
  }
}

export function CaseBody({ code }: { code: string }) {
  const { state } = useScreen()
  const { item, first } = useOpenCase(code)
  const own = state.records.filter(({ work }) => work?.item === code)
  if (!item) return <Gone own={own} />
  const filed = item.steps.flatMap((step) => filedFor(item, step, state.records, state.workAt) ?? [])
  return (
    <div class="case">
      {[...new Set(filed)].map((record) => (
        <Filled key={record.id} record={record} />
      ))}
      <Standing item={item} />
      <Facts facts={item.facts} />
      <Timeline timeline={item.timeline} />
      <Steps item={item} first={first} />
      <Own own={own} />
      <WorkDate />
    </div>
  )
}

/** Filled in and not yet known to the office's list: nobody needs to file it twice. */
export function Filled({ record }: { record: Filed }) {
  const { state, settings, t } = useScreen()
  const form = state.forms.get(record.form)
  const waits = record.delivery.at === 'waiting'
  return (
    <News
      kind={waits ? 'warn' : 'ok'}
      sign={waits ? '↑' : '✓'}
      head={t(waits ? 'case.filed_waiting' : 'case.filed_delivered')}
      act={
        <a class="button" href={addressOf('record', record.id)}>
          {t('see')}
        </a>
      }
    >
      <p>{form?.label[settings.lang] ?? record.kind}</p>
    </News>
  )
}

function Standing({ item }: { item: WorkItem }) {
  const { settings, t } = useScreen()
  return (
    <section class="block standing">
      <p>
        <b>{item.said[settings.lang]}</b>
      </p>
      {item.due && (
        <p>
          <DueTag due={item.due} full />
        </p>
      )}
      {item.track && (
        <p>
          <TrackTag track={item.track} />
        </p>
      )}
      {item.clock && (
        <details>
          <summary>{t('case.clock')}</summary>
          <p>
            <Said text={item.clock[settings.lang]} />
          </p>
        </details>
      )}
    </section>
  )
}

const NOTED = new Set<Policy>(['village', 'surname', 'month'])

/** Short answers in one block, each longer text under its own heading, in the office's order. */
export function Facts({ facts }: Pick<WorkItem, 'facts'>) {
  const { settings, t } = useScreen()
  const note = (publish: Policy | undefined) =>
    publish && NOTED.has(publish) && <small> {t(`policy.${publish}`)}</small>
  const parts: Fact[][] = []
  const isLong = ({ value: { zh }, photos }: Fact): boolean =>
    !!photos || zh.length > LONG || zh.includes('\n')
  for (const fact of facts) {
    const last = parts.at(-1)
    if (last && !isLong(fact) && !isLong(last[0]!)) last.push(fact)
    else parts.push([fact])
  }
  return (
    <>
      {parts.map((part, at) =>
        isLong(part[0]!) ? (
          <section key={at} class="block text">
            <h2>
              {part[0]!.label[settings.lang]}
              {note(part[0]!.publish)}
            </h2>
            {part[0]!.photos ? (
              <Photos label={part[0]!.label} names={part[0]!.photos} filed={false} />
            ) : (
              <p>{part[0]!.value[settings.lang]}</p>
            )}
          </section>
        ) : (
          <dl key={at} class="block facts">
            {part.map(({ label, value, publish }, n) => (
              <div key={n}>
                <dt>
                  <Said text={label[settings.lang]} />
                  {note(publish)}
                </dt>
                <dd>
                  <span>
                    <Said text={dayInWords(value[settings.lang], settings.lang)} />
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        ),
      )}
    </>
  )
}

function Timeline({ timeline }: Pick<WorkItem, 'timeline'>) {
  const { settings, t } = useScreen()
  if (timeline.length === 0) return null
  return (
    <section>
      <h2>{t('case.timeline', { count: timeline.length })}</h2>
      <ol class="timeline">
        {timeline.map(({ on, said, code }) => (
          <li key={code}>
            <time dateTime={on}>
              <Said text={dayInWords(on, settings.lang)} />
            </time>
            <p>{said[settings.lang]}</p>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** What else may be done now; the first thing that must be done stands at the bottom of the screen. */
function Steps({ item, first }: { item: WorkItem; first: WorkStep | undefined }) {
  const { state, settings, t } = useScreen()
  const start = useStart()
  const rest = item.steps.filter(
    (step) => step !== first && !filedFor(item, step, state.records, state.workAt),
  )
  if ((state.hello?.oldest_app ?? 0) > APP) {
    return (
      <News kind="warn" sign="!" head={t('too_old.head')}>
        <p>{t('too_old.text')}</p>
      </News>
    )
  }
  if (rest.length === 0) return null
  return (
    <section>
      <h2>{t(first ? 'case.also' : 'case.may')}</h2>
      {rest.map((step, at) => (
        <button key={at} class="wide step" onClick={() => void start(item, step)}>
          <b>{step.label[settings.lang]}</b>
          {step.why[settings.lang] !== step.label[settings.lang] && <span>{step.why[settings.lang]}</span>}
        </button>
      ))}
    </section>
  )
}

export function Own({ own }: { own: Filed[] }) {
  const { t } = useScreen()
  if (own.length === 0) return null
  return (
    <section>
      <h2>{t('case.own')}</h2>
      <ul class="rows">
        {own.map((record) => (
          <RecordRow key={record.id} record={record} />
        ))}
      </ul>
    </section>
  )
}

/** It was in the list before and is no more: done with, as far as this person is concerned. */
function Gone({ own }: { own: Filed[] }) {
  const { t } = useScreen()
  return (
    <>
      <p class="lead">{t('case.gone_text')}</p>
      <Own own={own} />
    </>
  )
}
