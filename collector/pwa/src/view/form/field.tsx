/** One question with its input, made from the form: native controls only, each with its label, hint and fault. */
import type { Field, JsonSchema, Ref, SaidProblem, Typed } from '../../contract.ts'
import { today } from '../../form/dates.ts'
import { echoOf } from '../../form/echo.ts'
import { useScreen } from '../context.ts'
import './filling_words.ts'
import { Group, Texts } from './group.tsx'
import { idOf } from './ids.ts'
import { Photos } from '../photo/late_photos.tsx'
import { Options } from './options.tsx'
import { References } from './references.tsx'
import { Said } from '../said.tsx'

export interface Asking {
  field: Field
  /** The field's own JSON Schema, for what the browser can help with. */
  schema: JsonSchema
  pointer: string
  typed: Typed | undefined
  onChange: (typed: Typed) => void
  problems: SaidProblem[]
  /** What does not fit so far: said quietly, while one writes. */
  notes?: SaidProblem[] | undefined
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

export { idOf }

/** A question whose input is one control stands under a label; one of several controls is a fieldset. */
export function Question(asking: Asking) {
  const { settings, t } = useScreen()
  const { field, pointer } = asking
  const id = idOf(pointer)
  const mine = asking.problems.filter((each) => each.pointer === pointer)
  const bad = mine.length > 0
  const notes = (asking.notes ?? []).filter(
    (each) => each.pointer === pointer && !asking.problems.some(({ say }) => say.zh === each.say.zh),
  )
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
  const control = (
    <>
      <Control {...asking} id={id} described={described} bad={bad} />
      <p class="note" aria-live="polite">
        {notes.map(({ say }) => say[settings.lang]).join(' ')}
      </p>
    </>
  )
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
  const { field } = props
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
      return <Group {...props} />
    case 'photos':
      return <Photos {...props} />
    case 'long':
      return <Long {...props} />
    case 'string':
      return mostOf(props.schema) > ONE_LINE ? <Long {...props} /> : <Line {...props} />
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

/** Numbers to call: the keyboard with the big digits. */
const CALLED = /(^|_)phone$/

function Line({ field, typed, onChange, id, described, bad }: ControlProps) {
  const { settings, t } = useScreen()
  const value = typeof typed === 'string' ? typed : ''
  const unit = field.unit?.[settings.lang] ?? (field.type === 'money' ? t('yuan') : null)
  const input = (
    <input
      id={id}
      {...(CALLED.test(field.name) ? { type: 'tel' } : INPUTS[field.type])}
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
        <Said text={echoOf(field, value, settings.lang, unit)} />
      </p>
      {field.type === 'date' && value === '' && (
        <button type="button" onClick={() => onChange(today(new Date()))}>
          {t('today')}
        </button>
      )}
    </>
  )
}

const ONE_LINE = 30
/** A text that may be this long is counted all along; a shorter one when it is nearly full. */
const COUNTED = 200

const mostOf = ({ maxLength }: JsonSchema): number => (typeof maxLength === 'number' ? maxLength : 0)

/** A text in a field that grows with it, so that all of it is seen. One of a single line takes no line breaks. */
function Long({ field, schema, typed, onChange, id, described, bad }: ControlProps) {
  const { t } = useScreen()
  const value = typeof typed === 'string' ? typed : ''
  const length = [...value].length
  const most = mostOf(schema)
  const many = field.type === 'long'
  const counted = many ? most >= COUNTED || length > 0 : length > most * 0.8
  const spoken = many && !field.hint?.zh.includes('话筒')
  return (
    <>
      <textarea
        id={id}
        class={many ? undefined : 'line'}
        rows={many ? 4 : 1}
        value={value}
        placeholder={spoken ? t('long.speak') : undefined}
        onKeyDown={(event) => {
          if (many || event.key !== 'Enter' || event.isComposing) return
          event.preventDefault()
          event.currentTarget.form?.requestSubmit?.()
        }}
        onInput={({ currentTarget: { value } }) => onChange(many ? value : value.replace(/[\r\n]+/g, ' '))}
        aria-describedby={[described, `${id}-echo`].filter(Boolean).join(' ')}
        aria-invalid={bad}
        aria-required={field.required}
      />
      <p class={most > 0 && length > most ? 'echo over' : 'echo'} id={`${id}-echo`}>
        {counted && (most === 0 ? t('long.count', { length }) : t('long.of', { length, most }))}
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
