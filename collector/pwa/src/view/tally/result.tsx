/** The scrutineers' result: both counts side by side, what differs settled in writing, then signed. */
import { useEffect, useState } from 'preact/hooks'
import { answersOf } from '../../form/answers.ts'
import type { Answers, Draft, Field, Form, SaidProblem, TypedAnswers } from '../../contract.ts'
import type { Counted } from '../../office.ts'
import { ballotOf, type Ballot } from '../../tally/counting.ts'
import { askedOf, labelOfRef, schemaOf } from '../../form/form.ts'
import { questionOf } from '../../form/pointer.ts'
import {
  cellsOf,
  cellWords,
  citedPair,
  differs,
  resultTyped,
  sameList,
  settledAt,
  type Cell,
} from '../../tally/settling.ts'
import { SHEETS } from '../../tally/tally.ts'
import { label as saying } from '../../words.ts'
import { Arrival } from './arrival.tsx'
import { useScreen } from '../context.ts'
import { SavedStrip, type FillingProps } from '../form/draft.tsx'
import { Questions, StepPage, useFaults } from '../form/step.tsx'
import { faultsOf, loadCheck } from '../form/faults.ts'
import { Question } from '../form/field.tsx'
import { News } from '../page.tsx'
import { Review } from '../form/review.tsx'
import { addressOf, go } from '../router.ts'
import { cellId, SideBySide } from './side_by_side.tsx'
import { useDraft, type DraftHeld } from '../form/use_draft.ts'

/** What is made of the counts, and asked only where the ballot is void. */
const MADE = new Set<string>(['counts', 'totals', ...SHEETS])
export const FIRST = new Set(['ballot', 'declared_void'])

export interface Result {
  draft: Draft
  form: Form
  held: DraftHeld
  ballot: Ballot | null
  /** The ballot was declared void: there is nothing to count. */
  isVoid: boolean
  pair: [Counted, Counted] | null
  cells: Cell[]
  /** What is filed, as far as it is settled. */
  answers: Answers
  strip: preact.JSX.Element
}

export function ResultScreen({ draft, form, step }: FillingProps) {
  const { app, state } = useScreen()
  const held = useDraft(app, draft)
  useEffect(() => void loadCheck(), [])
  const { typed } = held
  const ballot = ballotOf(state.refs, typed.ballot)
  const isVoid = typed.declared_void === true
  const pair = isVoid ? null : citedPair(typed)
  const options = ballot?.candidates.map(({ option }) => option) ?? []
  const cells = pair ? cellsOf(pair[0].answers, pair[1].answers, options) : []
  const answers = answersOf(form.fields, pair ? { ...typed, ...madeOf(typed, cells, pair) } : typed)
  const result = {
    draft,
    form,
    held,
    ballot,
    isVoid,
    pair,
    cells,
    answers,
    strip: <SavedStrip at={held.saved} />,
  }
  const ready = isVoid || (pair !== null && sameList(pair, ballot))
  if (ready && step === 'check') return <ResultReview {...result} />
  if (ready && step === '3') return <Rest {...result} />
  if (ready && step === '2') return isVoid ? <Rest {...result} /> : <Settle {...result} />
  return <Arrival {...result} />
}

const madeOf = (typed: TypedAnswers, cells: Cell[], pair: [Counted, Counted]): TypedAnswers =>
  resultTyped(
    typed,
    cells,
    pair.map(({ code }) => code),
  )

// ---------------------------------------------------------------- settling

function Settle({ draft, form, held, ballot, pair, cells, answers, strip }: Result) {
  const { settings, t } = useScreen()
  const [problems, setProblems] = useState<SaidProblem[]>([])
  const open = cells.filter((cell) => settledAt(held.typed, cell) === null)
  const different = cells.some(differs)
  const resolution = form.fields.find(({ name }) => name === 'resolution')!
  const leave = async (): Promise<void> => {
    const found = [
      ...open.map((cell) => ({
        pointer: cellId(cell),
        say: saying('app.result.settle_this', { place: cellWords(cell, ballot, form) }),
      })),
      ...(await resultFaults(form, answers, cells)).filter(({ pointer }) =>
        [...MADE, 'resolution'].includes(questionOf(pointer)),
      ),
    ]
    setProblems(found)
    if (found.length === 0 && (await held.flush())) go('draft', draft.id, 3)
  }
  return (
    <StepPage
      problems={problems}
      leave={leave}
      title={t('result.side_by_side')}
      under={ballot ? labelOfRef(ballot.ref, settings.lang) : undefined}
      back={addressOf('draft', draft.id, 1)}
      place={`draft-${draft.id}-2`}
      strip={strip}
      footer={<button class="pri">{t('next')}</button>}
    >
      {different ? (
        <News kind="warn" sign="!" head={t('result.differ', { count: cells.filter(differs).length })}>
          <p>{t('result.differ_text')}</p>
        </News>
      ) : (
        <News kind="ok" sign="✓" head={t('tally.same')}>
          <p>{t('result.same_text')}</p>
        </News>
      )}
      <SideBySide form={form} ballot={ballot} pair={pair!} cells={cells} typed={held.typed} put={held.put} />
      {different && (
        <Question
          field={{ ...resolution, required: true, hint: null }}
          schema={schemaOf(form, 'resolution')}
          pointer="/resolution"
          typed={held.typed.resolution}
          problems={problems}
          onChange={(value) => held.change('resolution', value)}
        />
      )}
    </StepPage>
  )
}

/** What the form says, and that counts which differ are settled in writing. */
async function resultFaults(form: Form, answers: Answers, cells: Cell[]): Promise<SaidProblem[]> {
  const said = await faultsOf(form, answers)
  const unwritten = cells.some(differs) && !('resolution' in answers)
  return unwritten ? [...said, { pointer: '/resolution', say: saying('app.result.write') }] : said
}

// ---------------------------------------------------------------- the rest of the form

function restOf({ form, answers, isVoid }: Result): Field[] {
  const settled = new Set([...FIRST, 'resolution', ...(isVoid ? [] : MADE)])
  return askedOf(form.fields, answers).filter(({ name }) => !settled.has(name))
}

function Rest(result: Result) {
  const { draft, form, held, answers, cells, isVoid, strip } = result
  const { settings, t } = useScreen()
  const { problems, setProblems, mended } = useFaults()
  const fields = restOf(result)
  const names = new Set([...fields.map(({ name }) => name), 'declared_void'])
  const leave = async (): Promise<void> => {
    const found = (await resultFaults(form, answers, cells)).filter(({ pointer }) =>
      names.has(questionOf(pointer)),
    )
    setProblems(found)
    if (found.length === 0 && (await held.flush())) go('draft', draft.id, 'check')
  }
  return (
    <StepPage
      problems={problems}
      leave={leave}
      title={form.label[settings.lang]}
      under={t(isVoid ? 'result.void' : 'result.who')}
      back={addressOf('draft', draft.id, isVoid ? 1 : 2)}
      place={`draft-${draft.id}-3`}
      strip={strip}
      footer={<button class="pri">{t('next')}</button>}
    >
      <Questions
        form={form}
        fields={fields}
        typed={held.typed}
        problems={problems}
        onChange={(name, value) => {
          held.change(name, value)
          mended(name)
        }}
      />
    </StepPage>
  )
}

function ResultReview(result: Result) {
  const { draft, form, held, answers, cells, isVoid, strip } = result
  const named = (names: Set<string>): Field[] => form.fields.filter(({ name }) => names.has(name))
  const rest = restOf(result)
  const steps = isVoid ? [named(FIRST), rest] : [named(FIRST), named(new Set([...MADE, 'resolution'])), rest]
  return (
    <Review
      draft={draft}
      form={form}
      answers={answers}
      steps={steps}
      strip={strip}
      flush={held.flush}
      held={held}
      look={(whole, given) => resultFaults(whole, given, cells)}
    />
  )
}
