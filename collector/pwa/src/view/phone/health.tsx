/** How this phone is doing, what wants attention first; and a short report of it to the office. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { healthOf, reportLines, reportOf, reportText, type Ground, type Line } from '../../phone/health.ts'
import { moment } from '../../form/dates.ts'
import { signerOf } from '../../send/outbox.ts'
import { isWaiting } from '../../state.ts'
import { Refused } from '../../send/sync.ts'
import { versionOfWorker } from '../../phone/worker_version.ts'
import { useScreen } from '../context.ts'
import { ExportPart } from './export.tsx'
import { focusSoon } from '../focus.ts'
import { News, Page } from '../page.tsx'

const UNKNOWN: Ground = {
  now: new Date(0),
  persisted: null,
  freeMb: null,
  alone: false,
  worker: null,
  heardAt: null,
  clockMs: null,
  copies: null,
}
const NEWS = 'report-news'

/** What the browser, the phone's memory and, where it answers, the office know of this phone. */
function useGround(): Ground | null {
  const { app, state } = useScreen()
  const { store, office, now } = app.round
  const [ground, setGround] = useState<Ground | null>(null)
  useEffect(() => {
    let here = true
    const look = async (): Promise<void> => {
      const [estimate, heard, worker] = await Promise.all([
        navigator.storage?.estimate?.().catch(() => null),
        store.meta('heardAt').catch(() => undefined),
        versionOfWorker(),
      ])
      const { quota, usage = 0 } = estimate ?? {}
      const heardAt = app.state().heardAt ?? heard ?? null
      const told = app.state().hello?.server_time
      const found: Ground = {
        ...UNKNOWN,
        now: now(),
        persisted: app.state().persisted,
        freeMb: quota === undefined ? null : Math.max(0, Math.floor((quota - usage) / 1e6)),
        alone: !!navigator.serviceWorker?.controller,
        worker,
        heardAt,
        clockMs: heardAt && told ? Date.parse(heardAt) - Date.parse(told) : null,
      }
      if (here) setGround((before) => ({ ...found, copies: before?.copies ?? null }))
    }
    void look()
    return () => {
      here = false
    }
  }, [state])
  useEffect(() => {
    const { identity, drafts } = app.state()
    if (identity?.state !== 'active' || drafts.length === 0) return
    office
      .ask<{ drafts: { id: string }[] }>({ method: 'GET', path: '/drafts', signer: signerOf(identity) })
      .then(({ drafts: kept }) => {
        const ids = new Set(kept.map(({ id }) => id))
        const copies = app.state().drafts.filter(({ id }) => ids.has(id)).length
        setGround((before) => before && { ...before, copies })
      })
      .catch(() => undefined)
  }, [ground === null])
  return ground
}

export function HealthScreen() {
  const { state, settings, t } = useScreen()
  const ground = useGround()
  const { identity } = state
  const at = (when: string): string => moment(when, settings.lang, ground?.now ?? new Date())
  const lines = ground ? healthOf(state, ground, settings.lang, at) : []
  const looks = lines.filter(({ look }) => look).length
  const report = useReport(ground)
  const [shown, setShown] = useState(false)
  return (
    <Page
      title={t('health')}
      back="#/help"
      place="health"
      {...(ground && identity && identity.state !== 'pending'
        ? {
            footer: (
              <button class="pri" onClick={report.send} aria-disabled={report.busy}>
                {t(report.busy ? 'report.busy' : 'report.send')}
              </button>
            ),
          }
        : {})}
    >
      <ReportNews report={report} />
      {ground && (
        <>
          <p class="lead">{t(looks > 0 ? 'health.looks' : 'health.all_well', { count: looks })}</p>
          <Lines lines={lines} />
        </>
      )}
      {identity && state.records.some(isWaiting) && (
        <ExportPart>
          <p>{t('export.short')}</p>
        </ExportPart>
      )}
      {ground && identity && identity.state !== 'pending' && (
        <section>
          <button class="wide" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {t('report.see')}
          </button>
          {shown && <Preview report={report} />}
        </section>
      )}
    </Page>
  )
}

/** Exactly what is sent: in words, and as it is. */
function Preview({ report }: { report: ReturnType<typeof useReport> }) {
  const { t } = useScreen()
  return (
    <>
      <p>{t('report.what')}</p>
      <dl>
        {report.lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>{t('report.exactly')}</p>
      <p class="exactly">{JSON.stringify(report.report)}</p>
    </>
  )
}

/** What wants attention stands out, each with what to do; the rest is a list to read through. */
function Lines({ lines }: { lines: Line[] }) {
  const { t } = useScreen()
  return (
    <>
      {lines
        .filter(({ look }) => look)
        .map(({ of, text, act }) => (
          <News key={of} kind="warn" sign="!" head={t('health.look')}>
            <p>{text}</p>
            <p>{act}</p>
          </News>
        ))}
      <dl>
        {lines
          .filter(({ look }) => !look)
          .map(({ of, text }) => (
            <div key={of}>
              <dt>
                <span aria-hidden="true">✓ </span>
                {t('health.well')}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
    </>
  )
}

type Sent = 'sent' | 'away' | { refused: string } | null

/** What would be sent is made once for each look at the page, so that what is sent is what was shown. */
function useReport(ground: Ground | null) {
  const { app, state, settings } = useScreen()
  const [busy, setBusy] = useState(false)
  const [sent, setSent] = useState<Sent>(null)
  const report = reportOf(state, ground ?? UNKNOWN)
  const at = (when: string): string => moment(when, settings.lang, ground?.now ?? new Date())
  const lines = reportLines(report, settings.lang, at)
  const send = (): void => {
    if (busy || !state.identity) return
    setBusy(true)
    app.round.office
      .ask({ method: 'POST', path: '/report', body: report, signer: signerOf(state.identity) })
      .then(
        (): Sent => 'sent',
        (fault: unknown): Sent =>
          fault instanceof Refused ? { refused: fault.say?.[settings.lang] ?? fault.detail } : 'away',
      )
      .then((became) => {
        setSent(became)
        setBusy(false)
        focusSoon(NEWS)
      })
  }
  const person = state.identity?.person
  const device = state.identity?.devices.records.slice(0, 8) ?? ''
  const text = reportText(`${person?.name ?? ''} ${person?.code ?? ''} ${device}`, lines)
  return { report, lines, send, busy, sent, text }
}

function ReportNews({ report: { sent, text } }: { report: ReturnType<typeof useReport> }) {
  const { t } = useScreen()
  if (!sent) return null
  return (
    <div id={NEWS} tabIndex={-1} role="status">
      {sent === 'sent' ? (
        <News kind="ok" sign="✓" head={t('report.sent')} />
      ) : (
        <News kind="warn" sign="!" head={t(sent === 'away' ? 'report.away' : 'report.refused')}>
          <p>{sent === 'away' ? t('report.away_text') : sent.refused}</p>
          <CopyText text={text} />
        </News>
      )}
    </div>
  )
}

/** A text to paste into a message; where the clipboard is closed, to select by hand. */
function CopyText({ text }: { text: string }) {
  const { t } = useScreen()
  const [copied, setCopied] = useState<boolean | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const copy = (): void =>
    void Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => setCopied(true),
        () => {
          setCopied(false)
          area.current?.select()
        },
      )
  return (
    <div>
      <textarea ref={area} readOnly rows={6} value={text} aria-label={t('report.text')} />
      <button class="wide" onClick={copy}>
        {t('report.copy')}
      </button>
      <p role="status">{copied === null ? '' : t(copied ? 'report.copied' : 'report.select')}</p>
    </div>
  )
}
