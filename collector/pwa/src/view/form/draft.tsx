/** Filling in a form, step by step; every change is kept before the screen says so. */
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { answersOf } from '../../form/answers.ts'
import type { Answers, Draft, Field, Form, FromWork, Typed } from '../../contract.ts'
import { clock } from '../../form/dates.ts'
import { leave as leaveAt } from '../../draft/left_at.ts'
import { answerInWords, askedOf, formFor, stepsOf } from '../../form/form.ts'
import { making } from '../../photo/photos.ts'
import { questionOf } from '../../form/pointer.ts'
import { LateNews, LatePart, LateScreen } from '../arriving.tsx'
import { useScreen } from '../context.ts'
import { faultsOf, loadCheck } from './faults.ts'
import { draftGone, dropDraft, keptStrip } from '../phone/kept_parts.ts'
import { Review } from './review.tsx'
import { screenOf } from '../screens.ts'
import { addressOf, go } from '../router.ts'
import { useRunning } from './running.ts'
import { offered } from '../../case/work.ts'
import { leaving, Questions, StepPage, useFaults } from './step.tsx'
import { useDraft } from './use_draft.ts'

export function DraftScreen({ id, step }: { id: string; step: string }) {
  const { state } = useScreen()
  const draft = state.drafts.find((each) => each.id === id)
  const whole = draft && state.forms.get(draft.form)
  if (!draft || !whole) {
    return <LatePart load={draftGone} props={{}} />
  }
  const form = formFor(whole, state.identity?.person.role ?? '')
  const own = screenOf(form)
  if (own) return <OwnScreen load={own.draft} draft={draft} form={form} step={step} />
  return <Filling draft={draft} form={form} step={step} />
}

/** What every screen that fills in a draft is given. */
export interface FillingProps {
  draft: Draft
  form: Form
  step: string
}

function OwnScreen({ load, ...props }: FillingProps & { load: () => Promise<ComponentType<FillingProps>> }) {
  const { settings } = useScreen()
  return <LateScreen load={load} title={props.form.label[settings.lang]} props={props} />
}

function Filling({ draft, form, step }: FillingProps) {
  const { app } = useScreen()
  const { typed, change, saved, flush } = useDraft(app, draft)
  // A kind with a screen of its own begins where that screen says.
  useEffect(() => leaveAt(draft.id, step), [draft.id, step])
  const answers = answersOf(form.fields, typed)
  const settled = draft.work?.settled ?? []
  const asked = { ...form, fields: form.fields.filter(({ name }) => !settled.includes(name)) }
  const steps = stepsOf(asked).filter((fields) => askedOf(fields, answers).length > 0)
  const strip = <SavedStrip at={saved} />
  useEffect(() => void loadCheck(), [])
  if (step === 'check') {
    return (
      <Review
        draft={draft}
        form={form}
        answers={answers}
        steps={steps}
        strip={strip}
        flush={flush}
        held={{ typed, change }}
      />
    )
  }
  const number = Math.min(Math.max(1, Number(step) || 1), steps.length)
  return (
    <Step
      key={number}
      draft={draft}
      form={form}
      answers={answers}
      typed={typed}
      change={change}
      flush={flush}
      steps={steps}
      number={number}
      strip={strip}
    />
  )
}

export function SavedStrip({ at }: { at: string }) {
  const { app, state, t } = useScreen()
  if (state.saveFailed || !app.round.store.lasting) {
    const meanwhile = (
      <p class="strip bad" role="alert">
        {state.saveFailed && t('save_failed.head')}
      </p>
    )
    return <LatePart load={keptStrip} props={{}} meanwhile={meanwhile} />
  }
  return (
    <p class="strip" role="status">
      {`✓ ${t('strip.saved', { time: clock(at) })}`}
    </p>
  )
}

interface StepProps {
  draft: Draft
  form: Form
  answers: Answers
  typed: Draft['typed']
  change: (name: string, typed: Typed) => void
  flush: () => Promise<boolean>
  steps: Field[][]
  number: number
  strip: preact.JSX.Element
}

function Step({ draft, form, answers, typed, change, flush, steps, number, strip }: StepProps) {
  const { state, settings, t } = useScreen()
  const { problems, setProblems, mended } = useFaults()
  const only = (field: Field) => offered(field, draft.work, state.current)
  const fields = askedOf(steps[number - 1] ?? [], answers).filter((field) => {
    const mine = only(field)
    const there = state.refs.get(field.refers_to ?? '')?.records ?? []
    return !mine || field.required || field.name in answers || there.some(mine)
  })
  const shown = fields.map(({ name }) => name)
  const names = new Set(shown)
  const { notes, onFocusOut } = useRunning(form, answers, shown)
  const last = number === steps.length
  const enough = !last && requiredAnswered(steps.slice(number).flat(), answers)

  const leave = async (to: string | number): Promise<void> => {
    await Promise.all(making)
    const faults = await faultsOf(form, answers)
    const here = faults.filter(({ pointer }) => names.has(questionOf(pointer)))
    setProblems(here)
    if (here.length === 0 && (await flush())) go('draft', draft.id, to)
  }

  return (
    <StepPage
      problems={problems}
      leave={() => leave(last ? 'check' : number + 1)}
      onFocusOut={onFocusOut}
      title={
        draft.replaces ? t('draft.mending', { kind: form.label[settings.lang] }) : form.label[settings.lang]
      }
      under={steps.length > 1 ? t('draft.step', { number, count: steps.length }) : undefined}
      back={number > 1 ? addressOf('draft', draft.id, number - 1) : addressOf(...cameFrom(draft))}
      place={`draft-${draft.id}-${number}`}
      strip={
        <>
          {steps.length > 1 && (
            // Said in words in the heading above.
            <progress max={steps.length} value={number} aria-hidden="true" />
          )}
          {strip}
        </>
      }
      footer={
        <>
          {number > 1 && (
            <button type="button" onClick={() => void flush().then(() => go('draft', draft.id, number - 1))}>
              {t('before')}
            </button>
          )}
          <button class="pri">{t('next')}</button>
        </>
      }
    >
      {number === 1 && problems.length === 0 && <p class="lead">{form.description[settings.lang]}</p>}
      {number === 1 && draft.replaces && <LateNews name="VanishedNews" />}
      {number === 1 && draft.work && <Settled form={form} answers={answers} work={draft.work} />}
      <Questions
        form={form}
        fields={fields}
        typed={typed}
        problems={problems}
        onChange={(name, value) => {
          change(name, value)
          mended(name)
        }}
        more={(field) => ({ notes, flush, ...(only(field) ? { only: only(field)! } : {}) })}
      />
      {enough && (
        <button type="button" class="wide" onClick={() => leaving(() => leave('check'))}>
          {t('draft.enough')}
        </button>
      )}
      {number === 1 && <DropDraft draft={draft} />}
    </StepPage>
  )
}

/** Where one was before a draft: at its case, or at home. */
export const cameFrom = ({ work }: Draft): string[] => (work ? ['case', work.item] : [])

/** What the case has answered already: which one, after what, for whom. */
function Settled({ form, answers, work }: Pick<StepProps, 'form' | 'answers'> & { work: FromWork }) {
  const { state, settings } = useScreen()
  const fields = form.fields.filter(
    ({ name, type }) =>
      work.settled.includes(name) && type === 'reference' && answers[name] && answers[name] !== work.item,
  )
  return (
    <section class="block settled">
      <b>{work.labels[work.item]?.[settings.lang] ?? work.item}</b>
      {fields.map((field) => (
        <p key={field.name}>
          <span class="under">{field.label[settings.lang]}</span>
          {work.labels[String(answers[field.name])]?.[settings.lang] ??
            answerInWords(field, answers[field.name]!, state.refs, settings.lang)}
        </p>
      ))}
    </section>
  )
}

const requiredAnswered = (fields: Field[], answers: Answers): boolean =>
  askedOf(fields, answers).every(({ required, name }) => !required || name in answers)

export const DropDraft = (props: { draft: Draft }) => <LatePart load={dropDraft} props={props} />
