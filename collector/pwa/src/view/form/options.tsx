/** A few choices, all in view: radios for one, boxes for several, each a button to tap; short ones stand side by side. */
import type { Typed } from '../../contract.ts'
import { useScreen } from '../context.ts'
import type { Asking } from './field.tsx'

export function Options({ field, typed, onChange, id, bad }: Asking & { id: string; bad: boolean }) {
  const { settings, t } = useScreen()
  const many = field.type === 'choices'
  const rows =
    field.type === 'boolean'
      ? [
          { value: true as Typed, key: 'true', label: t('yes') },
          { value: false as Typed, key: 'false', label: t('no') },
        ]
      : (field.choices ?? []).map(({ value, label }) => ({
          value: value as Typed,
          key: value,
          label: label[settings.lang],
        }))
  const chosen = (value: Typed): boolean =>
    many ? ((typed as string[] | undefined) ?? []).includes(value as string) : typed === value
  const toggle = (value: Typed, on: boolean): void => {
    if (!many) return onChange(value)
    const rest = ((typed as string[] | undefined) ?? []).filter((each) => each !== value)
    onChange(
      on
        ? inOrder(
            [...rest, value as string],
            rows.map(({ key }) => key),
          )
        : rest,
    )
  }
  const clearable = !many && !field.required && typed !== undefined && typed !== ''
  return (
    <>
      <div class={`options ${sizeOf(rows.map(({ label }) => label))}`}>
        {rows.map(({ value, key, label }) => (
          <label key={key} class={chosen(value) ? 'option on' : 'option'}>
            <input
              type={many ? 'checkbox' : 'radio'}
              name={id}
              value={key}
              checked={chosen(value)}
              onChange={({ currentTarget }) => toggle(value, currentTarget.checked)}
              aria-invalid={bad}
            />
            {label}
          </label>
        ))}
      </div>
      {clearable && (
        <button type="button" class="quiet" onClick={() => onChange('')}>
          {t('clear')}
        </button>
      )}
    </>
  )
}

/** So many Chinese characters fit beside another choice, or beside two; a Latin letter takes half of one. */
const SHORT = 5
const TINY = 2

function sizeOf(labels: string[]): string {
  const widest = Math.max(...labels.map(widthOf))
  return widest <= TINY ? 'tiny' : widest <= SHORT ? 'short' : ''
}

const widthOf = (text: string): number =>
  [...text].reduce((width, char) => width + (char.codePointAt(0)! < 0x2000 ? 0.55 : 1), 0)

/** Several choices are kept in the form's order, whatever the order of tapping. */
const inOrder = (values: string[], order: string[]): string[] =>
  [...values].sort((a, b) => order.indexOf(a) - order.indexOf(b))
