/** Every candidate with its votes: called out and drawn as strokes of 正, or keyed as numbers. */
import type { Field, Form, SaidProblem, TypedAnswers } from '../../contract.ts'
import {
  isCalled,
  keyed,
  lastStroke,
  rowTyped,
  stroke,
  votesAsked,
  votesTyped,
  WAY,
  type Ballot,
  type Candidate,
  type Line,
} from '../../tally/counting.ts'
import type { Vote } from '../../tally/tally.ts'
import { useScreen } from '../context.ts'
import { idOf } from '../form/field.tsx'
import type { Put } from '../form/use_draft.ts'

interface CandidatesProps {
  form: Form
  ballot: Ballot
  typed: TypedAnswers
  lines: Line[]
  problems: SaidProblem[]
  put: Put
  undo: () => void
}

export function Candidates(props: CandidatesProps) {
  const { t } = useScreen()
  const { ballot, typed, put, undo } = props
  const called = isCalled(ballot.form) && typed[WAY] !== 'numbers'
  return (
    <section>
      <h2>{t('tally.votes')}</h2>
      {isCalled(ballot.form) && <Way called={called} put={put} />}
      <ul class="candidates" onKeyDown={called ? (event) => onKey(event, undo) : undefined}>
        {ballot.candidates.map((candidate, at) => (
          <CandidateRow key={candidate.option} {...props} candidate={candidate} at={at} called={called} />
        ))}
      </ul>
      {called && (
        <>
          <p class="hint">{t('tally.keys')}</p>
          <LastSaid form={props.form} typed={typed} />
        </>
      )}
    </section>
  )
}

/** For those who listen: what the last stroke made. */
function LastSaid({ form, typed }: Pick<CandidatesProps, 'form' | 'typed'>) {
  const { settings, t } = useScreen()
  const last = lastStroke(typed)
  const label = last && voteFields(form).find(({ name }) => name === last.vote)?.label[settings.lang]
  const count = last ? votesTyped(typed, last.option, last.vote) : 0
  return (
    <p class="only-heard" role="status">
      {last && t('tally.drawn', { option: last.option, label: label ?? '', count })}
    </p>
  )
}

const voteFields = (form: Form): Field[] => form.fields.find(({ name }) => name === 'totals')?.fields ?? []

function Way({ called, put }: { called: boolean; put: CandidatesProps['put'] }) {
  const { t } = useScreen()
  const ways = [
    { value: 'strokes', on: called, text: t('tally.by_strokes') },
    { value: 'numbers', on: !called, text: t('tally.by_numbers') },
  ]
  return (
    <fieldset class="field ways">
      <legend>{t('tally.way')}</legend>
      {ways.map(({ value, on, text }) => (
        <label key={value} class={on ? 'option on' : 'option'}>
          <input type="radio" name="way" value={value} checked={on} onChange={() => put({ [WAY]: value })} />
          {text}
        </label>
      ))}
    </fieldset>
  )
}

/** With the keyboard: arrows go from button to button, Z takes back. A key held down draws no second stroke. */
function onKey(event: KeyboardEvent, undo: () => void): void {
  const button = (event.target as HTMLElement).closest<HTMLElement>('.stroke')
  if (!button) return
  if (event.repeat && (event.key === 'Enter' || event.key === ' ')) return event.preventDefault()
  if (event.key === 'z' || event.key === 'Z') return undo()
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!by) return
  event.preventDefault()
  const buttons = [...document.querySelectorAll<HTMLElement>('.stroke')]
  const columns = button.closest('li')!.querySelectorAll('.stroke').length
  buttons[buttons.indexOf(button) + by * columns]?.focus()
}

type RowProps = CandidatesProps & { candidate: Candidate; at: number; called: boolean }

function CandidateRow(props: RowProps) {
  const { form, ballot, candidate, lines, called, at } = props
  const { t } = useScreen()
  const wrong = lines.find((line) => !line.fits && line.at === candidate.option)
  const fields = voteFields(form)
  const votes = votesAsked(ballot.form).flatMap((vote) => {
    const field = fields.find(({ name }) => name === vote)
    return field ? [{ vote, field }] : []
  })
  return (
    <li class={wrong ? 'bad' : undefined}>
      <h3 id={`c${at}`}>
        <b>{candidate.option}</b> {candidate.subject}
      </h3>
      {wrong && (
        <p class="err">
          <span aria-hidden="true">! </span>
          {t(wrong.key, wrong.params)}
        </p>
      )}
      <div class={votes.length > 1 ? 'votes several' : 'votes'}>
        {votes.map(({ vote, field }) =>
          called ? (
            <Drawn key={vote} {...props} vote={vote} field={field} alone={votes.length === 1} />
          ) : (
            <Keyed key={vote} {...props} vote={vote} field={field} />
          ),
        )}
      </div>
    </li>
  )
}

type VoteProps = RowProps & { vote: Vote; field: Field }

function Drawn({ candidate, typed, put, vote, field, alone }: VoteProps & { alone: boolean }) {
  const { settings, t } = useScreen()
  const { option, subject } = candidate
  const count = votesTyped(typed, option, vote)
  const last = lastStroke(typed)
  const justNow = last?.option === option && last.vote === vote
  const label = field.label[settings.lang]
  return (
    <div class="drawn">
      <div>
        <p>
          {!alone && <span>{label} </span>}
          <b>{t('tally.count', { count })}</b>
        </p>
        <p class="zheng" aria-hidden="true">
          <Zheng count={count} />
          <em class={justNow ? undefined : 'not-now'}>{t('tally.just_now')}</em>
        </p>
      </div>
      <button
        type="button"
        class="stroke"
        onClick={() => put((now) => stroke(now, option, vote), true)}
        aria-label={t('tally.add_said', { label, option, subject, count })}
      >
        <span aria-hidden="true">＋</span> {label}
      </button>
    </div>
  )
}

function Keyed({ ballot, at, candidate, typed, put, vote, field, problems }: VoteProps) {
  const { settings, t } = useScreen()
  const pointer = `/totals/${at}/${vote}`
  const bad = problems.some((each) => each.pointer === pointer)
  const ranked = ballot.form === 'rank_all' && vote === 'approve'
  const label = ranked ? t('tally.placed', { seats: ballot.seats }) : field.label[settings.lang]
  const unit = field.unit?.[settings.lang]
  return (
    <div class={bad ? 'keyed bad' : 'keyed'}>
      <label for={idOf(pointer)} id={`${idOf(pointer)}-label`}>
        {label}
      </label>
      <span class="with-unit">
        <input
          id={idOf(pointer)}
          inputMode="numeric"
          value={String(rowTyped(typed, candidate.option)[vote] ?? '')}
          onInput={({ currentTarget: { value } }) => put((now) => keyed(now, candidate.option, vote, value))}
          aria-labelledby={`c${at} ${idOf(pointer)}-label`}
          aria-invalid={bad}
          autocomplete="off"
        />
        {unit && <span>{unit}</span>}
      </span>
    </div>
  )
}

const PARTS = ['', 'M12 14H88', 'M52 14V86', 'M54 48H82', 'M24 46V86']

/** Five strokes make a 正; the one being drawn stands last. The number beside it is what counts. */
function Zheng({ count }: { count: number }) {
  const part = count % 5
  const whole = '正'.repeat(Math.floor(count / 5)).replace(/正{5}/g, '$&\u2009')
  return (
    <>
      {whole}
      {part > 0 && (
        <svg viewBox="0 0 100 100" width="1em" height="1em">
          <path d={PARTS.slice(1, part + 1).join('')} />
        </svg>
      )}
    </>
  )
}
