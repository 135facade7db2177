/** What is said of what the phone keeps, where it is not as usual: no memory, no room, cleared, or come back. */
import zh from 'virtual:words/zh/drafts'
import { useState } from 'preact/hooks'
import { clock } from '../../form/dates.ts'
import type { Draft } from '../../contract.ts'
import { addWords } from '../../words.ts'
import './kept.css'
import { useScreen } from '../context.ts'
import { cameFrom } from '../form/draft.tsx'
import { ExportLink } from '../home.tsx'
import { News, Page } from '../page.tsx'
import { go, useRoute } from '../router.ts'

addWords(zh)

export function KeptNews() {
  const { app, state, t } = useScreen()
  return (
    <>
      {!app.round.store.lasting && (
        <News kind="bad" sign="!" head={t('kept.nowhere.head')}>
          <p>{t('kept.nowhere.text')}</p>
          <p>{t('kept.nowhere.better')}</p>
        </News>
      )}
      {state.saveFailed && <FullNews />}
      {state.loss ? <Cleared /> : <CameBack />}
      <OnlyHere />
    </>
  )
}

/** There is no room: neither a draft nor a record could be written. */
export function FullNews() {
  const { t } = useScreen()
  return (
    <News kind="bad" sign="!" head={t('save_failed.head')} act={<ExportLink />}>
      <p>{t('kept.full')}</p>
    </News>
  )
}

/** How many of what, in words; what there is none of is not spoken of. */
function useCounted() {
  const { t } = useScreen()
  return (records: string, count: number, drafts: number): string => {
    const each = [count && t(records, { count }), drafts && t('kept.drafts', { count: drafts })]
    return each.filter(Boolean).join(t('kept.and'))
  }
}

/** The browser was cleared: what is gone, what comes back, and in the end what has not been found. */
function Cleared() {
  const { state, t } = useScreen()
  const counted = useCounted()
  const { loss, identity } = state
  if (!loss) return null
  const enrolled = identity !== null && identity.state !== 'pending'
  if (enrolled && loss.missing) {
    const { unsent, drafts } = loss.missing
    return (
      <News kind="bad" sign="!" head={t('kept.cleared')} act={<Read />}>
        <Returned />
        <p>{t('kept.missing', { what: counted('kept.unsent', unsent, drafts) })}</p>
      </News>
    )
  }
  const lost = counted('kept.unsent', loss.unsent.length, loss.drafts.length)
  return (
    <News kind="bad" sign="!" head={t('kept.cleared')} act={enrolled ? undefined : <Read />}>
      {loss.key && !enrolled && <p>{t('kept.cleared_key')}</p>}
      {lost && <p>{t('kept.cleared_lost', { what: lost })}</p>}
      <p>{t(enrolled ? 'kept.looking' : 'kept.cleared_back')}</p>
    </News>
  )
}

function Returned() {
  const { state, t } = useScreen()
  const what = useCounted()('kept.records', state.back?.records ?? 0, state.back?.drafts.length ?? 0)
  return what ? <p>{t('kept.returned', { what })}</p> : null
}

function CameBack() {
  const { state, t } = useScreen()
  const { back } = state
  if (!back) return null
  if (back.whole) {
    return (
      <News kind="ok" sign="✓" head={t('kept.whole')} act={<Read />}>
        <Returned />
      </News>
    )
  }
  return (
    <News kind="ok" sign="✓" head={t('kept.back', { count: back.drafts.length })} act={<Read />}>
      <p>{t('kept.back_text')}</p>
    </News>
  )
}

function Read() {
  const { app, t } = useScreen()
  return <button onClick={() => void app.acceptLoss()}>{t('kept.read')}</button>
}

/** Drafts of which the office takes no copy, in its words. */
function OnlyHere() {
  const { state, settings, t } = useScreen()
  const kept = state.drafts.flatMap(({ id, n }) => {
    const no = state.refused[id]
    return no && no.n === n ? no.say[settings.lang] : []
  })
  if (kept.length === 0) return null
  return (
    <News kind="warn" sign="!" head={t('kept.only_here', { count: kept.length })}>
      {[...new Set(kept)].map((said) => (
        <p key={said}>{said}</p>
      ))}
    </News>
  )
}

/** Under the heading of a draft, where the phone itself keeps nothing of it. */
export function KeptStrip() {
  const { app, state, t } = useScreen()
  const [, id] = useRoute()
  const draft = state.drafts.find((each) => each.id === id)
  const copied = draft && state.copies[draft.id] === draft.n
  if (state.saveFailed) {
    return (
      <>
        <p class="strip bad stays" role="alert">
          {t(copied ? 'kept.full_office' : 'kept.full_here')}
        </p>
        <ExportLink />
      </>
    )
  }
  if (!app.round.store.lasting && copied) {
    return (
      <p class="strip" role="status">
        {t('kept.office', { time: clock(draft.changedAt) })}
      </p>
    )
  }
  return (
    <p class="strip bad" role="status">
      {t('kept.going')}
    </p>
  )
}

/** Deleting asks once more, in words; nothing that was filed is ever deleted. */
export function DropDraft({ draft }: { draft: Draft }) {
  const { app, t } = useScreen()
  const [asked, setAsked] = useState(false)
  if (!asked) {
    return (
      <button type="button" class="quiet" onClick={() => setAsked(true)}>
        {t('draft.drop')}
      </button>
    )
  }
  return (
    <News
      kind="warn"
      sign="?"
      head={t('draft.drop_sure')}
      act={
        <span class="pair">
          <button type="button" onClick={() => setAsked(false)}>
            {t('draft.keep')}
          </button>
          <button
            type="button"
            onClick={() => {
              go(...cameFrom(draft))
              void app.dropDraft(draft.id)
            }}
          >
            {t('draft.drop_yes')}
          </button>
        </span>
      }
    />
  )
}

/** The address of a draft that is here no more. */
export function DraftGone() {
  const { t } = useScreen()
  return (
    <Page title={t('draft.gone')} back="#/" place="gone">
      <p class="lead">{t('draft.gone_text')}</p>
    </Page>
  )
}
