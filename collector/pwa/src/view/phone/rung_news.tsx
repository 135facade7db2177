/** What the browser lacks, in one sentence, with the one thing to do about it. */
import { useEffect, useState } from 'preact/hooks'
import { unasked, type Standing } from '../../phone/ladder.ts'
import { useScreen } from '../context.ts'
import { CopyLink, linkHere } from './copy_link.tsx'
import { Guide } from './guide.tsx'
import type { Place } from './ladder_news.tsx'
import { News } from '../page.tsx'
import { decline, isDeclined, useStanding } from './standing.ts'

export function RungNews({ at }: { at: Place }) {
  const { state } = useScreen()
  const here = useStanding()
  const [declined, setDeclined] = useState(isDeclined)
  const filed = state.records.filter(({ signed }) => signed).length
  const known = { enrolled: here.enrolled, filed, declined }
  const what = unasked(here, known)
  if (what === 'alarm' && at !== 'end') return <Alarm here={here} />
  if (what === 'tip' && at === 'enrol') return <Tip />
  if (what !== 'line' || at !== 'end') return null
  return <Line decline={() => (decline(), setDeclined(true))} here={here} />
}

function Alarm({ here }: { here: Standing }) {
  const { state, t } = useScreen()
  const stopped = state.identity?.state === 'revoked'
  const next =
    here.next === 'open_elsewhere' ? (
      <Elsewhere here={here} />
    ) : stopped ? null : (
      <a class="button wide" href="#/handover">
        {t('handover.title')}
      </a>
    )
  // That nothing lasts here is said by what watches over the memory, just above.
  if (here.rung === 'memory') return next
  return (
    <News kind="warn" sign="!" head={t('ladder.open')} act={next}>
      <p>{t('ladder.open_text')}</p>
    </News>
  )
}

/** Before anything is kept here it costs nothing to begin in a better place; but one may go on here. */
function Elsewhere({ here }: { here: Standing }) {
  const { state, t } = useScreen()
  useAddressWithCode()
  return (
    <div class="across">
      <Guide family={here.family} inside />
      <CopyLink link={linkHere(state.invitation)} />
      <p>{t('ladder.or_here')}</p>
    </div>
  )
}

/** “Open in the browser” takes the address along as it stands, so the invitation must stand in it while this is shown. */
function useAddressWithCode(): void {
  const { state } = useScreen()
  const link = linkHere(state.invitation)
  useEffect(() => {
    if (!state.invitation) return undefined
    history.replaceState(null, '', link)
    return () => {
      if (location.hash.startsWith('#e=')) history.replaceState(null, '', '#/')
    }
  }, [link])
}

/** On an iPhone the home screen has a memory of its own: who goes there first enrols once. */
function Tip() {
  const { t } = useScreen()
  return (
    <p class="lead">
      {t('ladder.tip')} <a href="#/install">{t('ladder.how')}</a>
    </p>
  )
}

function Line({ here, decline }: { here: Standing; decline: () => void }) {
  const { t } = useScreen()
  return (
    <section class="invite">
      <p>{t(here.next === 'install' ? here.says : 'ladder.inside')}</p>
      <div class="pair">
        <button onClick={decline}>{t('ladder.decline')}</button>
        <a class="button" href="#/install">
          {t('ladder.how')}
        </a>
      </div>
    </section>
  )
}
