/** Two versions of one record, question by question: what differs side by side, what is the same folded away. */
import type { ComponentChildren } from 'preact'
import type { Answer, Form } from '../../contract.ts'
import type { DeskField, Side } from '../../office.ts'
import type { Picks } from '../../case/aside.ts'
import { apart } from '../../case/aside.ts'
import { answerInWords } from '../../form/form.ts'
import { useScreen } from '../context.ts'

/** Texts at least this long have the words marked in which they differ. */
const LONG = 6

/** The two that stand beside each other, the one in force first. */
const BOTH = ['current', 'branch'] as const
type One = (typeof BOTH)[number]

interface VersionsProps {
  form: Form | undefined
  fields: DeskField[]
  /** What each side is called, and who filed it when. */
  heads: Record<One, { name: string; under: string }>
  picks?: Picks
  pick?: (name: string, side: One) => void
}

/** An answer as one reads it, whatever the form of today makes of its question. */
export function useInWords(form: Form | undefined): (name: string, answer: Answer | undefined) => string {
  const { state, settings, t } = useScreen()
  return (name, answer) => {
    if (answer === undefined) return t('aside.empty')
    const field = form?.fields.find((each) => each.name === name)
    if (field) return answerInWords(field, answer, state.refs, settings.lang)
    return typeof answer === 'object' ? JSON.stringify(answer) : String(answer)
  }
}

export function Versions({ form, fields, heads, picks, pick }: VersionsProps) {
  const { settings, t } = useScreen()
  const said = useInWords(form)
  const different = fields.filter(({ same }) => !same)
  const same = fields.filter((field) => field.same)
  return (
    <>
      {different.map((field) => (
        <Different
          key={field.name}
          field={field}
          said={(side) => said(field.name, field[side])}
          heads={heads}
          chosen={picks?.[field.name]}
          {...(pick ? { pick: (side: One) => pick(field.name, side) } : {})}
        />
      ))}
      {same.length > 0 && (
        <details class="same">
          <summary>{t('aside.same', { count: same.length })}</summary>
          <dl class="block">
            {same.map(({ name, label, branch, current }) => (
              <div key={name}>
                <dt>{label[settings.lang]}</dt>
                <dd>
                  <span>{said(name, branch ?? current)}</span>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  )
}

interface DifferentProps {
  field: DeskField
  said: (side: Side) => string
  heads: VersionsProps['heads']
  chosen: One | undefined
  pick?: (side: One) => void
}

function Different({ field, said, heads, chosen, pick }: DifferentProps) {
  const { settings, t } = useScreen()
  const id = `v-${field.name}`
  const texts = { current: said('current'), branch: said('branch') }
  const label = field.label[settings.lang]
  const cards = BOTH.map((side) => {
    const head = (
      <>
        <b>{heads[side].name}</b>
        <small>{heads[side].under}</small>
      </>
    )
    const text = <Marked text={texts[side]} other={texts[side === 'branch' ? 'current' : 'branch']} />
    if (!pick) {
      return (
        <div key={side} class={`version ${side}`}>
          {head}
          <p>{text}</p>
        </div>
      )
    }
    return (
      <label key={side} class={`version ${side}`}>
        <input
          type="radio"
          name={id}
          checked={chosen === side}
          onChange={() => pick(side)}
          id={`${id}-${side}`}
        />
        <span>
          {head}
          <span class="said">{text}</span>
        </span>
      </label>
    )
  })
  const base = 'base' in field && (
    <p class="base">
      <span>{t('aside.base')}</span> {said('base')}
    </p>
  )
  const inside: ComponentChildren = (
    <>
      <div class="versions">{cards}</div>
      {base}
    </>
  )
  return pick ? (
    <fieldset class="differs" id={id} tabIndex={-1}>
      <legend>{label}</legend>
      {inside}
    </fieldset>
  ) : (
    <section class="differs" aria-labelledby={id}>
      <h3 id={id}>{label}</h3>
      {inside}
    </section>
  )
}

/** The words that only this side has, underlined; a short answer speaks for itself. */
function Marked({ text, other }: { text: string; other: string }) {
  const [first, middle, last] = apart(text, other)
  if (text.length < LONG || other.length < LONG || first.length + last.length < LONG || !middle) return text
  return (
    <>
      {first}
      <mark>{middle}</mark>
      {last}
    </>
  )
}
