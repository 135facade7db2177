/** Asked before a correction is filed: why, one tap, and a sentence for the public if one likes. */
import type { Draft, Field, SaidProblem, Typed, TypedAnswers } from '../../contract.ts'
import type { State } from '../../state.ts'
import { WHY, WORDS } from '../../form/why.ts'
import { label } from '../../words.ts'
import './filling_words.ts'
import { Question } from './field.tsx'

const REASONS = ['typo', 'wrong_fact', 'known_more', 'changed_since', 'privacy']
const LONGEST = 200

/** What was never accepted is mended, not corrected: nobody has seen it. */
export function asksWhy({ replaces }: Draft, { records }: State): boolean {
  const before = records.find(({ id }) => id === replaces)
  if (!replaces || !before) return Boolean(replaces)
  const { delivery } = before
  return delivery.at === 'delivered' && ['accepted', 'replayed', 'branch'].includes(delivery.state)
}

interface WhyProps {
  typed: TypedAnswers
  onChange: (name: string, typed: Typed) => void
  missing: boolean
}

export const unsaid = (): SaidProblem => ({ pointer: `/${WHY}`, say: label('app.why.missing') })

export function Why({ typed, onChange, missing }: WhyProps) {
  const asked = (name: string, more: Partial<Field>): Field => ({
    name,
    label: label(`app.why.${name === WHY ? 'head' : 'words'}`),
    hint: null,
    type: 'choice',
    required: false,
    publish: 'full',
    ...more,
  })
  const reason = asked(WHY, {
    required: true,
    choices: REASONS.map((value) => ({ value, label: label(`app.why.${value}`) })),
  })
  const words = asked(WORDS, { type: 'long', hint: label('app.why.hint') })
  const fields = typed[WHY] && typed[WHY] !== 'privacy' ? [reason, words] : [reason]
  return (
    <section class="block">
      {fields.map((field) => (
        <Question
          key={field.name}
          field={field}
          schema={{ type: 'string', maxLength: LONGEST }}
          pointer={`/${field.name}`}
          typed={typed[field.name]}
          onChange={(value) => onChange(field.name, value)}
          problems={missing ? [unsaid()] : []}
        />
      ))}
    </section>
  )
}
