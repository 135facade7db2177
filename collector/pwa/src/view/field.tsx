/** One question with its input, made from the form: native controls only, each with its label, hint and fault. */
import { isAsked, answersOf } from '../answers.ts'
import type { Field, JsonSchema, Label, Ref, SaidProblem, Typed, TypedAnswers } from '../contract.ts'
import { dayInWords } from '../dates.ts'
import { centsOf, readableYuan } from '../money.ts'
import { useScreen } from './context.ts'
import { focusSoon } from './focus.ts'
import { Photos } from './late_photos.tsx'
import { Options } from './options.tsx'
import { References } from './references.tsx'
import { Said } from './said.tsx'

export interface Asking {
  field: Field
  /** The field's own JSON Schema, for what the browser can help with. */
  schema: JsonSchema
  pointer: string
  typed: Typed | undefined
  onChange: (typed: Typed) => void
  problems: SaidProblem[]
  /** In which order records are offered; without it, as the office lists them. */
  order?: (a: Ref, b: Ref) => number
  /** Which records are offered; without it, all that the office lists. */
  only?: (ref: Ref) => boolean
  /** Write the draft now, for what must not wait. */
  flush?: () => Promise<boolean>
}

const LISTS = new Set<Field['type']>([
  'boolean',
  'choice',
  'choices',
  'references',
  'strings',
  'photos',
  'group',
])
const MANY = 7

export const idOf = (pointer: string): string => `f${pointer.replace(/\//g, '-')}`

/** A question whose input is one control stands under a label; one of several controls is a fieldset. */
export function Question(asking: Asking) {
  const { settings, t } = useScreen()
  const { field, pointer } = asking
  const id = idOf(pointer)
  const mine = asking.problems.filter((each) => each.pointer === pointer)
  const bad = mine.length > 0
  const asFieldset = LISTS.has(field.type) && !isSelect(field)
  const words = (
    <>
      {field.label[settings.lang]}
      {field.required && <small> {t('required')}</small>}
      {(field.publish === 'never' || field.publish === 'counted') && (
        <em class="private">{t('not_public')}</em>
      )}
    </>
  )
  const help = (
    <>
      {field.hint && (
        <p class="hint" id={`${id}-hint`}>
          {field.hint[settings.lang]}
        </p>
      )}
      {bad && (
        <p class="err" id={`${id}-err`}>
          {mine.map(({ say }) => say[settings.lang]).join(' ')}
        </p>
      )}
    </>
  )
  const described = [bad && `${id}-err`, field.hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
  const control = <Control {...asking} id={id} described={described} bad={bad} />
  if (asFieldset) {
    return (
      <fieldset class={bad ? 'field bad' : 'field'} id={id} tabIndex={-1} aria-describedby={described}>
        <legend>{words}</legend>
        {help}
        {control}
      </fieldset>
    )
  }
  return (
    <div class={bad ? 'field bad' : 'field'}>
      <label for={id}>{words}</label>
      {help}
      {control}
    </div>
  )
}

const isSelect = (field: Field): boolean => field.type === 'choice' && (field.choices?.length ?? 0) > MANY

export type ControlProps = Asking & { id: string; described: string | undefined; bad: boolean }

function Control(props: ControlProps) {
  const { field, typed, onChange, id } = props
  switch (field.type) {
    case 'boolean':
    case 'choices':
      return <Options {...props} />
    case 'choice':
      return isSelect(field) ? <Select {...props} /> : <Options {...props} />
    case 'reference':
    case 'references':
      return <References {...props} />
    case 'strings':
      return <Texts {...props} />
    case 'group':
      return (
        <Group {...props} items={(typed as TypedAnswers[] | undefined) ?? []} onChange={onChange} id={id} />
      )
    case 'photos':
      return <Photos {...props} />
    case 'long':
      return <Long {...props} />
    default:
      return <Line {...props} />
  }
}

type InputKind =
  { type: 'date' | 'time' | 'datetime-local' } | { type: 'url' } | { inputMode: 'numeric' | 'decimal' }

const INPUTS: Partial<Record<Field['type'], InputKind>> = {
  date: { type: 'date' },
  time: { type: 'time' },
  'date-time': { type: 'datetime-local' },
  integer: { inputMode: 'numeric' },
  number: { inputMode: 'decimal' },
  money: { inputMode: 'decimal' },
  uri: { type: 'url' },
}

function Line({ field, typed, onChange, id, described, bad }: ControlProps) {
  const { settings, t } = useScreen()
  const value = typeof typed === 'string' ? typed : ''
  const unit = field.unit?.[settings.lang] ?? (field.type === 'money' ? t('yuan') : null)
  const input = (
    <input
      id={id}
      {...INPUTS[field.type]}
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
      aria-describedby={[described, `${id}-echo`].filter(Boolean).join(' ')}
      aria-invalid={bad}
      aria-required={field.required}
      autocomplete="off"
    />
  )
  return (
    <>
      {unit ? (
        <span class="with-unit">
          {input}
          <span>{unit}</span>
        </span>
      ) : (
        input
      )}
      <p class="echo" id={`${id}-echo`}>
        <Said text={echo(field, value, settings.lang, unit)} />
      </p>
    </>
  )
}

/** What was typed, said back: a day with its weekday, an amount in groups. */
function echo(field: Field, value: string, lang: keyof Label, unit: string | null): string {
  if (field.type === 'date' && value) return dayInWords(value, lang)
  const cents = field.type === 'money' ? centsOf(value) : null
  return cents !== null && Math.abs(cents) >= 100_000 ? `${readableYuan(cents)} ${unit ?? ''}` : ''
}

function Long({ field, schema, typed, onChange, id, described, bad }: ControlProps) {
  const { t } = useScreen()
  const value = typeof typed === 'string' ? typed : ''
  const length = [...value].length
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : null
  return (
    <>
      <textarea
        id={id}
        rows={5}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
        aria-describedby={[described, `${id}-echo`].filter(Boolean).join(' ')}
        aria-invalid={bad}
        aria-required={field.required}
      />
      <p class={most !== null && length > most ? 'echo over' : 'echo'} id={`${id}-echo`}>
        {most === null ? t('long.count', { length }) : t('long.of', { length, most })}
      </p>
    </>
  )
}

function Select({ field, typed, onChange, id, described, bad }: ControlProps) {
  const { settings, t } = useScreen()
  return (
    <select
      id={id}
      value={typeof typed === 'string' ? typed : ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      aria-describedby={described}
      aria-invalid={bad}
      aria-required={field.required}
    >
      <option value="">{t('choose')}</option>
      {(field.choices ?? []).map(({ value, label }) => (
        <option key={value} value={value}>
          {label[settings.lang]}
        </option>
      ))}
    </select>
  )
}

/** A list of short texts, one a line of its own. */
function Texts({ field, typed, onChange, id }: ControlProps) {
  const { settings, t } = useScreen()
  const texts = (typed as string[] | undefined) ?? []
  const put = (at: number, text: string): void =>
    onChange(texts.map((each, index) => (index === at ? text : each)))
  return (
    <>
      {texts.map((text, at) => (
        <div class="item" key={at}>
          <input
            id={`${id}-${at}`}
            value={text}
            aria-label={t('group.item', { label: field.label[settings.lang], number: at + 1 })}
            onInput={({ currentTarget }) => put(at, currentTarget.value)}
            autocomplete="off"
          />
          <Remove
            number={at + 1}
            from={id}
            onClick={() => onChange(texts.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <button type="button" class="wide" onClick={() => onChange([...texts, ''])}>
        {t('group.add')}
      </button>
    </>
  )
}

type GroupProps = Omit<ControlProps, 'typed'> & { items: TypedAnswers[] }

function Group({ field, schema, pointer, items, onChange, problems, id }: GroupProps) {
  const { settings, t } = useScreen()
  const inner = field.fields ?? []
  const parts = ((schema.items as JsonSchema | undefined)?.properties ?? {}) as Record<string, JsonSchema>
  const put = (at: number, item: TypedAnswers): void =>
    onChange(items.map((each, index) => (index === at ? item : each)))
  return (
    <>
      {items.map((item, at) => {
        const answers = answersOf(inner, item)
        return (
          <fieldset class="item-group" key={at}>
            <legend>{t('group.item', { label: field.label[settings.lang], number: at + 1 })}</legend>
            {inner
              .filter((each) => isAsked(each, inner, answers))
              .map((each) => (
                <Question
                  key={each.name}
                  field={each}
                  schema={parts[each.name] ?? {}}
                  pointer={`${pointer}/${at}/${each.name}`}
                  typed={item[each.name]}
                  onChange={(typed) => put(at, { ...item, [each.name]: typed })}
                  problems={problems}
                />
              ))}
            <Remove
              number={at + 1}
              from={id}
              onClick={() => onChange(items.filter((_, index) => index !== at))}
            />
          </fieldset>
        )
      })}
      <button type="button" class="wide" onClick={() => onChange([...items, {}])}>
        {t('group.add')}
      </button>
    </>
  )
}

interface RemoveProps {
  number: number
  /** The question that focus goes back to. */
  from: string
  onClick: () => void
}

function Remove({ number, from, onClick }: RemoveProps) {
  const { t } = useScreen()
  const remove = (): void => {
    onClick()
    focusSoon(from)
  }
  return (
    <button type="button" onClick={remove}>
      {t('group.remove', { number })}
    </button>
  )
}
