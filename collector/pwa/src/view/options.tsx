/** A few choices, all in view: radios for one, boxes for several, each a whole row to tap. */
import type { Typed } from '../contract.ts'
import { useScreen } from './context.ts'
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
      {clearable && (
        <button type="button" class="quiet" onClick={() => onChange('')}>
          {t('clear')}
        </button>
      )}
    </>
  )
}

/** Several choices are kept in the form's order, whatever the order of tapping. */
const inOrder = (values: string[], order: string[]): string[] =>
  [...values].sort((a, b) => order.indexOf(a) - order.indexOf(b))
