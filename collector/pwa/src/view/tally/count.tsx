/** The teller's screen: choose the ballot, see that its list is the frozen one, count, and file. */
import { useEffect, useState } from 'preact/hooks'
import { answersOf } from '../../form/answers.ts'
import type { Answers, Form, SaidProblem, TypedAnswers } from '../../contract.ts'
import {
  arithmetic,
  ballotOf,
  begun,
  COUNTED,
  digestShown,
  filled,
  isCalled,
  lastStroke,
  newestFirst,
  strokesOf,
  undone,
  votesAsked,
  WAY,
  type Ballot,
} from '../../tally/counting.ts'
import { labelOfRef, schemaOf } from '../../form/form.ts'
import { checkCode, rowsOf, SHEETS } from '../../tally/tally.ts'
import { label as saying } from '../../words.ts'
import { Arithmetic, SheetInputs } from './arithmetic.tsx'
import { useScreen } from '../context.ts'
import { CountSummary } from './count_summary.tsx'
import { DropDraft, SavedStrip, type FillingProps } from '../form/draft.tsx'
import { Questions, StepPage } from '../form/step.tsx'
import { loadCheck } from '../form/faults.ts'
import { Question } from '../form/field.tsx'
import { FrozenList, type ListState } from './frozen_list.tsx'
import { Page } from '../page.tsx'
import { Review } from '../form/review.tsx'
import { addressOf, go } from '../router.ts'
import { Candidates } from './strokes.tsx'
import { useDraft, type DraftHeld } from '../form/use_draft.ts'

/** Questions that the screen itself knows how to ask; any other of the form is asked as in every form. */
const KNOWN = new Set<string>(['ballot', 'list_digest', ...SHEETS, 'totals', 'check_code'])

export function CountScreen({ draft, form, step }: FillingProps) {
  const { app, state } = useScreen()
  const held = useDraft(app, draft)
  const ballot = ballotOf(state.refs, held.typed.ballot)
  const list = useListState(ballot)
  useEffect(() => void loadCheck(), [])
  const begunHere = ballot !== null && held.typed[COUNTED] === ballot.code
  const counting = begunHere && list === 'right' && held.typed.list_digest === ballot.digest
  const props = { draft, form, held, strip: <SavedStrip at={held.saved} /> }
  if (counting && step === '2') return <Counting {...props} ballot={ballot} />
  if (counting && step === 'check') return <CountReview {...props} ballot={ballot} />
  return (
    <Choosing {...props} ballot={ballot} list={begunHere && !counting && list === 'right' ? 'wrong' : list} />
  )
}

function useListState(ballot: Ballot | null): ListState {
  const [seen, setSeen] = useState<{ of: string; digest: string } | null>(null)
  const names = JSON.stringify(ballot?.candidates)
  useEffect(() => {
    if (ballot) void digestShown(ballot).then((digest) => setSeen({ of: names, digest }))
  }, [names])
  if (!ballot || seen?.of !== names) return 'looking'
  return seen.digest === ballot.digest ? 'right' : 'wrong'
}

interface CountProps extends Pick<FillingProps, 'draft' | 'form'> {
  held: DraftHeld
  ballot: Ballot
  strip: preact.JSX.Element
}

// ---------------------------------------------------------------- choosing the ballot

function Choosing({
  draft,
  form,
  held,
  ballot,
  list,
  strip,
}: Omit<CountProps, 'ballot'> & {
  ballot: Ballot | null
  list: ListState
}) {
  const { settings, t } = useScreen()
  const { typed } = held
  const field = form.fields.find(({ name }) => name === 'ballot')!
  const other = ballot !== null && strokesOf(typed).length > 0 && typed[COUNTED] !== ballot.code
  const begin = async (): Promise<void> => {
    if (ballot && typed[COUNTED] !== ballot.code)
      held.put(isMended(typed, ballot) ? { [COUNTED]: ballot.code } : begun(ballot))
    if (await held.flush()) go('draft', draft.id, 2)
  }
  return (
    <Page
      title={form.label[settings.lang]}
      back="#/"
      place={`draft-${draft.id}-1`}
      strip={strip}
      {...(ballot && list === 'right'
        ? {
            footer: (
              <button class="pri" onClick={() => void begin()}>
                {t(typed[COUNTED] === ballot.code ? 'tally.go_on' : 'tally.begin')}
              </button>
            ),
          }
        : {})}
    >
      <p class="lead">{form.description[settings.lang]}</p>
      <Question
        field={field}
        schema={schemaOf(form, 'ballot')}
        pointer="/ballot"
        typed={typed.ballot}
        problems={[]}
        order={newestFirst}
        onChange={(value) => held.put({ ballot: value }, true)}
      />
      {typed.ballot && !ballot && <p role="alert">{t('tally.no_list')}</p>}
      {other && <p class="err">{t('tally.starts_anew')}</p>}
      {ballot && <FrozenList ballot={ballot} list={list} />}
      <DropDraft draft={draft} />
    </Page>
  )
}

/** Begun from a count that was filed before: its numbers are still those of this list. */
const isMended = (typed: TypedAnswers, ballot: Ballot): boolean =>
  typed[COUNTED] === undefined && typed.list_digest === ballot.digest

// ---------------------------------------------------------------- counting

function Counting({ draft, form, held, ballot, strip }: CountProps) {
  const { settings, t } = useScreen()
  const [problems, setProblems] = useState<SaidProblem[]>([])
  const { typed } = held
  const called = isCalled(ballot.form) && typed[WAY] !== 'numbers'
  const answers = answersOf(form.fields, typed)
  const lines = arithmetic(answers, ballot)
  const last = called ? lastStroke(typed) : null
  // What is mended is no longer said, while the rest is.
  useEffect(() => {
    if (problems.length > 0) void countFaults(form, answers, ballot).then(setProblems)
  }, [typed])

  const leave = async (): Promise<void> => {
    if (called) held.put((now) => filled(now, votesAsked(ballot.form)))
    const found = await countFaults(form, answersOf(form.fields, held.latest()), ballot)
    setProblems(found)
    if (found.length === 0 && (await held.flush())) go('draft', draft.id, 'check')
  }
  const undo = (): void => held.put(undone, true)

  return (
    <StepPage
      problems={problems}
      leave={leave}
      title={form.label[settings.lang]}
      under={labelOfRef(ballot.ref, settings.lang)}
      back={addressOf('draft', draft.id, 1)}
      place={`draft-${draft.id}-2`}
      strip={strip}
      footer={
        <>
          {last && (
            <button type="button" onClick={undo} aria-label={t('tally.undo_said', undoWords(last, form))}>
              {t('tally.undo')}
            </button>
          )}
          <button class="pri">{t('tally.to_check')}</button>
        </>
      }
    >
      <SheetInputs form={form} typed={typed} problems={problems} onChange={held.change} />
      <Arithmetic lines={lines} />
      <Candidates
        form={form}
        ballot={ballot}
        typed={typed}
        lines={lines}
        problems={problems}
        put={held.put}
        undo={undo}
      />
      <Questions
        form={form}
        fields={form.fields.filter(({ name }) => !KNOWN.has(name))}
        typed={typed}
        problems={problems}
        onChange={held.change}
      />
    </StepPage>
  )
}

const undoWords = (
  last: { option: string; vote: string },
  form: Form,
): { option: string; vote: Form['label'] } => ({
  option: last.option,
  vote: voteField(form, last.vote)?.label ?? { zh: '', en: '' },
})

const voteField = (form: Form, vote: string): Form['fields'][number] | undefined =>
  form.fields.find(({ name }) => name === 'totals')?.fields?.find(({ name }) => name === vote)

/** Everything that keeps a count from being filed: what the form says, and what this ballot's list and seats say. */
async function countFaults(form: Form, answers: Answers, ballot: Ballot): Promise<SaidProblem[]> {
  const { checkAnswers } = await loadCheck()
  const wrong = arithmetic(answers, ballot)
    .filter(({ fits }) => !fits)
    .map(({ at, key, params }) => ({ pointer: pointerOf(at, ballot), say: saying(`app.${key}`, params) }))
  const said = (await checkAnswers(form, { check_code: '000000', ...answers }))
    // The arithmetic says it with the numbers; the form's own checks would only say it again.
    .filter(({ key }) => wrong.length === 0 || key !== 'problem.check')
    .map(({ pointer, key, params }) => ({ pointer, say: saying(key, params) }))
  return [...said, ...unkeyedFaults(answers, ballot), ...wrong]
}

function unkeyedFaults(answers: Answers, ballot: Ballot): SaidProblem[] {
  const rows = rowsOf(answers)
  return ballot.candidates.flatMap(({ option }, at) => {
    const vote = votesAsked(ballot.form).find((each) => !(each in (rows.get(option) ?? {})))
    return vote ? [{ pointer: `/totals/${at}/${vote}`, say: saying('app.tally.unkeyed', { option }) }] : []
  })
}

function pointerOf(at: string, ballot: Ballot): string {
  const row = ballot.candidates.findIndex(({ option }) => option === at)
  return row < 0 ? `/${at}` : `/totals/${row}/${votesAsked(ballot.form)[0]}`
}

// ---------------------------------------------------------------- the check page

function CountReview({ draft, form, held, ballot, strip }: CountProps) {
  const { t } = useScreen()
  const [code, setCode] = useState<string | null>(null)
  const bare = answersOf(form.fields, held.typed)
  const count = { ...bare, list_digest: ballot.digest }
  useEffect(() => {
    const options = ballot.candidates.map(({ option }) => option)
    void checkCode(ballot.digest, options, count).then(setCode)
  }, [JSON.stringify(count)])
  if (code === null) return null
  const steps = [['ballot', 'list_digest'], form.fields.map(({ name }) => name)].map((names) =>
    form.fields.filter(({ name }) => names.includes(name)),
  )
  return (
    <Review
      draft={draft}
      form={form}
      answers={{ ...count, check_code: code }}
      steps={steps}
      strip={strip}
      flush={held.flush}
      summary={<CountSummary form={form} answers={count} ballot={ballot} known={KNOWN} />}
      final={t('tally.final')}
      look={(whole, answers) => countFaults(whole, answers, ballot)}
    />
  )
}
