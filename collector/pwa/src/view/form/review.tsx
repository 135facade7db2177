/** The check page: what will be public and what will not, in two blocks, before anything is filed. */
import { useEffect, useState } from 'preact/hooks'
import type { Answers, Draft, Field, Form, SaidProblem, Typed, TypedAnswers } from '../../contract.ts'
import { questionOf } from '../../form/pointer.ts'
import { answerInWords, blocksOf } from '../../form/form.ts'
import { LatePart } from '../arriving.tsx'
import { useScreen } from '../context.ts'
import './filling_words.ts'
import { cameFrom, DropDraft } from './draft.tsx'
import { faultsOf } from './faults.ts'
import { Photos } from '../photo/late_photos.tsx'
import { fullNews } from '../phone/kept_parts.ts'
import { News, Page } from '../page.tsx'
import { addressOf, go, goInstead } from '../router.ts'
import { Said } from '../said.tsx'
import { WHY } from '../../form/why.ts'
import { idOf } from './ids.ts'
import { asksWhy, Why } from './why.tsx'

interface ReviewProps {
  draft: Draft
  form: Form
  answers: Answers
  steps: Field[][]
  strip: preact.JSX.Element
  flush: () => Promise<boolean>
  /** What stands in the draft, and how to add to it: a correction is asked why here. */
  held?: { typed: TypedAnswers; change: (name: string, typed: Typed) => void }
  /** Where a kind reads better in another shape than question by question. */
  summary?: preact.JSX.Element
  /** What is said last before filing, where a kind is not like the others. */
  final?: string
  /** What keeps it from being filed, where a kind knows more than its form. */
  look?: (form: Form, answers: Answers) => Promise<SaidProblem[]>
}

export function Review({
  draft,
  form,
  answers,
  steps,
  strip,
  flush,
  held,
  summary,
  final,
  look = faultsOf,
}: ReviewProps) {
  const { app, state, settings, t } = useScreen()
  const [unsaid, setUnsaid] = useState(false)
  const [faults, setFaults] = useState<SaidProblem[] | null>(null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    void look(form, answers).then(setFaults)
  }, [])
  const stepOf = (name: string): number =>
    Math.max(1, steps.findIndex((fields) => fields.some((each) => each.name === name)) + 1)
  const toMend = faults?.[0] && stepOf(questionOf(faults[0].pointer))

  const why = held && asksWhy(draft, state)

  const file = async (): Promise<void> => {
    if (busy) return
    const whole = { ...draft, typed: held?.typed ?? draft.typed }
    if (why && !whole.typed[WHY]) {
      setUnsaid(true)
      return document.getElementById(idOf(`/${WHY}`))?.focus()
    }
    setBusy(true)
    try {
      if (!(await flush())) return setFailed(true)
      await app.fileDraft(whole, form, answers)
      goInstead(...(draft.work ? ['case', draft.work.item] : ['record', draft.id, 'new']))
    } catch (fault) {
      console.error(fault)
      setFailed(true)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Page
      title={t('review.title')}
      under={form.label[settings.lang]}
      back={steps.length > 0 ? addressOf('draft', draft.id, steps.length) : addressOf(...cameFrom(draft))}
      place={`draft-${draft.id}-check`}
      strip={strip}
      footer={
        <>
          {steps.length > 0 && <button onClick={() => go('draft', draft.id, 1)}>{t('review.back')}</button>}
          {toMend ? (
            <button class="pri" onClick={() => go('draft', draft.id, toMend)}>
              {t('review.mend', { count: faults.length })}
            </button>
          ) : (
            <button class="pri" aria-busy={busy} onClick={() => void file()}>
              {t(busy ? 'review.busy' : 'review.file')}
            </button>
          )}
        </>
      }
    >
      {failed && <LatePart load={fullNews} props={{}} />}
      {faults && faults.length > 0 && (
        <News kind="bad" sign="!" head={t('faults', { count: faults.length })}>
          <ul>
            {faults.map(({ pointer, say }) => (
              <li key={pointer + say.zh}>
                <a href={addressOf('draft', draft.id, stepOf(questionOf(pointer)))}>{say[settings.lang]}</a>
              </li>
            ))}
          </ul>
        </News>
      )}
      {summary ?? (
        <AnswerBlocks
          form={form}
          answers={answers}
          edit={(name) =>
            draft.work?.settled.includes(name) ? null : addressOf('draft', draft.id, stepOf(name))
          }
        />
      )}
      {why && <Why typed={held.typed} onChange={held.change} missing={unsaid && !held.typed[WHY]} />}
      <p>{final ?? t('review.final')}</p>
      <DropDraft draft={draft} />
    </Page>
  )
}

interface BlocksProps {
  form: Form
  answers: Answers
  /** Where an answer is changed; null where the case has settled it. */
  edit?: (name: string) => string | null
}

/** Answers in two blocks by what the form lets the public see. */
export function AnswerBlocks({ form, answers, edit }: BlocksProps) {
  const { t } = useScreen()
  const { open, closed } = blocksOf(form, answers)
  const gate = form.gate === 'none' ? null : <p class="hint">{t(`gate.${form.gate}`)}</p>
  return (
    <>
      <section class="block open">
        <h2>{t('review.open')}</h2>
        {gate}
        {open.length === 0 ? (
          <p>{t('review.none')}</p>
        ) : (
          <AnswerList fields={open} answers={answers} edit={edit} />
        )}
      </section>
      <section class="block closed">
        <h2>{t('review.closed')}</h2>
        {closed.length === 0 ? (
          <p>{t('review.none')}</p>
        ) : (
          <AnswerList fields={closed} answers={answers} edit={edit} />
        )}
      </section>
    </>
  )
}

const NOTED = new Set(['counted', 'reviewed', 'village', 'surname', 'month'])

interface ListProps {
  fields: Field[]
  answers: Answers
  edit: BlocksProps['edit'] | undefined
}

function AnswerList({ fields, answers, edit }: ListProps) {
  const { state, settings, t } = useScreen()
  return (
    <dl>
      {fields.map((field) => (
        <div key={field.name}>
          <dt>
            {field.label[settings.lang]}
            {NOTED.has(field.publish) && <small> {t(`policy.${field.publish}`)}</small>}
          </dt>
          <dd>
            {field.type === 'photos' ? (
              <Photos label={field.label} names={answers[field.name] as string[]} filed={!edit} />
            ) : (
              <Answered text={answerInWords(field, answers[field.name]!, state.refs, settings.lang)} />
            )}
            {edit?.(field.name) && (
              <a
                href={edit(field.name)!}
                aria-label={t('review.edit_said', { label: field.label[settings.lang] })}
              >
                {t('review.edit')}
              </a>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** So much of a long text tells which one it is; all of it would bury what comes after. */
const AT_ONCE = 300

function Answered({ text }: { text: string }) {
  const { t } = useScreen()
  const [all, setAll] = useState(false)
  const letters = [...text]
  if (all || letters.length <= AT_ONCE * 1.5) {
    return (
      <span>
        <Said text={text} />
      </span>
    )
  }
  return (
    <span>
      <Said text={letters.slice(0, AT_ONCE).join('')} />…
      <button type="button" class="link" onClick={() => setAll(true)}>
        {t('review.whole', { length: letters.length })}
      </button>
    </span>
  )
}
