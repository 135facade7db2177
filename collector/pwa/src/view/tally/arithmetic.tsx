/** The numbers of sheets, and the arithmetic over all numbers as it is keyed: a sentence, and what is wrong in it. */
import type { Form, SaidProblem, TypedAnswers } from '../../contract.ts'
import type { Line } from '../../tally/counting.ts'
import { SHEETS } from '../../tally/tally.ts'
import { useScreen } from '../context.ts'
import { idOf } from '../form/field.tsx'

interface SheetsProps {
  form: Form
  typed: TypedAnswers
  problems: SaidProblem[]
  onChange: (name: string, text: string) => void
}

export function SheetInputs({ form, typed, problems, onChange }: SheetsProps) {
  const { settings, t } = useScreen()
  const fields = SHEETS.flatMap((name) => form.fields.find((field) => field.name === name) ?? [])
  return (
    <fieldset class="field">
      <legend>{t('tally.sheets')}</legend>
      <div class="sheets">
        {fields.map(({ name, label }) => (
          <div key={name} class={problems.some(({ pointer }) => pointer === `/${name}`) ? 'bad' : undefined}>
            <label for={idOf(`/${name}`)}>{label[settings.lang]}</label>
            <input
              id={idOf(`/${name}`)}
              inputMode="numeric"
              value={String(typed[name] ?? '')}
              onInput={({ currentTarget }) => onChange(name, currentTarget.value)}
              aria-describedby="arithmetic"
              aria-required="true"
              autocomplete="off"
            />
          </div>
        ))}
      </div>
    </fieldset>
  )
}

export function Arithmetic({ lines }: { lines: Line[] }) {
  const { settings, t } = useScreen()
  const right = lines.filter(({ fits }) => fits)
  const wrong = lines.filter(({ fits }) => !fits)
  return (
    <div id="arithmetic" role="status">
      {right.length > 0 && (
        <p class="sum">
          <span aria-hidden="true">✓ </span>
          {right.map(({ key, params }) => t(key, params)).join(settings.lang === 'zh' ? '；' : '; ')}
        </p>
      )}
      {wrong.map(({ at, key, params }) => (
        <p key={`${at} ${key}`} class="err">
          <span aria-hidden="true">! </span>
          {t(key, params)}
        </p>
      ))}
    </div>
  )
}
