/** What is said only when there is reason to. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { aheadNow } from '../send/office_clock.ts'
import { questionsGone } from '../form/vanished.ts'
import { useScreen } from './context.ts'
import { ExportLink } from './home.tsx'
import { News } from './page.tsx'
import { useRoute } from './router.ts'

export function UpdateNews() {
  const { t } = useScreen()
  const [held, setHeld] = useState(false)
  const change = async (): Promise<void> => {
    const { takeOver } = await import('../phone/worker.ts')
    setHeld(!(await takeOver()))
  }
  return (
    <News
      kind="plain"
      sign="↻"
      head={t('update.head')}
      act={<button onClick={() => void change()}>{t('update.do')}</button>}
    >
      <p role="status">{t(held ? 'update.held' : 'update.text')}</p>
    </News>
  )
}

const MINUTES = { day: 24 * 60, hour: 60, minute: 1 }

/** That the phone's clock is wrong, by how much, and what it means. */
export function ClockNews() {
  const { state, t } = useScreen()
  const ahead = aheadNow(state, new Date())
  const minutes = Math.abs(ahead) / 60_000
  const unit = minutes >= 2 * MINUTES.day ? 'day' : minutes >= 2 * MINUTES.hour ? 'hour' : 'minute'
  const much = t(`clock.${unit}`, { count: Math.round(minutes / MINUTES[unit]) })
  return (
    <News kind="warn" sign="!" head={t(ahead > 0 ? 'clock.fast' : 'clock.slow', { much })}>
      <p>{t('clock.means')}</p>
    </News>
  )
}

/** That the app is not kept here: it came broken at the first time, or the office has withdrawn it. */
export const NotHeldNews = () => <Said kind="warn" what="not_held" />

export const TooOldNews = () => <Said kind="warn" what="too_old" />

export const RevokedNews = () => <Said kind="bad" what="revoked" act={<ExportLink />} />

/** That the office does not know this phone: it went back to a backup from before it was enrolled. */
export function UnknownNews() {
  const { t } = useScreen()
  const again = (
    <a class="button" href="#/phone/again">
      {t('unknown.do')}
    </a>
  )
  return <Said kind="bad" what="unknown" act={again} />
}

interface SaidProps {
  kind: 'warn' | 'bad'
  what: string
  act?: ComponentChildren
}

function Said({ kind, what, act }: SaidProps) {
  const { t } = useScreen()
  return (
    <News kind={kind} sign="!" head={t(`${what}.head`)} act={act}>
      <p>{t(`${what}.text`)}</p>
    </News>
  )
}

/** While a record is mended: what it answered and today's form does not ask any more. */
export function VanishedNews() {
  const { state, settings, t } = useScreen()
  const [, id] = useRoute()
  const draft = state.drafts.find((each) => each.id === id)
  const before = state.records.find((each) => each.id === draft?.replaces)
  const now = draft && state.forms.get(draft.form)
  if (!before || !now) return null
  const gone = questionsGone(state.forms.get(before.form), now, before.answers)
  if (gone.length === 0) return null
  const names = gone.map((label) => label[settings.lang]).join(settings.lang === 'zh' ? '、' : ', ')
  return (
    <News kind="warn" sign="!" head={t('vanished.head', { names })}>
      <p>{t('vanished.text')}</p>
    </News>
  )
}
