/** Where a PIN is typed: the number keys, and nothing that counts the time. */
import { cleanPin } from '../../phone/pin.ts'

interface PinFieldProps {
  id: string
  label: string
  hint?: string
  digits: string
  onDigits: (digits: string) => void
  fault: string | null
}

export function PinField({ id, label, hint, digits, onDigits, fault }: PinFieldProps) {
  const told = [fault && `${id}-err`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div class={fault ? 'field bad' : 'field'}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="err" id={`${id}-err`} role="alert">
          {fault}
        </p>
      )}
      <input
        id={id}
        type="password"
        inputMode="numeric"
        maxLength={8}
        autocomplete="off"
        value={digits}
        onInput={({ currentTarget }) => onDigits(cleanPin(currentTarget.value))}
        aria-invalid={fault !== null}
        aria-describedby={told || undefined}
      />
    </div>
  )
}
