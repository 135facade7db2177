/** Moving on to another browser: the code for it, then the six digits that it shows, typed here. */
import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { groupedCode } from '../../phone/enrol.ts'
import {
  askForCode,
  cleanDigits,
  DIGITS,
  draftsThere,
  letIn,
  minutesLeft,
  whoWaits,
  type Offer,
  type QrPicture,
  type Waiting,
} from '../../phone/handover.ts'
import { isWaiting } from '../../state.ts'
import { Refused, Unreachable } from '../../send/sync.ts'
import { useScreen } from '../context.ts'
import { CopySaid, useCopy } from './copy_link.tsx'
import { News, Page } from '../page.tsx'
import { go } from '../router.ts'
import { useStanding } from './standing.ts'

const ASK_EVERY_MS = 3_000

/** What went wrong: in the office's own words where it said no, when to try again, or that it was not reached. */
function useSaid(): (fault: unknown) => string {
  const { settings, t } = useScreen()
  return (fault) => {
    if (fault instanceof Refused) return fault.say?.[settings.lang] ?? fault.detail
    const wait = fault instanceof Unreachable ? fault.retryAfterMs : null
    return wait ? t('handover.later', { minutes: Math.ceil(wait / 60_000) }) : t('handover.unreachable')
  }
}

export function HandoverScreen() {
  const [offer, setOffer] = useState<Offer | null>(null)
  const [over, setOver] = useState<ReadonlySet<string>>(new Set())
  const [done, setDone] = useState<Moved | null>(null)
  const { waiting, reached } = useWaiting(done === null)
  const came = waiting.filter(({ device }) => !over.has(device))
  /** A new code means that who came before is not to be let in. */
  const offered = (fresh: Offer): void => {
    setOver(new Set(waiting.map(({ device }) => device)))
    setOffer(fresh)
  }
  if (done) return <Done moved={done} />
  if (came.length > 0) return <TypeDigits waiting={came} onOffer={offered} onDone={setDone} />
  return offer ? <Offered offer={offer} reached={reached} onOffer={offered} /> : <Before onOffer={offered} />
}

/** Who has come with the code; asked again and again while somebody looks, and at once when they come back to this page. */
function useWaiting(wanted: boolean): { waiting: Waiting[]; reached: boolean } {
  const { app } = useScreen()
  const [waiting, setWaiting] = useState<Waiting[]>([])
  const [reached, setReached] = useState(true)
  useEffect(() => {
    if (!wanted) return undefined
    let timer: ReturnType<typeof setTimeout>
    let over = false
    const poll = async (): Promise<void> => {
      clearTimeout(timer)
      try {
        const heard = await whoWaits(app.round)
        if (over) return
        setWaiting(heard)
        setReached(true)
      } catch (fault) {
        // Who may not ask hears it when asking for a code.
        if (!over) setReached(fault instanceof Refused)
      }
      if (!over) timer = setTimeout(() => void poll(), ASK_EVERY_MS)
    }
    const look = (): void => {
      if (document.visibilityState === 'visible') void poll()
    }
    void poll()
    document.addEventListener('visibilitychange', look)
    return () => {
      over = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [wanted])
  return { waiting, reached }
}

/** A code, once everything that can go up has gone up: drafts too, so that they are there when the other arrives. */
function useCode(onOffer: (offer: Offer) => void): { busy: boolean; fault: string | null; ask: () => void } {
  const { app } = useScreen()
  const saidOf = useSaid()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const ask = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      await app.upload()
      onOffer(await askForCode(app.round))
    } catch (problem) {
      setFault(saidOf(problem))
    }
    setBusy(false)
  }
  return { busy, fault, ask: () => void (busy ? undefined : ask()) }
}

const FaultNews = ({ fault }: { fault: string | null }) =>
  fault ? <News kind="bad" sign="!" head={fault} /> : null

function useTitle(): string {
  const { t } = useScreen()
  const { rung } = useStanding()
  return t(rung === 'memory' || rung === 'open' ? 'handover.title' : 'handover.another')
}

interface OfferProps {
  onOffer: (offer: Offer) => void
}

function Before({ onOffer }: OfferProps) {
  const { t } = useScreen()
  const { busy, fault, ask } = useCode(onOffer)
  return (
    <Page
      title={useTitle()}
      back="#/"
      place="handover"
      footer={
        <button class="pri" onClick={ask} aria-busy={busy}>
          {t(busy ? 'handover.busy' : 'handover.ask')}
        </button>
      }
    >
      <FaultNews fault={fault} />
      <p class="lead">{t('handover.why')}</p>
      <ol class="numbered">
        <li>{t('handover.first')}</li>
        <li>{t('handover.second')}</li>
        <li>{t('handover.third')}</li>
      </ol>
      <p>{t('handover.own_only')}</p>
    </Page>
  )
}

function Offered({ offer, reached, onOffer }: OfferProps & { offer: Offer; reached: boolean }) {
  const { t } = useScreen()
  const { copied, copy } = useCopy(offer.link)
  const { busy, fault, ask } = useCode(onOffer)
  const minutes = useMinutes(offer)
  const apple = useStanding().apple
  if (minutes === 0) {
    return (
      <Page
        title={t('handover.expired')}
        back="#/"
        place="handover-expired"
        footer={
          <button class="pri" onClick={ask} aria-busy={busy}>
            {t(busy ? 'handover.busy' : 'handover.again')}
          </button>
        }
      >
        <FaultNews fault={fault} />
        <p class="lead">{t('handover.expired_text')}</p>
      </Page>
    )
  }
  return (
    <Page
      title={t('handover.open_there')}
      back="#/"
      place="handover-offered"
      footer={
        <button class="pri" onClick={copy}>
          {t('ladder.copy')}
        </button>
      }
    >
      <p class="lead">{t(apple ? 'handover.how_apple' : 'handover.how')}</p>
      <CopySaid copied={copied} link={offer.link} />
      <p>{t('handover.or_type', { address: offer.link.split('/#')[0]! })}</p>
      <p class="code large">{groupedCode(offer.code)}</p>
      {offer.picture && <Qr picture={offer.picture} />}
      <p>{t('handover.minutes', { minutes })}</p>
      <p role="status">{t(reached ? 'handover.waiting' : 'handover.unreachable')}</p>
    </Page>
  )
}

/** For a browser on another phone or tablet: its camera opens the link. */
function Qr({ picture: { size, path } }: { picture: QrPicture }) {
  const { t } = useScreen()
  return (
    <>
      <p>{t('handover.or_scan')}</p>
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t('handover.qr')}>
        <path d={path} />
      </svg>
    </>
  )
}

/** Minutes left, looked at now and then. */
function useMinutes(offer: Offer): number {
  const [, look] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const clock = setInterval(look, ASK_EVERY_MS)
    return () => clearInterval(clock)
  }, [])
  return minutesLeft(offer, Date.now())
}

interface DigitsProps extends OfferProps {
  waiting: Waiting[]
  onDone: (moved: Moved) => void
}

function TypeDigits({ waiting, onOffer, onDone }: DigitsProps) {
  const { app, t } = useScreen()
  const saidOf = useSaid()
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const code = useCode(onOffer)
  const digits = cleanDigits(typed)
  const refuse = (said: string): void => {
    setFault(said)
    field.current?.focus()
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (busy) return
    if (digits.length !== DIGITS) return refuse(t('handover.digits_short', { count: digits.length }))
    setBusy(true)
    try {
      await letIn(app.round, waiting, digits)
      onDone(await movedOf(app))
    } catch (problem) {
      setBusy(false)
      refuse(saidOf(problem))
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Page
        title={t('handover.came')}
        back="#/"
        place="handover-digits"
        footer={
          <button class="pri" aria-busy={busy}>
            {t(busy ? 'handover.busy' : 'handover.let_in')}
          </button>
        }
      >
        <FaultNews fault={code.fault} />
        <p class="lead">{t('handover.compare')}</p>
        <div class={fault ? 'field bad' : 'field'}>
          <label for="six">{t('handover.digits')}</label>
          <p class="hint" id="six-hint">
            {t('handover.own_only')}
          </p>
          {fault && (
            <p class="err" id="six-err" role="alert">
              {fault}
            </p>
          )}
          <input
            id="six"
            ref={field}
            class="six"
            inputmode="numeric"
            autocomplete="off"
            value={typed}
            onInput={({ currentTarget }) => {
              setTyped(currentTarget.value)
              setFault(null)
            }}
            aria-describedby={fault ? 'six-err six-hint' : 'six-hint'}
            aria-invalid={fault !== null}
          />
        </div>
        <button type="button" class="quiet" onClick={code.ask} aria-busy={code.busy}>
          {t('handover.again')}
        </button>
      </Page>
    </form>
  )
}

/** How many drafts the other browser finds, and how many are only here; null where the office could not be asked. */
interface Moved {
  drafts: { there: number; here: number } | null
}

async function movedOf(app: ReturnType<typeof useScreen>['app']): Promise<Moved> {
  const ids = app.state().drafts.map(({ id }) => id)
  if (ids.length === 0) return { drafts: { there: 0, here: 0 } }
  try {
    const there = (await draftsThere(app.round, ids)).size
    return { drafts: { there, here: ids.length - there } }
  } catch {
    return { drafts: null }
  }
}

function Done({ moved: { drafts } }: { moved: Moved }) {
  const { app, state, t } = useScreen()
  const unsent = state.records.filter(isWaiting).length
  const sending = state.upload.at === 'sending'
  return (
    <Page
      title={t('handover.done')}
      place="handover-done"
      footer={
        unsent > 0 ? (
          <>
            <button onClick={() => go()}>{t('nav.home')}</button>
            <button class="pri" onClick={() => void app.upload()} aria-busy={sending}>
              {t(sending ? 'handover.sending' : 'handover.send')}
            </button>
          </>
        ) : (
          <button class="pri" onClick={() => go()}>
            {t('nav.home')}
          </button>
        )
      }
    >
      <News kind="ok" sign="✓" head={t('handover.in')}>
        <p>{t('handover.from_there')}</p>
        {drafts && drafts.there > 0 && <p>{t('handover.drafts_there', { count: drafts.there })}</p>}
      </News>
      {drafts === null && <p class="lead">{t('handover.drafts_unknown')}</p>}
      {drafts && drafts.here > 0 && (
        <News kind="warn" sign="!" head={t('handover.drafts_here', { count: drafts.here })}>
          <p>{t('handover.drafts_here_text')}</p>
        </News>
      )}
      <div role="status">
        {unsent > 0 ? (
          <News kind="warn" sign="↑" head={t('handover.unsent', { count: unsent })}>
            <p>{t('handover.unsent_text')}</p>
          </News>
        ) : (
          <p>{t('handover.all_sent')}</p>
        )}
      </div>
    </Page>
  )
}
