/** Choosing a record by its name, from the lists this phone keeps: works with no network. */
import { useMemo, useState } from 'preact/hooks'
import { chosenBefore, found as foundIn } from '../../form/choosing.ts'
import type { Ref } from '../../contract.ts'
import { labelOfRef, refInWords } from '../../form/form.ts'
import { useScreen } from '../context.ts'
import type { Asking } from './field.tsx'
import { focusSoon } from '../focus.ts'

const SHOWN = 6
/** What nobody must answer takes less room until somebody looks for it. */
const FEW = 3

type Props = Asking & { id: string; described: string | undefined; bad: boolean }

export function References({ field, typed, onChange, id, described, bad, order, only }: Props) {
  const { state, settings, t } = useScreen()
  const [search, setSearch] = useState('')
  const many = field.type === 'references'
  const kept = state.refs.get(field.refers_to ?? '')?.records ?? []
  const open = only ? kept.filter(only) : kept
  const list = order ? [...open].sort(order) : open
  const chosen = many ? ((typed as string[] | undefined) ?? []) : typed ? [typed as string] : []
  const isChosen = (ref: Ref): boolean => isAmong(chosen, ref)
  const nameOf = (value: string): string => refInWords(state.refs, field, value, settings.lang)
  const choose = (ref: Ref): void => {
    setSearch('')
    onChange(many ? [...chosen, ref.code] : ref.code)
    focusSoon(many ? `${id}-search` : id)
  }
  const drop = (value: string): void => {
    onChange(many ? chosen.filter((each) => each !== value) : '')
    focusSoon(id)
  }
  const picking = many || chosen.length === 0
  const kind = field.refers_to ?? ''
  const before = useMemo(
    () => (order ? [] : chosenBefore(state.records, state.forms, kind)),
    [state.records, kind, order],
  )
  const found = foundIn(
    list.filter((ref) => !isChosen(ref)),
    search,
    before,
    state.identity?.person.code,
  )
  const shown = field.required || search ? SHOWN : FEW
  return (
    <>
      {chosen.map((value, at) => (
        <div class="chosen" key={value}>
          <span>{nameOf(value)}</span>
          <button
            type="button"
            {...(many || at > 0 ? {} : { id })}
            onClick={() => drop(value)}
            aria-label={t(many ? 'refs.drop_said' : 'refs.change_said', { name: nameOf(value) })}
          >
            {t(many ? 'refs.drop' : 'refs.change')}
          </button>
        </div>
      ))}
      {picking && (
        <>
          <input
            id={many ? `${id}-search` : id}
            type="search"
            value={search}
            placeholder={t('refs.search')}
            aria-label={many ? t('refs.search_in', { label: field.label[settings.lang] }) : undefined}
            onFocus={({ currentTarget }) =>
              currentTarget.closest('.field')?.scrollIntoView({ block: 'start' })
            }
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
            aria-describedby={[described, `${id}-found`].filter(Boolean).join(' ')}
            aria-invalid={bad}
            autocomplete="off"
          />
          <p class="echo" id={`${id}-found`} role="status">
            {list.length === 0
              ? t('refs.not_here')
              : search && found.length === 0
                ? t('refs.none', { search })
                : found.length > shown
                  ? t('refs.more', { count: found.length - shown })
                  : ''}
          </p>
          <ul class="picks">
            {found.slice(0, shown).map((ref) => (
              <li key={ref.code}>
                <button type="button" onClick={() => choose(ref)}>
                  {labelOfRef(ref, settings.lang)}
                  {isAmong(before, ref) && <small>{t('refs.before')}</small>}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

const isAmong = (values: string[], { code, name }: Ref): boolean =>
  values.includes(code) || (name !== null && values.includes(name))
