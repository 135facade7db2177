/** Enrolment: a link or thirteen characters, then six digits that the clerk confirms face to face. */
import { useEffect, useState } from 'preact/hooks'
import { CODE_LENGTH, cleanCode, groupedCode, WrongOffice } from '../../phone/enrol.ts'
import { Refused } from '../../send/sync.ts'
import { useScreen } from '../context.ts'
import { LadderNews } from './ladder_news.tsx'
import { News, Page } from '../page.tsx'

const ASK_EVERY_MS = 3_000

export function EnrolScreen() {
  const { state } = useScreen()
  if (state.identity) return <SixDigits />
  return state.invitation ? <Invited /> : <TypeCode />
}

function TypeCode() {
  const { app, state, settings, t } = useScreen()
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState(false)
  const code = cleanCode(typed)
  const submit = (event: Event): void => {
    event.preventDefault()
    if (code.length !== CODE_LENGTH) {
      setFault(true)
      document.getElementById('code')?.focus()
    } else void app.keepInvitation({ code, fingerprint: null, keys: null })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Page
        title={t('enrol.title')}
        under={state.hello?.congress.name[settings.lang]}
        place="enrol"
        footer={<button class="pri">{t('next')}</button>}
      >
        <LadderNews at="enrol" />
        <p class="lead">{t('enrol.how')}</p>
        <div class={fault ? 'field bad' : 'field'}>
          <label for="code">{t('enrol.code')}</label>
          <p class="hint" id="code-hint">
            {t('enrol.code_hint')}
          </p>
          {fault && (
            <p class="err" id="code-err" role="alert">
              {t('enrol.code_short', { count: code.length })}
            </p>
          )}
          <input
            id="code"
            class="code"
            value={typed}
            onInput={({ currentTarget }) => {
              setTyped(grouped(currentTarget))
              setFault(false)
            }}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            aria-describedby={fault ? 'code-err code-hint' : 'code-hint'}
            aria-invalid={fault}
          />
        </div>
      </Page>
    </form>
  )
}

/** Shows the groups while one types at the end; elsewhere the text is left alone, so that the cursor stays. */
function grouped(input: HTMLInputElement): string {
  const atEnd = input.selectionEnd === input.value.length
  return atEnd ? groupedCode(cleanCode(input.value).slice(0, CODE_LENGTH)) : input.value
}

type Fault = 'wrong_office' | 'unreachable' | { detail: string }

function faultOf(fault: unknown, lang: 'zh' | 'en'): Fault {
  if (fault instanceof WrongOffice) return 'wrong_office'
  if (fault instanceof Refused) return { detail: fault.say?.[lang] ?? fault.detail }
  return 'unreachable'
}

function Invited() {
  const { app, state, settings, t } = useScreen()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault | null>(null)
  const enrol = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      await app.enrol(state.invitation!)
    } catch (problem) {
      setFault(faultOf(problem, settings.lang))
      setBusy(false)
    }
  }
  const congress = state.hello?.congress.name[settings.lang]
  return (
    <Page
      title={t('enrol.title')}
      under={congress}
      place="invited"
      footer={
        <>
          <button onClick={() => void app.leaveEnrolment()}>{t('enrol.other')}</button>
          <button class="pri" onClick={() => void enrol()} aria-busy={busy}>
            {t(busy ? 'enrol.busy' : 'enrol.begin')}
          </button>
        </>
      }
    >
      <LadderNews at="enrol" />
      {fault && <FaultNews fault={fault} />}
      <p class="lead">{congress ? t('enrol.by', { congress }) : t('enrol.by_nobody')}</p>
      <p>{t('enrol.your_code')}</p>
      <p class="code">{groupedCode(state.invitation!.code)}</p>
      <p>{t('enrol.then')}</p>
    </Page>
  )
}

function FaultNews({ fault }: { fault: Fault }) {
  const { t } = useScreen()
  const kind = typeof fault === 'string' ? fault : 'refused'
  return (
    <News kind="bad" sign="!" head={t(`enrol.${kind}`)}>
      <p>
        {typeof fault === 'string' ? t(`enrol.${fault}_text`) : `${fault.detail} ${t('enrol.refused_text')}`}
      </p>
    </News>
  )
}

function SixDigits() {
  const { app, state, t } = useScreen()
  const [reached, setReached] = useState(true)
  const { sixDigits, person, confirmedBy } = state.identity!
  const ask = (): Promise<void> =>
    app.hearState().then(
      () => setReached(true),
      () => setReached(false),
    )
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    let over = false
    const poll = async (): Promise<void> => {
      await ask()
      if (!over) timer = setTimeout(() => void poll(), ASK_EVERY_MS)
    }
    void poll()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [])
  return (
    <Page
      title={t('enrol.digits_title', { name: person.name })}
      place="digits"
      footer={
        <>
          <button onClick={() => void app.leaveEnrolment()}>{t('enrol.not_me')}</button>
          <button class="pri" onClick={() => void ask()}>
            {t('enrol.confirmed')}
          </button>
        </>
      }
    >
      <p class="lead">{t(confirmedBy === 'phone' ? 'enrol.digits_own' : 'enrol.digits_how')}</p>
      <p class="digits" aria-label={[...sixDigits].join(' ')}>
        {sixDigits.slice(0, 3)} {sixDigits.slice(3)}
      </p>
      <p role="status">{t(reached ? 'enrol.waiting' : 'enrol.waiting_no_network')}</p>
      <p>{t('enrol.leave_open')}</p>
    </Page>
  )
}
