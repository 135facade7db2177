/** The list as it was frozen, in its order, with the first letters of its digest; a wrong one is refused. */
import type { Ballot } from '../../tally/counting.ts'
import { useScreen } from '../context.ts'
import { News } from '../page.tsx'

/** Whether the names on this phone are the names that were frozen. */
export type ListState = 'looking' | 'right' | 'wrong'

const SHOWN = 8

export function FrozenList({ ballot, list }: { ballot: Ballot; list: ListState }) {
  const { t } = useScreen()
  const { candidates, digest, form, seats, roster, present } = ballot
  if (list === 'wrong') {
    return (
      <News kind="bad" sign="×" head={t('tally.wrong_list')}>
        <p>{t('tally.wrong_list_text')}</p>
      </News>
    )
  }
  return (
    <section class="block" aria-busy={list === 'looking'}>
      <h2>{t('tally.list', { count: candidates.length })}</h2>
      <p>
        {form === 'approve_up_to_k' && t('tally.up_to', { seats })}
        {form === 'choose_one' && t('tally.one_only')}
        {form === 'approve_oppose_abstain' && t('tally.each')}
        {form === 'rank_all' && t('tally.ranked')}
        {roster !== null && ` ${t('tally.roster', { roster })}`}
        {present !== null && ` ${t('tally.present', { present })}`}
      </p>
      <ul class="list">
        {candidates.map(({ option, subject }) => (
          <li key={option}>
            <b>{option}</b> <span>{subject}</span>
          </li>
        ))}
      </ul>
      <p>
        {t('tally.digest')} <code>{digest.slice(0, SHOWN)}</code>
      </p>
      <p class="hint">{t('tally.digest_hint')}</p>
    </section>
  )
}
