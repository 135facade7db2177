/** Every kind of record that one may write, under the words of its group; where there are many, also by a few letters. */
import { useState } from 'preact/hooks'
import zh from 'virtual:words/zh/kinds'
import type { Form } from '../contract.ts'
import { groupsOf, meant } from '../form/kinds.ts'
import { addWords } from '../words.ts'
import { useScreen } from './context.ts'

addWords(zh)

/** So many can be looked through without help. */
const MANY = 20

interface Props {
  forms: Form[]
  begin: (form: Form) => void
}

export function AllKinds({ forms, begin }: Props) {
  const { state, settings, t } = useScreen()
  const [search, setSearch] = useState('')
  const typed = search.trim()
  const found = meant(forms, typed)
  const groups = groupsOf(found, state.current)
  // One that stands alone without a name needs none.
  const named = groups.length > 1 || groups.some(({ label }) => label)
  return (
    <>
      {forms.length > MANY && (
        <div class="field">
          <label for="kinds">{t('kinds.search')}</label>
          <input
            id="kinds"
            type="search"
            value={search}
            placeholder={t('kinds.how')}
            autocomplete="off"
            aria-describedby="kinds-found"
            onFocus={({ currentTarget }) =>
              currentTarget.closest('.field')?.scrollIntoView({ block: 'start' })
            }
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
          <p class="echo" id="kinds-found" role="status">
            {typed &&
              (found.length > 0
                ? t('kinds.found', { count: found.length })
                : t('kinds.none', { search: typed }))}
          </p>
        </div>
      )}
      {groups.map(({ label, forms }) => (
        <section key={label?.zh ?? ''} class="kinds">
          {named && <h3>{label?.[settings.lang] ?? t('kinds.other')}</h3>}
          <div class="tiles">
            {forms.map((form) => (
              <button key={form.kind} onClick={() => begin(form)}>
                {form.label[settings.lang]}
              </button>
            ))}
          </div>
        </section>
      ))}
    </>
  )
}
