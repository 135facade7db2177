/** What a deputy has done this year, at the foot of home: what the congress asks of each, else how much of what. */
import { byKind, done, ofThisYear, type Done } from '../form/duties.ts'
import { useScreen } from './context.ts'

export function Year() {
  const { state, settings, t } = useScreen()
  if (state.identity!.person.role !== 'deputy') return null
  const records = ofThisYear(state.records, state.forms, new Date())
  const duties = state.hello?.duties
  const labelOf = (kind: string): string =>
    state.current.find((form) => form.kind === kind)?.label[settings.lang] ?? kind
  const counted = byKind(records).map(([kind, count]) => t('year.kind', { kind: labelOf(kind), count }))
  return (
    <section>
      {duties && (
        <>
          <h2>{t('year.duties', { label: duties.label })}</h2>
          <ul class="ones">
            {done(duties, records).map((each) => (
              <One key={each.duty.label.zh} {...each} />
            ))}
          </ul>
          {!duties.confirmed && <p class="when">{t('year.default')}</p>}
        </>
      )}
      {counted.length > 0 && <p class="when">{t('year.all', { counts: counted.join(' · ') })}</p>}
    </section>
  )
}

function One({ duty, count }: Done) {
  const { settings, t } = useScreen()
  const enough = count !== null && count >= duty.at_least
  const said =
    count === null
      ? t('year.not_here')
      : duty.at_least > 1
        ? t('year.of', { count, least: duty.at_least })
        : t(enough ? 'year.done' : 'year.not_yet', { count })
  return (
    <li>
      <span>{duty.label[settings.lang]}</span>
      <span class={enough ? 'enough' : undefined}>
        {enough && <span aria-hidden="true">✓ </span>}
        {said}
      </span>
    </li>
  )
}
