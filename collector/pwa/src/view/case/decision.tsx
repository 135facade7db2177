/** A decision about what was kept aside: its reason where one is asked, then checked once and filed. */
import { useEffect } from 'preact/hooks'
import { answersOf } from '../../form/answers.ts'
import type { Answers, Form, FromWork } from '../../contract.ts'
import type { WorkStep } from '../../office.ts'
import type { State } from '../../state.ts'
import { entryOf, isEntry } from '../../case/aside.ts'
import { answerInWords, askedOf } from '../../form/form.ts'
import { questionOf } from '../../form/pointer.ts'
import { Facts } from './case.tsx'
import { useScreen } from '../context.ts'
import { DropDraft, SavedStrip, type FillingProps } from '../form/draft.tsx'
import { Questions, StepPage, useFaults } from '../form/step.tsx'
import { faultsOf, loadCheck } from '../form/faults.ts'
import { News, Page } from '../page.tsx'
import type { RecordProps } from '../record.tsx'
import { Review } from '../form/review.tsx'
import { addressOf, go, goInstead } from '../router.ts'
import { useDraft, type DraftHeld } from '../form/use_draft.ts'

export function DecisionScreen({ draft, form, step }: FillingProps) {
  const { app, state, t } = useScreen()
  const held = useDraft(app, draft)
  useEffect(() => void loadCheck(), [])
  const answers = answersOf(form.fields, held.typed)
  if (draft.work && isStale(state, draft.work.item, answers)) return <Stale draft={draft} />
  const asked = askedOf(form.fields, answers).filter(({ name }) => !draft.work?.settled.includes(name))
  const strip = <SavedStrip at={held.saved} />
  if (asked.length === 0 || step === 'check') {
    return (
      <Review
        draft={draft}
        form={form}
        answers={answers}
        steps={asked.length === 0 ? [] : [asked]}
        strip={strip}
        flush={held.flush}
        final={t(`aside.final.${String(answers.decision)}`)}
        summary={<Summary form={form} answers={answers} work={draft.work} />}
      />
    )
  }
  return <Asked draft={draft} form={form} answers={answers} asked={asked} held={held} strip={strip} />
}

/** Whether what was about to be decided looks otherwise by now: decided elsewhere, mended, or another version in force. */
function isStale(state: State, item: string, answers: Answers): boolean {
  const known = isEntry(item) ? state.desk : state.work
  const step = stepsOf(state, item).find(
    ({ answers: { decision } }) => !decision || decision === answers.decision,
  )
  return (
    known !== null && (!step || ['entry', 'current'].some((name) => step.answers[name] !== answers[name]))
  )
}

/** What may be said now of what the draft is about. */
const stepsOf = ({ desk, work }: State, item: string): WorkStep[] =>
  entryOf(desk, item)?.entry.steps ?? work?.items.find(({ code }) => code === item)?.steps ?? []

function Stale({ draft }: Pick<FillingProps, 'draft'>) {
  const { app, state, settings, t } = useScreen()
  const { item, labels } = draft.work!
  const gone = stepsOf(state, item).length === 0
  const list = isEntry(item) ? 'aside' : 'work'
  return (
    <Page
      title={labels[item]?.[settings.lang] ?? t('aside.title')}
      back={addressOf(list)}
      place={`draft-${draft.id}-stale`}
      footer={
        <button
          class="pri"
          onClick={() => {
            goInstead(...(gone ? [list] : ['case', item]))
            void app.dropDraft(draft.id)
          }}
        >
          {t(gone ? 'aside.to_list' : 'aside.look_again')}
        </button>
      }
    >
      <News kind="warn" sign="!" head={t(gone ? 'aside.gone' : 'aside.moved')}>
        <p>{t(gone ? 'aside.gone_text' : 'aside.moved_text')}</p>
      </News>
    </Page>
  )
}

interface AskedProps extends Omit<FillingProps, 'step'> {
  answers: Answers
  asked: Form['fields']
  held: DraftHeld
  strip: preact.JSX.Element
}

function Asked({ draft, form, answers, asked, held, strip }: AskedProps) {
  const { settings, t } = useScreen()
  const { problems, setProblems, mended } = useFaults()
  const names = new Set(asked.map(({ name }) => name))
  const leave = async (): Promise<void> => {
    const here = (await faultsOf(form, answers)).filter(({ pointer }) => names.has(questionOf(pointer)))
    setProblems(here)
    if (here.length === 0 && (await held.flush())) go('draft', draft.id, 'check')
  }
  return (
    <StepPage
      problems={problems}
      leave={leave}
      title={answers.decision ? t(`aside.title.${String(answers.decision)}`) : form.label[settings.lang]}
      back={draft.work ? addressOf('case', draft.work.item) : '#/'}
      place={`draft-${draft.id}-1`}
      strip={strip}
      footer={<button class="pri">{t('next')}</button>}
    >
      <Summary form={form} answers={answers} work={draft.work} only={['record', 'decision']} />
      <Questions
        form={form}
        fields={asked}
        typed={held.typed}
        problems={problems}
        onChange={(name, value) => {
          held.change(name, value)
          mended(name)
        }}
      />
      <DropDraft draft={draft} />
    </StepPage>
  )
}

interface SummaryProps {
  form: Form
  answers: Answers
  work: FromWork | undefined
  only?: string[]
}

/** Which record, what is decided and what follows, why: the digests speak to machines and stay out of sight. */
function Summary({ form, answers, work, only = ['record', 'decision', 'grounds', 'reason'] }: SummaryProps) {
  const { state, settings, t } = useScreen()
  const entry = work && entryOf(state.desk, work.item)?.entry
  const read =
    work && answers.decision === 'approve' && state.work?.items.find(({ code }) => code === work.item)
  const follows = entry?.steps.find((step) => step.answers.decision === answers.decision)?.why
  const said: Record<string, string | undefined> = {
    record: work?.labels[work.item]?.[settings.lang],
  }
  const fields = form.fields.filter(({ name }) => only.includes(name) && name in answers)
  return (
    <>
      <dl class="block">
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{field.label[settings.lang]}</dt>
            <dd>
              <span>
                {said[field.name] ?? answerInWords(field, answers[field.name]!, state.refs, settings.lang)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {follows && <p>{follows[settings.lang]}</p>}
      {read && (
        <section>
          <h2>{t('review.open')}</h2>
          <Facts facts={read.facts} />
        </section>
      )}
    </>
  )
}

/** On the clerk's own record of a decision: it is never mended, only made anew. */
export function DecisionRecord({ record }: RecordProps) {
  const { t } = useScreen()
  const refused = record.delivery.at === 'delivered' && record.delivery.state === 'quarantined'
  return refused ? <p>{t('aside.anew')}</p> : null
}
