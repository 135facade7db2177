/** One entry that was kept aside: whose it is, what is the matter, what it says, and the two things one may decide. */
import { useState } from 'preact/hooks'
import type { Form, Lang } from '../../contract.ts'
import type { DeskEntry, Told } from '../../office.ts'
import { asCase, calledEntry, decidedHere, entryOf, type Kept } from '../../case/aside.ts'
import { APP } from '../../app.ts'
import { moment } from '../../form/dates.ts'
import { AsideDate, SortTag, useFormOf } from './aside_list.tsx'
import { Filled, Own } from './case.tsx'
import { useScreen } from '../context.ts'
import { News, Page } from '../page.tsx'
import { go, hashBefore } from '../router.ts'
import { useInWords, Versions } from './versions.tsx'

export function AsideItemScreen({ code }: { code: string }) {
  const frame = useEntryFrame(code)
  const [back] = useState(() => (hashBefore() === '#/' ? '#/' : '#/aside'))
  return (
    <Page {...frame} back={back} place={`case-${code}`}>
      <EntryBody code={code} />
    </Page>
  )
}

export function useEntryFrame(code: string): { title: string; under?: string } {
  const { state, settings, t } = useScreen()
  const entry = entryOf(state.desk, code)?.entry
  const form = useFormOf(entry ?? { form: null, kind: '' })
  if (!entry) return { title: t('aside.gone') }
  const title = calledEntry(entry, form, state.refs)[settings.lang]
  return { title, ...(entry.code ? { under: entry.code } : {}) }
}

export function EntryBody({ code }: { code: string }) {
  const { state, t } = useScreen()
  const kept = entryOf(state.desk, code)
  const own = state.records.filter(({ work }) => work?.item === code)
  if (!kept) {
    return (
      <>
        <p class="lead">{t('aside.gone_text')}</p>
        <Refused code={code} />
        <Own own={own} />
      </>
    )
  }
  return <Entry kept={kept} />
}

function Entry({ kept }: { kept: Kept }) {
  const { state, t } = useScreen()
  const { sort, entry } = kept
  const form = useFormOf(entry)
  const decided = decidedHere(entry.digest, state.records, state.deskAt)
  return (
    <div class="case">
      {decided ? <Filled record={decided} /> : <Refused code={entry.digest} />}
      <section class="block standing">
        <p>
          <SortTag sort={sort} />
        </p>
        <p>{t(`aside.is.${sort}`)}</p>
        <StoppedPhone entry={entry} />
        <Problems entry={entry} />
      </section>
      <Who entry={entry} />
      {entry.fields ? <Fields entry={entry} form={form} /> : <p class="lead">{t('aside.blind')}</p>}
      {!decided && <Decide entry={entry} form={form} />}
      <Own own={state.records.filter(({ work }) => work?.item === entry.digest)} />
      <AsideDate />
    </div>
  )
}

/** Why the last decision about it did not come to anything: it was decided elsewhere, or looked otherwise by then. */
function Refused({ code }: { code: string }) {
  const { state, settings, t } = useScreen()
  const last = state.records.find(({ work }) => work?.item === code)
  if (last?.delivery.at !== 'delivered' || last.delivery.state !== 'quarantined') return null
  return (
    <News kind="bad" sign="!" head={t('aside.refused')}>
      <ul>
        {last.delivery.problems.map(({ pointer, say }) => (
          <li key={pointer + say.zh}>{say[settings.lang]}</li>
        ))}
      </ul>
    </News>
  )
}

function StoppedPhone({ entry: { by } }: { entry: DeskEntry }) {
  const { settings, t } = useScreen()
  if (!by.revoked_at) return null
  const time = moment(by.revoked_at, settings.lang, new Date())
  return <p>{t(by.reason ? 'aside.stopped_why' : 'aside.stopped', { time, reason: by.reason ?? '' })}</p>
}

function Problems({ entry }: { entry: DeskEntry }) {
  const { settings, t } = useScreen()
  if (!entry.problems?.length) return null
  return (
    <>
      <p>
        <b>{t('aside.problems', { count: entry.problems.length })}</b>
      </p>
      <ul class="points">
        {entry.problems.map(({ pointer, say }) => (
          <li key={pointer + say.zh}>{say[settings.lang]}</li>
        ))}
      </ul>
    </>
  )
}

/** By whom, and when: the hour on the phone is a claim, the hour of arrival is our own. */
function Who({ entry }: { entry: DeskEntry }) {
  const { settings, t } = useScreen()
  const at = (time: string): string => moment(time, settings.lang, new Date())
  const facts = [
    [t('aside.who'), t(`aside.by.${entry.by.role}`, { name: entry.by.name })],
    ...(entry.claimed_at ? [[t('aside.claimed'), at(entry.claimed_at)]] : []),
    [t('aside.received'), at(entry.received_at)],
    ...(entry.why ? [[t('aside.why'), whyInWords(entry.why, settings.lang)]] : []),
    ...(entry.mark ? [[t('aside.mark'), t(`aside.mark.${entry.mark}`)]] : []),
  ]
  return (
    <dl class="block facts">
      {facts.map(([name, said]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span>{said}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

const whyInWords = ({ reason, explanation }: NonNullable<DeskEntry['why']>, lang: Lang): string =>
  [reason[lang], explanation].filter(Boolean).join(lang === 'zh' ? '：' : ': ')

function Fields({ entry, form }: { entry: DeskEntry; form: Form | undefined }) {
  const { settings, t } = useScreen()
  const said = useInWords(form)
  if (entry.fields!.length === 0) return <p class="lead">{t('aside.nothing')}</p>
  if (entry.current) {
    const again = entry.current.by.name === entry.by.name && entry.current.received_at > entry.received_at
    return (
      <section>
        <h2>{t('aside.both')}</h2>
        {again && <p class="lead">{t('aside.again')}</p>}
        <Versions
          form={form}
          fields={entry.fields!}
          heads={{
            current: { name: t('aside.current'), under: byWhom(entry.current, settings.lang) },
            branch: { name: t('aside.branch'), under: byWhom(entry, settings.lang) },
          }}
        />
      </section>
    )
  }
  return (
    <section>
      <h2>{t('aside.says')}</h2>
      <dl class="block facts">
        {entry.fields!.map(({ name, label, answer }) => (
          <div key={name}>
            <dt>{label[settings.lang]}</dt>
            <dd>
              <span>{said(name, answer)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const byWhom = ({ by, received_at }: Pick<Told, 'by' | 'received_at'>, lang: Lang): string =>
  `${by.name} · ${moment(received_at, lang, new Date())}`

/** The two things one may decide. Neither is the first: what one has read decides. */
function Decide({ entry, form }: { entry: DeskEntry; form: Form | undefined }) {
  const { app, state, settings, t } = useScreen()
  if ((state.hello?.oldest_app ?? 0) > APP) {
    return (
      <News kind="warn" sign="!" head={t('too_old.head')}>
        <p>{t('too_old.text')}</p>
      </News>
    )
  }
  const begin = async (at: number): Promise<void> => {
    const step = entry.steps[at]!
    // What was begun against another version in force is begun anew.
    const before = state.drafts.find(
      ({ work, typed }) => work?.item === entry.digest && typed.current !== step.answers.current,
    )
    if (before && step.answers.current) await app.dropDraft(before.id)
    const draft = await app.startStep(asCase(entry, calledEntry(entry, form, state.refs)), step)
    if (draft) go('draft', draft.id, step.answers.decision === 'take' ? 'check' : 1)
  }
  return (
    <section>
      <h2>{t('aside.decide')}</h2>
      {entry.steps.map((step, at) => (
        <button key={at} class="wide step" onClick={() => void begin(at)}>
          <b>{step.label[settings.lang]}</b>
          <span>{step.why[settings.lang]}</span>
        </button>
      ))}
      {entry.steps.every(({ answers }) => answers.decision !== 'take') && (
        <p class="hint">{t('aside.for_good')}</p>
      )}
    </section>
  )
}
