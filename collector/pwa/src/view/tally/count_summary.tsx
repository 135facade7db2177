/** A count on one page, before it is filed. The check code is not among it: nobody compares before both are final. */
import { answerInWords, labelOfRef } from '../../form/form.ts'
import type { Answers, Form } from '../../contract.ts'
import { arithmetic, votesAsked, type Ballot } from '../../tally/counting.ts'
import { numberOf, rowsOf } from '../../tally/tally.ts'
import { Arithmetic } from './arithmetic.tsx'
import { useScreen } from '../context.ts'
import { Figure, Numbers, Row, RowName, Rows } from './numbers.tsx'

interface SummaryProps {
  form: Form
  answers: Answers
  ballot: Ballot
  /** The questions that are shown in a shape of their own; others of the form stand below. */
  known: Set<string>
}

export function CountSummary({ form, answers, ballot, known }: SummaryProps) {
  const { state, settings, t } = useScreen()
  const votes = votesAsked(ballot.form)
  const fields = form.fields.find(({ name }) => name === 'totals')?.fields ?? []
  const rows = rowsOf(answers)
  const blank = form.fields.find(({ name }) => name === 'blank')!
  const others = form.fields.filter(({ name }) => !known.has(name) && name in answers)
  return (
    <section class="block open">
      <h2>{t('review.open')}</h2>
      {form.gate !== 'none' && <p class="hint">{t(`gate.${form.gate}`)}</p>}
      <p>{labelOfRef(ballot.ref, settings.lang)}</p>
      <Arithmetic lines={arithmetic(answers, ballot)} />
      <p>
        {blank.label[settings.lang]} {answerInWords(blank, answers.blank ?? 0, state.refs, settings.lang)}
      </p>
      <Numbers
        name={votes.length > 1 ? 'three' : 'one'}
        heads={[
          t('tally.candidate'),
          ...votes.map((vote) => fields.find(({ name }) => name === vote)?.label[settings.lang]),
        ]}
      >
        <Rows>
          {ballot.candidates.map(({ option, subject }) => (
            <Row key={option}>
              <RowName>
                {option} {subject}
              </RowName>
              {votes.map((vote) => (
                <Figure key={vote}>{numberOf(rows.get(option) ?? {}, vote)}</Figure>
              ))}
            </Row>
          ))}
        </Rows>
      </Numbers>
      {others.map((field) => (
        <p key={field.name}>
          {field.label[settings.lang]} {answerInWords(field, answers[field.name]!, state.refs, settings.lang)}
        </p>
      ))}
    </section>
  )
}
