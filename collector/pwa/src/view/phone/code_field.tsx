/** Where the thirteen characters of an invitation are typed, on a phone that is enrolled already. */
import { useScreen } from '../context.ts'

interface CodeProps {
  typed: string
  fault: string | null
  onTyped: (text: string) => void
}

export function CodeField({ typed, fault, onTyped }: CodeProps) {
  const { t } = useScreen()
  return (
    <div class={fault ? 'field bad' : 'field'}>
      <label for="code">{t('enrol.code')}</label>
      {fault && (
        <p class="err" id="code-err" role="alert">
          {fault}
        </p>
      )}
      <input
        id="code"
        class="code"
        value={typed}
        onInput={({ currentTarget }) => onTyped(currentTarget.value)}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        aria-invalid={fault !== null}
        aria-describedby={fault ? 'code-err' : undefined}
      />
    </div>
  )
}
